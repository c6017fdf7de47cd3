"""Trade secrets after handing in: who reads them, on the record, and what staff find of them.

A claim is claimed until staff have found it to be a trade secret or not. Finding that it is not
publishes nothing: the proposer is told what follows (templates/mail/secret_finding.txt), and has
time until `answer_by`. See docs/adr/0014-trade-secrets.md.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import audit, outbox
from core.canonical import digest
from core.errors import Invalid, NotNow, require
from ideas import registry, rules
from ideas.models import Attachment, Idea, SecretFinding
from ideas.reader import Audience, SecretPart, secret_parts

TIME_TO_ANSWER = dt.timedelta(days=14)


class ClaimState(models.TextChoices):
    CLAIMED = "claimed", gettext_lazy("Not yet reviewed")
    ACCEPTED = "accepted", gettext_lazy("Found to be a trade secret")
    REJECTED = "rejected", gettext_lazy("Not found to be a trade secret")


@dataclass(frozen=True)
class Claim:
    """A secret part with staff's newest finding on it as it now is."""

    part: SecretPart
    finding: SecretFinding | None

    @property
    def state(self) -> ClaimState:
        if self.finding is None:
            return ClaimState.CLAIMED
        return ClaimState.ACCEPTED if self.finding.accepted else ClaimState.REJECTED

    @property
    def answer_by(self) -> dt.datetime | None:
        """Until when the proposer may answer a rejection before anything else is done."""
        if self.finding is None or self.finding.accepted:
            return None
        return self.finding.at + TIME_TO_ANSWER


def claims_of(idea: Idea) -> list[Claim]:
    """What was claimed secret in what was handed in, and what became of it. For the team; of others
    only `read` and what shows no text asks this."""
    parts = secret_parts(idea, Audience.TEAM)
    if not parts:
        return []
    findings: dict[tuple[str, str], SecretFinding] = {}
    for finding in idea.secret_findings.select_related("by").order_by("at", "pk"):
        findings[finding.field_key, finding.content] = finding
    return [Claim(part, findings.get((part.key, content_of(part)))) for part in parts]


def content_of(part: SecretPart) -> str:
    """The digest of what is claimed: a finding on it does not hold for anything else."""
    files = sorted(file.sha256 for file in part.files)
    return digest({"text": part.text, "reason": part.reason, "files": files})


def read(idea: Idea, audience: Audience, *, by: User, page: str) -> list[SecretPart]:
    """The secret parts for a page of staff or a juror who may read them; that they did is recorded.

    The caller has asked for the right: rules.can_review_secrets, or the juror's gate.
    """
    parts = secret_parts(idea, audience)
    if parts:
        _record(idea, by, {"page": page, "questions": [part.key for part in parts]})
    return parts


def may_open(user: Any, attachment: Attachment, *, at: dt.datetime) -> bool:
    """Whether staff or a juror may open this secret file."""
    idea = attachment.idea
    if not attachment.secret or idea.withdrawn_at is not None:
        return False
    if not (rules.can_review_secrets(user, idea, at=at) or registry.may_read_as_jury(user, idea)):
        return False
    uid = attachment.uid.hex
    return any(file.uid == uid for part in secret_parts(idea, Audience.JURY) for file in part.files)


def record_opened(attachment: Attachment, *, by: User) -> None:
    _record(attachment.idea, by, {"page": "file", "questions": [attachment.field_key]})


def _record(idea: Idea, by: User, data: dict[str, object]) -> None:
    audit.record("secrets.read", idea, by=by, data={"reference": idea.reference, **data})


@transaction.atomic
def review_claim(
    *, idea: Idea, key: str, accepted: bool, reason: str, content: str, by: User, at: dt.datetime
) -> SecretFinding:
    """Staff's finding on the secret part of one question; the proposer is told by a letter.

    content: the digest of what the person saw. Saying the same again changes nothing. Raises
    Invalid without a reason for a rejection, NotNow when the part is no longer what was looked at.
    """
    require(rules.can_review_secrets(by, idea, at=at))
    claim = next((one for one in claims_of(idea) if one.part.key == key), None)
    require(claim is not None)
    assert claim is not None  # noqa: S101 - required
    if content_of(claim.part) != content:
        raise NotNow(_("The secret part has changed since you opened it. Look at it again."))
    reason = reason.strip()
    if not accepted and not reason:
        raise Invalid(errors={"reason": [_("Write why: the proposer is told the reason.")]})
    last = claim.finding
    if last is not None and (last.accepted, last.reason) == (accepted, reason):
        return last
    finding = SecretFinding(
        idea=idea, field_key=key, content=content, accepted=accepted, reason=reason, by=by, at=at
    )
    finding.full_clean(exclude=["idea", "by"])
    finding.save()
    audit.record(
        "secret.reviewed",
        idea,
        by=by,
        data={
            "reference": idea.reference,
            "question": key,
            "accepted": accepted,
            "reason": reason,
            "content": content,
            "at": at,
        },
    )
    outbox.emit("secret.reviewed", idea=idea.pk, finding=finding.pk)
    return finding
