"""Everybody's, citizens', companies' and municipalities' pages by axe at two widths.

The fixture `watch` adds to each: no breach of the security policy, no request to elsewhere. Each
template is named where a page of it is looked at (the last test misses none).
"""

import re
import time
from pathlib import Path
from uuid import UUID

from playwright.sync_api import expect

from tests.e2e import files, steps
from tests.e2e.conftest import Visitor
from tests.e2e.looking import look
from tests.e2e.support import ROOT, Server, Watch, become, sign_in

# Nobody is led to these: a base of others, and pages for what the rest of the house never does.
NOT_REACHED = {"429.html", "bare.html", "403.html"}

PUBLIC = {
    "/fi/": "cms/home_page.html",
    "/sv/": "cms/home_page.html",
    "/en/nain-toimii/": "cms/content_page.html",
    "/fi/saavutettavuus/": "cms/content_page.html",
    "/fi/haasteet/": "challenges/list.html",
    "/fi/kuopio/": "challenges/host_page.html",
    f"/fi/kuopio/{steps.KUOPIO}/": "challenges/challenge_page.html",
    f"/en/oulu/{steps.OULU}/": "challenges/challenge_page.html",
    f"/sv/pietarsaari/{steps.PIETARSAARI}/": "challenges/challenge_page.html",
    f"/fi/mikkeli/{steps.MIKKELI}/": "challenges/challenge_page.html",
    f"/fi/haasteet/{steps.MIKKELI}/tulokset/": "scoring/results.html",
    f"/fi/haasteet/{steps.KUOPIO}/arviointi/citizens/": "scoring/rubric.html",
    f"/fi/haasteet/{steps.KUOPIO}/arviointi/citizens/2/muutokset/": "scoring/rubric_changes.html",
    f"/fi/haasteet/{steps.MIKKELI}/ehdotukset/": "ideas/list.html",
    f"/fi/haasteet/{steps.KUOPIO}/ehdotukset/?q=eiole": "ideas/list.html",
    "/fi/ratkaisut/": "search/catalogue.html",
    "/en/ratkaisut/?q=koulu&readiness=pilot": "search/catalogue.html",
    "/fi/ratkaisut/?q=qwertyzxcv": "search/catalogue.html",
    "/fi/ratkaisut/?q=koulu&more=1&target=families": "search/catalogue.html",
    "/fi/ratkaisut/vertailu/": "catalogue/comparison.html",
    f"/fi/haasteet/{steps.KUOPIO}/kysymykset/": "challenges/questions.html",
    f"/fi/haasteet/{steps.KUOPIO}/kysymykset/kiitos/": "challenges/asked.html",
    f"/fi/haasteet/{steps.KUOPIO}/seuraa/": "challenges/follow.html",
    "/fi/seuraa/kiitos/": "challenges/follow_asked.html",
    "/sv/seuraa/loppu/": "challenges/follow_ended.html",
    "/fi/seuraa/ei.1.ole/": "challenges/not_followed.html",
    "/fi/kannatus/kiitos/": "ideas/letter_sent.html",
    "/fi/ilmoitus/kiitos/": "ideas/reported.html",
    "/fi/tarve/?q=koira": "challenges/need.html",
    "/sv/tarve/kiitos/": "challenges/need_told.html",
    "/fi/kunnat/": "accounts/municipalities.html",
    "/fi/kunnat/?q=eiole": "accounts/municipalities.html",
    "/fi/organisaatiot/mikkeli/": "accounts/organisation.html",
    "/fi/kirjaudu/": "account/sign_in.html",
    "/fi/kirjaudu/suljettu/": "account/account_inactive.html",
    "/fi/demo/posti/": "demo/mailbox.html",
    steps.CITIZEN: "ideas/step.html",
    f"/fi/ehdota/{steps.PIETARSAARI}/citizens/": "ideas/closed.html",
    "/fi/tata-ei-ole/": "404.html",
}


def in_catalogue(server: Server, where: str) -> str:
    return str(
        server.sql(f"SELECT slug FROM catalogue_solution WHERE {where} ORDER BY slug LIMIT 1")[0][0]
    )


def examples(server: Server) -> dict[str, str]:
    """Pages whose address is known from the database only."""
    winner, other = (
        server.sql(
            "SELECT uid FROM ideas_idea WHERE awarded = ? AND state = 'decided' LIMIT 1", flag
        )[0][0]
        for flag in (1, 0)
    )
    fresh = server.sql("SELECT uid FROM ideas_idea WHERE state = 'submitted' LIMIT 1")[0][0]
    solution, comparison = "catalogue/solution.html", "catalogue/comparison.html"
    rows = server.sql("SELECT slug FROM catalogue_solution WHERE live = 1 ORDER BY slug LIMIT 5")
    compared = [f"s={slug}" for (slug,) in rows]
    return {
        f"/fi/ratkaisut/vertailu/?{'&'.join(compared[:1])}&s=ei-ole": comparison,
        f"/sv/ratkaisut/vertailu/?{'&'.join(compared[:2])}&differ=1": comparison,
        f"/fi/ratkaisut/vertailu/?{'&'.join(compared)}": comparison,
        f"/fi/ratkaisut/?q=koulu&{'&'.join(compared[:4])}": "search/catalogue.html",
        f"/fi/ratkaisut/{rows[0][0]}/?{compared[1]}": solution,
        f"/fi/ratkaisut/{in_catalogue(server, 'idea_id IS NOT NULL')}/": solution,
        f"/sv/ratkaisut/{in_catalogue(server, 'idea_id IS NULL')}/": solution,
        f"/fi/ratkaisut/{in_catalogue(server, 'evidence = 4')}/": solution,
        f"/fi/ratkaisut/{in_catalogue(server, 'evidence = 4')}/miksi/?q=koti": "search/why.html",
        f"/fi/ehdotus/{winner}/": "ideas/page.html",
        f"/fi/ehdotus/{other}/": "ideas/page.html",
        f"/en/ehdotus/{fresh}/": "ideas/page.html",
        f"/fi/ehdotus/{other}/kannata/": "ideas/support.html",
        f"/fi/ehdotus/{other}/ilmoita/": "ideas/report.html",
    }


def test_public_pages(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 404")
    page = visitor(1440)
    for path, template in (PUBLIC | examples(server)).items():
        page.goto(path)
        look(page, template)


def test_citizens_pages(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 4")
    page, address = visitor(1440), "katsottu@asukas.example"
    page.goto(steps.CITIZEN)
    steps.go_on(page)
    look(page, "ideas/step.html")
    steps.write_whole(page, "Katsottu", address)
    look(page, "ideas/review.html")
    review = page.url
    for step in ("problem", "people", "proposal", "you"):
        page.goto(review.replace("-tarkista", step))
        look(page, "ideas/step.html")
    page.goto(review.replace("-tarkista", "-linkki"))
    look(page, "ideas/send_link.html")
    page.locator("main form button[type=submit]").click()
    look(page, "ideas/send_link.html")

    page.goto(review)
    page.context.clear_cookies(name="csrftoken")
    page.locator("form[action$='/-laheta/'] button").click()
    look(page, "core/csrf_failure.html")
    page.goto(review)
    steps.hand_in(page)
    look(page, "ideas/receipt.html")
    page.goto(review.replace("-tarkista/", ""))
    look(page, "ideas/status.html")
    page.goto(review.replace("-tarkista", "-peru"))
    look(page, "ideas/withdraw.html")
    page.locator("main form button").click()
    look(page, "ideas/withdrawn.html")

    page.goto(steps.CITIZEN)
    steps.first_step(page, "Myöhässä")
    steps.go_on(page)
    expect(page.locator("#q-municipality")).to_be_visible()
    with steps.closed(server, steps.KUOPIO):
        page.reload()
        look(page, "ideas/late.html")


def ask_to_join(server: Server, uid: UUID) -> None:
    """Somebody asks to join a draft, as if it were public."""
    server.sql(
        "INSERT INTO ideas_joinrequest (idea_id, person_id, message, asked_at, accepted) "
        "SELECT i.id, u.id, 'Teen samaa: tehdään yhdessä.', i.saved_at, 0 "
        "FROM ideas_idea i, accounts_user u WHERE i.uid = ? AND NOT u.is_superuser LIMIT 1",
        uid.hex,
    )


def in_kuopio(server: Server) -> str:
    """A citizen's public proposal to the open challenge."""
    query = (
        "SELECT uid FROM ideas_idea WHERE state = 'submitted' AND published_at IS NOT NULL "
        "AND challenge_id = (SELECT id FROM challenges_challenge WHERE slug = ?) LIMIT 1"
    )
    ((uid,),) = server.sql(query, steps.KUOPIO)
    return str(uid)


def test_companys_pages(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 4")
    page = visitor(1440)
    become(page, "company")
    look(page, "accounts/home.html")
    for path, template in {
        "/fi/oma/tiedot/": "accounts/profile.html",
        "/fi/oma/tiedot/poista/": "accounts/erase.html",
        "/fi/oma/organisaatio/": "accounts/organisation_form.html",
        "/fi/kirjaudu-ulos/": "account/logout.html",
        steps.COMPANY: "ideas/company_start.html",
    }.items():
        page.goto(path)
        look(page, template)
    page.goto("/fi/oma/organisaatio/")
    page.locator("main form button[type=submit]").click()
    look(page, "accounts/organisation_form.html")

    page.goto(steps.COMPANY)
    page.locator("input[name=organisation]").first.check()
    page.locator("main form .go button").click()
    look(page, "ideas/tasks.html")
    tasks = page.url
    page.goto(tasks.replace("-osat", "attachments"))
    chosen = [files.upload("kuvaus.pdf", files.pdf()), files.upload("sivu.pdf", b"<html>")]
    page.locator("#q-attachments").set_input_files(chosen)
    page.locator("button[name=upload]").first.click()
    look(page, "ideas/step.html")
    page.goto(tasks.replace("-osat", "-tarkista"))
    look(page, "ideas/preview.html")
    page.goto(tasks.replace("-osat", "-kirjoittajat"))
    page.locator("input[name=email]").fill("kollega@toinen.example")
    page.locator("main form:has(input[name=email]) button").click()
    look(page, "ideas/team.html")

    other = visitor(1440)
    sign_in(other, server, "kollega@toinen.example")
    other.goto(tasks.replace("-osat", "-liity"))
    look(other, "ideas/join.html")
    other.locator("input[name=show]").check()
    other.locator("input[name=name]").fill("")
    other.locator("main form button[type=submit]").click()
    expect(other.locator(".error-summary a")).to_have_count(1)
    look(other, "ideas/join.html")
    other.locator("input[name=name]").fill("Kaisa Kollega")
    other.locator("main form button[type=submit]").click()
    expect(other.locator("#messages, .tasks, .task-list").first).to_be_visible()
    page.goto(tasks.replace("-osat", "-kirjoittajat"))
    page.locator("button[name=role][value=reader]").click()
    look(page, "ideas/team.html")
    other.goto(tasks.replace("-osat/", ""))
    look(other, "ideas/reading.html")
    ask_to_join(server, UUID(tasks.split("/")[-3]))
    page.goto(tasks.replace("-osat", "-kirjoittajat"))
    expect(page.locator("#askers")).to_be_visible()
    look(page, "ideas/team.html")
    public = in_kuopio(server)
    server.sql("UPDATE ideas_idea SET takes_askers = 1 WHERE uid = ?", public)
    page.goto(f"/fi/ehdotus/{public}/liity/")
    page.locator("main form button[type=submit]").click()
    look(page, "ideas/ask.html")
    stranger = visitor(1440)
    become(stranger, "municipality")
    stranger.goto(tasks.replace("-osat", "-liity"))
    look(stranger, "ideas/not_invited.html")

    # Its own page: the only administrator cannot leave.
    page.goto("/fi/oma/")
    page.locator("main a[href*='/organisaatiot/']").first.click()
    look(page, "accounts/organisation.html")
    page.locator("form[action$='/loppu/'] button").first.click()
    look(page, "core/problem.html")
    page.goto(tasks.replace("-osat", "evidence"))
    page.context.clear_cookies(name="sessionid")
    page.locator("#q-evidence").fill("Tämä teksti on kirjoitettu, kun istunto oli jo päättynyt.")
    steps.go_on(page)
    look(page, "core/signed_out.html")


def test_municipalitys_pages(visitor: Visitor, server: Server, watch: Watch) -> None:
    watch.allow("status of 400")
    page = visitor(1440)
    slug = in_catalogue(server, "idea_id IS NOT NULL")
    become(page, "municipality")
    page.goto(f"/fi/ratkaisut/{slug}/kaytto/")
    look(page, "catalogue/reuse.html")
    page.locator("main form button[type=submit]").click()
    look(page, "catalogue/reuse.html")
    used = "id IN (SELECT solution_id FROM catalogue_reuse r JOIN accounts_organisation o"
    own = in_catalogue(
        server, f"{used} ON o.id = organisation_id WHERE o.name = 'Joensuu' AND stage = 'in_use')"
    )
    page.goto(f"/fi/ratkaisut/{own}/naytto/")
    look(page, "catalogue/claim.html")
    page.locator("main form button[type=submit]").click()
    look(page, "catalogue/claim.html")
    page.goto(f"/fi/ratkaisut/{in_catalogue(server, 'evidence = 4')}/naytto/")
    look(page, "catalogue/claim_first.html")
    claim = server.sql("SELECT uid FROM catalogue_claim WHERE verified_by_id IS NULL LIMIT 1")[0][0]
    page.goto(f"/fi/naytto/{UUID(claim)}/vahvistus/")
    expect(page.locator("main form")).to_be_visible()
    look(page, "catalogue/claim_verify.html")
    page.goto("/fi/ratkaisut/?q=koulu&region=Pohjois-Savo")
    page.get_by_role("link", name="Talleta tämä haku").click()
    look(page, "search/save.html")
    page.locator("[name=name]").fill("")
    page.locator("main form button[type=submit]").last.click()
    look(page, "search/save.html")
    page.locator("[name=name]").fill("Koulut")
    page.locator("main form button[type=submit]").last.click()
    look(page, "search/catalogue.html")
    page.goto("/fi/oma/")
    expect(page.get_by_role("link", name="Koulut", exact=True)).to_be_visible()
    look(page, "accounts/home.html")
    firm = visitor(1440)
    become(firm, "company")
    firm.goto(f"/fi/ratkaisut/{slug}/kaytto/")
    look(firm, "catalogue/reuse_who.html")


MADE = f"""
from catalogue import reviews
from catalogue.models import Review, Solution
from challenges import following
from challenges.models import Challenge, Follower
from core import clock
from ideas import comments, links, support
from ideas.compilation import order_compilation
from ideas.models import Idea, Support
at = clock.now()
order_compilation(challenge=Challenge.objects.get(slug="{steps.MIKKELI}"), by=None, at=at)
solution = Solution.objects.published().exclude(contact_email="").first()
asked, _ = Review.objects.get_or_create(
    solution=solution, answer="", defaults={{"asked_on": clock.local(at).date()}}
)
call = Challenge.objects.get(slug="{steps.KUOPIO}")
follower, _ = Follower.objects.get_or_create(
    challenge=call, followed=call.uid, email="katsottu@posti.example", defaults={{"asked_at": at}}
)
print(reviews.token_of(asked, reviews._mark_of(solution.contact_email)))
print(following.token_of(follower))
idea = Idea.objects.public().filter(challenge__state="opened").first()
given, _ = Support.objects.get_or_create(
    idea=idea, email="katsottu@posti.example", defaults={{"asked_at": at}}
)
print(support.token_of(given))
said = comments.write(
    idea=idea, name="Naapuri", email="katsottu@posti.example", text="Hyvä.", language="fi", by=None,
    at=at,
)
print(comments.token_of(said))
print(idea.uid.hex)
print(links.token_of(idea), comments.confirm(said, at=at).uid)
hidden = Idea.objects.public().exclude(pk=idea.pk).first()
Idea.objects.filter(pk=hidden.pk).update(hidden_at=at, hidden_because="Mainos")
print(hidden.uid.hex)
"""
COMPILED = "SELECT 1 FROM ideas_compilation WHERE language = 'fi' AND state = 'ready'"


def test_pages_that_wait_for_a_day_or_an_order(
    visitor: Visitor, server: Server, watch: Watch
) -> None:
    """The compilation, what opens by a secret link, and what the public says of a proposal."""
    watch.allow("status of 410")
    token, follows, supports, says, shown, proposer, said, hidden = server.python(MADE).split()
    page = visitor(1440)
    page.goto(f"/fi/seuraa/{follows}/")
    expect(page.locator("main form button").first).to_be_visible()
    look(page, "challenges/following.html")
    page.goto(f"/fi/kannatus/{supports}/")
    expect(page.locator("main form button").first).to_be_visible()
    look(page, "ideas/supporting.html")
    for path, template in (
        (f"/fi/kommentti/{says}/", "ideas/commented.html"),
        (f"/fi/ehdotus/{shown}/", "ideas/page.html"),
        (f"/fi/ehdotus/{shown}/kommentoi/", "ideas/comment.html"),
        (f"/fi/e/{proposer}/-vastaa/{said}/", "ideas/answer.html"),
        (f"/fi/ehdotus/{hidden}/", "ideas/hidden.html"),
    ):
        page.goto(path)
        look(page, template)
    page.goto(f"/fi/ratkaisun-tarkistus/{token}/")
    expect(page.locator("button[name=answer]").first).to_be_visible()
    look(page, "catalogue/review.html")
    until = time.monotonic() + 90
    while not server.sql(COMPILED) and time.monotonic() < until:
        time.sleep(0.5)
    page.goto(f"/fi/haasteet/{steps.MIKKELI}/kooste/")
    expect(page.locator("a[href$='kooste.pdf']").first).to_be_visible()
    look(page, "ideas/compilation.html")


def test_every_template_is_looked_at() -> None:
    """A new page must be named in one of the files of this subject."""
    folder = ROOT / "templates"
    extends = re.compile(r'\{% extends "(?:base|bare|ideas/review)\.html" %\}')
    pages = {
        str(file.relative_to(folder))
        for file in folder.rglob("*.html")
        if extends.match(file.read_text())
    }
    here = Path(__file__).parent.glob("test_accessibility*.py")
    named = set(re.findall(r'"([\w/]+\.html)"', "".join(file.read_text() for file in here)))
    assert pages - named == set()
    assert named - pages == set()
