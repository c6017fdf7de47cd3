"""What components/field.html and error_summary.html need to know of a Django form."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.text import capfirst

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@dataclass(frozen=True)
class FieldParts:
    kind: str  # text, choices, checkbox, file, group (several inputs), hidden
    label: str
    required: bool
    hint: str
    errors: list[str]
    hint_id: str
    error_id: str
    count_id: str
    most: int | None
    limits: str
    widget: SafeString | None  # None for choices: the template walks them
    target: str  # id of the first input, where the error summary leads


def _kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, GROUPS):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "group" if isinstance(widget, forms.MultiWidget) or widget.use_fieldset else "text"


def first_id(bound: BoundField) -> str:
    """The id of the field's first input: a group has none of its own."""
    own = str(bound.auto_id or bound.html_name)
    return f"{own}_0" if _kind(bound.field.widget) in ("choices", "group") else own


def field_parts(bound: BoundField) -> FieldParts:
    """Ids that hang together: the input is described by its hint, its error and its counter."""
    widget = bound.field.widget
    kind = _kind(widget)
    own = str(bound.auto_id or bound.html_name)
    hint = str(bound.help_text or "")
    errors = [str(error) for error in bound.errors]
    most = getattr(bound.field, "max_length", None)
    counted = kind == "text" and isinstance(widget, forms.Textarea) and most is not None
    limits = str(getattr(bound.field, "limits", ""))
    described = [f"{own}_error"] if errors else []
    if hint or limits:
        described.append(f"{own}_hint")
    if counted:
        described.append(f"{own}_count")
    attrs: dict[str, Any] = {}
    if described and kind not in ("choices", "group"):
        attrs["aria-describedby"] = " ".join(described)
    if errors and kind not in ("choices", "group"):
        attrs["aria-invalid"] = "true"
    if counted:
        attrs["data-count"] = f"{own}_count"
    plain = {"text": "in-text", "file": "in-file"}.get(kind)
    if plain:
        given = str(widget.attrs.get("class", ""))
        attrs["class"] = given if plain in given.split() else f"{plain} {given}".strip()
    return FieldParts(
        kind=kind,
        label=capfirst(str(bound.label or "")),
        required=bound.field.required,
        hint=hint,
        errors=errors,
        hint_id=f"{own}_hint",
        error_id=f"{own}_error",
        count_id=f"{own}_count" if counted else "",
        most=most if counted else None,
        limits=limits,
        widget=None if kind == "choices" else bound.as_widget(attrs=attrs),
        target=first_id(bound),
    )


@dataclass(frozen=True)
class ErrorLink:
    text: str
    target: str  # id to lead to; empty for what concerns the whole form


def error_links(form: forms.BaseForm) -> list[ErrorLink]:
    """All errors of a form in the order of its fields; first those of the whole form."""
    links = [ErrorLink(str(text), "") for text in form.non_field_errors()]
    for bound in form:
        name = str(bound.label or "").rstrip("?:. ")
        links += [
            ErrorLink(f"{name}: {text}" if name else str(text), first_id(bound))
            for text in bound.errors
        ]
    return links
