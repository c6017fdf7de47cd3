"""Verbs: make, prepare, open, close, decide and cancel a challenge."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from challenges import completeness, profiles, registry, rules, timetable
from challenges.definition import BadDefinition, Definition
from challenges.models import Challenge, FormVersion, Phase, Series, Theme
from challenges.publishing import make_pages, publish_pages, rename_pages
from challenges.recipes import Recipe
from challenges.states import TRANSITIONS, ChallengeState, PhaseKind, Visibility
from core import audit, outbox
from core.errors import Invalid, NotNow, require
from core.multilingual import text
from core.slugs import free_slug

CLOSES_SOON = "challenge.closes_soon"
REMINDED = (72, 24)  # hours before the closing at which those who have begun are reminded


@transaction.atomic
def create_from_recipe(
    *,
    recipe: Recipe,
    owner: Organisation,
    opens_on: dt.date,
    title: Mapping[str, str],
    by: User | None,
    contact_email: str = "",
    slug: str = "",
    uid: uuid.UUID | None = None,
    profile: str = "",
) -> Challenge:
    """A whole challenge, still being prepared: series, forms, phases, pages; rubrics by scoring.

    `by` is None when the installation itself makes it; `profile`: another than the recipe's.
    Raises Invalid (title, contact_email).
    """
    if by is not None:
        require(bool(rules.can_create_challenge(by, owner)))
    challenge = Challenge(
        uid=uid or uuid.uuid4(),
        owner=owner,
        name=dict(title),
        slug=free_slug(
            slug or text(title, "fi"), Challenge.objects, most=70, otherwise="challenge"
        ),
        visibility=recipe.visibility,
        reasons_public=recipe.reasons_public,
        profile=profile or recipe.profile,
        statements=profiles.tidy(recipe.statements),
        contact_email=contact_email,
    )
    _clean(challenge, names={"name": "title"})
    challenge.save()
    challenge.themes.set(_themes(recipe))
    spans, _moves = timetable.off_holidays(recipe.timetable(opens_on))
    Phase.objects.bulk_create(
        Phase(challenge=challenge, kind=kind, starts_at=starts, ends_at=ends)
        for kind, (starts, ends) in spans.items()
        if kind in profiles.phases_of(challenge.profile)
    )
    for order, part in enumerate(recipe.series):
        series = Series(
            challenge=challenge,
            key=part.key,
            kind=part.kind,
            name=dict(part.name),
            eligible=dict(part.eligible),
            award=dict(part.award),
            winners=part.winners,
            order=order,
        )
        _clean(series)
        series.save()
        FormVersion.objects.create(series=series, number=1, definition=part.form)
    make_pages(challenge=challenge, texts=recipe.page, by=by)
    registry.run_create_hooks(challenge, recipe, by)
    audit.record("challenge.created", challenge, by=by, data={"recipe": recipe.key})
    outbox.emit("challenge.created", challenge=challenge.pk)
    return challenge


@transaction.atomic
def save_basics(
    *,
    challenge: Challenge,
    name: Mapping[str, str],
    visibility: str,
    reasons_public: bool,
    contact_email: str,
    themes: Iterable[Theme],
    by: User,
    talk: str = "",
    assurance: str = "",
) -> Challenge:
    """What all languages share. What was promised to proposers stays once the challenge is open.

    `talk`: a value of states.Talk, which may change at any time; `assurance`: one of
    states.Assurance. "" leaves each as it is.
    """
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    promised = (challenge.visibility, challenge.reasons_public)
    if challenge.state != ChallengeState.PREPARING and promised != (visibility, reasons_public):
        raise NotNow(_("Who sees what was promised when the challenge opened and stays so."))
    assurance = assurance or challenge.assurance
    if challenge.state != ChallengeState.PREPARING and assurance != challenge.assurance:
        raise Invalid(
            errors={
                "assurance": [_("People have begun by it: it stays once the challenge is open.")]
            }
        )
    challenge.name = dict(name)
    challenge.assurance = assurance
    challenge.visibility = Visibility(visibility)
    challenge.reasons_public = reasons_public
    challenge.contact_email = contact_email
    challenge.talk = talk or challenge.talk
    _clean(challenge)
    challenge.save()
    challenge.themes.set(themes)
    rename_pages(challenge=challenge)
    data = {"name": challenge.name, "talk": challenge.talk, "assurance": challenge.assurance}
    audit.record("challenge.changed", challenge, by=by, data=data)
    outbox.emit("challenge.changed", challenge=challenge.pk)
    return challenge


@transaction.atomic
def save_series(
    *,
    series: Series,
    name: Mapping[str, str],
    eligible: Mapping[str, str],
    award: Mapping[str, str],
    winners: int,
    by: User,
) -> Series:
    """The words and the number of winners of a series; the number stays once it is open."""
    require(bool(rules.can_edit_challenge(by, series.challenge)))
    challenge = locked(series.challenge)
    if challenge.state != ChallengeState.PREPARING and winners != series.winners:
        raise NotNow(_("The number of winners was promised when the challenge opened."))
    series.name, series.eligible = dict(name), dict(eligible)
    series.award, series.winners = dict(award), winners
    _clean(series)
    series.save()
    audit.record("series.changed", series, by=by, data={"name": series.name, "winners": winners})
    outbox.emit("challenge.changed", challenge=challenge.pk)
    return series


@transaction.atomic
def save_timetable(
    *, challenge: Challenge, phases: timetable.Timetable, by: User, at: dt.datetime
) -> Challenge:
    """Set every phase. Once open, the beginning stays and the closing stays ahead of now.

    Raises Invalid with errors by field: «submission_ends» and so on.
    """
    require(bool(rules.can_edit_challenge(by, challenge)))
    challenge = locked(challenge)
    if challenge.state in (ChallengeState.DECIDED, ChallengeState.CANCELLED):
        raise NotNow(_("The timetable of a challenge that is over does not change."))
    errors = timetable.problems(phases)
    before = timetable.of(challenge)
    if challenge.state == ChallengeState.OPENED and not errors:
        errors = _promised(before, phases, at)
    if errors:
        raise Invalid(errors=errors)
    challenge.phases.exclude(kind__in=list(phases)).delete()
    for kind, (starts, ends) in phases.items():
        Phase.objects.update_or_create(
            challenge=challenge, kind=kind, defaults={"starts_at": starts, "ends_at": ends}
        )
    audit.record(
        "challenge.timetable_changed",
        challenge,
        by=by,
        data={kind.value: [starts, ends] for kind, (starts, ends) in phases.items()},
    )
    changed = _fresh(challenge)
    if changed.state == ChallengeState.OPENED:
        if changed.closed_at and changed.closes_at and changed.closes_at > at:
            changed.closed_at = None
            changed.save(update_fields=["closed_at"])
        _schedule_closing(changed, at)
    outbox.emit("challenge.changed", challenge=challenge.pk)
    return changed


def _promised(
    before: timetable.Timetable, after: timetable.Timetable, at: dt.datetime
) -> dict[str, list[str]]:
    opens, closes = before[PhaseKind.SUBMISSION]
    new_opens, new_closes = after[PhaseKind.SUBMISSION]
    if opens <= at and new_opens != opens:
        return {"submission_starts": [_("Proposals may be made already: the beginning stays.")]}
    if new_closes != closes and new_closes <= at:
        return {"submission_ends": [_("The closing cannot be moved into the past.")]}
    return {}


@transaction.atomic
def save_form(*, series: Series, definition: Any, based_on: int, by: User) -> FormVersion:
    """A new version of a series' form, while nothing has been frozen.

    `based_on` is the number of the version that was edited: of two people who edit the same one,
    the second is told. Raises Invalid with every fault of the definition.
    """
    require(bool(rules.can_edit_form(by, series)))
    locked(series.challenge)
    newest = series.newest_form
    if newest and newest.frozen_at:
        raise NotNow(_("The form was frozen when the challenge opened."))
    number = newest.number if newest else 0
    if number != based_on:
        raise NotNow(
            _("Somebody else has changed the form. Look at it and make your change again.")
        )
    try:
        parsed = Definition.parse(definition)
    except BadDefinition as error:
        raise Invalid(str(error), errors={"": error.problems}) from error
    version = FormVersion(series=series, number=number + 1, definition=definition)
    version.full_clean()
    version.save()
    audit.record(
        "form.changed", version, by=by, data={"number": version.number, "sha256": parsed.digest}
    )
    return version


@transaction.atomic
def open_challenge(*, challenge: Challenge, by: User | None, at: dt.datetime) -> Challenge:
    """Make it public. Proposals may come from the first phase's beginning to its end.

    Freezes the forms and publishes the pages. Raises Invalid with what is missing, by line of
    the checklist.
    """
    if by is not None:
        require(bool(rules.can_open_challenge(by, challenge)))
    challenge = locked(challenge)
    _require_transition(challenge, ChallengeState.OPENED)
    lacking = {
        item.key: list(item.missing)
        for item in completeness.checklist(challenge, at=at)
        if not item.ok
    }
    if lacking:
        raise Invalid(_("The challenge cannot open yet: something is missing."), errors=lacking)
    digests = {series.key: _freeze_newest(series, at=at) for series in challenge.series.all()}
    challenge.state = ChallengeState.OPENED
    challenge.opened_at = at
    challenge.save(update_fields=["state", "opened_at"])
    publish_pages(challenge=challenge, by=by)
    audit.record("challenge.opened", challenge, by=by, data={"forms": digests})
    outbox.emit("challenge.opened", challenge=challenge.pk)
    _schedule_closing(challenge, at)
    return challenge


def _freeze_newest(series: Series, *, at: dt.datetime) -> str:
    form = series.newest_form
    if form is None:
        raise Invalid(errors={"forms": [_("A series has no form.")]})
    return freeze(form, at=at)


def freeze(form: FormVersion, *, at: dt.datetime) -> str:
    """From now on the version does not change; its digest."""
    form.digest = form.parsed.digest
    form.frozen_at = at
    form.save(update_fields=["digest", "frozen_at"])
    return form.digest


def _schedule_closing(challenge: Challenge, at: dt.datetime) -> None:
    closes = challenge.closes_at
    if closes is None:
        return
    outbox.emit("challenge.closing", run_after=closes, challenge=challenge.pk)
    for hours in REMINDED:
        soon = closes - dt.timedelta(hours=hours)
        if soon > at:
            outbox.emit(CLOSES_SOON, run_after=soon, challenge=challenge.pk, hours=hours)


@transaction.atomic
def close_challenge(*, challenge: Challenge, at: dt.datetime) -> bool:
    """Note once that the call has closed, and tell the others. False when it is not so (any more).

    Nothing is refused by this note: what may be done at a moment is asked of the phases.
    """
    challenge = locked(challenge)
    closes_at = challenge.closes_at
    if challenge.state != ChallengeState.OPENED or challenge.closed_at:
        return False
    if closes_at is None or at < closes_at:
        return False
    challenge.closed_at = closes_at
    challenge.paused_at, challenge.pause_reason = None, ""
    challenge.save(update_fields=["closed_at", "paused_at", "pause_reason"])
    audit.record("challenge.closed", challenge, by=None, data={"closed_at": closes_at})
    outbox.emit("challenge.closed", challenge=challenge.pk)
    return True


@transaction.atomic
def mark_decided(*, challenge: Challenge, by: User | None, at: dt.datetime) -> Challenge:
    """Called by the action that publishes the decision; the right to it is asked there."""
    challenge = locked(challenge)
    _require_transition(challenge, ChallengeState.DECIDED)
    challenge.state = ChallengeState.DECIDED
    challenge.decided_at = at
    challenge.save(update_fields=["state", "decided_at"])
    audit.record("challenge.decided", challenge, by=by)
    outbox.emit("challenge.decided", challenge=challenge.pk)
    return challenge


@transaction.atomic
def cancel_challenge(*, challenge: Challenge, reason: str, by: User, at: dt.datetime) -> Challenge:
    """Call it off, with a reason that the page shows when the challenge had been opened."""
    require(bool(rules.can_cancel_challenge(by, challenge)))
    challenge = locked(challenge)
    _require_transition(challenge, ChallengeState.CANCELLED)
    if not reason.strip():
        raise Invalid(errors={"reason": [_("Say why the challenge is cancelled.")]})
    challenge.state = ChallengeState.CANCELLED
    challenge.cancelled_at = at
    challenge.cancel_reason = reason.strip()
    challenge.paused_at, challenge.pause_reason = None, ""
    _clean(challenge)
    challenge.save(
        update_fields=["state", "cancelled_at", "cancel_reason", "paused_at", "pause_reason"]
    )
    audit.record("challenge.cancelled", challenge, by=by, data={"reason": challenge.cancel_reason})
    outbox.emit("challenge.cancelled", challenge=challenge.pk)
    if challenge.opened_at is not None:
        reason = challenge.cancel_reason
        outbox.emit("challenge.notice", challenge=challenge.pk, kind="cancelled", reason=reason)
    return challenge


def _require_transition(challenge: Challenge, to: ChallengeState) -> None:
    if to not in TRANSITIONS[ChallengeState(challenge.state)]:
        raise NotNow(
            _("The challenge is in the state “%(state)s”.")
            % {"state": challenge.get_state_display()}
        )


def locked(challenge: Challenge) -> Challenge:
    """The row as it is now, held until the transaction ends."""
    return (
        Challenge.objects.select_for_update(of=("self",))
        .select_related("owner")
        .get(pk=challenge.pk)
    )


def _fresh(challenge: Challenge) -> Challenge:
    return Challenge.objects.with_phases().get(pk=challenge.pk)


def _clean(instance: models.Model, names: Mapping[str, str] | None = None) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        renamed = names or {}
        raise Invalid(
            errors={renamed.get(key, key): words for key, words in error.message_dict.items()}
        ) from error


def _themes(recipe: Recipe) -> list[Theme]:
    """The recipe's themes; those that exist keep the words that the platform's owner gave."""
    start = (Theme.objects.aggregate(last=Max("order"))["last"] or 0) + 1
    return [
        Theme.objects.get_or_create(
            key=theme["key"],
            defaults={
                "name": theme["name"],
                "description": theme.get("description") or {},
                "order": start + index,
            },
        )[0]
        for index, theme in enumerate(recipe.themes)
    ]
