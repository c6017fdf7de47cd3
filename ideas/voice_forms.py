"""Forms of what anybody says of a public proposal."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SupportForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a letter in which you confirm. The address is shown to nobody."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
