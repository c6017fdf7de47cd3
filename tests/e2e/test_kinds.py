"""Staff choose what kind of a competition a challenge is; a market consultation goes to its end."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, Watch, become

NAME = "Mitä ovien avaus voi olla?"
LEARNED = "Kolme tapaa, joista kaksi toimii pakkasella."


def test_a_consultation_from_a_draft_to_what_was_learned(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    become(page, "staff")
    page.goto("/admin/challenges/new/")
    page.locator("input[name=title_fi]").fill(NAME)
    page.locator("select[name=profile]").select_option("consultation")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".tk-checklist")).to_be_visible()
    pk = int(re.findall(r"/challenges/(\d+)/", page.url)[0])

    # No tabs of a jury, and the checklist waits for what this kind must say.
    tabs = page.locator("nav.tk-tabs")
    expect(tabs).not_to_contain_text(re.compile("Tuomaristo|Arviointiperusteet|Päätös"))
    expect(page.locator(".tk-checklist .missing a[href*='/profile/']")).to_be_visible()
    page.goto(f"/admin/challenges/{pk}/profile/")
    look(page, "admin/challenges/profile.html")
    page.locator("[name=learned_fi]").first.fill("Tällä sivulla huhtikuussa.")
    page.locator("[name=procurement_fi]").first.fill("Hilmassa syksyllä.")
    page.locator("main form button[type=submit]").last.click()
    page.goto(f"/admin/challenges/{pk}/")
    expect(page.locator(".tk-checklist .missing")).to_have_count(0)
    page.goto(f"/admin/challenges/{pk}/open/")
    page.locator("form[method=post] button:has-text('Avaa')").click()
    slug = server.sql("SELECT slug FROM challenges_challenge WHERE id = ?", pk)[0][0]
    server.sql(
        "UPDATE challenges_phase SET starts_at = '2020-01-01 00:00:00' WHERE kind = 'submission'"
        " AND challenge_id = ?",
        pk,
    )

    # Everybody reads what it is: on the page, in the list, where one begins.
    reader = visitor(390)
    words = "Tämä on markkinavuoropuhelu, ei tarjouspyyntö."
    address = f"/fi/kuopio/{slug}/"
    reader.goto(address)
    steps.reload_until(reader, ".doors")
    expect(reader.locator("#kind")).to_contain_text("Tällä sivulla huhtikuussa.")
    expect(reader.locator(".hero")).to_contain_text(words)
    expect(reader.locator("main")).not_to_contain_text("Voittajia")
    look(reader, "challenges/challenge_page.html")
    reader.goto("/fi/haasteet/")
    expect(reader.locator(".call", has_text="ovien")).to_contain_text("ei hankinta")
    steps.write_whole(
        reader, "Avain puhelimessa", "ovi@posti.example", start=f"/fi/ehdota/{slug}/citizens/"
    )
    steps.hand_in(reader)
    expect(reader.locator("main")).to_contain_text(words)
    expect(reader.locator("main")).not_to_contain_text(re.compile("tuomaristo", re.IGNORECASE))

    # After the closing what was learned is published, and that ends it.
    steps.close_call(server, slug)
    page.goto(f"/admin/challenges/{pk}/profile/")
    page.locator("[name=learned_fi]").first.fill(LEARNED)
    page.locator("form[action$='/conclude/'] button").click()
    expect(page).to_have_url(re.compile(rf"/challenges/{pk}/$"))
    reader.goto(address)
    expect(reader.locator("#kind")).to_contain_text(LEARNED)
    expect(reader.locator(".hero")).to_contain_text("päättynyt")


def test_of_a_call_that_had_opened_before_kinds_were_told_staff_say_it_once(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 4")
    [pk, path] = server.sql(
        "SELECT c.id, o.slug || '/' || c.slug FROM challenges_challenge c"
        " JOIN accounts_organisation o ON o.id = c.owner_id"
        " WHERE c.state = 'opened' AND o.slug = 'kuopio' ORDER BY c.id LIMIT 1"
    )[0]
    server.sql("UPDATE challenges_challenge SET profile = '', statements = '{}' WHERE id = ?", pk)
    reader = visitor(390)
    reader.goto(f"/fi/{path}/")
    expect(reader.locator(".hero h1")).to_be_visible()
    expect(reader.locator(".kind, #kind")).to_have_count(0)

    become(page, "staff")
    page.goto(f"/admin/challenges/{pk}/profile/")
    look(page, "admin/challenges/profile.html")
    expect(page.locator("input[name=profile][value=consultation]")).to_have_count(0)
    page.locator("input[name=profile][value=ideas]").check()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Kirjoita tämä nyt")
    page.locator("[name=rights_fi]").first.fill("Oikeudet pysyvät ehdottajalla.")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Oikeudet pysyvät ehdottajalla.")
    expect(page.locator("input[name=profile]")).to_have_count(0)
