"""What browsers are told: where scripts come from, who may frame and keep a page."""

import pytest

from tests.permissions.matrix import Row, body_of, client_of
from tests.permissions.test_matrix import ROWS

pytestmark = pytest.mark.django_db


# Names of the back office that do not say so; its own policy is Wagtail's.
OFFICE = (
    "organisations:",
    "memberships:",
    "needs:",
    "solution_publiccode",
    "synonyms:",
    "wagtailusers",
)


def shown(*, to_anybody: bool) -> list[Row]:
    """A row of each address outside the back office, that anybody, or only some, may see."""
    found = {}
    for row in ROWS:
        if not row.get or row.name in found or "admin" in row.name or "wagtails" in row.name:
            continue
        if row.name.startswith(OFFICE):
            continue
        somebody = any("ok" in row.get.of(role) for role in row.roles)
        if somebody and ("ok" in row.get.of("anonymous")) == to_anybody:
            found[row.name] = row
    return list(found.values())


def answer_of(row, world, sessions):
    role = next(one for one in row.roles if "ok" in row.get.of(one))
    answer = client_of(sessions[role]).get(row.address(world))
    body_of(answer)
    assert answer.status_code == 200
    return answer


def policy_of(answer):
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value.split() for name, _space, value in parts}


@pytest.mark.parametrize("row", [*shown(to_anybody=True), *shown(to_anybody=False)], ids=str)
def test_browser_is_told_to_be_strict(row, world, sessions):
    answer = answer_of(row, world, sessions)
    policy = policy_of(answer)
    assert policy.get("default-src") in (["'self'"], ["'none'"])
    said = " ".join(" ".join(values) for values in policy.values())
    for loose in ("unsafe", "*", "http:", "https:", "blob:"):
        assert loose not in said
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert answer["X-Frame-Options"] in ("SAMEORIGIN", "DENY")
    if "text/html" in answer["Content-Type"]:
        text = body_of(answer).decode()
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


# The question whether one wants to sign out tells nothing of anybody.
PRIVATE = [row for row in shown(to_anybody=False) if row.name != "account_logout"]


@pytest.mark.parametrize("row", PRIVATE, ids=str)
def test_private_page_is_kept_by_nobody(row, world, sessions):
    answer = answer_of(row, world, sessions)
    told = answer.headers.get("Cache-Control", "")
    assert "no-store" in told
    assert "public" not in told


LINKS = [
    row
    for row in shown(to_anybody=True)
    if row.about.startswith("link") or row.name in ("ideas:start", "ideas:file_by_link")
]


@pytest.mark.parametrize("row", LINKS, ids=str)
def test_secret_link_is_neither_kept_nor_told(row, world, sessions):
    answer = answer_of(row, world, sessions)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]


def test_signed_in_reader_does_not_get_a_page_that_others_keep(world, sessions):
    """A public page shows its reader's own name: what is between must not give it to another."""
    for row in shown(to_anybody=True):
        answer = client_of(sessions["person"]).get(row.address(world))
        if answer.status_code != 200 or b"<html" not in body_of(answer):
            continue  # a part of a page, as of suggested words, names nobody
        told = answer.headers.get("Cache-Control", "")
        assert "Cookie" in answer.headers.get("Vary", "") or "no-store" in told, row
        assert "public" not in told


def test_file_of_a_stranger_is_saved_never_shown(world, sessions):
    attachment = world.file_of("read")
    address = f"/fi/ehdotus/{attachment.idea.uid}/liite/{attachment.uid}/"
    answer = client_of(sessions["juror"]).get(address)
    body_of(answer)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]


def test_back_office_is_framed_by_itself_only(world, sessions):
    answer = client_of(sessions["staff_a"]).get("/admin/challenges/")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-cache" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]
