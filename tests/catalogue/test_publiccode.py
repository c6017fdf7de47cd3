"""publiccode.yml 0.7: what goes out holds to the standard, what comes in becomes a draft."""

from typing import Any

import jsonschema
import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalogue import publiccode
from catalogue.models import Solution
from catalogue.states import DEVELOPMENT, Readiness
from core.models import AuditEntry
from tests.factories.catalogue import ReuseFactory, SolutionFactory
from tests.factories.challenges import HostFactory

pytestmark = pytest.mark.django_db

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
URL = {"type": "string", "format": "uri", "pattern": "^https?://"}
AGENT = {
    "type": "object",
    "required": ["uri"],
    "additionalProperties": False,
    "properties": {"uri": URL, "name": TEXT},
}
# The keys that we write, as https://yml.publiccode.tools/schema.core.html describes them.
STANDARD = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": [
        *("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus"),
        *("softwareType", "description", "legal", "maintenance", "localisation"),
    ],
    "additionalProperties": False,
    "properties": {
        "publiccodeYmlVersion": {"const": "0.7"},
        "name": TEXT,
        "url": URL,
        "landingURL": URL,
        "organisation": AGENT,
        "platforms": {"type": "array", "minItems": 1, "items": TEXT},
        "usedBy": {"type": "array", "items": TEXT},
        "developmentStatus": {"enum": ["concept", "development", "beta", "stable", "obsolete"]},
        "softwareType": {
            "enum": [
                *("standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web"),
                *("standalone/backend", "standalone/other", "addon", "library"),
                "configurationFiles",
            ]
        },
        "intendedAudience": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "countries": {"type": "array", "items": {"pattern": "^[A-Za-z]{2}$"}},
                "scope": {"type": "array", "items": {"enum": ["local-authorities"]}},
            },
        },
        "description": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z]{2}(-[A-Z]{2})?$"},
            "additionalProperties": {
                "type": "object",
                "required": ["shortDescription", "longDescription", "features"],
                "additionalProperties": False,
                "properties": {
                    "shortDescription": {**TEXT, "maxLength": 150},
                    "longDescription": {"type": "string", "minLength": 150, "maxLength": 10_000},
                    "features": {"type": "array", "minItems": 1, "items": TEXT},
                    "awards": {"type": "array", "items": TEXT},
                },
            },
        },
        "legal": {
            "type": "object",
            "required": ["license"],
            "additionalProperties": False,
            "properties": {"license": TEXT, "mainCopyrightOwner": TEXT},
        },
        "maintenance": {
            "type": "object",
            "required": ["type"],
            "if": {"properties": {"type": {"enum": ["internal", "community"]}}},
            "then": {"required": ["contacts"]},
            "properties": {
                "type": {"enum": ["internal", "contract", "community", "none"]},
                "contacts": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "object", "required": ["name"]},
                },
            },
        },
        "localisation": {
            "type": "object",
            "required": ["localisationReady", "availableLanguages"],
            "properties": {
                "localisationReady": {"type": "boolean"},
                "availableLanguages": {"type": "array", "minItems": 1, "items": TEXT},
            },
        },
    },
}
CODE = {"repository": "https://git.kunta.example/vahti", "licence": "EUPL 1.2"}


def out(client, solution) -> dict[str, Any]:
    response = client.get(f"/fi/ratkaisut/{solution.slug}/publiccode.yml")
    assert response.status_code == 200
    found: dict[str, Any] = yaml.safe_load(response.content)
    jsonschema.Draft202012Validator(STANDARD).validate(found)
    return found


@pytest.mark.parametrize("readiness", Readiness.values)
def test_what_goes_out_holds_to_the_standard(client, readiness):
    bare = SolutionFactory(readiness=readiness, **CODE, problem="", solution="", contact_email="")
    assert out(client, bare)["developmentStatus"] == DEVELOPMENT[readiness]
    full = SolutionFactory(
        **CODE,
        readiness=readiness,
        title="Vahti: #1 'kyyti'",
        summary="ä" * 160,
        solution="Pitkä teksti.\n" * 2000,
        award="Voittaja",
        provider="Vahti Oy",
        language="sv",
    )
    assert set(out(client, full)["description"]) == {"sv"}


def test_those_who_use_it_are_told(client):
    one = SolutionFactory(**CODE)
    for name, stage in (("Kuopio", "in_use"), ("Oulu", "piloting"), ("Vaasa", "interested")):
        ReuseFactory(solution=one, organisation__name=name, stage=stage)
    assert out(client, one)["usedBy"] == ["Kuopio", "Oulu"]
    assert out(client, one)["legal"] == {"license": "EUPL-1.2"}


def test_without_code_or_licence_there_is_none(client):
    for more in ({}, {**CODE, "licence": ""}, {**CODE, "licence": "avoin"}):
        one = SolutionFactory(**more)
        assert client.get(f"/fi/ratkaisut/{one.slug}/publiccode.yml").status_code == 404


# In ----------------------------------------------------------------------------------------------


def a_file(**more) -> bytes:
    whole = {
        "publiccodeYmlVersion": "0.7",
        "name": "Vahti",
        "url": "https://git.kunta.example/vahti",
        "platforms": ["web", "linux"],
        "developmentStatus": "stable",
        "softwareType": "standalone/web",
        "description": {
            "it": {"shortDescription": "Italiano"},
            "fi-FI": {"shortDescription": "Kyydit.", "longDescription": "Pitkä kuvaus. " * 20},
        },
        "legal": {"license": "eupl-1.2", "mainCopyrightOwner": "Kunta"},
        "maintenance": {"type": "internal", "contacts": [{"name": "Henkilö"}]},
        **more,
    }
    return yaml.safe_dump(
        {key: value for key, value in whole.items() if value is not None}
    ).encode()


def test_what_goes_out_comes_in(client):
    one = SolutionFactory(**CODE, readiness="production", provider="Vahti Oy")
    content = client.get(f"/fi/ratkaisut/{one.slug}/publiccode.yml").content
    values = publiccode.read(content)
    assert (values["title"], values["repository"]) == (one.title, one.repository)
    assert (values["readiness"], values["provider"]) == ("production", "Vahti Oy")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (a_file(name=None), "name"),
        (a_file(name=["x"]), "name"),
        (a_file(name="x" * 201), "name"),
        (a_file(url="javascript:alert(1)"), "url"),
        (a_file(url="https://user:secret@x.example/"), "url"),
        (a_file(landingURL="file:///etc/passwd"), "landingURL"),
        (a_file(developmentStatus="ready"), "developmentStatus"),
        (a_file(publiccodeYmlVersion="7"), "publiccodeYmlVersion"),
        (a_file(legal={"license": "Free"}), "legal/license"),
        (a_file(legal="EUPL-1.2"), "legal/license"),
        (a_file(description={"it": {"shortDescription": "x"}}), "description"),
        (a_file(description={"fi": {"shortDescription": "x"}}), "description/fi/longDescription"),
        (b"- a", ""),
        (b"", ""),
        (b"\xff\xfe\x00", ""),
        (b"a: [", "line 1"),
        (b"a: &a [1]\nb: *a", ""),
        (b"!!python/object/apply:os.system ['true']", ""),
        (b"[" * 5000, ""),
        (b"a: " + b"x" * 300_000, ""),
    ],
)
def test_every_fault_is_named_by_its_key(content, key):
    with pytest.raises(publiccode.NotThis) as error:
        publiccode.read(content)
    assert any(name.startswith(key) for name in error.value.faults)


def send(client, owner, content: bytes):
    file = SimpleUploadedFile("publiccode.yml", content)
    return client.post(reverse("solution_publiccode"), {"owner": owner.pk, "file": file})


def test_an_upload_makes_a_draft_of_ones_own(client, host, editor):
    other = HostFactory()
    assert client.get(reverse("solution_publiccode")).status_code == 200
    assert send(client, host, a_file()).status_code == 302
    made = Solution.objects.get()
    assert (made.live, made.owner, made.title, made.language) == (False, host, "Vahti", "fi")
    assert (made.licence, made.offer) == ("EUPL-1.2", "open_code")
    assert AuditEntry.objects.filter(verb="solution.publiccode").exists()
    # Not in another's name.
    assert send(client, other, a_file()).status_code == 400
    assert Solution.objects.count() == 1


def test_what_is_public_does_not_change(client, host, editor):
    there = SolutionFactory(owner=host, **CODE, title="Vanha nimi")
    foreign = SolutionFactory(**CODE, title="Toisen")
    assert send(client, host, a_file()).status_code == 302
    there.refresh_from_db()
    assert (there.title, there.has_unpublished_changes) == ("Vanha nimi", True)
    assert there.get_latest_revision_as_object().title == "Vahti"
    foreign.refresh_from_db()
    assert foreign.latest_revision is None


def test_faults_stand_on_the_page(client, host, editor):
    answer = send(client, host, a_file(name=None, legal={"license": "<b>"}))
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "<code>name</code>: puuttuu" in html
    assert "<code>legal/license</code>" in html
    assert not Solution.objects.exists()
    assert client.post(reverse("solution_publiccode"), {"owner": host.pk}).status_code == 400


def test_an_address_is_offered_only_where_sites_are_listed(client, settings, host, editor):
    assert b'name="url"' not in client.get(reverse("solution_publiccode")).content
    settings.PUBLICCODE_HOSTS = frozenset({"localhost"})
    assert b'name="url"' in client.get(reverse("solution_publiccode")).content
    given = {"owner": host.pk, "url": "https://localhost/publiccode.yml"}
    answer = client.post(reverse("solution_publiccode"), given)
    assert answer.status_code == 400
    assert "ei ole julkisessa internetissä" in answer.content.decode()
