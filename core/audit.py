"""Who did what, in chains that show when a row was changed or taken away.

Rows are written in the transaction of the deed and sealed within a second by the drainer, so that
writers never queue on the end of a chain. Sealing gives each row the next number of its chain and
hash = SHA-256 of the canonical JSON of its number, the hash before it, and its fields. (`by` is not
among them; `by_label` says who it was without a name: adr/0015.) The heads of all
chains are written once a day into the chain "anchor", so that a shortened chain shows as well.

The order of a chain is the order of sealing: by id among the rows that are committed.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F

from core import canonical, clock, pagecache
from core.models import AuditEntry, AuditHead

PLATFORM = "platform"
ANCHOR = "anchor"


def record(
    verb: str,
    target: models.Model | None,
    *,
    by: AbstractBaseUser | AnonymousUser | None,
    data: dict[str, Any] | None = None,
    chain: str | None = None,
) -> AuditEntry:
    """Write what was done, in the caller's transaction.

    The chain is the one given, else the target's `audit_chain`, else "platform". The label kept
    of `by` is its `audit_label` when it has one, else its text.
    """
    entry = _entry(verb, target, by, data or {}, chain)
    pagecache.invalidate()
    entry.save(force_insert=True)
    return entry


def record_each(
    verb: str,
    targets: Iterable[tuple[models.Model, dict[str, Any]]],
    *,
    by: AbstractBaseUser | AnonymousUser | None,
) -> None:
    """`record` for many targets, each with its data: one statement, whatever their number."""
    pagecache.invalidate()
    AuditEntry.objects.bulk_create(_entry(verb, one, by, data, None) for one, data in targets)


def _entry(
    verb: str,
    target: models.Model | None,
    by: AbstractBaseUser | AnonymousUser | None,
    data: dict[str, Any],
    chain: str | None,
) -> AuditEntry:
    person: Any = by if by is not None and by.pk is not None else None
    return AuditEntry(
        chain=chain or getattr(target, "audit_chain", None) or PLATFORM,
        verb=verb,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=str(target.pk) if target is not None else "",
        by=person,
        by_label=str(getattr(person, "audit_label", person))[:200] if person is not None else "",
        data=json.loads(json.dumps(data, cls=DjangoJSONEncoder, allow_nan=False)),
    )


def fields(entry: AuditEntry) -> dict[str, Any]:
    """What a row's hash is taken over, as JSON."""
    return {
        "id": entry.pk,
        "chain": entry.chain,
        "sequence": entry.sequence,
        "prev_hash": entry.prev_hash,
        "verb": entry.verb,
        "target_type": entry.target_type,
        "target_id": entry.target_id,
        "by_label": entry.by_label,
        "data": entry.data,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def digest(entry: AuditEntry) -> str:
    return canonical.digest(fields(entry))


def seal(limit: int = 500) -> int:
    """Seal up to `limit` rows; how many were sealed. Many may call it: a chain's head is locked."""
    unsealed = AuditEntry.objects.filter(hash__isnull=True)
    if not unsealed.exists():
        return 0
    with transaction.atomic():
        ids = list(unsealed.order_by("id").values_list("pk", flat=True)[:limit])
        names = sorted(
            AuditEntry.objects.filter(pk__in=ids)
            .order_by()
            .values_list("chain", flat=True)
            .distinct()
        )
        heads = {name: _lock(name) for name in names}
        # Read again under the locks: another process may have sealed some in between.
        entries = list(unsealed.filter(pk__in=ids).order_by("id"))
        for entry in entries:
            _seal_one(entry, heads[entry.chain])
        for head in heads.values():
            head.save(update_fields=["sequence", "hash"])
    return len(entries) + anchor()


def _lock(chain: str) -> AuditHead:
    heads = AuditHead.objects.select_for_update()
    head = heads.filter(chain=chain).first()
    if head is None:  # the chain's first row; somebody else may be making its head as well
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        head = heads.get(chain=chain)
    return head


def _seal_one(entry: AuditEntry, head: AuditHead) -> None:
    entry.sequence = head.sequence + 1
    entry.prev_hash = head.hash
    entry.hash = digest(entry)
    models.QuerySet(AuditEntry).filter(pk=entry.pk, hash__isnull=True).update(
        sequence=entry.sequence, prev_hash=entry.prev_hash, hash=entry.hash
    )
    head.sequence, head.hash = entry.sequence, entry.hash


def anchor() -> int:
    """Once a day, write where each chain that grew stands into the chain "anchor"."""
    today = clock.local(clock.now()).date().isoformat()
    grown = AuditHead.objects.exclude(chain=ANCHOR).filter(sequence__gt=F("anchored_sequence"))
    with transaction.atomic():
        head = _lock(ANCHOR)
        last = AuditEntry.objects.filter(chain=ANCHOR).order_by("-id").first()
        if last is not None and last.data["day"] == today:
            return 0
        heads = list(grown.select_for_update().order_by("chain"))
        if not heads:
            return 0
        entry = record(
            "audit.anchored",
            None,
            by=None,
            chain=ANCHOR,
            data={"day": today, "heads": {one.chain: [one.sequence, one.hash] for one in heads}},
        )
        entry.refresh_from_db()
        _seal_one(entry, head)
        head.save(update_fields=["sequence", "hash"])
        for one in heads:
            one.anchored_sequence = one.sequence
        AuditHead.objects.bulk_update(heads, ["anchored_sequence"])
    return 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a chain that is not as it was sealed."""

    chain: str
    sequence: int
    kind: str  # changed, missing, order, head, anchor
    detail: str

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence}: {self.kind}: {self.detail}"


def verify(chain: str | None = None) -> list[Problem]:
    """Recompute a chain, or all of them; an empty list when everything is as it was sealed."""
    if chain is not None:
        return [*_verify_chain(chain), *_verify_anchors(only=chain)]
    names = set(AuditHead.objects.values_list("chain", flat=True))
    names |= set(
        AuditEntry.objects.filter(hash__isnull=False)
        .order_by()
        .values_list("chain", flat=True)
        .distinct()
    )
    problems = [problem for name in sorted(names) for problem in _verify_chain(name)]
    return [*problems, *_verify_anchors()]


def _verify_chain(chain: str) -> Iterator[Problem]:
    sealed = AuditEntry.objects.filter(chain=chain, hash__isnull=False).order_by("sequence")
    sequence, last = 0, ""
    for entry in sealed.iterator(chunk_size=500):
        found = entry.sequence or 0
        if found != sequence + 1:
            yield Problem(chain, sequence + 1, "missing", f"rows {sequence + 1} to {found - 1}")
        elif entry.prev_hash != last:
            yield Problem(chain, found, "order", "does not follow the row before it")
        if digest(entry) != entry.hash:
            yield Problem(chain, found, "changed", f"row {entry.pk} is not what was sealed")
        sequence, last = found, entry.hash or ""
    head = AuditHead.objects.filter(chain=chain).first()
    if head is None:
        if sequence:
            yield Problem(chain, sequence, "head", "the chain has no head")
    elif head.sequence > sequence:
        yield Problem(chain, sequence + 1, "missing", f"rows {sequence + 1} to {head.sequence}")
    elif (head.sequence, head.hash) != (sequence, last):
        yield Problem(chain, sequence, "head", "the head is not the hash of the last row")


def _verify_anchors(only: str | None = None) -> Iterator[Problem]:
    for entry in AuditEntry.objects.filter(chain=ANCHOR, hash__isnull=False).order_by("sequence"):
        for name, (sequence, expected) in entry.data["heads"].items():
            if only is not None and name != only:
                continue
            row = AuditEntry.objects.filter(chain=name, sequence=sequence).first()
            if row is None or row.hash != expected:
                yield Problem(name, sequence, "anchor", f"not as anchored on {entry.data['day']}")
