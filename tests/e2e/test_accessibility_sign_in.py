"""The second step of sign-in in a browser, where the operator asks staff and jurors for it: ways
through it, and each of its pages by axe at two widths.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.accounts import provider as providers
from tests.accounts.authenticator import code
from tests.accounts.provider import LEVEL, Provider
from tests.e2e import steps, support
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import AtLocalhost, Letter, Server, Watch, become
from tests.needs import free_port

INDEX = "/fi/oma/vahvistus/"
PORT = free_port()
ENV = {
    "SECOND_FACTOR_REQUIRED_FOR": "staff,chair,juror",
    "OIDC_PROVIDERS": "kunta",
    "OIDC_KUNTA_LABEL": "Kunnan tunnus",
    "OIDC_KUNTA_CLIENT_ID": "talkoot",
    "OIDC_KUNTA_SECRET": "salaisuus",
    "OIDC_KUNTA_SERVER_URL": f"http://localhost:{PORT}",
    "OIDC_KUNTA_ACR": LEVEL,
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with support.running(tmp_path_factory.mktemp("var") / "var", AtLocalhost, **ENV) as started:
        yield started


@pytest.fixture(scope="module")
def provider(server: Server) -> Iterator[Provider]:
    """The server asks for it at a port that is known beforehand."""
    with providers.running(PORT) as started:
        yield started


def submit(page: Page) -> None:
    page.locator("main form .go button").first.click()


def write_code(page: Page, digits: str) -> None:
    page.locator("main input[name=code]").fill(digits)
    submit(page)


def set_up(page: Page) -> str:
    """From the page that says what is needed to the recovery codes; the app's secret."""
    page.locator("#app ~ p a.btn").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    write_code(page, code(secret))
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


def in_back_office(page: Page) -> None:
    """With all that its page loads: what comes next may end the session."""
    expect(page).to_have_url(re.compile("/admin/$"))
    page.wait_for_load_state("networkidle")


def to_second_step(page: Page, server: Server) -> None:
    """By mail, as whoever has set a factor up last."""
    pk = server.sql("SELECT user_id FROM mfa_authenticator ORDER BY id DESC LIMIT 1")[0][0]
    address = str(server.sql("SELECT email FROM accounts_user WHERE id = ?", pk)[0][0])
    page.goto("/fi/kirjaudu/")
    page.locator("main input[name=email]").fill(address)
    submit(page)
    write_code(page, server.mail.wait(address, where=is_code).code)
    expect(page).to_have_url(re.compile("/fi/kirjaudu/vahvistus/$"))


def is_code(letter: Letter) -> bool:
    return letter.subject.startswith("Koodisi")


def test_from_the_back_office_through_the_second_step(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    become(page, "staff")
    expect(page).to_have_url(re.compile(rf"{INDEX}[?]next="))
    look(page, "accounts/factors.html")
    page.locator("#app ~ p a.btn").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    look(page, "accounts/factor_app.html")
    write_code(page, "1")
    look(page, "accounts/factor_app.html")
    write_code(page, code(secret))
    expect(page.locator(".codes li")).to_have_count(10)
    first = page.locator(".codes li").first.inner_text()
    look(page, "accounts/factor_codes.html")
    page.locator("main a.btn[href='/admin/']").click()
    in_back_office(page)

    page.goto(f"{INDEX}varakoodit/uudet/")
    look(page, "accounts/factor_codes_new.html")
    page.goto(f"{INDEX}sovellus/pois/")
    look(page, "accounts/factor_app_off.html")
    expect(page.locator("main [role=alert]")).to_be_visible()  # the role needs it

    other = visitor(1440)  # another browser, in which they came in without the second step
    become(other, "staff")
    expect(other).to_have_url(re.compile(f"{INDEX}uudelleen/"))
    look(other, "account/factor_again.html")
    other.goto("/fi/kirjaudu-ulos/")
    submit(other)
    to_second_step(other, server)
    write_code(other, "000000")
    look(other, "account/second_step.html")
    write_code(other, first)
    other.goto("/admin/")
    in_back_office(other)


def test_without_javascript_on_a_phone(no_js: Page, server: Server) -> None:
    become(no_js, "mikkeli-a")
    secret = set_up(no_js)
    no_js.locator("main a.btn[href='/admin/']").click()
    no_js.goto("/fi/kirjaudu-ulos/")
    submit(no_js)
    to_second_step(no_js, server)
    expect(no_js.locator("#passkey-button")).to_be_hidden()
    write_code(no_js, code(secret, later=1))
    expect(no_js).to_have_url(re.compile("/fi/oma/$"))


@contextmanager
def device(page: Page) -> Iterator[None]:
    """A phone or computer that holds passkeys and has just been unlocked by its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield
    devtools.send("WebAuthn.disable")


def test_passkey_opens_the_back_office_and_signs_in(page: Page, server: Server) -> None:
    with device(page):
        become(page, "jury-staff")
        page.locator("#passkeys ~ p a.btn").click()
        look(page, "accounts/passkey.html")
        page.locator("main input[name=name]").fill("Oma puhelin")
        page.locator("#passkey-button").click()
        expect(page.locator(".codes li")).to_have_count(10)
        page.locator("main a.btn[href='/admin/']").click()
        in_back_office(page)
        page.goto(INDEX)
        look(page, "accounts/factors.html")
        expect(page.locator("main")).to_contain_text("Oma puhelin")
        page.locator("main a[href$='/pois/']").click()
        look(page, "accounts/passkey_off.html")
        expect(page.locator("main [role=alert]")).to_be_visible()  # the role needs it

        # Signed in again by it alone: the door asks nothing more.
        page.context.clear_cookies()
        page.goto("/fi/kirjaudu/?next=/admin/")
        page.locator("#passkey-button").click()
        in_back_office(page)

        # In a session without it, and between the letter's code and being signed in.
        page.context.clear_cookies()
        become(page, "jury-staff")
        page.locator("main a[href*='avaimella']").click()
        look(page, "account/factor_again_key.html")
        page.locator("#passkey-button").click()
        in_back_office(page)
        page.context.clear_cookies()
        to_second_step(page, server)
        look(page, "account/second_step.html")
        page.locator("#passkey-button").click()
        expect(page).to_have_url(re.compile("/fi/oma/$"))


def test_passkey_that_is_not_given_is_told_of(phone: Page) -> None:
    phone.goto("/fi/kirjaudu/")
    phone.evaluate("() => { navigator.credentials.get = async () => { throw Error() } }")
    phone.locator("#passkey-button").click()
    expect(phone.locator("[data-passkey-failed]")).not_to_be_empty()


def test_text_is_kept_and_a_lost_step_is_removed(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    become(page, "juror")
    page.goto("/fi/oma/tiedot/")
    page.locator("main input[name=name]").fill("Selostus, joka on jo kirjoitettu ja ei saa kadota")
    page.locator("main form").first.evaluate("form => { form.action = '/fi/tuomari/' }")
    submit(page)
    expect(page.locator("main textarea")).to_have_value(re.compile("ei saa kadota"))
    look(page, "accounts/factor_first.html")

    colleague = visitor(1440)
    become(colleague, "mikkeli-b")
    set_up(colleague)
    found = server.sql("SELECT user_id FROM mfa_authenticator ORDER BY id DESC LIMIT 1")
    owner = visitor(1440)
    become(owner, "owner")
    set_up(owner)
    owner.goto(f"/fi/henkilot/{found[0][0]}/vahvistus/")
    look(owner, "accounts/factors_reset.html")
    submit(owner)
    expect(owner.locator("#toasts")).to_contain_text("voi nyt kirjautua")
    colleague.goto("/fi/oma/")
    expect(colleague).to_have_url(re.compile("/fi/kirjaudu/"))


def test_provider_of_openid_connect_signs_in(
    page: Page, server: Server, provider: Provider, watch: Watch
) -> None:
    """Its own pages are not ours to look at: only the way there and back."""
    watch.allow("request to elsewhere", "status of 403", "favicon.ico", "cdn.jsdelivr.net")
    provider.knows("helmi", email="helmi@joensuu.example", email_verified=True)
    page.goto("/fi/kirjaudu/?next=/fi/oma/tiedot/")
    page.get_by_role("link", name="Kunnan tunnus").click()
    page.locator("input[name=sub]").fill("helmi")
    page.get_by_role("button", name="Authorize").click()
    expect(page).to_have_url(f"{server.url}/fi/oma/tiedot/")
    page.context.clear_cookies()
    page.goto("/fi/kirjaudu/")
    page.get_by_role("link", name="Kunnan tunnus").click()
    page.locator("[value=deny]").click()
    expect(page).to_have_url(re.compile("/oidc/kunta/callback/"))
    look(page, "account/oidc_refused.html")


def test_proposal_is_sent_with_strong_identification(
    page: Page, no_js: Page, server: Server, provider: Provider, watch: Watch
) -> None:
    """Written without it; nothing is lost on the way to the provider and back."""
    watch.allow("request to elsewhere", "cdn.jsdelivr.net", "favicon.ico", "status of 409")
    provider.knows("vahva", acr=LEVEL)
    server.sql("UPDATE challenges_challenge SET assurance = 'strong' WHERE slug = ?", steps.KUOPIO)
    for one, name in ((page, "Eka"), (no_js, "Toka")):
        steps.write_whole(one, f"{name} tunnistettu", f"{name.lower()}@asukas.example")
        one.locator("form[action$='/-laheta/'] button").click()
        expect(one.locator("main [role=alert]").first).to_contain_text("Tunnistaudu ensin")
        if one is page:
            look(one, "ideas/review.html")
        one.get_by_role("link", name="Tunnistaudu: Kunnan tunnus").click()
        one.locator("input[name=sub]").fill("vahva")
        one.get_by_role("button", name="Authorize").click()
        expect(one.locator("main")).to_contain_text(f"{name} tunnistettu")
        expect(one.locator("#identify ~ p .tag.ok")).to_be_visible()
        steps.hand_in(one)
    sent = server.sql("SELECT count(*) FROM ideas_ideaversion WHERE assurance = 'strong'")
    assert sent == [(2,)]
