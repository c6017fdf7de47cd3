"""Why a solution stands where it does: which words met where and how, and what lifted it.

Told from the same plan, the same terms and the same factors that the engine reckons with.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalogue.models import Solution
from search.analysis import Analyser, Word, normal, tokens
from search.base import TITLE_TIMES
from search.documents import solution_document
from search.engine import Document, capped
from search.highlight import Highlighter
from search.plan import IN_COMPOUND, SPLIT, SYNONYM, Form, Plan, Slot, Synonyms, make_plan

MOST_SEEN: Final = 4  # different words of a place that are named


@dataclass(frozen=True)
class Seen:
    """Where a word of the query was met, and in which words of the text."""

    place: str
    words: tuple[tuple[str, str], ...]  # (the text's word, how it is the same)


@dataclass(frozen=True)
class Met:
    """A word of the query. `near`: no word of the text is it, but parts or letters are like it."""

    asked: str
    seen: tuple[Seen, ...]

    @property
    def near(self) -> bool:
        return not self.seen


@dataclass(frozen=True)
class Why:
    words: tuple[Met, ...]
    factors: tuple[str, ...]
    whole: str  # all factors together; "" when nothing lifts it


def why(
    solution: Solution, query: str, language: str, analyser: Analyser, synonyms: Synonyms
) -> Why:
    """Explain one row of the result. `solution` as search.documents.solutions() gives it."""
    document = solution_document(solution)
    plan = make_plan(query, language, analyser, synonyms)
    own = make_plan(query, language, analyser, Synonyms((), analyser))
    whole = capped(document.capped_boosts)
    return Why(
        words=tuple(
            Met(
                slot.surface,
                tuple(_seen(slot, document, own, language, analyser, synonyms)),
            )
            for slot in plan.slots
        ),
        factors=tuple(_factors(document, solution)),
        whole=_percent(whole) if whole > 1 and len(document.capped_boosts) > 1 else "",
    )


def _places(document: Document) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """(name of the place, its (text, language) pairs), the weightiest first."""
    yield (
        _("in the title, which counts %(times)s times") % {"times": TITLE_TIMES},
        [(document.title, document.language)],
    )
    yield _("in the text"), [(text, document.language) for text in document.body]
    yield _("in the theme"), [(text, language) for language, text in document.others]


def _seen(
    slot: Slot,
    document: Document,
    own: Plan,
    language: str,
    analyser: Analyser,
    synonyms: Synonyms,
) -> Iterator[Seen]:
    marker = Highlighter(slot.surface, language, analyser, synonyms)
    asked = [one for one in own.slots if slot.start <= one.start < slot.end]
    own_terms = _alone(form for one in asked for form in one.forms)
    taught = _alone(slot.forms) - own_terms
    for place, texts in _places(document):
        words: dict[str, str] = {}
        for text, text_language in texts:
            shown = normal(text)
            spans = marker.spans(shown, text_language)
            for token in tokens(shown) if spans else ():
                if any(token.start < end and start < token.end for start, end in spans):
                    word = analyser.word(token.text.lower(), text_language)
                    how = _how(word, slot, own_terms, taught)
                    words.setdefault(token.text.lower(), how)
        if words:
            yield Seen(place, tuple(list(words.items())[:MOST_SEEN]))


def _alone(forms: Iterable[Form]) -> set[str]:
    """Terms that meet the word by themselves."""
    return {term.text for form in forms if len(form.needs) == 1 for term in form.needs[0]}


def _how(found: Word, slot: Slot, own: set[str], taught: set[str]) -> str:
    """In words, with the share at which such a meeting counts when that is not the whole."""
    whole = found.lemmas + found.stems
    if found.surface in slot.surface.lower().split():
        return _("as it is")
    if own.intersection(whole):
        return _("in another form")
    if own.intersection(found.pieces):
        return _("as a part of a compound, which counts %(percent)s %%") % {
            "percent": round(IN_COMPOUND * 100)
        }
    if taught.intersection(whole + found.pieces):
        return _("by a synonym that has been taught, which counts %(percent)s %%") % {
            "percent": round(SYNONYM * 100)
        }
    return _("as a part of what was asked, which counts %(percent)s %%") % {
        "percent": round(SPLIT * 100)
    }


def _factors(document: Document, solution: Solution) -> Iterator[str]:
    """What lifts the solution, each with how much."""
    for name, factor in document.capped_boosts.items():
        share = {"percent": _percent(factor)}
        if name == "users":
            yield (
                ngettext(
                    "%(n)s municipality uses it: %(percent)s",
                    "%(n)s municipalities use it: %(percent)s",
                    solution.users_count,
                )
                % {"n": number_format(solution.users_count), **share}
            )
        elif name == "evidence":
            yield (
                _("Evidence: %(grade)s: %(percent)s")
                % {"grade": str(solution.get_evidence_display()).lower(), **share}
            )
        elif name == "fresh":
            yield _("Reviewed within a year: %(percent)s") % share


def _percent(factor: float) -> str:
    """A factor as what it adds: 1.09 → +9 %."""
    return f"+{round((factor - 1) * 100)} %"
