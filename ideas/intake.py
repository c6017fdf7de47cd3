"""Proposals that staff take in for somebody: one typed from paper or e-mail, or a table of them.

A table is taken in whole or not at all. Each row has an id of its own; a row that has been taken in
is left alone the next time, so that a corrected or longer list can be given again.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import free_slug
from accounts.models import Organisation, User
from accounts.states import OrganisationKind
from challenges.definition import Definition, Purpose
from challenges.models import Challenge, Series
from challenges.rules import can_edit_challenge
from challenges.states import Act, ChallengeState, SeriesKind
from core import audit
from core.errors import Invalid, NotNow, require
from ideas.actions import hand_in
from ideas.answers import clean_all, one_line, tidy_all
from ideas.choices import all_options
from ideas.models import Idea
from ideas.states import Source
from ideas.trade_secrets import clean_parts

AT_MOST = 5_000  # rows of a table
LANGUAGES = ("fi", "sv", "en")


@dataclass(frozen=True)
class Arrival:
    """How and when a proposal came, and from whom. `late_because`: the extension's reason."""

    source: str
    at: dt.datetime
    language: str = "fi"
    organisation: str = ""
    business_id: str = ""
    external_id: str = ""
    late_because: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell. `line` as the spreadsheet counts them, its heading is 1."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        where = _("Row %(line)s") % {"line": self.line}
        return f"{where}, {self.column}: {self.words}" if self.column else f"{where}: {self.words}"


@dataclass
class Report:
    """What came, or would come, of a table."""

    new: int = 0
    same: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class TableRow:
    """One row as it was read: answers as they were typed. `faults`: what could not be read."""

    line: int
    arrival: Arrival | None
    answers: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


@transaction.atomic
def take_in(
    *,
    series: Series,
    answers: Mapping[str, Any],
    arrival: Arrival,
    by: User | None,
    at: dt.datetime,
) -> Idea:
    """A delivered proposal, numbered like any other; its time is that of its arrival.

    Files and, where nobody gave one, the proposer's e-mail are not asked for. `by` is None at the
    command line. Raises Invalid by question or by «source», «arrived», «late_because», «language»,
    «organisation», «business_id»; NotNow when the challenge takes nothing in.
    """
    challenge = series.challenge
    if by is not None:
        require(bool(can_edit_challenge(by, challenge)))
    form = series.form
    if challenge.state != ChallengeState.OPENED or form is None:
        raise NotNow(_("Proposals are taken in while the challenge is open or being assessed."))
    definition = form.parsed
    errors = _arrival_errors(challenge, arrival, at)
    kept, typed = tidy_all(definition, answers)
    clean, wrong = clean_all(definition, kept, all_options(definition, challenge))
    secrets, unclear = clean_parts(definition.asked(kept), kept, [])
    mail = definition.purposes.get(Purpose.CONTACT_EMAIL)
    if mail is not None and not kept.get(mail.key):
        wrong.pop(mail.key, None)
    errors |= {**wrong, **unclear, **typed}
    if not errors and series.kind == SeriesKind.ORGANISATIONS and not arrival.organisation:
        errors["organisation"] = [_("Write the organisation that proposes.")]
    if errors:
        raise Invalid(errors=errors)
    idea = Idea(
        challenge=challenge,
        series=series,
        form=form,
        organisation=_organisation(arrival) if series.kind == SeriesKind.ORGANISATIONS else None,
        language=arrival.language,
        source=arrival.source,
        external_id=arrival.external_id,
        secrets=secrets,
        created_at=at,
        saved_at=at,
    )
    idea.clean_fields(exclude=["challenge", "series", "form", "organisation"])
    idea.save()
    hand_in(idea=idea, answers=clean, files=[], at=arrival.at, by=by)
    audit.record(
        "idea.taken_in",
        idea,
        by=by,
        data={
            "reference": idea.reference,
            "source": arrival.source,
            "arrived": arrival.at,
            "entered": at,
            **({"late_because": arrival.late_because} if arrival.late_because else {}),
            **({"external_id": arrival.external_id} if arrival.external_id else {}),
        },
    )
    return idea


def _arrival_errors(
    challenge: Challenge, arrival: Arrival, at: dt.datetime
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if arrival.source not in (Source.PAPER, Source.EMAIL):
        errors["source"] = [_("Say how it came: paper or email.")]
    if arrival.language not in LANGUAGES:
        errors["language"] = [_("The language is fi, sv or en.")]
    if arrival.at > at:
        errors["arrived"] = [_("The moment of arrival is still to come.")]
    elif challenge.opens_at is None or arrival.at < challenge.opens_at:
        errors["arrived"] = [_("It came before the call opened.")]
    elif not challenge.allows(Act.SUBMIT, at=arrival.at) and not arrival.late_because:
        errors["late_because"] = [
            _("It came after closing. It is refused, unless an extension is granted: write why.")
        ]
    return errors


def _organisation(arrival: Arrival) -> Organisation:
    """The one with the business ID, else with the name; made when there is none."""
    name = one_line(arrival.organisation)
    made = Organisation(kind=OrganisationKind.COMPANY, name=name, slug=free_slug(name))
    made.business_id = arrival.business_id.strip() or None
    try:
        made.clean()
    except ValidationError as error:
        raise Invalid(errors={"business_id": error.messages}) from error
    known = Organisation.objects.order_by("pk")
    if made.business_id:
        found = known.filter(business_id=made.business_id).first()
    else:
        found = known.filter(name__iexact=name).first()
    if found is None:
        try:
            made.full_clean()
        except ValidationError as error:
            raise Invalid(errors={"organisation": error.messages}) from error
        made.save()
        found = made
    return found


@transaction.atomic
def import_rows(
    *,
    series: Series,
    rows: Iterable[TableRow],
    by: User | None,
    at: dt.datetime,
    dry_run: bool = False,
) -> Report:
    """Take in every row or none; with `dry_run` none, after all has been tried."""
    if by is not None:
        require(bool(can_edit_challenge(by, series.challenge)))
    report, seen = Report(), dict[str, int]()
    known = {
        idea.external_id: idea
        for idea in Idea.objects.filter(challenge=series.challenge).exclude(external_id="")
    }
    for count, row in enumerate(rows, start=1):
        if count > AT_MOST:
            words = _("The table has more than %(most)s rows: give it in parts.")
            report.faults.append(Fault(row.line, "", words % {"most": AT_MOST}))
            break
        if row.faults or row.arrival is None:
            report.faults.extend(row.faults)
            continue
        external = row.arrival.external_id
        if external in seen:
            words = _("The row %(line)s has the same id.") % {"line": seen[external]}
            report.faults.append(Fault(row.line, "id", words))
            continue
        seen[external] = row.line
        if external in known:
            _again(known[external], series, row, report)
            continue
        try:
            with transaction.atomic():
                take_in(series=series, answers=row.answers, arrival=row.arrival, by=by, at=at)
        except Invalid as error:
            report.faults.extend(_faults(series, row.line, error))
        else:
            report.new += 1
    if report.faults or dry_run:
        transaction.set_rollback(True)
    return report


def _again(idea: Idea, series: Series, row: TableRow, report: Report) -> None:
    """A row that was taken in before: left alone; told of when the list now says otherwise."""
    first = idea.versions.order_by("number").first()
    definition = idea.form.parsed
    kept, _errors = tidy_all(definition, row.answers)
    now, _wrong = clean_all(definition, kept, all_options(definition, series.challenge))
    secrets, _unclear = clean_parts(definition.asked(kept), kept, [])
    if (
        idea.series_id == series.pk
        and first is not None
        and (first.payload["answers"], first.payload.get("secrets", {})) == (now, secrets)
    ):
        report.same += 1
        return
    words = _("It was taken in as %(reference)s with other answers, which stay.")
    report.faults.append(Fault(row.line, "id", words % {"reference": idea.reference}))


def _faults(series: Series, line: int, error: Invalid) -> Iterable[Fault]:
    form = series.form
    definition: Definition | None = form.parsed if form else None
    for key, several in error.errors.items():
        column = key if definition is None or definition.typed(key) is None else f"[{key}]"
        for words in several:
            yield Fault(line, column, words)
