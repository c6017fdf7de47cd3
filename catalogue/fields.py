"""A list of keys from a fixed set, kept as JSON: several check boxes in a form."""

from typing import Any

from django import forms
from django.db import models

from catalogue import shapes
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
        return shapes.clean_target_groups(value)
