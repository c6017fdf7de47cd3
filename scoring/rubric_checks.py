"""What a rubric lacks before a second person may publish it, and what is worth a thought.

Every finding says where it stands, so that the editor shows it beside the field while one writes
and nobody hears of it first when the challenge is to be opened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from challenges.states import ChallengeProfile, ChallengeState, Visibility
from core.multilingual import missing, text
from scoring import stages
from scoring.models import Criterion, Rubric
from scoring.rubrics import WHOLE, criteria
from scoring.states import CalibrationUse, CommentRule, CriterionKind, JurorState, Profile

WEIGHTS, TIES, ROUNDS, POLICY, REVIEWS, REASON = (
    *("weights", "ties", "rounds", "policy", "reviews", "reason"),
)


@dataclass(frozen=True)
class Finding:
    """`where`: a part of the editor (WEIGHTS …) or the key of a criterion."""

    where: str
    words: str


def problems(rubric: Rubric) -> Iterator[str]:
    """What keeps the rubric from being published, each in words for staff."""
    for finding in findings(rubric):
        yield finding.words


def findings(rubric: Rubric) -> Iterator[Finding]:
    """`problems`, each with its place."""
    found = criteria(rubric)
    yield from _weight_problems(found)
    if not found:
        return
    for criterion in found:
        for words in _criterion_problems(criterion):
            name = text(criterion.name) or criterion.key
            yield Finding(criterion.key, f"{name}: {words}")
    yield from _tie_problems(rubric, found)
    for words in stages.problems(rubric.rounds):
        yield Finding(ROUNDS, words)
    yield from _policy_problems(rubric, found)
    if is_correction(rubric) and not text(rubric.reason):
        yield Finding(REASON, _("Tell entrants why the rubric is corrected."))


def advice(rubric: Rubric) -> Iterator[Finding]:
    """What is worth a thought but does not stop the publishing."""
    jurors = rubric.series.jurors.filter(state__in=[JurorState.INVITED, JurorState.ACCEPTED])
    count = jurors.count()
    wanted = max([rubric.reviews, *(s.reviews for s in stages.plan_of(rubric) if s.is_scored)])
    if count < wanted:
        yield Finding(
            REVIEWS,
            _(
                "%(wanted)s jurors are to read each proposal, but the jury of the series has"
                " %(count)s so far."
            )
            % {"wanted": wanted, "count": count},
        )
    for criterion in criteria(rubric):
        if criterion.minimum is not None and criterion.minimum <= criterion.low:
            yield Finding(
                criterion.key,
                _("%(name)s: the minimum is the lowest level, so it shuts nobody out.")
                % {"name": text(criterion.name)},
            )
    if rubric.profile == Profile.FORMAL and rubric.calibration == CalibrationUse.AWARD:
        yield Finding(
            POLICY,
            _(
                "Calibrated scores decide here: entrants read it before they propose. Most formal"
                " competitions leave them out of the award."
            ),
        )


def is_correction(rubric: Rubric) -> bool:
    """Whether an earlier version has been published."""
    return bool(rubric.series.rubrics.published().filter(version__lt=rubric.version).exists())


def missing_languages(rubric: Rubric) -> list[str]:
    """Languages that some text of the rubric lacks; advice, not an obstacle."""
    lacking: set[str] = set()
    for criterion in criteria(rubric):
        texts: list[Mapping[str, str]] = [criterion.name, criterion.question]
        texts += [level.description for level in criterion.levels.all()]
        for words in texts:
            lacking.update(missing(words))
    return sorted(lacking)


def _weight_problems(found: list[Criterion]) -> Iterator[Finding]:
    if not found:
        yield Finding(WEIGHTS, _("It has no criteria."))
        return
    weighing = [criterion for criterion in found if criterion.weighs]
    total = sum(criterion.weight for criterion in weighing)
    if not weighing:
        yield Finding(WEIGHTS, _("No criterion weighs: add a scale or a threshold."))
    elif total != WHOLE:
        yield Finding(
            WEIGHTS,
            _("The weights add up to %(total)s, they must be exactly 100.")
            % {"total": number_format(Decimal(total).normalize().__format__("f"))},
        )


def _criterion_problems(criterion: Criterion) -> Iterator[str]:
    if not text(criterion.name):
        yield _("the criterion has no name.")
    if not text(criterion.question):
        yield _("the criterion is not described: write the question to the juror.")
    if criterion.kind == CriterionKind.THRESHOLD and criterion.minimum is None:
        yield _("a threshold needs its minimum.")
    levels = list(criterion.levels.all())
    if not criterion.weighs and not levels:
        return
    described = {level.value: text(level.description) for level in levels}
    on_scale = range(criterion.low, criterion.high + 1)
    for value in on_scale:
        if not described.get(value):
            yield _("level %(value)s is not described.") % {"value": value}
    if any(value not in on_scale for value in described):
        yield _("levels must rise one by one from the lowest to the highest.")
    for value in on_scale[1:]:
        if described.get(value) and described[value] == described.get(value - 1):
            yield _("levels %(below)s and %(value)s are described in the same words.") % {
                "below": value - 1,
                "value": value,
            }


def _tie_problems(rubric: Rubric, found: list[Criterion]) -> Iterator[Finding]:
    keys = {criterion.key for criterion in found if criterion.weighs}
    steps: list[Mapping[str, Any]] = rubric.tie_chain
    if not steps or steps[-1].get("by") != "lot":
        yield Finding(TIES, _("The order of breaking ties must end in a lot."))
    if any(step.get("by") == "criterion" and step.get("key") not in keys for step in steps):
        yield Finding(TIES, _("The order of breaking ties names an unknown criterion."))
    names = [(step.get("by"), step.get("key")) for step in steps]
    if len(set(names)) != len(names):
        yield Finding(TIES, _("The order of breaking ties names the same thing twice."))


def of_contest(rubric: Rubric) -> Iterator[str]:
    """What a design contest asks of its rubric, published or not."""
    contest = rubric.series.challenge.profile == ChallengeProfile.CONTEST
    if contest and rubric.profile != Profile.FORMAL:
        yield _("A design contest is scored formally: choose the formal profile.")


def _policy_problems(rubric: Rubric, found: list[Criterion]) -> Iterator[Finding]:
    challenge = rubric.series.challenge
    on_scales = {value for c in found if c.weighs for value in range(c.low, c.high + 1)}
    if rubric.comment_rule == CommentRule.OPTIONAL and set(rubric.comment_levels) - on_scales:
        yield Finding(POLICY, _("A comment is required at a level that no criterion has."))
    opened = challenge.state != ChallengeState.PREPARING
    if opened and rubric.blind != rubric.series.blind:
        yield Finding(
            POLICY,
            _(
                "Whether jurors see who proposes was promised when the challenge opened and"
                " stays so."
            ),
        )
    for words in of_contest(rubric):
        yield Finding(POLICY, words)
    if rubric.profile != Profile.FORMAL:
        return
    if not rubric.blind:
        yield Finding(
            POLICY, _("A formal competition is anonymous: jurors must not see who proposes.")
        )
    if challenge.visibility in (Visibility.AT_ONCE, Visibility.AFTER_CLOSING):
        yield Finding(
            POLICY,
            _(
                "A formal competition shows no proposal before the decision: choose so in the"
                " challenge's basics."
            ),
        )
