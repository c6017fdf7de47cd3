"""One answer: as it is typed (kept in drafts) and as it is handed in (checked, one JSON shape).

A secret part is typed like an answer, under its own name; trade_secrets.py checks it.

Shapes in JSON: texts, choice, link, e-mail and business ID are strings; several choices a list of
strings; number and money a decimal string ("1200.50"); a date "2027-05-31"; a place its Finnish
name; a team a string with a person on each line; a consent "yes". A question without an answer is
not in the answers.
Files are not answers: they are the proposal's attachments with the question's key.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import validate_business_id
from challenges.definition import Definition, Field, FieldType, Purpose
from challenges.field_types import TEAM_AT_MOST, YES
from core.canonical import digest

Answer = str | list[str]
Answers = dict[str, Answer]
Options = Mapping[str, str]  # value → label in the reader's language

DRAFT_LIMIT = 20_000  # characters that a draft keeps of one answer, whatever the question's limit
CHOICES_LIMIT = 400
FIRST_YEAR = 1900  # an earlier date is a slip of the hand
NUMBER_LIMIT = Decimal(10) ** 15
AFFIRMATIVE = frozenset({YES, "true", "1", "on"})

WORDS_NEEDED = gettext_lazy("Write something here; this question needs an answer.")
NUMBER_NEEDED = gettext_lazy("Write a number here.")
NEEDED: dict[str, Any] = {
    FieldType.CHOICE: gettext_lazy("Choose one of the options."),
    FieldType.CHOICES: gettext_lazy("Choose at least one of the options."),
    FieldType.NUMBER: NUMBER_NEEDED,
    FieldType.MONEY: NUMBER_NEEDED,
    FieldType.EMAIL: gettext_lazy("Write your e-mail address here. Example: name@example.org"),
    FieldType.LINK: gettext_lazy(
        "Write the address of a page here. Example: https://www.example.org/page"
    ),
    FieldType.DATE: gettext_lazy("Write a date here. Example: 31.5.2027"),
    FieldType.PLACE: gettext_lazy("Choose a municipality."),
    FieldType.BUSINESS_ID: gettext_lazy("Write the business ID here. Example: 1234567-1"),
    FieldType.TEAM: gettext_lazy("Write at least one person here, each on a line of their own."),
    FieldType.CONSENT: gettext_lazy("Tick this: without it the proposal cannot be handed in."),
}

_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{4,}")
# Bidirectional overrides and isolates can make a text read as something else than it is.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(value: Any) -> str:
    """Text without control characters, NUL, half surrogates or direction overrides; NFC, \\n."""
    words = str(value).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        sign
        for sign in words
        if sign == "\n"
        or sign == "\t"
        or (unicodedata.category(sign) not in ("Cc", "Cs") and sign not in _BIDI)
    )
    return unicodedata.normalize("NFC", kept)


def one_line(value: Any) -> str:
    return _SPACES.sub(" ", plain(value).replace("\n", " ")).strip()


def _many_lines(value: Any) -> str:
    lines = [line.rstrip() for line in plain(value).split("\n")]
    return _BLANK_LINES.sub("\n\n\n", "\n".join(lines)).strip()


def tidy(field: Field, raw: Any) -> Answer:
    """What a draft keeps: harmless, but not yet right. ValidationError only when far too long."""
    if field.type == FieldType.CHOICES:
        values = raw if isinstance(raw, list | tuple) else ([raw] if raw not in (None, "") else [])
        if len(values) > CHOICES_LIMIT:
            raise ValidationError(_("Too many choices were sent."), code="max_length")
        return list(dict.fromkeys(kept for one in values if (kept := one_line(one)[:200])))
    if isinstance(raw, list | tuple):
        raw = raw[0] if raw else ""
    if raw is None:
        return ""
    if field.type == FieldType.CONSENT:
        return YES if says_yes(raw) else ""
    long = field.type in (FieldType.LONG_TEXT, FieldType.TEAM)
    words = str(raw)
    if len(words) > DRAFT_LIMIT:
        raise ValidationError(
            _(
                "The text has %(length)s characters. At most %(limit)s can be kept in a draft, "
                "so it was not saved. Shorten it before you go on."
            )
            % {"length": len(words), "limit": DRAFT_LIMIT},
            code="max_length",
        )
    return _many_lines(words) if long else one_line(words)


def tidy_all(
    definition: Definition, raw: Mapping[str, Any]
) -> tuple[Answers, dict[str, list[str]]]:
    """(answers, errors) of those questions and secret parts that `raw` has.

    Unknown keys and files are left out.
    """
    kept: Answers = {}
    errors: dict[str, list[str]] = {}
    for key, value in raw.items():
        field = definition.typed(key)
        if field is None or field.is_file:
            continue
        try:
            kept[key] = tidy(field, value)
        except ValidationError as error:
            errors[key] = error.messages
    return kept, errors


def clean(field: Field, raw: Any, options: Options) -> Answer | None:
    """The answer in its JSON shape, None when there is none; ValidationError says what and how."""
    value = tidy(field, raw)
    if not value:
        if field.required:
            raise ValidationError(_required(field), code="required")
        return None
    if isinstance(value, list):
        return _clean_choices(field, value, options)
    if field.type in (FieldType.CHOICE, FieldType.PLACE):
        if value not in options:
            raise ValidationError(_("Choose one of the options."), code="choice")
        return value
    if field.type in (FieldType.NUMBER, FieldType.MONEY):
        return _clean_number(field, value)
    _check_length(field, value)
    clean_kind = KINDS.get(field.type)
    return clean_kind(value) if clean_kind else value


def clean_all(
    definition: Definition, raw: Mapping[str, Any], options: Mapping[str, Options]
) -> tuple[Answers, dict[str, list[str]]]:
    """(answers, errors) of every question that is asked, except files."""
    kept: Answers = {}
    errors: dict[str, list[str]] = {}
    for field in definition.asked(raw):
        if field.is_file:
            continue
        try:
            value = clean(field, raw.get(field.key), options.get(field.key, {}))
        except ValidationError as error:
            errors[field.key] = error.messages
        else:
            if value is not None:
                kept[field.key] = value
    return kept, errors


def _required(field: Field) -> str:
    return str(NEEDED.get(field.type, WORDS_NEEDED))


def _check_length(field: Field, value: str) -> None:
    limit, length = field.limit, len(value)
    if limit and length > limit:
        over = length - limit
        raise ValidationError(
            ngettext(
                "The text is %(over)s character too long: it has %(length)s, and %(limit)s fit.",
                "The text is %(over)s characters too long: it has %(length)s, and %(limit)s fit.",
                over,
            )
            % {"over": over, "length": length, "limit": limit},
            code="max_length",
        )
    least = field.min if field.type in (FieldType.SHORT_TEXT, FieldType.LONG_TEXT) else None
    if least and length < least:
        raise ValidationError(
            _("Tell a little more: the text has %(length)s characters, at least %(least)s needed.")
            % {"length": length, "least": int(least)},
            code="min_length",
        )


def _clean_choices(field: Field, values: Sequence[str], options: Options) -> list[str]:
    if any(value not in options for value in values):
        raise ValidationError(_("Choose from the options only."), code="choice")
    if field.max and len(values) > field.max:
        raise ValidationError(
            _("You chose %(count)s. Choose at most %(most)s.")
            % {"count": len(values), "most": int(field.max)},
            code="max_choices",
        )
    if field.min and len(values) < field.min:
        raise ValidationError(
            _("You chose %(count)s. Choose at least %(least)s.")
            % {"count": len(values), "least": int(field.min)},
            code="min_choices",
        )
    return [value for value in options if value in set(values)]


def number_of(value: str) -> Decimal | None:
    """A number as people type it: 1 200,50 · 1200.5 · 1,200.50 €. None if it is not one."""
    words = re.sub(r"[\s€]", "", value).replace("−", "-").replace("–", "-")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", words) and "." in words:
        words = words.replace(",", "")
    words = words.replace(",", ".")
    if not re.fullmatch(r"-?\d{1,20}(\.\d{1,10})?", words, flags=re.ASCII):
        return None
    try:
        return Decimal(words)
    except InvalidOperation:
        return None


def decimal_text(number: Decimal) -> str:
    """Plain digits, no exponent, no needless zeros: 1200, 0.5."""
    words = f"{number:f}"
    if "." in words:
        words = words.rstrip("0").rstrip(".")
    return "0" if words in ("-0", "") else words


def _clean_number(field: Field, value: str) -> str:
    money = field.type == FieldType.MONEY
    number = number_of(value)
    if number is None:
        raise ValidationError(
            _("“%(value)s” is not a sum in euros. Write digits only. Example: 12 500")
            % {"value": value[:40]}
            if money
            else _("“%(value)s” is not a number. Write digits only. Example: 1200")
            % {"value": value[:40]},
            code="number",
        )
    if money and number != round(number, 2):
        raise ValidationError(
            _("A sum has at most two decimals. Example: 12 500,50"), code="decimals"
        )
    if field.min is not None and number < Decimal(str(field.min)):
        raise ValidationError(
            _("The smallest number possible here is %(least)s.")
            % {"least": decimal_text(Decimal(str(field.min)))},
            code="min",
        )
    if (field.max is not None and number > Decimal(str(field.max))) or abs(number) > NUMBER_LIMIT:
        most = NUMBER_LIMIT if field.max is None else Decimal(str(field.max))
        raise ValidationError(
            _("The largest number possible here is %(most)s.") % {"most": decimal_text(most)},
            code="max",
        )
    return f"{number:.2f}" if money else decimal_text(number)


def clean_email(value: str) -> str:
    """An address, or ValidationError that says what is wrong with it."""
    address = one_line(value)
    if "@" not in address:
        raise ValidationError(
            _("The e-mail address has no @ sign. Example: name@example.org"), code="email"
        )
    if " " in address:
        raise ValidationError(
            _("There is a space in the e-mail address. Example: name@example.org"), code="email"
        )
    domain = address.rpartition("@")[2]
    if "." not in domain.strip("."):
        raise ValidationError(
            _("The end of the e-mail address is missing, such as .fi. Example: name@example.org"),
            code="email",
        )
    try:
        EmailValidator()(address)
    except ValidationError as error:
        raise ValidationError(
            _("This is not an e-mail address as it stands. Example: name@example.org"),
            code="email",
        ) from error
    return address


def _clean_link(value: str) -> str:
    address = value if "://" in value else f"https://{value}"
    try:
        URLValidator(schemes=["http", "https"])(address)
        urlsplit(address)
    except (ValidationError, ValueError) as error:
        raise ValidationError(
            _("This is not the address of a page. Example: https://www.example.org/page"),
            code="link",
        ) from error
    return address


def _clean_date(value: str) -> str:
    """2027-05-31 of «31.5.2027» or of that itself."""
    for pattern in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            day = dt.datetime.strptime(value.replace(" ", ""), pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
        if day.year >= FIRST_YEAR:
            return day.isoformat()
    raise ValidationError(
        _("“%(value)s” is not a date. Write day, month and year. Example: 31.5.2027")
        % {"value": value[:40]},
        code="date",
    )


def _clean_business_id(value: str) -> str:
    digits = re.sub(r"[\s–−]", "-", value).replace("--", "-")
    if re.fullmatch(r"\d{8}", digits, flags=re.ASCII):
        digits = f"{digits[:7]}-{digits[7]}"
    validate_business_id(digits)
    return digits


def _clean_team(value: str) -> str:
    people = [line.strip() for line in value.split("\n") if line.strip()]
    if len(people) > TEAM_AT_MOST:
        raise ValidationError(
            _("There are %(count)s people here. At most %(most)s fit.")
            % {"count": len(people), "most": TEAM_AT_MOST},
            code="max_people",
        )
    return "\n".join(people)


KINDS: dict[str, Callable[[str], str]] = {
    FieldType.EMAIL: clean_email,
    FieldType.LINK: _clean_link,
    FieldType.DATE: _clean_date,
    FieldType.BUSINESS_ID: _clean_business_id,
    FieldType.TEAM: _clean_team,
}


def says_yes(answer: Any) -> bool:
    """Whether the answer to «may the name be shown» is yes."""
    values = answer if isinstance(answer, list | tuple) else [answer]
    return any(str(value).casefold() in AFFIRMATIVE for value in values)


def beginning(words: str, most: int = 160) -> str:
    """The text's beginning, cut at a word."""
    line = one_line(words)
    if len(line) <= most:
        return line
    return line[: most - 1].rsplit(" ", 1)[0].rstrip(" ,.;:–-") + "…"


def by_purpose(definition: Definition, answers: Mapping[str, Any], purpose: Purpose) -> str:
    """The answer that serves the purpose, as one string; "" when there is none."""
    field = definition.purposes.get(purpose)
    value = answers.get(field.key, "") if field else ""
    if isinstance(value, list):
        return value[0] if value else ""
    return str(value)


def fingerprint(answers: Mapping[str, Any], keys: Iterable[str]) -> str:
    """Tells whether the answers to these questions have changed since a page showed them."""
    return digest({key: answers.get(key) or "" for key in keys})[:16]
