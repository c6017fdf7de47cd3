"""What the catalogue holds of a person: in their own download, and gone when they are erased."""

import datetime as dt
import json

import pytest
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from wagtail.models import Revision

from accounts.erasure import erase
from catalogue.actions import tell_reuse
from catalogue.models import Claim, Contact, Reuse, Review, Solution
from catalogue.personal import held
from core import clock
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.catalogue import ClaimFactory, SolutionFactory

pytestmark = pytest.mark.django_db
EMAIL, NAME = "helmi@juva.example", "Helmi Esimerkki"


@pytest.fixture
def person():
    town = OrganisationFactory(a_municipality=True, name="Juva")
    return UserFactory(email=EMAIL, name=NAME, member_of=town)


@pytest.fixture
def told(person) -> Reuse:
    """The person has told, is the contact in three places, and has answered a review."""
    solution = SolutionFactory(contact_email=EMAIL.upper())
    solution.contacts = [
        Contact(name=NAME, email=EMAIL, phone="040 123", consented_on=dt.date(2026, 1, 2)),
        Contact(name="Toinen Esimerkki", email="toinen@kunta.example"),
    ]
    solution.save()
    solution.save_revision()
    use = tell_reuse(
        solution=solution,
        organisation=person.memberships.get().organisation,
        stage="in_use",
        by=person,
        at=clock.now(),
        note="Toimii.",
        contact=True,
    )
    ClaimFactory(reuse=use, told_by=person)
    Review.objects.create(
        solution=solution,
        asked_on=dt.date(2026, 1, 1),
        answer="true",
        answered_at=clock.now(),
        answered_by=person,
    )
    return use


def test_one_finds_all_of_it_in_ones_own_download(person, told):
    data = json.loads(json.dumps(held(person).data, cls=DjangoJSONEncoder))
    assert [use["note"] for use in data["uses"]] == ["Toimii."]
    assert data["uses"][0]["named_as_contact_since"]
    assert [len(data[key]) for key in ("claims", "contacts", "reviews")] == [1, 1, 1]
    assert data["contacts"][0]["phone"] == "040 123"
    stranger = json.dumps(held(UserFactory()).data)
    assert stranger == json.dumps({key: [] for key in data})


def test_erased_is_nobodys_contact_and_the_word_stays(person, told):
    erase(user=person, at=clock.now())
    left = serializers.serialize(
        "json",
        [
            *Solution.objects.all(),
            *Reuse.objects.all(),
            *Claim.objects.all(),
            *Contact.objects.all(),
            *Review.objects.all(),
            *Revision.objects.all(),
        ],
    )
    assert EMAIL not in left.casefold()
    assert NAME not in left
    assert "040 123" not in left
    told.refresh_from_db()
    assert (told.note, told.stage, told.contact) == ("Toimii.", "in_use", None)
    names = [one.name for one in Contact.objects.all()]
    assert names == ["Toinen Esimerkki"]
    drafts = [one.as_object() for one in Revision.objects.all()]
    assert drafts
    assert {tuple(it.name for it in one.contacts.all()) for one in drafts} == {tuple(names)}
