import pytest
from django.utils import translation

from challenges import hosting
from cms.setup import setup_site
from tests.factories.accounts import UserFactory
from tests.factories.challenges import HostFactory


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def host(db):
    """A municipality with the back office open to it."""
    setup_site()
    made = HostFactory()
    hosting.ensure_host(made)
    return made


@pytest.fixture
def editor(host, client):
    """Of its staff, signed in."""
    person = UserFactory(staff_of=host)
    client.force_login(person)
    return person
