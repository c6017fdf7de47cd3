"""The municipalities of Finland: where they are and about how big."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from django.utils.translation import get_language

FILE = Path(__file__).parent / "data" / "municipalities.csv"


@dataclass(frozen=True, slots=True)
class Municipality:
    name_fi: str
    name_sv: str
    region: str
    lat: float  # degrees north
    lon: float  # degrees east
    population: int | None

    @property
    def name(self) -> str:
        """In Swedish to who reads in Swedish, otherwise in Finnish."""
        return self.name_sv if get_language() == "sv" else self.name_fi


@cache
def municipalities() -> Mapping[str, Municipality]:
    """All of them by Finnish name, in alphabetical order of the file."""
    with FILE.open(newline="", encoding="utf-8") as file:
        found = {
            row["name_fi"]: Municipality(
                name_fi=row["name_fi"],
                name_sv=row["name_sv"],
                region=row["region"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                population=int(row["population"]) if row["population"] else None,
            )
            for row in csv.DictReader(file)
        }
    return MappingProxyType(found)


@cache
def _by_any_name() -> Mapping[str, Municipality]:
    found = {one.name_sv.casefold(): one for one in municipalities().values()}
    found.update({one.name_fi.casefold(): one for one in municipalities().values()})
    return MappingProxyType(found)


def municipality(name: str) -> Municipality | None:
    """By Finnish or Swedish name, whatever the case; None when there is none."""
    return _by_any_name().get(name.strip().casefold())
