"""What a juror may enter on a sheet, kind by kind, and what a whole sheet must have.

Pure checks: criteria and what was given in, entries and words of refusal out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from core.errors import Invalid
from core.multilingual import text
from scoring import rubrics
from scoring.models import Criterion, Rubric, ScoreSheet
from scoring.states import CommentRule, GateAnswer

NINE: Final = Decimal("0.000000001")
NOT_APPLICABLE: Final = "na"
LONGEST_VALUE: Final = 4  # digits
LONGEST_TEXT: Final = 4000
TEXTS: Final = ("comment", "internal", "note")


@dataclass(frozen=True)
class Entry:
    """One answer: a level, words, or neither: «cannot say»."""

    value: int | None = None
    text: str = ""


def read_entries(
    changes: Mapping[str, Any], criteria: Mapping[str, Criterion], *, allow_na: bool
) -> dict[str, Entry | None]:
    """The changed answers by criterion key, None where one is taken back.

    Raises Invalid with words for each that does not do.
    """
    entries: dict[str, Entry | None] = {}
    errors: dict[str, list[str]] = {}
    for key, raw in changes.items():
        if key in TEXTS:
            continue
        criterion = criteria.get(key)
        if criterion is None:
            errors[key] = [_("The rubric has no such criterion.")]
            continue
        try:
            entries[key] = _entry(raw, criterion, allow_na=allow_na)
        except Invalid as error:
            errors[key] = error.errors[""]
    if errors:
        raise Invalid(errors=errors)
    return entries


def _entry(raw: Any, criterion: Criterion, *, allow_na: bool) -> Entry | None:
    if raw is None or raw == "":
        return None
    if criterion.is_text:
        words = clean(raw if isinstance(raw, str) else "", LONGEST_TEXT)
        return Entry(text=words) if words.strip() else None
    if raw == NOT_APPLICABLE and allow_na and not criterion.is_gate:
        return Entry()
    value = _whole(raw)
    if criterion.is_gate:
        if value in GateAnswer.values:
            return Entry(value=value)
        raise Invalid(errors={"": [_("Choose yes, no or to be clarified.")]})
    if value is None or not criterion.low <= value <= criterion.high:
        scale = {"low": criterion.low, "high": criterion.high}
        raise Invalid(errors={"": [_("Choose a level from %(low)s to %(high)s.") % scale]})
    return Entry(value=value)


def _whole(raw: Any) -> int | None:
    """A value as it was sent: 4, "4"; anything else is no level."""
    digits = str(raw) if isinstance(raw, int | str) and not isinstance(raw, bool) else ""
    return int(digits) if digits.isdecimal() and len(digits) <= LONGEST_VALUE else None


def clean(words: str, limit: int) -> str:
    """What can be stored: no NUL, no halves of characters. Raises Invalid (at "") when too long."""
    words = one_line_end(words.replace("\x00", "").encode("utf-8", "replace").decode())
    if len(words) > limit:
        raise Invalid(
            errors={"": [_("Shorten the text to %(limit)s characters.") % {"limit": limit}]}
        )
    return words


def one_line_end(words: str) -> str:
    """A form sends other line ends than the page's script: the same words are the same text."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def read_texts(changes: Mapping[str, Any], rubric: Rubric) -> dict[str, str]:
    """The sheet's own texts that were changed and that the rubric asks for. Raises Invalid."""
    off = {
        "comment": rubric.comment_rule == CommentRule.OFF,
        "internal": rubric.internal_comment_rule == CommentRule.OFF,
    }
    texts: dict[str, str] = {}
    for name in TEXTS:
        if name not in changes or off.get(name):
            continue
        limit = getattr(ScoreSheet._meta.get_field(name), "max_length", None) or 0
        try:
            texts[name] = clean(str(changes[name] or ""), limit)
        except Invalid as error:
            raise Invalid(errors={name: error.errors[""]}) from error
    return texts


def lacking(
    sheet: ScoreSheet, rubric: Rubric, criteria: Iterable[Criterion], values: Mapping[int, Any]
) -> dict[str, list[str]]:
    """What keeps the sheet from being submitted, by field. `values` by criterion's primary key."""
    criteria = list(criteria)
    errors: dict[str, list[str]] = {}
    for criterion in criteria:
        if criterion.is_required and criterion.pk not in values:
            name = {"name": text(criterion.name)}
            errors[criterion.key] = [
                _("Answer: %(name)s.") % name
                if criterion.is_gate
                else _("Choose a level: %(name)s.") % name
            ]
    levels = {criterion.key: values.get(criterion.pk) for criterion in criteria}
    if not sheet.comment.strip() and rubrics.comment_is_needed(rubric, levels):
        errors["comment"] = [_("Write a reason to the proposer.")]
    if not sheet.internal.strip() and rubric.internal_comment_rule == CommentRule.REQUIRED:
        errors["internal"] = [_("Write a comment to the jury and staff.")]
    weighing = [criterion for criterion in criteria if criterion.weighs]
    if weighing and total(criteria, values) is None and not errors:
        errors[""] = [_("Score at least one criterion.")]
    return errors


def total(criteria: Iterable[Criterion], values: Mapping[int, int | None]) -> Fraction | None:
    """Weighted mean on 0–100 over what is scored so far (scoring.totals tells the formula).

    None when nothing that weighs is scored.
    """
    weighed = points = Fraction(0)
    for criterion in criteria:
        value = values.get(criterion.pk)
        if value is None or not criterion.weighs:
            continue
        weight = Fraction(criterion.weight)
        weighed += weight
        points += weight * Fraction(value - criterion.low, criterion.high - criterion.low)
    return 100 * points / weighed if weighed else None


def nine(value: Fraction | None) -> Decimal | None:
    """For the database: nine decimals. The ranking itself is computed from the scores, exactly."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(NINE)
