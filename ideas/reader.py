"""What was handed in, as labelled rows for one audience.

The ONE place that decides which answers are seen. The proposal page, the score desk, staff's
screens, downloads and search all read through it.

=========  =====================================================================================
audience   sees
=========  =====================================================================================
public     answers open to everybody, once the proposal is public; with «titles only», the title,
           theme and municipality until it wins. Never who to contact.
jury       answers open to everybody and to the jury; with blind jurying nothing that names.
           Neither jury nor public then learn who proposes before the decision: files have other
           names and are given without their authors (ideas.anonymous).
staff      all that was handed in, but for trade secrets.
team       all, also what is written but not yet handed in (`draft=True`).
=========  =====================================================================================

No row has a trade secret or a secret file, whoever asks. Those are `secret_parts`; staff and jurors
come to them through secret_review.read, which keeps the record of who read what.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from challenges.definition import Definition, Field, FieldType, Purpose
from challenges.models import Challenge, Series
from challenges.states import ChallengeState, FieldVisibility, SeriesKind
from core.cards import IdeaCard, Tag
from core.multilingual import lang, text
from core.municipalities import municipality
from ideas import naming
from ideas.anonymous import anonymous_name
from ideas.choices import themes_of
from ideas.models import Attachment, Idea
from ideas.states import IdeaState
from ideas.versions import attachments_of


class Audience(StrEnum):
    PUBLIC = "public"
    JURY = "jury"
    STAFF = "staff"
    TEAM = "team"


SEES: dict[Audience, frozenset[str]] = {
    Audience.PUBLIC: frozenset({FieldVisibility.PUBLIC.value}),
    Audience.JURY: frozenset({FieldVisibility.PUBLIC.value, FieldVisibility.JURY.value}),
    Audience.STAFF: frozenset(FieldVisibility.values),
    Audience.TEAM: frozenset(FieldVisibility.values),
}
CONTACT = frozenset({Purpose.CONTACT_EMAIL, Purpose.CONTACT_NAME, Purpose.NAME_PUBLIC})
ALWAYS_WITH_TITLE = frozenset({Purpose.TITLE, Purpose.THEME, Purpose.MUNICIPALITY})


@dataclass(frozen=True)
class FileAnswer:
    uid: str
    name: str
    size: int  # bytes
    content_type: str
    sha256: str


@dataclass(frozen=True)
class Row:
    """One answer. `value` is text for a reader in the active language, "" when not answered."""

    key: str
    label: str
    label_lang: str
    value: str
    type: str
    purpose: str
    visibility: str
    step: str
    step_title: str
    values: tuple[str, ...] = ()  # of a choice of several, one by one
    files: tuple[FileAnswer, ...] = ()
    lang: str = ""  # of a text in the proposer's own words

    @property
    def is_answered(self) -> bool:
        return bool(self.value or self.files)

    @property
    def is_long(self) -> bool:
        return self.type == FieldType.LONG_TEXT

    @property
    def is_link(self) -> bool:
        return self.type == FieldType.LINK


def rows(idea: Idea, audience: Audience | str, *, draft: bool = False) -> list[Row]:
    """The answers that this audience sees, in the order of the form; unanswered ones too.

    `idea` comes from `Idea.objects.for_reading()`. An empty list: this audience sees nothing.
    """
    audience = Audience(audience)
    content = _content(idea, audience, draft=draft)
    if content is None:
        return []
    definition: Definition = idea.form.parsed
    files = [file for file in _named(idea, audience, content.files) if not file.get("secret")]
    return [
        _row(idea, definition, field, content.answers, files)
        for field in definition.asked(content.answers)
        if sees(idea, audience, field)
    ]


def sees(idea: Idea, audience: Audience, field: Field) -> bool:
    """Whether the audience sees the answers to the question, this proposal being what it is."""
    if field.visibility not in SEES[audience]:
        return False
    if audience == Audience.PUBLIC:
        if field.purpose in CONTACT or not idea.is_public:
            return False
        return idea.whole_text_public or field.purpose in ALWAYS_WITH_TITLE
    if audience == Audience.JURY:
        named = hides_proposer(idea) and field.purpose in CONTACT
        return not named and field.purpose != Purpose.NAME_PUBLIC
    return True


@dataclass(frozen=True)
class SecretPart:
    """The secret part of an answer, with the reason that the proposer gave for it."""

    key: str  # of the question
    label: str
    label_lang: str
    step: str
    text: str
    reason: str
    files: tuple[FileAnswer, ...]
    lang: str  # of the text, as in Row


def secret_parts(idea: Idea, audience: Audience | str, *, draft: bool = False) -> list[SecretPart]:
    """What is claimed to be secret, in the order of the form; nothing for the public."""
    audience = Audience(audience)
    content = _content(idea, audience, draft=draft)
    if audience == Audience.PUBLIC or content is None:
        return []
    files = [file for file in _named(idea, audience, content.files) if file.get("secret")]
    found = (
        SecretPart(
            key=field.key,
            label=text(field.label),
            label_lang=lang(field.label),
            step=field.step,
            text=str(content.secrets.get(field.secret_key, "")),
            reason=str(content.secrets.get(field.reason_key, "")),
            files=tuple(_files(field, files)),
            lang=idea.language if idea.language != get_language() else "",
        )
        for field in idea.form.parsed.asked(content.answers)
        if field.secret
    )
    return [part for part in found if part.text or part.files]


def hides_proposer(idea: Idea) -> bool:
    """Blind jurying: before the decision only the team and staff know who proposes.

    Everything that names people asks this; `series` and `challenge` are to be at hand. The
    published rubric of each series says whether its jurying is blind.
    """
    return idea.state != IdeaState.DECIDED and idea.is_judged_blind


def hides_proposers(challenge: Challenge, series: Iterable[Series]) -> bool:
    """Whether there are proposals in some of these series that `hides_proposer` may be true of."""
    waits = challenge.has_jury and challenge.state != ChallengeState.DECIDED
    return waits and any(one.blind for one in series)


def hides_names_in_files(idea: Idea, audience: Audience | str) -> bool:
    """Whether the audience gets files under other names and without their authors."""
    return Audience(audience) in (Audience.PUBLIC, Audience.JURY) and hides_proposer(idea)


def proposer(idea: Idea, audience: Audience | str) -> str:
    """Who proposes, as the audience may know; "" when it may not or nobody is named."""
    audience = Audience(audience)
    if audience in (Audience.PUBLIC, Audience.JURY) and hides_proposer(idea):
        return ""
    if audience in (Audience.STAFF, Audience.TEAM):
        own = idea.organisation.name if idea.organisation else idea.contact_name
        return own or idea.contact_email
    return naming.shown(idea)


def name_of_file(idea: Idea, attachment: Attachment) -> str:
    """What the jury and the public know the file by."""
    uid = attachment.uid.hex
    shown = [
        *(file for row in rows(idea, Audience.JURY) for file in row.files),
        *(file for part in secret_parts(idea, Audience.JURY) for file in part.files),
    ]
    return next((file.name for file in shown if file.uid == uid), anonymous_name(1, ""))


def sees_file(idea: Idea, audience: Audience | str, attachment: Attachment) -> bool:
    """Whether the audience may open this file of the proposal; of no secret one it may."""
    uid = attachment.uid.hex
    return any(file.uid == uid for row in rows(idea, audience) for file in row.files)


def _named(
    idea: Idea, audience: Audience, files: list[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    if not hides_names_in_files(idea, audience):
        return files
    return [
        {**file, "name": anonymous_name(number, file["name"])}
        for number, file in enumerate(files, start=1)
    ]


@dataclass(frozen=True)
class _Content:
    answers: Mapping[str, Any]
    secrets: Mapping[str, Any]
    files: list[Mapping[str, Any]]


def _content(idea: Idea, audience: Audience, *, draft: bool) -> _Content | None:
    if draft and audience == Audience.TEAM:
        return _Content(idea.answers, idea.secrets, list(attachments_of(idea)))
    version = idea.current_version
    if version is None or (not idea.is_delivered and audience != Audience.TEAM):
        return None
    payload = version.payload
    return _Content(payload["answers"], payload.get("secrets", {}), payload["attachments"])


def _row(
    idea: Idea,
    definition: Definition,
    field: Field,
    answers: Mapping[str, Any],
    files: list[Mapping[str, Any]],
) -> Row:
    step = definition.step(field.step)
    raw = answers.get(field.key, "")
    values = tuple(_words(idea, field, raw.split("\n") if field.type == FieldType.TEAM else raw))
    return Row(
        key=field.key,
        label=text(field.label),
        label_lang=lang(field.label),
        value=", ".join(values),
        values=values if field.type in (FieldType.CHOICES, FieldType.TEAM) else (),
        type=field.type,
        purpose=field.purpose,
        visibility=field.visibility,
        step=field.step,
        step_title=text(step.title) if step else "",
        files=tuple(_files(field, files)),
        lang=idea.language
        if field.type in (FieldType.SHORT_TEXT, FieldType.LONG_TEXT)
        and idea.language != get_language()
        else "",
    )


def _files(field: Field, files: list[Mapping[str, Any]]) -> Iterator[FileAnswer]:
    for file in files if field.is_file else ():
        if file["field"] == field.key:
            yield FileAnswer(
                uid=file["uid"],
                name=file["name"],
                size=file["size"],
                content_type=file["type"],
                sha256=file["sha256"],
            )


def _words(idea: Idea, field: Field, raw: Any) -> Iterator[str]:
    """The answer in words of the active language."""
    for value in raw if isinstance(raw, list) else [raw]:
        if value in (None, ""):
            continue
        if field.type in (FieldType.NUMBER, FieldType.MONEY):
            yield _number(str(value), money=field.type == FieldType.MONEY)
        elif field.options_from == "themes":
            yield _theme(idea, str(value))
        elif field.type == FieldType.CONSENT:
            yield _("Yes")
        elif field.type == FieldType.DATE:
            yield _date(str(value))
        elif field.options_from == "municipalities" or field.type == FieldType.PLACE:
            place = municipality(str(value))
            yield place.name if place else str(value)
        else:
            yield field.option_label(str(value)) if field.options else str(value)


def _date(value: str) -> str:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:  # of a draft, as it was typed
        return value
    return f"{day.day}.{day.month}.{day.year}"


def _theme(idea: Idea, key: str) -> str:
    if idea.theme is not None and idea.theme.key == key:
        return text(idea.theme.name)
    return next((text(t.name) for t in themes_of(idea.challenge) if t.key == key), key)


def _number(value: str, *, money: bool) -> str:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    places = 2 if money and number != number.to_integral_value() else None
    if money and places is None:
        number = number.to_integral_value()
    words = str(number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True))
    return f"{words} €" if money else words


def card(idea: Idea) -> IdeaCard:
    """What a public list shows of a public proposal, by the same rule as its page."""
    purposes = idea.form.parsed.purposes

    def open_to_all(purpose: Purpose) -> bool:
        field = purposes.get(purpose)
        return field is not None and sees(idea, Audience.PUBLIC, field)

    summary_shown = idea.whole_text_public and (
        Purpose.SUMMARY not in purposes or open_to_all(Purpose.SUMMARY)
    )
    place = municipality(idea.municipality) if open_to_all(Purpose.MUNICIPALITY) else None
    theme = idea.theme if open_to_all(Purpose.THEME) else None
    citizens = idea.series.kind == SeriesKind.CITIZENS
    return IdeaCard(
        url=idea.get_absolute_url(),
        title=idea.title,
        summary=idea.summary if summary_shown else "",
        seed=idea.uid.hex,
        family=theme.key if theme else "",
        series=text(idea.series.name),
        series_kind="citizen" if citizens else "org",
        place=place.name if place else "",
        language=idea.language if idea.language != get_language() else "",
        tags=(Tag(label=str(_("Winner")), kind="win"),) if idea.awarded else (),
        supporters=idea.supporters,
    )
