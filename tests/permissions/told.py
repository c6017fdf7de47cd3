"""What people of the world have told: needs, messages, questions."""

import uuid
from typing import TYPE_CHECKING

from challenges.models import Follower, Inquiry
from challenges.needs import tell_need
from ideas.correspondence import write_to_proposer
from ideas.models import Batch
from ideas.states import BatchAction

if TYPE_CHECKING:
    from tests.permissions.world import World


def needs(world: "World") -> None:
    """Told by residents of host A, of host B and of no municipality that is here."""
    for name, municipality in (("a", "Mikkeli"), ("b", "Joensuu"), ("nowhere", "")):
        world.needs[name] = tell_need(
            text=f"Tarve qzneed{name}",
            municipality=municipality,
            email=f"qzneed{name}@posti.example",
            language="fi",
            by=None,
            at=world.at,
        )


def messages(world: "World") -> None:
    """Staff have written to a proposer, who answers only behind the secret link."""
    write_to_proposer(
        idea=world.ideas["read"],
        text="Viesti qzmessage",
        by=world.people["staff_a"],
        at=world.at,
    )


def inquiries(world: "World") -> None:
    """Asked of an open call of each host, not answered; and one who follows host A's call."""
    for name in ("open", "other"):
        world.inquiries[name] = Inquiry.objects.create(
            challenge=world.calls[name],
            text=f"Kysymys qzinquiry{name}",
            email=f"qzinquiry{name}@posti.example",
            asked_at=world.at,
        )
    call = world.calls["open"]
    Follower.objects.create(
        challenge=call, followed=call.uid, email="seuraa@posti.example", asked_at=world.at
    )


def batches(world: "World") -> None:
    """Done a moment ago by the staff of each host: a message to many, which nobody undoes."""
    for name, who in (("scoring", "staff_a"), ("other", "staff_b")):
        world.batches[name] = Batch.objects.create(
            key=uuid.uuid4(),
            challenge=world.calls[name],
            action=BatchAction.WRITE,
            words=f"Viesti qzbatch{name}",
            by=world.people[who],
            at=world.at,
        )
