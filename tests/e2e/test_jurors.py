"""Jurors: the seat, ties, scoring by keyboard alone and over a broken line, others' sheets."""

import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become, give_code, sign_in

SISKO = "sisko.mallivaara@tuomari.example"  # Oulu: half of the queue scored
INGRID = "ingrid.modellberg@tuomari.example"  # Oulu: a few scored
NUUTTI = "nuutti.keksikangas@tuomari.example"  # Oulu: has not begun
RAUHA = "rauha@tuomari.example"  # new
TO_SCORE = "a.declared = 'none' AND (s.state IS NULL OR s.state = 'draft')"


def assignments(server: Server, email: str, where: str = "1 = 1") -> list[int]:
    query = (
        "SELECT a.id FROM scoring_assignment a JOIN scoring_juror j ON j.id = a.juror_id "
        "LEFT JOIN scoring_scoresheet s ON s.assignment_id = a.id "
        f"WHERE j.email = ? AND a.state = 'confirmed' AND {where} ORDER BY a.\"order\""
    )
    return [pk for (pk,) in server.sql(query, email)]


def scores_of(server: Server, assignment: int) -> dict[str, int]:
    query = (
        "SELECT c.key, p.value FROM scoring_score p "
        "JOIN scoring_criterion c ON c.id = p.criterion_id "
        "JOIN scoring_scoresheet s ON s.id = p.sheet_id WHERE s.assignment_id = ?"
    )
    return dict(server.sql(query, assignment))


def sheet_of(server: Server, assignment: int) -> tuple[str, str]:
    query = "SELECT state, comment FROM scoring_scoresheet WHERE assignment_id = ?"
    rows = server.sql(query, assignment)
    return rows[0] if rows else ("", "")


def desk(assignment: int) -> str:
    return f"/fi/tuomari/arvio/{assignment}/"


def saved(page: Page) -> None:
    """The server has said that nothing waits."""
    expect(page.locator("#save-state")).to_have_text(re.compile(r"Tallennettu \d\d\.\d\d"))


def test_invited_juror_reads_the_rules_and_takes_the_seat(
    page: Page, visitor: Visitor, server: Server
) -> None:
    staff = visitor(1440)
    become(staff, "staff")
    pk = server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", steps.KUOPIO)[0][0]
    staff.goto(f"/admin/scoring/{pk}/jury/invite/")
    staff.locator("textarea[name=people]").fill(f"Rauha Uusituomari <{RAUHA}>")
    staff.locator("form:has(textarea[name=people]) button[type=submit]").click()

    page.goto(next(link for link in server.mail.wait(RAUHA).links if "/kutsu/" in link))
    give_code(page, server, RAUHA)
    page.locator("button[name=answer][value=yes]").click()
    expect(page.locator(".error-summary a")).to_have_count(1)
    page.locator("#agree").check()
    page.locator("button[name=answer][value=yes]").click()
    expect(page).to_have_url(re.compile(r"/tuomari/\d+/$"))
    expect(page.locator("h1")).to_contain_text("kangertaa")


def test_ties_come_before_content(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400", "status of 404")
    sign_in(page, server, NUUTTI)
    mine = assignments(server, NUUTTI)
    first, second = mine[:2]
    page.goto(desk(first))
    expect(page.locator("fieldset.tie")).to_have_count(1)
    expect(page.locator(".rubric, .read")).to_have_count(0)

    page.goto("/fi/tuomari/")
    page.locator("main a.btn").first.click()
    page.locator("a[href$='/sidokset/']").click()
    expect(page.locator("fieldset.tie")).to_have_count(len(mine))
    page.locator(f"#tie-{first}-conflict").check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("fieldset.tie.bad").first).to_be_visible()
    page.locator(f"#tie-{first}-conflict").check()
    page.locator(f"#tie-{first}-reason").fill("Olin mukana ehdottajan hankkeessa.")
    page.locator(f"#tie-{second}-potential").check()
    page.locator(f"#tie-{second}-reason").fill("Naapurini on ehdottajalla töissä.")
    page.locator("[data-no-ties]").click()
    page.locator("main form button[type=submit]").click()

    # The conflict is gone from the desk, by any address; the possible one stays closed.
    expect(page.locator(".queue-list li")).to_have_count(len(mine) - 1)
    expect(page.locator(f".queue-list a[href='{desk(first)}']")).to_have_count(0)
    for path in (desk(first), desk(first) + "tallenna/"):
        answer = page.request.get(path)
        assert answer.status in (404, 405), path
    page.goto(desk(second))
    expect(page.locator("form[data-desk], .read")).to_have_count(0)

    # Staff get a letter and settle it; the proposal opens.
    letter = server.mail.wait("hilma.talkooranta@oulu.example")
    assert "Naapurini" in letter.text
    staff = visitor(1440)
    become(staff, "jury-staff")
    staff.goto(next(link for link in letter.links if "/puheenjohtaja/" in link))
    box = staff.locator("form.tie", has_text="Naapurini")
    box.locator("button[value=none]").click()
    expect(staff.locator("form.tie", has_text="Naapurini")).to_have_count(0)
    page.goto(desk(second))
    expect(page.locator("form[data-desk]")).to_be_visible()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reached {selector}")


def test_a_proposal_is_scored_with_the_keyboard_alone(page: Page, server: Server) -> None:
    become(page, "juror")
    page.goto("/fi/tuomari/")
    tab_to(page, "main a.btn")
    page.keyboard.press("Enter")
    expect(page.locator(".queue-list")).to_be_visible()
    here = assignments(server, SISKO, TO_SCORE)[0]
    tab_to(page, f".queue-list a[href='{desk(here)}']")
    page.keyboard.press("Enter")
    expect(page.locator("form[data-desk]")).to_be_visible()

    # Nothing scrolls away: every criterion and the buttons are on the screen.
    for box in page.locator("fieldset.crit .scale, .fix .go").all():
        expect(box).to_be_in_viewport()

    keys = page.locator("fieldset.crit").evaluate_all("all => all.map(a => a.dataset.criterion)")
    given = {key: 2 + number % 4 for number, key in enumerate(keys)}
    for key, value in given.items():
        tab_to(page, f"fieldset[data-criterion={key}] input")
        page.keyboard.press(str(value))
        chosen = page.locator(f"fieldset[data-criterion={key}] input:checked")
        expect(chosen).to_have_attribute("value", str(value))
        expect(page.locator(f"fieldset[data-criterion={key}] [data-anchor]")).to_contain_text(
            f"{value} = "
        )
    # A figure written in the comment is text, not a score.
    tab_to(page, "#comment")
    page.keyboard.press("Control+a")
    page.keyboard.type("Hyvä ajatus, 5 kuntaa voisi kokeilla.")
    saved(page)
    expect(page.locator("#scored")).to_have_text(str(len(keys)))
    assert re.fullmatch(r"\d,\d+", page.locator("#total").inner_text())

    # To the next and back: everything is there.
    page.keyboard.press("Alt+ArrowRight")
    expect(page).not_to_have_url(re.compile(rf"/arvio/{here}/"))
    expect(page.locator("form[data-desk]")).to_be_visible()
    page.keyboard.press("Alt+ArrowLeft")
    expect(page).to_have_url(re.compile(rf"/arvio/{here}/"))
    expect(page.locator("#comment")).to_have_value("Hyvä ajatus, 5 kuntaa voisi kokeilla.")

    tab_to(page, "button[name=go][value=submit]")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(rf"/arvio/{here}/"))
    assert scores_of(server, here) == given
    assert sheet_of(server, here) == ("submitted", "Hyvä ajatus, 5 kuntaa voisi kokeilla.")

    # Locked: no field can be changed any more.
    page.goto(desk(here))
    expect(page.locator("fieldset.crit").first).to_have_attribute("disabled", "")
    expect(page.locator("button[name=go][value=submit]")).to_have_count(0)


def test_scores_survive_a_broken_line_and_a_reload(
    page: Page, server: Server, watch: Watch
) -> None:
    # What was sent when the line broke may have arrived: the desk is told so, and goes on.
    watch.allow("ERR_INTERNET_DISCONNECTED", "status of 409")
    sign_in(page, server, INGRID)
    here = assignments(server, INGRID, TO_SCORE)[-1]
    page.goto(desk(here))
    page.locator("fieldset.crit").first.locator("label", has_text="4").first.click()
    saved(page)

    page.context.set_offline(True)
    second = page.locator("fieldset.crit").nth(1)
    second.locator("label", has_text="3").first.click()
    page.locator("#comment").fill("Kirjoitettu katkon aikana.")
    page.locator("#note").fill("Muista tämä.")
    expect(page.locator("#save-state")).to_contain_text("3")
    assert sheet_of(server, here)[1] == ""
    page.goto("about:blank")  # the window is closed while the line is down
    page.context.set_offline(False)

    page.goto(desk(here))
    expect(page.locator("#comment")).to_have_value("Kirjoitettu katkon aikana.")
    expect(page.locator("#note")).to_have_value("Muista tämä.")
    saved(page)
    assert sorted(scores_of(server, here).values()) == [3, 4]
    assert sheet_of(server, here) == ("draft", "Kirjoitettu katkon aikana.")

    # Unfinished: submitting says what is missing, and the rest stays.
    watch.allow("status of 400")
    page.locator("button[name=go][value=submit]").click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("#comment")).to_have_value("Kirjoitettu katkon aikana.")
    for box in page.locator("fieldset.crit").all():
        box.locator("label", has_text="5").first.click()
    saved(page)
    page.locator("button[name=go][value=submit]").click()
    expect(page.locator(".error-summary")).to_have_count(0)
    assert sheet_of(server, here)[0] == "submitted"


def test_sentence_is_there_after_signing_in_again(page: Page, server: Server, watch: Watch) -> None:
    """The session ends in mid-sentence: the page says so, and nothing of it is lost."""
    watch.allow("status of 401")
    sign_in(page, server, INGRID)
    here = assignments(server, INGRID, TO_SCORE)[0]
    page.goto(desk(here))
    words = page.locator("#comment")
    with page.expect_response(re.compile("/tallenna/")):
        words.fill("Hyöty on selvä,")

    # Signed in again in a window beside it: what waited goes out by itself.
    end_session(page, server)
    words.press("Control+End")
    words.press_sequentially(" mutta hinta puuttuu.")
    ended = page.locator("#save-state a")
    expect(ended).to_be_visible()
    assert sheet_of(server, here)[1] == "Hyöty on selvä,"
    with page.context.expect_page() as beside:
        ended.click()
    give_code(beside.value, server, INGRID)
    expect(beside.value).to_have_url(re.compile(f"{desk(here)}$"))
    beside.value.close()
    saved(page)
    assert sheet_of(server, here) == ("draft", "Hyöty on selvä, mutta hinta puuttuu.")

    # Or the page is loaded anew and asks who one is: the words are there afterwards.
    end_session(page, server)
    words.press("Control+End")
    words.press_sequentially(" Kysytään tekijältä.")
    expect(ended).to_be_visible()
    page.reload()
    give_code(page, server, INGRID)
    expect(page).to_have_url(re.compile(f"{desk(here)}$"))
    expect(words).to_have_value("Hyöty on selvä, mutta hinta puuttuu. Kysytään tekijältä.")
    saved(page)
    assert sheet_of(server, here)[1].endswith("Kysytään tekijältä.")


def end_session(page: Page, server: Server) -> None:
    """As if it had grown too old."""
    session = next(one for one in page.context.cookies() if one["name"] == "sessionid")
    server.sql("DELETE FROM django_session WHERE session_key = ?", session["value"])


def test_nobody_opens_another_jurors_sheet(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 404")
    become(page, "juror")
    others = assignments(server, "aatu.naytejarvi@tuomari.example", "s.state = 'submitted'")
    for path in (desk(others[0]), f"{desk(others[0])}tallenna/", f"{desk(others[0])}sidos/"):
        assert page.request.get(path).status in (404, 405), path
    token = page.context.cookies()
    answer = page.request.post(
        f"{desk(others[0])}tallenna/",
        data={"revision": 0, "changes": {"comment": "Murto"}},
        headers={
            "X-CSRFToken": next(one["value"] for one in token if one["name"] == "csrftoken"),
            "Referer": server.url,
        },
    )
    assert answer.status == 404
    # On a proposal that both read, the other's words are nowhere.
    query = (
        "SELECT a.id, s.comment FROM scoring_assignment a "
        "JOIN scoring_juror j ON j.id = a.juror_id AND j.email = ? "
        "JOIN scoring_assignment b ON b.idea_id = a.idea_id AND b.id != a.id "
        "JOIN scoring_scoresheet s ON s.assignment_id = b.id "
        "WHERE s.comment != '' AND s.state = 'submitted' AND a.state = 'confirmed'"
    )
    shared = server.sql(query, SISKO)
    assert shared
    for assignment, comment in shared[:3]:
        page.goto(desk(assignment))
        assert comment not in page.content()
    # Staff of the host have the admin, not the desk; a signed-out person is asked to sign in.
    staff = visitor(1440)
    become(staff, "jury-staff")
    assert staff.request.get(desk(others[0])).status == 404
    assert "/kirjaudu/" in visitor(1440).request.get(desk(others[0])).url


def test_desk_works_without_javascript(visitor: Visitor, server: Server) -> None:
    page = visitor(1440, javascript=False)
    become(page, "juror")
    here = assignments(server, SISKO, TO_SCORE)[-1]
    page.goto(desk(here))
    for box in page.locator("fieldset.crit").all():
        box.locator("input[value='3']").check(force=True)
    page.locator("#comment").fill("Ilman skriptiä.")
    page.locator("button[name=go][value=submit]").click()
    assert sheet_of(server, here) == ("submitted", "Ilman skriptiä.")


def test_two_windows_show_both_texts_and_a_line_that_returns_saves(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("ERR_INTERNET_DISCONNECTED", "status of 409")
    sign_in(page, server, INGRID)
    here = assignments(server, INGRID, "(s.state IS NULL OR s.state = 'draft')")[0]
    page.goto(desk(here))
    other = page.context.new_page()
    other.goto(desk(here))
    other.locator("#comment").fill("Toisessa ikkunassa kirjoitettu.")
    saved(other)
    page.locator("#comment").fill("Ensimmäisessä ikkunassa kirjoitettu.")
    expect(page.locator("#clash-comment")).to_contain_text("Toisessa ikkunassa kirjoitettu.")
    assert sheet_of(server, here)[1] == "Toisessa ikkunassa kirjoitettu."
    page.locator("#clash-comment button").first.click()  # ours
    saved(page)
    assert sheet_of(server, here)[1] == "Ensimmäisessä ikkunassa kirjoitettu."

    page.context.set_offline(True)
    page.locator("#comment").fill("Junassa kirjoitettu.")
    expect(page.locator("#save-state")).to_contain_text("Yhteys katkesi")
    page.context.set_offline(False)
    saved(page)
    assert sheet_of(server, here)[1] == "Junassa kirjoitettu."
