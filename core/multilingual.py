"""Texts that staff write in several languages on plain models: {"fi": "…", "sv": "…", "en": "…"}.

The same shape stands in form definitions and rubrics. Empty languages are left out of the JSON.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

FALLBACK = ("fi", "sv", "en")


def languages() -> list[str]:
    """The codes in which staff write, in the order of the forms."""
    return [code for code, _name in settings.LANGUAGES]


def chosen(value: Any, language: str | None = None) -> str | None:
    """The code whose text `text` gives; None when there is no text at all."""
    if not isinstance(value, Mapping):
        return None
    wanted = (language or get_language() or "").partition("-")[0]
    order = dict.fromkeys((wanted, *FALLBACK, *value))
    return next((code for code in order if value.get(code)), None)


def text(value: Any, language: str | None = None) -> str:
    """The text in `language` (default: the current one), else fi, sv, en, else any; else ""."""
    if isinstance(value, str):
        return value
    code = chosen(value, language)
    return "" if code is None else str(value[code])


def lang(value: Any, language: str | None = None) -> str:
    """For a `lang` attribute: the code of the text shown when it is not the wanted one, else ""."""
    wanted = (language or get_language() or "").partition("-")[0]
    code = chosen(value, language)
    return "" if code is None or code == wanted else code


def missing(value: Any) -> list[str]:
    """The languages in which nothing is written."""
    return [code for code in languages() if not (isinstance(value, Mapping) and value.get(code))]


def clean(value: Any, *, max_length: int | None = None) -> dict[str, str]:
    """The value stripped, without empty texts; ValidationError on another shape."""
    if value in (None, ""):
        return {}
    if not isinstance(value, Mapping):
        raise ValidationError(_("Give a text per language."), code="shape")
    known, kept = languages(), {}
    for code, written in value.items():
        if code not in known or not isinstance(written, str):
            raise ValidationError(_("Give a text per language."), code="shape")
        if stripped := written.strip():
            if max_length is not None:
                MaxLengthValidator(max_length)(stripped)
            kept[code] = stripped
    return {code: kept[code] for code in known if code in kept}


class MultilingualWidget(forms.MultiWidget):
    """One input per language, each with its own label and `lang`."""

    template_name = "core/widgets/multilingual.html"
    use_fieldset = True

    def __init__(self, *, multiline: bool = False, attrs: dict[str, Any] | None = None) -> None:
        one = (
            (lambda code: forms.Textarea(attrs={"lang": code, "rows": 4}))
            if multiline
            else (lambda code: forms.TextInput(attrs={"lang": code}))
        )
        super().__init__({code: one(code) for code in languages()}, attrs)

    def decompress(self, value: Any) -> list[str]:
        return [value.get(code, "") if isinstance(value, Mapping) else "" for code in languages()]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        draw = self._render  # type: ignore[attr-defined]  # the stubs do not know it
        inputs = self.get_context(name, value, attrs)["widget"]["subwidgets"]
        languages = [
            {
                "name": label,
                "id": one["attrs"].get("id", ""),
                "input": draw(one["template_name"], {"widget": one}, renderer),
            }
            for (_code, label), one in zip(settings.LANGUAGES, inputs, strict=True)
        ]
        # From the project's one template tree, which the form renderer does not look into.
        return render_to_string(self.template_name, {"languages": languages})


class MultilingualFormField(forms.MultiValueField):
    """A dictionary of texts by language; required means: in one language at least."""

    def __init__(
        self, *, multiline: bool = False, max_length: int | None = None, **kwargs: Any
    ) -> None:
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        kwargs["widget"] = kwargs.get("widget") or MultilingualWidget(multiline=multiline)
        one = [forms.CharField(required=False, max_length=max_length) for _code in languages()]
        super().__init__(one, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> dict[str, str]:
        tidy: dict[str, str] = super().clean(value)
        if self.required and not tidy:  # nothing but spaces
            raise ValidationError(self.error_messages["required"], code="required")
        return tidy

    def compress(self, data_list: Sequence[str]) -> dict[str, str]:
        return clean(dict(zip(languages(), data_list, strict=True))) if data_list else {}


class MultilingualField(models.JSONField):
    """Stores {"fi": …, "sv": …, "en": …}. `blank=False`: one language at least."""

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        multiline: bool = False,
        max_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.multiline = multiline
        self.text_max_length = max_length
        kwargs.setdefault("default", dict)
        super().__init__(verbose_name, **kwargs)

    def clone(self) -> "MultilingualField":
        copy: MultilingualField = super().clone()
        copy.multiline, copy.text_max_length = self.multiline, self.text_max_length
        return copy

    def clean(self, value: Any, model_instance: models.Model | None) -> dict[str, str]:
        tidy = clean(value, max_length=self.text_max_length)
        return super().clean(tidy, model_instance)  # type: ignore[no-any-return]

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", MultilingualFormField)
        return models.Field.formfield(
            self,
            **{"multiline": self.multiline, "max_length": self.text_max_length, **kwargs},
        )
