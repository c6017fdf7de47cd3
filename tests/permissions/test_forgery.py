"""Forms sent from elsewhere, ways to other sites, guessed links, stolen and planted sessions."""

import re
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver, reverse

from core import tokens
from core.models import Mail
from ideas import links
from tests.permissions.matrix import LET, NOTES, Row, body_of, client_of, watched
from tests.permissions.test_matrix import ROWS, addresses
from tests.permissions.world import World

pytestmark = pytest.mark.django_db

HERE, ELSEWHERE = "http://testserver", "https://muualla.example"
API = {"api:api-root", "api:solutions", "api:solution"}  # for programs, without cookies; only reads
TYPED = "Pitkä teksti, jota ei saa kadottaa"
AWAY = [
    "https://muualla.example/",
    "//muualla.example/",
    "/\\muualla.example/",
    "\\\\muualla.example/",
    "///muualla.example/",
    "https:muualla.example",
    "http:///muualla.example/",
    "javascript:alert(1)",
    "\t//muualla.example/",
    "https://testserver@muualla.example/",
    "https://testserver.muualla.example/",
]


def posts() -> list[tuple[Row, str]]:
    """A row of each address that takes forms, and a role that may send one."""
    found = {}
    for row in ROWS:
        if row.post and row.name not in found:
            role = next((one for one in row.roles if row.post.of(one) & LET), None)
            if role:
                found[row.name] = (row, role)
    return list(found.values())


def send(world: World, row: Row, cookies: dict[str, str], origin: str) -> tuple[int, str]:
    client = client_of(cookies, enforce_csrf_checks=True)
    with watched() as tables:
        response = client.post(row.address(world), {"text": TYPED}, headers={"Origin": origin})
        body = body_of(response).decode()
    assert not set(tables) - NOTES, tables
    return response.status_code, body


@pytest.mark.parametrize(("row", "role"), posts(), ids=str)
def test_form_without_its_key_does_nothing(world, sessions, row, role):
    """One of ours keeps what was typed; one from another site is not even shown it."""
    status, body = send(world, row, sessions[role], HERE)
    assert status == 403
    assert TYPED in body
    status, body = send(world, row, sessions[role], ELSEWHERE)
    assert status == 403
    assert TYPED not in body


def test_no_view_of_ours_is_let_off_the_key():
    ours = {row.name for row in ROWS}
    exempt = [
        name
        for name, view in views(get_resolver())
        if name in ours and getattr(view, "csrf_exempt", False)
    ]
    assert set(exempt) <= API  # which take no form at all: see the last test


def views(resolver, spaces=()):
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            yield from views(one, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield ":".join([*spaces, one.name or ""]), one.callback


@pytest.mark.parametrize("away", AWAY)
def test_nothing_leads_to_another_site(world, sessions, away):
    person = client_of(sessions["person"])
    for method in (person.get, person.post):
        answer = method(reverse("account_login"), {"next": away}, follow=False)
        assert_here(answer)
    form = {"kind": "association", "name": "Yhdistys", "next": away}
    assert_here(person.post(reverse("accounts:organisation_new"), form))
    answer = person.post(reverse("accounts:organisation_new") + f"?next={away}", form)
    assert_here(answer)
    assert_here(person.post(reverse("account_logout"), {"next": away}))
    client = Client()
    answer = client.post(reverse("account_login"), {"email": "uusi@posti.example", "next": away})
    assert_here(answer)
    assert_here(client.post(answer["Location"], {"code": code_to("uusi@posti.example")}))
    assert client.session["_auth_user_id"]


def assert_here(answer):
    where = answer.headers.get("Location", "/")
    assert re.match(r"/(?![/\\])", where), where


def code_to(address: str) -> str:
    letter = Mail.objects.filter(to=address, template="login_code").latest("pk")
    found = re.search(r"^(\d{6})$", letter.text, re.MULTILINE)
    assert found
    return found[1]


def test_changed_link_opens_nothing(world):
    token = links.token_of(world.ideas["draft"])
    client = Client()
    step = reverse("ideas:step", args=[token, "need"])
    assert client.get(step).status_code == 200
    for place, sign in enumerate(token):
        other = "a" if sign != "a" else "b"
        changed = token[:place] + other + token[place + 1 :]
        assert links.find(changed) is None, changed
    for changed in (token[:-1], f"{token}a", token.upper(), token.replace(".1.", ".2."), "x", "."):
        assert client.get(reverse("ideas:home", args=[changed])).status_code == 404, changed


def test_link_is_of_its_own_proposal_kind_and_version(world):
    draft, other = world.ideas["draft"], world.ideas["unpublished"]
    mac = links.token_of(other).rpartition(".")[2]
    assert len(mac) * 5 >= 128  # bits in base 32
    assert links.find(f"{draft.uid.hex}.1.{mac}") is None
    for kind in ("idea-start", "juror", ""):
        assert links.find(tokens.make(kind, draft.uid.hex)) is None
    assert links.find(tokens.make(links.KIND, uuid.uuid4().hex)) is None
    assert links.find(tokens.make(links.KIND, world.ideas["company_draft"].uid.hex)) is None
    old = links.token_of(draft)
    draft.token_version += 1
    draft.save(update_fields=["token_version"])
    assert links.find(old) is None
    assert links.find(links.token_of(draft)) == draft
    draft.token_version -= 1


def test_link_is_known_to_its_owner_only(world, sessions):
    """No page of staff or of the public names it, and no other mail than the entrant's."""
    secrets = {links.token_of(idea): idea for idea in world.ideas.values()}
    for letter in Mail.objects.all():
        for token, idea in secrets.items():
            assert token not in letter.text + letter.html or letter.to == idea.contact_email
    idea = world.ideas["read"]
    pages = [
        ("anonymous", idea.get_absolute_url()),
        ("staff_a", reverse("ideas_admin:proposal", args=[idea.challenge_id, idea.number])),
        ("juror", reverse("scoring:sheet", args=[world.assignments["read"].pk])),
    ]
    for role, address in pages:
        text = body_of(client_of(sessions[role]).get(address)).decode()
        assert not [token for token in secrets if token in text], address


def test_sign_in_gives_a_new_session():
    """A session that somebody planted before is not the one that has been signed in."""
    client = Client()
    answer = client.post(reverse("account_login"), {"email": "uusi@posti.example"})
    planted = client.session.session_key
    assert planted
    client.post(answer["Location"], {"code": code_to("uusi@posti.example")})
    assert client.session["_auth_user_id"]
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_code_is_of_the_browser_that_asked_for_it():
    asked, other = Client(), Client()
    asked.post(reverse("account_login"), {"email": "uusi@posti.example"})
    other.post(reverse("account_confirm_login_code"), {"code": code_to("uusi@posti.example")})
    assert "_auth_user_id" not in other.session


def test_signing_out_ends_the_session(world, sessions):
    client = client_of(sessions["juror"])
    kept = dict(sessions["juror"])
    assert client.get(reverse("scoring:juries")).status_code == 200
    client.post(reverse("account_logout"))
    assert client_of(kept).get(reverse("scoring:juries")).status_code == 302


def test_closed_account_is_out_at_once(world, sessions):
    person = world.people["staff_a"]
    person.is_active = False
    person.save(update_fields=["is_active"])
    client = client_of(sessions["staff_a"])
    assert client.get(reverse("challenges_admin:index")).status_code == 302
    assert client.get(reverse("accounts:home")).status_code == 302
    person.is_active = True


def test_every_address_that_takes_forms_is_tried():
    """The rows cover the addresses; here that each with a form is among those tried."""
    tried = {row.name for row, _role in posts()}
    refused = {row.name for row in ROWS if row.post} - tried
    read_only = {
        *("health", "challenges:list", "ideas:list", "ideas:download", "ideas:page", "ideas:file"),
        *(
            "ideas:home",
            "ideas:review",
            "ideas:receipt",
            "ideas:receipt_pdf",
            "ideas:similar",
            "ideas:file_by_link",
        ),
        *(
            "ideas:own_home",
            "ideas:own_tasks",
            "ideas:own_review",
            "ideas:own_receipt",
            "ideas:own_receipt_pdf",
        ),
        *("ideas:own_similar", "ideas:own_file", "organisations:delete", "memberships:delete"),
        *("catalogue:solution", "scoring_admin:document", "scoring_admin:pitch"),
        *("scoring_admin:screen", "scoring:own_correction"),
        *("search:download", "search:feed", "catalogue:picture", "robots", "dcat"),
        *("sitemap", "sitemap_part", "search:suggest", "search:why", "challenges:need_told"),
        *("catalogue:comparison", "catalogue:comparison_file"),
        *("challenges:asked", "challenges:feed", "challenges:calendar"),
        *("challenges:follow_asked", "challenges:follow_ended", "ideas:letter_sent"),
        "ideas:reported",
        "ideas:own_answer",  # the same view as ideas:answer
        *("needs:add", "needs:delete", "catalogue:publiccode"),
        *("challenges_admin:recipe_file", "accounts:my_data"),
        "search:remove",  # of one's own only: tests/search/test_saved.py
        "accounts:session_end",  # of one's own sessions only: tests/accounts/test_own_details.py
        # Of one's own factor only: tests/accounts/test_second_factor.py
        *("mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
        *("account_inactive", "openid_connect_login", "openid_connect_callback"),
        *("mfa_download_recovery_codes", "mfa_remove_webauthn"),
        *API,
    }
    assert refused == read_only
    assert {name for name, _module in addresses(get_resolver())} >= tried
