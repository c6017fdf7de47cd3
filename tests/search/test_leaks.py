"""What is not public appears nowhere: not in a page, list, count, file, feed, picture or map.

Every address of the catalogue and of the search that takes no sign-in is asked, and those of open
data; a new one that is not listed here fails the first test.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from catalogue.choice import query
from catalogue.models import Solution
from core import printing
from search import registry, service
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.search.making import no_progress
from tests.search.public import BY_KIND, LISTS, OF_ONE, SIDE_BY_SIDE, WORD, unlisted

pytestmark = pytest.mark.django_db
Make = Callable[..., Solution]


def test_every_address_is_asked():
    assert not unlisted(), "say in tests/search/public.py how these are asked"


def hidden(**more: Any) -> Solution:
    one = SolutionFactory(
        live=False,
        title=f"{WORD} vahti",
        summary=f"{WORD} lyhyesti.",
        municipality="Salala",
        repository="https://git.kunta.example/x",
        licence="MIT",
        **more,
    )
    ReuseFactory(solution=one, organisation=OrganisationFactory(a_municipality=True))
    return one


def withdrawn() -> Solution:
    """Was public and has been taken back; the index has not heard of it."""
    one = hidden(first_published_at=timezone.now())
    Solution.objects.filter(pk=one.pk).update(live=True)
    fill()
    Solution.objects.filter(pk=one.pk).update(live=False)
    return one


def draft() -> Solution:
    return hidden()


def embargoed() -> Solution:
    """Is to be published at a moment to come."""
    return hidden(go_live_at=timezone.now() + dt.timedelta(days=1))


def draft_of_a_public_one() -> Solution:
    one = SolutionFactory(repository="https://git.kunta.example/y", licence="MIT")
    one.title, one.summary, one.municipality = f"{WORD} uusi", WORD, "Salala"
    one.save_revision()
    return one


def fill() -> None:
    service.engine().rebuild(registry.every_document(), no_progress)


def words(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    if body.startswith(b"%PDF"):
        return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace")


@pytest.fixture(params=[draft, withdrawn, embargoed, draft_of_a_public_one])
def secret(request, index) -> Solution:
    SolutionFactory(title="Julkinen ratkaisu")
    one: Solution = request.param()
    if request.param is not withdrawn:
        fill()
    return one


def test_it_is_in_no_list_file_feed_or_map(client, secret):
    listed = [reverse(name) + query for name, queries in LISTS.items() for query in queries]
    listed += [
        reverse(name, args=[kind]) + query
        for name, kinds in BY_KIND.items()
        for kind in kinds
        for query in ("", f"?q={WORD}")
    ]
    for address in listed:
        response = client.get(address)
        assert response.status_code == 200, address
        text = words(response)
        own = text.count(WORD) if f"q={WORD}" in address else 0
        assert WORD + " " not in text.replace(f"{WORD} –", ""), address
        assert own == text.count(WORD), address
        if not Solution.objects.get(pk=secret.pk).live:
            for trace in (str(secret.uid), secret.uid.hex, secret.slug):
                assert trace not in text, address


def test_its_own_addresses_lead_nowhere(client, secret):
    for name in OF_ONE:
        key = secret.uid if name == "api:solution" else secret.slug
        response = client.get(reverse(name, args=[key]))
        if Solution.objects.get(pk=secret.pk).live:
            assert response.status_code == 200, name
            assert WORD not in words(response), name
        else:
            assert response.status_code == 404, name


def test_it_is_compared_with_nothing(client, secret):
    public = [SolutionFactory(), SolutionFactory()]
    asked = query([public[0].slug, secret.slug, public[1].slug])
    is_live = Solution.objects.get(pk=secret.pk).live
    for name, kinds in SIDE_BY_SIDE.items():
        for kind in kinds or ("",):
            if kind == "pdf" and not printing.can_make_pdf():
                continue
            response = client.get(reverse(name, args=[kind] if kind else []) + asked)
            assert response.status_code == 200, kind
            text = words(response)
            assert WORD not in text, kind
            assert str(secret.uid) not in text
            # The address that was asked stands in the links to other languages, and nowhere else.
            assert is_live or kind or text.count(secret.slug) == text.count("hreflang")
    for page in (reverse("search:catalogue"), public[0].get_absolute_url()):
        tray = words(client.get(page + query([secret.slug])))
        assert WORD not in tray
        assert ('class="tray' in tray) == is_live


def test_it_is_not_counted(client, secret):
    found = client.get(reverse("api:solutions"), {"lang": "fi"}).json()
    public = Solution.objects.filter(live=True).count()
    if secret.first_published_at is None:  # the index knows of no withdrawn one a second later
        assert found["total"] == public
        assert "Salala" not in [one["value"] for one in found["facets"]["municipality"]]
    since = client.get(reverse("api:solutions"), {"updated_since": "2020-01-01"}).json()
    assert since["total"] == public
    told = [one["uid"] for one in since["removed"]]
    assert told == ([str(secret.uid)] if secret.first_published_at else [])
