"""What can happen to a proposal, from the first saved word to its publication.

Writing in a draft leaves no audit row: before it is handed in, a text is its writer's own.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.oidc import Identified
from challenges.definition import Definition, FieldType, Purpose
from challenges.models import Challenge, Series
from challenges.states import Act, Assurance, FieldVisibility, Visibility
from core import audit, clock, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas import named, rules
from ideas.answers import (
    Answers,
    beginning,
    by_purpose,
    clean_email,
    fingerprint,
    says_yes,
    tidy_all,
)
from ideas.choices import themes_of
from ideas.errors import CallClosed, NotIdentified, StaleDraft
from ideas.extensions import open_for
from ideas.identification import Shown
from ideas.models import Idea, IdeaVersion, TeamMember
from ideas.naming import authors_of
from ideas.states import TRANSITIONS, IdeaState, TeamRole
from ideas.versions import (
    Receipt,
    attachments_of,
    check,
    payload_of,
    same_content,
)

COPIES = (
    "title",
    "summary",
    "theme",
    "municipality",
    "contact_email",
    "contact_name",
    "name_public",
)


@transaction.atomic
def start_draft(
    *,
    series: Series,
    language: str,
    at: dt.datetime,
    by: User | None = None,
    organisation: Organisation | None = None,
    uid: uuid.UUID | None = None,
    is_demo: bool = False,
) -> Idea:
    """An empty draft of the series' form. The same `uid` again gives the same draft.

    Raises Denied when this person may not propose to the series, CallClosed outside the dates.
    """
    require(rules.can_start(by, series, organisation))
    if uid is not None:
        known = Idea.objects.for_writing().filter(uid=uid).first()
        if known is not None:
            require(known.series_id == series.pk and known.organisation == organisation)
            return known
    challenge = series.challenge
    form = series.form
    if form is None or not challenge.allows(Act.SUBMIT, at=at):
        raise CallClosed(challenge.closes_at)
    idea = Idea(
        uid=uid or uuid.uuid4(),
        challenge=challenge,
        series=series,
        form=form,
        organisation=organisation,
        language=language,
        created_at=at,
        saved_at=at,
        is_demo=is_demo,
    )
    idea.clean_fields(exclude=["challenge", "series", "form", "organisation"])
    try:
        with transaction.atomic():
            idea.save()
    except IntegrityError:  # the same first words sent twice at the same moment
        return Idea.objects.for_writing().get(
            uid=idea.uid, series=series, organisation=organisation
        )
    if by is not None:
        TeamMember.objects.create(
            idea=idea,
            email=by.email,
            user=by,
            role=TeamRole.OWNER,
            invited_at=at,
            joined_at=at,
        )
    return idea


@transaction.atomic
def save_draft(
    *,
    idea: Idea,
    answers: Mapping[str, Any],
    revision: int,
    at: dt.datetime,
    by: User | None = None,
    seen: str | None = None,
) -> Idea:
    """Keep these answers and secret parts, as they were typed, beside those given earlier.

    `revision` is the one the writer's page was made from, `seen` the fingerprint of the answers
    that it showed. If somebody has saved other words to the same questions since, StaleDraft
    carries both. Invalid: a text too long to be kept at all.
    """
    require(rules.can_edit_draft(by, idea))
    idea = lock_idea(idea)
    require_editable(idea, at)
    definition = idea.form.parsed
    kept, errors = tidy_all(definition, answers)
    if errors:
        raise Invalid(errors=errors)
    written = idea.written
    changed = {key: value for key, value in kept.items() if written.get(key, "") != value}
    changed = {key: value for key, value in changed.items() if value or key in written}
    if changed and revision != idea.revision and seen != fingerprint(written, kept):
        stored = {key: written.get(key, "") for key in changed}
        raise StaleDraft(idea=idea, stored=stored, sent=changed)
    if not changed:
        return idea
    merged = {key: value for key, value in {**written, **changed}.items() if value}
    idea.answers = {key: value for key, value in merged.items() if key not in definition.parts}
    idea.secrets = {key: value for key, value in merged.items() if key in definition.parts}
    idea.revision += 1
    idea.saved_at = at
    fields = ["answers", "secrets", "revision", "saved_at"]
    if idea.state == IdeaState.DRAFT:
        _copy_answers(idea, definition, idea.answers)
        fields += COPIES
    idea.clean_fields(exclude=[f.name for f in Idea._meta.fields if f.name not in fields])
    idea.save(update_fields=fields)
    return idea


@transaction.atomic
def submit_idea(
    *,
    idea: Idea,
    at: dt.datetime,
    by: User | None = None,
    identified: Identified | None = None,
) -> Receipt:
    """Hand the proposal in. The moment that counts is `at`, when the request reached us.

    Handing in the same again gives the same receipt; changed answers make the next version, with
    the same number. Raises CallClosed, NotIdentified, or Invalid with the questions to correct.
    """
    require(rules.can_submit(by, idea))
    idea = lock_idea(idea)
    files = attachments_of(idea)
    current = idea.current_version
    if current is not None and same_content(current, idea, files):
        return Receipt.of(idea, current)
    challenge = idea.challenge
    if not open_for(idea, at):
        raise CallClosed(challenge.closes_at)
    if IdeaState.SUBMITTED not in TRANSITIONS[IdeaState(idea.state)]:
        raise NotNow(_("The proposal has already been checked and can no longer be changed."))
    found = check(idea, files)
    if found.errors:
        raise Invalid(errors=found.errors)
    if challenge.assurance == Assurance.STRONG and identified is None:
        raise NotIdentified
    idea.secrets = found.secrets
    version = hand_in(
        idea=idea,
        answers=found.answers,
        files=files,
        at=at,
        by=by,
        shown=Shown.by(identified),
    )
    return Receipt.of(idea, version)


def hand_in(
    *,
    idea: Idea,
    answers: Answers,
    files: list[dict[str, Any]],
    at: dt.datetime,
    by: User | None,
    shown: Shown = Shown(),  # noqa: B008 - frozen
) -> IdeaVersion:
    """Number, freeze and tell of a proposal whose answers are clean, `idea.secrets` too. Inside a
    transaction; whoever calls has asked for the right and the dates.
    """
    challenge, definition = idea.challenge, idea.form.parsed
    first = idea.number is None
    was = "" if first else named.in_its_language(idea)
    opens = first and challenge.visibility in (Visibility.AT_ONCE, Visibility.TITLES)
    idea.answers = answers
    idea.state = IdeaState.SUBMITTED
    idea.saved_at = at
    _copy_answers(idea, definition, answers)
    idea.clean_fields(exclude=["challenge", "series", "form", "organisation", "theme"])
    idea.authors = authors_of(idea, handed_in_by=by.pk if by else None)
    if opens:
        _publish(challenge, [idea], at=at)
    number = idea.current_version.number + 1 if idea.current_version else 1
    outbox.emit("idea.submitted", idea=idea.pk, version=number)
    if first:
        # From here on the challenge's other proposals wait: what they need not wait for is above.
        idea.number = _next_number(challenge, opened=int(opens))
        idea.reference = f"{clock.local(at).year}-{idea.number:04d}"
        idea.submitted_at = at
    else:
        named.follow(idea, was=was)
    version = _freeze(idea, files, number=number, at=at, by=by, shown=shown)
    idea.current_version = version
    idea.save()
    audit.record(
        "idea.submitted",
        idea,
        by=by,
        data={
            "reference": idea.reference,
            "version": version.number,
            "sha256": version.digest,
            "at": at,
            **shown.record,
        },
    )
    return version


@transaction.atomic
def withdraw_idea(*, idea: Idea, at: dt.datetime, by: User | None = None) -> Idea:
    """Take a proposal back before the decision. Its number is never used again."""
    require(rules.can_withdraw(by, idea))
    idea = lock_idea(idea)
    if IdeaState.WITHDRAWN not in TRANSITIONS[IdeaState(idea.state)]:
        raise NotNow(_("The proposal can no longer be withdrawn."))
    was_public = idea.is_public
    idea.state = IdeaState.WITHDRAWN
    idea.withdrawn_at = at
    idea.published_at = None
    idea.token_version += 1
    idea.save(update_fields=["state", "withdrawn_at", "published_at", "token_version"])
    if was_public:
        Challenge.objects.filter(pk=idea.challenge_id, public_ideas__gt=0).update(
            public_ideas=F("public_ideas") - 1
        )
    audit.record("idea.withdrawn", idea, by=by, data={"reference": idea.reference, "at": at})
    outbox.emit("idea.withdrawn", idea=idea.pk)
    return idea


@transaction.atomic
def make_public(*, challenge: Challenge, at: dt.datetime) -> int:
    """Open every delivered proposal of the challenge that is not yet public; how many.

    The caller has asked whether the challenge's visibility setting says so.
    """
    hidden = Idea.objects.delivered().filter(challenge=challenge, published_at=None)
    ideas = list(hidden.select_for_update().only("pk", "published_at"))
    if ideas:
        _publish(challenge, ideas, at=at)
        Challenge.objects.filter(pk=challenge.pk).update(
            public_ideas=F("public_ideas") + len(ideas)
        )
        Idea.objects.filter(pk__in=[idea.pk for idea in ideas]).update(published_at=at)
        audit.record("ideas.published", challenge, by=None, data={"count": len(ideas), "at": at})
    return len(ideas)


@transaction.atomic
def recount_public(*, challenge: Challenge) -> int:
    """Set the stored number of public proposals right; what it is."""
    count = Idea.objects.public().filter(challenge=challenge).count()
    Challenge.objects.filter(pk=challenge.pk).update(public_ideas=count)
    return count


def lock_idea(idea: Idea) -> Idea:
    """The row as it is now, held until the transaction ends. What never changes of it is not read
    again: its challenge, series, form and organisation are those that the caller has.
    """
    fresh = Idea.objects.select_for_update().get(pk=idea.pk)
    require(fresh.withdrawn_at is None)
    for name in ("challenge", "series", "form", "organisation", "theme", "current_version"):
        field = Idea._meta.get_field(name)
        same = getattr(fresh, f"{name}_id") == getattr(idea, f"{name}_id")
        if same and field.is_cached(idea):  # type: ignore[union-attr]
            setattr(fresh, name, getattr(idea, name))
    return fresh


def require_editable(idea: Idea, at: dt.datetime) -> None:
    """Raises CallClosed or NotNow. A draft keeps what is typed even after closing; what was handed
    in changes until then.
    """
    if idea.state == IdeaState.DRAFT:
        return
    if not open_for(idea, at):
        raise CallClosed(idea.challenge.closes_at)
    if idea.state != IdeaState.SUBMITTED:
        raise NotNow(_("The proposal has already been checked and can no longer be changed."))


def _next_number(challenge: Challenge, *, opened: int) -> int:
    """The challenge's next; its row is held until the transaction ends: no gaps, no doubles. In the
    same statement the stored count of public proposals grows by those that open.
    """
    row = Challenge.objects.filter(pk=challenge.pk)
    row.update(last_number=F("last_number") + 1, public_ideas=F("public_ideas") + opened)
    return int(row.values_list("last_number", flat=True).get())


def _freeze(
    idea: Idea,
    files: list[dict[str, Any]],
    *,
    number: int,
    at: dt.datetime,
    by: User | None,
    shown: Shown,
) -> IdeaVersion:
    payload = payload_of(idea, files, number=number, at=at)
    return IdeaVersion.objects.create(
        idea=idea,
        number=number,
        payload=payload,
        digest=digest(payload),
        submitted_at=at,
        submitted_by=by,
        assurance=shown.assurance,
        identified_at=shown.identified.at if shown.identified else None,
    )


def _publish(challenge: Challenge, ideas: list[Idea], *, at: dt.datetime) -> None:
    for idea in ideas:
        idea.published_at = at
    outbox.emit("ideas.published", challenge=challenge.pk, ideas=[idea.pk for idea in ideas])


def _copy_answers(idea: Idea, definition: Definition, answers: Answers) -> None:
    """Keep the columns that lists need. What a draft has half-typed may be incomplete here."""
    idea.title = by_purpose(definition, answers, Purpose.TITLE)[:200]
    summary = by_purpose(definition, answers, Purpose.SUMMARY)
    idea.summary = beginning(summary or _first_public_text(definition, answers), most=300)
    key = by_purpose(definition, answers, Purpose.THEME)
    if key != (idea.theme.key if idea.theme else ""):
        idea.theme = next((t for t in themes_of(idea.challenge) if t.key == key), None)
    idea.municipality = by_purpose(definition, answers, Purpose.MUNICIPALITY)[:60]
    idea.contact_name = by_purpose(definition, answers, Purpose.CONTACT_NAME)[:150]
    public = definition.purposes.get(Purpose.NAME_PUBLIC)
    idea.name_public = bool(public and says_yes(answers.get(public.key)))
    try:
        idea.contact_email = clean_email(by_purpose(definition, answers, Purpose.CONTACT_EMAIL))
    except ValidationError:
        idea.contact_email = ""


def _first_public_text(definition: Definition, answers: Answers) -> str:
    for field in definition.visible(FieldVisibility.PUBLIC):
        words = answers.get(field.key)
        if field.type == FieldType.LONG_TEXT and isinstance(words, str) and words:
            return words
    return ""
