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
from scoring.actions import assign
from scoring.models import Assignment, Declaration, Juror
from scoring.states import AssignmentState, DeclarationKind, JurorState, SheetState

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
        audit.record("juror.invited", juror, by=by, data={"email": juror.email})
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
    tie keeps the content closed until staff have decided (`settle_declaration`).
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
    mine = juror.assignments.filter(idea=idea, state=AssignmentState.CONFIRMED)
    assign.lock_rounds(mine.values_list("round_id", flat=True))
    require(mine.exists())
    if kind != DeclarationKind.CONFLICT and mine.filter(declared=DeclarationKind.POTENTIAL):
        raise NotNow(_("The organisers decide on the tie that you told of."))
    if mine.filter(sheet__state=SheetState.SUBMITTED).exists() and kind != DeclarationKind.NONE:
        raise NotNow(
            _("You have submitted your scores of this proposal. Tell the organisers of the tie.")
        )
    return _declared(juror=juror, idea=idea, kind=kind, by=by, at=at, reason=reason.strip()[:500])


@transaction.atomic
def settle_declaration(
    *, declaration: Declaration, conflict: bool, by: User, at: dt.datetime
) -> Declaration:
    """Staff's word on a possible tie."""
    require(bool(rules.can_run_jury(by, declaration.juror.challenge)))
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
    audit.record(
        "tie.declared", declaration, by=by, data={"juror": juror.pk, "idea": idea.pk, "kind": kind}
    )
    mine = juror.assignments.filter(idea=idea, state=AssignmentState.CONFIRMED)
    if kind == DeclarationKind.CONFLICT:
        assign.give_up(_unsubmitted(mine), state=AssignmentState.RECUSED, at=at, declared=kind)
    else:
        news = mine.filter(declared="").count()
        mine.update(declared=kind)
        Juror.objects.filter(pk=juror.pk).update(undeclared=F("undeclared") - news)
    if kind == DeclarationKind.POTENTIAL:
        outbox.emit("tie.potential", declaration=declaration.pk)
    return declaration


def _unsubmitted(assignments: QuerySet[Assignment]) -> list[Assignment]:
    return list(
        assignments.filter(state=AssignmentState.CONFIRMED)
        .exclude(sheet__state=SheetState.SUBMITTED)
        .select_related("round")
    )
