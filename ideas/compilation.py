"""The compilation («kooste») of a challenge's public proposals: as a page and as tagged PDF.

The rows of the table (CSV, XLSX) are downloads.py's. Everything is read through reader.py as the
public sees it. What has been withdrawn, hidden or changed since takes the whole document off at
once, until it has been made anew.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge, FormVersion
from challenges.rules import can_edit_challenge
from core import audit, clock, outbox, printing
from core.errors import NotNow, require
from ideas import reader
from ideas.models import Compilation, Idea
from ideas.reader import Audience, Row
from ideas.states import BEING_MADE, CompilationState

STYLE = "css/report.css"
LANGUAGES = ("fi", "sv", "en")
CHUNK = 100  # proposals between two notes of how far it has come


@dataclass(frozen=True)
class Entry:
    """A proposal as it stands in the document. `anchor` is its place there."""

    anchor: str
    reference: str
    title: str
    language: str
    series: str
    theme: str
    place: str
    proposer: str
    awarded: bool
    url: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Heading:
    """One theme or municipality of an index, with the proposals under it."""

    name: str
    entries: tuple[Entry, ...]


@transaction.atomic
def order_compilation(*, challenge: Challenge, by: User | None, at: dt.datetime) -> None:
    """Have the document made in every language, out of the request.

    `by` is None when the house itself finds that it must be made anew. Languages that are being
    made already are left alone. Raises NotNow when nothing is public.
    """
    if by is not None:
        require(bool(can_edit_challenge(by, challenge)))
    if not Idea.objects.public().filter(challenge=challenge).exists():
        raise NotNow(_("There is nothing to compile before proposals are public."))
    waiting = Compilation.objects.filter(challenge=challenge, state__in=BEING_MADE)
    under_way = set(waiting.values_list("language", flat=True))
    for language in LANGUAGES:
        if language in under_way:
            continue
        ordered = Compilation(challenge=challenge, language=language, asked_at=at, asked_by=by)
        ordered.full_clean(exclude=["asked_by"])
        ordered.save()
        outbox.emit("compilation.ordered", compilation=ordered.pk)
    audit.record("compilation.ordered", challenge, by=by)


def make(compilation: Compilation) -> None:
    """Gather, print and keep it. Runs outside any transaction; may be repeated from any point."""
    challenge = compilation.challenge
    with translation.override(compilation.language):
        entries, contents = _gather(compilation)
        context = _context(challenge, entries, compilation.language)
        body = render_to_string("ideas/_compilation.html", context)
        page = render_to_string("ideas/compilation_print.html", {**context, "body": body})
    _note(compilation, state=CompilationState.PRINTING)
    made = printing.pdf(page, style=STYLE) if printing.can_make_pdf() else b""
    keep(compilation, contents=contents, body=body, pdf=made, at=clock.now())


@transaction.atomic
def keep(
    compilation: Compilation, *, contents: list[list[int]], body: str, pdf: bytes, at: dt.datetime
) -> None:
    """The made document takes the place of the former one in its language."""
    row = Compilation.objects.select_for_update().filter(pk=compilation.pk).first()
    if row is None or row.state == CompilationState.READY:
        return
    row.state, row.made_at = CompilationState.READY, at
    row.contents, row.body, row.pdf = contents, body, pdf
    row.save()
    older = Compilation.objects.filter(challenge=row.challenge_id, language=row.language)
    older.filter(state=CompilationState.READY).exclude(pk=row.pk).delete()
    audit.record("compilation.made", row, by=None, data={"proposals": len(contents)})


def shown(challenge: Challenge, language: str) -> Compilation | None:
    """The newest one that may be shown: all that is in it is public still, as it is there."""
    ready = Compilation.objects.filter(
        challenge=challenge, language=language, state=CompilationState.READY
    )
    found = ready.defer("body", "pdf").first()
    return found if found is not None and not outdated(found) else None


def outdated(compilation: Compilation) -> bool:
    """Whether something in it has been withdrawn, hidden or changed."""
    now = set(
        Idea.objects.public()
        .filter(challenge=compilation.challenge_id)
        .values_list("pk", "current_version_id")
    )
    return any(tuple(pair) not in now for pair in compilation.contents)


def has_pdf(compilation: Compilation) -> bool:
    """Whether it was printed; without Pango there is the page only. Does not read the file."""
    return Compilation.objects.filter(pk=compilation.pk).exclude(pdf=b"").exists()


def _note(compilation: Compilation, **values: Any) -> None:
    under_way = Compilation.objects.filter(pk=compilation.pk, state__in=BEING_MADE)
    under_way.update(**values)


def _gather(compilation: Compilation) -> tuple[list[Entry], list[list[int]]]:
    challenge = compilation.challenge
    public = Idea.objects.public().filter(challenge=challenge).defer("answers", "secrets")
    found = public.select_related("series", "theme", "organisation", "current_version")
    _note(compilation, state=CompilationState.READING, total=public.count())
    forms: dict[int, FormVersion] = {}
    entries, contents = [], []
    for number, idea in enumerate(found.order_by("number").iterator(chunk_size=CHUNK), start=1):
        if idea.form_id not in forms:
            forms[idea.form_id] = FormVersion.objects.get(pk=idea.form_id)
        idea.form, idea.challenge = forms[idea.form_id], challenge
        entries.append(_entry(idea))
        contents.append([idea.pk, idea.current_version_id or 0])
        if number % CHUNK == 0:
            _note(compilation, done=number)
    _note(compilation, done=len(entries))
    return entries, contents


def _entry(idea: Idea) -> Entry:
    card = reader.card(idea)
    rows = reader.rows(idea, Audience.PUBLIC)
    theme = next((row.value for row in rows if row.purpose == "theme"), "")
    return Entry(
        anchor=f"n{idea.number}",
        reference=idea.reference,
        title=idea.title,
        language=idea.language,
        series=card.series,
        theme=theme,
        place=card.place,
        proposer=reader.proposer(idea, Audience.PUBLIC),
        awarded=idea.awarded,
        url=f"{settings.SITE_URL}{idea.get_absolute_url()}",
        rows=tuple(
            row for row in rows if row.is_answered and row.purpose not in reader.ALWAYS_WITH_TITLE
        ),
    )


def _context(challenge: Challenge, entries: list[Entry], language: str) -> dict[str, Any]:
    return {
        "challenge": challenge,
        "entries": entries,
        "themes": _index((entry.theme, entry) for entry in entries),
        "places": _index((entry.place, entry) for entry in entries),
        "language": language,
        "at": clock.now(),
    }


def _index(pairs: Iterable[tuple[str, Entry]]) -> list[Heading]:
    """By name; those without one are left out."""
    found: dict[str, list[Entry]] = {}
    for name, entry in pairs:
        if name:
            found.setdefault(name, []).append(entry)
    return [Heading(name, tuple(found[name])) for name in sorted(found, key=str.casefold)]
