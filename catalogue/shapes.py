"""The shapes of what solutions keep as JSON: the one place that defines and checks them.

Each `clean_…` gives the value as it is kept, or raises ValidationError that says what is wrong.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.states import Goal, SizeBand, TargetGroup
from core.export import CONTROL

TRUST: Final = {
    "accessibility": gettext_lazy("Accessibility"),
    "dpia": gettext_lazy("Data protection impact assessment"),
    "data_location": gettext_lazy("Data stays in the EU or EEA"),
    "security": gettext_lazy("Information security assessed"),
}
ANSWERS: Final = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "unknown": gettext_lazy("Not known"),
}
FACT: Final = ("value", "url", "note")
SUPPLIER: Final = ("name", "business_id", "url")
MOST_ITEMS: Final = 100
MOST_TEXT: Final = 2_000  # characters of one text

_web = URLValidator(schemes=["http", "https"])


def clean_trust(value: Any) -> dict[str, dict[str, str]]:
    """Fact → {value: yes, no or unknown; url; note}. A bare word stands for its value."""
    if not isinstance(value, dict):
        raise ValidationError(_("%s is not an object of facts") % _shown(value))
    facts = {}
    for name, fact in value.items():
        if name not in TRUST:
            known = ", ".join(TRUST)
            raise ValidationError(f"{_shown(name)}: " + _("is not one of %s") % known)
        parts = _parts(name, fact if isinstance(fact, dict) else {"value": fact}, FACT)
        parts["value"] = parts["value"] or "unknown"
        if parts["value"] not in ANSWERS:
            known = ", ".join(ANSWERS)
            raise ValidationError(f"{_shown(parts['value'])}: " + _("is not one of %s") % known)
        facts[name] = parts
    return facts


def clean_suppliers(value: Any) -> list[dict[str, str]]:
    """Who sells or installs it: {name, business_id, url} each, the name at least."""
    suppliers = []
    for given in _list(value):
        if not isinstance(given, dict):
            raise ValidationError(_("%s is not an object") % _shown(given))
        parts = _parts(str(given.get("name", "")), given, SUPPLIER)
        if not parts["name"].strip():
            raise ValidationError(_("A supplier has no name."))
        suppliers.append(parts)
    return suppliers


def clean_sdgs(value: Any) -> list[int]:
    """Sustainable development goals of the United Nations, 1–17 in order."""
    given = _list(value)
    goals = {str(goal): goal for goal in range(1, 18)}
    for goal in given:
        if str(goal) not in goals or isinstance(goal, bool):
            raise ValidationError(_("%s is not a goal from 1 to 17") % _shown(goal))
    return sorted({goals[str(goal)] for goal in given})


def clean_sizes(value: Any) -> list[str]:
    return _of_known(SizeBand.values, value)


def clean_target_groups(value: Any) -> list[str]:
    return _of_known(TargetGroup.values, value)


def _of_known(known: list[str], value: Any) -> list[str]:
    """Each once, in the order of those that are known."""
    given = _list(value)
    for key in given:
        if key not in known:
            raise ValidationError(f"{_shown(key)}: " + _("is not one of %s") % ", ".join(known))
    return [key for key in known if key in given]


def clean_texts(value: Any) -> list[str]:
    """Texts in the order given, none of them empty."""
    for text in (given := _list(value)):
        if not _text(text).strip():
            raise ValidationError(_("There is an empty item."))
    return given


def in_words(name: str, value: Any) -> str:
    """What a field of a solution keeps as JSON, for people: an item on a line, choices by name."""
    if name == "trust":
        rows = (row for row in trust_rows(value) if row["name"] in (value or {}))
        return "\n".join(
            f"{row['label']}: " + "; ".join(filter(None, (row["answer"], row["note"], row["url"])))
            for row in rows
        )
    items = value if isinstance(value, list) else []
    if name == "suppliers":
        return "\n".join("; ".join(filter(None, map(one.get, SUPPLIER))) for one in items)
    known: dict[str, dict[Any, Any]] = {
        "target_groups": dict(TargetGroup.choices),
        "fits_sizes": dict(SizeBand.choices),
        "sdgs": {goal.value: f"{goal.value}. {goal.label}" for goal in Goal},
    }
    labels = known.get(name, {})
    return "\n".join(str(labels.get(item, item)) for item in items)


def trust_rows(value: Any) -> list[dict[str, str]]:
    """Every fact for a reader, those that nobody has told as not known: {label, value, answer…}."""
    told = value if isinstance(value, dict) else {}
    rows = []
    for name, label in TRUST.items():
        fact = {"value": "unknown", "url": "", "note": "", **told.get(name, {})}
        answer = ANSWERS.get(fact["value"], ANSWERS["unknown"])
        rows.append({**fact, "name": name, "label": str(label), "answer": str(answer)})
    return rows


def _parts(name: str, given: Mapping[Any, Any], known: tuple[str, ...]) -> dict[str, str]:
    if unknown := set(given) - set(known):
        listed = ", ".join(map(_shown, sorted(map(str, unknown))))
        raise ValidationError(f"{_shown(name)} " + _("has unknown %s") % listed)
    parts = {part: _text(given.get(part, "")) for part in known}
    if parts["url"]:
        try:
            _web(parts["url"])
        except ValidationError:
            said = _("%s is not an address of the web") % _shown(parts["url"])
            raise ValidationError(said) from None
    return parts


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError(_("%s is not a list") % _shown(value))
    if len(value) > MOST_ITEMS:
        raise ValidationError(_("At most %s items fit.") % MOST_ITEMS)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError(_("%s is not a text") % _shown(value))
    if CONTROL.search(value):
        raise ValidationError(_("%s has a control character") % _shown(value))
    if len(value) > MOST_TEXT:
        raise ValidationError(_("A text has more than %s characters.") % MOST_TEXT)
    return value


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 60 else f"{repr(value)[:60]}…"
