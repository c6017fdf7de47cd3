"""Rounds of a series in the back office: two persons, preview, recusal, advance, final."""

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, Watch, become, sign_in

SECOND = "oskari.kuvioranta@kuopio.example"


def told(page: Page) -> None:
    expect(
        page.locator(".messages .success, .w-message--success, li.success").first
    ).to_be_visible()


def accept_all(page: Page, pk: int) -> None:
    page.goto(f"/admin/ideas/{pk}/proposals/?series=organisations&state=submitted")
    for box in page.locator("input[name=chosen]").all():
        box.check()
    steps.do_to_chosen(page)


def test_from_two_persons_to_the_final(
    page: Page, visitor: Visitor, server: Server, watch: Watch
) -> None:
    watch.allow("status of 404")
    steps.close_call(server, steps.KUOPIO)
    pk, series = server.sql(
        "SELECT c.id, s.id FROM challenges_challenge c JOIN challenges_series s"
        " ON s.challenge_id = c.id WHERE c.slug = ? AND s.key = 'organisations'",
        steps.KUOPIO,
    )[0]
    here = f"/admin/scoring/{pk}/rounds/"
    rounds = "SELECT kind, state FROM scoring_round WHERE series_id = ? ORDER BY number"
    confirmed = (
        "SELECT a.id, a.idea_id, j.email, a.juror_id FROM scoring_assignment a"
        " JOIN scoring_round r ON r.id = a.round_id JOIN scoring_juror j ON j.id = a.juror_id"
        " WHERE r.series_id = ? AND r.kind = ? AND a.state = 'confirmed' ORDER BY a.id"
    )

    # Eligibility: one word is not enough, the second settles it, one press closes it.
    become(page, "staff")
    accept_all(page, pk)
    page.goto(here)
    expect(page.locator("button[value=eligibility]")).to_have_count(0)
    second = visitor(1440)
    sign_in(second, server, SECOND)
    accept_all(second, pk)
    page.reload()
    page.locator("button[value=eligibility]").click()
    told(page)
    assert server.sql(rounds, series) == [("eligibility", "closed")]

    # The assignment is previewed: looking writes nothing, on a phone as well.
    small = visitor(390)
    become(small, "staff")
    small.goto(f"{here}organisations/assign/")
    wide = small.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    page.locator("a[href$='/organisations/assign/']").click()
    expect(page.locator("table.listing tbody tr")).to_have_count(5)
    assert server.sql(rounds, series) == [("eligibility", "closed")]
    page.locator("form:has(input[name=plan]) button[type=submit]").click()
    told(page)
    given = server.sql(confirmed, series, "screening")
    assert len(given) == 8

    # A recusal is repaired at once by somebody who did not have the proposal.
    _first, idea, address, _juror = given[0]
    before = {juror for _pk, of, _email, juror in given if of == idea}
    moment = dt.timedelta(seconds=-1)
    steps.move_phase(server, steps.KUOPIO, "checking", ends=moment)
    steps.move_phase(server, steps.KUOPIO, "scoring", starts=moment, ends=dt.timedelta(days=9))
    juror = visitor(1440)
    sign_in(juror, server, address)
    mine = [one for one, _of, email, _juror in given if email == address]
    juror.goto(f"/fi/tuomari/arvio/{mine[0]}/")
    juror.locator(f"#tie-{mine[0]}-conflict").check()
    juror.locator(f"#tie-{mine[0]}-reason").fill("Olin mukana ehdottajan hankkeessa.")
    juror.locator("form:has(fieldset.tie) button[type=submit]").click()
    expect(juror.locator(f"#tie-{mine[0]}-conflict")).to_have_count(0)
    now = {
        juror for _pk, of, _email, juror in server.sql(confirmed, series, "screening") if of == idea
    }
    assert len(now) == 2
    assert now - before

    # One sheet is scored by hand, so that somebody can advance.
    one, _idea, address, _juror = next(
        row for row in server.sql(confirmed, series, "screening") if row[2] != address
    )
    other = visitor(1440)
    sign_in(other, server, address)
    other.goto(f"/fi/tuomari/arvio/{one}/")
    other.locator(f"#tie-{one}-none").check()
    other.locator("form:has(fieldset.tie) button[type=submit]").click()
    for criterion in other.locator("fieldset.crit").all():
        criterion.locator("label", has_text="4").first.click()
    expect(other.locator("#save-state")).to_have_text(re.compile(r"Tallennettu"))
    other.locator("button[name=go][value=submit]").click()
    expect(other).not_to_have_url(re.compile(rf"/arvio/{one}/"))

    # Closed, advanced, taken back, advanced again; then the final opens with those alone.
    page.goto(here)
    page.locator("a[href$='/organisations/close/']").click()
    page.locator(".tk-tab form button[type=submit]").click()
    told(page)
    outcomes = (
        "SELECT outcome, count(*) FROM scoring_ideascore s JOIN scoring_round r"
        " ON r.id = s.round_id WHERE r.series_id = ? AND r.kind = 'screening' GROUP BY 1"
    )
    for last in (False, True):
        page.locator("a[href$='/organisations/advance/']").first.click()
        expect(page.locator("table.listing tbody tr")).to_have_count(4)
        page.locator("form:has(input[name=plan]) button[type=submit]").click()
        told(page)
        assert dict(server.sql(outcomes, series)) == {"advanced": 1, "out": 3}
        if not last:
            page.locator("button[value=undo]").click()
            told(page)
            assert dict(server.sql(outcomes, series)) == {"": 4}
    page.locator("a[href$='/organisations/assign/']").click()
    page.locator("form:has(input[name=plan]) button[type=submit]").click()
    told(page)
    assert server.sql(rounds, series)[-1] == ("final", "open")
    final = server.sql(confirmed, series, "final")
    assert len({of for _pk, of, _email, _juror in final}) == 1

    # The runs replay; the projector shows the turn.
    page.goto(f"{here}organisations/runs/")
    expect(page.locator(".tk-missing")).to_have_count(0)
    expect(page.locator("table.listing tbody tr").first).to_be_visible()
    page.goto(f"{here}organisations/pitch/")
    page.locator("a[href$='/screen/']").click()
    expect(page.locator(".screen .turn")).to_have_text("1/1")
