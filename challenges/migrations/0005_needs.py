"""Needs that anybody may tell."""

import django.core.validators
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('challenges', '0004_blindness_of_series'),
    ]

    operations = [
        migrations.CreateModel(
            name='Need',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text', models.TextField(max_length=2000, validators=[django.core.validators.MaxLengthValidator(2000)], verbose_name='need')),
                ('municipality', models.CharField(blank=True, max_length=60, verbose_name='municipality')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('fi', 'Finnish'), ('sv', 'Swedish'), ('en', 'English')], default='fi', max_length=2, verbose_name='language')),
                ('state', models.CharField(choices=[('new', 'New'), ('considered', 'Being considered'), ('in_challenge', 'Became a challenge'), ('closed', 'Closed')], default='new', max_length=12, verbose_name='state')),
                ('note', models.TextField(blank=True, max_length=2000, verbose_name="staff's note")),
                ('told_at', models.DateTimeField(verbose_name='told')),
                ('organisation', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='accounts.organisation', verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'need',
                'verbose_name_plural': 'needs',
                'ordering': ['-told_at', '-pk'],
            },
        ),
    ]
