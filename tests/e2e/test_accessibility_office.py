"""The back office's own pages by axe.

Each template is named where a page of it is looked at (test_accessibility.py misses none).
"""

import re

from playwright.sync_api import expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, axe, become


def admin_paths(server: Server) -> list[str]:
    """The back office's own pages: of a challenge with the jury, of a decided one."""
    oulu, mikkeli = (
        server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", slug)[0][0]
        for slug in (steps.OULU, steps.MIKKELI)
    )
    juror = server.sql("SELECT id FROM scoring_juror WHERE challenge_id = ? LIMIT 1", oulu)[0][0]
    tabs = {
        "challenges": [
            "",
            "basics",
            "profile",
            "questions",
            "series/organisations",
            "timetable",
            "open",
            "cancel",
        ],
        "ideas": [
            "proposals",
            "proposals/1",
            "proposals/1/merge",
            "extensions",
            "moderation",
            "bulk",
        ],
        "scoring": [
            "rubrics",
            "rubrics/organisations",
            "rubrics/organisations/preview/entrant",
            "jury",
            "jury/invite",
            "jury/ties",
        ],
    }
    more = {
        "challenges": ["forms", "forms/organisations", "forms/organisations/preview"],
        "ideas": ["trial/organisations"],
        "scoring": [
            *(f"jury/{juror}", f"jury/{juror}/remove", "jury/terms", "rounds"),
            *(f"rounds/organisations/{name}" for name in ("assign", "close", "advance", "runs")),
            *("rounds/organisations/proposal/1", "ranking", "ranking/signs", "decision", "record"),
            *("dashboard", "dashboard/remind", "meetings"),
        ],
    }
    found = ["/admin/challenges/", "/admin/challenges/new/"]
    for group in (tabs, more):
        for app, names in group.items():
            found += [f"/admin/{app}/{oulu}/{name}/".replace("//", "/") for name in names]
    found.append(f"/admin/ideas/{mikkeli}/bulk/?which=all&action=move")
    round_, meeting = server.sql("SELECT round_id, id FROM scoring_meeting ORDER BY id LIMIT 1")[0]
    found += [
        f"/admin/scoring/{mikkeli}/{name}/"
        for name in (
            *("ranking", "decision", "jury", "record", "dashboard", "meetings"),
            *(f"ranking/{round_}/weights", f"ranking/{round_}/grey", f"meetings/{meeting}"),
            f"meetings/{meeting}/1",
        )
    ]
    return found


def test_back_office(visitor: Visitor, server: Server) -> None:
    page = visitor(1440)
    become(page, "owner")
    for path in admin_paths(server):
        page.goto(path)
        page.locator("#main").wait_for()
        axe(page)
    challenge, meeting = server.sql(
        "SELECT s.challenge_id, m.id FROM scoring_meeting m"
        " JOIN scoring_round r ON r.id = m.round_id"
        " JOIN challenges_series s ON s.id = r.series_id ORDER BY m.id LIMIT 1"
    )[0]
    page.goto(f"/admin/scoring/{challenge}/meetings/{meeting}/1/projector/")
    look(page, "admin/scoring/projector.html")
    page.goto(f"/admin/scoring/{challenge}/meetings/{meeting}/minutes/")
    look(page, "admin/scoring/minutes.html")
    oulu = server.sql("SELECT id FROM challenges_challenge WHERE slug = ?", steps.OULU)[0][0]
    page.goto(f"/admin/ideas/{oulu}/trial/organisations/-juror/")
    look(page, "ideas/trial.html")
    server.sql("UPDATE challenges_series SET blind = 1 WHERE challenge_id = ?", oulu)
    page.goto(f"/admin/scoring/{oulu}/jury/names/")
    axe(page)
    page.locator("textarea[name=reason]").fill("Sidoksen selvitys")
    page.get_by_role("button", name=re.compile("Näytä ehdottajat|Show who proposes")).click()
    expect(page.locator("table.listing").first).to_be_visible()
    axe(page)
    server.sql("UPDATE challenges_series SET blind = 0 WHERE challenge_id = ?", oulu)


def test_back_office_of_a_challenge_being_made(visitor: Visitor, server: Server) -> None:
    page = visitor(1440)
    become(page, "staff")
    page.goto("/admin/challenges/new/")
    page.locator("main form button[type=submit]").last.click()
    axe(page)
    page.locator("input[name=title_fi]").fill("Katsottava haaste")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator(".tk-checklist")).to_be_visible()
    pk = re.findall(r"/challenges/(\d+)/", page.url)[0]
    for path in (
        f"challenges/{pk}",
        *(f"challenges/{pk}/open", f"challenges/{pk}/forms/citizens"),
        *(f"challenges/{pk}/forms/citizens/question", f"challenges/{pk}/forms/citizens/step"),
        *(f"scoring/{pk}/rubrics", f"scoring/{pk}/rubrics/organisations"),
        *(f"scoring/{pk}/rubrics/organisations/{name}" for name in ("publish", "start", "correct")),
        *(f"scoring/{pk}/rubrics/organisations/preview/juror", f"scoring/{pk}/decision"),
        *(f"ideas/{pk}/proposals", f"scoring/{pk}/jury", f"scoring/{pk}/ranking"),
    ):
        page.goto(f"/admin/{path}/")
        page.locator("#main").wait_for()
        axe(page)
