"""Solutions out as a file and in again."""

import csv
import datetime as dt
import io
import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import ReferenceIndex

from catalogue import exchange, importing, reading
from catalogue.models import Solution
from core import clock, outbox
from core.models import AuditEntry, OutboxRow
from search import service
from tests.factories.accounts import OrganisationFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import HostFactory, ThemeFactory
from tests.factories.ideas import IdeaFactory

pytestmark = pytest.mark.django_db
FORMS = pytest.mark.parametrize("form", exchange.FORMATS)


@pytest.fixture
def owner():
    return HostFactory(slug="mikkeli", name="Mikkelin kaupunki", business_id="0165116-3")


@pytest.fixture
def theme():
    return ThemeFactory(key="koulu")


def a_row(**more):
    return {
        "uid": str(uuid.uuid4()),
        "title": "Koulukyyti",
        "summary": "Viesti huoltajalle.",
        "owner": "mikkeli",
        **more,
    }


def jsonl(*rows) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def sheet(*rows, delimiter=",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def take(path, content: bytes, *options: str, name="in.jsonl") -> str:
    file = path / name
    file.write_bytes(content)
    out = StringIO()
    call_command("import_solutions", str(file), *options, stdout=out)
    return out.getvalue()


def refused(path, content: bytes, name="in.jsonl") -> str:
    """What a file is refused with; nothing of it is there afterwards."""
    before = (Solution.objects.count(), AuditEntry.objects.count(), OutboxRow.objects.count())
    file, err = path / name, StringIO()
    file.write_bytes(content)
    with pytest.raises(CommandError, match="Nothing was written") as error:
        call_command("import_solutions", str(file), stderr=err, stdout=StringIO())
    after = (Solution.objects.count(), AuditEntry.objects.count(), OutboxRow.objects.count())
    assert after == before
    return err.getvalue() + str(error.value)


def give(path, name: str, *options: str) -> bytes:
    call_command("export_solutions", str(path / name), *options, stderr=StringIO())
    return (path / name).read_bytes()


def odd_solutions(owner, theme):
    """Everything that a file could spoil."""
    full = SolutionFactory(
        owner=owner,
        theme=theme,
        title="=HYPERLINK(1)",
        summary='\'=1+1 ; "lainaus", å😀',
        problem="-rivi\r\nToinen, rivi;\n\n\tviimeinen ",
        steps=["Sovi", "Kokeile; sitten\nota käyttöön"],
        trust={
            "security": {"value": "yes", "url": "https://kunta.example/", "note": ""},
            "data_location": {"value": "no", "url": "", "note": 'EU; ei "muualla"'},
        },
        suppliers=[{"name": "Oy; Ab", "business_id": "", "url": ""}],
        sdgs=[3, 11],
        target_groups=["youth", "staff"],
        fits_sizes=["under_5k"],
        cost_once="1200.50",
        staff_days=2,
        trl=7,
        archived_at=dt.datetime(2026, 5, 31, 12, tzinfo=dt.UTC),
        offer="open_code",
        cost_band="free",
        reviewed_on="2026-05-31",
        award="Voittaja",
    )
    full.tags.add("Talvi", "koulu", "a;b")
    full.save()
    bare = SolutionFactory(owner=owner, theme=None, problem="", solution="", steps=["[x"])
    return full, bare


@pytest.fixture
def index(settings, tmp_path):
    settings.SEARCH_URL = f"tantivy://{tmp_path / 'index'}"
    service.engine().rebuild((), lambda number: None)
    return service.engine()


@FORMS
def test_out_in_and_out_again_is_the_same_file(tmp_path, owner, theme, form):
    odd_solutions(owner, theme)
    first = give(tmp_path, f"a.{form}")
    Solution.objects.all().delete()
    assert "2 new, 0 changed, 0 as they were" in take(tmp_path, first, name=f"b.{form}")
    assert give(tmp_path, f"c.{form}") == first
    assert Solution.objects.get(uid=_uids(first, form)[0]).live


def _uids(content: bytes, form: str) -> list[str]:
    rows = reading.read(io.BytesIO(content), form)
    return [row["uid"] for _, row in rows]


@FORMS
def test_a_repeat_changes_nothing_and_says_so(tmp_path, owner, theme, form):
    odd_solutions(owner, theme)
    content = give(tmp_path, f"a.{form}")
    before = list(Solution.objects.order_by("pk").values())
    audits, jobs = AuditEntry.objects.count(), OutboxRow.objects.count()
    said = take(tmp_path, content, name=f"a.{form}")
    assert said.strip() == "0 new, 0 changed, 2 as they were: nothing to do"
    assert list(Solution.objects.order_by("pk").values()) == before
    assert (AuditEntry.objects.count(), OutboxRow.objects.count()) == (audits, jobs)


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_any_text_comes_back_from_csv(text):
    """But for control characters, which no row may have."""
    text = exchange.CONTROL.sub("", text)
    row = dict.fromkeys(exchange.KEPT, "") | {"uid": "u", "title": text, "live": True}
    kinds = {name: column.kind for name, column in exchange.COLUMNS.items()}
    row |= {name: [] for name in row if kinds[name] in ("list", "objects")}
    row["trust"] = {}
    row["steps"] = [text, "b"] if text.strip() else []
    content = b"".join(exchange.write([row], "csv"))
    assert list(reading.read(io.BytesIO(content), "csv")) == [(2, row)]


def test_only_the_public_leave(tmp_path):
    shown, hidden = SolutionFactory(), SolutionFactory(hidden=True)
    assert hidden.uid.hex not in give(tmp_path, "a.jsonl").decode().replace("-", "")
    every = [json.loads(line) for line in give(tmp_path, "a.jsonl", "--all").splitlines()]
    assert {row["uid"]: row["live"] for row in every} == {
        str(shown.uid): True,
        str(hidden.uid): False,
    }


def test_hidden_ones_come_in_hidden(tmp_path):
    SolutionFactory(hidden=True)
    content = give(tmp_path, "a.jsonl", "--all")
    Solution.objects.all().delete()
    take(tmp_path, content)
    assert not Solution.objects.get().live
    assert give(tmp_path, "b.jsonl") == b""


def test_export_goes_to_standard_output(capsysbinary):
    SolutionFactory(title="Ääkköset")
    call_command("export_solutions", "--format", "csv")
    assert "Ääkköset".encode() in capsysbinary.readouterr().out


def test_import_changes_what_the_file_has_and_leaves_the_rest(tmp_path, owner, theme):
    one = SolutionFactory(owner=owner, theme=theme, cost="10 €", award="Voittaja")
    one.tags.add("vanha")
    one.save()
    row = a_row(uid=str(one.uid), title="Uusi nimi", tags=["uusi"], readiness="production")
    assert "0 new, 1 changed, 0 as" in take(tmp_path, jsonl(row))
    one = Solution.objects.get()
    assert (one.title, one.readiness, one.cost, one.award) == (
        "Uusi nimi",
        "production",
        "10 €",
        "Voittaja",
    )
    assert [tag.name for tag in one.tags.all()] == ["uusi"]
    entry = AuditEntry.objects.get(verb="solution.changed")
    assert entry.data == {"imported": True, "fields": ["title", "summary", "tags", "readiness"]}


def test_index_and_references_follow(tmp_path, owner, theme, index):
    take(tmp_path, jsonl(a_row(theme="koulu", title="Hirvivaroitin")))
    outbox.run_now()
    one = Solution.objects.get()
    assert f"solution:{one.pk}" in index.digests()
    assert ReferenceIndex.get_references_to(theme).count() == 1


def test_dry_run_writes_nothing(tmp_path, owner):
    said = take(tmp_path, jsonl(a_row(), a_row(tags=["x"])), "--dry-run")
    assert said.strip() == ("Dry run, nothing was written: 2 new, 0 changed, 0 as they were")
    assert not Solution.objects.exists()
    assert not OutboxRow.objects.exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"owner": "turku"}, "owner: no organisation is called 'turku'"),
        ({"owner": None}, "owner: is missing"),
        ({"uid": "12"}, "uid: '12' is not a UUID"),
        ({"title": "x" * 201}, "title: 201 characters, at most 200 fit"),
        ({"title": "  "}, "title: is missing"),
        ({"title": 5}, "title: 5 is not a text"),
        ({"title": "a\u0000b"}, "title: has a control character (U+0000)"),
        ({"title": "\ud800"}, "title: has a control character (U+D800)"),
        ({"readiness": "ready"}, "readiness: 'ready' is not one of idea, concept"),
        ({"readiness": ""}, "readiness: '' is not one of"),
        ({"theme": "sota"}, "theme: 'sota' is not a theme: koulu"),
        ({"language": "de"}, "language: 'de' is not one of fi, sv, en"),
        ({"reviewed_on": "31.5.2026"}, "reviewed_on: '31.5.2026' is not a day"),
        ({"website": "javascript:alert(1)"}, "website: 'javascript:alert(1)': Enter a valid URL"),
        ({"contact_email": "x"}, "contact_email: 'x': Enter a valid email"),
        ({"trust": {"security": {"url": "javascript:1"}}}, "trust: 'javascript:1' is not an addr"),
        ({"trust": {"security": {"href": ""}}}, "trust: 'security' has unknown 'href'"),
        ({"trust": {"colour": "yes"}}, "trust: 'colour': is not one of accessibility, dpia"),
        ({"trust": {"security": "perhaps"}}, "trust: 'perhaps': is not one of yes, no, unknown"),
        ({"sdgs": [18]}, "sdgs: 18 is not a goal from 1 to 17"),
        ({"fits_sizes": ["big"]}, "fits_sizes: 'big': is not one of under_5k"),
        ({"suppliers": [{"url": ""}]}, "suppliers: A supplier has no name"),
        ({"cost_once": "-1"}, "cost_once: '-1': Ensure this value is greater"),
        ({"trl": 10}, "trl: 10: Ensure this value is less"),
        ({"archived_at": "2026-05-31"}, "archived_at: '2026-05-31' is not a time"),
        ({"trust": []}, "trust: [] is not an object"),
        ({"steps": "yksi"}, "steps: 'yksi' is not a list"),
        ({"steps": [1]}, "steps: 1 is not a text"),
        ({"tags": ["x" * 101]}, "tags: an item has 101 characters, at most 100 fit"),
        ({"live": "no"}, "live: 'no' is neither true nor false"),
        ({"colour": "red"}, "colour: unknown field"),
    ],
)
def test_what_is_wrong_is_named_with_line_and_field(tmp_path, owner, theme, more, said):
    content = json.dumps(a_row()) + "\n\n" + json.dumps(a_row(**more)) + "\n"
    assert f"line 3: {said}" in refused(tmp_path, content.encode())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"uid":', "line 2: not JSON: Expecting value at character 8"),
        (b"[1]", "line 2: not an object"),
        (b'{"title": NaN}', "line 2: not JSON: NaN is not"),
        (b'{"title": "a", "title": "b"}', "line 2: not JSON: 'title' is there twice"),
        (b"[" * 100_000, "line 2: not JSON"),
        (b'{"title": ' + b"9" * 5000 + b"}", "line 2: not JSON"),
        ('{"title": "Sää"}'.encode("latin-1"), "line 2: byte 13 is not UTF-8"),
    ],
)
def test_broken_lines_are_named(tmp_path, owner, line, said):
    good = jsonl(a_row())
    assert said in refused(tmp_path, good + line + b"\n" + good.replace(b"Koulu", b"Talvi"))


def test_every_bad_row_is_named(tmp_path, owner):
    rows = [a_row(readiness="x", owner="y"), a_row(), a_row(title="")]
    rows.append(dict(rows[1]))
    said = refused(tmp_path, jsonl(*rows))
    for part in ("line 1: owner", "line 1: readiness", "line 3: title: is missing"):
        assert part in said
    assert "line 4: uid: is on line 2 already" in said
    assert "3 rows need correcting" in said


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "the file is empty"),
        ("uid".encode("utf-16"), "UTF-16"),
        (b"x" * 1_000_002, "line 1 is longer"),
    ],
)
def test_files_that_are_none(tmp_path, name, content, said):
    assert said in refused(tmp_path, content, name=name)


def test_csv_as_spreadsheets_save_it(tmp_path, owner, theme):
    """With a mark, semicolons, empty lines; the owner by its business ID or name."""
    rows = [
        a_row(owner="0165116-3", tags="a; b", steps="yksi\nkaksi", live="FALSE", theme="koulu"),
        a_row(owner="Mikkelin kaupunki", tags='["a;b"]', steps="", live="1", theme=""),
    ]
    content = b"\xef\xbb\xbf" + sheet(*rows, delimiter=";") + b"\r\n"
    assert "2 new" in take(tmp_path, content, name="in.csv")
    one, other = (Solution.objects.get(uid=row["uid"]) for row in rows)
    assert ([tag.name for tag in one.tags.order_by("name")], one.steps) == (
        ["a", "b"],
        ["yksi", "kaksi"],
    )
    assert ([tag.name for tag in other.tags.all()], other.steps) == (["a;b"], [])
    assert (one.live, other.live) == (False, True)


def test_csv_faults_are_named(tmp_path, owner):
    good = a_row(problem="kaksi\nriviä")
    bad = a_row(problem="x", readiness="no") | good | {"uid": "7"}
    content = sheet(good, {name: bad[name] for name in good}) + b"a,b\r\n"
    content += b"S\xe4\xe4\r\n" + b'"kesken\r\n'
    said = refused(tmp_path, content, name="in.csv")
    assert "line 4: uid: '7' is not a UUID" in said  # the row before has two lines
    assert "line 6: 2 cells where the header has 5" in said
    assert "line 7: byte 2 is not UTF-8" in said
    assert "line 8: not CSV: unexpected end of data" in said


def test_csv_header_is_looked_at_first(tmp_path, owner):
    said = refused(tmp_path, sheet(a_row(colour="red")), name="in.csv")
    assert "line 1: unknown column 'colour'" in said
    row = a_row()
    del row["owner"]
    assert "no column 'owner'" in refused(tmp_path, sheet(row), name="in.csv")


def test_a_name_that_two_have_says_nothing(tmp_path, owner):
    OrganisationFactory(name=owner.name)
    assert "no organisation" in refused(tmp_path, jsonl(a_row(owner=owner.name)))


def test_work_in_the_back_office_is_not_lost(tmp_path, owner):
    one = SolutionFactory(owner=owner)
    one.title = "Luonnos"
    one.save_revision()
    said = refused(tmp_path, jsonl(a_row(uid=str(one.uid)), a_row()))
    assert "line 1: the solution has a draft in the back office" in said
    one.latest_revision.publish()
    take(tmp_path, jsonl(a_row(uid=str(one.uid))))
    one = Solution.objects.get()
    assert one.get_latest_revision_as_object().title == "Koulukyyti"
    Solution.objects.update(locked=True)
    assert "is locked" in refused(tmp_path, jsonl(a_row(uid=str(one.uid), title="Toinen")))


def test_tags_whose_addresses_meet_each_get_their_own(tmp_path, owner):
    take(tmp_path, jsonl(a_row(tags=["C", "C#", "c++", "😀", "!"])))
    take(tmp_path, jsonl(a_row(tags=["C", "c"])))
    assert Solution.objects.filter(tags__name="C").count() == 2
    assert Solution.objects.get(tags__name="c++")


def test_unknown_suffix_and_missing_file(tmp_path):
    with pytest.raises(CommandError, match="give --format"):
        call_command("import_solutions", str(tmp_path / "a.txt"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_solutions", str(tmp_path / "a.csv"))
    with pytest.raises(CommandError, match="give --format"):
        call_command("export_solutions", str(tmp_path / "a.txt"))
    with pytest.raises(CommandError, match="No such file"):
        call_command("export_solutions", str(tmp_path / "none" / "a.csv"))


def test_statements_do_not_grow_with_rows(tmp_path, owner, theme):
    """Of new ones and of changed ones, in one batch."""

    def count(rows: list) -> int:
        with CaptureQueriesContext(connection) as captured:
            take(tmp_path, jsonl(*rows))
        return len(captured)

    def make(number: int) -> list:
        return [a_row(tags=["a", f"t{n}"], theme="koulu") for n in range(number)]

    few, many = make(3), make(12)  # SQLite takes no more in one statement
    take(tmp_path, jsonl(a_row()))  # content types are known from here on
    assert count(few) == count(many)
    for row in (*few, *many):
        row |= {"title": "Toinen", "tags": ["a"]}
    assert count(few) == count(many)


def test_more_rows_than_one_batch_holds_are_taken_and_changed(tmp_path, owner, theme):
    number = 2 * importing.AT_ONCE + 1
    rows = [a_row(theme="koulu", tags=[f"t{n % 50}"]) for n in range(number)]
    assert f"{number} new" in take(tmp_path, jsonl(*rows))
    for row in rows:
        row |= {"title": "Toinen", "readiness": "pilot"}
    assert f"{number} changed" in take(tmp_path, jsonl(*rows))
    assert Solution.objects.filter(title="Toinen").count() == number


def test_origin_is_given_back_where_it_is_known(tmp_path, owner):
    idea = IdeaFactory(submitted=True, published_at=clock.now())
    one = SolutionFactory(owner=owner, idea=idea, challenge=idea.challenge)
    hidden = IdeaFactory(submitted=True)
    SolutionFactory(owner=owner, idea=hidden)
    first = give(tmp_path, "a.jsonl")
    rows = {row["uid"]: row for row in map(json.loads, first.splitlines())}
    assert rows[str(one.uid)]["proposal"] == str(idea.uid)
    assert {row["proposal"] for row in rows.values()} == {str(idea.uid), ""}
    Solution.objects.all().delete()
    take(tmp_path, first, name="b.jsonl")
    again = Solution.objects.get(uid=one.uid)
    assert (again.idea, again.challenge) == (idea, idea.challenge)
    # One that is there keeps its origin, and a proposal has one solution only.
    row = rows[str(one.uid)]
    other = {**row, "uid": str(uuid.uuid4()), "challenge": "ei-ole", "url": "https://x.example/"}
    both = [{**row, "challenge": "", "proposal": ""}, other, {**other, "uid": str(uuid.uuid4())}]
    both[2]["proposal"] = "ei uid"
    take(tmp_path, b"".join(json.dumps(r).encode() + b"\n" for r in both), name="c.jsonl")
    again.refresh_from_db()
    assert again.idea == idea
    made = Solution.objects.filter(uid__in=[one["uid"] for one in both[1:]])
    assert [(two.idea, two.challenge) for two in made] == [(None, None)] * 2
