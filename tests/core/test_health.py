"""/health names each part, and says 503 with the reason when one that matters is down."""

from datetime import timedelta

import pytest
from django.test import Client

from core import clock, healthchecks, parts
from core.models import Mail, OutboxRow

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(minutes=11)


@pytest.fixture
def part():
    """Register a part for this test only."""
    names: list[str] = []

    def add(name: str, check, *, matters: bool = True) -> None:
        healthchecks.register(name, matters=matters)(check)
        names.append(name)

    yield add
    for name in names:
        healthchecks.unregister(name)


def ask() -> tuple[int, dict]:
    response = Client().get("/health")
    return response.status_code, response.json()


def down() -> str:
    raise healthchecks.Down("it is in pieces")


def test_health_names_the_parts():
    status, said = ask()
    assert {"database", "jobs", "mail"} <= set(said["parts"])
    core_parts = [said["parts"][name]["ok"] for name in ("database", "jobs", "mail")]
    assert core_parts == [True, True, True]
    assert status == (200 if said["status"] == "ok" else 503)


def test_health_is_not_kept():
    assert "no-store" in Client().get("/health")["Cache-Control"]
    assert Client().post("/health").status_code == 405


def test_part_that_matters_makes_it_503_with_the_reason(part):
    part("engine", down)
    status, said = ask()
    assert status == 503
    assert said["status"] == "down"
    assert said["parts"]["engine"] == {"ok": False, "detail": "it is in pieces"}


def test_part_that_does_not_matter_is_only_told(part):
    before = ask()[0]
    part("bell", down, matters=False)
    status, said = ask()
    assert status == before
    assert not said["parts"]["bell"]["ok"]


def test_part_that_breaks_in_another_way_is_down_without_telling_secrets(part):
    def broken() -> str:
        raise RuntimeError("password=hunter2")

    part("engine", broken)
    status, said = ask()
    assert status == 503
    assert said["parts"]["engine"] == {"ok": False, "detail": "it could not be asked"}


def test_jobs_that_nobody_runs_are_a_fault():
    row = OutboxRow.objects.create(event="x", handler="x", run_after=clock.now() - LONG_AGO)
    status, said = ask()
    assert status == 503
    assert "over 10 minutes" in said["parts"]["jobs"]["detail"]
    row.parked_at = clock.now()
    row.save()
    assert ask()[1]["parts"]["jobs"] == {"ok": True, "detail": "0 waiting, 1 parked"}


def test_jobs_for_later_are_no_fault():
    OutboxRow.objects.create(event="x", handler="x", run_after=clock.now() + LONG_AGO)
    assert ask()[1]["parts"]["jobs"] == {"ok": True, "detail": "1 waiting, 0 parked"}


def test_letters_that_do_not_leave_are_told():
    letter = {"to": "a@example.org", "template": "x", "subject": "x"}
    Mail.objects.create(message_id="<1@x>", created_at=clock.now() - LONG_AGO, **letter)
    Mail.objects.create(message_id="<2@x>", **letter)
    assert ask()[1]["parts"]["mail"]["detail"] == "1 letters of this week could not be sent"


def test_full_disk_is_a_fault(monkeypatch):
    monkeypatch.setattr(parts, "FREE_AT_LEAST", 2**60)
    status, said = ask()
    assert status == 503
    assert said["parts"]["database"]["detail"] == "the disk is nearly full"
