"""manage.py drain --once, --parked, --retry."""

from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.management import call_command

from core import audit, clock, mail
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


def test_parked_jobs_are_listed_and_tried_again_when_told_to():
    mail.send(to="a@example.org", template="login_code", context={"code": "4711"})
    OutboxRow.objects.update(parked_at=clock.now(), attempts=8, last_error="OSError: no route")
    out = StringIO()
    call_command("drain", "--parked", stdout=out)
    assert "mail.queued" in out.getvalue()
    assert "OSError: no route" in out.getvalue()
    assert OutboxRow.objects.get().parked_at is not None
    call_command("drain", "--retry", stdout=out)
    call_command("drain", "--once", stdout=out)
    assert len(django_mail.outbox) == 1
