"""A tie closes the proposal to the juror at the doors that are not the jury's own: public pages,
files, tables, similar texts, letters, and the back office of those who are also the host's staff.
"""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges import hosting
from cms.setup import setup_site
from core import outbox
from core.models import Mail
from ideas import links
from ideas import rules as ideas_rules
from ideas.models import Attachment, Idea
from scoring import rules
from scoring.actions import panel
from tests.factories.accounts import give
from tests.factories.ideas import IdeaFactory
from tests.factories.scoring import World
from tests.scoring.test_admin import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["conflict", "potential"])
def kind(request):
    return request.param


@pytest.fixture
def world():
    world = World.make(ideas=3, jurors=2, assigned=True)
    world.declare_all()
    return world


@pytest.fixture
def one(world):
    return world.assignments(world.jurors[0])[0]


def tell(world, one, kind):
    panel.declare(
        juror=one.juror, idea=one.idea, kind=kind, reason="Sisko", by=one.juror.user, at=world.at
    )


def body_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return body.decode("utf-8", "replace")


def public_doors(one):
    challenge = one.idea.challenge
    lists = reverse("ideas:list", args=[challenge.slug])
    return [
        reverse("ideas:page", args=[one.idea.uid.hex]),
        lists,
        f"{lists}?q=Ehdotus",
        *(f"/fi/haasteet/{challenge.slug}/ehdotukset.{kind}" for kind in ("csv", "xlsx")),
        challenge.get_absolute_url(),
        reverse("accounts:home"),
        reverse("search:catalogue"),
        f"{reverse('search:catalogue')}?q=Ehdotus",
        *(
            reverse(f"scoring:{name}", args=[one.juror_id])
            for name in ("queue", "strip", "reasons")
        ),
    ]


def test_public_doors_know_the_proposal_until_the_tie_is_told(client, world, one, kind):
    """Otherwise the test of what is closed would prove nothing."""
    client.force_login(one.juror.user)
    shown = [door for door in public_doors(one) if one.idea.title in body_of(client.get(door))]
    assert len(shown) >= 6
    tell(world, one, kind)
    for door in public_doors(one):
        text = body_of(client.get(door))
        if "/tuomari/" not in door:  # a possible tie stays in the queue by its title
            assert one.idea.title not in text, door
        assert one.idea.summary not in text, door
    other = world.assignments(world.jurors[0])[-1].idea
    assert other.title in body_of(client.get(public_doors(one)[1]))


def test_part_of_the_list_that_htmx_asks_for_is_closed_too(client, world, one, kind):
    client.force_login(one.juror.user)
    tell(world, one, kind)
    url = reverse("ideas:list", args=[one.idea.challenge.slug])
    assert one.idea.title not in body_of(client.get(url, headers={"HX-Target": "results"}))


def test_files_are_closed_even_where_anybody_else_may_open_them(world, one, kind, monkeypatch):
    monkeypatch.setattr(ideas_rules, "sees_file", lambda idea, audience, attachment: True)
    file = Attachment(idea=one.idea)
    assert ideas_rules.can_open_file(one.juror.user, file)
    tell(world, one, kind)
    assert not ideas_rules.can_open_file(one.juror.user, file)
    assert ideas_rules.can_open_file(world.jurors[1].user, file)
    assert not rules.may_read(one.juror.user, one.idea)


def test_similar_texts_leave_it_out(client, world, one, kind, monkeypatch):
    """What the juror's own proposal is compared with, in whatever engine does it."""
    asked = []
    monkeypatch.setattr("ideas.registry._similar", [lambda query: asked.append(query) or []])
    tell(world, one, kind)
    draft = IdeaFactory(answers={"problem": one.idea.title, "title": one.idea.title})
    client.force_login(one.juror.user)
    answer = client.get(f"{links.status_path(draft)}-samankaltaiset/")
    assert answer.status_code == 200
    assert [one.idea_id in query.without for query in asked] == [True]


def test_letters_to_the_juror_do_not_name_it(world, one, kind):
    Mail.objects.all().delete()
    one.juror.chair = True
    one.juror.save()
    tell(world, one, kind)
    outbox.drain()
    assert not [m for m in Mail.objects.filter(to=one.juror.email) if one.idea.title in m.text]


def test_back_office_of_staff_who_sit_on_the_jury_is_closed_too(client, world, one, kind):
    """Disqualified is disqualified, whichever door of the house one comes in by."""
    setup_site()
    hosting.ensure_host(world.challenge.owner)
    give(one.juror.user, world.challenge.owner, "admin")
    sign_in(client, one.juror.user)
    page = reverse("ideas_admin:proposal", args=[world.challenge.pk, one.idea.number])
    tables = [
        reverse("ideas_admin:proposals", args=[world.challenge.pk]),
        *(
            reverse("ideas_admin:table", args=[world.challenge.pk, ending])
            for ending in ("csv", "xlsx")
        ),
    ]
    assert client.get(page).status_code == 200
    assert all(one.idea.title in body_of(client.get(url)) for url in tables)
    tell(world, one, kind)
    assert client.get(page).status_code == 404
    assert not ideas_rules.can_see_delivered(one.juror.user, one.idea)
    for url in tables:
        assert one.idea.title not in body_of(client.get(url)), url
    sign_in(client, world.staff)  # the others go on
    assert client.get(page).status_code == 200


def test_it_opens_again_when_the_chair_says_there_is_no_tie_and_when_it_is_decided(
    client, world, one
):
    page = reverse("ideas:page", args=[one.idea.uid.hex])
    tell(world, one, "potential")
    client.force_login(one.juror.user)
    assert client.get(page).status_code == 404
    panel.settle_declaration(
        declaration=one.juror.declarations.get(idea=one.idea),
        conflict=False,
        by=world.staff,
        at=timezone.now(),
    )
    assert client.get(page).status_code == 200
    tell(world, one, "conflict")
    assert client.get(page).status_code == 404
    Idea.objects.filter(pk=one.idea_id).update(state="decided")
    assert client.get(page).status_code == 200
