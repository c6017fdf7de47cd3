"""Forms of the catalogue's public side."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalogue.states import ReuseStage


class ReuseForm(forms.Form):
    """A municipality's word on a solution: which municipality, what, and in its own words."""

    organisation = forms.TypedChoiceField(label=_("Municipality"), coerce=int)
    stage = forms.ChoiceField(
        label=_("Where you are"),
        choices=[choice for choice in ReuseStage.choices if choice[0] != ReuseStage.SCALED],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose where you are with this solution.")},
    )
    note = forms.CharField(
        label=_("In your own words"),
        help_text=_("For example what you want to try, or how it has gone. Everybody sees this."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, municipalities: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.pk, one.name) for one in municipalities]  # type: ignore[attr-defined]
        if len(municipalities) == 1:
            self.fields["organisation"].initial = municipalities[0].pk
