"""publiccode.yml 0.7 (https://yml.publiccode.tools): a solution with source code, out and in.

Out: what its page tells, in the standard's words. What nobody has told us is not made up, but where
a key must be there: `platforms` is the web and `softwareType` "other". Persons are not named: the
contact is the organisation. In: the same keys, each fault with its key; what the standard has and
we have no place for is passed over.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.licences import licence_of
from catalogue.models import Solution
from catalogue.states import IN_USE, Offer, Readiness, ReuseStage
from core.export import CONTROL

VERSION: Final = "0.7"
MOST_BYTES: Final = 256 * 1024
SHORT, LONG_FROM, LONG_TO = 150, 150, 10_000
READINESS: Final = {
    "concept": Readiness.CONCEPT,
    "development": Readiness.PROTOTYPE,
    "beta": Readiness.PILOT,
    "stable": Readiness.PRODUCTION,
    "obsolete": Readiness.RETIRED,
}

Faults = dict[str, str]


class NotThis(Exception):
    """The file cannot be taken; `faults` names each key ("" for the whole) and says why."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("; ".join(f"{key}: {why}" for key, why in faults.items()))
        self.faults = faults


# Out ---------------------------------------------------------------------------------------------


def document(solution: Solution) -> dict[str, Any] | None:
    """The file's keys in the standard's order; None without source code or a known licence."""
    licence = licence_of(solution.licence)
    if not solution.repository or not licence:
        return None
    with translation.override(solution.language):
        page = f"{settings.SITE_URL}{solution.get_absolute_url()}"
        home = settings.SITE_URL + reverse("accounts:organisation", args=[solution.owner.slug])
        long = _long(solution, page)
    readiness = Readiness(solution.readiness)
    using = IN_USE | {ReuseStage.PILOTING}
    users = sorted(one.organisation.name for one in solution.reuses.all() if one.stage in using)
    contact = {"name": solution.owner.name, "email": solution.contact_email}
    whole = {
        "publiccodeYmlVersion": VERSION,
        "name": solution.title,
        "url": solution.repository,
        "landingURL": solution.website or page,
        "organisation": {"uri": home, "name": solution.owner.name},
        "platforms": ["web"],
        "usedBy": users,
        "developmentStatus": solution.development_status,
        "softwareType": "standalone/other",
        "intendedAudience": {"countries": ["FI"], "scope": ["local-authorities"]},
        "description": {
            solution.language: {
                "shortDescription": _cut(solution.summary, SHORT),
                "longDescription": long,
                # One at least, says the validator of those who keep the standard.
                "features": _features(solution),
                "awards": [solution.award] if solution.award else [],
            }
        },
        "legal": {"license": licence, "mainCopyrightOwner": solution.provider},
        "maintenance": (
            {"type": "none"}
            if readiness == Readiness.RETIRED
            else {"type": "internal", "contacts": [contact]}
        ),
        "localisation": {"localisationReady": False, "availableLanguages": [solution.language]},
    }
    told: dict[str, Any] = _told(whole)
    return told


def written(solution: Solution) -> bytes | None:
    """The bytes of the file."""
    whole = document(solution)
    if whole is None:
        return None
    made: bytes = yaml.safe_dump(
        whole, allow_unicode=True, sort_keys=False, width=100, encoding="utf-8"
    )
    return made


def _told(value: Any) -> Any:
    """Without what is empty, and without signs that YAML cannot hold."""
    if isinstance(value, dict):
        return {key: _told(item) for key, item in value.items() if item not in ("", [], None)}
    if isinstance(value, list):
        return [_told(item) for item in value]
    return CONTROL.sub("", value) if isinstance(value, str) else value


def _long(solution: Solution, page: str) -> str:
    """The page's texts; what is too short for the standard ends with where there is more."""
    texts = (solution.summary, solution.problem, solution.solution, solution.how_it_works)
    more = (solution.target_group, solution.context, solution.preconditions)
    text = "\n\n".join(part.strip() for part in (*texts, *more) if part.strip())
    if len(text) < LONG_FROM:
        text += "\n\n" + _(
            "The solution is in Talkoot, the catalogue that municipalities share, with those who "
            "use it, what it costs and what adopting it takes: %(page)s"
        ) % {"page": page}
    return _cut(text, LONG_TO)


def _features(solution: Solution) -> list[str]:
    """Its tags, or what it does in short when it has none."""
    tags = sorted(tag.name for tag in solution.tags.all()) if solution.pk else []
    return tags or [_cut(solution.summary, SHORT)]


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# In ----------------------------------------------------------------------------------------------


def read(content: bytes) -> dict[str, Any]:
    """Values for the fields of a solution. NotThis names every key that will not do."""
    whole = _loaded(content)
    faults: Faults = {}

    def take(key: str, check: Callable[[Any], Any], *, needed: bool = False) -> Any:
        value: Any = whole
        for part in key.split("/"):
            value = value.get(part) if isinstance(value, dict) else None
        if value in (None, ""):
            if needed:
                faults[key] = _("is missing")
            return ""
        try:
            return check(value)
        except ValueError as error:
            faults[key] = str(error)
            return ""

    take("publiccodeYmlVersion", _version, needed=True)
    language, about = _description(whole, faults)
    values = {
        "title": take("name", _text(200), needed=True),
        "language": language,
        "repository": take("url", _url, needed=True),
        "website": take("landingURL", _url),
        "readiness": take("developmentStatus", _status, needed=True),
        "licence": take("legal/license", _licence, needed=True),
        "provider": take("legal/mainCopyrightOwner", _text(200)),
        "technology": ", ".join(take("platforms", _texts) or [])[:200],
        "offer": Offer.OPEN_CODE.value,
        **about,
    }
    if faults:
        raise NotThis(faults)
    return {name: value for name, value in values.items() if value != ""}


def _loaded(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise NotThis({"": _("The file is larger than 256 kB.")})
    try:
        for token in yaml.scan(content, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                raise NotThis({"": _("The file has aliases (*name), which are not taken.")})
        whole = yaml.safe_load(content)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = _("line %(line)s") % {"line": mark.line + 1} if mark else ""
        raise NotThis({line: _("This is not YAML that can be read.")}) from None
    if not isinstance(whole, dict):
        raise NotThis({"": _("The file has no keys.")})
    return whole


def _description(whole: dict[str, Any], faults: Faults) -> tuple[str, dict[str, str]]:
    """The first of our languages that the file is written in, and its texts."""
    given = whole.get("description")
    known = [code for code, _name in settings.LANGUAGES]
    languages = list(_by_language(given)) if isinstance(given, dict) else []
    language = next((code for code in known if code in dict(languages)), "")
    if not language:
        faults["description"] = _("has none of the languages %(languages)s") % {
            "languages": ", ".join(known)
        }
        return "", {}
    key, texts = dict(languages)[language]
    found = {}
    for name, field, least, most in (
        ("shortDescription", "summary", 1, SHORT),
        ("longDescription", "solution", LONG_FROM, LONG_TO),
    ):
        where, text = f"description/{key}/{name}", texts.get(name)
        try:
            found[field] = _text(most, least)(text if text is not None else "")
        except ValueError as error:
            faults[where] = str(error)
    return language, found


def _by_language(given: dict[Any, Any]) -> Iterator[tuple[str, tuple[str, dict[str, Any]]]]:
    """("fi", ("fi-FI", texts)); of two variants of one language the last."""
    for key, texts in given.items():
        if isinstance(texts, dict):
            yield str(key).lower().replace("_", "-").split("-")[0], (str(key), texts)


def _text(most: int, least: int = 1) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(_("is not a text"))
        text = value.strip()
        if CONTROL.search(text):
            raise ValueError(_("has a control character"))
        if not text:
            raise ValueError(_("is missing"))
        if not least <= len(text) <= most:
            raise ValueError(
                _("has %(n)s characters; %(least)s–%(most)s are needed")
                % {"n": len(text), "least": least, "most": most}
            )
        return text

    return check


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [_text(60)(item) for item in items]


def _version(value: Any) -> str:
    if isinstance(value, date) or not re.fullmatch(r"0(\.\d+){0,2}|1(\.\d+){0,2}", str(value)):
        raise ValueError(_("is not a version of the standard that we know"))
    return str(value)


def _url(value: Any) -> str:
    text = _text(200)(value)
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        raise ValueError(_("is not an address of the web")) from None
    if urlsplit(text).username:
        raise ValueError(_("has a user name in it"))
    return text


def _status(value: Any) -> str:
    if not isinstance(value, str) or value not in READINESS:
        raise ValueError(_("is not one of %(known)s") % {"known": ", ".join(READINESS)})
    return READINESS[value].value


def _licence(value: Any) -> str:
    if not (found := licence_of(_text(60)(value))):
        raise ValueError(_("is not a licence by its SPDX name, such as EUPL-1.2"))
    return found
