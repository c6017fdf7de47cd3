"""From text to search terms: one path for documents and queries, whichever engine stores them.

Four kinds of terms, each its own field in an index:

- lemma: the dictionary form of the word (Voikko, Finnish) or the word itself;
- part:  members of a compound (`koulukyyti` → koulu, kyyti) and what a word is derived from;
- stem:  Snowball's stem, also with its diacritics folded (`päiväkod`, `paivakod`);
- gram:  runs of four letters of the folded lemma, for typos and for compounds nobody could split.

Voikko is a system library (Debian: libvoikko1, voikko-fi). Without it Finnish has stems and grams.
"""

import functools
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from libvoikko import Voikko, VoikkoException

from core import lazy
from search import finnish
from search.words import FUNCTION_WORDS, swedish_members, swedish_stems

if TYPE_CHECKING:
    import snowballstemmer
else:  # all its languages come with it: loaded at the first search
    snowballstemmer = lazy.module("snowballstemmer")

LANGUAGES: Final = ("fi", "sv", "en")
FIELDS: Final = ("lemma", "part", "stem", "gram")
GRAM: Final = 4
MAX_WORD: Final = 60  # letters; what is longer is cut
MAX_TEXT: Final = 200_000  # characters of one text; what is longer is cut
CACHED_WORDS: Final = 30_000
VERSION: Final = 1  # raise when the same text gives other terms than before

WORD: Final = re.compile(r"[^\W_]+(?:[’':\-‐‑][^\W_]+)*")
_JOINTS = re.compile(r"[’':\-‐‑]")
_BASES = re.compile(r"\+([^+(]*)(?:\(([^)]*)\))?")
_STEMMERS = {"fi": "finnish", "sv": "swedish", "en": "english"}


class Token(NamedTuple):
    """A word of a text and where it stands: text[start:end]."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word in its forms. `parts` has one tuple for each way to take a compound apart."""

    surface: str
    lemmas: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]
    roots: tuple[str, ...]
    stems: tuple[str, ...]
    known: bool

    @property
    def grams(self) -> tuple[str, ...]:
        return _grams(self.lemmas[0])

    @property
    def pieces(self) -> tuple[str, ...]:
        """Every part and root once."""
        return tuple(dict.fromkeys([p for split in self.parts for p in split] + [*self.roots]))


class Terms(NamedTuple):
    """Terms of a text, each field as one string with spaces between the terms."""

    lemma: str
    part: str
    stem: str
    gram: str


def tokens(text: str) -> Iterator[Token]:
    """Words of the text with their places; hyphenated words and `EU:n` are one word."""
    for match in WORD.finditer(text):
        yield Token(match.group()[:MAX_WORD], match.start(), match.end())


def normal(text: str) -> str:
    """One spelling for what looks the same; soft hyphens and NUL are nothing."""
    return unicodedata.normalize("NFKC", text[:MAX_TEXT].replace("\u00ad", "").replace("\0", " "))


@functools.lru_cache(maxsize=CACHED_WORDS)
def fold(word: str) -> str:
    """Without diacritics: `ä` → `a`, `å` → `a`, `ö` → `o`, `é` → `e`."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _grams(word: str) -> tuple[str, ...]:
    letters = fold(_JOINTS.sub("", word))
    if letters.isdigit():
        return ()
    return tuple(
        dict.fromkeys(letters[i : i + GRAM] for i in range(max(1, len(letters) - GRAM + 1)))
    )


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


class Analyser:
    """Safe to share between threads: each has a Voikko and stemmers of its own."""

    def __init__(self, *, use_voikko: bool = True) -> None:
        self._own = threading.local()
        self.voikko_version = _voikko_version() if use_voikko else ""
        self.word = functools.lru_cache(maxsize=CACHED_WORDS)(self._word)
        self.terms = functools.lru_cache(maxsize=CACHED_WORDS)(self._terms)
        self._fields = functools.lru_cache(maxsize=CACHED_WORDS)(self._word_fields)

    @property
    def has_voikko(self) -> bool:
        return bool(self.voikko_version)

    @property
    def fingerprint(self) -> str:
        """Two analysers with the same fingerprint give the same terms."""
        voikko = f"voikko {self.voikko_version}" if self.has_voikko else "no voikko"
        return f"{VERSION}; {voikko}; snowball {version('snowballstemmer')}"

    def document(self, texts: Iterable[tuple[str, str, int]]) -> Terms:
        """Terms of (text, language, times) triples; a title counts by being there several times."""
        rows: list[tuple[str, str, str, str]] = []
        for text, language, times in texts:
            fields = [self._fields(t.text.lower(), language) for t in tokens(normal(text))]
            rows.extend(fields * times)
        if not rows:
            return Terms("", "", "", "")
        return Terms(*(" ".join(filter(None, column)) for column in zip(*rows, strict=True)))

    def suggest(self, word: str) -> list[str]:
        """Better spellings of a Finnish word, the likeliest first; [] when it is right."""
        voikko = self._voikko()
        if voikko is None or not 3 < len(word) <= 30 or voikko.spell(word):
            return []
        return [s.lower() for s in voikko.suggest(word)]

    def is_function_word(self, word: str, languages: Iterable[str] = LANGUAGES) -> bool:
        return any(word in FUNCTION_WORDS[language] for language in languages)

    def _terms(self, text: str, language: str) -> tuple[str, ...]:
        """All but the grams of the words of a short text, such as is between two spaces."""
        words = [self.word(normal(found).lower(), language) for found in WORD.findall(text)]
        return _unique(t for word in words for t in (*word.lemmas, *word.stems, *word.pieces))

    def _word_fields(self, surface: str, language: str) -> tuple[str, str, str, str]:
        word = self.word(surface, language)
        return (
            " ".join(word.lemmas),
            " ".join(word.pieces),
            " ".join(word.stems),
            " ".join(word.grams),
        )

    def _word(self, surface: str, language: str) -> Word:
        surface = surface.lower()[:MAX_WORD]
        lemmas: list[str] = []
        parts: list[tuple[str, ...]] = []
        roots: list[str] = []
        if language == "fi":
            lemmas, parts, roots = self._finnish(surface)
        known = bool(lemmas)
        bare = surface.split(":")[0] if ":" in surface else surface
        if not lemmas:
            lemmas = [bare]
        if language == "sv" and (members := self._swedish_members(surface)):
            parts.append(members)
        pieces = [piece for piece in _JOINTS.split(bare) if piece]
        if len(pieces) > 1:
            lemmas += [_JOINTS.sub("", lemma) for lemma in lemmas]
            parts.append(_unique(self.word(piece, language).lemmas[0] for piece in pieces))
            roots += [stem for piece in pieces for stem in self.word(piece, language).stems[:1]]
        stem = self._stem(_JOINTS.sub("", bare), language)
        stems = [stem, fold(stem)]
        if language == "fi" and not known:
            stems.append(f"{finnish.loose(stem)}~")
            parts += [self._cut(*cut) for cut in finnish.cuts(bare)]
        return Word(
            surface=surface,
            lemmas=_unique(lemmas),
            parts=tuple(dict.fromkeys(split for split in parts if split)),
            roots=_unique(root for root in roots if root not in lemmas),
            stems=_unique(stems),
            known=known,
        )

    def _finnish(self, surface: str) -> tuple[list[str], list[tuple[str, ...]], list[str]]:
        """Lemmas, compound splits and derivational roots by Voikko; empty for an unknown word."""
        voikko = self._voikko()
        lemmas: list[str] = []
        splits: list[tuple[str, ...]] = []
        roots: list[str] = []
        if voikko is None:
            return lemmas, splits, roots
        readings = voikko.analyze(surface) or voikko.analyze(surface.capitalize())
        if not readings and "-" not in surface and len(surface) <= 5:
            readings = voikko.analyze(surface.upper())
        for reading in readings[:4]:
            lemma = reading.get("BASEFORM", surface).lower()
            lemmas.append(lemma)
            bases = {
                form.lower(): base.replace("=", "").lower()
                for form, base in _BASES.findall(reading.get("WORDBASES", ""))
                if base and not base.startswith("+")
            }
            members = _members(surface, reading.get("STRUCTURE", ""))
            if len(members) > 1:
                splits.append(self._member_lemmas(voikko, members, lemma, bases))
            taken = {lemma, *(splits[-1] if splits else ())}
            roots += [base for base in bases.values() if base not in taken and len(base) > 2]
            roots += [
                word[:-6] for word in taken if word.endswith(_DWELLERS) and voikko.spell(word[:-6])
            ]
        return lemmas, splits, roots

    def _member_lemmas(
        self, voikko: Any, members: list[str], lemma: str, bases: dict[str, str]
    ) -> tuple[str, ...]:
        *first, last = members
        head = lemma[sum(map(len, first)) :] if lemma.startswith("".join(first)) else last
        found: list[str] = []
        for raw in first:
            member = raw.strip("-")
            if member in bases:
                found.append(bases[member])
                continue
            readings = voikko.analyze(member) if len(member) > 2 else []
            nouns = [r for r in readings if r.get("CLASS", "").startswith("nimi")] or readings
            found.append(nouns[0].get("BASEFORM", member).lower() if nouns else member)
        return _unique([*found, head.strip("-")])

    def _swedish_members(self, surface: str) -> tuple[str, ...]:
        """A compound of two known members, else of a known one and the rest of it."""
        members, stems = swedish_members(), swedish_stems()
        one_known: tuple[str, ...] = ()
        for cut in range(len(surface) - 3, 1, -1):
            first, right = surface[:cut], self._stem(surface[cut:], "sv")
            left = members.get(first) or members.get(first.removesuffix("s"))
            if left and right in stems:
                return _unique([left, right])
            if left and (deeper := self._swedish_members(surface[cut:])):
                return _unique([left, *deeper])
            if one_known or len(right) < 5 or cut < 4:
                continue
            if left and first in members:
                one_known = (left, right)
            elif right in stems:
                one_known = _unique([self._stem(first.removesuffix("s"), "sv"), right])
        return one_known

    def _cut(self, first: str, rest: str) -> tuple[str, ...]:
        """Two supposed members of a compound, as loose stems."""
        return tuple(f"{finnish.loose(self._stem(half, 'fi'))}~" for half in (first, rest))

    def _stem(self, word: str, language: str) -> str:
        if not hasattr(self._own, "stemmers"):
            self._own.stemmers = {
                code: snowballstemmer.stemmer(name) for code, name in _STEMMERS.items()
            }
        stem = str(self._own.stemmers[language if language in _STEMMERS else "fi"].stemWord(word))
        # Swedish: `skjutsar` → `skjuts` → `skjut`, as `skjuts` itself.
        return str(self._own.stemmers["sv"].stemWord(stem)) if language == "sv" else stem

    def _voikko(self) -> Any:
        if not self.has_voikko:
            return None
        if not hasattr(self._own, "voikko"):
            self._own.voikko = Voikko("fi")
        return self._own.voikko


_DWELLERS = ("lainen", "läinen")  # kunta → kuntalainen


def _members(surface: str, structure: str) -> list[str]:
    """Cut a word by Voikko's structure: `=` begins a member, any other mark is one letter."""
    members: list[str] = []
    at = 0
    for mark in structure:
        if mark == "=":
            members.append("")
        elif members and at < len(surface):
            members[-1] += surface[at]
            at += 1
    return [member for member in members if member]


def _voikko_version() -> str:
    """Version of the library and its Finnish dictionary; empty when either is missing."""
    try:
        handle = Voikko("fi")
        handle.terminate()
        dictionaries = [d for d in Voikko.listDicts() if d.language == "fi"]
    except (VoikkoException, OSError):
        return ""
    variant = dictionaries[0].variant if dictionaries else ""
    return f"{Voikko.getVersion()} {variant}".strip()


@functools.cache
def analyser() -> Analyser:
    """The analyser of this process."""
    return Analyser()
