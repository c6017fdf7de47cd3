"""A step of a definition as a Django form: same checks, same messages as at submission."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from challenges.definition import Field, FieldType, Purpose, Step
from challenges.models import Challenge
from challenges.states import FieldVisibility
from core.mosaic import dotmap_svg
from core.multilingual import text
from ideas import answers
from ideas.choices import options_of

AUTOCOMPLETE = {Purpose.CONTACT_EMAIL: "email", Purpose.CONTACT_NAME: "name"}
MANY_OPTIONS = 12  # above this a choice of one is a list to open, not a row for each
# Not type=number nor date: those lose what was typed when it is neither.
TYPED: dict[str, dict[str, Any]] = {
    FieldType.NUMBER: {"inputmode": "decimal", "class": "short"},
    FieldType.MONEY: {"inputmode": "decimal", "class": "short"},
    FieldType.DATE: {"class": "short", "placeholder": "31.5.2027"},
    FieldType.BUSINESS_ID: {"class": "short", "placeholder": "1234567-1"},
    FieldType.EMAIL: {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    FieldType.LINK: {"inputmode": "url", "autocapitalize": "none"},
}
COUNTED = (FieldType.LONG_TEXT,)


class AnswerField(forms.Field):
    """A question. Its cleaning is that of answers.py, so that a page says what submission says."""

    def __init__(self, question: Field, options: answers.Options) -> None:
        super().__init__(
            required=question.required,
            label=text(question.label),
            help_text=help_of(question),
            widget=_widget(question, options),
        )
        self.question = question
        self.options = options
        self.max_length = question.limit if question.type in COUNTED else None
        self.purpose = question.purpose
        self.limits = ""  # what is said after the help

    def clean(self, value: Any) -> Any:
        return answers.clean(self.question, value, self.options)

    @property
    def unit(self) -> str:
        return "€" if self.question.type == FieldType.MONEY else ""


class PlaceSelect(forms.Select):
    """The list of municipalities, and a dot map that shows which one was chosen."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = super().render(name, value, attrs, renderer)
        chosen = dotmap_svg([str(value)] if value else [])
        return format_html('{}<span class="place-map">{}</span>', listed, chosen)


class PartField(AnswerField):
    """The secret text of a question, or the reason for it. Shown as required: one needs both."""

    def __init__(self, question: Field, part: Field) -> None:
        super().__init__(part, {})
        self.required = True
        if part.key == question.secret_key:
            self.label = _("Secret part: %(question)s") % {"question": text(question.label)}
            self.help_text = _(
                "Only what must be secret. The jury and the municipality's staff see it."
            )
            self.widget.attrs["rows"] = 4
        else:
            self.label = _("Why secret: %(question)s") % {"question": text(question.label)}
            self.help_text = _(
                "For example: the method has not been published. The municipality decides by law."
            )
            self.widget.attrs["list"] = "secret-reasons"


@dataclass(frozen=True)
class Asked:
    """A question of the page and its secret part, where it may have one."""

    bound: BoundField
    secret: BoundField | None = None
    why: BoundField | None = None

    @property
    def is_open(self) -> bool:
        """Something has been written into the secret part, or is wrong with it."""
        parts = [one for one in (self.secret, self.why) if one is not None]
        return any(one.errors or one.value() or getattr(one.field, "there", ()) for one in parts)


class StepForm(forms.Form):
    """The questions of one step, except files."""

    @property
    def questions(self) -> Iterator[Asked]:
        for bound in self:
            if not isinstance(bound.field, PartField):
                key = bound.name
                yield Asked(bound, self.part(f"{key}-secret"), self.part(f"{key}-why"))

    def tell_evidence(self, criteria: Mapping[str, str]) -> None:
        """Say beside each question which criterion it is evidence for (ideas.registry.criteria)."""
        for field in self.fields.values():
            if isinstance(field, AnswerField):
                field.limits = criteria.get(field.question.criterion, "")

    def part(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None

    @property
    def typed(self) -> dict[str, Any]:
        """What was sent, whatever it is worth; questions that were not sent are left out.

        A choice of several that is wholly unticked sends nothing, so its name comes separately.
        """
        sent = {name: self[name].data for name in self.fields}
        asked = set(self.data.getlist("asked")) if hasattr(self.data, "getlist") else set()
        return {
            name: value
            for name, value in sent.items()
            if name in self.data or name in asked or (value is not None and value != [])
        }

    def add_errors(self, errors: Mapping[str, list[str]]) -> None:
        for key, messages in errors.items():
            for message in messages:
                self.add_error(key if key in self.fields else None, ValidationError(message))


def step_form(
    step: Step,
    challenge: Challenge,
    *,
    data: Any = None,
    initial: Mapping[str, Any] | None = None,
    files: bool = True,
) -> StepForm:
    """The form of the step's questions and their secret parts; words in the active language.

    files: whether secret files may be given, so that the reasons for them are asked.
    """
    fields: dict[str, forms.Field] = {}
    for question in step.fields:
        if not question.is_file:
            fields[question.key] = AnswerField(question, options_of(question, challenge))
        if files or not question.is_file:
            fields |= {part.key: PartField(question, part) for part in question.parts}
    kind: type[StepForm] = type("QuestionsForm", (StepForm,), dict(fields))
    kept = {key: (initial or {}).get(key, "") for key in fields}
    return kind(data, initial=kept, auto_id="q-%s")


def help_of(question: Field) -> str:
    """The question's own help, and who sees the answer when not everybody does."""
    words = text(question.help)
    if question.visibility == FieldVisibility.JURY:
        note = _("Only the jury and the municipality's staff see this.")
    elif question.visibility == FieldVisibility.STAFF:
        note = _("Only the municipality's staff see this.")
    else:
        return words
    return f"{words} {note}".strip()


def _widget(question: Field, options: answers.Options) -> forms.Widget:
    attrs: dict[str, Any] = {}
    if placeholder := text(question.placeholder):
        attrs["placeholder"] = placeholder
    if question.purpose in AUTOCOMPLETE:
        attrs["autocomplete"] = AUTOCOMPLETE[Purpose(question.purpose)]
    attrs = TYPED.get(question.type, {}) | attrs
    chosen = [("", _("Choose…")), *options.items()]
    match question.type:
        case FieldType.LONG_TEXT:
            return forms.Textarea(attrs={"rows": 6, "data-most": question.limit, **attrs})
        case FieldType.TEAM:
            return forms.Textarea(attrs={"rows": 4, **attrs})
        case FieldType.CONSENT:
            return forms.CheckboxInput()
        case FieldType.PLACE:
            return PlaceSelect(choices=chosen)
        case FieldType.CHOICES:
            return forms.CheckboxSelectMultiple(choices=list(options.items()))
        case FieldType.CHOICE if len(options) <= MANY_OPTIONS:
            return forms.RadioSelect(choices=list(options.items()))
        case FieldType.CHOICE:
            return forms.Select(choices=chosen)
    return forms.TextInput(attrs=attrs)
