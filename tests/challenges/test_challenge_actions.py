"""Making, preparing, opening, closing and cancelling a challenge."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actions import ensure_user, grant_role
from accounts.states import Role
from challenges import actions, completeness, hosting, recipes, timetable
from challenges.models import Challenge, ChallengePage, FormIsFrozen, FormVersion, HostPage
from challenges.registry import _checks
from challenges.states import ChallengeState, PhaseKind, Visibility
from cms.setup import setup_site
from core import outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, OutboxRow
from tests.factories.challenges import (
    NOW,
    ChallengeFactory,
    FormVersionFactory,
    HostFactory,
    SeriesFactory,
    ThemeFactory,
)

pytestmark = pytest.mark.django_db
TITLE = {"fi": "Mikä kangertaa?", "sv": "Vad kärvar?"}


@pytest.fixture
def own_checks_only():
    """Without the lines that higher floors add: their tests are theirs."""
    kept, _checks[:] = list(_checks), []
    yield
    _checks[:] = kept


@pytest.fixture
def host():
    setup_site()
    organisation = HostFactory(name="Mikkelin kaupunki", slug="mikkeli")
    hosting.ensure_host(organisation)
    return organisation


@pytest.fixture
def staff(host):
    user = ensure_user(email="staff@mikkeli.example")
    grant_role(organisation=host, user=user, role=Role.STAFF, by=None)
    return user


@pytest.fixture
def challenge(host, staff):
    return actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=host,
        opens_on=dt.date(2026, 12, 1),
        title=TITLE,
        contact_email="haaste@mikkeli.example",
        by=staff,
    )


def test_recipe_makes_everything_that_we_own(challenge):
    assert challenge.state == ChallengeState.PREPARING
    assert [one.key for one in challenge.series.all()] == ["citizens", "organisations"]
    assert {phase.kind for phase in challenge.phases.all()} == set(PhaseKind)
    assert FormVersion.objects.filter(series__challenge=challenge, frozen_at=None).count() == 2
    assert challenge.themes.count() == len(recipes.load("mikkeli").themes)
    pages = {page.locale.language_code: page for page in challenge.pages.all()}
    assert set(pages) == {"fi", "sv", "en"}
    assert pages["sv"].title == "Vad kärvar?"
    assert pages["en"].title == "Mikä kangertaa?"
    assert pages["en"].lead == recipes.load("mikkeli").page["lead"]["en"]
    assert not any(page.live for page in pages.values())
    assert AuditEntry.objects.filter(
        verb="challenge.created", by=challenge_staff(challenge)
    ).exists()


def challenge_staff(challenge):
    return challenge.owner.memberships.get().user


def test_addresses_of_two_challenges_of_one_name_differ(host, staff, challenge):
    second = actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=host,
        opens_on=dt.date(2027, 1, 1),
        title=TITLE,
        by=staff,
    )
    assert (challenge.slug, second.slug) == ("mika-kangertaa", "mika-kangertaa-2")
    assert second.themes.count() == challenge.themes.count()


def test_another_municipality_cannot_make_or_change(host, challenge):
    other = ensure_user(email="staff@juva.example")
    grant_role(organisation=HostFactory(), user=other, role=Role.ADMIN, by=None)
    with pytest.raises(Denied):
        actions.create_from_recipe(
            recipe=recipes.load("mikkeli"),
            owner=host,
            opens_on=dt.date(2026, 12, 1),
            title=TITLE,
            by=other,
        )
    with pytest.raises(Denied):
        actions.open_challenge(challenge=challenge, by=other, at=NOW)
    with pytest.raises(Denied):
        actions.save_form(series=challenge.series.first(), definition={}, based_on=1, by=other)


def test_bad_contact_is_told_at_its_field(host, staff):
    with pytest.raises(Invalid) as caught:
        actions.create_from_recipe(
            recipe=recipes.load("mikkeli"),
            owner=host,
            opens_on=dt.date(2026, 12, 1),
            title={},
            contact_email="ei osoite",
            by=staff,
        )
    assert set(caught.value.errors) == {"title", "contact_email"}
    assert not Challenge.objects.exists()


@pytest.mark.usefixtures("own_checks_only")
def test_opening_freezes_publishes_and_schedules_the_closing(challenge, staff):
    actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.OPENED
    assert challenge.opened_at == NOW
    for form in FormVersion.objects.filter(series__challenge=challenge):
        assert form.frozen_at == NOW
        assert form.digest == form.parsed.digest
    assert all(page.live for page in challenge.pages.all())
    row = OutboxRow.objects.get(event="challenge.closing")
    assert row.run_after == challenge.closes_at
    with pytest.raises(NotNow):
        actions.open_challenge(challenge=challenge, by=staff, at=NOW)


@pytest.mark.usefixtures("own_checks_only")
def test_opening_is_refused_with_what_is_missing(challenge, staff):
    Challenge.objects.filter(pk=challenge.pk).update(contact_email="")
    challenge.themes.clear()
    with pytest.raises(Invalid) as caught:
        actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    assert set(caught.value.errors) == {"basics", "contact"}
    assert not FormVersion.objects.filter(frozen_at__isnull=False).exists()


@pytest.mark.usefixtures("own_checks_only")
def test_opening_is_refused_after_its_own_closing(challenge, staff):
    with pytest.raises(Invalid) as caught:
        actions.open_challenge(challenge=challenge, by=staff, at=challenge.closes_at)
    assert set(caught.value.errors) == {"timetable"}


def test_frozen_form_refuses_every_change():
    form = FormVersionFactory(frozen=True)
    form.number = 7
    with pytest.raises(FormIsFrozen):
        form.save()
    with pytest.raises(FormIsFrozen):
        form.delete()
    with pytest.raises(FormIsFrozen):
        FormVersion.objects.filter(pk=form.pk).update(number=7)
    with pytest.raises(FormIsFrozen):
        FormVersion.objects.filter(pk=form.pk).delete()


def test_database_itself_refuses_to_change_a_frozen_form():
    form = FormVersionFactory(frozen=True)
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE challenges_formversion SET number = 7 WHERE id = %s", [form.pk])


def test_saved_form_is_a_new_version_and_two_editors_do_not_overwrite(challenge, staff):
    series = challenge.series.first()
    definition = series.form.definition
    made = actions.save_form(series=series, definition=definition, based_on=1, by=staff)
    assert made.number == 2
    with pytest.raises(NotNow):
        actions.save_form(series=series, definition=definition, based_on=1, by=staff)
    with pytest.raises(Invalid):
        actions.save_form(series=series, definition={"steps": []}, based_on=2, by=staff)


@pytest.mark.usefixtures("own_checks_only")
def test_form_cannot_change_once_open(challenge, staff):
    actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    series = challenge.series.first()
    with pytest.raises(NotNow):
        actions.save_form(series=series, definition=series.form.definition, based_on=1, by=staff)


def test_closing_is_told_once_and_not_too_early():
    challenge = ChallengeFactory(opened=True, now=NOW)
    assert not actions.close_challenge(
        challenge=challenge, at=challenge.closes_at - dt.timedelta(microseconds=1)
    )
    assert actions.close_challenge(challenge=challenge, at=challenge.closes_at)
    assert not actions.close_challenge(challenge=challenge, at=challenge.closes_at)
    challenge.refresh_from_db()
    assert challenge.closed_at == challenge.closes_at
    assert AuditEntry.objects.filter(verb="challenge.closed").count() == 1


def test_closing_runs_from_the_outbox_when_due():
    challenge = ChallengeFactory(closed=True)
    outbox.emit("challenge.closing", challenge=challenge.pk)
    outbox.run_now()
    challenge.refresh_from_db()
    assert challenge.closed_at == challenge.closes_at


@pytest.mark.usefixtures("own_checks_only")
def test_later_closing_reopens_the_call(challenge, staff):
    actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    after = challenge.closes_at + dt.timedelta(hours=1)
    assert actions.close_challenge(challenge=challenge, at=after)
    phases = timetable.moved(timetable.of(challenge), opens_on=dt.date(2026, 12, 3))
    opens = timetable.of(challenge)[PhaseKind.SUBMISSION][0]
    phases[PhaseKind.SUBMISSION] = (opens, phases[PhaseKind.SUBMISSION][1])
    changed = actions.save_timetable(challenge=challenge, phases=phases, by=staff, at=after)
    assert changed.closed_at is None
    assert OutboxRow.objects.filter(event="challenge.closing").count() == 2


@pytest.mark.usefixtures("own_checks_only")
def test_beginning_stays_and_closing_stays_ahead_once_open(challenge, staff):
    actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    during = challenge.opens_at + dt.timedelta(days=3)
    phases = timetable.of(challenge)
    starts, ends = phases[PhaseKind.SUBMISSION]
    moved = {**phases, PhaseKind.SUBMISSION: (starts + dt.timedelta(hours=1), ends)}
    with pytest.raises(Invalid) as caught:
        actions.save_timetable(challenge=challenge, phases=moved, by=staff, at=during)
    assert set(caught.value.errors) == {"submission_starts"}
    moved = {**phases, PhaseKind.SUBMISSION: (starts, during)}
    with pytest.raises(Invalid) as caught:
        actions.save_timetable(challenge=challenge, phases=moved, by=staff, at=during)
    assert set(caught.value.errors) == {"submission_ends"}


def test_phases_that_overlap_are_refused(challenge, staff):
    phases = timetable.of(challenge)
    starts, ends = phases[PhaseKind.CHECKING]
    phases[PhaseKind.CHECKING] = (starts - dt.timedelta(days=1), ends)
    with pytest.raises(Invalid) as caught:
        actions.save_timetable(challenge=challenge, phases=phases, by=staff, at=NOW)
    assert set(caught.value.errors) == {"checking_starts"}


@pytest.mark.usefixtures("own_checks_only")
def test_promises_stay_once_open(challenge, staff):
    given = {
        "name": TITLE,
        "visibility": Visibility.WINNERS,
        "reasons_public": True,
        "contact_email": challenge.contact_email,
        "themes": challenge.themes.all(),
        "by": staff,
    }
    actions.save_basics(challenge=challenge, **given)
    actions.open_challenge(challenge=challenge, by=staff, at=NOW)
    with pytest.raises(NotNow):
        actions.save_basics(challenge=challenge, **{**given, "visibility": Visibility.AT_ONCE})
    actions.save_basics(challenge=challenge, **{**given, "name": {"fi": "Uusi nimi"}})
    titles = set(ChallengePage.objects.values_list("title", "draft_title"))
    assert titles == {("Uusi nimi", "Uusi nimi")}
    page = ChallengePage.objects.first()
    assert page.get_latest_revision_as_object().title == "Uusi nimi"


def test_number_of_winners_is_a_promise_too(challenge, staff):
    series = challenge.series.first()
    words = {"name": series.name, "eligible": series.eligible, "award": series.award, "by": staff}
    assert actions.save_series(series=series, winners=6, **words).winners == 6
    Challenge.objects.filter(pk=challenge.pk).update(state=ChallengeState.OPENED)
    with pytest.raises(NotNow):
        actions.save_series(series=series, winners=7, **words)


def test_decided_once(staff):
    challenge = ChallengeFactory(closed=True)
    actions.mark_decided(challenge=challenge, by=staff, at=NOW)
    challenge.refresh_from_db()
    assert (challenge.state, challenge.decided_at) == (ChallengeState.DECIDED, NOW)
    with pytest.raises(NotNow):
        actions.mark_decided(challenge=challenge, by=staff, at=NOW)


def test_cancelling_needs_a_reason(challenge, staff):
    with pytest.raises(Invalid):
        actions.cancel_challenge(challenge=challenge, reason=" ", by=staff, at=NOW)
    done = actions.cancel_challenge(challenge=challenge, reason="Rahat loppuivat", by=staff, at=NOW)
    assert done.state == ChallengeState.CANCELLED
    assert not done.is_public
    with pytest.raises(NotNow):
        actions.open_challenge(challenge=challenge, by=staff, at=NOW)


def test_checklist_names_each_lack():
    challenge = ChallengeFactory(contact_email="", phases=False)
    lacking = {item.key for item in completeness.checklist(challenge, at=NOW) if not item.ok}
    assert {"basics", "texts", "rules", "timetable", "forms", "contact"} <= lacking
    SeriesFactory(challenge=challenge)
    challenge.themes.add(ThemeFactory())
    lacking = {item.key for item in completeness.checklist(challenge, at=NOW) if not item.ok}
    assert "basics" not in lacking
    assert "forms" in lacking


def test_host_is_made_once_with_group_pages_and_collection(host, staff):
    again = hosting.ensure_host(host)
    pages = HostPage.objects.filter(organisation=host)
    assert pages.count() == 3
    assert again.locale.language_code == "fi"
    group = staff.groups.get()
    assert group.name == hosting.group_name(host)
    assert group.page_permissions.count() == 3 * len(hosting.PAGE_PERMISSIONS)
    assert group.collection_permissions.count() == len(hosting.COLLECTION_PERMISSIONS)
    assert staff.has_perm("wagtailadmin.access_admin")


def test_group_follows_membership(host, staff):
    grant_role(organisation=host, user=staff, role=Role.MEMBER, by=None)
    assert not staff.groups.exists()
    grant_role(organisation=host, user=staff, role=Role.ADMIN, by=None)
    assert staff.groups.count() == 1
