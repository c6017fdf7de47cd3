"""Forms are data: the shape of a definition, its checks, its digest.

A definition is JSON::

    {"steps": [{"key": "problem", "title": {fi, sv, en}, "intro": {fi, sv, en},
                "fields": [{"key": "title", "type": "short_text", "label": {fi, sv, en},
                            "help": {…}, "placeholder": {…}, "required": true,
                            "min": 0, "max": 100, "max_length": 80,
                            "options": [{"value": "a", "label": {…}}],
                            "options_from": "themes" | "municipalities",
                            "visibility": "public" | "jury" | "staff",
                            "purpose": "title" | "summary" | … | null, "secret": false,
                            "accept": ["pdf"], "max_mb": 10, "max_files": 5}]}]}

`purpose` tells which answer is the proposal's title, theme, contact and so on: the one link
between questions, which staff word as they like, and what the platform must know. `secret` lets a
proposer give a trade secret beside what anyone sees (docs/adr/0014-trade-secrets.md).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from challenges.states import FieldVisibility
from core.canonical import digest
from core.multilingual import text


class FieldType(models.TextChoices):
    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    CHOICE = "choice", _("Choice of one")
    CHOICES = "choices", _("Choice of several")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money, €")
    FILE = "file", _("File")
    LINK = "link", _("Link")
    EMAIL = "email", _("E-mail")


class Purpose(models.TextChoices):
    TITLE = "title", _("Title of the proposal")
    SUMMARY = "summary", _("Summary")
    THEME = "theme", _("Theme")
    MUNICIPALITY = "municipality", _("Municipality")
    CONTACT_EMAIL = "contact_email", _("E-mail of the proposer")
    CONTACT_NAME = "contact_name", _("Name of the proposer")
    NAME_PUBLIC = "name_public", _("May the name be shown")


OPTION_SOURCES = ("themes", "municipalities")
FILE_TYPES = (
    "pdf",
    "docx",
    "xlsx",
    "pptx",
    "odt",
    "ods",
    "odp",
    "png",
    "jpg",
    "webp",
    "txt",
    "csv",
)
LIMITS = {"short_text": 200, "long_text": 10_000, "link": 500, "email": 254}
MAX_FILES, MAX_MEGABYTES = 10, 50
# Whose answers may have a secret part: what is said freely, not what the platform must know.
SECRET_TYPES = ("short_text", "long_text", "number", "money", "link", "file")
SECRET_LIMIT, REASON_LIMIT = 4_000, 300  # characters of the secret text and of its reason
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class BadDefinition(ValueError):
    """The definition cannot be used; `problems` names every fault, in words for staff."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Field:
    key: str
    type: str
    label: Mapping[str, str]
    help: Mapping[str, str] = field(default_factory=dict)
    placeholder: Mapping[str, str] = field(default_factory=dict)
    required: bool = False
    min: float | None = None
    max: float | None = None
    max_length: int | None = None
    options: tuple[Mapping[str, Any], ...] = ()
    options_from: str = ""
    visibility: str = FieldVisibility.PUBLIC.value
    purpose: str = ""
    accept: tuple[str, ...] = ()
    max_mb: int = 10
    max_files: int = 1
    secret: bool = False
    step: str = ""

    @property
    def is_file(self) -> bool:
        return self.type == FieldType.FILE

    @property
    def limit(self) -> int | None:
        """Characters, at most."""
        return self.max_length or LIMITS.get(self.type)

    @property
    def secret_key(self) -> str:
        """The name of the secret part: a text's, or the files'. No question's key has a hyphen."""
        return f"{self.key}-secret"

    @property
    def reason_key(self) -> str:
        """The name of the reason why that part is a trade secret."""
        return f"{self.key}-why"

    @property
    def parts(self) -> "tuple[Field, ...]":
        """What is typed beside the answer: the secret text and the reason; of files the reason."""
        if not self.secret:
            return ()
        bare = Field(self.secret_key, FieldType.LONG_TEXT.value, self.label, step=self.step)
        secret = replace(bare, max_length=SECRET_LIMIT)
        why = replace(
            bare, key=self.reason_key, type=FieldType.SHORT_TEXT.value, max_length=REASON_LIMIT
        )
        return (why,) if self.is_file else (secret, why)

    @property
    def type_label(self) -> str:
        return str(FieldType(self.type).label)

    @property
    def visibility_label(self) -> str:
        return str(FieldVisibility(self.visibility).label)

    @property
    def purpose_label(self) -> str:
        return str(Purpose(self.purpose).label) if self.purpose else ""

    def option_label(self, value: str, language: str | None = None) -> str:
        """The words of a fixed option; the value itself when the option is not there."""
        for option in self.options:
            if option["value"] == value:
                return text(option["label"], language)
        return value


@dataclass(frozen=True)
class Step:
    key: str
    title: Mapping[str, str]
    intro: Mapping[str, str]
    fields: tuple[Field, ...]

    @property
    def files(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields if f.is_file)

    @property
    def names(self) -> list[str]:
        """Of all that is typed in the step: its questions but files, and their secret parts."""
        typed = (f for f in self.fields if not f.is_file)
        return [f.key for f in typed] + [part.key for f in self.fields for part in f.parts]


@dataclass(frozen=True)
class Definition:
    """A parsed definition. `Definition.parse` is the only way in."""

    steps: tuple[Step, ...]
    raw: Mapping[str, Any]

    @classmethod
    def parse(cls, raw: Any) -> Self:
        """Raises BadDefinition with every fault found."""
        problems = list(_problems(raw))
        if problems:
            raise BadDefinition(problems)
        return cls(steps=tuple(_step(step) for step in raw["steps"]), raw=raw)

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {f.key: f for step in self.steps for f in step.fields}

    @cached_property
    def parts(self) -> dict[str, Field]:
        """Secret texts and reasons by their names. They are not among `fields`: whoever goes
        through the questions comes upon none of them.
        """
        return {part.key: part for f in self.fields.values() for part in f.parts}

    def typed(self, name: str) -> Field | None:
        """The question or the secret part of that name."""
        return self.fields.get(name) or self.parts.get(name)

    @cached_property
    def purposes(self) -> dict[str, Field]:
        return {f.purpose: f for f in self.fields.values() if f.purpose}

    def step(self, key: str) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)

    def visible(self, *levels: str) -> Iterator[Field]:
        return (f for f in self.fields.values() if f.visibility in levels)

    @property
    def digest(self) -> str:
        """SHA-256 over the definition's canonical JSON, hexadecimal."""
        return digest(self.raw)


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        key=raw["key"],
        title=raw["title"],
        intro=raw.get("intro") or {},
        fields=tuple(_field(f, raw["key"]) for f in raw["fields"]),
    )


def _field(raw: Mapping[str, Any], step: str) -> Field:
    return Field(
        key=raw["key"],
        type=raw["type"],
        label=raw["label"],
        help=raw.get("help") or {},
        placeholder=raw.get("placeholder") or {},
        required=bool(raw.get("required")),
        min=raw.get("min"),
        max=raw.get("max"),
        max_length=raw.get("max_length"),
        options=tuple(raw.get("options") or ()),
        options_from=raw.get("options_from") or "",
        visibility=raw.get("visibility") or FieldVisibility.PUBLIC.value,
        purpose=raw.get("purpose") or "",
        accept=tuple(raw.get("accept") or ("pdf",)),
        max_mb=raw.get("max_mb") or 10,
        max_files=raw.get("max_files") or 1,
        secret=bool(raw.get("secret")),
        step=step,
    )


def _problems(raw: Any) -> Iterator[str]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("steps"), list) or not raw["steps"]:
        yield str(_("A form needs at least one step."))
        return
    steps = raw["steps"]
    if not all(isinstance(step, Mapping) and _is_key(step.get("key")) for step in steps):
        yield str(_("Every step needs a key of small letters, digits and underscores."))
        return
    items: list[Mapping[str, Any]] = []
    for step in steps:
        yield from _step_problems(step)
        items += [item for item in step.get("fields") or [] if _is_question(item)]
    for item in items:
        yield from _field_problems(item)
    for doubled in _doubled(item["key"] for item in items):
        yield str(_("Two questions have the key “%(key)s”.")) % {"key": doubled}
    for doubled in _doubled(step["key"] for step in steps):
        yield str(_("Two steps have the key “%(key)s”.")) % {"key": doubled}
    yield from _purpose_problems([item["purpose"] for item in items if item.get("purpose")])


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and bool(_KEY.match(value))


def _is_question(item: Any) -> bool:
    return isinstance(item, Mapping) and _is_key(item.get("key"))


def _doubled(keys: Iterable[str]) -> list[str]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def _step_problems(step: Mapping[str, Any]) -> Iterator[str]:
    if not _texts(step.get("title")):
        yield str(_("Step “%(key)s” has no title.")) % {"key": step["key"]}
    questions = step.get("fields")
    if not isinstance(questions, list) or not questions:
        yield str(_("Step “%(key)s” has no questions.")) % {"key": step["key"]}
    elif not all(_is_question(item) for item in questions):
        yield str(_("Every question needs a key of small letters, digits and underscores."))


def _purpose_problems(purposes: list[str]) -> Iterator[str]:
    for purpose, count in sorted(Counter(purposes).items()):
        if purpose not in Purpose.values:
            yield str(_("“%(purpose)s” is not a known purpose.")) % {"purpose": purpose}
        elif count > 1:
            yield str(_("Two questions serve as “%(purpose)s”.")) % {"purpose": purpose}
    for needed in (Purpose.TITLE, Purpose.CONTACT_EMAIL):
        if needed not in purposes:
            yield str(_("No question serves as “%(purpose)s”.")) % {"purpose": needed.label}


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(words, str) and words.strip() for words in value.values()
    )


def _field_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key, kind = item["key"], item.get("type")
    if kind not in FieldType.values:
        yield str(_("Question “%(key)s” has an unknown type.")) % {"key": key}
    if not _texts(item.get("label")):
        yield str(_("Question “%(key)s” has no label.")) % {"key": key}
    if item.get("visibility", FieldVisibility.PUBLIC) not in FieldVisibility.values:
        yield str(_("Question “%(key)s” does not say who sees the answer.")) % {"key": key}
    low, high = item.get("min"), item.get("max")
    if low is not None and high is not None and low > high:
        yield str(_("The smallest value of question “%(key)s” is above the largest.")) % {
            "key": key
        }
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        yield from _option_problems(item)
    if kind == FieldType.FILE:
        yield from _file_problems(item)
    if item.get("secret") and not may_be_secret(item):
        yield str(
            _(
                "Question “%(key)s” cannot have a secret part: it must be an ordinary text, "
                "number, link or file whose answer everybody sees."
            )
        ) % {"key": key}


def may_be_secret(item: Mapping[str, Any]) -> bool:
    return (
        item.get("type") in SECRET_TYPES
        and not item.get("purpose")
        and item.get("visibility", FieldVisibility.PUBLIC) == FieldVisibility.PUBLIC
    )


def _option_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key, options, source = item["key"], item.get("options") or [], item.get("options_from")
    if source and source not in OPTION_SOURCES:
        yield str(_("Question “%(key)s” takes its options from nowhere.")) % {"key": key}
    if not source and len(options) < 2:
        yield str(_("Question “%(key)s” needs at least two options.")) % {"key": key}
    values = [str(option.get("value", "")) for option in options]
    if len(set(values)) != len(values) or "" in values:
        yield str(_("The options of question “%(key)s” must differ.")) % {"key": key}


def _file_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key = item["key"]
    if set(item.get("accept") or ["pdf"]) - set(FILE_TYPES):
        yield str(_("Question “%(key)s” takes a file type that is not allowed.")) % {"key": key}
    if not 0 < (item.get("max_mb") or 10) <= MAX_MEGABYTES:
        yield str(_("The size limit of question “%(key)s” is out of range.")) % {"key": key}
    if not 0 < (item.get("max_files") or 1) <= MAX_FILES:
        yield str(_("The number of files of question “%(key)s” is out of range.")) % {"key": key}
