"""The catalogue's own description for data portals: DCAT-AP 3 as Turtle and JSON-LD.

One catalogue with one data set, the public solutions; its distributions are the files and feeds of
the search, and the API is its data service. Addresses stand for nodes, so that the same state of
the catalogue gives the same bytes. Loaded only when the description is asked for.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.db.models import Max, Min
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from catalogue.models import Solution

ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
DCATAP: Final = Namespace("http://data.europa.eu/r5r/")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
EU: Final = "http://publications.europa.eu/resource/authority/"
LANGUAGES: Final = {"fi": "FIN", "sv": "SWE", "en": "ENG"}
FORMATS: Final = {"turtle": "text/turtle; charset=utf-8", "json-ld": "application/ld+json"}
LICENCE: Final = "licence/CC_BY_4_0"
TITLE: Final = _("Solutions that municipalities share")
DESCRIPTION: Final = _(
    "Solutions that Finnish municipalities have tried and use, with who uses them and what "
    "they take."
)
# What a node is that stands in another's house: a reader need not fetch it to know.
KINDS: Final[dict[Node, URIRef]] = {
    DCTERMS.license: DCTERMS.LicenseDocument,
    DCTERMS.language: DCTERMS.LinguisticSystem,
    DCTERMS.spatial: DCTERMS.Location,
    DCTERMS.accrualPeriodicity: DCTERMS.Frequency,
    DCTERMS.accessRights: DCTERMS.RightsStatement,
    DCTERMS["format"]: DCTERMS.MediaTypeOrExtent,
    DCAT.mediaType: DCTERMS.MediaType,
    DCAT.landingPage: FOAF.Document,
    DCAT.contactPoint: VCARD.Kind,
    DCAT.theme: SKOS.Concept,
    DCAT.themeTaxonomy: SKOS.ConceptScheme,
    DCAT.accessURL: RDFS.Resource,
    DCAT.downloadURL: RDFS.Resource,
    DCAT.endpointURL: RDFS.Resource,
    DCAT.endpointDescription: RDFS.Resource,
    DCATAP.availability: SKOS.Concept,
    ADMS.status: SKOS.Concept,
    FOAF.homepage: FOAF.Document,
}
NAMES: Final = {
    "data-theme/GOVE": "Government and public sector",
    "data-theme/TECH": "Science and technology",
    "distribution-status/COMPLETED": "completed",
    "planned-availability/STABLE": "stable",
}
KEYWORDS: Final = (_("innovation"), _("municipalities"), _("solutions"))
# Name of the file, media type by IANA, file type by the EU's authority table.
FILES: Final = (
    ("csv", "text/csv", "CSV"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    ("jsonl", "application/jsonl", "JSON"),
    ("atom", "application/atom+xml", "ATOM"),
)

Triple = tuple[Node, Node, Node]


def description(form: str) -> bytes:
    """`form`: a key of FORMATS."""
    graph = Graph()
    for prefix, names in (("adms", ADMS), ("dcatap", DCATAP), ("vcard", VCARD)):
        graph.bind(prefix, names)
    for triples in (_agent(), _catalogue(), _data_set(), _service(), *map(_file, FILES)):
        for triple in triples:
            graph.add(triple)
    for _subject, what, node in list(graph):
        if what in KINDS:
            graph.add((node, RDF.type, KINDS[what]))
    for name, label in NAMES.items():
        graph.add((_eu(name), SKOS.prefLabel, Literal(label, lang="en")))
    graph.add((_eu("data-theme"), DCTERMS.title, Literal("Data theme", lang="en")))
    options: Any = {"auto_compact": True} if form == "json-ld" else {}
    made: bytes = graph.serialize(format=form, encoding="utf-8", **options)
    return made


def _site(path: str) -> URIRef:
    return URIRef(f"{settings.SITE_URL}{path}")


def _node(name: str) -> URIRef:
    return _site(f"{reverse('dcat', args=['ttl'])}#{name}")


def _eu(name: str) -> URIRef:
    return URIRef(EU + name)


def _said(subject: URIRef, what: URIRef, text: object, more: str = "") -> Iterator[Triple]:
    """A text in each language of the site."""
    for code, _label in settings.LANGUAGES:
        with override(code):
            yield subject, what, Literal(f"{text}{more}", lang=code)


def _spoken(subject: URIRef) -> Iterator[Triple]:
    for name in LANGUAGES.values():
        yield subject, DCTERMS.language, _eu(f"language/{name}")


def _agent() -> Iterator[Triple]:
    agent, contact = _node("publisher"), _node("contact")
    yield agent, RDF.type, FOAF.Agent
    yield agent, FOAF.name, Literal("Talkoot")
    yield agent, FOAF.homepage, _site("/")
    yield contact, RDF.type, VCARD.Organization
    yield contact, VCARD.fn, Literal("Talkoot")
    yield contact, VCARD.hasURL, _site("/")


def _catalogue() -> Iterator[Triple]:
    one = _node("catalogue")
    yield one, RDF.type, DCAT.Catalog
    yield from _said(one, DCTERMS.title, TITLE)
    yield from _said(one, DCTERMS.description, DESCRIPTION)
    yield from _spoken(one)
    yield one, DCTERMS.publisher, _node("publisher")
    yield one, DCTERMS.license, _eu(LICENCE)
    yield one, DCTERMS.spatial, _eu("country/FIN")
    yield one, FOAF.homepage, _site("/")
    yield one, DCAT.themeTaxonomy, _eu("data-theme")
    yield one, DCAT.dataset, _node("solutions")
    yield one, DCAT.service, _node("api")
    yield from _times(one)


def _data_set() -> Iterator[Triple]:
    one = _node("solutions")
    yield one, RDF.type, DCAT.Dataset
    yield from _said(one, DCTERMS.title, TITLE)
    yield from _said(one, DCTERMS.description, DESCRIPTION)
    yield from _spoken(one)
    yield one, DCTERMS.identifier, Literal(str(one))
    yield one, DCTERMS.publisher, _node("publisher")
    yield one, DCTERMS.accessRights, _eu("access-right/PUBLIC")
    yield one, DCTERMS.accrualPeriodicity, _eu("frequency/CONT")
    yield one, DCTERMS.spatial, _eu("country/FIN")
    yield one, DCAT.contactPoint, _node("contact")
    yield one, DCAT.theme, _eu("data-theme/GOVE")
    yield one, DCAT.theme, _eu("data-theme/TECH")
    yield one, DCAT.landingPage, _page()
    for word in KEYWORDS:
        yield from _said(one, DCAT.keyword, word)
    for name, _media, _type in FILES:
        yield one, DCAT.distribution, _node(name)
    yield from _times(one)


def _times(one: URIRef) -> Iterator[Triple]:
    times = Solution.objects.published().aggregate(
        first=Min("first_published_at"), last=Max("updated_at")
    )
    if times["first"]:
        yield one, DCTERMS.issued, _stamp(times["first"])
    if times["last"]:
        yield one, DCTERMS.modified, _stamp(times["last"])


def _stamp(moment: dt.datetime) -> Literal:
    return Literal(moment.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def _page() -> URIRef:
    with override("fi"):
        return _site(reverse("search:catalogue"))


def _file(about: tuple[str, str, str]) -> Iterator[Triple]:
    name, media, kind = about
    one = _node(name)
    with override("fi"):
        where = "search:feed" if name == "atom" else "search:download"
        address = _site(reverse(where, args=[name]))
    yield one, RDF.type, DCAT.Distribution
    yield from _said(one, DCTERMS.title, TITLE, f" ({name.upper()})")
    yield one, DCAT.accessURL, address
    yield one, DCAT.downloadURL, address
    yield one, DCAT.mediaType, URIRef(f"https://www.iana.org/assignments/media-types/{media}")
    yield one, DCTERMS["format"], _eu(f"file-type/{kind}")
    yield one, DCTERMS.license, _eu(LICENCE)
    yield one, DCATAP.availability, _eu("planned-availability/STABLE")
    yield one, ADMS.status, _eu("distribution-status/COMPLETED")
    yield from _spoken(one)


def _service() -> Iterator[Triple]:
    one = _node("api")
    yield one, RDF.type, DCAT.DataService
    yield from _said(one, DCTERMS.title, TITLE, " (API)")
    yield from _said(one, DCTERMS.description, DESCRIPTION)
    yield one, DCAT.endpointURL, _site("/api/v1")
    yield one, DCAT.endpointDescription, _site(reverse("api:openapi-json"))
    yield one, DCAT.servesDataset, _node("solutions")
    yield one, DCAT.contactPoint, _node("contact")
    yield one, DCTERMS.publisher, _node("publisher")
    yield one, DCTERMS.license, _eu(LICENCE)
    yield one, DCTERMS.accessRights, _eu("access-right/PUBLIC")
    yield one, DCAT.theme, _eu("data-theme/GOVE")
