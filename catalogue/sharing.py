"""What the head of a solution's page tells to search engines and to whoever shares its address.

schema.org as JSON-LD: a solution with source code or a ready product is a SoftwareApplication,
anything else a CreativeWork. Only what the page itself shows.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from accounts.models import Organisation
from catalogue.models import Solution
from catalogue.states import ACTIVE, CostBand, Offer

# What could end the script element; JSON reads the same from it.
HARMLESS: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}


@dataclass(frozen=True, slots=True)
class Sharing:
    """Whole addresses of the page in the open language and of its picture; `data`: JSON-LD."""

    canonical: str
    picture: str
    data: SafeString


def sharing(solution: Solution) -> Sharing:
    text = json.dumps(linked_data(solution), ensure_ascii=False).translate(HARMLESS)
    return Sharing(
        canonical=f"{settings.SITE_URL}{solution.get_absolute_url()}",
        picture=_address("catalogue:picture", solution.slug),
        data=mark_safe(text),
    )


def linked_data(solution: Solution) -> dict[str, Any]:
    """The solution in the words of schema.org, in its own language."""
    with translation.override(solution.language):
        page = _address("catalogue:solution", solution.slug)
    software = bool(solution.repository) or solution.offer in (Offer.READY_PRODUCT, Offer.OPEN_CODE)
    published = solution.first_published_at
    users = [reuse.organisation for reuse in solution.reuses.all() if reuse.stage in ACTIVE]
    whole = {
        "@context": "https://schema.org",
        "@type": "SoftwareApplication" if software else "CreativeWork",
        "@id": page,
        "url": page,
        "identifier": solution.uid.urn,
        "name": solution.title,
        "description": solution.summary,
        "abstract": solution.solution,
        "inLanguage": solution.language,
        "image": _address("catalogue:picture", solution.slug),
        "datePublished": published.date().isoformat() if published else "",
        "dateModified": solution.updated_at.isoformat(),
        "publisher": _organisation(solution.owner),
        "author": (
            {"@type": "Organization", "name": solution.provider} if solution.provider else None
        ),
        "about": str(solution.theme) if solution.theme else "",
        "keywords": sorted(tag.name for tag in solution.tags.all()),
        "license": solution.licence,
        "award": solution.award,
        "audience": (
            {"@type": "Audience", "audienceType": solution.target_group}
            if solution.target_group
            else None
        ),
        "sameAs": solution.website,
        "contributor": [_organisation(one) for one in users],
    }
    if software:
        whole |= {
            "applicationCategory": "GovernmentApplication",
            "isAccessibleForFree": True if solution.cost_band == CostBand.FREE else None,
        }
    if solution.repository:
        whole["subjectOf"] = {
            "@type": "SoftwareSourceCode",
            "codeRepository": solution.repository,
            "license": solution.licence or None,
        }
    return {name: value for name, value in whole.items() if value not in ("", None, [])}


def _organisation(one: Organisation) -> dict[str, Any]:
    return {
        "@type": "GovernmentOrganization" if one.is_municipality else "Organization",
        "name": one.name,
        "url": _address("accounts:organisation", one.slug),
    }


def _address(name: str, slug: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[slug])}"
