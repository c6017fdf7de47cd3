"""Staff's intake: one typed from paper, tables of them, the command, what is refused."""

import csv
import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.actions import grant_role
from accounts.states import Role
from challenges import hosting
from cms.setup import setup_site
from core import clock, outbox
from core.errors import Denied, Invalid
from core.models import AuditEntry, Mail
from ideas import intake, intake_file
from ideas.models import Idea, IntakeFile
from tests.factories.accounts import UserFactory
from tests.factories.ideas import (
    company,
    open_series,
    organisation_answers,
    organisations_series,
    whole_answers,
)

pytestmark = pytest.mark.django_db

FIELDS = ("id", "source", "arrived", "language")


def staff_of(series):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    person = UserFactory()
    grant_role(organisation=series.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


def yesterday():
    return clock.now() - dt.timedelta(days=1)


def arrival(**more):
    return intake.Arrival(**{"source": "paper", "at": yesterday(), **more})


def take(series, by, answers=None, **more):
    return intake.take_in(
        series=series,
        answers=answers or whole_answers(),
        arrival=arrival(**more),
        by=by,
        at=clock.now(),
    )


def row(number="A1", **more):
    day = clock.local(yesterday()).strftime("%d.%m.%Y %H.%M")
    given = {"id": number, "source": "paper", "arrived": day, **whole_answers()}
    given["who"] = "Lapset; Ikäihmiset"
    given["theme"] = "School"
    given["name_public"] = "Ei"
    return {**given, **more}


def as_csv(*rows, separator=";"):
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def as_xlsx(*rows):
    book = Workbook()
    book.active.append([f"Otsake [{key}]" for key in rows[0]])
    for one in rows:
        book.active.append(list(one.values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def run(series, content, name="lista.csv", **more):
    return intake.import_rows(
        series=series,
        rows=intake_file.read(io.BytesIO(content), name, series),
        by=None,
        at=clock.now(),
        **more,
    )


# One, typed in ------------------------------------------------------------------------------------


def test_it_is_numbered_like_any_other_with_its_arrival_on_record():
    series = open_series()
    came = yesterday()
    idea = take(series, staff_of(series), at=came)
    assert (idea.number, idea.source, idea.submitted_at) == (1, "paper", came)
    assert idea.current_version.payload["answers"]["title"] == whole_answers()["title"]
    assert idea.published_at
    entry = AuditEntry.objects.get(verb="idea.taken_in")
    assert entry.data["source"] == "paper"
    outbox.run_now()
    assert Mail.objects.get().to == "kansalainen@esimerkki.example"


def test_nobody_s_address_is_invented():
    series = open_series()
    idea = take(series, staff_of(series), answers=whole_answers(email=""))
    outbox.run_now()
    assert idea.contact_email == ""
    assert not Mail.objects.exists()


def test_a_wrong_address_is_still_wrong():
    series = open_series()
    with pytest.raises(Invalid) as refusal:
        take(series, staff_of(series), answers=whole_answers(email="ei osoite"))
    assert set(refusal.value.errors) == {"email"}
    assert not Idea.objects.exists()


def test_late_ones_are_refused_unless_an_extension_is_granted():
    series = open_series(closed=True)
    staff = staff_of(series)
    with pytest.raises(Invalid) as refusal:
        take(series, staff, at=clock.now() - dt.timedelta(minutes=1))
    assert set(refusal.value.errors) == {"late_because"}
    take(series, staff, at=clock.now() - dt.timedelta(minutes=1), late_because="Posti oli lakossa.")
    assert AuditEntry.objects.get(verb="idea.taken_in").data["late_because"]
    in_time = take(series, staff, at=clock.now() - dt.timedelta(days=2))
    assert in_time.number == 2


@pytest.mark.parametrize("days", [-100, 1])
def test_before_opening_and_in_the_future_nothing_comes(days):
    series = open_series()
    with pytest.raises(Invalid) as refusal:
        take(series, staff_of(series), at=clock.now() + dt.timedelta(days=days))
    assert set(refusal.value.errors) == {"arrived"}


def test_only_the_host_s_staff():
    series = open_series()
    with pytest.raises(Denied):
        take(series, UserFactory())


def test_an_organisation_is_found_by_its_business_id_or_made():
    series = organisations_series()
    staff, answers = staff_of(series), organisation_answers()
    with pytest.raises(Invalid) as refusal:
        take(series, staff, answers=answers)
    assert set(refusal.value.errors) == {"organisation"}
    with pytest.raises(Invalid) as refusal:
        take(series, staff, answers=answers, organisation="Reitti", business_id="1234567-9")
    assert set(refusal.value.errors) == {"business_id"}
    known = company("Reitti Oy", "1234567-1")
    first = take(series, staff, answers=answers, organisation="Reitti", business_id="1234567-1")
    made = take(series, staff, answers=answers, organisation="Polku ry")
    again = take(series, staff, answers=answers, organisation="polku ry")
    assert first.organisation == known
    assert made.organisation == again.organisation
    assert made.organisation.name == "Polku ry"


# Tables -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make"), [("lista.csv", as_csv), ("lista.xlsx", as_xlsx)], ids=["csv", "xlsx"]
)
def test_a_table_is_taken_in_with_options_in_words(name, make):
    series = open_series()
    report = run(series, make(row("A1"), row("A2", title="Toinen", email="")), name)
    assert (report.new, report.same, report.faults) == (2, 0, [])
    first = Idea.objects.get(external_id="A1")
    assert first.answers["who"] == ["children", "older"]
    assert first.theme.key == "koulu"
    assert first.number == 1


def test_the_same_again_changes_nothing():
    series = open_series()
    run(series, as_csv(row("A1"), row("A2")))
    report = run(series, as_csv(row("A1"), row("A2"), row("A3")))
    assert (report.new, report.same) == (1, 2)
    assert Idea.objects.count() == 3


def test_an_id_with_other_answers_is_told_of():
    series = open_series()
    run(series, as_csv(row("A1")))
    report = run(series, as_csv(row("A1", title="Muutettu"), row("A2")))
    assert [(fault.line, fault.column) for fault in report.faults] == [(2, "id")]
    assert Idea.objects.get().title != "Muutettu"


def test_a_dry_run_and_a_fault_write_nothing_and_use_no_number():
    series = open_series()
    assert run(series, as_csv(row("A1")), dry_run=True).new == 1
    report = run(series, as_csv(row("A1"), row("A2", title="", email="väärä"), row("A1")))
    assert {(fault.line, fault.column) for fault in report.faults} == {
        (3, "[title]"), (3, "[email]"), (4, "id"),
    }  # fmt: skip
    assert not Idea.objects.exists()
    assert not AuditEntry.objects.exists()
    run(series, as_csv(row("A9")))
    assert Idea.objects.get().number == 1


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"id;source;arrived;tuntematon\n", "x.csv"),
        (b"id;source\n", "x.csv"),
        (b"id;id;source;arrived\n", "x.csv"),
        (b"\xff\xfe\x00", "x.csv"),
        (b"not a sheet", "x.xlsx"),
        (b"", "x.exe"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, name):
    with pytest.raises(intake_file.BrokenTable):
        run(open_series(), content, name)


def test_hostile_cells_are_neutralised():
    series = open_series()
    run(series, as_csv(row("A1", title="=cmd|' /C calc'!A0", problem="x\x00\u202ey" * 20)))
    idea = Idea.objects.get()
    assert "\x00" not in idea.answers["problem"]
    assert "\u202e" not in idea.answers["problem"]


def test_a_row_without_an_id_or_a_moment_is_told_of():
    report = run(open_series(), as_csv(row("", arrived="eilen")))
    assert {fault.column for fault in report.faults} == {"id", "arrived"}


def test_the_template_can_be_filled_and_given_back():
    series = open_series()
    content = b"".join(intake_file.template(series, "xlsx").streaming_content)
    book = load_workbook(io.BytesIO(content))
    header = [cell.value for cell in book.active[1]]
    values = row("A1")
    book.active.append([values.get(head.rpartition("[")[2][:-1]) for head in header])
    file = io.BytesIO()
    book.save(file)
    assert run(series, file.getvalue(), "t.xlsx").new == 1


# The command --------------------------------------------------------------------------------------


def test_the_command_does_the_same(tmp_path, capsys):
    series = open_series()
    file = tmp_path / "lista.csv"
    file.write_bytes(as_csv(row("A1")))
    where = {"challenge": series.challenge.slug, "series": series.key}
    call_command("import_ideas", str(file), dry_run=True, **where)
    assert not Idea.objects.exists()
    call_command("import_ideas", str(file), **where)
    call_command("import_ideas", str(file), **where)
    assert Idea.objects.count() == 1
    assert "1 taken in before" in capsys.readouterr().out
    file.write_bytes(as_csv(row("A2", title="")))
    with pytest.raises(CommandError, match="1 rows need correcting"):
        call_command("import_ideas", str(file), **where)


# The pages ----------------------------------------------------------------------------------------


def test_a_table_is_checked_first_and_taken_in_with_one_press(client):
    series = open_series()
    client.force_login(staff_of(series))
    page = reverse("ideas_admin:intake_table", args=[series.challenge_id, series.key])
    upload = SimpleUploadedFile("lista.csv", as_csv(row("A1"), row("A2")))
    answer = client.post(page, {"file": upload})
    assert answer.status_code == 200
    assert not Idea.objects.exists()
    kept = IntakeFile.objects.get()
    assert f'value="{kept.pk}"' in answer.content.decode()
    client.post(page, {"take": kept.pk})
    assert Idea.objects.count() == 2
    assert not IntakeFile.objects.exists()


def test_another_s_checked_table_is_not_there(client):
    series = open_series()
    kept = IntakeFile.objects.create(
        series=series,
        uploaded_by=staff_of(series),
        name="x.csv",
        content=as_csv(row("A1")),
        at=clock.now(),
    )
    client.force_login(staff_of(series))
    page = reverse("ideas_admin:intake_table", args=[series.challenge_id, series.key])
    client.post(page, {"take": kept.pk})
    assert not Idea.objects.exists()


def test_faults_are_shown_by_row_and_column(client):
    series = open_series()
    client.force_login(staff_of(series))
    page = reverse("ideas_admin:intake_table", args=[series.challenge_id, series.key])
    upload = SimpleUploadedFile("lista.csv", as_csv(row("A1", title="")))
    answer = client.post(page, {"file": upload})
    assert answer.status_code == 400
    assert "<td>2</td><td>[title]</td>" in answer.content.decode()


def test_one_is_typed_in_and_what_was_typed_stays_after_a_refusal(client):
    series = open_series()
    client.force_login(staff_of(series))
    page = reverse("ideas_admin:intake_typed", args=[series.challenge_id, series.key])
    assert client.get(page).status_code == 200
    when = clock.local(yesterday()).strftime("%Y-%m-%dT%H:%M")
    came = {"arrival-source": "paper", "arrival-arrived": when, "arrival-language": "fi"}
    answer = client.post(page, {**came, **whole_answers(title="", email="")})
    assert answer.status_code == 400
    assert "Koulutaksi on talvella" in answer.content.decode()
    answer = client.post(page, {**came, **whole_answers(email="")})
    assert answer.status_code == 302
    assert Idea.objects.get().source == "paper"
