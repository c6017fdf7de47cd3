"""Drafts, submission, versions, publication, withdrawal."""

import datetime as dt

import pytest

from accounts.models import Membership, Organisation, User
from accounts.states import MembershipState, OrganisationKind
from challenges.models import Challenge
from challenges.states import SeriesKind, Visibility
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail, OutboxRow
from ideas import actions, versions
from ideas.answers import fingerprint
from ideas.errors import CallClosed, StaleDraft
from ideas.models import Idea
from ideas.states import IdeaState
from ideas.tasks import publish_at_closing, publish_what_came_with_the_closing, send_receipt
from tests.factories.challenges import ChallengeFactory, FormVersionFactory, SeriesFactory
from tests.factories.ideas import IdeaFactory, citizens_form, open_series, whole_answers

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def draft(series=None, **changed):
    """A draft made by the actions themselves, with whole answers."""
    series = series or open_series()
    idea = actions.start_draft(series=series, language="fi", at=clock.now())
    return actions.save_draft(
        idea=idea, answers=whole_answers(**changed), revision=0, at=clock.now()
    )


def test_start_makes_an_empty_draft_without_number_or_audit():
    idea = actions.start_draft(series=open_series(), language="sv", at=clock.now())
    assert (idea.state, idea.number, idea.language) == (IdeaState.DRAFT, None, "sv")
    assert not AuditEntry.objects.filter(verb__startswith="idea").exists()


def test_start_with_the_same_uid_is_the_same_draft():
    series, uid = open_series(), Idea().uid
    first = actions.start_draft(series=series, language="fi", at=clock.now(), uid=uid)
    again = actions.start_draft(series=series, language="fi", at=clock.now(), uid=uid)
    assert first.pk == again.pk
    with pytest.raises(Denied):
        actions.start_draft(series=another_series(), language="fi", at=clock.now(), uid=uid)


def another_series():
    """Of another challenge: open_series makes the theme «koulu», which there is but one of."""
    series = SeriesFactory(challenge=ChallengeFactory(opened=True))
    FormVersionFactory(series=series, definition=citizens_form(), frozen=True)
    return series


@pytest.mark.parametrize("trait", ["coming", "closed", "cancelled", "decided"])
def test_start_is_refused_when_the_challenge_is_not_open(trait):
    with pytest.raises(CallClosed):
        actions.start_draft(series=open_series(**{trait: True}), language="fi", at=clock.now())


def test_organisations_series_needs_an_organisation_one_acts_for():
    series = open_series()
    series.kind = SeriesKind.ORGANISATIONS
    series.save()
    person = User.objects.create_user("yritys@esimerkki.example")
    company = Organisation.objects.create(name="Oy", slug="oy", kind=OrganisationKind.COMPANY)
    for organisation in (None, company):
        with pytest.raises(Denied):
            actions.start_draft(
                series=series, language="fi", at=clock.now(), by=person, organisation=organisation
            )
    Membership.objects.create(user=person, organisation=company, state=MembershipState.ACTIVE)
    person = User.objects.get(pk=person.pk)
    idea = actions.start_draft(
        series=series, language="fi", at=clock.now(), by=person, organisation=company
    )
    assert idea.team.get().user == person


def test_save_keeps_half_filled_answers_and_the_copies_that_lists_need():
    idea = actions.start_draft(series=open_series(), language="fi", at=clock.now())
    idea = actions.save_draft(
        idea=idea,
        answers={"title": " Kyyti  myöhässä ", "email": "ilman-merkkiä", "unknown": "x"},
        revision=0,
        at=clock.now(),
    )
    assert idea.answers == {"title": "Kyyti myöhässä", "email": "ilman-merkkiä"}
    assert (idea.title, idea.contact_email, idea.revision) == ("Kyyti myöhässä", "", 1)


def test_save_empties_what_was_emptied_and_ignores_what_did_not_change():
    idea = draft()
    same = actions.save_draft(
        idea=idea, answers={"title": idea.answers["title"]}, revision=0, at=clock.now()
    )
    assert same.revision == idea.revision
    emptied = actions.save_draft(
        idea=idea, answers={"summary": ""}, revision=idea.revision, at=clock.now()
    )
    assert "summary" not in emptied.answers


def test_stale_save_loses_neither_text():
    idea = draft()
    actions.save_draft(idea=idea, answers={"title": "Toinen"}, revision=1, at=clock.now())
    with pytest.raises(StaleDraft) as caught:
        actions.save_draft(idea=idea, answers={"title": "Kolmas"}, revision=1, at=clock.now())
    assert caught.value.stored == {"title": "Toinen"}
    assert caught.value.sent == {"title": "Kolmas"}
    assert Idea.objects.get(pk=idea.pk).answers["title"] == "Toinen"


def test_save_of_other_questions_than_those_changed_elsewhere_is_no_conflict():
    idea = draft()
    seen = fingerprint(idea.answers, ["summary"])
    actions.save_draft(idea=idea, answers={"title": "Toinen"}, revision=1, at=clock.now())
    saved = actions.save_draft(
        idea=idea, answers={"summary": "Uusi"}, revision=1, seen=seen, at=clock.now()
    )
    assert (saved.answers["title"], saved.answers["summary"]) == ("Toinen", "Uusi")


def test_save_by_somebody_outside_the_team_is_denied():
    idea = draft()
    stranger = User.objects.create_user("vieras@esimerkki.example")
    with pytest.raises(Denied):
        actions.save_draft(
            idea=idea, answers={"title": "x"}, revision=1, at=clock.now(), by=stranger
        )


def test_save_takes_few_queries(django_assert_max_num_queries):
    idea = draft()
    with django_assert_max_num_queries(6):
        actions.save_draft(idea=idea, answers={"title": "Uusi nimi"}, revision=1, at=clock.now())


def test_submit_gives_number_version_digest_and_receipt():
    at = clock.now()
    idea = draft()
    receipt = actions.submit_idea(idea=idea, at=at)
    idea = Idea.objects.get(pk=idea.pk)
    version = idea.current_version
    assert receipt.reference == idea.reference == f"{clock.local(at).year}-0001"
    assert (receipt.version, receipt.digest) == (1, version.digest)
    assert versions.is_intact(version)
    assert version.payload["answers"]["price"] == "12500.00"
    assert version.payload["form"] == idea.form.digest
    entry = AuditEntry.objects.get(verb="idea.submitted")
    assert entry.data["sha256"] == version.digest
    assert OutboxRow.objects.filter(event="idea.submitted").exists()


def test_submit_twice_is_one_proposal_and_one_version():
    idea = draft()
    first = actions.submit_idea(idea=idea, at=clock.now())
    second = actions.submit_idea(idea=idea, at=clock.now() + DAY)
    assert first == second
    assert idea.versions.count() == 1
    assert Challenge.objects.get(pk=idea.challenge_id).last_number == 1


def test_submit_of_changed_answers_makes_the_next_version_with_the_same_number():
    idea = draft()
    first = actions.submit_idea(idea=idea, at=clock.now())
    fresh = Idea.objects.get(pk=idea.pk)
    actions.save_draft(
        idea=fresh, answers={"title": "Parempi nimi"}, revision=fresh.revision, at=clock.now()
    )
    assert Idea.objects.get(pk=idea.pk).title == "Viivästysviesti koulukyydistä"
    second = actions.submit_idea(idea=idea, at=clock.now())
    assert (second.reference, second.version) == (first.reference, 2)
    assert second.digest != first.digest
    fresh = Idea.objects.get(pk=idea.pk)
    assert fresh.title == "Parempi nimi"
    assert fresh.current_version.number == 2


def test_submit_of_half_filled_answers_names_each_fault_and_changes_nothing():
    idea = draft(email="ilman-merkkiä", who=[], municipality="Atlantis")
    with pytest.raises(Invalid) as caught:
        actions.submit_idea(idea=idea, at=clock.now())
    assert set(caught.value.errors) == {"email", "who", "municipality"}
    assert "@" in caught.value.errors["email"][0]
    fresh = Idea.objects.get(pk=idea.pk)
    assert (fresh.state, fresh.number) == (IdeaState.DRAFT, None)
    assert Challenge.objects.get(pk=idea.challenge_id).last_number == 0


def test_the_moment_that_counts_is_when_the_request_arrived():
    idea = draft()
    closes = idea.challenge.closes_at
    with pytest.raises(CallClosed):
        actions.submit_idea(idea=idea, at=closes)
    assert actions.submit_idea(idea=idea, at=closes - dt.timedelta(microseconds=1))


def test_a_draft_is_kept_and_saved_after_closing_but_a_delivered_one_is_not_changed():
    series = open_series()
    kept, sent = draft(series), draft(series)
    actions.submit_idea(idea=sent, at=clock.now())
    late = series.challenge.closes_at + DAY
    saved = actions.save_draft(idea=kept, answers={"title": "Myöhässä"}, revision=1, at=late)
    assert saved.answers["title"] == "Myöhässä"
    with pytest.raises(CallClosed):
        actions.save_draft(idea=sent, answers={"title": "Myöhässä"}, revision=9, at=late)


def test_a_checked_proposal_is_not_changed():
    idea = IdeaFactory(eligible=True)
    with pytest.raises(NotNow):
        actions.save_draft(idea=idea, answers={"title": "Uusi"}, revision=1, at=clock.now())


def test_numbers_follow_each_other_per_challenge():
    series = open_series()
    ideas = [draft(series) for _ in range(3)]
    given = [actions.submit_idea(idea=idea, at=clock.now()).reference[-4:] for idea in ideas]
    assert given == ["0001", "0002", "0003"]


@pytest.mark.parametrize(
    ("visibility", "at_submission", "at_closing"),
    [
        (Visibility.AT_ONCE, True, True),
        (Visibility.TITLES, True, True),
        (Visibility.AFTER_CLOSING, False, True),
        (Visibility.WINNERS, False, False),
    ],
)
def test_publication_follows_the_challenges_setting(visibility, at_submission, at_closing):
    idea = draft(open_series(visibility=visibility))
    actions.submit_idea(idea=idea, at=clock.now())
    assert Idea.objects.public().filter(pk=idea.pk).exists() is at_submission
    publish_at_closing(challenge=idea.challenge_id)
    publish_at_closing(challenge=idea.challenge_id)
    assert Idea.objects.public().filter(pk=idea.pk).exists() is at_closing
    assert Challenge.objects.get(pk=idea.challenge_id).public_ideas == int(at_closing)


def test_what_arrived_in_time_but_was_written_after_closing_is_published():
    series = open_series(visibility=Visibility.AFTER_CLOSING)
    idea = draft(series)
    actions.submit_idea(idea=idea, at=clock.now())
    publish_what_came_with_the_closing(idea=idea.pk, version=1)
    assert Idea.objects.get(pk=idea.pk).published_at is None
    series.challenge.phases.filter(kind="submission").update(ends_at=clock.now())
    publish_what_came_with_the_closing(idea=idea.pk, version=1)
    assert Idea.objects.get(pk=idea.pk).published_at is not None


def test_withdrawn_is_gone_from_the_public_and_its_number_is_not_used_again():
    series = open_series()
    idea = draft(series)
    actions.submit_idea(idea=idea, at=clock.now())
    gone = actions.withdraw_idea(idea=idea, at=clock.now())
    assert gone.state == IdeaState.WITHDRAWN
    assert not Idea.objects.public().exists()
    assert Challenge.objects.get(pk=series.challenge_id).public_ideas == 0
    for act in (actions.submit_idea, actions.withdraw_idea):
        with pytest.raises(Denied):
            act(idea=idea, at=clock.now())
    assert actions.submit_idea(idea=draft(series), at=clock.now()).reference.endswith("0002")


@pytest.mark.parametrize("trait", ["decided", "ineligible"])
def test_withdrawal_is_refused_after_the_decision(trait):
    with pytest.raises(NotNow):
        actions.withdraw_idea(idea=IdeaFactory(**{trait: True}), at=clock.now())


def test_a_draft_is_not_withdrawn():
    with pytest.raises(NotNow):
        actions.withdraw_idea(idea=draft(), at=clock.now())


def test_receipt_letter_has_number_digest_and_private_link():
    idea = draft()
    receipt = actions.submit_idea(idea=idea, at=clock.now())
    send_receipt(idea=idea.pk, version=1)
    letter = Mail.objects.get()
    assert letter.to == "kansalainen@esimerkki.example"
    assert receipt.reference in letter.text
    assert receipt.digest in letter.text
    assert f"/fi/e/{idea.uid.hex}." in letter.text


def test_receipt_of_what_is_gone_is_no_error():
    send_receipt(idea=0, version=1)
    idea = draft()
    send_receipt(idea=idea.pk, version=7)
    assert not Mail.objects.exists()


def test_submit_with_a_required_file_missing_says_so():
    form = {
        "steps": [
            {
                "key": "only",
                "title": {"fi": "Kaikki"},
                "fields": [
                    {
                        "key": "title",
                        "type": "short_text",
                        "label": {"fi": "N"},
                        "purpose": "title",
                    },
                    {
                        "key": "email",
                        "type": "email",
                        "label": {"fi": "S"},
                        "purpose": "contact_email",
                    },
                    {
                        "key": "plan",
                        "type": "file",
                        "label": {"fi": "Suunnitelma"},
                        "required": True,
                    },
                ],
            }
        ]
    }
    series = open_series(definition=form)
    idea = actions.start_draft(series=series, language="fi", at=clock.now())
    with pytest.raises(Invalid) as caught:
        actions.submit_idea(idea=idea, at=clock.now())
    assert list(caught.value.errors) == ["plan"]
