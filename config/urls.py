"""Where every address leads. Apps hold their own lists; Wagtail's pages come last."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from cms.views import robots, sitemap, sitemap_part
from core.views import health
from search.api import api
from search.open_views import dcat

handler500 = "core.views.server_error"

urlpatterns = [
    path("health", health, name="health"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<section>.xml", sitemap_part, name="sitemap_part"),
    re_path(r"^data/catalogue\.(?P<form>ttl|jsonld)$", dcat, name="dcat"),
    path("api/v1/", api.urls),
    path("oidc/", include("accounts.oidc_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *i18n_patterns(
        path("", include("accounts.sign_in_urls")),
        path("", include("accounts.urls")),
        path("", include("challenges.urls")),
        path("", include("ideas.urls")),
        path("", include("scoring.urls")),
        path("", include("search.urls")),
        path("", include("catalogue.urls")),
        path("", include("cms.urls")),
        *([path("", include("demo.urls"))] if settings.DEMO else []),
        path("", include(wagtail_urls)),
    ),
]
