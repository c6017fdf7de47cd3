"""What a challenge must have before it opens: one line per thing, with the place that mends it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from challenges import profiles, registry, timetable
from challenges.definition import BadDefinition
from challenges.models import Challenge, ChallengePage, FormVersion
from challenges.states import PhaseKind
from core import clock
from core.multilingual import missing

LANGUAGE_NAMES = {"fi": "suomi", "sv": "svenska", "en": "English"}


@dataclass(frozen=True)
class Item:
    """One line of the checklist. `missing` is empty when it is in order."""

    key: str
    label: Any
    url: str
    missing: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()  # worth mending, does not stop the opening

    @property
    def ok(self) -> bool:
        return not self.missing


def checklist(challenge: Challenge, *, at: dt.datetime | None = None) -> list[Item]:
    """Every line, ours first and then those of higher floors."""
    moment = at or clock.now()
    items = [
        _basics(challenge),
        _profile(challenge),
        _texts(challenge),
        _rules(challenge),
        _timetable(challenge, moment),
        _forms(challenge),
        _contact(challenge),
    ]
    for check in registry.checks():
        items.extend(check(challenge))
    return items


def _admin(name: str, challenge: Challenge) -> str:
    return reverse(f"challenges_admin:{name}", args=[challenge.pk])


def _basics(challenge: Challenge) -> Item:
    lacking = []
    if not challenge.name.get("fi"):
        lacking.append(_("the name in Finnish"))
    if not challenge.themes.all():
        lacking.append(_("themes"))
    advice = _untranslated(_("The name"), challenge.name)
    return Item("basics", _("Basics"), _admin("basics", challenge), tuple(lacking), tuple(advice))


def _profile(challenge: Challenge) -> Item:
    lacking = tuple(profiles.lacking(challenge))
    advice: list[str] = []
    for one in profiles.asked_of(challenge.profile):
        if words := challenge.statements.get(one.key):
            advice += _untranslated(str(one.heading), words)
    label = challenge.get_profile_display() or _("Kind of competition")
    return Item("profile", label, _admin("profile", challenge), lacking, tuple(advice))


def _untranslated(what: str, value: Any) -> list[str]:
    names = [LANGUAGE_NAMES.get(code, code) for code in missing(value)]
    if not names:
        return []
    return [
        _("%(what)s is not written in: %(languages)s")
        % {"what": what, "languages": ", ".join(names)}
    ]


def newest(page: Page) -> ChallengePage:
    """The page as it would be published now."""
    newest: ChallengePage = page.get_latest_revision_as_object()
    return newest


def _first_page(challenge: Challenge) -> ChallengePage | None:
    pages = [page for page in challenge.pages.all() if page.alias_of_id is None]
    first = next((page for page in pages if page.locale.language_code == "fi"), None)
    first = first or next(iter(pages), None)
    return newest(first) if first else None


def _page_url(page: ChallengePage | None, challenge: Challenge) -> str:
    if page is None:
        return _admin("dashboard", challenge)
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _texts(challenge: Challenge) -> Item:
    page = _first_page(challenge)
    lacking = []
    if page is None:
        lacking.append(_("the page"))
    else:
        if not page.lead.strip():
            lacking.append(_("the lead"))
        if not page.needs and not page.story:
            lacking.append(_("the needs or the story"))
        if not page.faq:
            lacking.append(_("questions and answers"))
    return Item("texts", _("Texts of the page"), _page_url(page, challenge), tuple(lacking))


def _rules(challenge: Challenge) -> Item:
    page = _first_page(challenge)
    lacking = [] if page and page.rules.strip() else [_("the rules")]
    return Item("rules", _("Rules"), _page_url(page, challenge), tuple(lacking))


def _timetable(challenge: Challenge, at: dt.datetime) -> Item:
    dates = timetable.of(challenge)
    lacking = [words for several in timetable.problems(dates).values() for words in several]
    allowed = profiles.phases_of(challenge.profile)
    lacking += [
        _("a timetable without the phase “%(phase)s”: this kind of a challenge has none")
        % {"phase": kind.label}
        for kind in dates
        if kind not in allowed
    ]
    span = dates.get(PhaseKind.SUBMISSION)
    if span and span[1] <= at:
        lacking.append(_("a closing day that is still to come"))
    return Item("timetable", _("Timetable"), _admin("timetable", challenge), tuple(lacking))


def _forms(challenge: Challenge) -> Item:
    lacking, advice = [], []
    series = list(challenge.series.all())
    if not series:
        lacking.append(_("a series to propose to"))
    newest: dict[int, FormVersion] = {}
    for form in FormVersion.objects.filter(series__challenge=challenge).order_by("number"):
        newest[form.series_id] = form
    for one in series:
        if one.pk not in newest:
            lacking.append(_("the form of series “%(series)s”") % {"series": one})
            continue
        try:
            definition = newest[one.pk].parsed
        except BadDefinition as error:
            lacking.extend(error.problems)
            continue
        for field in definition.fields.values():
            advice.extend(_untranslated(_("Question “%s”") % field.key, field.label))
    return Item("forms", _("Forms"), _admin("forms", challenge), tuple(lacking), tuple(advice))


def _contact(challenge: Challenge) -> Item:
    lacking = [] if challenge.contact_email else [_("an e-mail address for questions")]
    return Item("contact", _("Contact"), _admin("basics", challenge), tuple(lacking))
