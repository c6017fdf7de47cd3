"""Forms of staff's pages of the jury's people and terms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from core.multilingual import MultilingualFormField, text
from scoring.models import Juror


class JurorForm(forms.Form):
    """What staff know of a juror who has been invited."""

    series = forms.MultipleChoiceField(
        label=_("Series that they score"), widget=forms.CheckboxSelectMultiple
    )
    expertise = forms.MultipleChoiceField(
        label=_("Themes that they know"), required=False, widget=forms.CheckboxSelectMultiple
    )
    capacity = forms.IntegerField(
        label=_("Proposals, at most"),
        help_text=_("Empty: no limit. What has been given out already is not taken away."),
        required=False,
        min_value=0,
        max_value=5000,
    )
    chair = forms.BooleanField(
        label=_("Chair of the jury"),
        help_text=_("May open a submitted sheet again and decides on possible ties."),
        required=False,
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = [  # type: ignore[attr-defined]
            (one.key, text(one.name)) for one in challenge.series.all()
        ]
        self.fields["expertise"].choices = [  # type: ignore[attr-defined]
            (theme.key, text(theme.name)) for theme in challenge.themes.all()
        ]

    @classmethod
    def of(cls, juror: Juror) -> "JurorForm":
        initial = {
            "series": [one.key for one in juror.series.all()],
            "expertise": [theme.key for theme in juror.expertise.all()],
            "capacity": juror.capacity,
            "chair": juror.chair,
        }
        return cls(initial=initial, challenge=juror.challenge)


class TermsForm(forms.Form):
    body = MultilingualFormField(
        label=_("Terms and confidentiality"),
        help_text=_("One promise a line. Jurors accept them before they see anything."),
        multiline=True,
    )
