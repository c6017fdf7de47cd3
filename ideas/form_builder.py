"""A step of a definition as a Django form: same checks, same messages as at submission."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from challenges.definition import Field, FieldType, Purpose, Step
from challenges.models import Challenge
from core.multilingual import lang, text
from ideas import answers
from ideas.choices import options_of

AUTOCOMPLETE = {Purpose.CONTACT_EMAIL: "email", Purpose.CONTACT_NAME: "name"}
MANY_OPTIONS = 12  # above this one choice is a list to open, not a row each


class ManyValues(forms.Widget):
    """Reads every value that was sent under the name."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if isinstance(data, QueryDict) else data.get(name)


class AnswerField(forms.Field):
    """A question. Its cleaning is that of answers.py, its drawing that of templates/ideas/."""

    def __init__(self, question: Field, options: answers.Options) -> None:
        many = question.type == FieldType.CHOICES
        super().__init__(
            required=question.required,
            label=text(question.label),
            help_text=text(question.help),
            widget=ManyValues() if many else forms.TextInput(),
        )
        self.question = question
        self.options = options

    def clean(self, value: Any) -> Any:
        return answers.clean(self.question, value, self.options)


class StepForm(forms.Form):
    """The questions of one step. `.typed` holds what was sent, whatever it was worth."""

    questions: tuple[Field, ...] = ()

    @property
    def typed(self) -> dict[str, Any]:
        """Raw answers of this step's questions as they were sent, files aside."""
        return {name: self[name].data for name in self.fields}

    def add_errors(self, errors: Mapping[str, list[str]]) -> None:
        for key, messages in errors.items():
            for message in messages:
                self.add_error(key if key in self.fields else None, ValidationError(message))

    @property
    def rows(self) -> "list[Row]":
        return [Row(self, question) for question in self.questions]


class Row:
    """A question as the template shows it: label, help, value, errors, ids."""

    def __init__(self, form: StepForm, question: Field) -> None:
        self.question = question
        self.key = question.key
        self.type = question.type
        self.is_file = question.is_file
        self.label = text(question.label)
        self.label_lang = lang(question.label)
        self.help = text(question.help)
        self.help_lang = lang(question.help)
        self.placeholder = text(question.placeholder)
        self.required = question.required
        self.limit = question.limit
        self.id = f"q-{question.key}"
        self.visibility = question.visibility
        self.autocomplete = (
            AUTOCOMPLETE.get(Purpose(question.purpose), "") if (question.purpose) else ""
        )
        self.errors: list[str] = []
        self.value: Any = ""
        self.options: answers.Options = {}
        if not self.is_file:
            bound = form[question.key]
            self.errors = list(bound.errors)
            self.value = bound.value() or ""
            field = form.fields[question.key]
            self.options = field.options if isinstance(field, AnswerField) else {}

    @property
    def is_list(self) -> bool:
        """One choice of so many that a list to open serves better than rows."""
        return self.type == FieldType.CHOICE and len(self.options) > MANY_OPTIONS

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """(value, label, chosen)"""
        chosen = set(self.value if isinstance(self.value, list) else [self.value])
        return [(value, label, value in chosen) for value, label in self.options.items()]

    @property
    def described_by(self) -> str:
        parts = []
        if self.help:
            parts.append(f"{self.id}-help")
        if self.errors:
            parts.append(f"{self.id}-error")
        if self.limit and self.type == FieldType.LONG_TEXT:
            parts.append(f"{self.id}-count")
        return " ".join(parts)

    @property
    def length(self) -> int:
        return len(self.value) if isinstance(self.value, str) else 0

    @property
    def note(self) -> str:
        """Who sees the answer, when not everybody does."""
        if self.visibility == "jury":
            return _("Only the jury and the municipality's staff see this.")
        if self.visibility == "staff":
            return _("Only the municipality's staff see this.")
        return ""


def step_form(
    step: Step, challenge: Challenge, *, data: Any = None, initial: Mapping[str, Any] | None = None
) -> StepForm:
    """A form of the step's questions, except files; labels and options in the active language."""
    questions = [question for question in step.fields if not question.is_file]
    fields = {
        question.key: AnswerField(question, options_of(question, challenge))
        for question in questions
    }
    kind = type("QuestionsForm", (StepForm,), {**fields, "questions": step.fields})
    kept = {key: (initial or {}).get(key, "") for key in fields}
    form: StepForm = kind(data, initial=kept, auto_id="q-%s")
    return form
