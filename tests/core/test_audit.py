"""The audit log: sealed in order, and it shows when a row was changed, taken away or added."""

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from core import audit, triggers
from core.models import AuditEntry, AuditHead, AuditRowIsFinalError, Mail

pytestmark = pytest.mark.django_db
TABLE = AuditEntry._meta.db_table


def record(count: int, chain: str = "challenge:1") -> list[AuditEntry]:
    return [
        audit.record("test.done", None, by=None, chain=chain, data={"number": number})
        for number in range(count)
    ]


def meddle(sql: str, *parameters: object) -> None:
    """What somebody with the database's password could do: triggers off, then anything."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    triggers.install(connection)


def kinds(chain: str | None = None) -> list[tuple[str, int, str]]:
    return [(one.chain, one.sequence, one.kind) for one in audit.verify(chain)]


def a_letter() -> Mail:
    return Mail.objects.create(to="a@example.org", template="x", subject="x", message_id="<1@x>")


def test_record_keeps_what_was_done_to_what():
    letter = a_letter()
    entry = audit.record(
        "mail.read", letter, by=None, data={"on": date(2026, 1, 2), "n": Decimal("1.50")}
    )
    entry.refresh_from_db()
    assert (entry.target_type, entry.target_id) == ("core.mail", str(letter.pk))
    assert entry.data == {"on": "2026-01-02", "n": "1.50"}
    assert entry.chain == "platform"
    assert entry.by_label == ""
    assert entry.hash is None


def test_record_takes_the_chain_of_the_target():
    letter = a_letter()
    letter.audit_chain = "challenge:12"
    assert audit.record("mail.read", letter, by=None).chain == "challenge:12"
    assert audit.record("mail.read", letter, by=None, chain="other").chain == "other"


def test_record_keeps_who_did_it_also_after_the_account_is_gone():
    person = get_user_model().objects.create(email="somebody@example.org")
    label = str(getattr(person, "audit_label", person))
    entry = audit.record("test.done", None, by=person)
    audit.seal()
    person.delete()
    entry.refresh_from_db()
    assert entry.by_id is None
    assert entry.by_label == label
    assert audit.verify() == []


def test_seal_chains_rows_in_order():
    record(3)
    record(2, "challenge:2")
    audit.seal()
    first, second, third = AuditEntry.objects.filter(chain="challenge:1").order_by("id")
    assert [first.sequence, second.sequence, third.sequence] == [1, 2, 3]
    assert first.prev_hash == ""
    assert second.prev_hash == first.hash
    assert third.prev_hash == second.hash
    assert AuditHead.objects.get(chain="challenge:1").hash == third.hash
    assert AuditEntry.objects.filter(chain="challenge:2").order_by("id")[1].sequence == 2


def test_seal_goes_on_where_it_stood():
    record(2)
    audit.seal()
    record(2)
    audit.seal(limit=1)
    audit.seal(limit=1)
    assert audit.seal() == 0
    assert audit.verify() == []
    assert AuditHead.objects.get(chain="challenge:1").sequence == 4


def test_verify_finds_nothing_wrong_with_a_good_log():
    record(5)
    record(3, "platform")
    audit.seal()
    record(1)  # not yet sealed is not a fault
    assert audit.verify() == []


@pytest.mark.parametrize("column", ["verb", "target_id", "by_label", "data", "at", "prev_hash"])
def test_verify_finds_a_changed_column(column):
    entries = record(3)
    audit.seal()
    value = {"data": '{"number": 99}', "at": "2020-01-01 00:00:00+00:00"}.get(column, "x")
    meddle(f"UPDATE {TABLE} SET {column} = %s WHERE id = %s", value, entries[1].pk)
    assert ("challenge:1", 2, "changed") in kinds("challenge:1")


def test_verify_finds_a_row_that_was_changed_and_sealed_anew():
    entries = record(3)
    audit.seal()
    forged = AuditEntry.objects.get(pk=entries[1].pk)
    forged.verb = "test.undone"
    meddle(
        f"UPDATE {TABLE} SET verb = %s, hash = %s WHERE id = %s",
        *("test.undone", audit.digest(forged), forged.pk),
    )
    assert kinds("challenge:1") == [("challenge:1", 3, "order")]


def test_verify_finds_a_missing_row():
    entries = record(3)
    audit.seal()
    meddle(f"DELETE FROM {TABLE} WHERE id = %s", entries[1].pk)
    assert ("challenge:1", 2, "missing") in kinds()


def test_verify_finds_a_shortened_chain():
    entries = record(3)
    audit.seal()
    meddle(f"DELETE FROM {TABLE} WHERE id = %s", entries[2].pk)
    assert ("challenge:1", 3, "missing") in kinds("challenge:1")


def test_anchor_shows_a_chain_shortened_together_with_its_head():
    entries = record(3)
    audit.seal()
    meddle(f"DELETE FROM {TABLE} WHERE id = %s", entries[2].pk)
    before = AuditEntry.objects.get(pk=entries[1].pk)
    AuditHead.objects.filter(chain="challenge:1").update(sequence=2, hash=before.hash)
    assert kinds("challenge:1") == [("challenge:1", 3, "anchor")]


def test_anchor_is_written_once_a_day():
    record(1)
    audit.seal()
    record(1)
    audit.seal()
    anchors = AuditEntry.objects.filter(chain=audit.ANCHOR)
    assert anchors.count() == 1
    meddle(
        f"UPDATE {TABLE} SET data = %s WHERE chain = 'anchor'", '{"day": "2020-01-01", "heads": {}}'
    )
    record(1)
    audit.seal()
    assert anchors.count() == 2
    head = AuditHead.objects.get(chain="challenge:1")
    assert anchors.last().data["heads"] == {"challenge:1": [3, head.hash]}


def test_verify_of_one_chain_does_not_speak_of_others():
    entries = record(2)
    record(2, "challenge:2")
    audit.seal()
    meddle(f"UPDATE {TABLE} SET verb = 'x' WHERE id = %s", entries[0].pk)
    assert kinds("challenge:2") == []
    assert kinds("challenge:1") == [("challenge:1", 1, "changed")]


def test_model_refuses_change_and_deletion():
    (entry,) = record(1)
    entry.verb = "other"
    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(verb="x"),
    ):
        with pytest.raises(AuditRowIsFinalError):
            attempt()


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {TABLE} SET verb = 'x'",
        f"UPDATE {TABLE} SET data = '{{}}'",
        f"UPDATE {TABLE} SET at = '2020-01-01 00:00:00'",
        f"UPDATE {TABLE} SET hash = 'x'",
        f"UPDATE {TABLE} SET sequence = NULL",
        f"DELETE FROM {TABLE}",
    ],
)
def test_database_refuses_change_and_deletion(sql):
    record(1)
    audit.seal()
    with pytest.raises(DatabaseError, match="audit rows"), transaction.atomic():
        connection.cursor().execute(sql)
    assert audit.verify() == []


def test_command_verifies_and_ends_badly_when_broken():
    entries = record(2)
    audit.seal()
    out = StringIO()
    call_command("audit", "--verify", stdout=out)
    assert "3 entries as sealed, 0 not yet sealed" in out.getvalue()
    meddle(f"UPDATE {TABLE} SET verb = 'x' WHERE id = %s", entries[0].pk)
    trouble = StringIO()
    with pytest.raises(CommandError, match="broken in 1 places"):
        call_command("audit", "--verify", "--chain", "challenge:1", stderr=trouble)
    assert "challenge:1 #1: changed" in trouble.getvalue()


@pytest.mark.django_db(transaction=True)
def test_flush_empties_the_log_and_puts_the_triggers_back():
    record(1)
    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    assert not AuditEntry.objects.exists()
    assert triggers.are_installed(connection)


def test_hash_depends_on_every_kept_field():
    (entry,) = record(1)
    audit.seal()
    entry.refresh_from_db()
    seen = {audit.digest(entry)}
    for name, value in {
        "id": 0,
        "chain": "x",
        "verb": "x",
        "target_type": "x",
        "target_id": "x",
        "by_label": "x",
        "data": {},
        "at": entry.at + timedelta(microseconds=1),
        "sequence": 7,
        "prev_hash": "x",
    }.items():
        before = getattr(entry, name)
        setattr(entry, name, value)
        seen.add(audit.digest(entry))
        setattr(entry, name, before)
    assert len(seen) == 11
