"""The public form in which anybody tells a need."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.municipalities import municipalities


class NeedForm(forms.Form):
    text = forms.CharField(
        label=_("What do you need, and why?"),
        help_text=_("For example what takes time, what goes wrong, and whom it concerns."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Tell the need in a sentence at least.")},
    )
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("If you may be asked more. It is shown to nobody else."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].choices = [  # type: ignore[attr-defined]
            ("", _("Not of any one municipality")),
            *((one.name_fi, one.name) for one in municipalities().values()),
        ]
