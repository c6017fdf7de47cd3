"""Forms of the catalogue's public side."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from catalogue.fields import AmountField
from catalogue.models import Reuse
from catalogue.states import Indicator, Method, ReuseStage


def _date(**more: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more
    )


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
    since = _date(label=_("Since when"), required=False)
    scope = forms.CharField(
        label=_("How widely"),
        help_text=_("For example one school, home care, or the whole municipality."),
        required=False,
        max_length=200,
    )
    changes = forms.CharField(
        label=_("What you have changed in it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    supplier = forms.CharField(label=_("Supplier"), required=False, max_length=120)
    cost_once = AmountField(label=_("What you have paid once, €"), required=False, max_digits=12)
    cost_yearly = AmountField(label=_("What you pay in a year, €"), required=False, max_digits=12)
    contact = forms.BooleanField(
        label=_("I may be asked about this: my name and e-mail are shown to everybody"),
        help_text=_("You can take this back here whenever you like."),
        required=False,
    )

    def __init__(self, *args: Any, municipalities: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.pk, one.name) for one in municipalities]  # type: ignore[attr-defined]
        if len(municipalities) == 1:
            self.fields["organisation"].initial = municipalities[0].pk


class ClaimForm(forms.Form):
    """What a municipality's use has changed: before, after, and how it is known."""

    reuse = forms.TypedChoiceField(label=_("Municipality"), coerce=int)
    indicator = forms.ChoiceField(
        label=_("What has changed?"),
        choices=Indicator.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what has changed.")},
    )
    name = forms.CharField(label=_("If something else: what?"), required=False, max_length=80)
    own_unit = forms.CharField(
        label=_("If something else: in which unit?"), required=False, max_length=30
    )
    baseline = AmountField(
        label=_("Before, in a year"),
        help_text=_("Euros, hours, kilometres, kilograms of CO₂ or kilowatt-hours."),
    )
    result = AmountField(label=_("Now, in a year"))
    starts_on = _date(label=_("Followed from"))
    ends_on = _date(label=_("Followed until"))
    method = forms.ChoiceField(
        label=_("How do you know?"), choices=Method.choices, widget=forms.RadioSelect
    )
    basis = forms.CharField(
        label=_("How was it reckoned?"),
        help_text=_("So that another municipality can follow it. Everybody sees this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    basis_url = forms.URLField(
        label=_("Address of a report or a calculation"), required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, reuses: list[Reuse], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reuse"].choices = [(one.pk, one.organisation.name) for one in reuses]  # type: ignore[attr-defined]
        if len(reuses) == 1:
            self.fields["reuse"].initial = reuses[0].pk

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("indicator") == Indicator.OTHER:
            for name in ("name", "own_unit"):
                if name not in self.errors and not given.get(name):
                    self.add_error(name, ValidationError(_now("Tell this too.")))
        else:
            given["name"] = given["own_unit"] = ""
        starts, ends = given.get("starts_on"), given.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", ValidationError(_now("The end is before the beginning.")))
        return given


class VerifyForm(forms.Form):
    """For which municipality, and that the reckoning has been looked at."""

    organisation = forms.TypedChoiceField(label=_("Verified by"), coerce=int)
    looked = forms.BooleanField(
        label=_("We have seen how the figures were reckoned, and they hold."),
        error_messages={"required": _("Verify only what you have looked at.")},
    )

    def __init__(self, *args: Any, municipalities: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(one.pk, one.name) for one in municipalities]  # type: ignore[attr-defined]
        self.fields["organisation"].initial = municipalities[0].pk
