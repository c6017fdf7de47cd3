"""What is wrong with a form's definition, in words for staff. definition.py tells its shape."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from challenges.field_types import (
    FILE_TYPES,
    MAX_FILES,
    MAX_MEGABYTES,
    OPTION_SOURCES,
    SECRET_TYPES,
    YES,
    FieldType,
    Purpose,
)
from challenges.states import FieldVisibility

_KEY = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


def problems(raw: Any) -> Iterator[str]:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("steps"), list) or not raw["steps"]:
        yield _("A form needs at least one step.")
        return
    steps = raw["steps"]
    if not all(isinstance(step, Mapping) and _is_key(step.get("key")) for step in steps):
        yield _("Every step needs a key of small letters, digits and underscores.")
        return
    items: list[Mapping[str, Any]] = []
    for step in steps:
        yield from _step_problems(step)
        items += [item for item in step.get("fields") or [] if _is_question(item)]
    for item in items:
        yield from _field_problems(item)
    for doubled in _doubled(item["key"] for item in items):
        yield _("Two questions have the key “%(key)s”.") % {"key": doubled}
    for doubled in _doubled(step["key"] for step in steps):
        yield _("Two steps have the key “%(key)s”.") % {"key": doubled}
    yield from _condition_problems(steps)
    yield from _purpose_problems([item["purpose"] for item in items if item.get("purpose")])


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and bool(_KEY.match(value))


def _is_question(item: Any) -> bool:
    return isinstance(item, Mapping) and _is_key(item.get("key"))


def _doubled(keys: Iterable[str]) -> list[str]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def _step_problems(step: Mapping[str, Any]) -> Iterator[str]:
    if not _texts(step.get("title")):
        yield _("Step “%(key)s” has no title.") % {"key": step["key"]}
    questions = step.get("fields")
    if not isinstance(questions, list) or not questions:
        yield _("Step “%(key)s” has no questions.") % {"key": step["key"]}
    elif not all(_is_question(item) for item in questions):
        yield _("Every question needs a key of small letters, digits and underscores.")


def _purpose_problems(purposes: list[str]) -> Iterator[str]:
    for purpose, count in sorted(Counter(purposes).items()):
        if purpose not in Purpose.values:
            yield _("“%(purpose)s” is not a known purpose.") % {"purpose": purpose}
        elif count > 1:
            yield _("Two questions serve as “%(purpose)s”.") % {"purpose": purpose}
    for needed in (Purpose.TITLE, Purpose.CONTACT_EMAIL):
        if needed not in purposes:
            yield _("No question serves as “%(purpose)s”.") % {"purpose": needed.label}


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and any(
        isinstance(words, str) and words.strip() for words in value.values()
    )


def _field_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key, kind = item["key"], item.get("type")
    if kind not in FieldType.values:
        yield _("Question “%(key)s” has an unknown type.") % {"key": key}
    if not _texts(item.get("label")):
        yield _("Question “%(key)s” has no label.") % {"key": key}
    if item.get("visibility", FieldVisibility.PUBLIC) not in FieldVisibility.values:
        yield _("Question “%(key)s” does not say who sees the answer.") % {"key": key}
    low, high = item.get("min"), item.get("max")
    if low is not None and high is not None and low > high:
        yield _("The smallest value of question “%(key)s” is above the largest.") % {"key": key}
    if kind in (FieldType.CHOICE, FieldType.CHOICES):
        yield from _option_problems(item)
    if kind == FieldType.FILE:
        yield from _file_problems(item)
    if item.get("secret") and not may_be_secret(item):
        yield _(
            "Question “%(key)s” cannot have a secret part: it must be an ordinary text, "
            "number, link or file whose answer everybody sees."
        ) % {"key": key}


def _condition_problems(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    earlier: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        here = [item for item in step.get("fields") or [] if _is_question(item)]
        for item in here:
            if condition := item.get("ask_if"):
                yield from _ask_if_problems(item, condition, earlier)
        earlier |= {item["key"]: item for item in here}


def _ask_if_problems(
    item: Mapping[str, Any], condition: Any, earlier: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    key = {"key": item["key"]}
    if item.get("purpose"):
        yield _("Question “%(key)s” is needed of everybody: it cannot have a condition.") % key
    if not isinstance(condition, Mapping) or condition.get("question") not in earlier:
        yield _("Question “%(key)s” has a condition on a question of no earlier step.") % key
    elif condition.get("is") not in values_of(earlier[condition["question"]]):
        yield _("Question “%(key)s” waits for an answer that the other one does not have.") % key


def values_of(item: Mapping[str, Any]) -> list[str]:
    """The answers of a question, as data, that a condition may wait for."""
    if item.get("type") == FieldType.CONSENT:
        return [YES]
    if item.get("type") in (FieldType.CHOICE, FieldType.CHOICES):
        return [str(option.get("value")) for option in item.get("options") or []]
    return []


def may_be_secret(item: Mapping[str, Any]) -> bool:
    return (
        item.get("type") in SECRET_TYPES
        and not item.get("purpose")
        and item.get("visibility", FieldVisibility.PUBLIC) == FieldVisibility.PUBLIC
    )


def _option_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key, options, source = item["key"], item.get("options") or [], item.get("options_from")
    if source and source not in OPTION_SOURCES:
        yield _("Question “%(key)s” takes its options from nowhere.") % {"key": key}
    if not source and len(options) < 2:
        yield _("Question “%(key)s” needs at least two options.") % {"key": key}
    values = [str(option.get("value", "")) for option in options]
    if len(set(values)) != len(values) or "" in values:
        yield _("The options of question “%(key)s” must differ.") % {"key": key}


def _file_problems(item: Mapping[str, Any]) -> Iterator[str]:
    key = item["key"]
    if set(item.get("accept") or ["pdf"]) - set(FILE_TYPES):
        yield _("Question “%(key)s” takes a file type that is not allowed.") % {"key": key}
    if not 0 < (item.get("max_mb") or 10) <= MAX_MEGABYTES:
        yield _("The size limit of question “%(key)s” is out of range.") % {"key": key}
    if not 0 < (item.get("max_files") or 1) <= MAX_FILES:
        yield _("The number of files of question “%(key)s” is out of range.") % {"key": key}
