"""What users have told of a solution: claims, the grade of evidence; and for whom it is."""

import catalogue.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('catalogue', '0002_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='solution',
            name='evidence',
            field=models.PositiveSmallIntegerField(choices=[(0, 'No evidence yet'), (1, 'Told in words'), (2, 'In figures'), (3, 'Measured'), (4, 'Measured, and verified by another')], default=0, editable=False, verbose_name='evidence'),
        ),
        migrations.AddField(
            model_name='solution',
            name='saving',
            field=models.BigIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='solution',
            name='saving_told',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='solution',
            name='target_groups',
            field=catalogue.fields.TargetGroupsField(blank=True, default=list, verbose_name='target groups'),
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('indicator', models.CharField(choices=[('cost', 'Costs'), ('time', 'Working time'), ('distance', 'Kilometres driven'), ('emissions', 'Emissions'), ('energy', 'Energy use'), ('other', 'Something else')], max_length=12, verbose_name='what has changed')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='what it is')),
                ('own_unit', models.CharField(blank=True, max_length=30, verbose_name='unit')),
                ('baseline', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='before')),
                ('result', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='after')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('method', models.CharField(choices=[('measured', 'Measured'), ('estimated', 'Estimated'), ('supplier', "The supplier's figure")], max_length=10, verbose_name='how it is known')),
                ('basis', models.TextField(max_length=1000, verbose_name='how it was reckoned')),
                ('basis_url', models.URLField(blank=True, verbose_name='report or calculation')),
                ('told_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('is_demo', models.BooleanField(default=False)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='accounts.organisation')),
                ('reuse', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='claims', to='catalogue.reuse')),
                ('told_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
            ],
            options={
                'verbose_name': 'claim',
                'verbose_name_plural': 'claims',
                'ordering': ['indicator', '-told_at', 'pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('reuse', 'indicator', 'name'), name='one_standing_claim_per_indicator'), models.CheckConstraint(condition=models.Q(('verified_by', None), models.Q(('verified_by', models.F('organisation')), _negated=True), _connector='OR'), name='claim_verified_by_another'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='claim_ends_after_it_starts')],
            },
        ),
    ]
