"""Forms with more in them than their page has, other people's keys, ways around a rule."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState, Role
from catalogue.models import Solution
from challenges.models import Challenge
from core import clock
from ideas.models import Attachment
from scoring.actions import decision as decisions
from scoring.models import ScoreSheet
from scoring.states import DecisionState
from tests.permissions.matrix import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_role(sessions):
    return lambda role: client_of(sessions[role])


def test_profile_gives_no_rights(world, as_role):
    more = {"is_superuser": "on", "is_staff": "on", "email": "owner@owner.example", "groups": "1"}
    as_role("person").post(reverse("accounts:profile"), {"name": "A", "language": "fi", **more})
    person = User.objects.get(pk=world.people["person"].pk)
    assert person.name == "A"
    assert not person.is_superuser
    assert not person.is_staff
    assert person.email == "person@person.example"
    assert not person.groups.exists()


def test_new_organisation_is_no_host(world, as_role):
    more = {"is_host": "on", "email_domain": "mikkeli.example", "slug": "toinen", "role": "admin"}
    form = {"kind": "association", "name": "Yhdistys", **more}
    as_role("person").post(reverse("accounts:organisation_new"), form)
    made = Organisation.objects.get(name="Yhdistys")
    assert not made.is_host
    assert made.email_domain == ""
    for kind in ("municipality", "network"):
        as_role("person").post(reverse("accounts:organisation_new"), {**form, "kind": kind})
        assert not Organisation.objects.filter(name="Yhdistys", kind=kind).exists()


def test_one_does_not_let_oneself_in(world, as_role):
    asked = world.memberships["asks_company"]
    client = Client()
    client.force_login(world.people["asks_company"], "django.contrib.auth.backends.ModelBackend")
    address = reverse("accounts:membership_answer", args=[asked.pk])
    assert client.post(address, {"answer": "yes"}).status_code == 404
    assert Membership.objects.get(pk=asked.pk).state == MembershipState.REQUESTED


def test_asking_to_join_gives_nothing_yet(world):
    client = Client()
    client.force_login(world.people["asks_b"], "django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/challenges/").status_code == 302
    slug = world.hosts["b"].slug
    text = client.get(reverse("accounts:organisation", args=[slug])).content.decode()
    assert world.people["staff_b"].email not in text


def test_staff_change_nothing_of_their_organisation_that_gives_rights(world, as_role):
    host = world.hosts["a"]
    form = {
        "name": host.name, "kind": "company", "slug": "joku", "is_host": "",
        "email_domain": "gmail.com", "business_id": "1234567-1", "municipality": "Mikkeli",
    }  # fmt: skip
    as_role("staff_a").post(reverse("organisations:edit", args=[host.pk]), form)
    now = Organisation.objects.get(pk=host.pk)
    assert (now.kind, now.slug, now.is_host, now.email_domain, now.business_id) == (
        host.kind, host.slug, True, "", None,
    )  # fmt: skip


@pytest.mark.parametrize("role", ["staff_a", "admin_a", "staff_b"])
def test_roles_are_given_in_ones_own_organisation_only(world, as_role, role):
    other = world.hosts["a" if role == "staff_b" else "b"]
    before = set(Membership.objects.values_list("pk", "role", "state"))
    form = {"email": "oma@oma.example", "organisation": other.pk, "role": "admin"}
    as_role(role).post(reverse("memberships:add"), form)
    assert set(Membership.objects.values_list("pk", "role", "state")) == before


def test_membership_is_not_moved_to_another_organisation(world, as_role):
    mine = world.memberships["staff_a"]
    form = {
        "email": "staff_b@staff_b.example",
        "organisation": world.hosts["b"].pk,
        "role": Role.ADMIN,
        "state": MembershipState.ACTIVE,
    }
    as_role("admin_a").post(reverse("memberships:edit", args=[mine.pk]), form)
    now = Membership.objects.get(pk=mine.pk)
    assert now.organisation == world.hosts["a"]
    assert now.user == world.people["staff_a"]
    assert not world.hosts["b"].memberships.filter(
        user__in=[world.people["staff_a"], world.people["admin_a"]]
    )
    assert world.hosts["b"].memberships.get(user=world.people["staff_b"]).role == Role.STAFF


def solution_form(owner: Organisation, **more: str) -> dict[str, str]:
    words = {"title": "Ujutettu", "summary": "Ujutettu.", "language": "fi", "readiness": "pilot"}
    words |= {"contacts-TOTAL_FORMS": "0", "contacts-INITIAL_FORMS": "0"}
    return {**words, "owner": str(owner.pk), "action-publish": "1", **more}


def test_solution_is_given_to_ones_own_organisation_only(world, as_role):
    add = reverse("wagtailsnippets_catalogue_solution:add")
    as_role("staff_b").post(add, solution_form(world.hosts["a"]))
    assert not Solution.objects.filter(title="Ujutettu").exists()
    as_role("staff_b").post(add, solution_form(world.hosts["b"]))
    made = Solution.objects.get(title="Ujutettu")
    edit = reverse("wagtailsnippets_catalogue_solution:edit", args=[made.pk])
    as_role("staff_b").post(edit, solution_form(world.hosts["a"]))
    assert Solution.objects.get(pk=made.pk).owner == world.hosts["b"]


def test_award_and_origin_are_not_typed(world, as_role):
    add = reverse("wagtailsnippets_catalogue_solution:add")
    more = {"award": "Voittaja", "challenge": str(world.calls["decided"].pk), "users_count": "99"}
    as_role("staff_b").post(add, solution_form(world.hosts["b"], **more))
    made = Solution.objects.get(title="Ujutettu")
    assert (made.award, made.challenge, made.users_count) == ("", None, 0)


def test_bulk_and_page_deeds_of_wagtail_stay_at_home(world, as_role):
    """Host B's staff by every deed of Wagtail's on a page of host A."""
    page = world.calls["open"].pages.order_by("pk").first()
    client, before = as_role("staff_b"), (page.title, page.live, page.path)
    for name in ("edit", "delete", "unpublish", "copy", "view_draft", "history", "lock", "usage"):
        address = reverse(f"wagtailadmin_pages:{name}", args=[page.pk])
        form = {"title": "Muutettu", "action-publish": "1", "new_title": "K", "new_slug": "k"}
        assert client.get(address).status_code in (302, 403, 404, 405), name
        assert client.post(address, form).status_code in (302, 403, 404, 405), name
    for deed in ("delete", "unpublish", "publish", "move"):
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", deed])
        client.post(f"{address}?id={page.pk}&next=/admin/", {"next": "/admin/"})
    page.refresh_from_db()
    assert (page.title, page.live, page.path) == before
    assert page.get_siblings(inclusive=False).filter(slug="k").count() == 0


def test_bulk_deletion_spares_people_and_solutions(world, as_role):
    for role in ("staff_a", "staff_b", "admin_a"):
        for app, model, pk in (
            ("accounts", "user", world.people["owner"].pk),
            ("catalogue", "solution", world.solutions["public"].pk),
        ):
            address = reverse("wagtail_bulk_action", args=[app, model, "delete"])
            as_role(role).post(f"{address}?id={pk}&next=/admin/", {"next": "/admin/"})
    assert User.objects.filter(pk=world.people["owner"].pk).exists()
    assert Solution.objects.filter(pk=world.solutions["public"].pk).exists()


def test_drafter_does_not_approve_by_any_form(world, as_role):
    found = world.decisions["deciding"]
    drafter = world.people["staff_a"]
    decisions.propose_decision(decision=found, by=drafter, at=clock.now())
    address = reverse("scoring_admin:decision", args=[found.challenge_id])
    as_role("staff_a").post(address, {"go": "approve"})
    as_role("staff_b").post(address, {"go": "approve"})
    found.refresh_from_db()
    assert found.state == DecisionState.PROPOSED
    as_role("admin_a").post(address, {"go": "approve"})
    found.refresh_from_db()
    assert found.state == DecisionState.APPROVED


def test_staff_do_not_write_in_a_jurors_sheet(world, as_role):
    """Not even by knowing its number; nor does a juror in another's."""
    address = reverse("scoring:autosave", args=[world.assignments["read"].pk])
    before = ScoreSheet.objects.get(assignment=world.assignments["read"]).revision
    change = {"revision": before, "changes": {"benefit": 1}}
    for role in ("staff_a", "admin_a", "owner", "fellow", "other_juror", "company"):
        answer = as_role(role).post(address, change, content_type="application/json")
        assert answer.status_code == 404
    assert ScoreSheet.objects.get(assignment=world.assignments["read"]).revision == before


def test_submitted_sheet_is_locked_by_every_way(world, as_role):
    found = world.assignments["fellow"]
    client = as_role("fellow")
    change = {"revision": 2, "changes": {"benefit": 1}}
    answer = client.post(
        reverse("scoring:autosave", args=[found.pk]), change, content_type="application/json"
    )
    assert answer.status_code == 423
    client.post(reverse("scoring:sheet", args=[found.pk]), {"c-benefit": "1", "go": "submit"})
    client.post(reverse("scoring:tie", args=[found.pk]), {f"kind-{found.pk}": "conflict"})
    sheet = ScoreSheet.objects.get(assignment=found)
    assert sheet.state == "submitted"
    assert set(sheet.scores.values_list("value", flat=True)) == {4}


def test_file_is_not_removed_by_anothers_draft(world):
    """The number of another proposal's file, sent to one's own form."""
    theirs = world.file_of("read")
    from_link = f"/fi/e/{world.link('draft')}/need/"
    Client().post(from_link, {"revision": "1", "remove": theirs.uid.hex})
    assert Attachment.objects.get(pk=theirs.pk).removed_at is None


def test_draft_is_not_taken_over_by_its_number(world, as_role):
    """A proposal's number given as the start of another's."""
    uid = world.ideas["company_draft"].uid
    address = reverse("ideas:start", args=[world.calls["open"].slug, "organisations"])
    for start in (uid.hex, f"{uid.hex}.1.aaaa", str(uid)):
        form = {"organisation": world.organisations["other_company"].uid.hex, "start": start}
        answer = as_role("other_company").post(address, form)
        assert uid.hex not in answer["Location"].replace("-", "")
    world.ideas["company_draft"].refresh_from_db()
    assert world.ideas["company_draft"].organisation == world.organisations["company"]


def test_organisation_proposes_by_its_own_people_only(world, as_role):
    address = reverse("ideas:start", args=[world.calls["open"].slug, "organisations"])
    before = world.calls["open"].ideas.count()
    form = {"organisation": world.organisations["company"].uid.hex}
    assert as_role("other_company").post(address, form).status_code == 422
    assert world.calls["open"].ideas.count() == before


def test_challenge_is_made_in_ones_own_name_only(world, as_role):
    form = {
        "owner": world.hosts["a"].pk,
        "recipe": "mikkeli",
        "title_fi": "Toisen",
        "title_0": "Toisen",
        "opens_on": "2030-01-07",
        "contact_email": "a@b.example",
    }
    before = Challenge.objects.count()
    as_role("staff_b").post(reverse("challenges_admin:new"), form)
    as_role("staff_b").post(
        reverse("challenges_admin:new"), {**form, "owner": world.organisations["town"].pk}
    )
    as_role("staff_b").post(
        reverse("challenges_admin:new"),
        {**form, "owner": world.hosts["b"].pk, "recipe": "../mikkeli"},
    )
    assert Challenge.objects.count() == before


def test_signed_in_person_does_not_go_round_at_the_admins_door(world, as_role):
    for path in ("/admin/", f"/admin/challenges/{world.calls['open'].pk}/"):
        answer = as_role("person").get(path, follow=True)
        assert answer.status_code == 404
        assert len(answer.redirect_chain) == 1
