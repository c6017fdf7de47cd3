"""A challenge of the demo's data as a recipe, and the moments of its timetable."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import escape

from challenges import recipes, timetable
from challenges.models import Challenge
from challenges.recipes import Moment, Recipe, SeriesRecipe, Span, helsinki
from challenges.states import PhaseKind, SeriesKind, Visibility
from core.clock import local
from demo.data import load

KINDS = {
    "open": PhaseKind.SUBMISSION,
    "check": PhaseKind.CHECKING,
    "jury": PhaseKind.SCORING,
    "results": PhaseKind.RESULTS,
    "pilots": PhaseKind.PILOTS,
}
Words = Mapping[str, str]


def recipe_of(data: Mapping[str, Any]) -> Recipe:
    return Recipe(
        key=data["key"],
        name=data["title"],
        description=data["lead"],
        visibility=Visibility(data["visibility"]),
        reasons_public=True,
        themes=tuple(load("themes")),
        phases=_phases(data["timetable"]),
        series=tuple(_series(one) for one in data["series"]),
        page=_page(data),
        statements=recipes.load("mikkeli").statements,
    )


def opening_day(data: Mapping[str, Any], today: dt.date) -> dt.date:
    """So many days from today as the data says; a decided challenge, back from its results."""
    if "opens_in_days" in data:
        return today + dt.timedelta(days=data["opens_in_days"])
    results = next(phase for phase in data["timetable"] if phase["key"] == "results")
    return today - dt.timedelta(days=data["decided_days_ago"] + results["start_day"])


def moment(challenge: Challenge, day: int, time: str = "10:00") -> dt.datetime:
    """That time of day, so many days after the challenge opened. Negative: before."""
    opening = local(span(challenge, PhaseKind.SUBMISSION)[0]).date()
    return helsinki(opening + dt.timedelta(days=day), dt.time.fromisoformat(time))


def span(challenge: Challenge, kind: PhaseKind) -> Span:
    """The phase's beginning and end; every challenge of the demo has all of them."""
    return timetable.of(challenge)[kind]


def _phases(rows: Iterable[Mapping[str, Any]]) -> dict[PhaseKind, tuple[Moment, Moment]]:
    """Each phase ends where the next begins, at the latest."""
    spans = [
        (KINDS[row["key"]], _moment(row, "start"), _moment(row, "end"))
        for row in rows
        if row["key"] in KINDS
    ]
    following = [starts for _kind, starts, _ends in spans[1:]] + [spans[-1][2]]
    return {
        kind: (starts, min(ends, after, key=lambda one: (one.day, one.time)))
        for (kind, starts, ends), after in zip(spans, following, strict=True)
    }


def _moment(row: Mapping[str, Any], which: str) -> Moment:
    return Moment(day=row[f"{which}_day"], time=dt.time.fromisoformat(row[f"{which}_time"]))


def _series(one: Mapping[str, Any]) -> SeriesRecipe:
    model = next(s for s in recipes.load("mikkeli").series if s.key == one["form"])
    rubric = model.rubric
    return SeriesRecipe(
        key=one["key"],
        kind=SeriesKind(one["key"]),
        name=one["name"],
        eligible=one["eligibility"],
        award=one["award"],
        winners=one["winners"],
        form=model.form,
        rubric={
            **rubric,
            "reviews": one.get("reviews", 3),
            "rounds": one.get("rounds", rubric.get("rounds", [])),
        },
    )


def _page(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "lead": data["lead"],
        "story": story_blocks(data["story"]),
        "needs": [
            {"title": need["title"], "text": _html([need["body"]])} for need in data["needs"]
        ],
        "rules": _joined(
            [_html([rule["title"]], tag="h3") for rule in data["rules"]],
            [_html([rule["body"]]) for rule in data["rules"]],
        ),
        "timetable_note": data["scope"],
        "faq": [
            {"question": row["question"], "answer": _html([row["answer"]])} for row in data["faq"]
        ],
    }


def story_blocks(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sections with headings, paragraphs and lists as blocks of a page's StreamField."""
    blocks: list[dict[str, Any]] = []
    for section in sections:
        blocks.append({"type": "heading", "text": section["heading"]})
        parts = [_html(section["paragraphs"])] if section["paragraphs"] else []
        if section.get("items"):
            parts.append(_html(section["items"], tag="li", around="ul"))
        if parts:
            blocks.append({"type": "paragraph", "text": _joined(*[[part] for part in parts])})
    return blocks


def _html(texts: Iterable[Words], *, tag: str = "p", around: str = "") -> dict[str, str]:
    rows = list(texts)
    whole = {
        code: "".join(f"<{tag}>{escape(row[code])}</{tag}>" for row in rows) for code in rows[0]
    }
    return {
        code: f"<{around}>{html}</{around}>" if around else html for code, html in whole.items()
    }


def _joined(*columns: list[dict[str, str]]) -> dict[str, str]:
    """Rows of several columns, one after another, in each language."""
    rows = [part for row in zip(*columns, strict=True) for part in row]
    return {code: "".join(part[code] for part in rows) for code in rows[0]}
