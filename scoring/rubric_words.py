"""A rubric's rules in sentences, and what differs between two versions, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.multilingual import languages, text
from scoring import ranking, stages
from scoring.models import Criterion, Rubric
from scoring.rubrics import criteria, gates_in_check, published_criteria
from scoring.states import (
    CommentRule,
    CriterionKind,
    GateAnswer,
    RoundKind,
)

LANGUAGE_NAMES = {"fi": "suomi", "sv": "svenska", "en": "English"}


@dataclass(frozen=True)
class Line:
    """One rule: what it is about, and what it says."""

    label: str
    words: str


@dataclass(frozen=True)
class Change:
    """One field that differs. An empty `before` is new, an empty `after` is gone."""

    label: str
    before: str
    after: str
    language: str = ""


def rules_of(rubric: Rubric) -> list[Line]:
    """How the jury works, for entrants and whoever approves."""
    lines = [
        Line(_("Profile"), rubric.get_profile_display()),
        Line(_("Jurors per proposal"), str(rubric.reviews)),
        Line(_("Rounds"), " → ".join(stage_words(stage) for stage in stages.plan_of(rubric))),
        Line(_("Jurors see who proposes"), _("No") if rubric.blind else _("Yes")),
        Line(_("When a juror cannot say"), rubric.get_not_applicable_display()),
        Line(_("Comment to the proposer"), _comments(rubric)),
        Line(_("Comment to the jury and staff"), rubric.get_internal_comment_rule_display()),
        Line(_("A juror sees the others' points of a proposal"), rubric.get_show_others_display()),
        Line(
            _("After the decision entrants see of their own proposal"),
            rubric.get_show_entrants_display(),
        ),
        Line(_("Scores corrected for strict and mild jurors"), rubric.get_calibration_display()),
        Line(_("Equal scores are settled by"), " → ".join(tie_words(rubric))),
    ]
    if any(criterion.is_gate for criterion in criteria(rubric)):
        lines.append(
            Line(
                _("Gates"),
                _("Answered in the check of eligibility, before the jury; jurors are not asked.")
                if gates_in_check(rubric)
                else _("A proposal is not ranked when more jurors answer no than yes."),
            )
        )
    return lines


def tie_words(rubric: Rubric) -> list[str]:
    """The steps in order, each in words."""
    names = {criterion.key: str(criterion) for criterion in criteria(rubric)}
    words = {
        "median": _("the higher median of the jurors' totals"),
        "lowest": _("the higher lowest total of a juror"),
        "lot": _("a lot, with a recorded seed"),
    }
    return [
        words.get(step["by"])
        or _("the higher mean on “%(name)s”") % {"name": names.get(step.get("key", ""), "?")}
        for step in rubric.tie_chain
    ]


def stage_words(stage: stages.Stage) -> str:
    parts = [_("%(k)s jurors") % {"k": stage.reviews}]
    if stage.advance.by == stages.BEST:
        parts.append(_("the best %(n)s go on") % {"n": f"{stage.advance.value:f}"})
    elif stage.advance.by == stages.THRESHOLD:
        parts.append(_("%(n)s points or more go on") % {"n": f"{stage.advance.value:f}"})
    if stage.carry_over:
        share = f"{stage.carry_over * 100:f}".rstrip("0").rstrip(".")
        parts.append(_("earlier scores weigh %(share)s %%") % {"share": share})
    if stage.live:
        parts.append(_("pitched live"))
    return f"{RoundKind(stage.kind).label} ({', '.join(parts)})"


def answers_of(criterion: Criterion) -> list[tuple[str, Mapping[str, str]]]:
    """(level or answer, its words in several languages) from the lowest."""
    described = {level.value: level.description for level in criterion.levels.all()}
    if criterion.is_gate:
        return [(str(one.label), described.get(one.value, {})) for one in GateAnswer]
    return [(str(value), described[value]) for value in sorted(described)]


def changes(before: Rubric, after: Rubric) -> list[Change]:
    """What differs, rules first, then criterion by criterion; texts in each language."""
    old = {line.label: line.words for line in rules_of(before)}
    new = {line.label: line.words for line in rules_of(after)}
    found = [
        Change(label, old.get(label, ""), new.get(label, ""))
        for label in {**old, **new}
        if old.get(label, "") != new.get(label, "")
    ]
    was = {criterion.key: criterion for criterion in criteria(before)}
    now = {criterion.key: criterion for criterion in criteria(after)}
    for key in [*was, *(key for key in now if key not in was)]:
        found += _criterion_changes(was.get(key), now.get(key))
    if [key for key in was if key in now] != [key for key in now if key in was]:
        found.append(Change(_("Order of the criteria"), _names(was.values()), _names(now.values())))
    return found


def _criterion_changes(before: Criterion | None, after: Criterion | None) -> Iterator[Change]:
    name = str(after or before)
    if before is None or after is None:
        yield Change(
            _("Criterion “%(name)s”") % {"name": name},
            _whole(before) if before else "",
            _whole(after) if after else "",
        )
        return
    for label, old, new in (
        (_("kind"), before.get_kind_display(), after.get_kind_display()),
        (_("weight, %"), _weight(before), _weight(after)),
        (_("minimum"), _number(before.minimum), _number(after.minimum)),
        (_("levels"), f"{before.low}–{before.high}", f"{after.low}–{after.high}"),
    ):
        if old != new:
            yield Change(f"{name}: {label}", old, new)
    yield from _text_changes(f"{name}: {_('name')}", before.name, after.name)
    yield from _text_changes(
        f"{name}: {_('question to the juror')}", before.question, after.question
    )
    old_levels, new_levels = dict(answers_of(before)), dict(answers_of(after))
    for level in {**old_levels, **new_levels}:
        yield from _text_changes(
            f"{name}: {_('level')} {level}", old_levels.get(level, {}), new_levels.get(level, {})
        )


def _text_changes(
    label: str, before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[Change]:
    for code in languages():
        if before.get(code, "") != after.get(code, ""):
            yield Change(
                f"{label} ({LANGUAGE_NAMES[code]})", before.get(code, ""), after.get(code, ""), code
            )


def _comments(rubric: Rubric) -> str:
    if rubric.comment_rule == CommentRule.OPTIONAL and rubric.comment_levels:
        return _("Required at the levels %(levels)s, else optional") % {
            "levels": ", ".join(str(level) for level in sorted(rubric.comment_levels))
        }
    return str(rubric.get_comment_rule_display())


def _whole(criterion: Criterion) -> str:
    weight = f", {_weight(criterion)} %" if criterion.weighs else ""
    return f"{CriterionKind(criterion.kind).label}{weight}. {text(criterion.question)}"


def _weight(criterion: Criterion) -> str:
    return str(number_format(Decimal(criterion.weight).normalize().__format__("f")))


def _number(value: Any) -> str:
    return "" if value is None else str(value)


def _names(found: Any) -> str:
    return ", ".join(str(criterion) for criterion in found)


def why_not_placed(rubric: Rubric, reason: str | None) -> str:
    """A place's `reason` (scoring.ranking) in words; "" when it has its place."""
    kind, _colon, key = (reason or "").partition(":")
    found = published_criteria(rubric) if rubric.is_published else criteria(rubric)
    names = {criterion.key: str(criterion) for criterion in found}
    if kind == ranking.GATE_FAILED:
        return _("Not ranked: more jurors said no than yes to “%(name)s”.") % {
            "name": names.get(key, key)
        }
    if kind == ranking.BELOW_MINIMUM:
        return _("Not ranked: the mean on “%(name)s” is below its minimum.") % {
            "name": names.get(key, key)
        }
    return _("Not ranked: no sheet yet.") if kind == ranking.NO_SHEETS else ""


def why_raw(reason: str) -> str:
    """Why raw scores are shown as they are (`calibration.Calibration.reason`), in words."""
    return {
        "off": _("The published rubric leaves calibrated scores out: the plain mean decides."),
        "no_repeats": _(
            "No proposal has two sheets yet, so nothing can be said of how strict a juror is."
        ),
        "disconnected": _(
            "The jurors fall into groups that share no proposal, so their levels cannot be"
            " compared. A few anchor proposals read by everybody would join them."
        ),
        "few_reviews": _("Jurors with fewer than five sheets cannot be compared with the others."),
        "no_sheets": _("No sheet counts yet."),
    }.get(reason, "")
