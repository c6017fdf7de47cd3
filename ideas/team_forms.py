"""Forms of the team: an invitation, what one says of oneself, asking to join."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.rules import roles_of
from ideas.models import TeamMember
from ideas.names import LONGEST
from ideas.naming import name_by_form
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


class OwnNameForm(forms.Form):
    """Whether one is named in public, and for which organisation one takes part."""

    show = forms.BooleanField(
        label=_("My name may be shown in public with this proposal"), required=False
    )
    name = forms.CharField(
        label=_("My name, as everybody sees it"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    partner = forms.ModelChoiceField(
        label=_("An organisation that takes part through me"),
        help_text=_("It is shown in public as a partner. Leave this if none does."),
        queryset=Organisation.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, person: User, place: TeamMember, **kwargs: Any) -> None:
        name = place.shown_as or name_by_form(place)
        kwargs["initial"] = {
            "show": bool(name),
            "name": name or person.name,
            "partner": place.partner,
        }
        super().__init__(*args, **kwargs)
        choices = _organisations(person, place)
        if choices.exists():
            self.fields["partner"].queryset = choices  # type: ignore[attr-defined]
        else:
            del self.fields["partner"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("show") and not given.get("name") and "name" not in self.errors:
            self.add_error("name", _("Write the name, or leave the box unticked."))
        return given

    @property
    def said(self) -> dict[str, Any]:
        """For the verb: nobody is named who has not ticked the box."""
        given = self.cleaned_data
        return {
            "name": given["name"] if given["show"] else "",
            "partner": given.get("partner"),
        }


class AskForm(forms.Form):
    message = forms.CharField(
        label=_("Your message"),
        help_text=_("Tell in a few words who you are and what you would bring."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the message here.")},
    )


def _organisations(person: User, place: TeamMember) -> QuerySet[Organisation]:
    """Those that the person acts for, and the one that was chosen before."""
    own = Organisation.objects.filter(Q(pk__in=roles_of(person)) | Q(partnered=place))
    return own.exclude(ideas=place.idea).order_by("name").distinct()
