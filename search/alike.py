"""What makes things alike, whichever engine is asked: telling terms, and nearness."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final
from zlib import crc32

from search.analysis import Analyser, fold, normal, tokens
from search.engine import Likeness, Place

SIMILAR_TITLE: Final = 2.0
SIMILAR_GRAM: Final = 1 / 6
SIMILAR_TERMS: Final = 400
SIMILAR_POOL: Final = 150  # how many are weighed by their place
KNOWN_FREQUENCIES: Final = 40_000
SAME_AREA, NEARNESS = 0.4, 0.3

Key = tuple[str, str]  # field, text


def telling_terms(analyser: Analyser, likeness: Likeness) -> dict[Key, float]:
    """Terms of a text by field, with how much of them there is; a title counts double."""
    counts: defaultdict[Key, float] = defaultdict(float)
    for text, times in ((likeness.title, SIMILAR_TITLE), (likeness.text, 1.0)):
        for token in tokens(normal(text)):
            surface = token.text.lower()
            if analyser.is_function_word(surface):
                continue
            word = analyser.word(surface, likeness.language)
            for lemma in word.lemmas[:2]:
                counts["lemma", lemma] += times
            counts["part", word.lemmas[0]] += times / 2
            for piece in word.pieces:
                counts["part", piece] += times
                counts["lemma", piece] += times / 2
            counts["stem", word.stems[0]] += times
            for gram in word.grams:
                counts["gram", gram] += times * SIMILAR_GRAM
    return counts


def most_telling(
    counts: Mapping[Key, float], documents_with: Mapping[Key, int], number: int
) -> Iterable[tuple[str, str, float]]:
    """(field, text, weight) of the most telling terms, each as heavy as the root of its count."""
    telling = []
    for (name, text), count in counts.items():
        if documents := documents_with.get((name, text), 0):
            weight = math.sqrt(count)
            telling.append((weight * math.log(1 + number / documents), name, text, weight))
    telling.sort(reverse=True)
    return [(name, text, weight) for _, name, text, weight in telling[:SIMILAR_TERMS]]


def area_number(area: str) -> int:
    """Areas are compared by name whatever its case and diacritics; 0 is no area."""
    return crc32(fold(area.strip().casefold()).encode()) if area.strip() else 0


def place_factor(
    likeness: Likeness, area: float | None, latitude: float | None, longitude: float | None
) -> float:
    """By how much the same area and a near place lift."""
    factor = 1.0
    if likeness.area and area and area == area_number(likeness.area):
        factor += SAME_AREA
    if likeness.place and latitude is not None and longitude is not None:
        place = Place(float(latitude), float(longitude))
        factor += NEARNESS * math.exp(-kilometres(likeness.place, place))
    return factor


def kilometres(one: Place, other: Place) -> float:
    """Great-circle distance (haversine)."""
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half_height = math.sin((b - a) / 2) ** 2
    half_width = math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    chord = half_height + math.cos(a) * math.cos(b) * half_width
    return 2 * 6371.0 * math.asin(math.sqrt(chord))
