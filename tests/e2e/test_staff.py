"""Staff of a host municipality, in the back office alone: from a recipe to published results."""

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become, give_code, sign_in

TITLE = "Miten kunta kuulee ajoissa?"
SECOND = "oskari.kuvioranta@kuopio.example"
APPROVER = "eino.kuviosuo@oulu.example"
REASON = "Tuomaristo arvioi ehdotuksen julkaistuin perustein ja kertoo tässä miksi."


def challenge(server: Server, slug: str) -> int:
    return int(server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", slug)[0][0])


def told(page: Page, kind: str = "success") -> None:
    """The back office has said that it went well, or did not."""
    expect(page.locator(f".messages .{kind}, .w-message--{kind}, li.{kind}").first).to_be_visible()


def test_challenge_from_a_recipe_to_the_public(
    page: Page, visitor: Visitor, server: Server
) -> None:
    become(page, "staff")
    page.locator("a[href$='/admin/challenges/new/']").first.click()
    page.locator("input[name=title_fi]").fill(TITLE)
    today = dt.datetime.now(dt.UTC).date()
    page.locator("input[name=opens_on]").fill(today.isoformat())
    page.locator("main form button[type=submit], form button.button").last.click()
    expect(page.locator(".tk-head h2")).to_have_text(TITLE)
    own = page.url
    pk = int(re.findall(r"/challenges/(\d+)/", own)[0])

    # The checklist says what is missing and leads there.
    missing = page.locator(".tk-checklist li.missing")
    expect(missing).not_to_have_count(0)
    expect(missing.locator("a[href*='/rubrics/']").first).to_be_visible()
    page.locator("a[href$='/open/']").click()
    expect(page.locator("form[method=post] button:has-text('Avaa')")).to_have_count(0)
    expect(page.locator(".tk-checklist li.missing")).not_to_have_count(0)
    page.locator(".tk-checklist li.missing a[href*='/rubrics/']").first.click()

    # Weights that do not make a hundred are told while one writes, and cannot be proposed.
    page.goto(f"/admin/scoring/{pk}/rubrics/organisations/")
    page.locator(".tk-criterion > summary").first.click()
    weight = page.locator("input[name$='-weight']").first
    was = weight.input_value()
    weight.fill("1")
    expect(page.locator("[data-verdict].is-wrong")).to_be_visible()
    page.locator(".tk-total button:not([name])").click()
    expect(page.locator("[data-findings] .tk-missing").first).to_be_visible()
    expect(page.locator("button[value=publish]")).to_have_count(0)
    page.locator(".tk-criterion > summary").first.click()
    page.locator("input[name$='-weight']").first.fill(was)
    page.locator(".tk-total button:not([name])").click()
    expect(page.locator("[data-findings] .tk-missing")).to_have_count(0)

    # One proposes, another reads and publishes; the first one cannot.
    second = visitor(1440)
    become(second, "owner")
    for series in ("citizens", "organisations"):
        publish = f"/admin/scoring/{pk}/rubrics/{series}/publish/"
        page.goto(publish)
        page.locator("main form button.button").first.click()
        page.goto(publish)
        expect(page.locator("button:has-text('Hyväksy ja julkaise')")).to_have_count(0)
        second.goto(publish)
        second.locator("button:has-text('Hyväksy ja julkaise')").click()
        page.goto(f"/admin/scoring/{pk}/rubrics/{series}/")
        expect(page.locator("code.tk-digest")).to_have_text(re.compile("^[0-9a-f]{64}$"))
        expect(page.locator("input[name$='-weight']")).to_have_count(0)
    digest = page.locator("code.tk-digest").inner_text()

    stranger = visitor(390)
    stranger.goto("/fi/haasteet/")
    expect(stranger.locator(".call", has_text=TITLE)).to_have_count(0)
    page.goto(f"/admin/challenges/{pk}/open/")
    page.locator("form[method=post] button.button").last.click()
    told(page)
    steps.reload_until(stranger, f".call:has-text('{TITLE}')")
    stranger.locator(f".call a:has-text('{TITLE}')").click()
    expect(stranger.locator("ol.weights").first).to_be_visible()
    link = "a[href$='/arviointi/organisations/']"
    stranger.locator(f"details.plain:has({link}) > summary").click()
    stranger.locator(link).click()
    expect(stranger.locator("code.digest")).to_have_text(digest)

    # What was promised is frozen.
    page.goto(f"/admin/challenges/{pk}/forms/citizens/")
    expect(page.locator("button[name=change]")).to_have_count(0)


def test_rubric_says_what_is_wrong_while_it_is_written(page: Page, watch: Watch) -> None:
    """At once where the browser can tell, after saving all of it; nothing waits for the opening."""
    watch.allow("status of 400")
    become(page, "staff")
    page.goto("/admin/challenges/new/")
    page.locator("input[name=title_fi]").fill("Mittari koetuksella")
    page.locator("input[name=opens_on]").fill(dt.datetime.now(dt.UTC).date().isoformat())
    page.locator("main form button[type=submit], form button.button").last.click()
    expect(page.locator(".tk-head h2")).to_have_text("Mittari koetuksella")
    pk = int(re.findall(r"/challenges/(\d+)/", page.url)[0])
    page.goto(f"/admin/scoring/{pk}/rubrics/citizens/")
    first = page.locator("details[data-criterion]").first
    save = page.locator(".tk-total button:not([name])")

    def written(name: str) -> str:
        """Opened anew, for a criterion is folded again after each save."""
        if first.get_attribute("open") is None:
            first.locator("summary").first.click()
        return first.locator(f"[name='c0-{name}']").input_value()

    def fill(**values: str) -> None:
        for name, value in values.items():
            written(name)
            first.locator(f"[name='c0-{name}']").fill(value)

    # Levels that do not rise: said before anything is saved, and refused.
    fill(low="5", high="3")
    expect(first.locator("[data-rises]")).to_be_visible()
    save.click()
    expect(first.locator(".tk-error", has_text="Tasojen pitää nousta").last).to_be_visible()
    fill(low="1", high="5")
    expect(first.locator("[data-rises]")).to_be_hidden()

    # A criterion that nobody has described, a level without words, weights of 99.9.
    question = {f"question_{code}": written(f"question_{code}") for code in ("fi", "sv", "en")}
    level = {f"level_2_{code}": written(f"level_2_{code}") for code in ("fi", "sv", "en")}
    weight = {"weight": written("weight")}
    for rightly, wrongly, words in (
        (question, dict.fromkeys(question, ""), "kriteeriä ei ole kuvattu"),
        (level, dict.fromkeys(level, ""), "tasoa 2 ei ole kuvattu"),
        (weight, {"weight": "34,9"}, "99,9"),
    ):
        fill(**wrongly)
        save.click()
        expect(page.locator(".tk-missing", has_text=words).first).to_be_visible()
        expect(page.locator("button[value=publish]")).to_have_count(0)
        fill(**rightly)
        save.click()
        expect(page.locator(".tk-missing")).to_have_count(0)
        expect(page.locator("button[value=publish]")).to_be_visible()

    # More readers than there are jurors: advice, for the jury may still grow.
    page.locator("#id_reviews").fill("7")
    save.click()
    expect(page.locator(".tk-advice", has_text="7 tuomaria").first).to_be_visible()
    page.goto(f"/admin/challenges/{pk}/open/")
    expect(page.locator(".tk-checklist li.missing a[href*='/rubrics/']").first).to_be_visible()
    expect(page.locator("form[method=post] button:has-text('Avaa')")).to_have_count(0)


def test_staff_see_their_own_municipality_only(page: Page, server: Server, watch: Watch) -> None:
    watch.allow("status of 404")
    become(page, "staff")
    page.goto("/admin/challenges/")
    rows = page.locator("table.listing tbody tr")
    expect(rows.first).to_be_visible()
    for text in rows.locator("td:nth-child(2)").all_inner_texts():
        assert text == "Kuopio"
    oulu, kuopio = challenge(server, steps.OULU), challenge(server, steps.KUOPIO)
    paths = [
        *("challenges/{}/", "challenges/{}/timetable/", "challenges/{}/open/"),
        *("ideas/{}/proposals/", "ideas/{}/proposals/1/", "scoring/{}/jury/"),
        *("scoring/{}/ranking/", "scoring/{}/decision/", "scoring/{}/rubrics/"),
    ]
    for path in paths:
        assert page.request.get(f"/admin/{path.format(oulu)}").status == 404, path
        assert page.request.get(f"/admin/{path.format(kuopio)}").ok, path
    page.goto("/admin/pages/")
    tree = page.locator("main").inner_text()
    assert "Talvikaupunki" not in tree
    page.goto("/admin/snippets/catalogue/solution/")
    expect(page.locator("main")).not_to_contain_text("Digitaalinen neuvolakortti")


def test_check_invite_and_assign(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400")
    steps.close_call(server, steps.KUOPIO)
    pk = challenge(server, steps.KUOPIO)
    become(page, "staff")

    # Eligibility: a refusal needs its reason; the others are accepted together.
    page.goto(f"/admin/ideas/{pk}/proposals/?series=citizens")
    expect(page.locator("input[name=chosen]")).to_have_count(10)
    page.locator("table.listing tbody a").first.click()
    reference = page.locator("h3").first.inner_text().split()[0]
    page.locator("input[name=eligible][value=no]").check()
    page.locator(".tk-check button[name=next]").click()
    expect(page.locator(".tk-check .error-message").first).to_be_visible()
    page.locator("textarea[name=reason]").fill("Ehdotus koskee toista maata.")
    page.locator(".tk-check button[name=next]").click()
    told(page)
    page.goto(f"/admin/ideas/{pk}/proposals/?state=ineligible")
    expect(page.locator("table.listing tbody tr")).to_have_count(1)
    expect(page.locator("table.listing tbody tr")).to_contain_text(reference)
    waiting = f"/admin/ideas/{pk}/proposals/?state=submitted"
    page.goto(waiting)
    for box in page.locator("input[name=chosen]").all():
        box.check()
    steps.do_to_chosen(page)

    # The organisations' rubric wants two people's word: a second one gives it.
    page.goto(waiting)
    expect(page.locator("input[name=chosen]")).to_have_count(4)
    second = visitor(1440)
    sign_in(second, server, SECOND)
    second.goto(waiting)
    second.locator("input[name=which][value=all]").check()
    steps.do_to_chosen(second)
    second.goto(waiting)
    expect(second.locator("input[name=chosen]")).to_have_count(0)
    second.goto(f"/admin/scoring/{pk}/rounds/")
    second.locator("button[value=eligibility]").click()
    told(second)

    # Jurors: a wrong line is told and what was pasted stays; then letters go out.
    page.goto(f"/admin/scoring/{pk}/jury/invite/")
    people = page.locator("textarea[name=people]")
    people.fill("Rauha Uusituomari <rauha@tuomari.example>\nei-osoite")
    page.locator("form:has(textarea[name=people]) button[type=submit]").click()
    expect(page.locator(".error-message").first).to_be_visible()
    expect(people).to_have_value(re.compile("Rauha"))
    people.fill(
        "Rauha Uusituomari <rauha@tuomari.example>\nmauno@tuomari.example; Mauno Toinen; rehtori"
    )
    page.locator("form:has(textarea[name=people]) button[type=submit]").click()
    told(page)
    letter = server.mail.wait("rauha@tuomari.example")
    server.mail.wait("mauno@tuomari.example")
    juror = visitor(1440)
    juror.goto(next(link for link in letter.links if "/kutsu/" in link))
    give_code(juror, server, "rauha@tuomari.example")
    expect(juror.locator("#agree")).to_be_visible()
    juror.locator("#agree").check()
    juror.locator("button[name=answer][value=yes]").click()
    expect(juror.locator("main")).to_contain_text("Mikä kuntasi arjessa kangertaa?")

    # The assignment is shown before it is given out; each juror gets a letter.
    page.goto(f"/admin/scoring/{pk}/rounds/")
    for series in ("citizens", "organisations"):
        page.locator(f"a[href$='/rounds/{series}/assign/']").click()
        expect(page.locator("table.listing tbody tr").first).to_be_visible()
        loads = [
            int(text)
            for text in page.locator("table.listing tbody td:nth-child(2)").all_inner_texts()
        ]
        assert max(loads) - min(loads) <= 1
        page.locator("form:has(input[name=plan]) button[type=submit]").click()
        told(page)
    letter = server.mail.wait("rauha@tuomari.example", after=1)
    juror.goto(next(link for link in letter.links if "/tuomari/" in link))
    juror.locator("main a.btn").first.click()
    expect(juror.locator("a[href$='/sidokset/']")).to_be_visible()


def test_close_decide_approve_and_publish(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400", "status of 404")
    pk = challenge(server, steps.OULU)
    results = f"/fi/haasteet/{steps.OULU}/tulokset/"
    owner = server.sql(
        "SELECT contact_email FROM ideas_idea WHERE challenge_id = ? AND number = 1", pk
    )[0][0]
    become(page, "jury-staff")
    page.goto(f"/admin/scoring/{pk}/rounds/")
    page.locator("a[href$='/close/']").click()
    page.locator(".tk-tab form button[type=submit]").click()
    told(page)
    page.goto(f"/admin/scoring/{pk}/ranking/")
    ranking = page.locator("table.listing").first.locator("tbody tr")
    expect(ranking).to_have_count(12)
    expect(page.locator(".tk-cut")).to_have_count(1)
    with page.expect_download() as loading:
        page.locator("a[href$='ranking.json'], a:has-text('JSON')").first.click()
    assert b'"rank"' in loading.value.path().read_bytes()

    # Written by one …
    page.goto(f"/admin/scoring/{pk}/decision/")
    page.locator("button[value=draft]").click()
    expect(page.locator("input[name^=awarded-]:checked")).to_have_count(3)
    page.locator("textarea[name=statement]").fill("Talvi yllätti tuomaristonkin.")
    page.locator("button[value=propose]").click()
    expect(page.locator(".help-critical, .error-message").first).to_be_visible()
    expect(page.locator("textarea[name=statement]")).to_have_value("Talvi yllätti tuomaristonkin.")
    for field in page.locator("textarea[name^=reason-]").all():
        field.fill(REASON)
    page.locator("input[name=publish_at]").fill(steps.local_minute(dt.timedelta(minutes=2)))
    page.locator("button[value=propose]").click()
    told(page)
    expect(page.locator("button[value=approve]")).to_have_count(0)
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(
        page.url,
        form={"csrfmiddlewaretoken": token, "go": "approve"},
        headers={"Referer": page.url},
    )
    state = "SELECT state FROM scoring_decision WHERE challenge_id = ?"
    assert server.sql(state, pk) == [("proposed",)]

    # … approved by another, who got a letter …
    letter = server.mail.wait(APPROVER)
    second = visitor(1440)
    sign_in(second, server, APPROVER)
    second.goto(next(link for link in letter.links if "/admin/" in link))
    second.locator("button[value=approve]").click()
    told(second)
    assert server.sql(state, pk) == [("approved",)]
    stranger = visitor(1440)
    answer = stranger.goto(results)
    assert answer is not None
    assert answer.status == 404

    # … and published by itself at its moment, everything at once. The moment is part of what was
    # approved: it cannot be hurried, so it is waited for.
    steps.reload_until(stranger, ".poster", seconds=130)
    expect(stranger.locator(".poster")).to_have_count(3)
    expect(stranger.locator(".verdicts li")).to_have_count(9)
    expect(stranger.locator("main")).to_contain_text("Talvi yllätti tuomaristonkin.")
    expect(stranger.locator(".poster").first).to_contain_text(REASON)
    told_owner = server.mail.wait(owner)
    assert REASON in told_owner.text
    assert len(server.mail.to(owner)) == 1

    stranger.goto(f"/fi/ratkaisut/?challenge={steps.OULU}")
    steps.reload_until(stranger, ".sol")
    expect(stranger.locator(".sol")).to_have_count(3)
    stranger.locator(".sol h3 a").first.click()
    expect(stranger.locator(f"a[href='{results}']")).to_be_visible()
