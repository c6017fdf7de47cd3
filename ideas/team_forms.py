"""The form that invites a colleague."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ideas.states import TeamRole


class InviteForm(forms.Form):
    email = forms.CharField(
        label=_("E-mail address of a colleague"),
        help_text=_("We write a letter. Your colleague signs in with this address."),
        max_length=254,
        error_messages={
            "required": _("Write your colleague's e-mail address. Example: name@example.org")
        },
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "none"}),
    )
    role = forms.ChoiceField(
        label=_("What may your colleague do?"),
        choices=[
            (TeamRole.WRITER, _("Write and read")),
            (TeamRole.READER, _("Only read, also messages with the municipality")),
        ],
        initial=TeamRole.WRITER,
        widget=forms.RadioSelect,
    )
