"""Dates and times as people read them, on a clock in Finland, in the active language."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.clock import local


def short_date(moment: dt.datetime) -> str:
    """30.11. in Finnish and Swedish, 30 Nov in English."""
    return date_format(local(moment), "j M" if get_language() == "en" else "j.n.")


def long_date(moment: dt.datetime) -> str:
    """30.11.2026, 30 November 2026."""
    return date_format(local(moment), "j F Y" if get_language() == "en" else "j.n.Y")


def weekday(moment: dt.datetime) -> str:
    """On what day: maanantaina, måndag, Monday."""
    name = date_format(local(moment), "l")
    match get_language():
        case "en":
            return name
        case "fi":
            return f"{name.lower()}na"
    return name.lower()


def time_of_day(moment: dt.datetime) -> str:
    """16.00 in Finnish and Swedish, 16:00 in English."""
    return date_format(local(moment), "H:i" if get_language() == "en" else "G.i")


def last_day(ends_at: dt.datetime) -> dt.datetime:
    """The day that a stretch still covers: one that ends at midnight ends the day before."""
    return ends_at - dt.timedelta(microseconds=1)


def stretch(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """1.–7.12., 1.10.–30.11."""
    first, last = local(starts_at), local(last_day(ends_at))
    if first.date() == last.date():
        return short_date(starts_at)
    same_month = (first.year, first.month) == (last.year, last.month)
    if same_month:
        begin = f"{first.day}" if get_language() == "en" else f"{first.day}."
    else:
        begin = short_date(starts_at)
    return f"{begin}–{short_date(last_day(ends_at))}"


def moment(at: dt.datetime) -> str:
    """“Monday 30 Nov at 16:00”."""
    return _("%(day)s %(date)s at %(time)s") % {
        "day": weekday(at),
        "date": short_date(at),
        "time": time_of_day(at),
    }
