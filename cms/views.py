"""What search engines ask for first."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import views as sitemaps
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.sitemaps import PARTS

ROBOTS = """User-agent: *
Disallow: /admin/
Disallow: /documents/

Sitemap: {sitemap}
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read; the map of it is told."""
    text = ROBOTS.format(sitemap=f"{settings.SITE_URL}{reverse('sitemap')}")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> TemplateResponse:
    """The parts, at the address of the site, whatever name the request came by."""
    response = sitemaps.index(request, sitemaps=PARTS, sitemap_url_name="sitemap_part")
    for part in (response.context_data or {})["sitemaps"]:
        path = urlsplit(part.location)._replace(scheme="", netloc="").geturl()
        part.location = f"{settings.SITE_URL}{path}"
    return response


@require_safe
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    return sitemaps.sitemap(request, sitemaps=PARTS, section=section)
