"""The questions of a step that take files, as fields of a form of their own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from challenges.definition import Field, Step
from core.multilingual import text
from ideas.filetypes import limits_in_words
from ideas.form_builder import Asked, StepForm, help_of

MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """What a file may be is said before choosing (`limits`); checking is attachments.py's."""

    def __init__(
        self, question: Field, there: Sequence[Mapping[str, Any]], *, secret: bool = False
    ) -> None:
        attrs: dict[str, Any] = {
            "accept": ",".join(f".{ending}" for ending in _endings(question)),
            "data-max-bytes": question.max_mb * MEGABYTE,
            "data-too-large": _("A file is too large: at most %(size)s MB fit here.")
            % {"size": question.max_mb},
        }
        if question.max_files - len(there) > 1:
            attrs["multiple"] = True
        super().__init__(
            required=question.required and not secret,
            label=text(question.label),
            help_text=help_of(question),
            widget=FilesInput(attrs=attrs),
        )
        if secret:
            self.required = True  # the box with it is opened only by whoever needs it
            self.label = _("Secret part: %(question)s") % {"question": text(question.label)}
            self.help_text = _(
                "Only what must be secret. The jury and the municipality's staff see it."
            )
        self.question = question
        self.there = there
        self.limits = limits_in_words(question.accept, question.max_mb, question.max_files)

    @property
    def is_full(self) -> bool:
        return len(self.there) >= self.question.max_files

    def clean(self, value: Any) -> Any:
        return value


def _endings(question: Field) -> list[str]:
    return [*question.accept, *(["jpeg"] if "jpg" in question.accept else [])]


class FilesForm(forms.Form):
    use_required_attribute = False

    def show(self, errors: Mapping[str, Sequence[str]]) -> None:
        for key, messages in errors.items():
            for message in messages if key in self.fields else ():
                self.add_error(key, message)

    def tell_evidence(self, criteria: Mapping[str, str]) -> None:
        """As in StepForm; a file's limits are said too."""
        for field in self.fields.values():
            if isinstance(field, FilesField) and (words := criteria.get(field.question.criterion)):
                field.limits = f"{field.limits} {words}"

    def questions(self, form: StepForm) -> Iterator[Asked]:
        """Each question with its secret files and, of the step's form, the reason for them."""
        for bound in self:
            if not bound.name.endswith("-secret"):
                name = f"{bound.name}-secret"
                secret = self[name] if name in self.fields else None
                yield Asked(bound, secret, form.part(f"{bound.name}-why"))


def files_form(
    step: Step,
    files: Sequence[Mapping[str, Any]],
    errors: Mapping[str, Sequence[str]] | None = None,
) -> FilesForm | None:
    """The step's questions that take files, None when there are none.

    `files` are those that the proposal has (versions.attachments_of).
    """
    if not step.files:
        return None
    fields: dict[str, FilesField] = {}
    for question in step.files:
        own = [file for file in files if file["field"] == question.key]
        fields[question.key] = FilesField(question, [f for f in own if not f.get("secret")])
        if question.secret:
            kept = [file for file in own if file.get("secret")]
            fields[question.secret_key] = FilesField(question, kept, secret=True)
    kind: type[FilesForm] = type("QuestionsOfFilesForm", (FilesForm,), dict(fields))
    form = kind({}, MultiValueDict(), auto_id="q-%s")
    form.full_clean()
    form.show(errors or {})
    return form
