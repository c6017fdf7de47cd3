"""manage.py drain --once."""

from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.management import call_command

from core import audit, mail
from core.models import AuditEntry, OutboxRow

pytestmark = pytest.mark.django_db


def test_drain_once_runs_what_is_due_and_seals_the_log():
    mail.send(to="a@example.org", template="login_code", context={"code": "4711"})
    audit.record("test.done", None, by=None)
    out = StringIO()
    call_command("drain", "--once", stdout=out)
    assert out.getvalue() == "1 jobs done\n"
    assert len(django_mail.outbox) == 1
    assert not OutboxRow.objects.exists()
    assert not AuditEntry.objects.filter(hash__isnull=True).exists()
