"""A company: signs in, founds its organisation, writes with a colleague, hands in, changes."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import files, steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become, give_code, sign_in

TITLE = "Reittiapu kuntien koulukyyteihin"
SECRET = "Reititys perustuu omaan menetelmäämme, joka lukee tienpinnan lämpötilat."


def save(page: Page) -> None:
    """Save the part and go back to the list of parts."""
    page.locator("form.ask .go button:not([name])").click()
    expect(page.locator(".tasks, .task-list").first).to_be_visible()


def part(page: Page, name: str) -> None:
    page.locator(f"main a[href*='/{name}/']").first.click()
    expect(page.locator("form.ask")).to_be_visible()


def status_of(page: Page, name: str) -> str:
    return page.locator(f"main li:has(a[href*='/{name}/']) .tag").inner_text()


def fill_solution(page: Page, title: str = TITLE) -> None:
    page.locator("#q-title").fill(title)
    page.locator("#q-summary").fill("Suunnittelee kyydit joka yö ja kertoo viiveistä huoltajalle.")
    page.locator("input[name=theme][value=education]").check()
    page.locator("#q-municipality").select_option(label="Kuopio")
    page.locator("#q-problem").fill(steps.PROBLEM)
    page.locator("#q-solution").fill("Palvelu lukee oppilastiedot ja tieverkon ja ehdottaa reitit.")
    page.locator("input[name=who][value=children]").check()
    page.locator("input[name=how_often][value=weekly]").check()


def fill_evidence(page: Page) -> None:
    page.locator("input[name=readiness][value=pilot]").check()
    page.locator("#q-evidence").fill("Kahdessa kunnassa ajetut kilometrit vähenivät 11 prosenttia.")


def fill_cost(page: Page) -> None:
    page.locator("#q-pilot_price").fill("24 000,50")
    page.locator("#q-cost").fill("Sen jälkeen 0,40 euroa asukasta kohti vuodessa.")


def fill_partners(page: Page, address: str) -> None:
    page.locator("#q-contact_name").fill("Veera Esimerkkivuori")
    page.locator("#q-contact_email").fill(address)


def test_company_from_sign_in_to_new_version(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 422")
    boss, colleague = "veera@reittiapu.example", "onni@reittiapu.example"

    # The door asks to sign in and leads on afterwards.
    page.goto(f"/fi/kuopio/{steps.KUOPIO}/")
    page.locator(f".doors a[href$='{steps.COMPANY}']").click()
    give_code(page, server, boss)
    expect(page).to_have_url(re.compile(f"{steps.COMPANY}$"))

    # A wrong check digit is told at the field; the typed name stays.
    page.locator("a[href*='/oma/organisaatio/']").first.click()
    page.locator("input[name=kind][value=company]").check()
    page.locator("input[name=name]").fill("Reittiapu Oy")
    page.locator("input[name=business_id]").fill("1234567-2")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("input[name=business_id]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".error-summary a")).to_have_count(1)
    expect(page.locator("input[name=name]")).to_have_value("Reittiapu Oy")
    page.locator("input[name=business_id]").fill("1234567-1")
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(f"{steps.COMPANY}$"))
    page.locator("main form .go button").click()

    # The list of parts, in any order.
    expect(page.locator("main .tag").first).to_be_visible()
    expect(page.locator(".looks-for")).to_be_visible()
    part(page, "cost")
    page.locator("#q-pilot_price").fill("paljon")
    steps.go_on(page)
    expect(page.locator("#q-pilot_price")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#q-pilot_price")).to_have_value("paljon")
    fill_cost(page)
    expect(page.locator("[data-draft-status].saved")).to_have_text(re.compile(r"\d\d\.\d\d"))
    save(page)
    part(page, "solution")
    fill_solution(page)
    expect(page.locator("#similar li").first).to_be_visible()
    page.locator("details:has(#q-solution-secret) summary").click()
    page.locator("#q-solution-secret").fill(SECRET)
    page.locator("#q-solution-why").fill("Menetelmää ei ole julkaistu.")
    save(page)
    assert status_of(page, "solution") == status_of(page, "cost")
    assert status_of(page, "evidence") != status_of(page, "cost")

    # A colleague gets a letter, signs in, joins, and writes the rest.
    page.locator("main a[href$='/-kirjoittajat/']").click()
    page.locator("input[name=email]").fill(colleague)
    page.locator("main form:has(input[name=email]) button").click()
    expect(page.locator("main ul.team li")).to_have_count(2)
    letter = server.mail.wait(colleague)
    other = visitor(1440)
    other.goto(next(link for link in letter.links if "-liity" in link))
    give_code(other, server, colleague)
    other.locator("main form button[type=submit]").click()
    expect(other.locator("h1")).to_contain_text("Reittiapu")
    part(other, "evidence")
    fill_evidence(other)
    save(other)
    part(other, "partners")
    fill_partners(other, boss)
    save(other)

    # Preview in two columns: the secret is only on the closed side.
    other.locator("main .go a").first.click()
    expect(other.locator(".error-summary")).to_have_count(0)
    expect(other.locator(".open-side")).to_contain_text("ehdottaa reitit")
    expect(other.locator(".open-side")).not_to_contain_text("tienpinnan")
    expect(other.locator(".closed-side")).to_contain_text("tienpinnan")
    expect(other.locator(".closed-side")).to_contain_text(boss)
    steps.hand_in(other)
    number = other.locator(".receipt .number").inner_text()
    assert number in server.mail.wait(boss, where=lambda one: number in one.text).text

    # Others read it without the secret.
    stranger = visitor(1440)
    stranger.goto(f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/?q=Reittiapu")
    steps.reload_until(stranger, ".cards a")
    stranger.locator(".cards a").first.click()
    expect(stranger.locator("main")).to_contain_text("Reittiapu Oy")
    assert "tienpinnan" not in stranger.content()
    assert boss not in stranger.content()

    # A new version until closing: same number; the own page lists it.
    page.goto("/fi/oma/")
    page.locator("main a:has-text('Reittiapu kuntien')").click()
    expect(page.locator(".trail li[aria-current=step]")).to_be_visible()
    page.locator("main a[href$='/-osat/']").first.click()
    part(page, "solution")
    page.locator("#q-title").fill("Reittiapu kaikkien kuntien koulukyyteihin")
    save(page)
    page.locator("main .go a").first.click()
    steps.hand_in(page)
    expect(page.locator(".receipt .number")).to_have_text(number)
    page.goto("/fi/oma/")
    expect(page.locator("main")).to_contain_text("Reittiapu kaikkien kuntien")
    expect(page.locator("main")).to_contain_text(number)


def begin(page: Page) -> None:
    """The demo's company begins a proposal."""
    become(page, "company")
    page.goto(steps.COMPANY)
    page.locator("input[name=organisation]").first.check()
    page.locator("main form .go button").click()
    expect(page).to_have_url(re.compile(r"/-osat/$"))


def test_attachments_are_kept_or_refused_by_name(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 422", "status of 404")
    begin(page)
    part(page, "attachments")
    page.locator("#q-demo_link").fill("https://reittiapu.example/esittely")
    field = page.locator("#q-attachments")
    expect(page.locator("form.ask")).to_contain_text("10 M")
    field.set_input_files([files.upload(*one) for one in files.GOOD.items()])
    page.locator("button[name=upload]").first.click()
    expect(page.locator(".file-row a.name")).to_have_text(list(files.GOOD))

    bad = files.bad()
    extra = {"lisays.pdf": files.pdf()}
    field.set_input_files([files.upload(*one) for one in {**bad, **extra}.items()])
    page.locator("button[name=upload]").first.click()
    refused = page.locator(".file-row.bad")
    expect(refused).to_have_count(len(bad))
    expect(refused.first).to_be_focused()
    for number, name in enumerate(bad):
        expect(refused.nth(number).locator("[role=status]")).to_contain_text(name)
    expect(page.locator(".file-row a.name")).to_have_text([*files.GOOD, *extra])
    expect(page.locator("#q-demo_link")).to_have_value("https://reittiapu.example/esittely")

    # It comes back byte for byte, as a file to be saved; nobody else gets it.
    address = page.locator(".file-row a.name").first.get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert answer.body() == files.GOOD["kuvaus.pdf"]
    assert answer.headers["content-disposition"].startswith("attachment")
    assert visitor(1440).request.get(address).url.split("?")[0].endswith("/kirjaudu/")
    stranger = visitor(1440)
    sign_in(stranger, server, "ulkopuolinen@muu.example")
    assert stranger.request.get(address).status == 404

    page.locator(".file-row button[name=remove]").first.click()
    expect(page.locator(".file-row a.name")).to_have_text([*list(files.GOOD)[1:], *extra])


def test_path_in_a_name_leads_nowhere(page: Page, server: Server) -> None:
    begin(page)
    part(page, "attachments")
    answer = page.request.post(
        page.url,
        multipart={
            "csrfmiddlewaretoken": page.locator(
                "form.ask [name=csrfmiddlewaretoken]"
            ).input_value(),
            "revision": page.locator("input[name=revision]").input_value(),
            "upload": "1",
            "attachments": files.upload("../../../../passwd.pdf", files.pdf()),
        },
        headers={"Referer": page.url},
    )
    assert answer.ok
    page.reload()
    expect(page.locator(".file-row a.name")).to_have_text(["passwd.pdf"])
    everywhere = [*server.var.parent.rglob("*passwd*"), *server.var.rglob("*.pdf")]
    assert {file.parents[0] for file in everywhere} <= {
        folder for folder in (server.var / "attachments").rglob("*") if folder.is_dir()
    } | {server.var / "attachments"}


def test_text_survives_a_session_that_ended(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 401", "status of 403")
    begin(page)
    part(page, "evidence")
    page.context.clear_cookies(name="sessionid")
    fill_evidence(page)
    expect(page.locator("[data-draft-status].failed")).to_be_visible()
    steps.go_on(page)
    expect(page.locator("main textarea")).to_have_value(re.compile("Kahdessa kunnassa"))
    with page.context.expect_page() as opened:
        page.locator("main a[target=_blank]").click()
    window = opened.value
    window.locator("button[name=person][value=company]").click()
    window.wait_for_url(re.compile("/oma/"))
    page.locator("main form button[type=submit]").click()
    # The new session has a new form key: the page asks to press once more, with the text in it.
    expect(page.locator("main textarea")).to_have_value(re.compile("Kahdessa kunnassa"))
    page.locator("main form button[type=submit]").click()
    expect(page).to_have_url(re.compile(r"/-osat/$"))
    part(page, "evidence")
    expect(page.locator("#q-evidence")).to_have_value(re.compile("Kahdessa kunnassa"))


def test_nobody_else_opens_the_draft(page: Page, visitor: Visitor, watch: Watch) -> None:
    """Neither staff of the host nor another company; drafts are their writers' own."""
    watch.allow("status of 404")
    begin(page)
    address = page.url
    refused: Callable[[str], bool] = lambda key: _refused(visitor(1440), key, address)  # noqa: E731
    assert all(refused(key) for key in ("staff", "mikkeli-a", "owner", "municipality"))


def _refused(page: Page, key: str, address: str) -> bool:
    become(page, key)
    answer = page.goto(address)
    return answer is not None and answer.status == 404
