"""The jury's pages by axe at two widths.

The fixture `watch` adds to each: no breach of the security policy, no request to elsewhere. Each
template is named where a page of it is looked at (test_accessibility.py misses none).
"""

import re

from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import Server, Watch, become, sign_in


def test_jurors_pages(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 400")
    page = visitor(1440)
    become(page, "juror")
    page.goto("/fi/tuomari/")
    look(page, "scoring/juries.html")
    page.locator("main a.btn").first.click()
    look(page, "scoring/queue.html")
    page.locator(".queue-list li.done a").first.click()
    look(page, "scoring/desk.html")
    page.goto("/fi/tuomari/")
    page.locator("main a.btn").first.click()
    page.locator(".queue-list li.half a").first.click()
    look(page, "scoring/desk.html")
    page.locator("button[name=go][value=submit]").click()
    look(page, "scoring/desk.html")
    sheet = page.url
    page.goto(sheet + "jaavaa/")
    page.locator("main form button[type=submit]").click()
    look(page, "scoring/abstain.html")
    page.goto(sheet + "tuloste/")
    look(page, "scoring/print.html")
    page.goto("/fi/tuomari/")
    page.locator("main a.btn").first.click()
    page.goto(page.url + "omat/")
    look(page, "scoring/strip.html")
    chair = visitor(1440)
    become(chair, "jury-staff")
    chair.goto(f"/fi/tuomari/puheenjohtaja/{steps.OULU}/")
    look(chair, "scoring/chair.html")
    chair.locator("a[href*='/avaa/']").first.click()
    chair.locator("main form button[type=submit]").click()
    look(chair, "scoring/reopen.html")

    late = visitor(1440)
    sign_in(late, server, "nuutti.keksikangas@tuomari.example")
    late.goto("/fi/tuomari/")
    late.locator("main a.btn").first.click()
    late.locator(".queue-list a").first.click()
    look(late, "scoring/gate.html")
    late.go_back()
    late.locator("a[href$='/sidokset/']").click()
    look(late, "scoring/ties.html")
    late.locator("main form button[type=submit]").click()
    look(late, "scoring/ties.html")

    talker = visitor(1440)
    seat, email = server.sql(
        "SELECT j.id, j.email FROM scoring_juror j JOIN scoring_sign s ON s.juror_id = j.id"
        " WHERE s.asked_at IS NOT NULL ORDER BY j.id LIMIT 1"
    )[0]
    sign_in(talker, server, email)
    talker.goto(f"/fi/tuomari/{seat}/perustelut/")
    look(talker, "scoring/reasons.html")
    talker.goto(f"/fi/tuomari/{seat}/kokous/")
    look(talker, "scoring/meeting.html")

    guest = visitor(1440)
    address = "kerttu.esimerkkimaki@tuomari.example"
    server.sql("UPDATE scoring_juror SET state = 'invited' WHERE email = ?", address)
    guest.goto("/fi/kirjaudu/")
    guest.locator("main input[name=email]").fill("ei osoite")
    guest.locator("main form:has(input[name=email]) button").click()
    look(guest, "account/sign_in.html")
    before = len(server.mail.to(address))
    guest.locator("main input[name=email]").fill(address)
    guest.locator("main form:has(input[name=email]) button").click()
    look(guest, "account/code.html")
    guest.locator("main input[name=code]").fill(server.mail.wait(address, after=before).code)
    guest.locator("main form:has(input[name=code]) button").click()
    guest.goto("/fi/tuomari/")
    guest.locator("main a.btn").first.click()
    guest.locator("button[name=answer][value=yes]").click()
    look(guest, "scoring/invitation.html")


def test_pages_after_the_decision(visitor: Visitor, server: Server, watch: Watch) -> None:
    """Of a juror who signs and of an entrant who asks for a correction."""
    watch.allow("status of 4")
    seat, address = server.sql(
        "SELECT j.id, j.email FROM scoring_signature s JOIN scoring_juror j ON j.id = s.juror_id"
        " ORDER BY j.id LIMIT 1"
    )[0]
    page = visitor(1440)
    sign_in(page, server, address)
    page.goto(f"/fi/tuomari/{seat}/allekirjoitus/")
    look(page, "scoring/sign.html")

    letter = server.sql(
        "SELECT text FROM core_mail WHERE template = 'idea_decided' AND text LIKE '%/fi/e/%'"
        " ORDER BY id LIMIT 1"
    )[0][0]
    private = re.findall(r"/fi/e/[^/\s]+/", letter)[0]
    server.sql("UPDATE scoring_decision SET objections_until = '2099-01-01 00:00:00'")
    entrant = visitor(1440)
    entrant.goto(private)
    look(entrant, "ideas/status.html")
    entrant.goto(f"{private}-paatos/oikaisu/")
    look(entrant, "scoring/correction.html")
    entrant.locator("main form button[type=submit]").click()
    look(entrant, "scoring/correction.html")
