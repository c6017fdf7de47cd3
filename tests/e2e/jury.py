"""Steps of a whole competition with a jury of five; `test_jury_of_five` puts them in a row."""

import datetime as dt
import hashlib
import json
import re
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, expect

from core.canonical import canonical
from scoring.package import zipped
from tests.e2e import steps
from tests.e2e.conftest import Visitor
from tests.e2e.support import Server, give_code
from tests.e2e.test_jurors import assignments, desk, saved
from tests.faults.town import CSRF
from tests.faults.town import Visitor as Plain

SERIES = "citizens"
CRITERIA = ("benefit", "feasibility", "impact", "replicability", "novelty")
READERS = 4  # of five jurors, for each proposal
WAIT = 30.0  # seconds

# Title and how good it is, 1–5; the first is written in the browser.
PROPOSALS = (
    ("Koulukyydin viive kertoo itsestään", 4.6),
    ("Liukkaan portaan vahti", 4.2),
    ("Kirjaston yöhylly", 3.9),
    ("Palautteen polku näkyviin", 3.6),
    ("Leikkipuiston lainakori", 3.3),
    ("Ikäihmisen kyytipari", 2.8),
    ("Talkookalenteri", 2.3),
    ("Rannan jätepiste", 1.8),
)
JURORS = (
    ("Aune Ankara", "aune.ankara@raati.example", -0.8),
    ("Bertta Tasainen", "bertta.tasainen@raati.example", 0.0),
    ("Cecilia Strang", "cecilia.strang@raati.example", -0.4),
    ("Daavid Lempeä", "daavid.lempea@raati.example", 0.7),
    ("Eevi Esimerkki", "eevi.esimerkki@raati.example", 0.2),
)


def entrant(number: int) -> str:
    return f"ehdottaja-{number}@asukas.example"


@dataclass
class Call:
    """The challenge as it was made: its number and the name in its address."""

    pk: int
    slug: str

    def admin(self, path: str) -> str:
        return f"/admin/scoring/{self.pk}/{path}"


@dataclass
class Seat:
    """A juror with a browser of their own."""

    number: int
    page: Page
    pk: int = 0
    name: str = field(init=False)
    email: str = field(init=False)
    mildness: float = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.email, self.mildness = JURORS[self.number]

    def level(self, proposal: int, criterion: int) -> int:
        """What this juror gives: the quality, their own mildness, and a bit of chance."""
        chance = ((7 * proposal + 5 * criterion + 3 * self.number) % 5 - 2) / 3
        return max(1, min(5, round(PROPOSALS[proposal][1] + self.mildness + chance)))


def wait_for(server: Server, query: str, *values: object, why: str) -> None:
    """Until the first cell of the answer is nought or more than nought, as asked: a true one."""
    deadline = time.monotonic() + WAIT
    while not server.sql(query, *values)[0][0]:
        assert time.monotonic() < deadline, why
        time.sleep(0.1)


def session_of(page: Page) -> str:
    return next(one["value"] for one in page.context.cookies() if one["name"] == "sessionid")


# Proposals -------------------------------------------------------------------------------------

FORM = (
    {"problem": steps.PROBLEM},
    {"who": ["children"], "how_often": "weekly", "theme": "education", "municipality": "Kuopio"},
    {"solution": "Tieto siitä, mitä tapahtuu, tulee sinne missä ihminen on.", "summary": ""},
    {"contact_name": "", "name_public": "no"},
)


def propose(server: Server, call: Call, numbers: range) -> None:
    """By plain forms, as a browser without scripts sends them; each by a person of their own."""
    written = []
    for number in numbers:
        visitor, began = Plain(server), time.monotonic()
        address = f"/fi/ehdota/{call.slug}/{SERIES}/"
        for given in FORM:
            own = {"title": PROPOSALS[number][0]} if "problem" in given else {}
            if "name_public" in given:
                own = {"contact_email": entrant(number)}
            page = visitor.get(address)
            answers = {**given, **own}
            sent = visitor.post(address, {**page.hidden, "asked": list(answers), **answers})
            assert sent.status == 302, re.sub(r"<[^>]+>|\s+", " ", sent.text)[:2000]
            address = sent.to
        written.append((visitor, address.partition("/-")[0], began))
    for visitor, home, began in written:
        steps.take_time(began)
        review = visitor.get(f"{home}/-tarkista/")
        sent = visitor.post(f"{home}/-laheta/", {CSRF: review.hidden[CSRF]})
        assert sent.status == 302, sent.text[:2000]


def close_call(server: Server, call: Call) -> None:
    """As when its last minute has passed: what waits for that minute is done."""
    steps.close_call(server, call.slug)
    past = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S")
    mine = "event = 'challenge.closing' AND json_extract(payload, '$.challenge') = ?"
    server.sql(f"UPDATE core_outboxrow SET run_after = ? WHERE {mine}", past, call.pk)
    gone = f"SELECT count(*) = 0 FROM core_outboxrow WHERE {mine}"
    wait_for(server, gone, call.pk, why="the call was not closed")


# Jurors ----------------------------------------------------------------------------------------


def take_seats(visitor: Visitor, server: Server, call: Call) -> list[Seat]:
    """From the letter over the terms to the seat."""
    seats = []
    for number, (_name, email, _mildness) in enumerate(JURORS):
        seat = Seat(number, visitor(390 if number == 4 else 1440))
        letter = server.mail.wait(email)
        seat.page.goto(next(link for link in letter.links if "/kutsu/" in link))
        give_code(seat.page, server, email)
        seat.page.locator("#agree").check()
        seat.page.locator("button[name=answer][value=yes]").click()
        expect(seat.page).to_have_url(re.compile(r"/tuomari/\d+/$"))
        seat.pk = int(re.findall(r"/tuomari/(\d+)/$", seat.page.url)[0])
        seats.append(seat)
    accepted = "SELECT count(*) FROM scoring_juror WHERE challenge_id = ? AND terms_id IS NOT NULL"
    assert server.sql(accepted, call.pk) == [(len(JURORS),)]
    return seats


def declare(seat: Seat, *, conflict: int = 0) -> None:
    """Ties to all that waits: none, but one conflict if asked (the assignment's number)."""
    seat.page.goto(f"/fi/tuomari/{seat.pk}/sidokset/")
    if conflict:
        seat.page.locator(f"#tie-{conflict}-conflict").check()
        seat.page.locator(f"#tie-{conflict}-reason").fill("Ehdottaja on sisareni.")
    seat.page.locator("[data-no-ties]").click()
    seat.page.locator("main form button[type=submit]").click()
    expect(seat.page.locator(".queue-list li").first).to_be_visible()


def numbers_of(server: Server, call: Call) -> dict[int, int]:
    """Assignment → place of its proposal in PROPOSALS."""
    titles = [title for title, _quality in PROPOSALS]
    rows = server.sql(
        "SELECT a.id, i.title FROM scoring_assignment a JOIN ideas_idea i ON i.id = a.idea_id"
        " WHERE i.challenge_id = ? AND a.state = 'confirmed'",
        call.pk,
    )
    return {pk: titles.index(title) for pk, title in rows}


def score(seat: Seat, server: Server, call: Call) -> None:
    """The first sheet by hand on the desk, the others by the same form without scripts."""
    proposals, mine = numbers_of(server, call), assignments(server, seat.email)
    first, page = mine[0], seat.page
    page.goto(desk(first))
    for place, key in enumerate(CRITERIA):
        level = seat.level(proposals[first], place)
        box = page.locator(f"fieldset[data-criterion={key}]")
        box.locator(f"label:has(input[value='{level}'])").first.click()
    page.locator("#comment").fill(comment(seat, proposals[first]))
    saved(page)
    page.locator("button[name=go][value=submit]").click()
    expect(page).not_to_have_url(re.compile(rf"/arvio/{first}/"))
    plain = Plain(server, session_of(page))
    for pk in mine[1:]:
        form = plain.get(desk(pk))
        levels = {f"c-{key}": seat.level(proposals[pk], n) for n, key in enumerate(CRITERIA)}
        sent = plain.post(
            desk(pk),
            {**form.hidden, **levels, "comment": comment(seat, proposals[pk]), "go": "submit"},
        )
        assert sent.status == 302, sent.text[:2000]


def comment(seat: Seat, proposal: int) -> str:
    return f"{PROPOSALS[proposal][0]}: näin {seat.name.split()[0]} sen lukee."


def sign(seat: Seat, server: Server) -> None:
    """From the letter over a fresh code to the signature."""
    letter = server.mail.wait(seat.email, where=lambda one: "/allekirjoitus/" in one.text)
    page = seat.page
    page.goto(next(link for link in letter.links if "/allekirjoitus/" in link))
    before = len(server.mail.to(seat.email))
    page.locator("button[name=go][value=code]").click()
    code = server.mail.wait(seat.email, after=before).code
    page.locator("input[name=code]").fill(code)
    page.locator("button[name=go][value=sign]").click()
    expect(page.locator("main .notice.good").first).to_be_visible()


# The auditor -----------------------------------------------------------------------------------


def files_of(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forge(package: Path, target: Path) -> str:
    """One level of one sheet raised or lowered by one, the manifest mended; which sheet."""
    files = files_of(package)
    sheets = json.loads(files["sheets.json"])
    scores = sheets[3]["payload"]["scores"]
    scores["benefit"] += 1 if scores["benefit"] < 5 else -1
    files["sheets.json"] = canonical(sheets) + b"\n"
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        content = files[one["name"]]
        one["size"], one["sha256"] = len(content), hashlib.sha256(content).hexdigest()
    files["manifest.json"] = canonical(manifest) + b"\n"
    target.write_bytes(zipped(files))
    return f"sheet {sheets[3]['sheet']} version {sheets[3]['version']}"
