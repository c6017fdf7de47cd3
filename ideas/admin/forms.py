"""The form of staff's word on a proposal."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CheckForm(forms.Form):
    eligible = forms.ChoiceField(
        label=_("Does it meet the rules?"),
        choices=[("yes", _("Yes, it goes to the jury")), ("no", _("No"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Needed for a no. The proposer is told these words."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
