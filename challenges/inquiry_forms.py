"""Forms of questions and of following."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    text = forms.CharField(
        label=_("Your question"),
        help_text=_("Everybody reads the question and the answer, so leave your own plans out."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write the question here.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("If you want the answer by letter. It is shown to nobody."),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class FollowForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We first send a letter in which you confirm. At most four letters follow."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AnswerForm(forms.Form):
    shown = forms.CharField(
        label=_("The question as everybody reads it"),
        help_text=_("Take out names and anything that tells who asks."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("Everybody reads it at once; whoever has begun a proposal gets a letter."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
    )


class SetAsideForm(forms.Form):
    note = forms.CharField(
        label=_("Why is it not answered to all?"),
        help_text=_("The person who asked reads this, if there is an address."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )


class DeadlineForm(forms.Form):
    days = forms.IntegerField(
        label=_("Questions end before the closing, days"), min_value=0, max_value=60
    )
