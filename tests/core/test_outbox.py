"""Jobs: written with the change, run once, tried again, parked."""

from datetime import timedelta

import pytest
from django.db import transaction

from core import arrival, audit, clock, drainer, outbox
from core.models import AuditEntry, OutboxRow

pytestmark = pytest.mark.django_db
ran: list[dict] = []
troubles: list[BaseException] = []


class PanicError(BaseException):
    """As libraries outside Python throw it: not an Exception."""


@outbox.handler("test.noted")
def note(**payload: object) -> None:
    ran.append(payload)


@outbox.handler("test.effect")
def have_effect(*, number: int) -> None:
    audit.record("test.effect", None, by=None, data={"number": number})
    if troubles:
        raise troubles[0]


@outbox.handler("test.twofold")
def first(**payload: object) -> None:
    ran.append({"first": payload})


@outbox.handler("test.twofold")
def second(**payload: object) -> None:
    ran.append({"second": payload})


@outbox.handler("test.one")
@outbox.handler("test.other")
def hear_both(**payload: object) -> None:
    ran.append(payload)


@outbox.handler("test.outside", atomic=False)
def go_outside(**payload: object) -> None:
    ran.append({"in_transaction": len(transaction.get_connection().savepoint_ids)})
    if troubles:
        raise troubles[0]


@outbox.handler("test.chain")
def emit_another(*, left: int) -> None:
    ran.append({"left": left})
    if left:
        outbox.emit("test.chain", left=left - 1)


@pytest.fixture(autouse=True)
def _forget() -> None:
    ran.clear()
    troubles.clear()


def test_emit_writes_one_row_per_handler():
    outbox.emit("test.twofold", idea=7)
    assert list(OutboxRow.objects.values_list("handler", "payload")) == [
        (f"{__name__}.first", {"idea": 7}),
        (f"{__name__}.second", {"idea": 7}),
    ]


def test_emit_without_a_handler_writes_nothing():
    outbox.emit("test.nobody_listens")
    assert not OutboxRow.objects.exists()


def test_one_function_listens_to_several_events():
    outbox.emit("test.one", number=1)
    outbox.emit("test.other", number=2)
    assert outbox.run_now() == 2
    assert ran == [{"number": 1}, {"number": 2}]


def test_emit_goes_with_the_transaction():
    with transaction.atomic():
        outbox.emit("test.noted")
        transaction.set_rollback(True)
    assert not OutboxRow.objects.exists()


def test_emit_wakes_the_drainer_on_commit(django_capture_on_commit_callbacks):
    outbox.wake.clear()
    with django_capture_on_commit_callbacks(execute=True):
        outbox.emit("test.noted")
        assert not outbox.wake.is_set()
    assert outbox.wake.is_set()


def test_run_now_gives_the_payload_and_deletes_the_row():
    outbox.emit("test.noted", idea=7, words=["a", "b"])
    assert outbox.run_now() == 1
    assert ran == [{"idea": 7, "words": ["a", "b"]}]
    assert not OutboxRow.objects.exists()


def test_run_now_runs_what_handlers_emit():
    outbox.emit("test.chain", left=3)
    assert outbox.run_now() == 4
    assert ran == [{"left": 3}, {"left": 2}, {"left": 1}, {"left": 0}]


def test_run_now_leaves_what_is_for_later():
    outbox.emit("test.noted", run_after=clock.now() + timedelta(minutes=1))
    assert outbox.run_now() == 0
    assert OutboxRow.objects.count() == 1


def test_failure_undoes_the_effect_and_keeps_the_row_for_later():
    troubles.append(ValueError("no such thing"))
    outbox.emit("test.effect", number=1)
    with pytest.raises(ValueError, match="no such thing"):
        outbox.run_now()
    row = OutboxRow.objects.get()
    assert row.attempts == 1
    assert row.last_error == "ValueError: no such thing"
    assert row.lease_owner == ""
    assert timedelta(seconds=1) < row.run_after - clock.now() <= timedelta(seconds=2)
    assert not AuditEntry.objects.exists()


def test_panic_of_a_library_is_a_failure_like_others_and_a_stop_is_none():
    outbox.emit("test.effect", number=1)
    troubles.append(PanicError("mid > len"))
    assert outbox.run_now(strict=False) == 0
    assert OutboxRow.objects.get().last_error == "PanicError: mid > len"
    OutboxRow.objects.update(run_after=clock.now())
    troubles[:] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        outbox.run_now(strict=False)


def test_failure_does_not_stop_the_others():
    troubles.append(ValueError("broken"))
    outbox.emit("test.effect", number=1)
    outbox.emit("test.noted", idea=2)
    assert outbox.run_now(strict=False) == 1
    assert ran == [{"idea": 2}]


def test_failure_is_tried_again_and_ends_well():
    troubles.append(ValueError("broken"))
    outbox.emit("test.effect", number=1)
    outbox.run_now(strict=False)
    troubles.clear()
    OutboxRow.objects.update(run_after=clock.now())
    assert outbox.run_now() == 1
    assert AuditEntry.objects.count() == 1


def test_back_off_doubles_up_to_an_hour():
    assert [outbox.back_off(n).total_seconds() for n in (1, 2, 3, 8, 11, 12, 40)] == [
        *(2, 4, 8, 256, 2048, 3600, 3600)
    ]


def test_eighth_failure_parks_the_row_with_its_error():
    troubles.append(ValueError("never works"))
    outbox.emit("test.effect", number=1)
    for _attempt in range(outbox.ATTEMPTS_AT_MOST):
        assert not OutboxRow.objects.get().parked_at
        OutboxRow.objects.update(run_after=clock.now())
        outbox.run_now(strict=False)
    row = OutboxRow.objects.get()
    assert row.parked_at
    assert row.attempts == 8
    assert "never works" in row.last_error
    OutboxRow.objects.update(run_after=clock.now())
    assert outbox.drain() == 0


def test_retry_lets_a_parked_row_run():
    outbox.emit("test.noted", idea=1)
    OutboxRow.objects.update(parked_at=clock.now(), attempts=8)
    outbox.retry(OutboxRow.objects.get())
    assert outbox.run_now() == 1


def test_unknown_handler_keeps_the_row_and_names_it():
    OutboxRow.objects.create(event="test.old", handler="gone.tasks.away")
    with pytest.raises(outbox.UnknownHandlerError, match=r"gone\.tasks\.away"):
        outbox.run_now()
    assert "gone.tasks.away" in OutboxRow.objects.get().last_error


def test_job_that_ends_its_process_each_time_is_parked():
    outbox.emit("test.noted")
    OutboxRow.objects.update(attempts=outbox.ATTEMPTS_AT_MOST)
    outbox.run_now(strict=False)
    assert OutboxRow.objects.get().parked_at
    assert not ran


def test_claimed_row_is_not_claimed_twice():
    outbox.emit("test.noted")
    assert len(outbox.claim("host:1:a:1", limit=5)) == 1
    assert outbox.claim("host:1:a:2", limit=5) == []


def test_claim_takes_the_oldest_and_no_more_than_the_limit():
    for number in range(5):
        outbox.emit("test.noted", number=number)
    ids = list(OutboxRow.objects.values_list("pk", flat=True))
    assert outbox.claim("host:1:a:1", limit=3) == ids[:3]


def test_run_leaves_a_row_that_another_holds():
    outbox.emit("test.noted")
    (row_id,) = outbox.claim("host:1:a:1", limit=5)
    assert outbox.run(row_id, "host:1:a:2") == (outbox.Outcome.BUSY, None)
    assert outbox.run(row_id, "host:1:a:1") == (outbox.Outcome.DONE, None)
    assert outbox.run(row_id, "host:1:a:2") == (outbox.Outcome.GONE, None)
    assert ran == [{}]


def test_lease_that_ended_is_taken_over_and_the_first_owner_stands_back():
    outbox.emit("test.noted")
    (row_id,) = outbox.claim("host:1:a:1", limit=5)
    OutboxRow.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    assert outbox.claim("host:1:a:2", limit=5) == [row_id]
    assert outbox.run(row_id, "host:1:a:1")[0] is outbox.Outcome.BUSY
    assert outbox.run(row_id, "host:1:a:2")[0] is outbox.Outcome.DONE
    assert ran == [{}]


def test_stopping_gives_back_what_was_not_begun():
    for number in range(3):
        outbox.emit("test.noted", number=number)
    assert outbox.drain(stopping=lambda: len(ran) == 1) == 1
    assert ran == [{"number": 0}]
    assert outbox.due(clock.now()).count() == 2


def test_rows_of_a_dead_process_are_freed_at_once():
    outbox.emit("test.noted")
    host, own_pid, _nonce, _runner = outbox.new_owner().rsplit(":", 3)
    outbox.claim(f"{host}:{2**22 + 1}:cafe:1", limit=5)
    assert outbox.release_the_dead() == 1
    outbox.claim(f"{host}:{own_pid}:other:1", limit=5)  # an earlier process with our number
    assert outbox.release_the_dead() == 1
    assert outbox.run_now() == 1


def test_rows_of_the_living_and_of_other_machines_are_left():
    outbox.emit("test.noted", number=1)
    outbox.claim(outbox.new_owner(), limit=1)
    outbox.emit("test.noted", number=2)
    outbox.claim("elsewhere:1:cafe:1", limit=1)
    assert outbox.release_the_dead() == 0
    assert outbox.drain() == 0


def test_atomic_handler_runs_in_a_transaction_of_its_own():
    troubles.append(ValueError("late"))
    outbox.emit("test.effect", number=1)
    outbox.run_now(strict=False)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_handler_outside_runs_without_a_transaction():
    outbox.emit("test.outside")
    assert outbox.run_now() == 1
    assert ran == [{"in_transaction": 0}]
    assert not transaction.get_connection().in_atomic_block


def test_handler_outside_that_fails_is_tried_again():
    troubles.append(OSError("no answer"))
    outbox.emit("test.outside")
    outbox.run_now(strict=False)
    assert OutboxRow.objects.get().last_error == "OSError: no answer"


def test_hand_over_leases_rows_to_the_broker():
    outbox.emit("test.noted", number=1)
    sent: list[int] = []
    outbox.hand_to(sent.append)
    try:
        assert outbox.hand_over() == 1
        assert outbox.hand_over() == 0
    finally:
        outbox.hand_to(None)
    (row_id,) = sent
    assert outbox.run(row_id, outbox.new_owner())[0] is outbox.Outcome.DONE


def test_hand_over_to_a_broker_that_is_away_frees_the_rows():
    def refuse(row_id: int) -> None:
        raise ConnectionError("away")

    outbox.emit("test.noted")
    outbox.hand_to(refuse)
    try:
        with pytest.raises(ConnectionError):
            outbox.hand_over()
    finally:
        outbox.hand_to(None)
    assert outbox.due(clock.now()).count() == 1


def test_registering_again_replaces_the_handler():
    known = len(outbox.handlers_of("test.noted"))
    outbox.handler("test.noted")(note)
    assert len(outbox.handlers_of("test.noted")) == known


def test_jobs_let_waiting_requests_go_first(monkeypatch):
    monkeypatch.setattr(drainer, "STEP_ASIDE", 0.01)
    stepped = []
    runner = drainer.Drainer()
    monkeypatch.setattr(runner._stop_asked, "wait", stepped.append)
    assert not runner._is_stopping()
    assert stepped == []
    arrival.line.join()
    try:
        assert not runner._is_stopping()
        assert stepped == [0.01]
    finally:
        arrival.line.leave()
    assert arrival.line.length == 0
