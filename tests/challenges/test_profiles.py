"""Idea competition, design contest, market consultation: what each must say and leaves out."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from accounts.actions import grant_role
from accounts.states import Role
from challenges import (
    actions,
    completeness,
    hosting,
    news,
    profile_actions,
    profiles,
    recipe_book,
    recipes,
)
from challenges.models import Challenge, Follower
from challenges.states import Act, ChallengeProfile, ChallengeState, PhaseKind, Visibility
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import queries as idea_queries
from scoring import rubric_checks, rules
from scoring.actions.rubric import write_rubric
from scoring.actions.rubric_publishing import publish_by_two
from scoring.queries.rubric import newest_rubric
from scoring.states import Profile
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory, HostFactory
from tests.factories.ideas import IdeaFactory, open_series
from tests.factories.scoring import rubric_spec

pytestmark = pytest.mark.django_db
CONTEST, CONSULTATION = ChallengeProfile.CONTEST, ChallengeProfile.CONSULTATION
SAID = {"learned": {"fi": "Julkaistaan sivulla."}, "procurement": {"fi": "Hilmassa keväällä."}}


@pytest.fixture(autouse=True)
def english():
    setup_site()
    with translation.override("en"):
        yield


def staff_of(owner):
    person = UserFactory()
    grant_role(organisation=owner, user=person, role=Role.STAFF, by=None)
    UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
    return person


def made(owner, by, **more):
    challenge = actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=owner,
        opens_on=clock.local(clock.now()).date() + dt.timedelta(days=14),
        title={"fi": "Kokeilu"},
        contact_email="haaste@kunta.example",
        by=by,
        **more,
    )
    return Challenge.objects.get(pk=challenge.pk)


@pytest.fixture
def owner():
    made_host = HostFactory()
    hosting.ensure_host(made_host)
    return made_host


@pytest.fixture
def staff(owner):
    return staff_of(owner)


@pytest.fixture
def draft(owner, staff):
    return made(owner, staff)


def save(challenge, profile, by, statements=None, **more):
    return profile_actions.save_profile(
        challenge=challenge, profile=profile, statements=statements or {}, by=by, **more
    )


def line(challenge):
    fresh = Challenge.objects.get(pk=challenge.pk)
    return next(one for one in completeness.checklist(fresh) if one.key == "profile")


def test_each_kind_must_say_its_own(draft, staff):
    assert line(draft).ok  # the recipe says what happens to the rights
    save(draft, CONTEST, staff)
    assert len(line(draft).missing) == 4  # prizes, what follows, the jury, the notice
    told = {key: {"fi": "Sanottu."} for key in ("prizes", "contract", "jury")}
    save(draft, CONTEST, staff, told)
    assert len(line(draft).missing) == 1
    save(draft, CONTEST, staff, notice_url="https://www.hankintailmoitukset.fi/fi/1")
    assert line(draft).ok
    save(draft, CONSULTATION, staff)
    assert len(line(draft).missing) == 2
    save(draft, CONSULTATION, staff, SAID)
    assert line(draft).ok
    save(draft, CONTEST, staff)  # what was written is not lost on the way
    assert "prizes" in Challenge.objects.get(pk=draft.pk).statements
    assert AuditEntry.objects.filter(verb="challenge.profile_changed").count() == 6


def test_every_kind_is_told_in_three_languages():
    for profile in ChallengeProfile.values:
        told = set()
        for code in ("fi", "sv", "en"):
            with translation.override(code):
                kind = profiles.KINDS[profile]
                told |= {str(kind.line), str(kind.more)}
        assert len(told) == 6


def test_bad_words_strangers_and_the_opening(draft, staff):
    with pytest.raises(Denied):
        save(draft, CONTEST, UserFactory())
    for given, field in (
        ({"profile": "hankinta"}, "profile"),
        ({"notice_url": "javascript:alert(1)"}, "notice_url"),
        ({"statements": {"rights": {"fi": "x" * 1501}}}, "rights"),
    ):
        with pytest.raises(Invalid) as refusal:
            save(**({"challenge": draft, "profile": CONTEST, "by": staff} | given))
        assert set(refusal.value.errors) == {field}
    save(draft, CONTEST, staff, {"muuta": {"fi": "Ei tunneta"}})
    assert "muuta" not in Challenge.objects.get(pk=draft.pk).statements
    Challenge.objects.filter(pk=draft.pk).update(state=ChallengeState.OPENED)
    with pytest.raises(NotNow):
        save(draft, CONSULTATION, staff)


def test_a_contest_opens_with_a_formal_rubric_only(draft, staff):
    rubric = newest_rubric(draft.series.first())
    assert "A design contest is scored formally" not in " ".join(rubric_checks.problems(rubric))
    save(draft, CONTEST, staff)
    rubric = newest_rubric(Challenge.objects.get(pk=draft.pk).series.first())
    assert "A design contest is scored formally" in " ".join(rubric_checks.problems(rubric))
    rubric.profile, rubric.blind = Profile.FORMAL, True
    draft.visibility = Visibility.WINNERS
    draft.save(update_fields=["visibility"])
    rubric.series.challenge.visibility = Visibility.WINNERS
    assert list(rubric_checks.problems(rubric)) == []


def test_a_rubric_published_before_it_became_a_contest_does_not_do(draft, staff):
    for series in draft.series.all():
        rubric = newest_rubric(series)
        publish_by_two(rubric=rubric, by=staff, second=staff_of(draft.owner), at=clock.now())
    keys = {"rubric-citizens", "rubric-organisations"}
    for profile, ok in ((ChallengeProfile.IDEAS, True), (CONTEST, False)):
        save(draft, profile, staff)
        lines = completeness.checklist(Challenge.objects.get(pk=draft.pk))
        assert {one.ok for one in lines if one.key in keys} == {ok}


def test_a_consultation_has_no_jury_no_scores_and_no_winners(owner, staff, client):
    challenge = made(owner, staff, profile=CONSULTATION)
    kinds = {one.kind for one in challenge.phases.all()}
    assert kinds == {PhaseKind.SUBMISSION, PhaseKind.CHECKING, PhaseKind.RESULTS}
    assert not any(one.rubrics.exists() for one in challenge.series.all())
    keys = {one.key for one in completeness.checklist(challenge)}
    assert not any(key.startswith("rubric") for key in keys)
    for rule in (rules.can_run_jury, rules.can_chair, rules.can_draft_decision):
        assert not rule(staff, challenge)
    client.force_login(staff)
    for name in ("rubrics", "rounds", "jury", "invite", "dashboard", "ranking", "decision"):
        assert client.get(reverse(f"scoring_admin:{name}", args=[challenge.pk])).status_code == 404
    page = client.get(reverse("challenges_admin:dashboard", args=[challenge.pk]))
    tabs = [tab["url"] for tab in page.context["tabs"]]
    assert [one for one in tabs if "/scoring/" in one] == [
        reverse("scoring_admin:record", args=[challenge.pk])
    ]
    assert reverse("ideas_admin:proposals", args=[challenge.pk]) in tabs
    series = client.get(reverse("challenges_admin:series", args=[challenge.pk, "citizens"]))
    assert set(series.context["form"].fields) == {"name", "eligible"}
    saved = client.post(
        reverse("challenges_admin:series", args=[challenge.pk, "citizens"]),
        {"citizens-name_fi": "Asukkaat"},
    )
    assert saved.status_code == 302
    dates = client.get(reverse("challenges_admin:timetable", args=[challenge.pk]))
    assert "scoring_starts" not in dates.context["form"].fields


def test_changing_to_a_consultation_asks_for_a_timetable_without_the_jurys_phases(
    draft, staff, client
):
    def lacks():
        fresh = Challenge.objects.get(pk=draft.pk)
        lines = completeness.checklist(fresh)
        return [words for one in lines if one.key == "timetable" for words in one.missing]

    dates = list(draft.phases.values_list("kind", "starts_at", "ends_at"))
    save(draft, CONSULTATION, staff)
    assert len(lacks()) == 2
    save(draft, CONTEST, staff)  # it was a slip: no date is lost
    assert list(draft.phases.values_list("kind", "starts_at", "ends_at")) == dates
    assert lacks() == []
    save(draft, CONSULTATION, staff)
    client.force_login(staff)
    page = reverse("challenges_admin:timetable", args=[draft.pk])
    form = client.get(page).context["form"]
    given = {name: form[name].value().strftime("%Y-%m-%dT%H:%M") for name in form.fields}
    assert client.post(page, given).status_code == 302
    assert lacks() == []


def test_a_consultation_allows_no_scoring_and_ends_with_what_was_learned():
    series = open_series(closed=True)
    challenge, staff = series.challenge, staff_of(series.challenge.owner)
    idea = IdeaFactory(series=series, submitted=True)
    with pytest.raises(NotNow):  # an idea competition is decided
        profile_actions.conclude(challenge=challenge, learned={"fi": "x"}, by=staff, at=clock.now())
    Challenge.objects.filter(pk=challenge.pk).update(profile=CONSULTATION)
    challenge = Challenge.objects.get(pk=challenge.pk)
    assert not challenge.allows(Act.SCORE, at=clock.now())
    assert challenge.allows(Act.CHECK, at=clock.now())
    with pytest.raises(Invalid):
        profile_actions.conclude(challenge=challenge, learned={"fi": " "}, by=staff, at=clock.now())
    with pytest.raises(Denied):
        profile_actions.conclude(
            challenge=challenge, learned={"fi": "x"}, by=UserFactory(), at=clock.now()
        )
    Follower.objects.create(
        challenge=challenge,
        followed=challenge.uid,
        email="seuraaja@posti.example",
        language="en",
        asked_at=clock.now(),
        confirmed_at=clock.now(),
    )
    early = challenge.closes_at - dt.timedelta(seconds=1)
    with pytest.raises(NotNow):
        profile_actions.conclude(challenge=challenge, learned={"fi": "x"}, by=staff, at=early)
    profile_actions.conclude(
        challenge=challenge, learned={"fi": "Kolme tapaa."}, by=staff, at=clock.now()
    )
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.DECIDED
    assert profiles.said(challenge)[0].words == "Kolme tapaa."
    outbox.run_now()
    letter = Mail.objects.get(template="challenge_notice")
    assert letter.to == idea.contact_email
    assert challenge.slug in letter.text
    [told] = Mail.objects.filter(template="follow_news")
    assert told.to == "seuraaja@posti.example"
    assert "jury" not in told.text
    assert "results" not in told.text
    idea.challenge = challenge
    steps = idea_queries.trail(idea, at=clock.now())
    assert [one.state for one in steps] == ["done", "now", "done"]


def test_recipes_carry_the_kind_and_old_files_are_idea_competitions(draft, staff, owner):
    save(draft, CONSULTATION, staff, SAID, notice_url="https://www.hankintailmoitukset.fi/fi/1")
    data = recipe_book.data_of(Challenge.objects.get(pk=draft.pk))
    file = recipe_book.as_file(data)
    came = recipe_book.import_recipe(owner=owner, content=file, by=staff, at=clock.now())
    recipe = recipe_book.chosen(staff, f"saved-{came.pk}")
    opens_on = clock.local(clock.now()).date() + dt.timedelta(days=20)
    again = actions.create_from_recipe(
        recipe=recipe, owner=owner, opens_on=opens_on, title={"fi": "Taas"}, by=staff
    )
    assert (again.profile, again.notice_url) == (CONSULTATION, "")  # a notice is one challenge's
    assert again.statements["learned"] == SAID["learned"]
    for key in ("profile", "statements"):
        del data[key]
    assert recipes.parse("old", data).profile == ChallengeProfile.IDEAS
    for bad in ({"profile": "hankinta"}, {"statements": ["x"]}, {"statements": {"rights": "x"}}):
        with pytest.raises(Invalid):
            recipe_book.import_recipe(
                owner=owner, content=recipe_book.as_file(data | bad), by=staff, at=clock.now()
            )


@pytest.fixture
def unsaid():
    """It had opened before kinds were told."""
    series = open_series(opened=True)
    hosting.ensure_host(series.challenge.owner)
    Challenge.objects.filter(pk=series.challenge_id).update(profile="")
    return Challenge.objects.get(pk=series.challenge_id)


def test_of_what_had_opened_before_nothing_is_said(client, unsaid):
    idea = IdeaFactory(series=unsaid.series.first(), submitted=True)
    staff = staff_of(unsaid.owner)
    lines = [str(words) for kind in profiles.KINDS.values() for words in (kind.line, kind.more)]
    short = [str(kind.short) for kind in profiles.KINDS.values()]
    assert unsaid.has_jury
    assert profiles.said(unsaid) == []
    assert news.atom(unsaid, at=clock.now())
    shown = client.get(f"/en/ehdota/{unsaid.slug}/citizens/")
    assert shown.status_code == 200
    letter = render_to_string(
        "mail/idea_receipt.txt",
        {"idea": idea, "challenge": unsaid, "version": idea.current_version, "language": "en"},
    )
    client.force_login(staff)
    office = [
        client.get(reverse(f"challenges_admin:{name}", args=[unsaid.pk])).content.decode()
        for name in ("dashboard", "basics", "profile")
    ]
    listed = client.get("/en/haasteet/").content.decode()
    for text in (shown.content.decode(), letter, listed, *office):
        assert not [words for words in lines if words in text]
    assert not [words for words in short if words in listed]
    data = recipe_book.data_of(unsaid)
    assert recipes.parse("again", data).profile == ChallengeProfile.IDEAS


def test_what_had_opened_before_says_its_kind_once_and_whole(client, unsaid):
    staff = staff_of(unsaid.owner)
    client.force_login(staff)
    page = reverse("challenges_admin:profile", args=[unsaid.pk])
    asked = {"profile", "prizes", "contract", "jury", "rights", "notice_url"}
    assert set(client.get(page).context["form"].fields) == asked
    with pytest.raises(Invalid):
        save(unsaid, CONSULTATION, staff, SAID)
    for profile, wrong in (
        (CONSULTATION, {"profile"}),
        (ChallengeProfile.IDEAS, {"rights"}),
        (CONTEST, asked - {"profile"}),
    ):
        refused = client.post(page, {"profile": profile})
        assert refused.status_code == 400
        assert set(refused.context["form"].errors) >= wrong
        assert Challenge.objects.get(pk=unsaid.pk).profile == ""
    given = {"profile": ChallengeProfile.IDEAS, "rights_fi": "Ehdottajalla."}
    assert client.post(page, given).status_code == 302
    assert profiles.said(Challenge.objects.get(pk=unsaid.pk))[0].words == "Ehdottajalla."
    assert AuditEntry.objects.filter(verb="challenge.profile_changed").count() == 1
    assert client.post(page, given).status_code == 400


def test_an_open_challenge_becomes_a_contest_only_when_it_has_been_scored_as_one(unsaid):
    staff, second = staff_of(unsaid.owner), staff_of(unsaid.owner)
    told = {key: {"fi": "Sanottu."} for key in ("prizes", "contract", "jury", "rights")}
    notice = "https://www.hankintailmoitukset.fi/fi/1"
    rubric = write_rubric(series=unsaid.series.first(), spec=rubric_spec(), by=staff)
    publish_by_two(rubric=rubric, by=staff, second=second, at=clock.now())
    with pytest.raises(Invalid) as refusal:
        save(unsaid, CONTEST, staff, told, notice_url=notice)
    assert set(refusal.value.errors) == {"profile"}


def test_the_kind_is_left_unsaid_of_what_had_opened():
    opened = open_series(opened=True).challenge
    drafted = ChallengeFactory()
    migration = import_module("challenges.migrations.0011_profile")
    migration.say_nothing_of_what_has_opened(apps, None)
    kinds = dict(Challenge.objects.values_list("pk", "profile"))
    assert kinds == {opened.pk: "", drafted.pk: ChallengeProfile.IDEAS}


def test_pages_say_it(client, draft, staff):
    client.force_login(staff)
    page = reverse("challenges_admin:profile", args=[draft.pk])
    shown = client.get(page)
    assert set(shown.context["form"].fields) == {"profile", "rights"}
    assert (
        client.post(page, {"profile": CONSULTATION, "rights_fi": "Ehdottajalla."}).status_code
        == 302
    )
    assert set(client.get(page).context["form"].fields) == {
        *("profile", "learned", "procurement", "notice_url"),
    }
    bad = client.post(page, {"profile": CONSULTATION, "notice_url": "ei osoite"})
    assert bad.status_code == 400
    conclude = reverse("challenges_admin:conclude", args=[draft.pk])
    assert client.post(conclude, {"learned_fi": "Liian aikaisin."}).status_code == 400


@pytest.mark.parametrize("profile", ChallengeProfile.values)
def test_the_public_hears_it(client, profile):
    series = open_series(opened=True)
    Challenge.objects.filter(pk=series.challenge_id).update(
        profile=profile, statements={"rights": {"fi": "Oikeudet pysyvät."}, **SAID}
    )
    with translation.override("fi"):
        words = str(profiles.KINDS[profile].line)
        short = str(profiles.KINDS[profile].short)
    start = f"/fi/ehdota/{series.challenge.slug}/citizens/"
    assert words in client.get(start).content.decode()
    assert short in client.get("/fi/haasteet/").content.decode()
