"""The back office of challenges: whose they are, the form editor, timetable, opening."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.actions import ensure_user, grant_role
from accounts.models import User
from accounts.states import Role
from challenges import actions, hosting, recipes, timetable
from challenges.models import Challenge
from challenges.registry import _checks
from challenges.states import Assurance, ChallengeState, PhaseKind
from cms.setup import setup_site
from core import clock
from core.clock import local
from core.models import AuditEntry
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_checks_only():
    kept, _checks[:] = list(_checks), []
    yield
    _checks[:] = kept


def staff_of(organisation) -> User:
    user = ensure_user(email=f"staff@{organisation.slug}.example")
    grant_role(organisation=organisation, user=user, role=Role.STAFF, by=None)
    return user


@pytest.fixture
def host():
    setup_site()
    organisation = HostFactory(name="Mikkelin kaupunki", slug="mikkeli")
    hosting.ensure_host(organisation)
    return organisation


@pytest.fixture
def other_host(host):
    organisation = HostFactory(name="Joensuun kaupunki", slug="joensuu")
    hosting.ensure_host(organisation)
    return organisation


@pytest.fixture
def challenge(host):
    return actions.create_from_recipe(
        recipe=recipes.load("mikkeli"),
        owner=host,
        opens_on=local(clock.now()).date() + dt.timedelta(days=7),
        title={"fi": "Mikä kangertaa?"},
        contact_email="haaste@mikkeli.example",
        by=None,
    )


@pytest.fixture
def desk(client, host):
    client.force_login(staff_of(host))
    return client


def url(name, challenge, *args):
    return reverse(f"challenges_admin:{name}", args=[challenge.pk, *args])


EVERY_VIEW = [
    ("dashboard", ()),
    ("basics", ()),
    ("series", ("citizens",)),
    ("timetable", ()),
    ("open", ()),
    ("cancel", ()),
    ("forms", ()),
    ("form", ("citizens",)),
    ("preview", ("citizens",)),
    ("question_new", ("citizens",)),
    ("question", ("citizens", "title")),
    ("step_new", ("citizens",)),
    ("step", ("citizens", "problem")),
]


@pytest.mark.parametrize(("name", "args"), EVERY_VIEW)
def test_own_staff_see_every_view(desk, challenge, name, args):
    assert desk.get(url(name, challenge, *args)).status_code == 200


@pytest.mark.parametrize(("name", "args"), EVERY_VIEW)
def test_staff_of_another_municipality_find_nothing(client, challenge, other_host, name, args):
    client.force_login(staff_of(other_host))
    assert client.get(url(name, challenge, *args)).status_code == 404
    assert client.post(url(name, challenge, *args)).status_code == 404


@pytest.mark.parametrize(("name", "args"), EVERY_VIEW)
def test_nobody_enters_without_signing_in(client, challenge, name, args):
    assert client.get(url(name, challenge, *args)).status_code == 302


def test_lists_and_page_tree_show_ones_own_only(client, challenge, other_host):
    client.force_login(staff_of(other_host))
    assert "Mikä kangertaa?" not in client.get("/admin/challenges/").content.decode()
    assert "Mikä kangertaa?" not in client.get("/admin/").content.decode()
    page = challenge.pages.first()
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code in (302, 403, 404)


def test_page_is_edited_by_its_own_staff_but_never_deleted(desk, challenge):
    page = challenge.pages.first()
    assert desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    for name in ("delete", "unpublish", "move"):
        desk.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
        assert challenge.pages.filter(pk=page.pk).exists()


def test_new_challenge_from_a_recipe(desk, host):
    opening = local(clock.now()).date() + dt.timedelta(days=10)
    response = desk.post(
        reverse("challenges_admin:new"),
        {
            "owner": host.pk,
            "recipe": "mikkeli",
            "title_0": "Miten talvi sujuu?",
            "opens_on": opening.isoformat(),
            "contact_email": "talvi@mikkeli.example",
            "title_fi": "Miten talvi sujuu?",
        },
    )
    challenge = Challenge.objects.get()
    assert response.url == url("dashboard", challenge)
    assert local(challenge.opens_at).date() == opening


def test_new_challenge_tells_what_is_wrong_and_keeps_what_was_typed(desk, host):
    response = desk.post(
        reverse("challenges_admin:new"),
        {"owner": host.pk, "recipe": "mikkeli", "opens_on": "", "contact_email": "väärin"},
    )
    assert response.status_code == 200
    assert {"title", "opens_on", "contact_email"} <= set(response.context["form"].errors)
    assert "väärin" in response.content.decode()


def change(desk, challenge, what, number):
    return desk.post(url("form", challenge, "citizens"), {"change": what, "number": number})


def keys(challenge):
    return list(challenge.series.get(key="citizens").form.parsed.fields)


def test_questions_move_and_go(desk, challenge):
    assert keys(challenge)[:2] == ["problem", "title"]
    change(desk, challenge, "down:problem", 1)
    assert keys(challenge)[:2] == ["title", "problem"]
    change(desk, challenge, "down:problem", 2)
    form = challenge.series.get(key="citizens").form.parsed
    assert form.fields["problem"].step == "people"
    change(desk, challenge, "remove:who", 3)
    assert "who" not in keys(challenge)


def test_question_that_the_platform_needs_stays(desk, challenge):
    change(desk, challenge, "remove:title", 1)
    assert "title" in keys(challenge)
    assert challenge.series.get(key="citizens").form.number == 1


def test_question_is_added_to_its_step(desk, challenge):
    response = desk.post(
        url("question_new", challenge, "citizens") + "?step=people",
        {
            "number": 1,
            "step": "people",
            "type": "choice",
            "label_fi": "Missä näit sen?",
            "label_0": "Missä näit sen?",
            "visibility": "jury",
            "options": "Kadulla | På gatan | In the street\nKoulussa",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    field = challenge.series.get(key="citizens").form.parsed.fields["missa_nait_sen"]
    assert (field.step, field.visibility, field.required) == ("people", "jury", False)
    assert [option["value"] for option in field.options] == ["kadulla", "koulussa"]
    assert field.options[0]["label"]["en"] == "In the street"


def test_options_keep_their_values_when_lines_are_added(desk, challenge):
    series = challenge.series.get(key="citizens")
    before = series.form.parsed.fields["how_often"]
    form = desk.get(url("question", challenge, "citizens", "how_often")).context["form"]
    data = {name: value for name, value in form.initial.items() if isinstance(value, str)}
    data |= {"number": 1, "required": "on", "options": data["options"] + "\nEn tiedä"}
    for index, code in enumerate(("fi", "sv", "en")):
        data[f"label_{index}"] = data[f"label_{code}"] = before.label[code]
    response = desk.post(url("question", challenge, "citizens", "how_often"), data)
    assert response.status_code == 302, response.context["form"].errors
    after = challenge.series.get(key="citizens").form.parsed.fields["how_often"]
    values = [option["value"] for option in before.options]
    assert [option["value"] for option in after.options] == [*values, "en_tieda"]


def test_step_is_added_and_renamed(desk, challenge):
    words = {"title_fi": "Lopuksi", "title_0": "Lopuksi"}
    desk.post(url("step_new", challenge, "citizens"), {"number": 1, **words})
    assert challenge.series.get(key="citizens").form.parsed.steps[-1].title["fi"] == "Lopuksi"
    words = {"title_fi": "Viimeiseksi", "title_0": "Viimeiseksi"}
    desk.post(url("step", challenge, "citizens", "lopuksi"), {"number": 2, **words})
    assert challenge.series.get(key="citizens").form.parsed.steps[-1].title["fi"] == "Viimeiseksi"


def test_unknown_change_or_question_is_not_found(desk, challenge):
    assert change(desk, challenge, "explode:title", 1).status_code == 404
    assert change(desk, challenge, "up:nothing", 1).status_code == 404
    assert desk.get(url("question", challenge, "citizens", "nothing")).status_code == 404
    assert desk.get(url("step", challenge, "citizens", "nothing")).status_code == 404
    assert desk.get(url("form", challenge, "nothing")).status_code == 404


def test_whole_timetable_moves_with_the_opening_day(desk, challenge):
    before = timetable.of(challenge)
    new_day = local(challenge.opens_at).date() + dt.timedelta(days=100)
    desk.post(url("shift", challenge), {"opens_on": new_day.isoformat()})
    after = timetable.of(Challenge.objects.get(pk=challenge.pk))
    assert after == timetable.moved(before, opens_on=new_day)


def test_timetable_errors_stand_at_their_fields(desk, challenge):
    data = {}
    for kind, (starts, ends) in timetable.of(challenge).items():
        data[f"{kind}_starts"] = local(starts).strftime("%Y-%m-%dT%H:%M")
        data[f"{kind}_ends"] = local(ends).strftime("%Y-%m-%dT%H:%M")
    assert desk.post(url("timetable", challenge), data).status_code == 302
    assert timetable.of(Challenge.objects.get(pk=challenge.pk)) == timetable.of(challenge)
    wrong = {**data, "submission_ends": data["submission_starts"]}
    response = desk.post(url("timetable", challenge), wrong)
    assert list(response.context["form"].errors) == ["submission_ends"]
    half = {**data, "pilots_ends": ""}
    response = desk.post(url("timetable", challenge), half)
    assert list(response.context["form"].errors) == ["pilots_ends"]
    without = {**data, "pilots_starts": "", "pilots_ends": ""}
    assert desk.post(url("timetable", challenge), without).status_code == 302
    assert PhaseKind.PILOTS not in timetable.of(Challenge.objects.get(pk=challenge.pk))


def test_opening_from_the_back_office(desk, challenge):
    assert desk.post(url("open", challenge)).status_code == 302
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.OPENED
    text = desk.get(url("form", challenge, "citizens")).content.decode()
    assert 'name="change"' not in text
    desk.post(url("cancel", challenge), {"reason": "Rahat loppuivat"})
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.CANCELLED


def test_basics_and_series_are_saved(desk, challenge):
    theme = challenge.themes.first()
    response = desk.post(
        url("basics", challenge),
        {
            "basics-name_fi": "Uusi nimi",
            "basics-name_0": "Uusi nimi",
            "basics-contact_email": "uusi@mikkeli.example",
            "basics-themes": [theme.pk],
            "basics-visibility": "at_once",
        },
    )
    assert response.status_code == 302, response.context["form"].errors
    challenge.refresh_from_db()
    assert challenge.name == {"fi": "Uusi nimi"}
    assert list(challenge.themes.all()) == [theme]
    response = desk.post(
        url("series", challenge, "citizens"),
        {"citizens-name_fi": "Ideat", "citizens-name_0": "Ideat", "citizens-winners": 2},
    )
    assert response.status_code == 302, response.context["form"].errors
    assert challenge.series.get(key="citizens").winners == 2


def test_strong_identification_is_chosen_where_there_is_one(desk, challenge, settings):
    """And before people have begun."""
    typed = {
        "basics-name_fi": "Nimi",
        "basics-name_0": "Nimi",
        "basics-themes": [challenge.themes.first().pk],
        "basics-visibility": challenge.visibility,
        "basics-reasons_public": "on",
        "basics-assurance": Assurance.STRONG,
    }
    none = desk.post(url("basics", challenge), typed)
    assert none.context["form"].errors.keys() == {"assurance"}
    strong = {"provider_id": "x", "name": "X", "settings": {"acr": ["loa3"], "sign_in": False}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [strong]}}
    assert desk.post(url("basics", challenge), typed).status_code == 302
    challenge.refresh_from_db()
    assert challenge.assurance == Assurance.STRONG
    assert AuditEntry.objects.filter(verb="challenge.changed").last().data["assurance"] == "strong"
    Challenge.objects.update(state=ChallengeState.OPENED)
    kept = desk.post(url("basics", challenge), {**typed, "basics-assurance": Assurance.EMAIL})
    assert kept.context["form"].errors.keys() == {"assurance"}
    assert desk.post(url("basics", challenge), typed).status_code == 302
