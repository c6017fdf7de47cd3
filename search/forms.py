"""The form in which a person keeps a search."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the search"), max_length=80, help_text=_("Only you see it.")
    )
    mail = forms.BooleanField(
        label=_("Send me an e-mail when there are new solutions, at most one a day"),
        required=False,
    )
