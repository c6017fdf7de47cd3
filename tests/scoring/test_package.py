"""The audit package: the same bytes, everything recomputes, whatever is changed is named."""

import csv
import io
import json
import zipfile

import pytest
from django.core.management import call_command
from django.urls import reverse

from core import audit, clock, outbox
from core.canonical import canonical, digest
from core.errors import Denied, NotNow
from scoring import package, ranking, recompute
from scoring.actions.documents import keep_document, order_package
from scoring.actions.reopening import reopen_sheet
from scoring.models import Document, ScoreSheet
from scoring.recompute import Code, check
from tests.factories.scoring import World
from tests.scoring.test_admin import enter
from tests.scoring.test_decision import scored
from tests.scoring.test_reasons import comment, published

pytestmark = pytest.mark.django_db


def seal() -> None:
    while audit.seal():
        pass


@pytest.fixture
def world():
    world = scored()
    comment(world)
    published(world)
    seal()
    return world


def files_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def kept(tmp_path, files: dict[str, bytes]):
    path = tmp_path / "package.zip"
    path.write_bytes(package.zipped(files))
    return path


def again(files: dict[str, bytes]) -> dict[str, bytes]:
    """With a manifest that fits, as a forger would write it."""
    manifest = json.loads(files["manifest.json"])
    files = {name: content for name, content in files.items() if name != "manifest.json"}
    manifest["files"] = [
        {"name": name, "size": len(content), "sha256": package.hashlib.sha256(content).hexdigest()}
        for name, content in sorted(files.items())
    ]
    return {**files, "manifest.json": canonical(manifest)}


def test_same_rows_same_bytes_and_everything_recomputes(world, tmp_path):
    content = package.build(world.challenge)
    assert content == package.build(world.challenge)
    files = files_of(content)
    assert check(kept(tmp_path, files)) == []
    assert package.zipped(files) == content
    rows = list(csv.DictReader(io.StringIO(files["scores.csv"].decode())))
    assert len(rows) == 8 * 3
    assert len(json.loads(files["sheets.json"])) == 8
    assert json.loads(files["decision.json"])["state"] == "published"
    assert len(json.loads(files["declarations.json"])) == 8
    assert json.loads(files["rounds.json"])[0]["seed"]


def test_nothing_private_is_in_it(world):
    files = files_of(package.build(world.challenge))
    log = files.pop("log.jsonl")  # its labels of people are its proof
    text = b"\n".join(files.values()).decode().lower()
    for word in ("muistiinpano", "vain raadille", "@", "ehdottaja 1", "salainen laskelma"):
        assert word not in text.replace(".example", ""), word
    assert b"Muistiinpano" not in log


@pytest.mark.parametrize(
    "name", ["ranking.json", "sheets.json", "log.jsonl", "report.html", "scores.csv"]
)
def test_changed_file_is_named(world, tmp_path, name):
    files = files_of(package.build(world.challenge))
    files[name] += b" "
    (finding,) = check(kept(tmp_path, files))
    assert (finding.code, finding.where) == (Code.CHANGED, name)


def test_missing_and_added_files_are_named(world, tmp_path):
    files = files_of(package.build(world.challenge))
    del files["panel.json"]
    files["more.txt"] = b"?"
    assert [str(one) for one in check(kept(tmp_path, files))] == [
        "more.txt: is not in the manifest",
        "panel.json: is missing",
    ]


def forged(files, name, change):
    data = json.loads(files[name])
    change(data)
    return again({**files, name: canonical(data) + b"\n"})


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        (
            "ranking.json",
            lambda data: data["rankings"][0]["places"][1].update(score="99.00"),
            "ranking.json /rankings/0/places/1/score",
        ),
        (
            "ranking-input.json",
            lambda data: data["series"][0]["sheets"][0]["levels"].update(benefit=1),
            "ranking.json ",
        ),
        ("sheets.json", lambda data: data[0]["payload"].update(comment="Muu"), "sheet "),
        ("rubrics.json", lambda data: data[0]["payload"].update(reviews=9), "rubric "),
        ("orders.json", lambda data: data[0]["order"][0].update(rank=2), "orders.json "),
        (
            "decision.json",
            lambda data: data["content"].update(statement="Muu"),
            "decision.json",
        ),
        (
            "decision.json",
            lambda data: data["ranking"]["rankings"][0]["places"][0].update(rank=2),
            "decision.json ranking",
        ),
        ("orders.json", lambda data: data[0].pop("series"), "package"),
    ],
)
def test_forged_content_with_a_fitting_manifest_is_named(world, tmp_path, name, change, where):
    files = forged(files_of(package.build(world.challenge)), name, change)
    findings = check(kept(tmp_path, files))
    assert findings
    assert {one.code for one in findings} == {Code.DIFFERS}
    assert any(one.where.startswith(where) for one in findings), findings


def raise_a_level(data) -> None:
    scores = data[0]["payload"]["scores"]
    scores["benefit"] = 1 if scores["benefit"] == 5 else scores["benefit"] + 1


def test_sheet_forged_with_its_digest_is_named_by_ranking_and_log(world, tmp_path):
    def change(data) -> None:
        raise_a_level(data)
        data[0]["sha256"] = digest(data[0]["payload"])

    files = forged(files_of(package.build(world.challenge)), "sheets.json", change)
    said = said_of(tmp_path, files)
    assert any("benefit: counted" in one and "on the sheet" in one for one in said), said
    assert any("version 1: its digest is not the one in the log" in one for one in said), said


def test_ranking_reckoned_from_other_figures_than_the_sheets_is_named(world, tmp_path):
    """Everything after the sheets made again, as somebody with our source would."""
    files = files_of(package.build(world.challenge))
    data = json.loads(files["ranking-input.json"])
    levels = data["series"][0]["sheets"][0]["levels"]
    levels["benefit"] = 2 if levels["benefit"] != 2 else 3
    given = [ranking.Series.from_data(one) for one in data["series"]]
    rows = list(csv.reader(io.StringIO(files["scores.csv"].decode())))
    first = data["series"][0]["sheets"][0]
    for row in rows:
        if row[1:4] == [first["idea"], first["juror"], "benefit"]:
            row[4] = str(levels["benefit"])
    table = io.StringIO()
    csv.writer(table).writerows(rows)
    files |= {
        "ranking-input.json": canonical(data) + b"\n",
        "ranking.json": ranking.canonical_json(ranking.rank(one) for one in given),
        "scores.csv": table.getvalue().encode(),
        "decision.json": b"null\n",
        "orders.json": b"[]\n",
    }
    (finding,) = check(kept(tmp_path, again(files)))
    assert finding.code == Code.DIFFERS
    assert finding.where.endswith(f"juror {first['juror']} benefit")
    assert finding.what.startswith(f"counted {levels['benefit']}, on the sheet ")


def said_of(tmp_path, files) -> list[str]:
    return [str(one) for one in check(kept(tmp_path, files))]


def test_sheet_that_is_left_out_or_was_never_submitted_is_named(world, tmp_path):
    files = files_of(package.build(world.challenge))

    def leave_out(data) -> None:
        del data["series"][0]["sheets"][0]

    said = said_of(tmp_path, forged(files, "ranking-input.json", leave_out))
    assert any("was submitted and is not counted" in one for one in said), said

    def invent(data) -> None:
        sheet = data["series"][0]["sheets"][0]
        data["series"][0]["sheets"].append({**sheet, "juror": "99"})

    said = said_of(tmp_path, forged(files, "ranking-input.json", invent))
    assert any("juror 99: no such sheet was submitted" in one for one in said), said


def test_forged_digests_of_rubric_and_decision_are_named_by_the_log(world, tmp_path):
    files = files_of(package.build(world.challenge))
    lines = files["log.jsonl"].splitlines()
    assert any(b'"decision.published"' in line for line in lines)

    def change(data) -> None:
        data["content"]["statement"] = "Muu"
        data["sha256"] = digest(data["content"])

    said = said_of(tmp_path, forged(files, "decision.json", change))
    assert said == ["decision.json: its digest is not the one in the log"]


def test_points_that_are_not_those_counted_are_named(world, tmp_path):
    files = files_of(package.build(world.challenge))
    files["scores.csv"] = files["scores.csv"].replace(b"benefit,", b"novelty,", 1)
    said = said_of(tmp_path, again(files))
    assert said == ["scores.csv: is not what ranking-input.json says"]


def test_reopened_sheet_that_never_came_back_is_no_finding(tmp_path):
    world = World.make(ideas=4, jurors=2, assigned=True)
    world.score_all()
    one = world.assignments()[0]
    reopen_sheet(assignment=one, reason="Tasot sekaisin.", by=world.staff, at=world.at)
    world.close()
    seal()
    files = files_of(package.build(world.challenge))
    assert len(json.loads(files["ranking-input.json"])["series"][0]["sheets"]) == 7
    assert check(kept(tmp_path, files)) == []


def test_row_taken_from_the_log_is_named(world, tmp_path):
    files = files_of(package.build(world.challenge))
    lines = files["log.jsonl"].splitlines(keepends=True)
    changed = json.loads(lines[2])
    changed["data"] = {"reasons": 0}
    without = again({**files, "log.jsonl": b"".join(lines[:2] + lines[3:])})
    assert "row 3 is missing" in str(check(kept(tmp_path, without))[0])
    other = again(
        {**files, "log.jsonl": b"".join([*lines[:2], canonical(changed) + b"\n", *lines[3:]])}
    )
    assert "its hash is not of its content" in str(check(kept(tmp_path, other))[0])
    order = again(
        {
            **files,
            "log.jsonl": b"".join(
                [lines[0], lines[1].replace(b'"prev_hash":"', b'"prev_hash":"0'), *lines[2:]]
            ),
        }
    )
    assert "does not follow" in str(check(kept(tmp_path, order))[0])


def test_what_is_no_package_is_said(tmp_path):
    path = tmp_path / "x.zip"
    with pytest.raises(recompute.NotAPackage):
        check(path)
    path.write_bytes(b"PK")
    with pytest.raises(recompute.NotAPackage):
        check(path)
    for manifest in ({}, {"manifest.json": b"[]"}, {"manifest.json": b'{"format":"other"}'}):
        with pytest.raises(recompute.NotAPackage):
            check(kept(tmp_path, manifest))


def test_too_large_a_package_is_not_unpacked(world, tmp_path, monkeypatch):
    path = kept(tmp_path, files_of(package.build(world.challenge)))
    monkeypatch.setattr(recompute, "LARGEST", 1000)
    with pytest.raises(recompute.NotAPackage, match="too large"):
        check(path)


def test_command_tells_by_its_exit_code(world, tmp_path, capsys):
    files = files_of(package.build(world.challenge))
    call_command("recompute", str(kept(tmp_path, files)))
    assert "Everything recomputes" in capsys.readouterr().out
    for changed, code in (
        ({**files, "panel.json": b"[]"}, 3),
        ({"a": b""}, 2),
        (forged(files, "orders.json", lambda data: data[0].update(by="calibrated")), 1),
    ):
        with pytest.raises(SystemExit) as stopped:
            call_command("recompute", str(kept(tmp_path, changed)))
        assert stopped.value.code == code


def test_calibrated_award_recomputes(tmp_path):
    world = scored(ideas=12, jurors=3, rubric={"calibration": "award"})
    published(world)
    seal()
    files = files_of(package.build(world.challenge))
    (order,) = json.loads(files["orders.json"])
    assert order["promised"] is True
    assert check(kept(tmp_path, files)) == []


def test_package_before_any_decision(tmp_path):
    world = scored()
    seal()
    files = files_of(package.build(world.challenge))
    assert json.loads(files["decision.json"]) is None
    assert check(kept(tmp_path, files)) == []


def test_package_is_ordered_made_out_of_the_request_and_noted_when_taken(world, client):
    document = order_package(challenge=world.challenge, by=world.staff, at=clock.now())
    with pytest.raises(NotNow):
        order_package(challenge=world.challenge, by=world.staff, at=clock.now())
    with pytest.raises(Denied):
        order_package(challenge=world.challenge, by=world.jurors[0].user, at=clock.now())
    address = reverse("scoring_admin:document", args=[world.challenge.pk, document.pk])
    enter(client, world)
    assert client.get(address).status_code == 404
    outbox.run_now()
    answer = client.get(address)
    assert answer.content[:2] == b"PK"
    assert answer["Content-Disposition"].startswith("attachment")
    document.refresh_from_db()
    assert document.sha256 == package.hashlib.sha256(answer.content).hexdigest()
    taken = audit.AuditEntry.objects.get(verb="document.taken")
    assert taken.by == world.staff
    page = client.get(reverse("scoring_admin:record", args=[world.challenge.pk]))
    assert document.sha256 in page.content.decode()


def test_a_document_is_kept_once(world):
    document = Document.objects.filter(kind="report").first()
    before = document.sha256
    again_ = keep_document(
        document=document, name="x", media_type="text/plain", content=b"muu", at=clock.now()
    )
    assert again_.sha256 == before


def test_nothing_to_audit_before_the_jury(client):
    world = World.make()
    with pytest.raises(NotNow, match="nothing to audit"):
        order_package(challenge=world.challenge, by=world.staff, at=clock.now())


def test_every_version_of_a_sheet_is_in_it(world):
    sheet = ScoreSheet.objects.order_by("pk").first()
    sheets = json.loads(files_of(package.build(world.challenge))["sheets.json"])
    mine = [one for one in sheets if one["sheet"] == sheet.pk]
    assert [one["version"] for one in mine] == [1]
    assert digest(mine[0]["payload"]) == mine[0]["sha256"]


def test_who_saw_who_proposes_is_in_it(world):
    audit.record("proposers.seen", world.challenge, by=world.staff, data={"page": "table"})
    audit.record("proposer.seen", world.ideas[1], by=world.staff)
    seal()
    rows = files_of(package.build(world.challenge))["identities.csv"].decode().splitlines()
    told = [row.split(",")[-2:] for row in rows]
    assert told == [["saw", "why"], ["table", ""], [world.ideas[1].reference, ""]]
