"""Letters: written with the deed, delivered by the outbox, recognisable when they come twice."""

import pytest
from django.core import mail as django_mail
from django.template import TemplateDoesNotExist

from core import clock, mail, outbox
from core.models import Mail, OutboxRow
from tests.faults.post import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(settings, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "hello.txt").write_text(
        "{% load i18n %}Subject: {{ name }}: {% translate 'Yes' %}\n\n"
        "Hei {{ name }}, <b> & {{ site_url }}/x\n"
    )
    (folder / "rich.txt").write_text("Subject: Rich\n\nplain {{ name }}")
    (folder / "rich.html").write_text(
        '{% extends "mail/base.html" %}{% block text %}<p>{{ name }}</p>{% endblock %}'
    )
    (folder / "based.txt").write_text(
        '{% extends "mail/base.txt" %}{% block subject %}Based{% endblock %}'
        "{% block text %}{{ name }} & co{% endblock %}"
    )
    (folder / "bad.txt").write_text("No subject here")
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [tmp_path, settings.BASE_DIR / "templates"],
        }
    ]


def write(template: str = "hello", to: str = "a@example.org", **context: object) -> Mail:
    return mail.send(to=to, template=template, context={"name": "Ada", **context})


def test_send_writes_the_letter_and_its_job():
    letter = write()
    assert letter.state == Mail.State.QUEUED
    assert letter.subject == "Ada: Kyllä"
    assert OutboxRow.objects.get().payload == {"mail": letter.pk}
    assert django_mail.outbox == []


def test_send_does_not_escape_plain_text(settings):
    letter = write(name="Ö & <Å>")
    assert letter.text == f"Hei Ö & <Å>, <b> & {settings.SITE_URL}/x\n"


def test_send_writes_in_the_language_of_the_reader():
    letter = mail.send(to="a@example.org", template="hello", context={"name": "A"}, language="en")
    assert (letter.subject, letter.language) == ("A: Yes", "en")


def test_send_keeps_a_subject_on_one_line():
    assert write(name="A\nBcc: all@example.org").subject == "A"
    assert "\n" not in write(name="A\r\nB").subject


def test_send_takes_the_html_when_there_is_one_and_escapes_it():
    letter = write("rich", name="<i>")
    assert "<p>&lt;i&gt;</p>" in letter.html
    assert '<html lang="fi">' in letter.html
    assert letter.text == "plain <i>\n"


def test_send_on_the_common_base():
    letter = write("based", name="A")
    assert letter.subject == "Based"
    assert letter.text.startswith("A & co\n\nTalkoot\nhttp")


def test_send_refuses_a_template_without_subject_or_that_is_not_there():
    with pytest.raises(ValueError, match="Subject"):
        write("bad")
    with pytest.raises(TemplateDoesNotExist):
        write("nowhere")
    assert not Mail.objects.exists()


def test_send_remembers_what_it_is_about():
    about = write()
    letter = mail.send(to="a@example.org", template="hello", context={}, about=about)
    assert list(Mail.objects.about(about)) == [letter]


def test_delivery_sends_once_and_marks_it():
    letter = write("rich")
    outbox.run_now()
    (sent,) = django_mail.outbox
    letter.refresh_from_db()
    assert letter.state == Mail.State.SENT
    assert letter.sent_at
    assert sent.to == ["a@example.org"]
    assert sent.alternatives[0].mimetype == "text/html"
    headers = sent.message()
    assert headers["Message-ID"] == letter.message_id
    assert headers["Content-Language"] == "fi"
    assert headers["Auto-Submitted"] == "auto-generated"
    outbox.emit("mail.queued", mail=letter.pk)
    outbox.run_now()
    assert len(django_mail.outbox) == 1


def test_delivery_after_a_crash_before_the_mark_has_the_same_message_id():
    letter = write()
    mail.deliver(letter)
    mail.deliver(letter)  # the mark was lost with the process: this object still says "queued"
    first, second = django_mail.outbox
    assert first.message()["Message-ID"] == second.message()["Message-ID"] == letter.message_id
    assert first.message()["Date"] == second.message()["Date"]


def let_rest_pass() -> None:
    """As if the moment had come that every waiting job waits for."""
    OutboxRow.objects.update(run_after=clock.now())


def test_letters_wait_for_a_server_that_is_away_and_go_in_order(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letters = [write(to=f"{number}@example.org") for number in range(3)]
    first = list(OutboxRow.objects.values_list("pk", flat=True))
    for _ in range(outbox.ATTEMPTS_AT_MOST + 2):  # longer than a job of its own would be tried
        outbox.run_now()
        assert OutboxRow.objects.filter(parked_at=None, attempts=0).count() == len(letters)
        let_rest_pass()
        if len(letters) < 5:
            letters.append(write(to=f"{len(letters)}@example.org"))
    assert set(OutboxRow.objects.values_list("pk", flat=True)) >= set(first)  # nothing is rewritten
    letters[0].refresh_from_db()
    assert letters[0].state == Mail.State.FAILED
    assert "ConnectionRefusedError" in letters[0].error
    letters[1].refresh_from_db()
    assert letters[1].state == Mail.State.QUEUED  # one of them was enough to find out
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    outbox.run_now()
    assert [one.to for one in django_mail.outbox] == [[letter.to] for letter in letters]
    letters[0].refresh_from_db()
    assert (letters[0].state, letters[0].error) == (Mail.State.SENT, "")


@pytest.mark.parametrize("words", ["451 Not now", "421 4.7.0 Try again later"])
def test_letter_that_is_not_taken_now_rests_alone(settings, words):
    with post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        office.refuses = lambda address: address == "grey@example.org"
        office.refusal = words
        grey, white = write(to="grey@example.org"), write(to="white@example.org")
        outbox.run_now()
        assert [one["To"] for one in office.letters] == [white.to]
        waiting = OutboxRow.objects.get()
        assert (waiting.event, waiting.attempts) == (mail.GREYLISTED, 0)
        office.refuses = lambda _address: False
        let_rest_pass()
        outbox.run_now()
        assert [one["To"] for one in office.letters] == [white.to, grey.to]


def test_letter_that_is_refused_for_days_is_given_up(settings):
    with post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        office.refuses, office.refusal = (lambda _address: True), "451 Not now"
        letter = write()
        Mail.objects.update(created_at=clock.now() - mail.TRIED_FOR)
        outbox.run_now(strict=False)
        assert OutboxRow.objects.get().attempts == 1
        letter.refresh_from_db()
        assert (letter.state, "451" in letter.error) == (Mail.State.FAILED, True)


def test_delivery_of_a_letter_that_is_gone_is_success():
    write()
    Mail.objects.all().delete()
    assert outbox.run_now() == 1
    assert django_mail.outbox == []
