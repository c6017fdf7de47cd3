"""A blind competition, looked through from end to end: nowhere is it said who proposes.

Everything that names a proposer has the word «qzwho» in it. Whoever may not know follows every
link that they are shown, asks the lists and exports, opens every file, and their letters are read.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from pypdf import PdfReader

from core import audit, outbox
from core.models import Mail
from ideas.models import Attachment
from scoring import package
from search import registry as search_registry
from tests.scoring.blind import WORD, Blind, with_the_jury

pytestmark = pytest.mark.django_db

LINK = re.compile(r'(?:href|src|action)="([^"#]+)')
# Two choices at once show no more than each alone, and there are thousands of pairs; so of what is
# compared in the catalogue.
LEFT_OUT = re.compile(r"/kirjaudu|/ulos|/static/|/demo/|[?&](page|from|next|s)=|[?].*&")
MOST = 600  # pages of one person's walk
READERS = ("juror", "chair", "person", "rival", "")
STAGES = ("scoring", "talking", "signing")


@pytest.fixture
def blind() -> Blind:
    return with_the_jury()


def everything(answer: HttpResponseBase) -> bytes:
    """Head and body; of a package, the files in it."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    head = repr(list(answer.items())).encode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(name.encode() + packed.read(name) for name in packed.namelist())
    elif body.startswith(b"%PDF"):
        body += repr(PdfReader(io.BytesIO(body)).metadata).encode()
    return head + body


def walk(client: Client, starts: list[str]) -> Iterator[tuple[str, int, bytes]]:
    """Every page and file that can be reached by links, each once: address, status, all of it."""
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        address = waiting.pop(0)
        if address in seen or not address.startswith("/fi/") or LEFT_OUT.search(address):
            continue
        seen.add(address)
        assert len(seen) < MOST, "the walk has no end"
        answer = client.get(address)
        whole = everything(answer)
        yield address, answer.status_code, whole
        links = [answer["Location"]] if "Location" in answer else []
        if answer.get("Content-Type", "").startswith("text/html"):
            links += [html.unescape(link) for link in LINK.findall(whole.decode(errors="replace"))]
        waiting += [urldefrag(urljoin(address, link))[0] for link in links]


def starts(world: Blind) -> list[str]:
    """Where a walk begins: what is linked, and what one has to know of."""
    slug = world.challenge.slug
    uids = [idea.uid for idea in world.ideas]
    return [
        *("/fi/", "/fi/tuomari/", "/fi/oma/", "/fi/haasteet/", "/fi/haasteet/tulokset.atom"),
        world.challenge.get_absolute_url(),
        *(f"/fi/haasteet/{slug}/ehdotukset{end}" for end in ("/", "/?q=numero", ".csv")),
        f"/fi/haasteet/{slug}/tulokset/",
        f"/fi/haasteet/{slug}/tulokset/raportti/",
        f"/fi/tuomari/puheenjohtaja/{slug}/",
        *("/fi/ratkaisut/", "/fi/ratkaisut/?q=numero", f"/fi/ratkaisut/?challenge={slug}"),
        *(f"/fi/ehdotus/{uid}/" for uid in uids),
        *(
            f"/fi/ehdotus/{one.idea.uid}/liite/{one.uid}/"
            for one in Attachment.objects.filter(idea__in=world.ideas).select_related("idea")
        ),
    ]


def leaks(world: Blind, name: str) -> tuple[list[str], dict[str, int]]:
    """Where the word was met, and every address with its status."""
    met, met_with = [], {}
    for address, status, whole in walk(world.client(name), starts(world)):
        met_with[address] = status
        if WORD.encode() in whole.lower():
            met.append(address)
    return met, met_with


def letters_that_tell(world: Blind) -> list[tuple[str, str]]:
    """To anybody but the proposers and the host's staff."""
    may = {world.staff.email, world.second.email}
    return [
        (letter.to, letter.template)
        for letter in Mail.objects.all()
        if letter.to not in may
        and WORD not in letter.to
        and WORD in f"{letter.subject} {letter.text} {letter.html}".lower()
    ]


def test_who_proposes_is_nowhere_before_the_decision_and_on_the_page_after_it(blind):
    for stage in STAGES:
        getattr(blind, stage)()
        for name in READERS:
            met, seen = leaks(blind, name)
            assert met == [], (stage, name or "anonymous")
            opened_files = [a for a, status in seen.items() if "/liite/" in a and status == 200]
            assert len(opened_files) >= (30 if name in blind.seats else 15), (stage, name)
            if name in blind.seats:
                assert sum("/tuomari/arvio/" in address for address in seen) >= 4
        assert letters_that_tell(blind) == []
        assert WORD not in repr(list(search_registry.every_document())).lower()
    assert {"juror_reminder", "sheet_reopened", "juror_assigned", "decision_to_sign"} <= set(
        Mail.objects.values_list("template", flat=True)
    )
    blind.publish()
    outbox.run_now()
    met, _seen = leaks(blind, "")
    assert any("/ehdotus/" in address for address in met), "the walk would not have found it"


def test_staff_are_told_and_it_is_on_record(blind):
    """The counter-test: the word is there for whoever may know."""
    client = Client()
    client.force_login(blind.staff, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/admin/ideas/{blind.challenge.pk}/proposals/")
    assert WORD.encode() in everything(page).lower()
    while audit.seal():
        pass
    with zipfile.ZipFile(io.BytesIO(package.build(blind.challenge))) as packed:
        assert f"{blind.staff.name},list" in packed.read("identities.csv").decode()
        told = {name: packed.read(name) for name in packed.namelist() if name != "log.jsonl"}
    assert [name for name, content in told.items() if WORD.encode() in content.lower()] == []
