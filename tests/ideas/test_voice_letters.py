"""Letters about comments, their answers and reports: to the right person, once, seldom."""

import datetime as dt

import pytest

from core import clock, outbox
from core.models import Mail
from ideas import comments, moderation
from tests.factories.ideas import IdeaFactory, open_series

pytestmark = pytest.mark.django_db


@pytest.fixture
def idea():
    series = open_series(opened=True, contact_email="kirjaamo@kunta.example")
    return IdeaFactory(
        series=series, submitted=True, public=True, contact_email="ehdottaja@posti.example"
    )


def said(idea, name="Naapuri"):
    written = comments.write(
        idea=idea, name=name, email="naapuri@posti.example", text="Hyvä.", language="sv", by=None,
        at=clock.now(),
    )  # fmt: skip
    return comments.confirm(written, at=clock.now())


def letters(template):
    outbox.run_now()
    return list(Mail.objects.filter(template=template).order_by("pk"))


def test_proposer_hears_of_comments_once_a_day(idea):
    said(idea)
    said(idea, "Toinen")
    [letter] = letters("comment_published")
    assert letter.to == "ehdottaja@posti.example"
    assert "/e/" in letter.text
    Mail.objects.update(created_at=clock.now() - dt.timedelta(days=2))
    said(idea, "Kolmas")
    assert len(letters("comment_published")) == 2


def test_nothing_of_an_unconfirmed_or_hidden_comment(idea):
    comments.write(
        idea=idea, name="X", email="x@posti.example", text="Y", language="fi", by=None,
        at=clock.now(),
    )  # fmt: skip
    hidden = said(idea)
    type(hidden).objects.filter(pk=hidden.pk).update(hidden_at=clock.now(), hidden_because="Z")
    assert letters("comment_published") == []


def test_who_commented_hears_of_the_answer_once_in_their_language(idea):
    comment = said(idea)
    for text in ("Kiitos.", "Kiitos paljon."):
        comments.answer(comment=comment, text=text, by=None, at=clock.now())
    [letter] = letters("comment_answered")
    assert (letter.to, letter.language) == ("naapuri@posti.example", "sv")
    assert "Kiitos" not in letter.text  # read on the page, where it can be corrected
    assert comments.token_of(comment) in letter.text


def test_staff_hear_of_reports_once_a_day_and_not_of_handled_ones(idea):
    comment = said(idea)
    for _time in range(2):
        moderation.report(target=comment, reason="Nimi", by=None, at=clock.now())
    [letter] = letters("report_made")
    assert letter.to == "kirjaamo@kunta.example"
    assert "Nimi" not in letter.text
