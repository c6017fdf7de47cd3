"""Who may do what to a solution in the back office, by address and by form: attackers first."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry, Revision, TaskState, Workflow, WorkflowState

from catalogue.approval import NAME, ensure_workflow
from catalogue.models import Solution
from challenges import hosting
from cms.setup import setup_site
from core.models import Mail
from tests.catalogue.office import back, form
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import ChallengeFactory, HostFactory

pytestmark = pytest.mark.django_db
CHOOSER = "wagtailsnippetchoosers_catalogue_solution"
WORD = "Naapurinsalaisuus"


@pytest.fixture
def theirs(host) -> Solution:
    """Another municipality's, with two revisions, submitted for approval."""
    neighbour = HostFactory()
    hosting.ensure_host(neighbour)
    one = SolutionFactory(owner=neighbour, title=f"{WORD} 1")
    one.title = f"{WORD} 2"
    one.save_revision()
    workflow = one.get_workflow()
    assert workflow
    workflow.start(one, UserFactory(staff_of=neighbour))
    return one


def state() -> dict[str, Any]:
    """All that an attack could change."""
    models = (Solution, Revision, WorkflowState, TaskState, ModelLogEntry)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


def addresses(one: Solution) -> Iterator[str]:
    """Every address of the back office about one solution."""
    first, last = one.revisions.order_by("pk").values_list("pk", flat=True)
    task = TaskState.objects.get(revision=last)
    for name in (
        *("edit", "delete", "usage", "history", "history_results", "preview_on_edit", "unpublish"),
        *("lock", "unlock", "confirm_workflow_cancellation", "workflow_history"),
    ):
        yield back(name, one.pk)
    for name in ("revisions_view", "revisions_revert", "revisions_unschedule"):
        yield back(name, one.pk, first)
    yield back("revisions_compare", one.pk, first, last)
    for action in ("approve", "reject", "cancel"):
        yield back("workflow_action", one.pk, action, task.pk)
        yield back("collect_workflow_action_data", one.pk, action, task.pk)
    yield back("workflow_preview", one.pk, task.task_id)
    yield back("workflow_history_detail", one.pk, task.workflow_state_id)
    yield reverse(f"{CHOOSER}:chosen", args=[one.pk])


def test_another_municipality_gets_nowhere_and_changes_nothing(client, editor, host, theirs):
    before = state()
    data = form(host, title="Kaapattu", comment="Kyllä", **{"action-publish": "1"})
    for address in addresses(theirs):
        for answer in (client.get(address), client.post(address, data)):
            assert answer.status_code in (403, 404, 405), address
            assert WORD not in answer.content.decode(), address
    assert state() == before


def test_nor_through_ones_own_address(client, editor, host, theirs):
    """Ids of another's revisions and tasks do not open by one's own solution."""
    own = SolutionFactory(owner=host)
    own.save_revision()
    first, last = theirs.revisions.order_by("pk").values_list("pk", flat=True)
    task = TaskState.objects.get(revision=last)
    before = state()
    for address in (
        back("revisions_view", own.pk, first),
        back("revisions_revert", own.pk, first),
        back("revisions_unschedule", own.pk, first),
        back("revisions_compare", own.pk, first, last),
        back("workflow_action", own.pk, "approve", task.pk),
        back("collect_workflow_action_data", own.pk, "approve", task.pk),
        back("workflow_preview", own.pk, task.task_id),
        back("workflow_history_detail", own.pk, task.workflow_state_id),
    ):
        for answer in (client.get(address), client.post(address, {"comment": "x"})):
            assert answer.status_code in (302, 403, 404, 405), address
            assert WORD not in answer.content.decode(), address
    assert state() == before


def test_nor_in_bulk_nor_by_choosing(client, editor, theirs):
    before = state()
    bulk = reverse("wagtail_bulk_action", args=["catalogue", "solution", "delete"])
    for address in (f"{bulk}?id={theirs.pk}", f"{bulk}?id=all"):
        for answer in (client.get(address), client.post(address)):
            assert WORD not in answer.content.decode(), address
    many = reverse(f"{CHOOSER}:chosen_multiple")
    assert WORD not in client.get(f"{many}?id={theirs.pk}").content.decode()
    assert state() == before


@pytest.mark.parametrize(
    "name",
    ["wagtailadmin_home", "wagtailadmin_reports:workflow", "wagtailadmin_reports:workflow_tasks"],
)
def test_reports_do_not_tell_of_anothers(client, editor, theirs, name):
    assert WORD not in client.get(reverse(name), follow=True).content.decode()


# One's own ---------------------------------------------------------------------------------------


def test_nobody_publishes_past_the_approval(client, editor, host):
    own = SolutionFactory(owner=host, title="Vanha nimi")
    client.post(back("edit", own.pk), form(host, title="Uusi nimi", **{"action-publish": "1"}))
    own.refresh_from_db()
    assert own.title == "Vanha nimi"
    client.post(back("add"), form(host, title="Toinen", **{"action-publish": "1"}))
    assert not Solution.objects.filter(title="Toinen", live=True).exists()


def test_what_is_submitted_is_approved_by_the_platform(client, editor, host):
    client.post(back("add"), form(host, **{"action-submit": "1"}))
    own = Solution.objects.get()
    assert not own.live
    task = own.current_workflow_task_state
    approve = back("workflow_action", own.pk, "approve", task.pk)
    client.post(approve)
    client.post(back("edit", own.pk), form(host, title="Perässä", **{"action-save": "1"}))
    own.refresh_from_db()
    assert (own.live, own.get_latest_revision_as_object().title) == (False, "Uusi ratkaisu")
    assert client.get(own.get_absolute_url()).status_code == 404
    client.force_login(UserFactory(owner=True))
    client.post(approve)
    own.refresh_from_db()
    assert own.live
    assert client.get(own.get_absolute_url()).status_code == 200


def test_without_a_workflow_in_force_staff_publish(client, editor, host):
    Workflow.objects.get(name=NAME).deactivate()
    ensure_workflow()  # what was taken out of use is not put back
    own = SolutionFactory(owner=host)
    assert "action-publish" in client.get(back("edit", own.pk)).content.decode()
    client.post(back("edit", own.pk), form(host, title="Uusi nimi", **{"action-publish": "1"}))
    own.refresh_from_db()
    assert (own.title, own.live) == ("Uusi nimi", True)


def test_ones_own_is_taken_away_without_asking(client, editor, host):
    own = SolutionFactory(owner=host)
    html = client.get(back("edit", own.pk)).content.decode()
    assert back("unpublish", own.pk) in html
    assert "action-publish" not in html
    client.post(back("unpublish", own.pk))
    own.refresh_from_db()
    assert not own.live


def test_neither_owner_nor_merits_are_taken_by_a_form(client, editor, host):
    own, stranger, challenge = SolutionFactory(owner=host), HostFactory(), ChallengeFactory()
    merits = {
        "award": "Oma palkinto",
        "challenge": challenge.pk,
        "idea": "1",
        "evidence": "4",
        "users_count": "99",
        "saving": "1000000",
        "slug": "joku-muu",
        "uid": "6e9d3ee2-61f1-4a4f-9f3c-0c6f0e0f0e01",
        "is_demo": "on",
    }
    client.post(back("edit", own.pk), form(host, title="Kelpaa", **merits))
    draft = Solution.objects.get(pk=own.pk).get_latest_revision_as_object()
    assert draft.title == "Kelpaa"
    for name in merits:
        attribute = f"{name}_id" if name in ("challenge", "idea") else name
        assert getattr(draft, attribute) == getattr(own, attribute), name
    before = state()
    answer = client.post(back("edit", own.pk), form(stranger, title="Siirretty"))
    assert answer.status_code == 200
    assert answer.context["form"].errors["owner"]
    assert state() == before


def test_one_that_a_colleague_has_locked_waits(client, editor, host):
    own, colleague = SolutionFactory(owner=host), UserFactory(staff_of=host)
    client.force_login(colleague)
    client.post(back("lock", own.pk))
    client.force_login(editor)
    client.post(back("edit", own.pk), form(host, title="Ohi lukon"))
    own.refresh_from_db()
    assert own.locked_by == colleague
    assert own.latest_revision is None


def test_set_up_again_changes_nothing():
    setup_site()
    before = [list(Workflow.objects.values()), Workflow.objects.get(name=NAME).tasks.count()]
    setup_site()
    after = [list(Workflow.objects.values()), Workflow.objects.get(name=NAME).tasks.count()]
    assert after == before
    assert Solution.get_default_workflow().name == NAME


def test_letters_go_by_the_outbox_to_who_has_to_act(client, editor, host, mailoutbox):
    owner = UserFactory(owner=True)
    client.post(back("add"), form(host, **{"action-submit": "1"}))
    own = Solution.objects.get()
    task = own.current_workflow_task_state
    client.force_login(owner)
    client.post(back("workflow_action", own.pk, "reject", task.pk), {"comment": "Lisää hinta."})
    client.force_login(editor)
    client.post(back("edit", own.pk), form(host, cost="10 €", **{"action-submit": "1"}))
    own.refresh_from_db()
    client.force_login(owner)
    task = own.current_workflow_task_state
    client.post(back("workflow_action", own.pk, "approve", task.pk))
    own.refresh_from_db()
    assert own.live
    letters = [(one.template, one.to) for one in Mail.objects.order_by("pk")]
    assert letters == [
        ("approval_asked", owner.email),
        ("approval_changes", editor.email),
        ("approval_asked", owner.email),
        ("approval_given", editor.email),
    ]
    asked, changes = Mail.objects.order_by("pk")[:2]
    assert back("edit", own.pk) in asked.text
    assert str(editor) in asked.text
    assert "Lisää hinta." in changes.text
    assert [one.subject for one in mailoutbox] == []
