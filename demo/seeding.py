"""The demo in parts, each written whole or not at all; what is there is not written again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO

from django.core.management import call_command
from django.db import transaction

from core import audit, clock
from demo.data import challenge
from demo.models import DemoPart
from demo.parts import calls, endings, inquiries, juries, kinds, places, proofs, talks, voices
from demo.quiet import in_the_past


@dataclass(frozen=True)
class Part:
    name: str
    label: str
    write: Callable[[], None]


def parts() -> list[Part]:
    """In the order in which they build on each other."""
    return [
        Part("site", "Pages, themes, synonyms", places.site),
        Part("municipalities", "Municipalities", places.municipalities),
        Part("hosts", "Staff of the hosts", places.hosts),
        Part("organisations", "Firms and associations", places.organisations),
        *_call("mikkeli", "Mikkeli", ("propose", "check", "seat", "assign", "score")),
        Part("mikkeli-close", "Mikkeli: scoring closed", partial(juries.close, "mikkeli")),
        Part("mikkeli-stand", "Mikkeli: where the rounds stand", partial(talks.stand, "mikkeli")),
        Part("mikkeli-talk", "Mikkeli: the jury's meeting", partial(talks.talk, "mikkeli")),
        Part("mikkeli-decide", "Mikkeli: decision published", endings.decide),
        Part("mikkeli-enrich", "Mikkeli: solutions written out", endings.enrich),
        *_call("oulu", "Oulu", ("propose", "check", "seat", "assign", "score")),
        Part("oulu-stand", "Oulu: where the rounds stand", partial(talks.stand, "oulu")),
        Part("oulu-kinds", "Oulu: other kinds of a competition", kinds.draft),
        *_call("kuopio", "Kuopio", ("propose", "seat")),
        Part("kuopio-correct", "Kuopio: rubric corrected", partial(calls.correct, "kuopio")),
        Part("kuopio-questions", "Kuopio: questions", partial(inquiries.ask_and_answer, "kuopio")),
        Part("kuopio-voices", "Kuopio: what others say", partial(voices.say, "kuopio")),
        Part("kuopio-draft", "Kuopio: a draft", partial(calls.draft, "kuopio")),
        *_call("pietarsaari", "Pietarsaari", ()),
        Part("pilots", "Solutions of the pilots", endings.pilots),
        Part("uses", "Who uses what", endings.uses),
        Part("claims", "What they have saved", proofs.claims),
        Part("index", "Indexes", index),
        Part("seal", "Audit chains sealed", seal),
    ]


def _call(key: str, name: str, steps: tuple[str, ...]) -> Iterator[Part]:
    yield Part(f"{key}-announce", f"{name}: challenge", partial(calls.announce, key))
    for step, label, write in (
        ("propose", "proposals", calls.propose),
        ("check", "closed and checked", calls.close_and_check),
        ("seat", "jury seated", juries.seat),
        ("assign", "proposals with the jury", juries.assign),
    ):
        if step in steps:
            yield Part(f"{key}-{step}", f"{name}: {label}", partial(write, key))
    if "score" in steps:
        for number, person in enumerate(challenge(key)["jury"]):
            yield Part(
                f"{key}-score-{number + 1}",
                f"{name}: sheets of {person['name']}",
                partial(juries.score, key, number),
            )


def missing() -> list[Part]:
    done = set(DemoPart.objects.values_list("name", flat=True))
    return [part for part in parts() if part.name not in done]


def write(part: Part) -> float:
    """Write the part and its mark in one transaction; the seconds that it took."""
    began = time.monotonic()
    with transaction.atomic(), in_the_past(clock.now()):
        part.write()
        seconds = time.monotonic() - began
        DemoPart.objects.create(name=part.name, seconds=seconds)
    return seconds


def index() -> None:
    """All indexes at once, instead of row by row: the site's, and those of Wagtail's admin."""
    call_command("index", "--rebuild", stdout=StringIO())
    call_command("update_index", verbosity=0, stdout=StringIO())
    call_command("rebuild_references_index", verbosity=0, stdout=StringIO())


def seal() -> None:
    while audit.seal():
        pass
