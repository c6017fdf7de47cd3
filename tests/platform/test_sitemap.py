"""sitemap.xml and robots.txt: what is public, at addresses that answer, with its last change."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Solution
from cms import sitemaps
from core import clock
from tests.factories.catalogue import SolutionFactory
from tests.factories.ideas import IdeaFactory

pytestmark = pytest.mark.django_db
NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def told(client, path: str) -> dict[str, str]:
    """Address → last change."""
    root = ET.fromstring(client.get(path).content)
    return {
        one.findtext("s:loc", namespaces=NAMES): one.findtext("s:lastmod", "", namespaces=NAMES)
        for one in root
    }


def test_robots_lead_to_parts_and_parts_to_pages(client, settings):
    SolutionFactory(language="sv")
    IdeaFactory(submitted=True, published_at=clock.now())
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in robots
    index = re.search(r"^Sitemap: (\S+)$", robots, re.MULTILINE)[1]
    assert index == f"{settings.SITE_URL}/sitemap.xml"
    parts = told(client, "/sitemap.xml")
    assert len(parts) == len(sitemaps.PARTS)
    pages = [page for part in parts for page in told(client, part.removeprefix(settings.SITE_URL))]
    assert len(pages) == len(set(pages)) >= 8
    for page in pages:
        assert page.startswith(f"{settings.SITE_URL}/")
        response = client.get(page.removeprefix(settings.SITE_URL))
        assert response.status_code == 200, page


def test_only_what_is_public_in_its_own_language(client, settings):
    shown = SolutionFactory(language="sv")
    SolutionFactory(hidden=True)
    moment = dt.datetime(2026, 5, 3, 12, tzinfo=dt.UTC)
    Solution.objects.update(updated_at=moment)
    public = IdeaFactory(submitted=True, published_at=moment)
    IdeaFactory(submitted=True)
    site = settings.SITE_URL
    found = told(client, "/sitemap-solutions.xml")
    assert list(found) == [f"{site}/sv/ratkaisut/{shown.slug}/"]
    assert found[f"{site}/sv/ratkaisut/{shown.slug}/"].startswith("2026-05-03")
    assert list(told(client, "/sitemap-proposals.xml")) == [
        f"{site}/{public.language}{public.get_absolute_url()[3:]}"
    ]
    assert told(client, "/sitemap.xml")[f"{site}/sitemap-solutions.xml"].startswith("2026-05-03")


def test_parts_are_cut_and_cost_the_same(client, monkeypatch):
    SolutionFactory.create_batch(5)
    monkeypatch.setattr(sitemaps.Part, "limit", 2)
    parts = [part for part in told(client, "/sitemap.xml") if "solutions" in part]
    assert len(parts) == 3
    assert len(told(client, "/sitemap-solutions.xml?p=3")) == 1
    with CaptureQueriesContext(connection) as captured:
        client.get("/sitemap-solutions.xml")
    assert len(captured) <= 4
    assert client.get("/sitemap-solutions.xml?p=9").status_code == 404
    assert client.get("/sitemap-solutions.xml?p=x").status_code == 404
