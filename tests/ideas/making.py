"""An organisation's draft with files, and what a view answers."""

import io

from core import clock
from ideas import actions, attachments
from ideas.models import Idea
from tests.factories import files
from tests.factories.ideas import company, member_of, organisation_answers, organisations_series


def proposal(**more):
    """An organisation's draft, with the person who began it."""
    series = organisations_series(**more)
    firm = company()
    person = member_of(firm, "kirjoittaja@reitti.example")
    idea = actions.start_draft(
        series=series, language="fi", at=clock.now(), by=person, organisation=firm
    )
    return actions.save_draft(
        idea=idea, answers=organisation_answers(), revision=0, at=clock.now(), by=person
    ), person


def add(idea, person, name="liite.pdf", data=None, key="open_files", at=None, secret=False):
    data = files.pdf() if data is None else data
    return attachments.add_file(
        idea=idea,
        question=idea.form.parsed.fields[key],
        file=io.BytesIO(data),
        name=name,
        size=len(data),
        at=at or clock.now(),
        by=person,
        secret=secret,
    )


def submit(idea, person):
    actions.submit_idea(idea=idea, at=clock.now(), by=person)
    return Idea.objects.for_reading().get(pk=idea.pk)


def status(client, address):
    response = client.get(address)
    read(response)
    return response.status_code


def read(response):
    """The whole body; the connection to the database is closed by the test client only so."""
    return b"".join(response.streaming_content) if response.streaming else response.content
