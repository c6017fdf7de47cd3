"""Finnish without a dictionary: looser stems, and compounds cut where syllables meet.

Used for words that Voikko does not know, and for all words where it is not installed. Cruder than
a dictionary on purpose: a form too many costs a place in the ranking, a form too few hides a text.
"""

import re
from typing import Final

LONGEST_ENDING: Final = (
    "misien", "minen", "misen", "mista", "mistä", "misel", "misek", "miseen", "mise", "min",
    "uksien", "yksien", "uksi", "yksi", "uks", "yks", "ust", "yst", "uut", "yyt", "uude", "yyde",
    "uud", "yyd", "us", "ys", "uu", "yy",
    "jien", "ijoi", "ijöi", "ija", "ijä", "jat", "jät", "jia", "jiä", "joi", "jöi", "ja", "jä", "j",
    "laise", "läise", "laist", "läist", "lais", "läis", "lain", "läin",
    "ise", "ist", "is", "in", "ttu", "tty", "tu", "ty", "nut", "nyt", "nee", "nei",
)  # fmt: skip
_ENDINGS: Final = tuple(sorted(LONGEST_ENDING, key=len, reverse=True))
_VOWELS: Final = "aeiouyäöå"
_SYLLABLE: Final = re.compile(rf"(?<=[{_VOWELS}])(?=[^{_VOWELS}\W\d][{_VOWELS}])|"
                              rf"(?<=[^{_VOWELS}\W\d])(?=[^{_VOWELS}\W\d][{_VOWELS}])")  # fmt: skip
# Gradation: strong and weak grade of the last consonants, both to one.
_GRADES: Final = (
    ("nk", "ng"), ("mp", "mm"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("ht", "hd"),
    ("k", "kk"), ("p", "pp"), ("t", "tt"), ("t", "d"), ("p", "v"), ("t", "s"),
)  # fmt: skip
SHORTEST_STEM: Final = 3
SHORTEST_COMPOUND: Final = 8
SHORTEST_MEMBER: Final = 4


def loose(stem: str) -> str:
    """One form for the grades and derivations of a word: `lad`, `lat` → `lat`."""
    for ending in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= SHORTEST_STEM:
            stem = stem[: -len(ending)]
            break
    while len(stem) > SHORTEST_STEM and stem[-1] in _VOWELS:
        stem = stem[:-1]
    for strong, weak in _GRADES:
        if stem.endswith(weak) and len(stem) - len(weak) + len(strong) >= SHORTEST_STEM:
            return stem[: -len(weak)] + strong
    return stem


def cuts(word: str) -> list[tuple[str, str]]:
    """Ways to cut a compound in two, at syllables: `koulukyyti` → koulu|kyyti, koulukyy|ti …"""
    if len(word) < SHORTEST_COMPOUND or not word.isalpha():
        return []
    places = [match.start() for match in _SYLLABLE.finditer(word)]
    return [
        (word[:at], word[at:])
        for at in places
        if at >= SHORTEST_MEMBER - 1 and len(word) - at >= SHORTEST_MEMBER
    ]
