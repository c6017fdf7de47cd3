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
                            "ask_if": {"question": key, "is": value} | null, "criterion": key,
                            "accept": ["pdf"], "max_mb": 10, "max_files": 5}]}]}

`purpose` tells which answer is the proposal's title, theme, contact and so on: the one link
between questions, which staff word as they like, and what the platform must know. `secret` lets a
proposer give a trade secret beside what anyone sees (docs/adr/0014-trade-secrets.md). A question
with `ask_if` is asked only if an earlier step's choice was that; else it is neither shown nor
required, and has no answer. `criterion` is the key of the criterion that it is evidence for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from challenges.definition_checks import problems as problems_of
from challenges.field_types import (
    LIMITS,
    REASON_LIMIT,
    SECRET_LIMIT,
    FieldType,
    Purpose,
)
from challenges.states import FieldVisibility
from core.canonical import digest
from core.multilingual import text

__all__ = ["BadDefinition", "Definition", "Field", "FieldType", "Purpose", "Step"]


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
    ask_if: Mapping[str, str] = field(default_factory=dict)
    criterion: str = ""
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
        problems = list(problems_of(raw))
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

    def is_asked(self, question: Field, answers: Mapping[str, Any]) -> bool:
        """Whether these answers lead to the question."""
        if not question.ask_if:
            return True
        other = self.fields[question.ask_if["question"]]
        given = answers.get(other.key)
        chosen = given if isinstance(given, list) else [given]
        return question.ask_if["is"] in chosen and self.is_asked(other, answers)

    def asked(self, answers: Mapping[str, Any]) -> list[Field]:
        """The questions that these answers lead to, in order."""
        return [f for f in self.fields.values() if self.is_asked(f, answers)]

    def steps_for(self, answers: Mapping[str, Any]) -> list[Step]:
        """The steps with those questions only; a step without any is left out."""
        steps = (
            replace(step, fields=tuple(f for f in step.fields if self.is_asked(f, answers)))
            for step in self.steps
        )
        return [step for step in steps if step.fields]

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
        ask_if=raw.get("ask_if") or {},
        criterion=raw.get("criterion") or "",
        step=step,
    )
