"""Solutions in the back office: its addresses, and a form as the browser sends it."""

from typing import Any

from django.urls import reverse

from accounts.models import Organisation


def back(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_catalogue_solution:{name}", args=args)


def form(host: Organisation, **changes: Any) -> dict[str, Any]:
    return {
        "title": "Uusi ratkaisu",
        "summary": "Lyhyesti",
        "language": "fi",
        "owner": host.pk,
        "contacts-TOTAL_FORMS": "0",
        "contacts-INITIAL_FORMS": "0",
        "readiness": "idea",
        "tags": "",
        **changes,
    }
