"""Staff's check: who, when, with what reason, how it is told; the tab of proposals."""

import csv
import io

import pytest
from django.utils import translation
from openpyxl import load_workbook
from wagtail.users.models import UserProfile

from accounts.models import User
from accounts.states import Role
from challenges import hosting
from challenges.states import ChallengeState
from cms.setup import setup_site
from core import clock
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import eligibility
from ideas.models import EligibilityCheck, Idea
from ideas.states import IdeaState
from ideas.tasks import tell_of_the_check
from scoring.models import Assignment, Juror, Round, Rubric
from scoring.states import AssignmentState
from tests.factories.challenges import ChallengeFactory, FormVersionFactory, SeriesFactory
from tests.factories.ideas import (
    IdeaFactory,
    citizens_form,
    member_of,
    open_series,
    whole_answers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def series():
    return open_series(closed=True)


@pytest.fixture
def staff(series):
    return member_of(series.challenge.owner, "virkailija@kunta.example", Role.STAFF)


@pytest.fixture
def office(series):
    """The back office of the host is set up; `office(challenge)` does it for another."""
    setup_site()

    def enter(client, challenge, person):
        hosting.ensure_host(challenge.owner)
        UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
        client.force_login(User.objects.get(pk=person.pk))
        return client

    return enter


@pytest.fixture
def idea(series):
    return IdeaFactory(series=series, submitted=True)


def check(idea, by, *, eligible=True, reason=""):
    return eligibility.check_idea(
        idea=idea, eligible=eligible, reason=reason, by=by, at=clock.now()
    )


def state(idea):
    return Idea.objects.get(pk=idea.pk).state


def give_to_jury(idea, **more):
    rubric = Rubric.objects.create(series=idea.series)
    juror = Juror.objects.create(challenge=idea.challenge, email="tuomari@x.example")
    round_ = Round.objects.create(series=idea.series, rubric=rubric, reviews=1)
    return Assignment.objects.create(round=round_, juror=juror, idea=idea, **more)


def test_finding_moves_the_proposal_and_is_recorded(idea, staff):
    found = check(idea, staff)
    idea.refresh_from_db()
    assert (idea.state, idea.checked_at) == (IdeaState.ELIGIBLE, found.at)
    assert AuditEntry.objects.get(verb="idea.checked").data["eligible"] is True


def test_refusal_needs_a_reason(idea, staff):
    for reason in ("", "   \n"):
        with pytest.raises(Invalid):
            check(idea, staff, eligible=False, reason=reason)
    check(idea, staff, eligible=False, reason="Ehdottaja on toinen kunta.")
    assert state(idea) == IdeaState.INELIGIBLE


def test_finding_may_be_changed_both_ways_until_the_jury_has_it(idea, staff):
    check(idea, staff, eligible=False, reason="Puuttuu suunnitelma.")
    check(idea, staff)
    check(idea, staff, eligible=False, reason="Sittenkin puuttuu.")
    check(idea, staff)
    give_to_jury(idea)
    with pytest.raises(NotNow):
        check(idea, staff, eligible=False, reason="Liian myöhään.")
    assert state(idea) == IdeaState.ELIGIBLE


def test_assignment_that_was_taken_back_does_not_bind(idea, staff):
    check(idea, staff)
    give_to_jury(idea, state=AssignmentState.WITHDRAWN)
    check(idea, staff, eligible=False, reason="Puuttuu suunnitelma.")


def test_same_finding_again_changes_nothing(idea, staff):
    first = check(idea, staff)
    assert check(idea, staff) == first
    assert EligibilityCheck.objects.count() == 1


def test_reason_may_be_put_in_better_words(idea, staff):
    check(idea, staff, eligible=False, reason="Ei.")
    check(idea, staff, eligible=False, reason="Ehdotus on myöhässä.")
    assert [one.reason for one in idea.checks.all()] == ["Ehdotus on myöhässä.", "Ei."]


def test_not_before_closing_nor_after_the_decision(staff, idea):
    early = IdeaFactory(series=open_series_of_other_host(opened=True), submitted=True)
    person = member_of(early.challenge.owner, "toinen@kunta.example", Role.STAFF)
    with pytest.raises(NotNow):
        check(early, person)
    idea.challenge.state = ChallengeState.DECIDED
    idea.challenge.save()
    with pytest.raises(NotNow):
        check(Idea.objects.get(pk=idea.pk), staff)


def test_decided_proposal_is_not_checked_again(series, staff):
    with pytest.raises(NotNow):
        check(IdeaFactory(series=series, decided=True), staff, eligible=False, reason="Ei.")


@pytest.mark.parametrize("trait", ["draft", "withdrawn"])
def test_what_is_not_delivered_is_not_there_for_staff(series, staff, trait):
    traits = {} if trait == "draft" else {"withdrawn": True}
    with pytest.raises(Denied):
        check(IdeaFactory(series=series, **traits), staff)


def test_only_the_hosts_staff_check(idea):
    other = IdeaFactory(series=open_series_of_other_host(), submitted=True)
    for person in (
        User.objects.create_user("vieras@x.example"),
        member_of(idea.challenge.owner, "jasen@kunta.example", Role.MEMBER),
        member_of(other.challenge.owner, "muu@kunta.example", Role.STAFF),
    ):
        with pytest.raises(Denied):
            check(idea, person)


def open_series_of_other_host(**traits):
    series = SeriesFactory(challenge=ChallengeFactory(**(traits or {"closed": True})))
    FormVersionFactory(series=series, definition=citizens_form(), frozen=True)
    return series


def test_proposer_gets_a_letter_with_the_reason(idea, staff):
    found = check(idea, staff, eligible=False, reason="Ehdottaja ei ole kuntalainen.")
    tell_of_the_check(idea=idea.pk, check=found.pk)
    letter = Mail.objects.get(template="idea_checked")
    assert letter.to == idea.contact_email
    assert "Ehdottaja ei ole kuntalainen." in letter.text
    assert "/fi/e/" in letter.text


def test_letter_of_a_finding_that_was_changed_is_not_sent(idea, staff):
    first = check(idea, staff, eligible=False, reason="Erehdys.")
    second = check(idea, staff)
    tell_of_the_check(idea=idea.pk, check=first.pk)
    tell_of_the_check(idea=idea.pk, check=second.pk)
    [letter] = Mail.objects.filter(template="idea_checked")
    assert "Erehdys" not in letter.text
    Idea.objects.filter(pk=idea.pk).update(is_demo=True)
    tell_of_the_check(idea=idea.pk, check=second.pk)
    tell_of_the_check(idea=0, check=second.pk)
    assert Mail.objects.filter(template="idea_checked").count() == 1


# The tab ----------------------------------------------------------------------------------------
def tab(challenge, tail=""):
    return f"/admin/ideas/{challenge.pk}/proposals/{tail}"


@pytest.fixture
def admin(client, series, staff, office):
    return office(client, series.challenge, staff)


def test_list_shows_delivered_ones_and_of_drafts_the_count_only(admin, series, idea):
    IdeaFactory(series=series, answers=whole_answers(title="Salainen luonnos"))
    IdeaFactory(series=series, withdrawn=True, answers=whole_answers(title="Peruttu ehdotus"))
    response = admin.get(tab(series.challenge))
    text = response.content.decode()
    assert idea.title in text
    assert "Salainen luonnos" not in text
    assert "Peruttu ehdotus" not in text
    assert response.context["counts"]["draft"] == 1
    assert response.context["counts"]["delivered"] == 1


def test_list_takes_the_same_queries_for_one_and_for_many(
    admin, series, idea, django_assert_num_queries
):
    address = tab(series.challenge)
    admin.get(address)
    with django_assert_num_queries(20, exact=False) as few:
        admin.get(address)
    for _number in range(8):
        IdeaFactory(series=series, submitted=True)
    with django_assert_num_queries(len(few)):
        admin.get(address)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"q": "lumityö"}, 1),
        ({"q": "2026-"}, 2),
        ({"state": "eligible"}, 1),
        ({"state": "draft"}, 0),
        ({"series": "citizens"}, 2),
        ({"series": "x"}, 0),
        ({"q": "\x00"}, 2),
        ({"page": "99"}, 2),
    ],
)
def test_list_is_filtered(admin, series, query, count):
    IdeaFactory(series=series, submitted=True, answers=whole_answers(title="Lumityö näkyviin"))
    IdeaFactory(series=series, eligible=True, reference="2026-0999")
    Idea.objects.filter(title__startswith="Lumi").update(reference="2026-0998")
    response = admin.get(tab(series.challenge), query)
    assert response.context["page"].paginator.count == count


def test_one_proposal_shows_secrets_to_staff_and_is_checked_there(admin, series, idea):
    address = tab(series.challenge, f"{idea.number}/")
    text = admin.get(address).content.decode()
    assert "Vain tuomaristolle tarkoitettu laskelma." in text
    assert idea.current_version.digest in text
    wrong = admin.post(address, {"eligible": "no", "reason": ""})
    assert wrong.status_code == 400
    assert "Write why" in wrong.content.decode()
    other = IdeaFactory(series=series, submitted=True)
    right = admin.post(address, {"eligible": "no", "reason": "Ei koske kuntaa.", "next": "1"})
    assert right["Location"] == tab(series.challenge, f"{other.number}/")
    assert "Ei koske kuntaa." in admin.get(address).content.decode()
    last = admin.post(right["Location"], {"eligible": "yes", "next": "1"})
    assert last["Location"] == tab(series.challenge)


def test_changed_text_of_a_version_is_seen(admin, series, idea):
    version = idea.current_version
    version.payload["answers"]["title"] = "Muutettu jälkikäteen"
    version.save()
    text = admin.get(tab(series.challenge, f"{idea.number}/")).content.decode()
    assert "no longer what was received" in text


def test_check_during_the_call_is_told_not_offered(client, office):
    early = IdeaFactory(series=open_series_of_other_host(opened=True), submitted=True)
    person = member_of(early.challenge.owner, "toinen@kunta.example", Role.STAFF)
    office(client, early.challenge, person)
    address = tab(early.challenge, f"{early.number}/")
    assert "once the call has closed" in client.get(address).content.decode()
    refused = client.post(address, {"eligible": "yes"})
    assert refused.status_code == 400
    assert state(early) == IdeaState.SUBMITTED


@pytest.mark.parametrize("tail", ["", "1/", "table"])
def test_tab_of_another_host_is_not_there(client, office, series, idea, tail):
    other = open_series_of_other_host()
    office(
        client, other.challenge, member_of(other.challenge.owner, "muu@kunta.example", Role.STAFF)
    )
    address = (
        f"/admin/ideas/{series.challenge.pk}/proposals.csv"
        if tail == "table"
        else tab(series.challenge, tail)
    )
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("trait", ["draft", "withdrawn"])
def test_page_of_what_is_not_delivered_is_not_there(admin, series, trait):
    hidden = IdeaFactory(series=series, **({} if trait == "draft" else {"withdrawn": True}))
    assert admin.get(tab(series.challenge, f"{hidden.number or 1}/")).status_code == 404


def test_table_has_every_answer_and_no_formula(admin, series):
    IdeaFactory(series=series)
    IdeaFactory(series=series, submitted=True, answers=whole_answers(title="=HYPERLINK(1)"))
    english = {"Accept-Language": "en"}
    response = admin.get(f"/admin/ideas/{series.challenge.pk}/proposals.csv", headers=english)
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert len(rows) == 1
    row = dict(zip(header, rows[0], strict=True))
    assert row["Title"] == "'=HYPERLINK(1)"
    assert row["State"] == "Received"
    assert row["Question secret"] == "Vain tuomaristolle tarkoitettu laskelma."
    assert row["Question email"] == "kansalainen@esimerkki.example"
    assert len(row["Fingerprint (SHA-256)"]) == 64
    sheet = admin.get(f"/admin/ideas/{series.challenge.pk}/proposals.xlsx?state=eligible")
    book = load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    assert book.active.max_row == 1
