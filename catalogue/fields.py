"""A list of keys from a fixed set, kept as JSON: several check boxes in a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from catalogue.states import TargetGroup


class TargetGroupsField(models.JSONField):
    """Keys of TargetGroup, each once, in its order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"default": list, "blank": True, **kwargs})

    def formfield(self, **kwargs: Any) -> Any:
        shown: dict[str, Any] = {
            "label": self.verbose_name,
            "choices": TargetGroup.choices,
            "widget": forms.CheckboxSelectMultiple,
            "required": False,
        }
        given = ("label", "help_text", "widget")
        return forms.MultipleChoiceField(
            **shown | {name: kwargs[name] for name in given if name in kwargs}
        )

    def clean(self, value: Any, model_instance: Any) -> list[str]:
        if not isinstance(value, list) or not set(map(str, value)) <= set(TargetGroup.values):
            raise ValidationError(_("Choose from the list."))
        return [key for key in TargetGroup.values if key in value]
