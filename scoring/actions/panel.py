"""Verbs: invite jurors, answer, declare ties."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from challenges.models import Challenge, Series, Theme
from core import audit, mail, outbox
from core.errors import Invalid, NotNow, require
from ideas.models import Idea
from scoring import rules
from scoring.actions import assign, roster, terms
from scoring.models import Assignment, Declaration, DeclarationVersion, Juror
from scoring.states import ANSWERED, AssignmentState, DeclarationKind, JurorState

LONGEST_EMAIL = MaxLengthValidator(Juror._meta.get_field("email").max_length or 254)


@dataclass(frozen=True)
class Invitation:
    """One line of the staff's list."""

    email: str
    name: str = ""
    title: str = ""


def read_invitations(lines: str) -> list[Invitation]:
    """One person a line: an address, or «Name <address>», or «address; name; title».

    Raises Invalid that names every line that cannot be read.
    """
    found: dict[str, Invitation] = {}
    faults: list[str] = []
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        if "<" in line:
            name, _angle, rest = line.partition("<")
            parts = [rest.partition(">")[0], name]
        else:
            parts = line.split(";")
        email, name, title = ([part.strip().strip('"') for part in parts] + ["", ""])[:3]
        try:
            validate_email(email)
            LONGEST_EMAIL(email)
        except ValidationError:
            faults.append(
                _("Line %(number)s: “%(text)s” is not an e-mail address.")
                % {"number": number, "text": email[:60]}
            )
            continue
        found[email.lower()] = Invitation(email.lower(), name[:150], title[:200])
    if faults:
        raise Invalid(errors={"people": faults})
    return list(found.values())


@transaction.atomic
def invite_jurors(
    *,
    challenge: Challenge,
    people: Sequence[Invitation],
    series: Sequence[Series],
    by: User,
    at: dt.datetime,
    expertise: Sequence[Theme] = (),
) -> list[Juror]:
    """Invite by mail. Who waits or sits is not written to again; who said no or left, is."""
    require(bool(rules.can_run_jury(by, challenge)))
    known = {juror.email: juror for juror in challenge.jurors.all()}
    made: list[Juror] = []
    for person in people:
        juror = known.get(person.email) or Juror(challenge=challenge, email=person.email)
        if juror.pk and juror.state not in (JurorState.DECLINED, JurorState.REMOVED):
            continue
        juror.name, juror.title = person.name or juror.name, person.title or juror.title
        juror.state, juror.invited_at, juror.answered_at = JurorState.INVITED, at, None
        juror.save()
        juror.series.set(series)
        juror.expertise.set(expertise)
        mail.send(
            to=juror.email,
            template="juror_invited",
            context={"challenge": challenge, "juror": juror},
            about=juror,
        )
        audit.record("juror.invited", juror, by=by, data={"juror": juror.pk})
        made.append(juror)
    return made


@transaction.atomic
def accept_invitation(*, juror: Juror, by: User, at: dt.datetime) -> None:
    """Take the seat: rules read, confidentiality promised."""
    require(bool(rules.can_answer_invitation(by, juror)))
    juror = Juror.objects.select_for_update().get(pk=juror.pk)
    if juror.state == JurorState.ACCEPTED:
        return
    juror.user, juror.state, juror.answered_at = by, JurorState.ACCEPTED, at
    juror.name = juror.name or by.name
    terms.promise(juror, by=by, at=at)
    juror.save()
    audit.record("juror.accepted", juror, by=by)


@transaction.atomic
def decline_invitation(*, juror: Juror, by: User, at: dt.datetime) -> None:
    require(bool(rules.can_answer_invitation(by, juror)))
    juror = Juror.objects.select_for_update().get(pk=juror.pk)
    if juror.state != JurorState.INVITED:
        raise NotNow(_("You have accepted already. Ask the organisers to take you off the jury."))
    juror.state, juror.answered_at = JurorState.DECLINED, at
    juror.save(update_fields=["state", "answered_at"])
    audit.record("juror.declined", juror, by=by)


@transaction.atomic
def change_juror(
    *,
    juror: Juror,
    series: Sequence[Series],
    expertise: Sequence[Theme],
    capacity: int | None,
    chair: bool,
    by: User,
) -> Juror:
    """What staff know of a juror. A lower limit takes nothing away that has been given out."""
    require(bool(rules.can_run_jury(by, juror.challenge)))
    juror = Juror.objects.select_for_update(of=("self",)).get(pk=juror.pk)
    if juror.state not in (JurorState.INVITED, JurorState.ACCEPTED):
        raise NotNow(_("This person is not on the jury."))
    given = set(
        juror.assignments.filter(state=AssignmentState.CONFIRMED).values_list(
            "round__series", flat=True
        )
    )
    if given - {one.pk for one in series}:
        raise Invalid(
            errors={"series": [_("Proposals of this series have been given to the juror already.")]}
        )
    juror.capacity, juror.chair = capacity, chair
    juror.full_clean(exclude=["invited_at", "answered_at", "terms_at"])
    juror.save(update_fields=["capacity", "chair"])
    juror.series.set(series)
    juror.expertise.set(expertise)
    audit.record(
        "juror.changed",
        juror,
        by=by,
        data={
            "series": sorted(one.key for one in series),
            "expertise": sorted(one.key for one in expertise),
            "capacity": capacity,
            "chair": chair,
        },
    )
    return juror


@transaction.atomic
def remove_juror(*, juror: Juror, by: User, at: dt.datetime) -> None:
    """Take a juror off the panel. Submitted sheets stay; the rest goes to others."""
    require(bool(rules.can_run_jury(by, juror.challenge)))
    assign.lock_rounds(juror.assignments.values_list("round_id", flat=True))
    juror = Juror.objects.select_for_update().get(pk=juror.pk)
    if juror.state == JurorState.REMOVED:
        return
    juror.state = JurorState.REMOVED
    juror.save(update_fields=["state"])
    audit.record("juror.removed", juror, by=by)
    assign.give_up(_unsubmitted(juror.assignments.all()), state=AssignmentState.WITHDRAWN, at=at)


@transaction.atomic
def declare(
    *, juror: Juror, idea: Idea, kind: str, by: User, at: dt.datetime, reason: str = ""
) -> Declaration:
    """The juror's word on ties to a proposal, before its content is shown.

    A conflict takes the proposal away from them everywhere, and somebody else gets it. A possible
    tie keeps the content closed until the chair has decided (`settle_declaration`). The word may
    be changed later, every version of it is kept; of a proposal that one has scored already, the
    chair decides.
    """
    require(
        by.is_authenticated
        and juror.user_id == by.pk
        and juror.state == JurorState.ACCEPTED
        and idea.challenge_id == juror.challenge_id
    )
    if kind not in DeclarationKind.values:
        raise Invalid(errors={"kind": [_("Choose one.")]})
    if kind != DeclarationKind.NONE and not reason.strip():
        raise Invalid(errors={"reason": [_("Say in a few words what the tie is.")]})
    terms.require_terms(juror)
    mine = _current(juror, idea)
    assign.lock_rounds(mine.values_list("round_id", flat=True))
    require(mine.exists())
    if kind != DeclarationKind.CONFLICT and mine.filter(declared=DeclarationKind.POTENTIAL):
        raise NotNow(_("The chair decides on the tie that you told of."))
    if mine.filter(sheet__state__in=ANSWERED).exists() and kind == DeclarationKind.CONFLICT:
        raise NotNow(
            _("You have submitted your scores. Tell of a possible tie: the chair decides.")
        )
    return _declared(juror=juror, idea=idea, kind=kind, by=by, at=at, reason=reason.strip()[:500])


@transaction.atomic
def settle_declaration(
    *, declaration: Declaration, conflict: bool, by: User, at: dt.datetime
) -> Declaration:
    """The chair's or staff's word on a possible tie; not on one's own.

    Scores that were submitted before the tie was told of no longer count when it is a conflict.
    """
    require(bool(rules.can_chair_over(by, declaration.idea)))
    if declaration.juror.user_id == by.pk:
        raise NotNow(_("Somebody else must settle your own tie."))
    assign.lock_rounds(
        declaration.juror.assignments.filter(idea=declaration.idea).values_list(
            "round_id", flat=True
        )
    )
    declaration = Declaration.objects.select_related("juror", "idea").get(pk=declaration.pk)
    if declaration.kind != DeclarationKind.POTENTIAL:
        raise NotNow(_("This tie has been settled already."))
    return _declared(
        juror=declaration.juror,
        idea=declaration.idea,
        kind=DeclarationKind.CONFLICT if conflict else DeclarationKind.NONE,
        by=by,
        at=at,
        reason=declaration.reason,
    )


def _declared(
    *, juror: Juror, idea: Idea, kind: str, by: User, at: dt.datetime, reason: str
) -> Declaration:
    declaration, _made = Declaration.objects.update_or_create(
        juror=juror, idea=idea, defaults={"kind": kind, "reason": reason, "at": at}
    )
    DeclarationVersion.objects.create(
        declaration=declaration, kind=kind, reason=reason, at=at, by=by
    )
    audit.record(
        "tie.declared", declaration, by=by, data={"juror": juror.pk, "idea": idea.pk, "kind": kind}
    )
    mine = _current(juror, idea)
    if kind == DeclarationKind.CONFLICT:
        taken = list(mine.select_related("round"))
        assign.give_up(taken, state=AssignmentState.RECUSED, at=at, declared=kind)
        for one in taken:
            roster.count_idea(one.round_id, idea.pk)
            roster.count_round(one.round_id)
        roster.count_jurors([juror.pk])
    else:
        news = mine.filter(declared="").count()
        mine.update(declared=kind)
        Juror.objects.filter(pk=juror.pk).update(undeclared=F("undeclared") - news)
    if kind == DeclarationKind.POTENTIAL:
        outbox.emit("tie.potential", declaration=declaration.pk)
    return declaration


def _current(juror: Juror, idea: Idea) -> QuerySet[Assignment]:
    """The juror's assignments of the proposal that count: in the newest round they share."""
    mine = juror.assignments.filter(idea=idea, state=AssignmentState.CONFIRMED)
    newest = mine.order_by("-round__number").values_list("round_id", flat=True).first()
    return mine.filter(round=newest)


def _unsubmitted(assignments: QuerySet[Assignment]) -> list[Assignment]:
    return list(
        assignments.filter(state=AssignmentState.CONFIRMED)
        .exclude(sheet__state__in=ANSWERED)
        .select_related("round")
    )
