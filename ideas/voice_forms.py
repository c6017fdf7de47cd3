"""Forms of what anybody says of a public proposal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class SupportForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a letter in which you confirm. The address is shown to nobody."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class CommentForm(forms.Form):
    """`signed_in`: the address is known."""

    text = forms.CharField(
        label=_("Your comment"),
        help_text=_(
            "Everybody reads it, the proposer too. It goes under the name that you choose."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write the comment here.")},
    )
    name = forms.CharField(
        label=_("Your name, as everybody sees it"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
        error_messages={"required": _("Write a name, or a pen name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send a letter in which you confirm. The address is shown to nobody."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if signed_in:
            del self.fields["email"]


class ReportForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong with it?"),
        help_text=_("The staff of the challenge read this. You need not tell who you are."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what is wrong.")},
    )


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("Everybody reads it below the comment, as the proposer's answer."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write the answer here.")},
    )
