"""A jury of five decides a competition made from the Mikkeli recipe: from rubric to signed report.

Nothing is written but through pages and forms; only the clock is moved where weeks would pass.
"""

import datetime as dt
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e import jury, steps
from tests.e2e.conftest import Visitor
from tests.e2e.jury import JURORS, PROPOSALS, READERS, SERIES, Call, Seat
from tests.e2e.support import ROOT, Server, Watch, become, environment, manage, sign_in
from tests.e2e.test_staff import SECOND, told

TITLE = "Mikkelin mallin kilpailu"
STATEMENT = "Viisi tuomaria luki kaiken ja oli melkein yhtä mieltä."
SAID = "Puhuttiin siitä, kuka kokeilun maksaa. Pisteet pidettiin ennallaan."
DEVIATION = "Sama asia on kunnassa jo kokeilussa."
DAYS = dt.timedelta(days=20)
PRINTING = 120  # seconds at most: four reports come before the package


@pytest.mark.pango
def test_a_jury_of_five_decides_from_rubric_to_signed_report(
    page: Page, visitor: Visitor, server: Server, watch: Watch, tmp_path: Path
) -> None:
    watch.allow("status of 400", "status of 404")
    become(page, "staff")
    second = visitor(1440)
    sign_in(second, server, SECOND)

    call = make_challenge(page, server)
    edit_rubric(page, call)
    publish_rubrics(page, second, server, call)
    page.goto(f"/admin/challenges/{call.pk}/open/")
    page.locator("form[method=post] button.button").last.click()
    told(page)
    take_proposals(visitor, server, call)
    check_eligibility(page, second, call)
    seats = invite(page, visitor, server, call)
    assign(page, server, call)
    tied = declare_ties(seats, server, call)
    for seat in seats:
        jury.score(seat, server, call)
    read_results(page, server, call)
    talk(page, call, seats[0], tied)
    moment = decide(page, call)
    approve_and_sign(page, second, seats, server, visitor, call)
    winners = see_publication(visitor, server, call, moment)
    read_report(visitor(1440), call, winners)
    audit(page, server, call, tmp_path)


# Before the call -------------------------------------------------------------------------------


def make_challenge(page: Page, server: Server) -> Call:
    page.goto("/admin/challenges/new/")
    page.locator("input[name=title_fi]").fill(TITLE)
    page.locator("input[name=opens_on]").fill(dt.datetime.now(dt.UTC).date().isoformat())
    page.locator("main form button[type=submit], form button.button").last.click()
    expect(page.locator(".tk-head h2")).to_have_text(TITLE)
    pk = int(re.findall(r"/challenges/(\d+)/", page.url)[0])
    slug = server.sql("SELECT slug FROM challenges_challenge WHERE id = ?", pk)[0][0]
    return Call(pk, slug)


def edit_rubric(page: Page, call: Call) -> None:
    """Two persons for eligibility, four readers each, weights and a level of one's own."""
    here = call.admin(f"rubrics/{SERIES}/")
    save = page.locator(".tk-total button:not([name])")
    page.goto(here)
    page.locator(".tk-criterion > summary").first.click()
    weight = page.locator("input[name$='-weight']").first
    weight.fill("34,9")
    expect(page.locator("[data-verdict].is-wrong")).to_be_visible()
    save.click()
    expect(page.locator("[data-findings]")).to_contain_text("99,9")
    expect(page.locator("button[value=publish]")).to_have_count(0)
    page.locator(".tk-criterion > summary").first.click()
    weight.fill("30")
    page.locator(".tk-criterion > summary").nth(1).click()
    page.locator("input[name$='-weight']").nth(1).fill("20")
    page.locator("textarea[name$='-level_3_fi']").first.fill("Auttaa monia joka viikko.")
    page.locator("#id_reviews").fill(str(READERS))
    page.locator("details.tk-criterion:has(.tk-stage) > summary").click()
    page.locator("#id_s0-kind").select_option("eligibility")
    page.locator("#id_s0-reviews").fill("2")
    page.locator("#id_s1-kind").select_option("screening")
    page.locator("#id_s1-reviews").fill(str(READERS))
    page.locator("#id_s1-by").select_option("all")
    save.click()
    expect(page.locator("[data-findings] .tk-missing")).to_have_count(0)
    page.goto(call.admin(f"rubrics/{SERIES}/preview/juror/"))
    expect(page.locator("main")).to_contain_text("Auttaa monia joka viikko.")


def publish_rubrics(page: Page, second: Page, server: Server, call: Call) -> None:
    """Proposed by one, who cannot publish it; read and published by another, who got a letter."""
    for key in (SERIES, "organisations"):
        address = call.admin(f"rubrics/{key}/publish/")
        page.goto(address)
        page.locator("main form button.button").first.click()
        page.goto(address)
        expect(page.locator("button:has-text('Hyväksy ja julkaise')")).to_have_count(0)
        letter = server.mail.wait(SECOND, where=lambda one, there=address: there in one.text)
        second.goto(next(link for link in letter.links if address in link))
        second.locator("button:has-text('Hyväksy ja julkaise')").click()
        expect(second.locator("code.tk-digest")).to_have_text(re.compile("^[0-9a-f]{64}$"))


# The call --------------------------------------------------------------------------------------


def take_proposals(visitor: Visitor, server: Server, call: Call) -> None:
    steps.move_phase(server, call.slug, "submission", starts=dt.timedelta(hours=-1), ends=DAYS)
    citizen = visitor(390)
    start = f"/fi/ehdota/{call.slug}/{SERIES}/"
    steps.write_whole(citizen, PROPOSALS[0][0], jury.entrant(0), start=start)
    steps.hand_in(citizen)
    jury.propose(server, call, range(1, len(PROPOSALS)))
    jury.close_call(server, call)


def check_eligibility(page: Page, second: Page, call: Call) -> None:
    """One word is not enough; the second settles it."""
    for person in (page, second):
        person.goto(f"/admin/ideas/{call.pk}/proposals/?series={SERIES}&state=submitted")
        boxes = person.locator("input[name=chosen]")
        expect(boxes).to_have_count(len(PROPOSALS))
        for box in boxes.all():
            box.check()
        steps.do_to_chosen(person)
        page.goto(call.admin("rounds/"))
        ready = page.locator("button[value=eligibility]")
        expect(ready).to_have_count(1 if person is second else 0)
    page.locator("button[value=eligibility]").click()
    told(page)


# The jury --------------------------------------------------------------------------------------


def invite(page: Page, visitor: Visitor, server: Server, call: Call) -> list[Seat]:
    page.goto(call.admin("jury/invite/"))
    pasted = "\n".join(f"{name} <{email}>" for name, email, _mildness in JURORS)
    page.locator("textarea[name=people]").fill(pasted)
    page.locator("form:has(textarea[name=people]) button[type=submit]").click()
    told(page)
    return jury.take_seats(visitor, server, call)


def assign(page: Page, server: Server, call: Call) -> None:
    """Shown before it is given out: even loads, comparable jurors, nothing written by looking."""
    given = (
        "SELECT count(*) FROM scoring_assignment a JOIN ideas_idea i ON i.id = a.idea_id"
        " WHERE i.challenge_id = ?"
    )
    page.goto(call.admin(f"rounds/{SERIES}/assign/"))
    loads = page.locator("table.listing tbody td:nth-child(2)").all_inner_texts()
    assert sorted(map(int, loads)) == [6, 6, 6, 7, 7]
    expect(page.locator(".tk-chart svg")).to_be_visible()
    assert server.sql(given, call.pk) == [(0,)]
    page.locator("form:has(input[name=plan]) button[type=submit]").click()
    told(page)
    assert server.sql(given, call.pk) == [(READERS * len(PROPOSALS),)]
    second_ago = dt.timedelta(seconds=-1)
    steps.move_phase(server, call.slug, "checking", ends=second_ago)
    steps.move_phase(server, call.slug, "scoring", starts=second_ago, ends=DAYS)


def declare_ties(seats: list[Seat], server: Server, call: Call) -> str:
    """Everybody at the gate; one conflict, whose proposal goes to the juror who did not have it.

    The proposal's title.
    """
    letter = server.mail.wait(seats[0].email, where=lambda mail: "arvioitavana" in mail.subject)
    seats[0].page.goto(next(link for link in letter.links if "/tuomari/" in link))
    seats[0].page.locator("main a.btn").first.click()
    expect(seats[0].page.locator("a[href$='/sidokset/']")).to_be_visible()
    one = jury.assignments(server, seats[0].email)[0]
    title = PROPOSALS[jury.numbers_of(server, call)[one]][0]
    seats[0].page.goto(jury.desk(one))
    expect(seats[0].page.locator("fieldset.tie")).to_have_count(1)
    expect(seats[0].page.locator(".rubric, .read")).to_have_count(0)
    jury.declare(seats[0], conflict=one)
    assert seats[0].page.request.get(jury.desk(one)).status == 404
    for seat in seats[1:]:
        jury.declare(seat)
    readers = jury.numbers_of(server, call)
    assert len(readers) == READERS * len(PROPOSALS)
    assert one not in readers
    return title


# What came of it -------------------------------------------------------------------------------


def read_results(page: Page, server: Server, call: Call) -> None:
    page.goto(call.admin("rounds/"))
    page.locator(f"a[href$='/{SERIES}/close/']").click()
    page.locator(".tk-tab form button[type=submit]").click()
    told(page)
    jury.wait_for(
        server,
        "SELECT count(*) = 0 FROM core_outboxrow WHERE event = 'standing.wanted'",
        why="the results were not reckoned",
    )
    page.goto(call.admin("ranking/"))
    rows = page.locator(".tk-results tbody tr")
    expect(rows).to_have_count(len(PROPOSALS))
    expect(page.locator(".tk-chart svg")).to_be_visible()
    expect(page.locator(".tk-cut")).to_have_count(1)
    expect(page.locator(".help-warning")).to_have_count(0)
    raw = [points(text) for text in rows.locator("td:nth-child(3)").all_inner_texts()]
    calibrated = [points(text) for text in rows.locator("td:nth-child(4)").all_inner_texts()]
    assert raw == sorted(raw, reverse=True)
    assert any(abs(left - right) > 0.1 for left, right in zip(raw, calibrated, strict=True))
    assert all(rows.locator("td:nth-child(5)").all_inner_texts())  # why they differ, in words


def points(text: str) -> float:
    return float(text.split(maxsplit=1)[0].replace(",", "."))


def talk(page: Page, call: Call, seat: Seat, tied: str) -> None:
    """A meeting about the proposal that one juror must leave the room for, and its minutes."""
    page.goto(call.admin("meetings/"))
    page.locator("form:has(input[name=round]) button").first.click()
    item = page.locator("table.listing tbody tr", has_text=tied)
    page.locator("button[name=go][value=begin]").wait_for()  # the agenda is there
    if not item.count():
        option = page.locator("select[name=idea] option", has_text=tied).get_attribute("value")
        page.locator("select[name=idea]").select_option(option)
        page.locator("button[name=go][value=add]").click()
    page.locator("button[name=go][value=begin]").click()
    expect(item).to_contain_text(seat.name)
    agenda = page.url
    item.locator("a").click()
    page.locator("button[name=go][value=open]").click()
    page.locator("textarea[name=notes]").fill(SAID)
    page.locator("button[name=go][value=done]").click()
    told(page)
    page.goto(agenda)
    page.locator("button[name=go][value=close]").click()
    minutes = page.locator(".minutes")
    expect(minutes).to_contain_text(SAID)
    expect(minutes).to_contain_text(seat.name)


def decide(page: Page, call: Call) -> dt.datetime:
    """Drafted, reasons assembled, one departure from the order; refused until it has its reasons.

    The moment of publication that was set.
    """
    page.goto(call.admin("decision/"))
    page.locator("button[value=draft]").click()
    reasons = page.locator("textarea[name^=reason-]")
    expect(reasons).to_have_count(len(PROPOSALS))
    page.locator("button[value=assemble]").click()
    told(page)
    written = [field.input_value() for field in reasons.all()]
    assert all("sen lukee" in words for words in written), written
    page.locator("textarea[name=statement]").fill(STATEMENT)
    page.locator("input[name=needs_signatures]").check()
    now = dt.datetime.now(dt.UTC)
    moment = (now + dt.timedelta(seconds=75)).replace(second=0, microsecond=0)
    page.locator("input[name=publish_at]").fill(steps.local_minute(moment - now))
    wins = page.locator("input[name^=awarded-]")
    assert [box.is_checked() for box in wins.all()] == [True] * 4 + [False] * 4
    wins.nth(3).uncheck()
    wins.nth(4).check()
    page.locator("button[value=propose]").click()
    expect(page.locator(".help-critical, .error-message").first).to_be_visible()
    deviation = page.locator("textarea[name^=deviation-]")  # of the one that is passed over
    expect(deviation).to_have_count(1)
    deviation.fill(DEVIATION)
    page.locator("button[value=propose]").click()
    told(page)
    expect(page.locator("button[value=approve]")).to_have_count(0)
    return moment


def approve_and_sign(
    page: Page, second: Page, seats: list[Seat], server: Server, visitor: Visitor, call: Call
) -> None:
    """Nothing is out before the last of the five has signed."""
    letter = server.mail.wait(SECOND, where=lambda one: call.admin("decision/") in one.text)
    second.goto(next(link for link in letter.links if "/decision/" in link))
    second.locator("button[value=approve]").click()
    told(second)
    stranger = visitor(1440)
    for number, seat in enumerate(seats):
        answer = stranger.goto(f"/fi/haasteet/{call.slug}/tulokset/")
        assert answer is not None
        assert answer.status == 404, number
        jury.sign(seat, server)
    page.goto(call.admin("decision/"))
    for seat in seats:
        expect(page.locator("section:has(#signatures-title)")).to_contain_text(seat.name)


# Afterwards ------------------------------------------------------------------------------------


def see_publication(visitor: Visitor, server: Server, call: Call, moment: dt.datetime) -> list[str]:
    """At its minute: the page, a letter to each entrant with their own points; the winners."""
    stranger, results = visitor(1440), f"/fi/haasteet/{call.slug}/tulokset/"
    if dt.datetime.now(dt.UTC) < moment - dt.timedelta(seconds=2):
        assert stranger.request.get(results).status == 404
    time.sleep(max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds()))
    published = "SELECT count(*) FROM scoring_decision WHERE challenge_id = ? AND state = ?"
    jury.wait_for(server, published, call.pk, "published", why="it was not published")
    at = server.sql("SELECT published_at FROM scoring_decision WHERE challenge_id = ?", call.pk)
    assert dt.datetime.fromisoformat(at[0][0]).replace(tzinfo=dt.UTC) >= moment
    stranger.goto(results)
    steps.reload_until(stranger, ".poster")
    expect(stranger.locator(".poster")).to_have_count(4)
    expect(stranger.locator(".verdicts li")).to_have_count(len(PROPOSALS) - 4)
    expect(stranger.locator("main")).to_contain_text(STATEMENT)
    winners: list[str] = stranger.locator(".poster h3").all_inner_texts()
    winners = [title.replace("\u00ad", "") for title in winners]

    for number, (title, _quality) in enumerate(PROPOSALS):
        address = jury.entrant(number)
        letter = server.mail.wait(address, where=lambda one: "/tulokset/" in one.text)
        assert sum("/tulokset/" in one.text for one in server.mail.to(address)) == 1
        assert title in letter.subject
    entrant = visitor(390)
    entrant.goto(next(link for link in letter.links if "/e/" in link))
    feedback = entrant.locator(".feedback")
    expect(feedback.locator("dl.criteria > div")).to_have_count(len(jury.CRITERIA))
    expect(feedback.locator("blockquote")).to_have_count(READERS)
    return winners


def read_report(page: Page, call: Call, winners: list[str]) -> None:
    page.goto(f"/fi/haasteet/{call.slug}/tulokset/")
    steps.reload_until(page, "a[href$='/tulokset/raportti/']", seconds=PRINTING)
    answer = page.request.get(f"/fi/haasteet/{call.slug}/tulokset/raportti/")
    assert answer.body()[:4] == b"%PDF"
    read = " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)
    words = re.sub(r"\s+", " ", read.replace("\u00ad", ""))
    assert [title for title in winners if title not in words] == []
    assert [name for name, _email, _mildness in JURORS if name not in words] == []
    assert DEVIATION in words


def recompute(package: Path, elsewhere: Path) -> subprocess.CompletedProcess[str]:
    """In a fresh process, on a folder that has no database."""
    elsewhere.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "manage.py", "recompute", str(package)],
        cwd=ROOT,
        env=environment(elsewhere),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def audit(page: Page, server: Server, call: Call, folder: Path) -> None:
    page.goto(call.admin("record/"))
    page.locator("button[name=go][value=package]").click()
    told(page)
    steps.reload_until(page, "a:has-text('-audit.zip')", seconds=PRINTING)
    link = page.locator("a:has-text('-audit.zip')").first.get_attribute("href")
    package, forged = folder / "package.zip", folder / "forged.zip"
    package.write_bytes(page.request.get(link or "").body())

    files = jury.files_of(package)
    assert files["report.pdf"][:4] == b"%PDF"
    ((kept,),) = server.sql(
        "SELECT ranking_digest FROM scoring_decision WHERE challenge_id = ?", call.pk
    )
    decision = json.loads(files["decision.json"])
    assert decision["ranking_sha256"] == kept
    assert len(decision["signatures"]) == len(JURORS)
    assert decision["ranking"]["rankings"] == json.loads(files["ranking.json"])["rankings"]
    assert len(json.loads(files["sheets.json"])) == READERS * len(PROPOSALS)
    same = recompute(package, folder / "auditor")
    assert (same.returncode, same.stderr) == (0, "")
    assert "Everything recomputes" in same.stdout
    sheet = jury.forge(package, forged)
    other = recompute(forged, folder / "auditor")
    assert other.returncode == 1
    assert other.stderr.splitlines()[0] == f"{sheet}: its digest is not of its content"

    assert "as sealed, 0 not yet sealed" in server.manage("audit", "--verify")
    changed = "verb = 'decision.published' AND chain = (SELECT chain FROM core_auditentry"
    changed += " WHERE verb = 'challenge.created' AND target_id = ?)"
    for (name,) in server.sql(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'core_auditentry'"
    ):
        server.sql(f"DROP TRIGGER {name}")
    server.sql(f"UPDATE core_auditentry SET by_label = 'Joku muu' WHERE {changed}", str(call.pk))
    with pytest.raises(AssertionError, match="the audit log is broken"):
        manage(server.var, "audit", "--verify")
