"""Every page, list, download and search that a role may open, looked through for what it may not.

Each secret word stands in one place only (see world.py); secrets.py says who may come upon it.
"""

import io
import zipfile
from collections import defaultdict

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from core.models import Mail
from search import registry
from tests.permissions.matrix import body_of, client_of
from tests.permissions.secrets import SECRETS
from tests.permissions.test_matrix import ROWS, addresses
from tests.permissions.world import ROLES, World

pytestmark = pytest.mark.django_db

SHOWN = {"ok", "answered"}
LINK_NAMES = frozenset(
    row.name for row in ROWS if row.about.startswith("link") or row.name == "ideas:file_by_link"
)
OFFICE = frozenset({"staff_a", "admin_a", "staff_b", "owner"})


def pages_of(role: str, world: World) -> set[str]:
    """Addresses of the matrix that show the role something. A secret link is a right of its own."""
    return {
        row.address(world)
        for row in ROWS
        if row.get and row.get.of(role) & SHOWN and row.name not in LINK_NAMES
    }


def searches(world: World) -> set[str]:
    """Lists of the public side, asked for the secrets themselves."""
    found = {
        f"{path}?q={one.word}"
        for path in ("/fi/ratkaisut/", "/fi/ratkaisut/ehdota/", "/api/v1/solutions")
        for one in SECRETS
        if "hidden" in one.word
    }
    for name in ("open", "titles", "scoring", "deciding", "decided"):
        slug = world.calls[name].slug
        for query in ("q=qz", "theme=education", "q=qz&page=2"):
            found |= {
                f"/fi/haasteet/{slug}/ehdotukset/?{query}",
                f"/fi/haasteet/{slug}/ehdotukset.csv?{query}",
            }
    return found


def back_office(world: World) -> set[str]:
    """Wagtail's own pages: what takes no arguments, searches, and the pages of the call in work."""
    found = set()
    for name, _module in addresses(get_resolver()):
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        if address.startswith("/admin/") and "logout" not in name:
            found.add(address)
    for path in ("pages/search", "users", "memberships", "solutions", "organisations"):
        found.add(f"/admin/{path}/?q=qz")
    found.add("/admin/choose-page/search/?q=qzprep&page_type=wagtailcore.page")
    found.add("/admin/api/main/pages/?search=qzprep")
    found.add("/admin/snippets/choose/catalogue/solution/results/?q=qz")
    for name in ("preparing", "scoring"):
        page = world.calls[name].pages.order_by("pk").first()
        for what in ("edit", "history", "view_draft", "usage", "workflow_history"):
            found.add(reverse(f"wagtailadmin_pages:{what}", args=[page.pk]))
        found.add(reverse("wagtailadmin_explore", args=[page.get_parent().pk]))
        found.add(f"/admin/api/main/pages/{page.pk}/")
        found.add(f"/admin/api/main/pages/?child_of={page.get_parent().pk}&for_explorer=1")
        found.add(f"/admin/ideas/{world.calls[name].pk}/proposals/?q=qz")
    return found | staff_pages(world)


def staff_pages(world: World) -> set[str]:
    """Our staff's pages of every call, whosoever it is."""
    found = set()
    for call in world.calls.values():
        found |= {
            reverse(f"scoring_admin:{name}", args=[call.pk])
            for name in ("jury", "ties", "ranking", "decision")
        }
        found |= {
            reverse("ideas_admin:table", args=[call.pk, "csv"]),
            reverse("ideas_admin:table", args=[call.pk, "xlsx"]),
            reverse("ideas_admin:proposals", args=[call.pk]),
        }
    for idea in world.ideas.values():
        if idea.number:
            found |= {
                reverse(f"ideas_admin:{name}", args=[idea.challenge_id, idea.number])
                for name in ("proposal", "secrets")
            }
    return found


def words_of(body: bytes) -> str:
    """Text of the answer; of a workbook, of the files in it."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in book.namelist())
    return body.decode("utf-8", "replace").lower()


def seen_by(role: str, world: World, cookies: dict[str, str]) -> dict[str, list[str]]:
    """Secret word → where the role came upon it."""
    # A fault of one of Wagtail's pages, opened out of its place, is none of ours.
    client = client_of(cookies, raise_request_exception=False)
    found: dict[str, list[str]] = defaultdict(list)
    asked = pages_of(role, world) | searches(world)
    if role in OFFICE:
        asked |= back_office(world)
    for address in sorted(asked):
        text = words_of(body_of(client.get(address)))
        if "qz" not in text:
            continue
        for secret in SECRETS:
            # A word that was sought is said again by the page: that tells nothing.
            if secret.word in text and f"q={secret.word}" not in address:
                found[secret.word].append(address)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_no_secret_is_seen(role, world, sessions):
    seen = seen_by(role, world, sessions[role])
    leaks = [
        f"«{one.word}» ({one.what}) at {', '.join(seen[one.word][:4])}"
        for one in SECRETS
        if role not in one.may and one.word in seen
    ]
    unseen = [
        f"«{one.word}» ({one.what})" for one in SECRETS if role in one.must and one.word not in seen
    ]
    assert not leaks, f"{role} came upon\n" + "\n".join(leaks)
    assert not unseen, f"{role} should have come upon\n" + "\n".join(unseen)


def test_secret_link_opens_one_proposal_only(world, sessions):
    """Whoever has a link reads that proposal, and nothing of any other."""
    client = client_of({})
    own = {"draft": "qzdraft", "unpublished": "qzafter", "lost": "qzdecided_"}
    own["a comment on it"] = "qzread"
    for row in ROWS:
        if row.name not in LINK_NAMES or not row.get or "ok" not in row.get.of("anonymous"):
            continue
        mine = own[row.about.removeprefix("link, ") or "draft"]
        text = words_of(body_of(client.get(row.address(world))))
        for secret in SECRETS:
            theirs = secret.word not in text or secret.word.startswith(mine)
            assert theirs, f"{row}: «{secret.word}» ({secret.what})"


def test_index_holds_only_what_anybody_may_read(world):
    """What the search knows of, it may show to anybody."""
    documents = list(registry.every_document())
    assert len(documents) > 10
    text = repr(documents).lower()
    told = [one for one in SECRETS if one.word in text]
    assert not told, [f"{one.word} ({one.what})" for one in told]


def test_letters_tell_of_no_draft_sheet_or_unmade_decision(world):
    """But the invitation to a draft's own team."""
    hidden = (
        "qzdraft",
        "qzmysheet",
        "qzfellow",
        "qzdeciding-",
        "qzprep",
        "qzcodraft-",
        "-trade",
        "-why",
    )
    for letter in Mail.objects.all():
        words = f"{letter.subject} {letter.text} {letter.html}".lower()
        assert not [word for word in hidden if word in words], (letter.template, letter.to)
        team = {world.people[role].email for role in ("invited", "reader")}
        assert "qzcodraft" not in words or letter.to in team
