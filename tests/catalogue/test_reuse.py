"""Who uses what: told by municipalities' own people, shown to everybody, counted."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from accounts.actions import end_membership
from catalogue.actions import tell_reuse
from catalogue.beside import beside, with_beside
from catalogue.comparison import compare
from catalogue.models import Reuse, Solution
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import Mail
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def town():
    return OrganisationFactory(a_municipality=True, name="Juva")


@pytest.fixture
def member(town):
    return UserFactory(member_of=town)


@pytest.fixture
def solution():
    return SolutionFactory()


def tell(solution, town, by, stage="interested", **more):
    return tell_reuse(
        solution=solution, organisation=town, stage=stage, by=by, at=clock.now(), **more
    )


def counts(solution):
    fresh = Solution.objects.get(pk=solution.pk)
    return fresh.interested_count, fresh.users_count


def test_saying_it_again_moves_the_stage_of_the_one_use(solution, town, member):
    first = tell(solution, town, member, note="Kokeillaan keväällä")
    assert counts(solution) == (1, 0)
    second = tell(solution, town, member, stage="in_use")
    assert second.pk == first.pk
    assert second.note == "Kokeillaan keväällä"
    assert counts(solution) == (0, 1)
    assert Reuse.objects.count() == 1


def test_stopped_use_is_kept_and_another_may_begin(solution, town, member):
    tell(solution, town, member, stage="piloting")
    tell(solution, town, member, stage="stopped")
    assert counts(solution) == (0, 0)
    tell(solution, town, member)
    assert list(Reuse.objects.order_by("pk").values_list("stage", flat=True)) == [
        "stopped",
        "interested",
    ]


def test_what_was_never_told_cannot_stop(solution, town, member):
    with pytest.raises(NotNow):
        tell(solution, town, member, stage="stopped")


def test_contact_gets_a_letter_when_the_stage_changes(solution, town, member):
    tell(solution, town, member, note="Ota yhteyttä")
    tell(solution, town, member)
    letter = Mail.objects.get()
    assert letter.to == solution.contact_email
    assert "Juva" in letter.subject
    assert member.email in letter.text


def test_others_cannot_tell(solution, town):
    company = OrganisationFactory()
    waiting = UserFactory()
    town.memberships.create(user=waiting, state="requested")
    cases = [
        (town, UserFactory()),
        (town, UserFactory(member_of=OrganisationFactory(a_municipality=True))),
        (town, waiting),
        (town, UserFactory(owner=True)),
        (company, UserFactory(member_of=company)),
    ]
    for organisation, person in cases:
        with pytest.raises(Denied):
            tell(solution, organisation, person)


def test_hidden_solution_takes_no_word(town, member):
    with pytest.raises(Denied):
        tell(SolutionFactory(hidden=True), town, member)


def test_unknown_stage_is_refused(solution, town, member):
    with pytest.raises(Invalid):
        tell(solution, town, member, stage="loved")


def test_database_holds_one_active_use(solution, town):
    ReuseFactory(solution=solution, organisation=town, stage="stopped")
    ReuseFactory(solution=solution, organisation=town, stage="piloting")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReuseFactory(solution=solution, organisation=town, stage="interested")


# The page --------------------------------------------------------------------------------------


def address(solution):
    return reverse("catalogue:reuse", args=[solution.slug])


def test_member_tells_and_it_is_shown(client, solution, town, member):
    client.force_login(member)
    page = client.get(address(solution) + "?stage=interested")
    assert 'value="interested"' in page.content.decode()
    data = {"organisation": town.pk, "stage": "interested", "note": "<b>Heti</b>"}
    response = client.post(address(solution), data, follow=True)
    html = response.content.decode()
    assert "Juva" in html
    assert "Wants to pilot" in html
    assert "<b>Heti</b>" not in html
    assert "&lt;b&gt;Heti" in html
    html = type(client)().get(response.redirect_chain[-1][0]).content.decode()
    assert "Juva" in html


def test_others_are_told_who_may_tell(client, solution):
    assert client.get(address(solution)).status_code == 302
    client.force_login(UserFactory())
    html = client.get(address(solution)).content.decode()
    assert "Find your municipality" in html
    client.post(address(solution), {"organisation": 1, "stage": "interested"})
    assert not Reuse.objects.exists()


def test_another_municipality_cannot_be_named(client, solution, member):
    other = OrganisationFactory(a_municipality=True)
    client.force_login(member)
    response = client.post(address(solution), {"organisation": other.pk, "stage": "interested"})
    assert response.status_code == 400
    assert not Reuse.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"stage": "loved"},
        {"stage": "interested", "note": "x" * 1001},
        {"stage": "interested", "note": "a\x00b"},
        {"stage": "stopped"},
        {"stage": "interested", "organisation": "x"},
    ],
)
def test_wrong_word_comes_back_with_what_was_typed(client, solution, town, member, data):
    client.force_login(member)
    response = client.post(address(solution), {"organisation": town.pk, **data})
    assert response.status_code == 400
    assert "error-summary" in response.content.decode()
    assert not Reuse.objects.exists()


def test_hidden_solution_has_no_pages(client, member):
    hidden = SolutionFactory(hidden=True)
    client.force_login(member)
    assert client.get(address(hidden)).status_code == 404
    assert client.get(hidden.get_absolute_url()).status_code == 404


def test_municipalitys_page_shows_its_uses(client, solution, town):
    ReuseFactory(solution=solution, organisation=town, stage="in_use")
    ReuseFactory(solution=SolutionFactory(hidden=True), organisation=town)
    html = client.get(reverse("accounts:organisation", args=[town.slug])).content.decode()
    assert solution.title in html
    assert html.count('class="tag"') == 1


# How it is used there --------------------------------------------------------------------------

DETAILS = {
    "scope": "kaksi koulua",
    "changes": "Lisäsimme ruotsin.",
    "supplier": "Kyyti Oy",
    "cost_once": "1 200,50",
    "cost_yearly": "300",
}


def post(client, solution, town, **more):
    data = {"organisation": town.pk, "stage": "in_use", **more}
    return client.post(address(solution), data)


def test_details_are_told_shown_and_kept(client, solution, town, member):
    member.name = "Kunnan Väki"
    member.save()
    client.force_login(member)
    with translation.override("fi"):
        told = {**DETAILS, "contact": "on", "since": "2025-03-01"}
        assert post(client, solution, town, **told).status_code == 302
        shown = type(client)().get(solution.get_absolute_url()).content.decode()
    shown = shown.replace("\xa0", " ")
    for words in (
        *("kaksi koulua", "Lisäsimme ruotsin.", "Kyyti Oy", "1 200,50 €, 300 € vuodessa"),
        *(">3/2025<", f'href="mailto:{member.email}"'),
        f">Kunnan Väki, {member.email}</a>",
    ):
        assert words in shown, words
    told = Reuse.objects.get()
    assert (told.contact, told.consented_at is not None) == (member, True)
    # The form brings back what was told; what is emptied there is empty.
    form = client.get(address(solution)).context["form"]
    assert form.initial["scope"] == "kaksi koulua"
    assert form.initial["contact"] is True
    post(client, solution, town, scope="koko kunta")
    told.refresh_from_db()
    assert (told.scope, told.supplier, told.cost_once, told.contact, told.consented_at) == (
        *("koko kunta", "", None, None, None),
    )


def test_what_is_not_given_stays(solution, town, member):
    tell(solution, town, member, details={"scope": "yksi koulu"}, contact=True)
    told = tell(solution, town, member, stage="in_use")
    assert (told.scope, told.contact) == ("yksi koulu", member)
    colleague = UserFactory(member_of=town)
    told = tell(solution, town, colleague, contact=False)
    assert told.contact == member  # nobody answers for another
    assert tell(solution, town, member, stage="stopped").contact is None


@pytest.mark.parametrize(
    "wrong",
    [{"cost_once": "-1"}, {"cost_yearly": "x"}, {"scope": "x" * 201}, {"since": "0001-99-99"}],
)
def test_wrong_details_come_back_at_their_field(client, solution, town, member, wrong):
    client.force_login(member)
    with translation.override("fi"):
        answer = post(client, solution, town, **{**DETAILS, **wrong})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == set(wrong)
    assert "Kyyti Oy" in answer.content.decode()
    assert not Reuse.objects.exists()
    with pytest.raises(Invalid):
        tell(solution, town, member, details={"cost_once": -1})


def test_contact_goes_with_the_membership(solution, town, member):
    told = tell(solution, town, member, contact=True)
    admin = UserFactory(admin_of=town)
    end_membership(membership=member.memberships.get(), by=admin)
    told.refresh_from_db()
    assert (told.contact, told.told_by) == (None, member)


def test_files_and_comparison_have_the_details(solution, town, member):
    details = {**DETAILS, "cost_once": Decimal("1200.50"), "cost_yearly": None}
    tell(solution, town, member, stage="in_use", details=details)
    found = with_beside(Solution.objects.all()).get()
    (use,) = beside(found)["uses"]
    assert {name: use[name] for name in DETAILS} == {
        **DETAILS,
        "cost_once": "1200.50",
        "cost_yearly": None,
    }
    assert use["contact"] is None
    rows = {row.label: row.cells[0].text for row in compare([found]).rows}
    assert "In use: Juva (kaksi koulua)" in rows["In use"]
    assert rows["What users have paid"].replace("\xa0", " ") == "Juva: 1,200.50 €"
