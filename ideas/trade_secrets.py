"""The secret part of an answer: what is checked of it. adr/0014 tells the whole path.

Beside what anyone sees, a question that allows it takes a secret text (or secret files) and the
reason why it is a trade secret. In forms, drafts and versions they go by the names
`<question>-secret` and `<question>-why` (definition.Field).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from challenges.definition import Definition, Field, FieldType
from core.multilingual import text
from ideas.answers import Answers, clean, tidy

Errors = dict[str, list[str]]
LEAST_PUBLIC = 20  # characters of what anyone sees beside a secret text


def clean_parts(
    questions: Iterable[Field], written: Mapping[str, Any], files: Iterable[Mapping[str, Any]]
) -> tuple[Answers, Errors]:
    """(secret texts and reasons, errors) of these questions, by name.

    `written` has the answers too: a secret part stands beside a public one, never alone. `files`
    are those of the proposal (versions.attachments_of).
    """
    kept: Answers = {}
    errors: Errors = {}
    secret_files = {file["field"] for file in files if file.get("secret")}
    for question in questions:
        for part in question.parts:
            try:
                value = clean(part, written.get(part.key), {})
            except ValidationError as error:
                errors[part.key] = error.messages
            else:
                if value is not None:
                    kept[part.key] = value
        if question.parts:
            errors |= _faults(question, written, is_there=question.key in secret_files)
    return kept, errors


def label_of(definition: Definition, name: str) -> str:
    """A question's words, or those of its secret part."""
    key, _hyphen, part = name.partition("-")
    words = {"question": text(definition.fields[key].label)}
    if part == "secret":
        return _("Secret part: %(question)s") % words
    return _("Why secret: %(question)s") % words if part else words["question"]


def _faults(question: Field, written: Mapping[str, Any], *, is_there: bool) -> Errors:
    reason = written.get(question.reason_key)
    if not question.is_file:
        is_there = bool(written.get(question.secret_key))
    if not is_there:
        if not reason:
            return {}
        words = (
            _("There is a reason here but no secret file. Add the file, or empty the reason.")
            if question.is_file
            else _("There is a reason here but no secret text. Write it, or empty the reason.")
        )
        return {question.secret_key: [words]}
    errors: Errors = {}
    if not reason:
        errors[question.reason_key] = [
            _("Write why this is a trade secret. Without a reason it cannot be kept secret.")
        ]
    if not question.is_file and (words := _nothing_open(question, written)):
        errors[question.key] = [words]
    return errors


def _nothing_open(question: Field, written: Mapping[str, Any]) -> str:
    """Why the public answer does not do beside a secret one; "" when it does."""
    answer = str(tidy(question, written.get(question.key)))
    if not answer:
        return _("Not everything can be secret. Write here what anyone may see.")
    if answer == tidy(question.parts[0], written.get(question.secret_key)):
        return _("The secret text says the same as this, which anyone sees. Shorten this one.")
    if question.type == FieldType.LONG_TEXT and len(answer) < LEAST_PUBLIC:
        return _(
            "Not everything can be secret. Write at least %(least)s characters that anyone may see."
        ) % {"least": LEAST_PUBLIC}
    return ""
