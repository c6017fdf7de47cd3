"""Staff who sit on the jury and have told of a tie: the back office's pages of the jury leave the
proposal out, wherever another member of staff finds it.
"""

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges import hosting
from cms.setup import setup_site
from core import clock, outbox
from core.errors import NotNow
from scoring import rules
from scoring.actions import decision as verbs
from scoring.actions import deliberation, documents, panel, standing
from scoring.admin.urls import urlpatterns
from scoring.models import Decision, Document
from tests.factories.accounts import give
from tests.factories.scoring import World
from tests.scoring.test_admin import sign_in
from tests.scoring.test_closed_everywhere import body_of

pytestmark = pytest.mark.django_db

WHOLE = {"document", "ranking_file:json"}


@pytest.fixture
def world():
    """All scored but the tied juror's proposal by them; a meeting about all, a drafted decision."""
    world = World.make(ideas=3, jurors=4, assigned=True)
    juror = world.jurors[0]
    give(juror.user, world.challenge.owner, "admin")
    one = world.assignments(juror)[0]
    panel.declare(
        juror=juror, idea=one.idea, kind="conflict", reason="Sisko", by=juror.user, at=world.at
    )
    world.score_all()
    world.closed, world.tied = one.idea, juror.user
    standing.compute_now(round_=world.close(), by=world.staff, at=world.at)
    world.meeting = deliberation.prepare_meeting(round_=world.round, by=world.staff, at=world.at)
    for idea in world.ideas:
        if not world.meeting.items.filter(idea=idea).exists():
            deliberation.add_item(meeting=world.meeting, idea=idea, by=world.staff)
    deliberation.open_meeting(
        meeting=world.meeting,
        present=[one.pk for one in world.jurors],
        by=world.staff,
        at=world.at,
    )
    deliberation.open_item(
        item=world.meeting.items.get(idea=world.closed), by=world.staff, at=world.at
    )
    verbs.draft_decision(challenge=world.challenge, by=world.staff, at=clock.now())
    documents.order_package(challenge=world.challenge, by=world.staff, at=timezone.now())
    outbox.drain()
    setup_site()
    hosting.ensure_host(world.challenge.owner)
    return world


def doors(world):
    """Every page of the jury's back office that can be asked for, by its name."""
    item = world.meeting.items.get(idea=world.closed)
    given = {
        "pk": world.challenge.pk,
        "key": world.series.key,
        "number": world.closed.number,
        "juror": world.jurors[1].pk,
        "round": world.round.pk,
        "meeting": world.meeting.pk,
        "order": item.order,
        "document": Document.objects.filter(challenge=world.challenge).latest("pk").pk,
        "eyes": "juror",
    }
    found = {}
    for pattern in urlpatterns:
        names = pattern.pattern.regex.groupindex
        kinds = ("csv", "xlsx", "json") if "kind" in names else ("",)
        for kind in kinds:
            args = {name: kind if name == "kind" else given[name] for name in names}
            label = f"{pattern.name}:{kind}" if kind else pattern.name
            found[label] = reverse(f"scoring_admin:{pattern.name}", kwargs=args)
    return found


def seen(client, world, person):
    sign_in(client, person)
    pages = {name: client.get(url) for name, url in doors(world).items()}
    assert not [name for name, page in pages.items() if page.status_code >= 500]
    bodies = {name: body_of(page) for name, page in pages.items() if page.status_code == 200}
    assert len(bodies) > 20
    return {
        name
        for name, body in bodies.items()
        if world.closed.title in body or world.closed.uid.hex in body or name in WHOLE
    }


def test_no_page_of_the_jury_shows_it_to_the_tied_but_to_others(client, world):
    known = seen(client, world, world.staff)
    assert known >= {
        "advance", "dashboard", "ranking", "ranking_file:csv", "ranking_file:xlsx", "meeting",
        "item", "projector", "minutes", "decision", "ties", "readers", *WHOLE,
    }  # fmt: skip
    assert seen(client, world, world.tied) == set()
    page = client.get(reverse("scoring_admin:dashboard", args=[world.challenge.pk]))
    assert len(page.context["left_out"]) == 1


def test_what_is_written_to_the_decision_by_the_tied_leaves_it_alone(client, world):
    sign_in(client, world.tied)
    decision = Decision.objects.get(challenge=world.challenge)
    mine, other = decision.verdicts.get(idea=world.closed), decision.verdicts.exclude(
        idea=world.closed
    ).first()  # fmt: skip
    kept = mine.reason
    client.post(
        reverse("scoring_admin:decision", args=[world.challenge.pk]),
        {"go": "save", f"reason-{mine.pk}": "Väärin", f"reason-{other.pk}": "Oikein"},
    )
    mine.refresh_from_db(), other.refresh_from_db()
    assert (mine.reason, other.reason) == (kept, "Oikein")


def test_the_tied_cannot_approve_the_decision(world):
    decision = Decision.objects.get(challenge=world.challenge)
    for verdict in decision.verdicts.all():
        verdict.reason = "Perustelu"
        verdict.save()
    decision.publish_at = clock.now()
    decision.save()
    verbs.propose_decision(decision=decision, by=world.staff, at=clock.now())
    decision.refresh_from_db()
    assert not rules.can_approve_decision(world.tied, decision)
    with pytest.raises(NotNow, match=r"tie|sidoksesta"):
        verbs.approve_decision(decision=decision, by=world.tied, at=clock.now())
    assert rules.can_approve_decision(world.colleague(), decision)
