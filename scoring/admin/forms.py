"""Forms of staff's scoring pages; those of rubrics are in `rubric_forms`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from core.multilingual import text


class InviteForm(forms.Form):
    people = forms.CharField(
        label=_("Jurors"),
        help_text=_("One a line: an address, “Name <address>”, or “address; name; title”."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    series = forms.MultipleChoiceField(
        label=_("Series that they score"), widget=forms.CheckboxSelectMultiple
    )
    expertise = forms.MultipleChoiceField(
        label=_("Themes that they know"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Used in the assignment. Invite people of different fields one group at a time."
        ),
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series = [(one.key, text(one.name)) for one in challenge.series.all()]
        self.fields["series"].choices = series  # type: ignore[attr-defined]
        self.fields["series"].initial = [key for key, _name in series]
        self.fields["expertise"].choices = [  # type: ignore[attr-defined]
            (theme.key, text(theme.name)) for theme in challenge.themes.all()
        ]
