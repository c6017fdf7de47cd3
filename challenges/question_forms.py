"""Back-office forms for the steps and questions of a form definition."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from challenges.definition_checks import may_be_secret, values_of
from challenges.field_types import FILE_TYPES, MAX_FILES, MAX_MEGABYTES, FieldType, Purpose
from challenges.form_editing import free_key
from challenges.states import FieldVisibility
from core.multilingual import MultilingualFormField, languages, text

SOURCES = [
    ("", _("the lines below")),
    ("themes", _("the challenge's themes")),
    ("municipalities", _("the municipalities of Finland")),
]


class StepForm(forms.Form):
    title = MultilingualFormField(label=_("Title"), max_length=100)
    intro = MultilingualFormField(
        label=_("Introduction"), multiline=True, max_length=400, required=False
    )


class QuestionForm(forms.Form):
    step = forms.ChoiceField(label=_("Step"))
    type = forms.ChoiceField(label=_("Type of the answer"), choices=FieldType.choices)
    label = MultilingualFormField(label=_("Question"), max_length=160)
    help = MultilingualFormField(label=_("Help"), multiline=True, max_length=400, required=False)
    placeholder = MultilingualFormField(
        label=_("Example in the empty field"), max_length=200, required=False
    )
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    visibility = forms.ChoiceField(label=_("Who sees the answer"), choices=FieldVisibility.choices)
    purpose = forms.ChoiceField(
        label=_("Serves as"),
        choices=[("", _("an ordinary question")), *Purpose.choices],
        required=False,
        help_text=_("What the platform uses the answer for, whatever the question's words are."),
    )
    secret = forms.BooleanField(
        label=_("May have a trade secret beside it"),
        required=False,
        help_text=_(
            "The proposer may add a secret part with a reason; the answer itself stays open to all."
        ),
    )
    ask_if = forms.ChoiceField(
        label=_("Asked only if"),
        required=False,
        help_text=_("Answers of earlier steps. A question that is not asked is not required."),
    )
    criterion = forms.ChoiceField(
        label=_("Evidence for the criterion"),
        required=False,
        help_text=_("Shown beside the question with its weight, once the rubric is published."),
    )
    max_length = forms.IntegerField(
        label=_("Characters, at most"), min_value=10, max_value=10_000, required=False
    )
    min = forms.FloatField(label=_("Smallest value, or fewest characters"), required=False)
    max = forms.FloatField(label=_("Largest value"), required=False)
    options_from = forms.ChoiceField(label=_("Options from"), choices=SOURCES, required=False)
    options = forms.CharField(
        label=_("Options"),
        widget=forms.Textarea(attrs={"rows": 6}),
        required=False,
        help_text=_("One per line: Finnish | Swedish | English."),
    )
    accept = forms.MultipleChoiceField(
        label=_("Types of file"),
        choices=[(name, name) for name in FILE_TYPES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    max_mb = forms.IntegerField(
        label=_("Size of a file, at most (MB)"),
        min_value=1,
        max_value=MAX_MEGABYTES,
        required=False,
    )
    max_files = forms.IntegerField(
        label=_("Number of files, at most"), min_value=1, max_value=MAX_FILES, required=False
    )

    def __init__(
        self,
        *args: Any,
        definition: Mapping[str, Any],
        criteria: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("ask_if", _conditions(definition)), ("criterion", criteria)):
            own = cast(forms.ChoiceField, self.fields[name])
            own.choices = [("", _("always") if name == "ask_if" else _("none")), *choices]
        self.old_options: list[Mapping[str, Any]] = []
        cast(forms.ChoiceField, self.fields["step"]).choices = [
            (one["key"], text(one["title"])) for one in definition["steps"]
        ]

    @classmethod
    def of(
        cls,
        definition: Mapping[str, Any],
        question: Mapping[str, Any] | None,
        step: str,
        data: Any = None,
        criteria: Sequence[tuple[str, str]] = (),
    ) -> "QuestionForm":
        known = dict(question or {"visibility": FieldVisibility.PUBLIC.value})
        old = list(known.get("options") or [])
        known["options"] = "\n".join(_line(option["label"]) for option in old)
        if condition := known.get("ask_if"):
            known["ask_if"] = f"{condition['question']}={condition['is']}"
        form = cls(data, definition=definition, criteria=criteria, initial={**known, "step": step})
        form.old_options = old
        return form

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        choosing = given.get("type") in (FieldType.CHOICE, FieldType.CHOICES)
        if choosing and not given.get("options_from") and len(_lines(given.get("options"))) < 2:
            self.add_error("options", _("Give at least two options, each on its own line."))
        if given.get("secret") and not may_be_secret(given):
            self.add_error(
                "secret",
                _("Only an ordinary text, number, link or file that everybody sees can have one."),
            )
        return given

    @property
    def question(self) -> dict[str, Any]:
        """The question as data, without what does not belong to its type."""
        given = self.cleaned_data
        kind = given["type"]
        question: dict[str, Any] = {
            "type": kind,
            "label": given["label"],
            "help": given["help"],
            "placeholder": given["placeholder"],
            "required": given["required"],
            "visibility": given["visibility"],
            "purpose": given["purpose"] or None,
            "secret": given["secret"] or None,
            "criterion": given["criterion"] or None,
        }
        if given["ask_if"]:
            other, _equals, value = given["ask_if"].partition("=")
            question["ask_if"] = {"question": other, "is": value}
        if kind in (FieldType.SHORT_TEXT, FieldType.LONG_TEXT, FieldType.TEAM):
            question["max_length"] = given["max_length"]
            question["min"] = given["min"]
        if kind in (FieldType.NUMBER, FieldType.MONEY):
            question["min"], question["max"] = given["min"], given["max"]
        if kind in (FieldType.CHOICE, FieldType.CHOICES):
            if given["options_from"]:
                question["options_from"] = given["options_from"]
            else:
                question["options"] = self._options(_lines(given["options"]))
        if kind == FieldType.FILE:
            question["accept"] = given["accept"] or ["pdf"]
            question["max_mb"] = given["max_mb"] or 10
            question["max_files"] = given["max_files"] or 1
        return {name: value for name, value in question.items() if value not in (None, {})}

    def _options(self, labels: list[dict[str, str]]) -> list[dict[str, Any]]:
        """Options keep their value while a line keeps its first word; new lines get a new one."""
        values = {text(old["label"], "fi"): str(old["value"]) for old in self.old_options}
        options: list[dict[str, Any]] = []
        for label in labels:
            words = text(label, "fi")
            taken = {"steps": [{"key": one["value"], "fields": []} for one in options]}
            value = values.get(words) or free_key(taken, words, fallback="option")
            options.append({"value": value, "label": label})
        return options


def _conditions(definition: Mapping[str, Any]) -> list[tuple[str, str]]:
    """«Question: answer» of every choice; the definition says which come early enough."""
    found = []
    for step in definition["steps"]:
        for question in step["fields"]:
            labels = {o["value"]: text(o["label"]) for o in question.get("options") or []}
            for value in values_of(question):
                words = f"{text(question['label'])}: {labels.get(value, gettext('Yes'))}"
                found.append((f"{question['key']}={value}", words))
    return found


def _line(label: Mapping[str, str]) -> str:
    return " | ".join(label.get(code, "") for code in languages()).rstrip(" |")


def _lines(typed: str | None) -> list[dict[str, str]]:
    found = []
    for line in (typed or "").splitlines():
        parts = [part.strip() for part in line.split("|")]
        words = {code: part for code, part in zip(languages(), parts, strict=False) if part}
        if words:
            found.append(words)
    return found
