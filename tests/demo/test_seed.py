"""The demo as `seed_demo` writes it: what is there, and that it is made as everything else is."""

import datetime as dt
import json
import zipfile
from collections import Counter
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from accounts.models import Organisation, User
from accounts.states import OrganisationKind
from catalogue.models import Reuse, Solution
from challenges.models import Challenge, Theme
from challenges.states import ChallengeState, Status
from core import audit, clock
from core.canonical import digest
from core.models import AuditEntry, Mail, OutboxRow
from demo import alive, seeding
from demo.data import challenge as data_of
from demo.data import load
from demo.models import DemoPart
from demo.people import people
from ideas.models import Idea
from ideas.states import IdeaState
from ideas.versions import is_intact
from scoring import ranking
from scoring.models import (
    AssignmentRun,
    Correction,
    Decision,
    Declaration,
    Document,
    Juror,
    Meeting,
    Round,
    ScoreSheet,
    Sign,
    Signature,
)
from scoring.queries.assigning import replay
from scoring.queries.ranking import rank_round
from scoring.recompute import check
from scoring.states import DeclarationKind, MeetingState, SheetState
from scoring.tasks import make_document
from search.service import engine

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def challenge_of(key: str) -> Challenge:
    return Challenge.objects.with_phases().get(slug=data_of(key)["slug"])


def test_challenges_are_in_the_states_of_today():
    now = clock.now()
    states = {c.owner.name: c.status_at(now) for c in Challenge.objects.with_phases()}
    assert states == {
        "Mikkeli": Status.DECIDED,
        "Kuopio": Status.OPEN,
        "Oulu": Status.SCORING,
        "Pietarsaari": Status.COMING,
    }
    closes = clock.local(challenge_of("kuopio").closes_at)
    assert (closes.hour, closes.minute) == (16, 0)
    assert dt.timedelta(days=10) < closes - now < dt.timedelta(days=14)
    assert challenge_of("pietarsaari").opened_at < now


def test_every_proposal_of_mikkeli_was_handed_in_checked_and_decided():
    ideas = Idea.objects.filter(challenge=challenge_of("mikkeli")).select_related("series")
    assert Counter(idea.series.key for idea in ideas) == {"organisations": 75, "citizens": 11}
    assert {idea.state for idea in ideas} == {IdeaState.DECIDED}
    in_order = ideas.order_by("submitted_at").values_list("number", flat=True)
    assert list(in_order) == list(range(1, 87))
    for idea in ideas.select_related("current_version"):
        assert is_intact(idea.current_version)
        assert idea.challenge.opens_at < idea.submitted_at < idea.challenge.closes_at
        assert idea.submitted_at < idea.checked_at < idea.decided_at
        assert idea.published_at == idea.challenge.closes_at


def test_winners_are_those_of_the_data_with_award_and_reason():
    expected = {row["title"]: row["award"] for row in load("mikkeli_ideas") if row["winner"]}
    decision = Decision.objects.get(challenge=challenge_of("mikkeli"))
    winners = decision.verdicts.filter(awarded=True)
    assert len(expected) == 14
    assert {one.idea.title: one.award for one in winners.select_related("idea")} == expected
    assert not decision.verdicts.filter(reason="").exists()
    assert decision.drafted_by_id != decision.approved_by_id
    best = Counter(one.idea.series.key for one in winners if one.rank <= 11)
    assert best == {"organisations": 11, "citizens": 3}


def test_ranking_is_the_same_when_computed_again():
    decision = Decision.objects.get(challenge=challenge_of("mikkeli"))
    rounds = Round.objects.filter(series__challenge=decision.challenge)
    again = [rank_round(round_) for round_ in rounds.select_related("series", "rubric")]
    assert all(one.missing == 0 for one in again)
    data = {"format": ranking.FORMAT, "rankings": [one.result.to_data() for one in again]}
    assert digest(data) == digest({key: decision.ranking[key] for key in data})
    assert digest(decision.ranking) == decision.ranking_digest


def test_every_proposal_was_read_by_five_without_ties():
    rounds = Round.objects.filter(series__challenge=challenge_of("mikkeli"))
    sheets = ScoreSheet.objects.filter(assignment__round__in=rounds)
    assert sheets.count() == sum(one.sheets_wanted for one in rounds) == 86 * 5
    assert set(sheets.values_list("state", flat=True)) == {SheetState.SUBMITTED}
    assert set(sheets.values_list("assignment__declared", flat=True)) == {DeclarationKind.NONE}
    assert sheets.exclude(comment="").count() > 86


def test_winners_are_solutions_that_tell_where_they_come_from():
    solutions = Solution.objects.filter(challenge=challenge_of("mikkeli"), live=True)
    titles = {row["title"] for row in load("solutions")}
    assert {one.title for one in solutions} == titles
    for one in solutions:
        assert one.idea.awarded
        assert one.idea.challenge_id == one.challenge_id
        assert one.award in ("Innovatiiviset ideat", "Tuottavat ratkaisut")
        assert one.owner.name == "Mikkeli"
        assert one.how_it_works
        assert one.tags.count() >= 3
        assert one.latest_revision is not None


def test_pilots_are_in_use_by_their_municipalities():
    pilots = Solution.objects.filter(idea=None, live=True)
    assert pilots.count() == 32
    assert not pilots.filter(users_count=0).exists()
    assert Organisation.objects.municipalities().count() >= 30
    assert not Organisation.objects.municipalities().filter(population=None).exists()
    assert not Organisation.objects.municipalities().filter(region="").exists()
    stages = set(Reuse.objects.values_list("stage", flat=True))
    assert {"interested", "planning", "piloting", "in_use", "scaled", "stopped"} == stages


def test_a_juror_has_half_of_the_queue_left():
    person = next(one for one in people() if one.key == "juror")
    juror = Juror.objects.get(challenge=challenge_of("oulu"), email=person.email)
    assert (juror.to_read, juror.submitted, juror.undeclared) == (11, 6, 0)
    begun = ScoreSheet.objects.filter(assignment__juror=juror, state=SheetState.DRAFT)
    assert [sheet.scored for sheet in begun] == [3]
    round_ = Round.objects.get(series__challenge=challenge_of("oulu"))
    assert 0.3 < round_.sheets_submitted / round_.sheets_wanted < 0.7


def test_the_company_has_a_draft_in_the_open_challenge():
    drafts = Idea.objects.filter(challenge=challenge_of("kuopio"), state=IdeaState.DRAFT)
    assert [draft.organisation.name for draft in drafts] == ["Kyytikutomo Oy"]


def test_all_is_marked_as_demo():
    for model in (Challenge, Idea, Solution, Reuse, Organisation, User):
        assert not model.objects.filter(is_demo=False).exists(), model


def test_no_letter_could_reach_anybody():
    addresses = [
        *Mail.objects.values_list("to", flat=True),
        *User.objects.values_list("email", flat=True),
        *Idea.objects.values_list("contact_email", flat=True),
        *Juror.objects.values_list("email", flat=True),
        *Challenge.objects.values_list("contact_email", flat=True),
        *Solution.objects.values_list("contact_email", flat=True),
        *Organisation.objects.exclude(email_domain="").values_list("email_domain", flat=True),
    ]
    assert all(one.endswith(".example") for one in addresses if one)
    assert set(Mail.objects.values_list("state", flat=True)) == {Mail.State.SENT}
    assert not Mail.objects.filter(created_at__gt=clock.now()).exists()


def test_nothing_waits_but_the_closings_to_come_and_what_the_server_prints():
    waiting = Counter(OutboxRow.objects.values_list("event", flat=True))
    soon = {"challenge.closing": 2, "challenge.closes_soon": 4}
    assert waiting == {**soon, "document.ordered": 8}
    closings = OutboxRow.objects.filter(event="challenge.closing")
    assert set(closings.values_list("run_after", flat=True)) == {
        challenge_of(key).closes_at for key in ("kuopio", "pietarsaari")
    }


def test_rounds_of_the_demo_are_drawn_alike_on_every_machine():
    seeds = Round.objects.values_list("series__challenge__slug", "series__key", "seed")
    assert set(seeds) == {
        ("mikkeli-smart-city-2020", "citizens", 1267230436),
        ("mikkeli-smart-city-2020", "organisations", 928538703),
        ("talvikaupunki-toimii", "organisations", 801688406),
    }
    loads = Juror.objects.filter(challenge=challenge_of("mikkeli")).order_by("pk")
    assert list(loads.values_list("submitted", flat=True)) == [54, 53, 52, 54, 54, 55, 54, 54]
    assert all(replay(run).same for run in AssignmentRun.objects.all())


def test_mikkelis_jury_left_all_that_a_jury_leaves():
    """A conflict, signs with their reasons, minutes, everybody's signature, a correction."""
    challenge = challenge_of("mikkeli")
    tied = Declaration.objects.filter(juror__challenge=challenge, kind=DeclarationKind.CONFLICT)
    assert tied.count() == 1
    signs = Sign.objects.filter(round__series__challenge=challenge)
    assert signs.exclude(reason="").exists()
    meeting = Meeting.objects.get(round__series__challenge=challenge)
    assert meeting.state == MeetingState.CLOSED
    assert len(meeting.digest) == 64
    assert meeting.items.exclude(notes="").count() >= 3
    decision = Decision.objects.get(challenge=challenge)
    signatures = Signature.objects.filter(decision=decision, digest=decision.digest, excused="")
    assert signatures.count() == Juror.objects.filter(challenge=challenge).count() == 8
    assert Correction.objects.get(decision=decision).answered_at


@pytest.mark.pango
def test_mikkelis_report_is_printed_and_its_package_recomputes(tmp_path):
    challenge = challenge_of("mikkeli")
    for document in Document.objects.filter(challenge=challenge):
        make_document(document.pk)
    kinds = Counter(Document.objects.filter(challenge=challenge).values_list("kind", "state"))
    assert kinds == {
        ("minutes", "ready"): 3,
        ("report", "ready"): 3,
        ("full_report", "ready"): 1,
        ("package", "ready"): 1,
    }
    package = Document.objects.get(challenge=challenge, kind="package")
    path = tmp_path / "package.zip"
    path.write_bytes(package.content)
    assert check(path) == []
    with zipfile.ZipFile(path) as packed:
        kept = packed.read("ranking.json")
        given = json.loads(packed.read("ranking-input.json"))["series"]
    assert kept == ranking.canonical_json(
        ranking.rank(ranking.Series.from_data(one)) for one in given
    )
    report = Document.objects.get(challenge=challenge, kind="report", language="fi")
    assert bytes(report.content[:4]) == b"%PDF"


def test_audit_chains_are_sealed_and_whole():
    assert not AuditEntry.objects.filter(hash=None).exists()
    assert audit.verify() == []
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"challenge.opened", "idea.submitted", "idea.checked", "sheet.submitted"} <= verbs
    assert {"decision.approved", "decision.published", "reuse.told"} <= verbs


def test_index_holds_what_is_public():
    public = Idea.objects.public().count() + Solution.objects.published().count()
    assert engine().status().documents == public == 86 + 12 + 14 + 46


def test_second_run_changes_nothing(capsys):
    def rows() -> dict[str, int]:
        return {
            model._meta.label: model._base_manager.count()
            for model in apps.get_models()
            if model._meta.managed and not model._meta.proxy
        }

    before = rows()
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert rows() == before
    assert len(out.getvalue().splitlines()) == 1


def test_logins_are_written_for_the_start(capsys):
    told = (settings.VAR_DIR / "demo-logins.txt").read_text()
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert out.getvalue().startswith(told)
    assert f"{settings.SITE_URL}/fi/demo/posti/" in out.getvalue()
    for person in people():
        assert person.email in told
        assert User.objects.get(email=person.email).name == person.name
    assert len(told.splitlines()) == len(people())


def test_hosts_have_two_people_each():
    for host in Organisation.objects.filter(is_host=True):
        staff = host.memberships.filter(role__in=["admin", "staff"])
        assert staff.count() == 2
    kinds = Counter(Organisation.objects.values_list("kind", flat=True))
    assert kinds[OrganisationKind.COMPANY] > 60


def test_interrupted_part_leaves_nothing_behind():
    def half() -> None:
        Theme.objects.create(key="half", name={"fi": "puolikas"})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seeding.write(seeding.Part("half", "Half", half))
    assert not Theme.objects.filter(key="half").exists()
    assert not DemoPart.objects.filter(name="half").exists()


def test_missing_part_is_written_by_the_next_run():
    DemoPart.objects.filter(name="seal").delete()
    assert [part.name for part in seeding.missing()] == ["seal"]
    call_command("seed_demo", stdout=StringIO())
    assert seeding.missing() == []


def test_calls_stay_alive_as_days_pass():
    assert list(alive.keep(at=clock.now())) == []
    for days in (9, 18, 40):
        at = clock.now() + dt.timedelta(days=days)
        list(alive.keep(at=at))
        assert challenge_of("kuopio").status_at(at) == Status.OPEN
        assert challenge_of("kuopio").closes_at - at > dt.timedelta(days=5)
        assert challenge_of("oulu").status_at(at) == Status.SCORING
        assert list(alive.keep(at=at)) == []
    at = clock.now() + dt.timedelta(days=18)
    assert challenge_of("mikkeli").state == ChallengeState.DECIDED


def test_coming_call_stays_to_come_while_the_demo_is_started_now_and_then():
    for days in range(3, 40, 3):
        at = clock.now() + dt.timedelta(days=days)
        list(alive.keep(at=at))
        assert challenge_of("pietarsaari").status_at(at) == Status.COMING
