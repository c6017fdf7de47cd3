"""Comments: signed by letter, answered by the proposer, reported by anybody, hidden by staff."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation

from challenges import hosting
from challenges.models import Series
from challenges.states import Talk
from cms.setup import setup_site
from core import clock, robots
from core.errors import Denied, Invalid, NotNow
from core.models import AuditEntry, Mail
from ideas import comments, links, moderation, personal, rules
from ideas.models import Comment, Idea, Report
from tests.factories.accounts import UserFactory
from tests.factories.ideas import IdeaFactory, heard, open_series
from tests.factories.scoring import JurorFactory, World

pytestmark = pytest.mark.django_db
WHO, WORD = "kommentoija@posti.example", "qzsana"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def idea():
    return IdeaFactory(series=open_series(), submitted=True, public=True)


@pytest.fixture
def staff(idea):
    setup_site()
    hosting.ensure_host(idea.challenge.owner)
    return UserFactory(staff_of=idea.challenge.owner)


def written(idea, text=f"Hyvä {WORD}", by=None):
    return comments.write(
        idea=idea, name="Naapuri", email=WHO, text=text, language="fi", by=by, at=clock.now()
    )


def public(idea, text=f"Hyvä {WORD}"):
    return comments.confirm(written(idea, text), at=clock.now())


def sent(form, **more):
    return {"opened": robots.opened(form, clock.now() - dt.timedelta(minutes=1))} | more


def page(client, idea):
    return client.get(idea.get_absolute_url()).content.decode()


def test_by_letter_it_is_public_once_confirmed_and_its_writer_takes_it_away(client, idea):
    to = reverse("ideas:comment", args=[idea.uid.hex])
    given = sent("comment", name="Naapuri", email=WHO, text=f"Hyvä {WORD}")
    assert client.post(to, given | {"website": "x"}).status_code == 429
    refused = client.post(to, given | {"email": "ei"})
    assert refused.status_code == 422
    assert WORD in refused.content.decode()
    assert client.post(to, given)["Location"] == reverse("ideas:letter_sent")
    link = reverse("ideas:commented", args=[comments.token_of(Comment.objects.get())])
    assert link in Mail.objects.get().text
    assert WORD in client.get(link).content.decode()
    assert WORD not in page(client, idea)
    client.post(link)
    shown = page(client, idea)
    assert WORD in shown
    assert "Naapuri" in shown
    assert WHO not in shown
    client.post(link, {"do": "end"})
    assert WORD not in page(client, idea)
    told = AuditEntry.objects.filter(verb__startswith="comment.")
    assert [one.verb for one in told.order_by("pk")] == ["comment.published", "comment.taken_back"]
    assert not any(secret in str(one.data) for one in told for secret in (WHO, WORD))


def test_signed_in_it_is_public_at_once_and_the_proposer_answers(client, idea):
    person = UserFactory()
    client.force_login(person)
    to = reverse("ideas:comment", args=[idea.uid.hex])
    client.post(to, sent("comment", name="Naapuri", text=f"Hyvä {WORD}"))
    one = Comment.objects.get()
    assert reverse("ideas:commented", args=[comments.token_of(one)]) in page(client, idea)
    assert [row["text"] for row in personal.said(person).data["comments"]] == [one.text]
    client.logout()
    answer = reverse("ideas:answer", args=[links.token_of(idea), one.uid])
    assert answer in client.get(reverse("ideas:home", args=[links.token_of(idea)])).content.decode()
    assert client.post(answer, {"text": " "}).status_code == 422
    assert client.post(answer, {"text": "Kiitos qzvastaus"}).status_code == 302
    assert "Kiitos qzvastaus" in page(client, idea)
    with pytest.raises(Denied):
        comments.answer(comment=one, text="En minä", by=person, at=clock.now())


def test_anybody_reports_and_staff_hide_restore_or_leave(client, idea, staff):
    one, other = public(idea), public(idea, "Muu")
    to = reverse("ideas:report_comment", args=[idea.uid.hex, one.uid.hex])
    assert client.post(to, sent("report")).status_code == 422
    assert client.post(to, sent("report", reason="Nimi siinä."))["Location"] == reverse(
        "ideas:reported"
    )
    at = clock.now()
    moderation.report(target=other, reason="Tylsä", by=None, at=at)
    waiting = moderation.waiting(idea.challenge, without=frozenset())
    assert [row.reasons for row in waiting] == [("Nimi siinä.",), ("Tylsä",)]
    moderation.leave(target=other, by=staff, at=at)
    for by, reason, refusal in ((UserFactory(), "x", Denied), (staff, " ", Invalid)):
        with pytest.raises(refusal):
            moderation.hide(target=one, reason=reason, by=by, at=at)
    moderation.hide(target=one, reason="Toisen nimi", by=staff, at=at)
    assert not moderation.waiting(idea.challenge, without=frozenset())
    assert set(Report.objects.values_list("handled_by", flat=True)) == {staff.pk}
    shown = page(client, idea)
    assert WORD not in shown
    assert "Toisen nimi" in shown
    link = reverse("ideas:commented", args=[comments.token_of(one)])
    assert client.post(link, {"do": "end"}).status_code == 409
    assert client.get(to).status_code == 404
    moderation.restore(target=one, by=staff)
    assert WORD in page(client, idea)


def test_hidden_proposal_leaves_its_reason_and_nothing_else(client, idea, staff):
    moderation.report(target=idea, reason="Mainos", by=None, at=clock.now())
    Idea.objects.filter(pk=idea.pk).update(title=f"{WORD} otsikko")
    moderation.hide(target=idea, reason="Se on mainos", by=staff, at=clock.now())
    answer = client.get(idea.get_absolute_url())
    assert answer.status_code == 410
    assert "Se on mainos" in answer.content.decode()
    slug = idea.challenge.slug
    addresses = [idea.get_absolute_url(), reverse("ideas:list", args=[slug])]
    addresses += [reverse("ideas:download", args=[slug, "csv"])]
    for address in addresses:
        answer = client.get(address)
        assert WORD not in (b"".join(answer) if answer.streaming else answer.content).decode()
    for name in ("support", "comment", "report", "follow"):
        assert client.get(reverse(f"ideas:{name}", args=[idea.uid.hex])).status_code == 404
    idea.challenge.refresh_from_db()
    assert idea.challenge.public_ideas == 0
    client.force_login(staff)
    to = reverse("ideas_admin:moderation", args=[idea.challenge_id])
    assert "Se on mainos" in client.get(to).content.decode()
    client.post(to, {"what": "idea", "number": idea.pk, "do": "restore"})
    assert client.get(idea.get_absolute_url()).status_code == 200
    refused = client.post(to, {"what": "idea", "number": idea.pk, "do": "hide", "reason": ""})
    assert refused.status_code == 400
    assert client.post(to, {"what": "idea", "number": "0", "do": "hide"}).status_code == 404


def test_a_juror_of_a_blind_jury_reads_none_before_the_decision(client, idea):
    public(idea)
    juror = UserFactory()
    JurorFactory(challenge=idea.challenge, user=juror, email=juror.email)
    client.force_login(juror)
    assert WORD in page(client, idea)
    idea.series.blind = True
    idea.series.save()
    assert WORD not in page(client, idea)
    for name, args in (("comment", []), ("report_comment", [Comment.objects.get().uid.hex])):
        to = reverse(f"ideas:{name}", args=[idea.uid.hex, *args])
        assert client.get(to).status_code == 404
    with pytest.raises(NotNow):
        written(Idea.objects.select_related("series").get(pk=idea.pk), by=juror)


def test_nobody_reads_or_writes_them_while_a_blind_jury_has_the_proposal(client):
    """A juror may read signed out."""
    world = World.make(assigned=True)
    idea = world.ideas[0]
    said = heard(idea=idea, at=clock.now())
    said.text = WORD
    said.save()
    client.force_login(UserFactory())
    assert WORD in page(client, idea)
    Series.objects.filter(pk=world.series.pk).update(blind=True)
    for reader in (UserFactory(), None):
        client.force_login(reader) if reader else client.logout()
        text = page(client, idea)
        assert WORD not in text
        assert "Comments rest" in text
        to = reverse("ideas:report_comment", args=[idea.uid.hex, said.uid.hex])
        assert client.get(to).status_code == 404
    resting = Idea.objects.select_related("series", "challenge").get(pk=idea.pk)
    with pytest.raises(NotNow):
        written(resting, by=UserFactory())
    with pytest.raises(NotNow):
        comments.answer(comment=said, text="Kiitos, t. Veera", by=None, at=clock.now())
    own = client.get(reverse("ideas:home", args=[links.token_of(idea)])).content.decode()
    assert WORD in own  # the proposer's own page has them
    assert "/-vastaa/" not in own
    Idea.objects.filter(pk=idea.pk).update(state="decided", decided_at=clock.now())
    assert WORD in page(client, idea)


def test_staff_switch_comments_off(client, idea):
    public(idea)
    idea.challenge.talk = Talk.SUPPORT
    idea.challenge.save()
    assert WORD not in page(client, idea)
    with pytest.raises(NotNow):
        written(idea)
    assert not rules.can_read_comments(None, idea)


HOSTILE = {
    "script": ("<script>alert(1)</script>", "&lt;script&gt;", "<script>alert(1)"),
    "NUL": ("a\x00b", "ab", "\x00"),
    "control characters": ("a\x07\x1b[31mb", "a[31mb", "\x07"),
    "turned the other way": ("a\u202egnp.exe\u2066b", "agnp.exeb", "\u202e"),
    "half a sign": ("a\ud800b", "ab", "\ud800"),
    "template": ("{{ 7|add:1 }}{% now 'Y' %}", "{{ 7|add:1 }}", "qz"),
    "formula": ("=HYPERLINK(1)", "=HYPERLINK(1)", "qz"),
    "attribute": ('" onclick="x', "&quot; onclick", '" onclick="x'),
    "right to left": ("שלום עולם", "שלום עולם", "qz"),
}


@pytest.mark.parametrize(("text", "kept", "gone"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_comes_out_harmless(client, idea, text, kept, gone):
    public(idea, text)
    shown = page(client, idea).split('id="comments"')[1]
    assert kept in shown
    assert gone not in shown


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\x07\u202e", "ä" * 2001, "x" * 1_000_000])
def test_empty_or_endless_text_is_refused_in_words(client, idea, text):
    to = reverse("ideas:comment", args=[idea.uid.hex])
    answer = client.post(to, sent("comment", name="Naapuri", email=WHO, text=text))
    assert answer.status_code == 422
    assert answer.context["form"].errors["text"]
    assert not Comment.objects.exists()
