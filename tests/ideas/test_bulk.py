"""The same done to many proposals: seen beforehand, done, undone; nobody's work is written over."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

from accounts.actions import grant_role
from accounts.models import User
from accounts.states import Role
from challenges import hosting
from cms.setup import setup_site
from core import audit, clock, outbox
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail, OutboxRow
from ideas import bulk, eligibility, moderation
from ideas.bulk_kinds import Plan
from ideas.models import Batch, Idea, Message, Report
from ideas.states import BatchAction, IdeaState
from tests.factories.accounts import UserFactory
from tests.factories.challenges import FormVersionFactory, SeriesFactory
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def series():
    return open_series(closed=True)


@pytest.fixture
def ideas(series):
    return [IdeaFactory(series=series, submitted=True) for _number in range(3)]


@pytest.fixture
def other(series):
    made = SeriesFactory(challenge=series.challenge, key="muut", name={"fi": "Muut"}, order=9)
    FormVersionFactory(series=made, frozen=True)
    return made


def member(series):
    person = UserFactory()
    grant_role(organisation=series.challenge.owner, user=person, role=Role.STAFF, by=None)
    return person


@pytest.fixture
def staff(series):
    return member(series)


@pytest.fixture
def now():
    return clock.now()


def rows(ideas):
    return Idea.objects.for_writing().filter(pk__in=[one.pk for one in ideas]).order_by("number")


def seen(ideas, plan, staff, now):
    return bulk.preview(rows(ideas), plan, by=staff, at=now)


def press(ideas, plan, staff, now, **more):
    marks = {one.idea.number: one.mark for one in seen(ideas, plan, staff, now)}
    given = {"marks": marks, "key": uuid.uuid4(), "looked_at": now} | more
    return bulk.press(challenge=ideas[0].challenge, plan=plan, by=staff, at=now, **given)


def plans(other):
    return {
        "accept": Plan(BatchAction.ACCEPT),
        "refuse": Plan(BatchAction.REFUSE, "Ei koske kuntaa."),
        "move": Plan(BatchAction.MOVE, "Kuuluu muihin.", other),
        "hide": Plan(BatchAction.HIDE, "Sisältää nimiä."),
    }


def standing():
    fields = ("pk", "state", "series", "hidden_at", "hidden_because", "checked_at")
    return list(Idea.objects.order_by("pk").values_list(*fields))


@pytest.mark.parametrize("name", ["accept", "refuse", "move", "hide"])
def test_done_to_all_and_undone_leaves_no_trace_but_in_the_log(ideas, other, staff, now, name):
    before = standing()
    batch = press(ideas, plans(other)[name], staff, now)
    after = standing()
    assert all(one != was for one, was in zip(after, before, strict=True))
    assert [one.done for one in batch.rows.all()] == [True] * 3
    bulk.undo(batch=batch, by=staff, at=now + bulk.REGRET - dt.timedelta(seconds=1))
    assert standing() == before
    assert all(one.undone for one in batch.rows.all())
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    for verb in {"hide": ("hidden", "restored"), "move": ("moved", "move_undone")}.get(
        name, ("checked", "check_undone")
    ):
        assert verbs.count(f"idea.{verb}") == 3
    assert verbs.count("ideas.batch") == verbs.count("ideas.batch_undone") == 1
    audit.seal()
    assert audit.verify() == []


@pytest.mark.parametrize(("name", "template"), [("accept", "idea_checked"), ("move", "idea_moved")])
@pytest.mark.parametrize("undone", [True, False])
def test_letters_wait_for_the_time_to_undo_and_tell_nobody_of_what_was_undone(
    ideas, other, staff, now, monkeypatch, name, template, undone
):
    batch = press(ideas, plans(other)[name], staff, now)
    outbox.run_now()
    assert not Mail.objects.filter(template=template).exists()
    if undone:
        bulk.undo(batch=batch, by=staff, at=now + dt.timedelta(minutes=1))
        if name == "move":  # again, by another batch: only that one is told of
            press(ideas[:1], plans(other)[name], staff, now + dt.timedelta(minutes=2))
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(minutes=30))
    outbox.run_now()
    told = Mail.objects.filter(template=template).count()
    assert told == ((1 if name == "move" else 0) if undone else 3)


def test_the_index_hears_of_a_move_and_of_its_undoing_at_once(ideas, other, staff, now):
    """Who proposes may be public in the one series and not in the other."""
    rows = OutboxRow.objects.filter(handler="search.tasks.ideas_published")
    told = {"ideas": [one.pk for one in ideas]}
    batch = press(ideas, plans(other)["move"], staff, now)
    assert [one.payload for one in rows.filter(run_after__lte=clock.now())] == [told]
    rows.all().delete()
    bulk.undo(batch=batch, by=staff, at=now)
    assert [one.payload for one in rows.filter(run_after__lte=clock.now())] == [told]


def test_what_it_does_not_apply_to_stays_and_says_why(series, ideas, staff, now):
    refused = IdeaFactory(series=series, ineligible=True)
    found = seen([*ideas, refused], Plan(BatchAction.ACCEPT), staff, now)
    assert [bool(one.obstacle) for one in found] == [False, False, False, True]
    assert [one.letter for one in found] == [True, True, True, False]
    batch = press([*ideas, refused], Plan(BatchAction.ACCEPT), staff, now)
    left = batch.rows.get(done=False)
    assert (left.idea, bool(left.note)) == (refused, True)
    refused.refresh_from_db()
    assert refused.state == IdeaState.INELIGIBLE
    with pytest.raises(Invalid):
        press([refused], Plan(BatchAction.ACCEPT), staff, now)


def test_what_changed_between_the_look_and_the_press_is_left_and_told(series, ideas, staff, now):
    plan = Plan(BatchAction.ACCEPT)
    marks = {one.idea.number: one.mark for one in seen(ideas, plan, staff, now)}
    moderation.hide(target=ideas[1], reason="Toinen ehti.", by=member(series), at=now)
    batch = press(ideas, plan, staff, now, marks=marks)
    assert [one.done for one in batch.rows.all()] == [True, False, True]
    ideas[1].refresh_from_db()
    assert ideas[1].state == IdeaState.SUBMITTED
    assert "changed" in batch.rows.get(done=False).note


def test_undo_leaves_what_has_been_touched_since(series, ideas, staff, now):
    batch = press(ideas, Plan(BatchAction.ACCEPT), staff, now)
    eligibility.check_idea(
        idea=rows(ideas)[0], eligible=False, reason="Sittenkin ei.", by=member(series), at=now
    )
    moderation.hide(target=ideas[1], reason="Nimiä.", by=member(series), at=now)
    bulk.undo(batch=batch, by=staff, at=now)
    states = [one.state for one in rows(ideas)]
    assert states == [IdeaState.INELIGIBLE, IdeaState.ELIGIBLE, IdeaState.SUBMITTED]
    assert [bool(one.note) for one in batch.rows.all()] == [True, True, False]
    assert [one.undone for one in batch.rows.all()] == [False, False, True]


def test_undo_is_for_whoever_pressed_once_and_in_time(series, ideas, staff, now):
    batch = press(ideas, Plan(BatchAction.ACCEPT), staff, now)
    with pytest.raises(Denied):
        bulk.undo(batch=batch, by=member(series), at=now)
    with pytest.raises(NotNow):
        bulk.undo(batch=batch, by=staff, at=now + bulk.REGRET)
    bulk.undo(batch=batch, by=staff, at=now)
    with pytest.raises(NotNow):
        bulk.undo(batch=batch, by=staff, at=now)


def test_reports_that_hiding_closed_wait_again_when_it_is_undone(ideas, staff, now):
    Report.objects.create(idea=ideas[0], reason="Nimiä.", at=now)
    batch = press(ideas, Plan(BatchAction.HIDE, "Nimiä."), staff, now)
    assert Report.objects.get().handled_by == staff
    bulk.undo(batch=batch, by=staff, at=now)
    assert Report.objects.get().handled_at is None


def test_showing_again_is_undone_with_the_same_words(ideas, staff, now):
    press(ideas[:1], Plan(BatchAction.HIDE, "Nimiä."), staff, now)
    batch = press(ideas, Plan(BatchAction.SHOW), staff, now)
    assert [one.done for one in batch.rows.all()] == [True, False, False]
    bulk.undo(batch=batch, by=staff, at=now)
    assert rows(ideas)[0].hidden_because == "Nimiä."


def test_undoing_what_was_shown_again_leaves_new_reports_unread(ideas, staff, now):
    press(ideas[:1], Plan(BatchAction.HIDE, "Nimiä."), staff, now)
    batch = press(ideas[:1], Plan(BatchAction.SHOW), staff, now)
    made = Report.objects.create(idea=ideas[0], reason="Yhä nimiä.", at=now)
    bulk.undo(batch=batch, by=staff, at=now)
    made.refresh_from_db()
    assert (rows(ideas)[0].hidden_because, made.handled_at) == ("Nimiä.", None)


def test_a_message_goes_once_and_cannot_be_undone(ideas, staff, now):
    plan = Plan(BatchAction.WRITE, "Lisätkää liite.", answer_by=now + dt.timedelta(days=3))
    key = uuid.uuid4()
    batch = press(ideas, plan, staff, now, key=key)
    assert press(ideas, plan, staff, now, key=key) == batch
    assert Message.objects.count() == 3
    with pytest.raises(Denied):  # another's preview
        press(ideas, plan, member(ideas[0].series), now, key=key)
    with pytest.raises(NotNow):
        bulk.undo(batch=batch, by=staff, at=now)
    late = Plan(BatchAction.WRITE, "Lisätkää liite.", answer_by=now)
    with pytest.raises(Invalid) as refusal:
        press(ideas, late, staff, now)
    assert set(refusal.value.errors) == {"answer_by"}


def test_strangers_may_not_and_other_numbers_are_nothing(ideas, staff, now):
    plan = Plan(BatchAction.HIDE, "Pois.")
    marks = {one.idea.number: one.mark for one in seen(ideas, plan, staff, now)}
    with pytest.raises(Denied):
        press(ideas, plan, UserFactory(), now, marks=marks)
    batch = press(ideas, plan, staff, now, marks={**marks, 999: "x"})
    assert [one.idea for one in batch.rows.all()] == ideas


def test_old_batches_are_forgotten(ideas, staff, now):
    press(ideas, Plan(BatchAction.ACCEPT), staff, now)
    bulk.forget_old(at=now + dt.timedelta(hours=23))
    assert Batch.objects.exists()
    bulk.forget_old(at=now + dt.timedelta(hours=25))
    assert not Batch.objects.exists()


# Pages -------------------------------------------------------------------------------------------
@pytest.fixture
def admin(client, series, staff):
    setup_site()
    hosting.ensure_host(series.challenge.owner)
    UserProfile.objects.update_or_create(user=staff, defaults={"preferred_language": "en"})
    client.force_login(staff)
    return client


def address(series, name="bulk", *more):
    return reverse(f"ideas_admin:{name}", args=[series.challenge_id, *more])


def fields_of(response):
    text = response.content.decode()
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    return dict(found) | {"look": str(response.context["form"]["look"].value())}


def test_chosen_are_looked_at_done_and_undone(admin, series, ideas):
    page = address(series)
    looked = admin.get(page, {"chosen": [ideas[0].number, "x", "99999999999999"]})
    assert [one.idea for one in looked.context["prospects"]] == [ideas[0]]
    done = admin.post(page, fields_of(looked))
    result = admin.get(done["Location"])
    assert ideas[0].reference in result.content.decode()
    assert admin.get(address(series, "proposals")).context["undoable"] == [Batch.objects.get()]
    back = admin.post(done["Location"], follow=True)
    assert "as it was before" in back.content.decode()
    assert rows(ideas)[0].state == IdeaState.SUBMITTED
    again = admin.post(done["Location"], follow=True)
    assert "not be undone any more" in again.content.decode()


def test_all_that_the_filter_shows(admin, series, ideas, other):
    IdeaFactory(series=other, submitted=True)
    query = {"which": "all", "series": series.key, "action": "hide"}
    looked = admin.get(address(series), query)
    assert len(looked.context["prospects"]) == 3
    refused = admin.post(address(series), {**fields_of(looked), "words": " "})
    assert refused.status_code == 400
    assert len(refused.context["prospects"]) == 3
    long = admin.post(address(series), {**fields_of(refused), "words": "x" * 501})
    assert "x" * 501 in long.content.decode()
    assert "500" in long.content.decode()
    assert not Batch.objects.exists()


def test_nothing_chosen_and_nonsense(admin, series, ideas):
    assert "Choose proposals first" in admin.get(address(series)).content.decode()
    assert admin.get(address(series), {"action": "delete"}).status_code == 404
    assert admin.post(address(series), {"action": "accept"}).status_code == 400
    assert admin.get(address(series, "batch", 999)).status_code == 404


def test_move_asks_the_series(admin, series, ideas, other):
    looked = admin.get(address(series), {"chosen": ideas[0].number, "action": "move"})
    assert looked.context["plan"].series == other
    same = admin.get(
        address(series), {"chosen": ideas[0].number, "action": "move", "to": series.key}
    )
    assert same.context["going"] == 0
    admin.post(address(series), {**fields_of(looked), "words": "Kuuluu muihin."})
    assert rows(ideas)[0].series == other


@pytest.mark.parametrize("to", ["", "ei-ole"])
def test_a_move_to_no_series_asks_for_one(admin, series, ideas, other, to):
    looked = admin.get(address(series), {"chosen": ideas[0].number, "action": "move"})
    sent = {**fields_of(looked), "words": "Kuuluu muihin.", "to": to}
    refused = admin.post(address(series), sent)
    assert refused.status_code == 400
    assert "Choose the series." in refused.content.decode()
    assert "Kuuluu muihin." in refused.content.decode()
    assert rows(ideas)[0].series == series


def test_an_old_preview_is_looked_at_anew(admin, series, ideas, now, monkeypatch):
    looked = admin.get(address(series), {"which": "all", "action": "write"})
    sent = {**fields_of(looked), "words": "Lisätkää liite."}
    assert admin.post(address(series), sent).status_code == 302
    assert admin.post(address(series), sent).status_code == 302
    bulk.forget_old(at=now + dt.timedelta(hours=25))
    monkeypatch.setattr(clock, "now", lambda: now + dt.timedelta(hours=25))
    admin.force_login(User.objects.get(pk=admin.session["_auth_user_id"]))
    refused = admin.post(address(series), sent)
    assert refused.status_code == 400
    assert "long since you looked" in refused.content.decode()
    assert "Lisätkää liite." in refused.content.decode()
    assert Message.objects.count() == 3
    again = {**fields_of(refused), "words": "Lisätkää liite."}
    assert admin.post(address(series), again).status_code == 302
    forged = {**again, "look": again["look"] + "x"}
    assert admin.post(address(series), forged).status_code == 400
    assert Message.objects.count() == 6


@pytest.mark.parametrize("action", list(BatchAction))
def test_a_look_takes_the_same_queries_for_three_and_for_fifty(
    admin, series, ideas, other, action, django_assert_num_queries
):
    query = {"which": "all", "action": action}
    admin.get(address(series), query)
    with django_assert_num_queries(30, exact=False) as few:
        admin.get(address(series), query)
    for _number in range(47):
        IdeaFactory(series=series, submitted=True)
    with django_assert_num_queries(len(few)):
        looked = admin.get(address(series), query)
    assert len(looked.context["prospects"]) == 50
