"""Fields of solutions: keys from a fixed set, kept as JSON; amounts as people write them."""

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


class AmountField(forms.DecimalField):
    """An amount that is not negative, as people write it in their language: «1 200,50»."""

    def __init__(self, *, max_digits: int = 14, decimal_places: int = 2, **kwargs: Any) -> None:
        limits: dict[str, Any] = {"max_digits": max_digits, "decimal_places": decimal_places}
        super().__init__(min_value=0, localize=True, **limits, **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)
