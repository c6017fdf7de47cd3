"""Form fields for what solutions keep as JSON: no editor has to write JSON."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import get_default_renderer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminTagWidget

from catalogue import shapes
from catalogue.states import Goal


class LinesField(forms.CharField):
    """A list of texts, one on a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [
            line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()
        ]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class SuppliersField(LinesField):
    """A supplier on a line: name; business id; address."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        lines = ("; ".join(one.get(part, "") for part in shapes.SUPPLIER) for one in value)
        return "\n".join(line.rstrip("; ") for line in lines)

    def to_python(self, value: Any) -> Any:
        suppliers = []
        for line in super().to_python(value):
            parts = [part.strip() for part in line.split(";")]
            if len(parts) > len(shapes.SUPPLIER):
                raise ValidationError(_("Write on a line: name; business id; address."))
            parts += [""] * (len(shapes.SUPPLIER) - len(parts))
            suppliers.append(dict(zip(shapes.SUPPLIER, parts, strict=True)))
        return shapes.clean_suppliers(suppliers)


class ManyField(forms.MultipleChoiceField):
    """A list of values out of those that are known."""

    widget = forms.CheckboxSelectMultiple


class GoalsField(ManyField):
    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(goal.value), f"{goal.value}. {goal.label}") for goal in Goal]
        super().__init__(choices=choices, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return [str(goal) for goal in value or ()]

    def clean(self, value: Any) -> Any:
        return shapes.clean_sdgs(super().clean(value))


class Suggesting(forms.TextInput):
    """A text for which some words are offered, in their order; others may be written as well."""

    def __init__(self, offered: Sequence[str]) -> None:
        super().__init__()
        self.offered = offered

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        key = f"offered-{name}"
        options = format_html_join(
            "", '<option value="{}"></option>', ((one,) for one in self.offered)
        )
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)


class TagsWidget(AdminTagWidget):  # type: ignore[misc]
    """Wagtail's. Its script writes into a box of its own, which no label names: words in it do."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        attributes = context["widget"]["attrs"]
        options = json.loads(attributes["data-w-tag-options-value"])
        options["placeholderText"] = str(_("Add a tag"))
        attributes["data-w-tag-options-value"] = json.dumps(options)
        return context


class TrustWidget(forms.MultiWidget):
    """Answer, address and note of each fact under its name."""

    def __init__(self) -> None:
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {}
        for name, label in shapes.TRUST.items():
            answers = [("", _("Not told")), *((k, v) for k, v in shapes.ANSWERS.items())]
            widgets[f"{name}_value"] = forms.Select({"aria-label": label}, answers)
            for part, said in (("url", _("Address")), ("note", _("Note"))):
                widgets[f"{name}_{part}"] = forms.TextInput(
                    {"aria-label": said, "placeholder": said}
                )
        super().__init__(widgets)

    def decompress(self, value: Any) -> list[str]:
        told = value or {}
        return [told.get(n, {}).get(part, "") for n in shapes.TRUST for part in shapes.FACT]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        parts = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        draw = renderer or get_default_renderer()
        boxes = [draw.render(part["template_name"], {"widget": part}) for part in parts]
        size = len(shapes.FACT)
        return format_html_join(
            "",
            '<fieldset class="tk-fact"><legend>{}</legend>{}{}{}</fieldset>',
            (
                (label, *map(mark_safe, boxes[place * size : (place + 1) * size]))
                for place, label in enumerate(shapes.TRUST.values())
            ),
        )


class TrustField(forms.MultiValueField):
    """Trust facts as shapes.py has them; a fact without any word is left out."""

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False) for _n in shapes.TRUST for _p in shapes.FACT]
        super().__init__(fields, widget=TrustWidget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, Any]:
        size = len(shapes.FACT)
        facts = {}
        for place, name in enumerate(shapes.TRUST):
            parts = data_list[place * size : (place + 1) * size]
            if any(parts):
                facts[name] = dict(zip(shapes.FACT, parts, strict=True))
        return shapes.clean_trust(facts)
