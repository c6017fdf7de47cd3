"""A form tried out before anybody else sees it: a proposal that is made, looked at and undone.

Everything happens in a transaction that is rolled back: no number is used, no letter leaves,
nothing is audited, and no other request ever sees the proposal. What has been typed so far is with
the person who tries (a session).
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.states import OrganisationKind
from challenges.definition import Definition, Field, FieldType, Purpose
from challenges.field_types import YES
from challenges.models import Challenge, FormVersion, Series
from challenges.states import SeriesKind
from core.multilingual import text
from ideas.actions import hand_in
from ideas.answers import Answers, clean_all, tidy_all
from ideas.choices import all_options
from ideas.models import Attachment, Idea

EXAMPLES: Final = {
    FieldType.NUMBER: "10",
    FieldType.MONEY: "10000",
    FieldType.LINK: "https://talkoot.example/",
    FieldType.EMAIL: "ehdottaja@talkoot.example",
    FieldType.BUSINESS_ID: "1234567-1",
    FieldType.CONSENT: YES,
}


@contextmanager
def tried(
    *,
    challenge: Challenge,
    series: Series,
    form: FormVersion,
    answers: Mapping[str, Any],
    language: str,
    at: dt.datetime,
    handed_in: bool = False,
) -> Iterator[Idea]:
    """A draft with these answers, or a proposal handed in with them; gone when the block ends.

    Answers that would not pass are left out of what is handed in.
    """
    with transaction.atomic():
        try:
            yield _made(challenge, series, form, answers, language, at, handed_in=handed_in)
        finally:
            transaction.set_rollback(True)


def _made(
    challenge: Challenge,
    series: Series,
    form: FormVersion,
    answers: Mapping[str, Any],
    language: str,
    at: dt.datetime,
    *,
    handed_in: bool,
) -> Idea:
    definition = form.parsed
    series.challenge = challenge
    typed, _errors = tidy_all(definition, answers)
    idea = Idea.objects.create(
        challenge=challenge,
        series=series,
        form=form,
        organisation=_example_company() if series.kind == SeriesKind.ORGANISATIONS else None,
        language=language,
        answers={key: value for key, value in typed.items() if key not in definition.parts},
        secrets={key: value for key, value in typed.items() if key in definition.parts},
        created_at=at,
        saved_at=at,
    )
    files = [
        _example_file(idea, field, at) for field in definition.fields.values() if field.is_file
    ]
    Attachment.objects.bulk_create(files)
    if handed_in:
        options = all_options(definition, challenge)
        clean, _errors = clean_all(definition, idea.answers, options)
        hand_in(idea=idea, answers=clean, files=[], at=at, by=None)
        idea.published_at = at  # whatever the challenge's visibility: what the public then sees
    return idea


def example_answers(definition: Definition, challenge: Challenge, at: dt.datetime) -> Answers:
    """Something to every question, by its kind; the hint in the field where there is one."""
    options = all_options(definition, challenge)
    made = {
        field.key: _example(field, list(options.get(field.key, ())), at)
        for field in definition.fields.values()
        if not field.is_file
    }
    return {key: value for key, value in made.items() if value}


def _example(field: Field, options: list[str], at: dt.datetime) -> Any:
    if options:
        return options[:1] if field.type == FieldType.CHOICES else options[0]
    if field.type == FieldType.DATE:
        return f"{at:%d.%m.%Y}"
    if field.purpose == Purpose.CONTACT_EMAIL:
        return EXAMPLES[FieldType.EMAIL]
    if field.type == FieldType.TEAM:
        return _("Example Person, planner")
    if field.type in (FieldType.NUMBER, FieldType.MONEY) and field.min is not None:
        return f"{field.min:g}"
    known = EXAMPLES.get(FieldType(field.type))
    words = text(field.placeholder) or _("An example answer: %(question)s") % {
        "question": text(field.label)
    }
    return known or words[: field.limit]


def _example_company() -> Organisation:
    return Organisation.objects.create(
        kind=OrganisationKind.COMPANY,
        name=_("Example Company Ltd"),
        slug=f"kokeilu-{uuid.uuid4().hex}",
    )


def _example_file(idea: Idea, field: Field, at: dt.datetime) -> Attachment:
    """Files are not taken in a trial: each question has one already, of no content."""
    return Attachment(
        idea=idea,
        field_key=field.key,
        name=f"{_('example')}.{field.accept[0] if field.accept else 'pdf'}",
        content_type="application/octet-stream",
        size=1,
        sha256="0" * 64,
        created_at=at,
    )
