"""Marks in a text the words that a query has found, members of compounds too.

The same terms decide as in the index, so an inflected word is marked, and in `koululaiskuljetus`
only `kuljetus` when that was asked for. Everything else is escaped.
"""

from collections import defaultdict
from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from search.analysis import WORD, Analyser, fold, normal
from search.plan import Plan, Synonyms, make_plan

SHORTEST_MEMBER = 3
Span = tuple[int, int]


class Highlighter:
    """Made once for a page of hits: the query is analysed once."""

    def __init__(self, query: str, language: str, analyser: Analyser, synonyms: Synonyms) -> None:
        self._analyser = analyser
        plan = make_plan(query, language, analyser, synonyms)
        self._whole = _terms(plan)
        self._members = self._whole | {hint.text for slot in plan.slots for hint in slot.hints}
        # By language: words that have been looked at, and the places to mark in what was met.
        self._seen: defaultdict[str, set[str]] = defaultdict(set)
        self._found: defaultdict[str, dict[str, list[Span]]] = defaultdict(dict)

    def __bool__(self) -> bool:
        return bool(self._whole)

    def mark(self, text: str, language: str) -> SafeString:
        """The whole text as HTML with <mark> around what was found."""
        text = text.replace("\0", "")
        return _marked(text, self.spans(text, language))

    def spans(self, text: str, language: str) -> list[Span]:
        """Places to mark, in order, none overlapping."""
        if not self._whole:
            return []
        seen, found = self._seen[language], self._found[language]
        words = set(WORD.findall(text))
        terms = self._analyser.terms
        for word in words - seen:
            if not self._members.isdisjoint(terms(word, language)):
                found[word] = self._spans_in(word, language)
        seen |= words
        if found.keys().isdisjoint(words):
            return []
        return [
            (match.start() + start, match.start() + end)
            for match in WORD.finditer(text)
            for start, end in found.get(match.group(), ())
        ]

    def _spans_in(self, surface: str, language: str) -> list[Span]:
        """Places to mark inside one word."""
        length = len(surface)
        word = self._analyser.word(normal(surface).lower(), language)
        if self._whole.intersection(word.lemmas + word.stems):
            return [(0, length)]
        found = [
            self._place_of(
                member, normal(surface).lower(), length, is_last=number == len(split) - 1
            )
            for split in word.parts
            for number, member in enumerate(split)
            if member in self._members
        ]
        places = sorted({place for place in found if place})
        if places:
            return _joined(places)
        return [(0, length)] if self._whole.intersection(word.pieces) else []

    def _place_of(self, member: str, surface: str, length: int, *, is_last: bool) -> Span | None:
        """Where a member of a compound stands in the word, inflected as it is there."""
        stem = member.removesuffix("~")
        place = fold(surface).find(fold(stem))
        while place < 0 and len(stem) > SHORTEST_MEMBER:
            stem = stem[:-1]
            place = fold(surface).find(fold(stem))
        if place < 0 or len(fold(surface)) != length:
            return None
        return place, length if is_last else place + len(stem)


def _terms(plan: Plan) -> set[str]:
    """Terms that meet a slot alone."""
    return {
        term.text
        for slot in plan.slots
        for form in slot.forms
        if len(form.needs) == 1
        for term in form.needs[0]
    }


def _joined(places: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _marked(text: str, spans: Iterable[Span]) -> SafeString:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    pieces.append(escape(text[at:]))
    return SafeString("".join(pieces))
