"""The questions of a step that take files, as fields of a form of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from challenges.definition import Field, Step
from core.multilingual import text
from ideas.filetypes import limits_in_words
from ideas.form_builder import help_of

MEGABYTE = 1024 * 1024


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """What a file may be is said before choosing (`limits`); checking is attachments.py's."""

    def __init__(self, question: Field, there: Sequence[Mapping[str, Any]]) -> None:
        attrs: dict[str, Any] = {
            "accept": ",".join(f".{ending}" for ending in _endings(question)),
            "data-max-bytes": question.max_mb * MEGABYTE,
            "data-too-large": _("A file is too large: at most %(size)s MB fit here.")
            % {"size": question.max_mb},
        }
        if question.max_files - len(there) > 1:
            attrs["multiple"] = True
        super().__init__(
            required=question.required,
            label=text(question.label),
            help_text=help_of(question),
            widget=FilesInput(attrs=attrs),
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
            for message in messages:
                self.add_error(key, message)


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
    fields = {
        question.key: FilesField(
            question, [file for file in files if file["field"] == question.key]
        )
        for question in step.files
    }
    kind: type[FilesForm] = type("QuestionsOfFilesForm", (FilesForm,), dict(fields))
    form = kind({}, MultiValueDict(), auto_id="q-%s")
    form.full_clean()
    form.show(errors or {})
    return form
