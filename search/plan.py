"""A query's text as a plan that every engine can follow: words, their forms, their weights.

A *need* is a set of terms of which any one will do. A *form* is a way to meet a word: all of its
needs. A *slot* stands for one word of the query (or for a phrase that staff have taught synonyms
for): any of its forms meets it. The match set is the documents that meet every slot.
"""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from search.analysis import LANGUAGES, Analyser, Word, fold, normal, tokens

# What a query may cost. What is beyond is left out, and said so.
MAX_WORDS: Final = 8  # that tell something: `ja`, `of` do not count
MAX_QUERY: Final = 400  # characters
MAX_TERMS: Final = 200
# Nobody is told of these: less likely ways to meet a word are left out.
MAX_FORMS: Final = 32  # of one word: its own compound, and a large group of synonyms
MAX_TERMS_OF_WORD: Final = 100
MAX_GRAMS: Final = 8  # of one word
MAX_NEAR_TERMS: Final = 64

LEMMA, IN_COMPOUND, STEM = 1.0, 0.7, 0.8
SPLIT, ROOT, SYNONYM = 0.6, 0.35, 0.8
OTHER_LANGUAGE = 0.6
GRAMS_NEEDED = 0.4  # of a word's grams, for a near miss
TIE: Final = 0.15  # how much of a word's other forms is added to its best one
NEAR_GRAMS: Final = 0.6  # a near miss by letters against one by a form
NEAR_HINT: Final = 0.5


class Term(NamedTuple):
    field: str
    text: str
    weight: float


class Form(NamedTuple):
    weight: float
    needs: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> int:
        return sum(map(len, self.needs))


@dataclass(frozen=True, slots=True)
class Slot:
    surface: str
    start: int
    end: int
    forms: tuple[Form, ...]
    hints: tuple[Term, ...]  # enough for a near miss: members of the compound, what it comes from
    grams: tuple[str, ...]

    @property
    def terms(self) -> int:
        return sum(form.terms for form in self.forms)

    @property
    def grams_needed(self) -> int:
        """How many make a near miss."""
        return max(2, round(len(self.grams) * GRAMS_NEEDED))


@dataclass(frozen=True, slots=True)
class Plan:
    text: str
    slots: tuple[Slot, ...]
    truncated: bool = False

    def __bool__(self) -> bool:
        return bool(self.slots)


class Synonyms:
    """Groups of words that mean the same. Members are words or phrases with their language."""

    def __init__(self, groups: Iterable[Iterable[tuple[str, str]]], analyser: Analyser) -> None:
        self._analyser = analyser
        self._groups: list[list[tuple[str, str]]] = [list(group) for group in groups]
        self._by_key: dict[tuple[str, ...], list[tuple[int, tuple[str, str]]]] = {}
        for number, group in enumerate(self._groups):
            for text, language in group:
                words = [t.text for t in tokens(normal(text))]
                if words:
                    key = self._key(words, language)
                    for spelling in {key, tuple(map(fold, key))}:
                        self._by_key.setdefault(spelling, []).append((number, (text, language)))
        self.longest = max((len(key) for key in self._by_key), default=0)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def others(self, words: list[str], language: str) -> list[tuple[str, str]]:
        """What else the words could be called: (text, language) pairs."""
        found: list[tuple[str, str]] = []
        for other in _ordered(language):
            for number, member in self._by_key.get(self._key(words, other), ()):
                found += [m for m in self._groups[number] if m != member]
        return list(dict.fromkeys(found))

    def _key(self, words: list[str], language: str) -> tuple[str, ...]:
        analysed = [self._analyser.word(word.lower(), language) for word in words]
        return tuple(word.lemmas[0] if word.known else word.stems[-1] for word in analysed)


# For one page, to search and to mark what was found, and for the next: the same words are asked
# with another choice, or further on.
@functools.lru_cache(maxsize=256)
def make_plan(text: str, language: str, analyser: Analyser, synonyms: Synonyms) -> Plan:
    """Analyse a query in its language and, at a lower weight, in the other two."""
    text = normal(text)
    found = list(tokens(text[:MAX_QUERY]))
    if len(text) > MAX_QUERY and found and found[-1].end == MAX_QUERY:
        found.pop()
    telling = [t for t in found if not analyser.is_function_word(t.text.lower())] or found
    telling = list({t.text.lower(): t for t in reversed(telling)}.values())[::-1]
    kept = telling[:MAX_WORDS]
    slots: list[Slot] = []
    at = 0
    while at < len(kept):
        taken, others = _phrase_with_synonyms(kept[at:], language, synonyms)
        phrase = kept[at : at + taken]
        forms = _phrase_forms([t.text for t in phrase], language, analyser)
        for other, other_language in others:
            words = [t.text for t in tokens(normal(other))][:MAX_WORDS]
            forms += [
                Form(form.weight * SYNONYM, form.needs)
                for form in _phrase_forms(words, other_language, analyser, foreign=False)
            ]
        words_of_slot = [analyser.word(t.text.lower(), language) for t in phrase]
        taught = [
            analyser.word(t.text.lower(), other_language)
            for other, other_language in others
            for t in tokens(normal(other))
        ]
        slots.append(
            Slot(
                surface=text[phrase[0].start : phrase[-1].end],
                start=phrase[0].start,
                end=phrase[-1].end,
                forms=_unique_forms(forms),
                hints=_hints(words_of_slot + taught),
                grams=tuple(dict.fromkeys(g for w in words_of_slot for g in w.grams))[:MAX_GRAMS],
            )
        )
        at += taken
    within = _within_limits(slots)
    truncated = len(text) > MAX_QUERY or len(telling) > MAX_WORDS or len(within) < len(slots)
    return Plan(text=text[:MAX_QUERY], slots=within, truncated=truncated)


def _within_limits(slots: list[Slot]) -> tuple[Slot, ...]:
    """The first words, as many as may be asked for together; one always."""
    spent = list(accumulate(slot.terms for slot in slots))
    return tuple(slots[: max(1, sum(terms <= MAX_TERMS for terms in spent))])


def near_terms(slots: Iterable[Slot]) -> tuple[Term, ...]:
    """What makes a document a near miss, each term once, the likeliest first: any form of any
    word, and the members of compounds. As one plain union, which costs an engine the least."""
    forms = [
        term._replace(weight=term.weight * form.weight / len(form.needs))
        for slot in slots
        for form in slot.forms
        for need in form.needs
        for term in need
    ]
    hints = [hint._replace(weight=hint.weight * NEAR_HINT) for slot in slots for hint in slot.hints]
    ordered = sorted(_unique_terms(forms + hints), key=lambda term: -term.weight)
    return tuple(ordered[:MAX_NEAR_TERMS])


def _phrase_with_synonyms(
    rest: list, language: str, synonyms: Synonyms
) -> tuple[int, list[tuple[str, str]]]:
    """The longest beginning that has synonyms, and them; else one word without any."""
    for length in range(min(synonyms.longest, len(rest)), 0, -1):
        if others := synonyms.others([t.text for t in rest[:length]], language):
            return length, others
    return 1, []


def _phrase_forms(
    words: list[str], language: str, analyser: Analyser, *, foreign: bool = True
) -> list[Form]:
    """A word's own forms; for several words one form that needs every word in some form."""
    if len(words) == 1:
        return _word_forms(words[0], language, analyser, foreign=foreign)
    needs = []
    for word in words:
        forms = _word_forms(word, language, analyser, foreign=foreign)
        singles = [
            term._replace(weight=term.weight * form.weight)
            for form in forms
            if len(form.needs) == 1
            for term in form.needs[0]
        ]
        needs.append(_unique_terms(singles))
    return [Form(1.0, tuple(needs))] if needs else []


def _word_forms(surface: str, language: str, analyser: Analyser, *, foreign: bool) -> list[Form]:
    forms: list[Form] = []
    for code in _ordered(language) if foreign else (language,):
        weight = 1.0 if code == language else OTHER_LANGUAGE
        forms += [
            Form(form.weight * weight, form.needs)
            for form in _forms_in(analyser.word(surface.lower(), code))
        ]
    return forms


def _forms_in(word: Word) -> list[Form]:
    forms = [Form(LEMMA, ((Term("lemma", lemma, 1.0),),)) for lemma in word.lemmas]
    forms += [Form(STEM, ((Term("stem", stem, 1.0),),)) for stem in word.stems]
    forms += [
        Form(IN_COMPOUND, ((Term("part", text, 1.0),),))
        for text in dict.fromkeys(word.lemmas + word.stems)
    ]
    forms += [Form(SPLIT, tuple(_member(p) for p in split)) for split in word.parts]
    return forms


def _member(part: str) -> tuple[Term, ...]:
    return (
        Term("lemma", part, 1.0),
        Term("part", part, IN_COMPOUND),
        Term("stem", part, STEM),
    )


def _hints(words: Iterable[Word]) -> tuple[Term, ...]:
    hints: list[Term] = []
    for word in words:
        for piece in word.pieces:
            hints += [Term("lemma", piece, 1.0), Term("part", piece, IN_COMPOUND)]
    return _unique_terms(hints)[: 2 * MAX_FORMS]


def _unique_terms(terms: Iterable[Term]) -> tuple[Term, ...]:
    best: dict[tuple[str, str], Term] = {}
    for term in terms:
        kept = best.get((term.field, term.text))
        if kept is None or kept.weight < term.weight:
            best[term.field, term.text] = term
    return tuple(best.values())


def _unique_forms(forms: Iterable[Form]) -> tuple[Form, ...]:
    best: Mapping[tuple[tuple[Term, ...], ...], Form] = {}
    for form in forms:
        kept = best.get(form.needs)
        if kept is None or kept.weight < form.weight:
            best = {**best, form.needs: form}
    ordered = sorted(best.values(), key=lambda form: -form.weight)[:MAX_FORMS]
    spent = list(accumulate(form.terms for form in ordered))
    return tuple(ordered[: max(1, sum(terms <= MAX_TERMS_OF_WORD for terms in spent))])


def _ordered(language: str) -> tuple[str, ...]:
    """The given language first, the others after it."""
    own = language if language in LANGUAGES else LANGUAGES[0]
    return (own, *(code for code in LANGUAGES if code != own))
