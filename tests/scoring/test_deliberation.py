"""Signs that ask a juror for a reason; the jury's meeting with agenda, consensus and minutes."""

import datetime as dt
import hashlib
import json
import zipfile
from decimal import Decimal

import pytest

from core import audit, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from scoring import minutes, package, recompute
from scoring.actions import deliberation, signs
from scoring.actions.standing import compute_standing
from scoring.models import (
    AgendaItem,
    Declaration,
    IdeaStanding,
    Meeting,
    RoundStanding,
    Score,
    ScoreSheet,
    Sign,
)
from scoring.queries.deliberation import agenda_for
from scoring.states import ItemState, MeetingState
from tests.factories.scoring import World
from tests.pdf_ua import faults
from tests.scoring.test_admin import enter, url

pytestmark = pytest.mark.django_db


# Signs -----------------------------------------------------------------------------------------


@pytest.fixture
def sign(scored) -> Sign:
    juror = scored.jurors[0]
    Sign.objects.all().delete()
    made: Sign = Sign.objects.create(
        round=scored.round, juror=juror, idea=scored.ideas[0], kind="outlier",
        value=3.1, limit=2.5, raised_at=scored.at,
    )  # fmt: skip
    return made


def test_juror_is_asked_once_and_answers_in_own_words(client, scored, sign):
    office = enter(client, scored)
    totals = list(ScoreSheet.objects.values_list("pk", "total", "state", "digest"))
    posted = {"round": scored.round.pk, "signs": [sign.pk]}
    for _press in range(2):
        office.post(url("signs", scored.challenge.pk), posted)
    (mail,) = Mail.objects.filter(template="juror_reasons")
    assert mail.to == sign.juror.email
    client.force_login(sign.juror.user)
    address = f"/fi/tuomari/{sign.juror_id}/perustelut/"
    page = client.get(address)
    assert page.status_code == 200
    assert scored.ideas[0].title in page.content.decode()
    client.post(address, {f"reason-{sign.pk}": "  Olen kokeillut samaa.  "})
    sign.refresh_from_db()
    assert (sign.reason, sign.answered_at is not None) == ("Olen kokeillut samaa.", True)
    assert AuditEntry.objects.filter(verb="sign.answered").count() == 1
    assert list(ScoreSheet.objects.values_list("pk", "total", "state", "digest")) == totals


def test_too_long_a_reason_comes_back_with_what_was_typed(client, scored, sign):
    signs.ask_for_reasons(round_=scored.round, signs=[sign.pk], by=scored.staff, at=scored.at)
    client.force_login(sign.juror.user)
    typed = "x" * 2001
    page = client.post(f"/fi/tuomari/{sign.juror_id}/perustelut/", {f"reason-{sign.pk}": typed})
    assert page.status_code == 400
    assert typed in page.content.decode()
    sign.refresh_from_db()
    assert sign.reason == ""


def test_nobody_answers_for_another_or_unasked(scored, sign):
    juror = sign.juror
    with pytest.raises(Denied):  # not asked
        signs.give_reasons(juror=juror, reasons={sign.pk: "a"}, by=juror.user, at=scored.at)
    signs.ask_for_reasons(round_=scored.round, signs=[sign.pk], by=scored.staff, at=scored.at)
    other = scored.jurors[1]
    for seat, person in ((juror, other.user), (other, other.user)):
        with pytest.raises(Denied):
            signs.give_reasons(juror=seat, reasons={sign.pk: "a"}, by=person, at=scored.at)


def test_only_staff_ask(scored, sign):
    with pytest.raises(Denied):
        signs.ask_for_reasons(
            round_=scored.round, signs=[sign.pk], by=sign.juror.user, at=scored.at
        )


def test_asking_about_nothing_is_told(client, scored, sign):
    office = enter(client, scored)
    page = office.post(url("signs", scored.challenge.pk), {"round": scored.round.pk}, follow=True)
    assert b"Choose what to ask about" in page.content
    assert office.post(url("signs", scored.challenge.pk), {"round": "x"}).status_code == 404


# Meetings --------------------------------------------------------------------------------------


@pytest.fixture
def meeting(scored, sign) -> Meeting:
    IdeaStanding.objects.filter(idea__in=scored.ideas[1:3]).update(band="grey", p_winner=0.5)
    scored.close()
    return deliberation.prepare_meeting(round_=scored.round, by=scored.staff, at=scored.at)


def begin(meeting: Meeting, scored: World) -> Meeting:
    return deliberation.open_meeting(
        meeting=meeting,
        present=[juror.pk for juror in scored.jurors],
        by=scored.staff,
        at=scored.at,
    )


def test_agenda_comes_from_the_grey_band_and_the_signs(meeting, scored):
    items = {item.idea_id: item.why for item in meeting.items.all()}
    grey = IdeaStanding.objects.filter(band="grey").values_list("idea_id", flat=True)
    assert set(items) == {*grey, scored.ideas[0].pk}
    assert "outlier" in items[scored.ideas[0].pk]
    lines = dict(IdeaStanding.objects.values_list("idea_id", "line"))
    order = [lines[item.idea_id] for item in meeting.items.all()]
    assert order == sorted(order)


def test_agenda_is_brought_up_to_date_but_keeps_what_was_added(meeting, scored):
    last = scored.ideas[-1]
    deliberation.add_item(meeting=meeting, idea=last, by=scored.staff)
    deliberation.add_item(meeting=meeting, idea=last, by=scored.staff)
    Sign.objects.all().delete()
    IdeaStanding.objects.update(band="out")
    again = deliberation.prepare_meeting(round_=scored.round, by=scored.staff, at=scored.at)
    assert again == meeting
    assert list(again.items.values_list("idea", flat=True)) == [last.pk]


def test_round_must_be_closed_first(scored):
    with pytest.raises(NotNow):
        deliberation.prepare_meeting(round_=scored.round, by=scored.staff, at=scored.at)


def test_juror_with_a_tie_leaves_and_it_is_minuted(client, meeting, scored):
    item = meeting.items.first()
    tied = scored.jurors[1]
    Declaration.objects.update_or_create(
        juror=tied, idea=item.idea, defaults={"kind": "conflict", "at": scored.at}
    )
    begin(meeting, scored)
    opened = deliberation.open_item(item=item, by=scored.staff, at=scored.at)
    assert opened.left == [{"juror": tied.pk, "name": str(tied)}]
    entry = AuditEntry.objects.get(verb="meeting.item_opened")
    assert entry.data == {"idea": item.idea_id, "left": [tied.pk]}
    found = agenda_for(tied)
    mine = next(topic for topic in found[1] if topic.order == item.order)
    assert (mine.barred, mine.title, mine.reference, mine.assignment) == (True, "", "", None)
    client.force_login(tied.user)
    html = client.get(f"/fi/tuomari/{tied.pk}/kokous/").content.decode()
    assert item.idea.title not in html
    client.force_login(scored.jurors[0].user)
    html = client.get(f"/fi/tuomari/{scored.jurors[0].pk}/kokous/").content.decode()
    assert item.idea.title in html


def test_one_proposal_is_up_at_a_time(meeting, scored):
    begin(meeting, scored)
    first, second = meeting.items.all()[:2]
    deliberation.open_item(item=first, by=scored.staff, at=scored.at)
    deliberation.open_item(item=second, by=scored.staff, at=scored.at + dt.timedelta(minutes=5))
    assert [(item.state, item.done_at is not None) for item in meeting.items.all()[:2]] == [
        (ItemState.DONE, True),
        (ItemState.OPEN, False),
    ]


def write(item: AgendaItem, scored: World, **more) -> AgendaItem:
    given = {"notes": "", "consensus": None, "consensus_reason": "", "done": False, **more}
    return deliberation.write_item(item=item, by=scored.staff, at=scored.at, **given)


def test_consensus_stands_beside_and_never_over(meeting, scored):
    before = list(Score.objects.values_list("pk", "value"))
    totals = list(ScoreSheet.objects.values_list("pk", "total", "digest"))
    begin(meeting, scored)
    item = deliberation.open_item(item=meeting.items.first(), by=scored.staff, at=scored.at)
    with pytest.raises(Invalid):
        write(item, scored, consensus=70)
    written = write(item, scored, consensus=70, consensus_reason="Yksimielinen.", done=True)
    assert (written.consensus, written.state) == (70, ItemState.DONE)
    assert list(Score.objects.values_list("pk", "value")) == before
    assert list(ScoreSheet.objects.values_list("pk", "total", "digest")) == totals
    places = list(IdeaStanding.objects.values_list("idea", "rank", "score"))
    compute_standing(round_=scored.round, at=scored.at)
    assert list(IdeaStanding.objects.values_list("idea", "rank", "score")) == places


def test_nothing_happens_before_the_meeting_or_after_it(meeting, scored):
    item = meeting.items.first()
    with pytest.raises(NotNow):
        deliberation.open_item(item=item, by=scored.staff, at=scored.at)
    with pytest.raises(NotNow):
        deliberation.close_meeting(meeting=meeting, by=scored.staff, at=scored.at)
    with pytest.raises(Invalid):
        deliberation.open_meeting(meeting=meeting, present=[], by=scored.staff, at=scored.at)
    begin(meeting, scored)
    with pytest.raises(NotNow):
        write(item, scored, notes="a")
    with pytest.raises(NotNow):
        deliberation.prepare_meeting(round_=scored.round, by=scored.staff, at=scored.at)
    closed = deliberation.close_meeting(meeting=meeting, by=scored.staff, at=scored.at)
    assert closed.state == MeetingState.CLOSED
    assert closed.digest == AuditEntry.objects.get(verb="meeting.closed").data["minutes"]
    for deed in (
        lambda: begin(meeting, scored),
        lambda: deliberation.open_item(item=item, by=scored.staff, at=scored.at),
        lambda: write(item, scored, notes="a"),
        lambda: deliberation.add_item(meeting=meeting, idea=scored.ideas[-1], by=scored.staff),
        lambda: deliberation.close_meeting(meeting=meeting, by=scored.staff, at=scored.at),
    ):
        with pytest.raises(NotNow):
            deed()
    second = deliberation.prepare_meeting(round_=scored.round, by=scored.staff, at=scored.at)
    assert (second.number, second.state) == (2, MeetingState.PLANNED)


def test_jurors_do_not_lead_the_meeting(meeting, scored):
    juror = scored.jurors[0].user
    for deed in (
        lambda: deliberation.prepare_meeting(round_=scored.round, by=juror, at=scored.at),
        lambda: deliberation.open_meeting(meeting=meeting, present=[1], by=juror, at=scored.at),
        lambda: deliberation.open_item(item=meeting.items.first(), by=juror, at=scored.at),
        lambda: deliberation.close_meeting(meeting=meeting, by=juror, at=scored.at),
    ):
        with pytest.raises(Denied):
            deed()


def test_meeting_in_the_back_office_from_agenda_to_minutes(client, meeting, scored):
    office = enter(client, scored)
    pk = scored.challenge.pk
    page = url("meeting", pk, meeting.pk)
    assert scored.ideas[0].title in office.get(page).content.decode()
    last = scored.ideas[-1]
    office.post(page, {"go": "add", "idea": last.pk})
    office.post(page, {"go": "begin", "present": [juror.pk for juror in scored.jurors]})
    first = meeting.items.first()
    item = url("item", pk, meeting.pk, first.order)
    projector = url("projector", pk, meeting.pk, first.order)
    html = office.get(projector).content.decode()
    assert first.idea.title not in html  # until everybody who must has left
    assert office.get(item).status_code == 200
    office.post(projector)
    html = office.get(projector).content.decode()
    assert first.idea.title in html
    assert first.idea.contact_name not in html
    assert all(str(juror) not in html for juror in scored.jurors)
    bad = office.post(item, {"go": "save", "notes": "Puhuttiin.", "consensus": "70"})
    assert bad.status_code == 400
    assert "Puhuttiin." in bad.content.decode()
    office.post(
        item, {"go": "done", "notes": "Puhuttiin.", "consensus": "70", "consensus_reason": "Siksi."}
    )
    response = office.post(page, {"go": "close"})
    written = office.get(response["Location"]).content.decode()
    assert "Puhuttiin." in written
    assert "Siksi." in written
    assert Meeting.objects.get().digest in written
    assert office.get(url("item", pk, meeting.pk, 99)).status_code == 404
    assert office.get(url("meetings", pk)).status_code == 200
    assert office.post(page, {"go": "nonsense"}).status_code == 404


def test_no_meeting_no_page_for_jurors(client, scored):
    client.force_login(scored.jurors[0].user)
    assert client.get(f"/fi/tuomari/{scored.jurors[0].pk}/kokous/").status_code == 404


def test_standing_follows_a_withdrawn_proposal(scored):
    outbox.emit("idea.withdrawn", idea=scored.ideas[0].pk)
    outbox.run_now()
    assert RoundStanding.objects.get().waiting


# The document of the minutes -----------------------------------------------------------------


@pytest.fixture
def held(meeting, scored):
    begin(meeting, scored)
    first = meeting.items.first()
    deliberation.open_item(item=first, by=scored.staff, at=scored.at)
    write(first, scored, notes="Puhuttiin äänin.", consensus=Decimal(70), consensus_reason="Siksi.")
    return deliberation.close_meeting(meeting=meeting, by=scored.staff, at=scored.at)


@pytest.mark.verapdf
@pytest.mark.pango
def test_minutes_are_accessible(held, tmp_path):
    made = [minutes.make(held, language)[0] for language in ("fi", "sv", "en")]
    assert faults(tmp_path, *made) == []


@pytest.mark.parametrize("printable", [pytest.param(True, marks=pytest.mark.pango), False])
def test_minutes_become_a_document_in_every_language(held, printable, client, scored):
    assert {one.state for one in held.documents.all()} == {"waiting"}
    outbox.run_now()
    documents = list(held.documents.order_by("language"))
    assert [one.language for one in documents] == ["en", "fi", "sv"]
    end, kind = ("pdf", b"%PDF-") if printable else ("html", b"<!doctype html>")
    for one in documents:
        content = bytes(one.content)
        assert (one.state, one.sha256) == ("ready", hashlib.sha256(content).hexdigest())
        assert content.startswith(kind)
        assert one.name.endswith(f"-{one.language}.{end}")
        assert minutes.make(held, one.language)[0] == content  # the same rows, the same bytes
    made = AuditEntry.objects.filter(verb="document.made", data__kind="minutes")
    assert {row.data["sha256"] for row in made} == {one.sha256 for one in documents}
    office = enter(client, scored)
    page = office.get(url("minutes", scored.challenge.pk, held.pk)).content.decode()
    address = url("document", scored.challenge.pk, documents[0].pk)
    assert address in page
    assert address in office.get(url("record", scored.challenge.pk)).content.decode()
    assert office.get(address).content == bytes(documents[0].content)
    assert AuditEntry.objects.filter(verb="document.taken").count() == 1


def test_document_says_what_the_page_of_minutes_says(held):
    text = minutes.html(held, "en", printable=True)
    for words in ("Minutes of the jury", "Puhuttiin äänin.", "agreed on 70.00 points", held.digest):
        assert words in text
    assert '<html lang="sv">' in minutes.html(held, "sv", printable=True)
    assert "cannot make PDF" not in text
    assert "cannot make PDF" in minutes.html(held, "en", printable=False)


def test_package_has_the_minutes_and_finds_a_changed_word(held, scored, tmp_path):
    while audit.seal():
        pass
    path = tmp_path / "package.zip"
    path.write_bytes(package.build(scored.challenge))
    assert recompute.check(path) == []
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    (kept,) = json.loads(files["minutes.json"])
    assert kept["sha256"] == held.digest
    assert kept["payload"]["items"][0]["notes"] == "Puhuttiin äänin."
    files["minutes.json"] = files["minutes.json"].replace(b"Siksi.", b"Muuten")
    files[recompute.MANIFEST] = json.dumps(
        {
            **json.loads(files[recompute.MANIFEST]),
            "files": [
                {"name": name, "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in files.items()
                if name != recompute.MANIFEST
            ],
        }
    ).encode()
    path.write_bytes(package.zipped(files))
    assert [one.where for one in recompute.check(path)] == ["minutes.json 1"]
