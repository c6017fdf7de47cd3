"""Marks in a text the words that a query has found, members of compounds too.

The same terms decide as in the index, so an inflected word is marked, and in `koululaiskuljetus`
only `kuljetus` when that was asked for. Everything else is escaped.
"""

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
        self._pieces: dict[str, _Pieces] = {}

    def __bool__(self) -> bool:
        return bool(self._whole)

    def mark(self, text: str, language: str) -> SafeString:
        """The whole text as HTML with <mark> around what was found."""
        if not self._whole:
            return SafeString(escape(text.replace("\0", "")))
        pieces = self._pieces.get(language)
        if pieces is None:
            pieces = self._pieces[language] = _Pieces(self, language, self._members, self._analyser)
        # No word goes across a space.
        return SafeString(" ".join(map(pieces.__getitem__, text.split(" "))))

    def spans(self, text: str, language: str) -> list[Span]:
        """Places to mark, in order, none overlapping."""
        if not self._whole:
            return []
        return [
            (match.start() + start, match.start() + end)
            for match in WORD.finditer(text)
            if not self._members.isdisjoint(self._analyser.terms(match.group(), language))
            for start, end in self._spans_in(match.group(), language)
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


class _Pieces(dict[str, str]):
    """Texts without a space as HTML, each made when it is first met on the page."""

    def __init__(
        self, marker: Highlighter, language: str, members: set[str], analyser: Analyser
    ) -> None:
        super().__init__()
        self._marker = marker
        self._language = language
        self._members = members
        self._terms = analyser.terms

    def __missing__(self, text: str) -> str:
        clean = text if text.isalnum() else text.replace("\0", "")
        if not self._members.isdisjoint(self._terms(clean, self._language)):
            html = _marked(clean, self._marker.spans(clean, self._language))
        else:
            html = clean if clean.isalnum() else escape(clean)
        self[text] = html
        return html


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


def _marked(text: str, spans: Iterable[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    pieces.append(escape(text[at:]))
    return "".join(pieces)
