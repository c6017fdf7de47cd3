"""Claims: told by the user, verified by another only, counted at once, summed with like ones."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalogue import claims, evidence
from catalogue.actions import tell_reuse
from catalogue.models import Claim, Solution
from catalogue.states import Evidence, Indicator, Method, ReuseStage
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory

pytestmark = pytest.mark.django_db


def figures(**more):
    return {
        "baseline": Decimal(100_000),
        "result": Decimal(88_000),
        "starts_on": dt.date(2025, 1, 1),
        "ends_on": dt.date(2025, 12, 31),
        "method": Method.MEASURED,
        "basis": "Kirjanpidosta.",
        **more,
    }


@pytest.fixture
def reuse():
    return ReuseFactory(stage=ReuseStage.IN_USE)


@pytest.fixture
def teller(reuse):
    return UserFactory(member_of=reuse.organisation)


def tell(reuse, by, indicator=Indicator.COST, **more):
    return claims.tell_claim(
        reuse=reuse, indicator=indicator, told=figures(**more), by=by, at=clock.now()
    )


def stored(reuse):
    return Solution.objects.get(pk=reuse.solution_id)


def another():
    """(a municipality, its person)"""
    made = OrganisationFactory(a_municipality=True)
    return made, UserFactory(member_of=made)


def test_evidence_grows_from_words_to_a_second_partys_word(reuse, teller):
    assert stored(reuse).evidence == Evidence.NONE
    tell_reuse(
        solution=reuse.solution, organisation=reuse.organisation, stage="in_use",
        note="Hyvin toimii.", by=teller, at=clock.now(),
    )  # fmt: skip
    assert stored(reuse).evidence == Evidence.TEXT
    tell(reuse, teller, method=Method.ESTIMATED)
    assert stored(reuse).evidence == Evidence.FIGURES
    claim = tell(reuse, teller)
    assert stored(reuse).evidence == Evidence.MEASURED
    assert (stored(reuse).saving, stored(reuse).saving_told) == (12_000, 1)
    organisation, person = another()
    claims.verify_claim(claim=claim, organisation=organisation, by=person, at=clock.now())
    assert stored(reuse).evidence == Evidence.VERIFIED
    claims.withdraw_claim(claim=claim, by=teller, at=clock.now())
    assert (stored(reuse).evidence, stored(reuse).saving) == (Evidence.TEXT, 0)
    verbs = AuditEntry.objects.filter(verb__startswith="claim.").values_list("verb", flat=True)
    assert sorted(verbs) == ["claim.told", "claim.told", "claim.verified", "claim.withdrawn"]


def test_second_word_takes_the_place_of_the_first_and_is_not_verified(reuse, teller):
    claim = tell(reuse, teller)
    organisation, person = another()
    claims.verify_claim(claim=claim, organisation=organisation, by=person, at=clock.now())
    again = tell(reuse, teller, result=Decimal(90_000))
    assert again.pk == claim.pk
    assert (again.verified_by, again.verified_at) == (None, None)
    assert stored(reuse).evidence == Evidence.MEASURED


def test_nobody_verifies_their_own(reuse, teller):
    claim = tell(reuse, teller)
    organisation, person = another()
    both = UserFactory(member_of=organisation)
    both.memberships.create(organisation=reuse.organisation, state="active")
    company = OrganisationFactory()
    for who, whose in (
        (teller, reuse.organisation),
        (teller, organisation),
        (both, organisation),
        (person, reuse.organisation),
        (UserFactory(member_of=company), company),
    ):
        with pytest.raises(Denied):
            claims.verify_claim(claim=claim, organisation=whose, by=who, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(verified_by=reuse.organisation)
    claims.verify_claim(claim=claim, organisation=organisation, by=person, at=clock.now())
    with pytest.raises(NotNow):
        claims.verify_claim(claim=claim, organisation=organisation, by=person, at=clock.now())


def test_only_the_user_itself_tells_and_takes_back(reuse, teller):
    _organisation, person = another()
    with pytest.raises(Denied):
        tell(reuse, person)
    claim = tell(reuse, teller)
    with pytest.raises(Denied):
        claims.withdraw_claim(claim=claim, by=person, at=clock.now())


@pytest.mark.parametrize("stage", ["interested", "planning", "stopped"])
def test_who_does_not_use_it_yet_or_any_more_cannot_tell(stage):
    reuse = ReuseFactory(stage=stage)
    with pytest.raises(Denied):
        tell(reuse, UserFactory(member_of=reuse.organisation))


def test_claims_of_a_stopped_use_count_no_more(reuse, teller):
    tell(reuse, teller)
    tell_reuse(
        solution=reuse.solution, organisation=reuse.organisation, stage="stopped",
        by=teller, at=clock.now(),
    )  # fmt: skip
    assert (stored(reuse).evidence, stored(reuse).saving) == (Evidence.NONE, 0)


def test_hidden_solution_takes_no_claims():
    reuse = ReuseFactory(stage="in_use", solution=SolutionFactory(hidden=True))
    with pytest.raises(Denied):
        tell(reuse, UserFactory(member_of=reuse.organisation))


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"basis": " "}, "basis"),
        ({"method": "arvaus"}, "method"),
        ({"basis_url": "javascript:alert(1)"}, "basis_url"),
        ({"baseline": None}, "baseline"),
    ],
)
def test_claim_must_be_whole(reuse, teller, bad, field):
    with pytest.raises(Invalid) as refusal:
        tell(reuse, teller, **bad)
    assert field in refusal.value.errors
    assert not Claim.objects.exists()


def test_only_like_units_and_methods_are_summed(reuse, teller):
    solution = reuse.solution
    other = ReuseFactory(solution=solution, stage="piloting")
    second = UserFactory(member_of=other.organisation)
    tell(reuse, teller)
    tell(other, second, result=Decimal(95_000))
    tell(other, second, Indicator.TIME, baseline=Decimal(400), result=Decimal(100))
    tell(
        reuse, teller, Indicator.TIME,
        baseline=Decimal(90), result=Decimal(30), method=Method.SUPPLIER,
    )  # fmt: skip
    tell(reuse, teller, Indicator.OTHER, name="Jono", own_unit="päivää")
    sums = {
        (one.unit, one.method): (one.saved, one.told)
        for one in evidence.sums(evidence.standing_claims(solution))
    }
    assert sorted(sums.values()) == [(60, 1), (300, 1), (17_000, 2)]
    assert (stored(reuse).saving, stored(reuse).saving_told) == (17_000, 2)


def test_form_shows_the_claim_on_the_solutions_page(client, reuse, teller):
    client.force_login(teller)
    address = reverse("catalogue:claim", args=[reuse.solution.slug])
    given = {
        "reuse": reuse.pk, "indicator": "cost", "baseline": "100000", "result": "88000",
        "starts_on": "2025-01-01", "ends_on": "2025-12-31", "method": "measured",
        "basis": "Kirjanpidosta, <b>tarkasti</b>.",
    }  # fmt: skip
    assert client.get(address).status_code == 200
    for wrong in (
        {"baseline": "x"}, {"baseline": "-1"}, {"ends_on": "2024-01-01"}, {"indicator": "other"},
        {"reuse": "0"}, {"basis": ""}, {"method": ""},
    ):  # fmt: skip
        answer = client.post(address, given | wrong)
        assert answer.status_code == 400, wrong
        assert "data-error-summary" in answer.content.decode()
    assert client.post(address, given)["Location"] == reuse.solution.get_absolute_url()
    page = client.get(reuse.solution.get_absolute_url()).content.decode()
    assert "Kirjanpidosta, &lt;b&gt;tarkasti&lt;/b&gt;." in page
    claim = Claim.objects.get()
    verify = reverse("catalogue:claim_verify", args=[claim.uid])
    assert verify not in page
    assert client.get(verify).status_code == 404
    organisation, person = another()
    client.force_login(person)
    assert verify in client.get(reuse.solution.get_absolute_url()).content.decode()
    assert client.post(verify, {"organisation": organisation.pk}).status_code == 400
    client.post(verify, {"organisation": organisation.pk, "looked": "on"})
    claim.refresh_from_db()
    assert claim.verified_by == organisation
    assert client.get(verify).status_code == 404


def test_who_does_not_use_it_is_told_to_tell_that_first(client, reuse):
    _organisation, person = another()
    client.force_login(person)
    page = client.get(reverse("catalogue:claim", args=[reuse.solution.slug]))
    assert "?stage=in_use" in page.content.decode()
