"""The description for data portals is DCAT-AP 3, says the European Union's own shapes."""

import json
from pathlib import Path

import pyshacl
import pytest
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from rdflib.compare import isomorphic

from tests.factories.catalogue import SolutionFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),  # rdflib's own
]
SHAPES = Path(__file__).parent / "vendor/dcat-ap-3.0.0-shacl.jsonld"


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(SHAPES, format="json-ld")


def described(client, form: str = "ttl") -> Graph:
    response = client.get(f"/data/catalogue.{form}")
    assert response.status_code == 200
    kind = {"ttl": "turtle", "jsonld": "json-ld"}[form]
    return Graph().parse(data=response.content, format=kind)


def faults(graph: Graph, shapes: Graph) -> str:
    conforms, _graph, text = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else text


@pytest.mark.parametrize("form", ["ttl", "jsonld"])
def test_holds_against_the_shapes(client, shapes, form):
    SolutionFactory()
    assert faults(described(client, form), shapes) == ""


def test_an_empty_catalogue_too(client, shapes):
    assert faults(described(client), shapes) == ""


def test_the_shapes_do_refuse(client, shapes):
    """The check above can fail: without a title, and with a word for an address."""
    graph = described(client)
    catalogue = graph.value(predicate=RDF.type, object=DCAT.Catalog)
    graph.remove((catalogue, DCTERMS.title, None))
    assert "title" in faults(graph, shapes)


def test_both_forms_say_the_same_and_do_not_change_by_themselves(client):
    SolutionFactory()
    assert isomorphic(described(client, "ttl"), described(client, "jsonld"))
    for form in ("ttl", "jsonld"):
        first = client.get(f"/data/catalogue.{form}")
        again = client.get(f"/data/catalogue.{form}", headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
    assert json.loads(client.get("/data/catalogue.jsonld").content)["@context"]


def test_what_it_leads_to_is_there(client, settings, index):
    SolutionFactory()
    graph = described(client)
    leads = set(graph.objects(None, DCAT.downloadURL)) | set(
        graph.objects(None, DCAT.endpointDescription)
    )
    assert len(leads) == 5
    for address in leads:
        assert isinstance(address, URIRef)
        response = client.get(str(address).removeprefix(settings.SITE_URL))
        assert response.status_code == 200
        b"".join(response) if response.streaming else response.content
