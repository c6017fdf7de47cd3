"""Staff take in proposals: one from paper, a table with a fault that is mended; the compilation."""

import datetime as dt
import io
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, Watch, become

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN = re.compile(r"\[([\w]+)\]$")


def kuopio(server: Server) -> int:
    query = "SELECT id FROM challenges_challenge WHERE slug = ?"
    return int(server.sql(query, steps.KUOPIO)[0][0])


def yesterday() -> dt.datetime:
    return dt.datetime.now(ZoneInfo("Europe/Helsinki")) - dt.timedelta(days=1)


def count(server: Server, pk: int) -> int:
    query = "SELECT COUNT(*) FROM ideas_idea WHERE challenge_id = ? AND number IS NOT NULL"
    return int(server.sql(query, pk)[0][0])


def test_a_paper_is_typed_in_and_a_missing_answer_loses_nothing(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400")
    pk = kuopio(server)
    before = count(server, pk)
    become(page, "staff")
    page.goto(f"/admin/ideas/{pk}/intake/citizens/")
    page.locator("[name=arrival-source][value=paper]").check()
    page.locator("[name=arrival-arrived]").fill(yesterday().strftime("%Y-%m-%dT%H:%M"))
    page.locator("[name=problem]").fill(steps.PROBLEM)
    page.locator("[name=who][value=children]").check()
    page.locator("[name=how_often][value=weekly]").check()
    page.locator("[name=theme][value=education]").check()
    page.locator("[name=municipality]").select_option(label="Kuopio")
    page.locator("[name=name_public][value=no]").check()
    take = page.locator("main form p > button[type=submit]").last
    take.click()  # its name has been forgotten
    expect(page.locator(".error-message").first).to_be_visible()
    expect(page.locator("[name=problem]")).to_have_value(steps.PROBLEM)
    page.locator("[name=title]").fill("Paperilla tullut ehdotus")
    take.click()
    expect(page).to_have_url(re.compile(r"/proposals/\d+/$"))
    expect(page.locator("h3").first).to_contain_text("Paperilla tullut ehdotus")
    assert count(server, pk) == before + 1
    row = "SELECT source, contact_email FROM ideas_idea WHERE title = 'Paperilla tullut ehdotus'"
    assert server.sql(row) == [("paper", "")]


def table(headings: list[str], *rows: dict[str, str]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(headings)
    keys = [found[1] if (found := COLUMN.search(one)) else "" for one in headings]
    for row in rows:
        sheet.append([row.get(key, "") for key in keys])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def give(page: Page, content: bytes) -> None:
    page.locator("input[name=file]").set_input_files(
        [{"name": "lista.xlsx", "mimeType": XLSX, "buffer": content}]
    )
    page.locator("form[enctype] button").click()


def test_a_table_with_a_fault_is_mended_and_given_again_it_changes_nothing(
    page: Page, server: Server, watch: Watch
) -> None:
    watch.allow("status of 400")
    pk = kuopio(server)
    before = count(server, pk)
    become(page, "staff")
    here = f"/admin/ideas/{pk}/intake/citizens/table/"
    page.goto(here)
    with page.expect_download() as download:
        page.locator("a[href$='template.xlsx']").click()
    template = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert template is not None
    headings = [str(cell.value) for cell in template[1]]
    first = {
        "id": "K1",
        "source": "paper",
        "arrived": yesterday().strftime("%d.%m.%Y %H.%M"),
        "language": "fi",
        "problem": steps.PROBLEM,
        "title": "Taulukosta ensimmäinen",
        "who": "children; families",
        "how_often": "weekly",
        "theme": "education",
        "municipality": "Kuopio",
        "name_public": "no",
    }
    second = {**first, "id": "K2", "title": "Taulukosta toinen"}

    # The fault is told by its row and column, and nothing is taken in.
    give(page, table(headings, first, {**second, "theme": "kuutamo"}))
    faults = page.locator("table.listing tbody tr")
    expect(faults).to_have_count(1)
    expect(faults.locator("td").nth(0)).to_have_text("3")
    expect(faults.locator("td").nth(1)).to_contain_text("theme")
    look(page, "admin/ideas/intake_table.html")
    assert count(server, pk) == before

    give(page, table(headings, first, second))
    expect(page.locator(".help-info[role=status]")).to_contain_text("2")
    assert count(server, pk) == before
    page.locator("button[name=take]").click()
    expect(page).to_have_url(re.compile("/proposals/$"))
    assert count(server, pk) == before + 2

    page.goto(here)
    give(page, table(headings, first, second))
    expect(page.locator(".help-info[role=status]")).to_contain_text("2")
    expect(page.locator("button[name=take]")).to_have_count(0)
    assert count(server, pk) == before + 2


def test_the_compilation_is_made_in_the_background_and_downloaded_in_every_form(
    page: Page, visitor: Visitor, server: Server
) -> None:
    pk = kuopio(server)
    public = int(server.sql("SELECT public_ideas FROM challenges_challenge WHERE id = ?", pk)[0][0])
    become(page, "staff")
    page.goto(f"/admin/ideas/{pk}/compilation/")
    page.locator("main form button").last.click()
    # The page looks again by itself; it tells how far the work is, and ends by a link.
    rows = page.locator("table.listing tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("a[href$='/kooste/']")).to_be_visible(timeout=120_000)
    expect(rows.filter(has_text="Valmis")).to_have_count(3, timeout=120_000)

    reader = visitor(390)
    reader.goto(f"/fi/haasteet/{steps.KUOPIO}/kooste/")
    expect(reader.locator("section.all article")).to_have_count(public)
    look(reader, "ideas/compilation.html")
    begins = {}
    for kind in ("kooste.pdf", ".xlsx", ".csv"):
        href = reader.locator(f"main p.row a[href$='{kind}']").get_attribute("href")
        found = reader.request.get(str(href))
        assert found.ok, kind
        begins[kind] = found.body()
    assert begins["kooste.pdf"].startswith(b"%PDF-")
    sheet = load_workbook(io.BytesIO(begins[".xlsx"])).active
    assert sheet is not None
    assert sheet.max_row == public + 1
    assert begins[".csv"].decode("utf-8-sig").count("\n") > public
