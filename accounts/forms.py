"""Forms of sign-in, organisations and people."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actions import ensure_user
from accounts.models import Organisation, User, validate_business_id
from accounts.states import OrganisationKind

EMAIL_MESSAGES = {
    "required": _("Write your e-mail address."),
    "invalid": _("Write an e-mail address in the form name@example.fi."),
}


class SignInForm(RequestLoginCodeForm):  # type: ignore[misc]
    """One form for old and new people: whoever can read the code's letter is let in."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=User._meta.get_field("email").max_length,
        error_messages=EMAIL_MESSAGES,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )

    _user: User | None

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if email and not self._user and not User.objects.filter(email__iexact=email).exists():
            self._user = ensure_user(email=email, language=get_language() or "fi")
        return email


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    code = forms.CharField(
        label=_("Code"),
        error_messages={"required": _("Write the six digits of the letter.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name", "language")
        labels = {"name": _("Your name"), "language": _("Language of letters")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of letters"),
            choices=[("fi", "suomi"), ("sv", "svenska"), ("en", "English")],
        )


class OrganisationForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What kind of organisation"),
        choices=[
            choice
            for choice in OrganisationKind.choices
            if choice[0] not in (OrganisationKind.MUNICIPALITY, OrganisationKind.NETWORK)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind of your organisation.")},
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Write the organisation's name.")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    business_id = forms.CharField(
        label=_("Business ID (Y-tunnus)"),
        help_text=_("For example 1234567-1. An association without one may leave this empty."),
        max_length=20,
        required=False,
    )
    municipality = forms.CharField(label=_("Municipality"), max_length=60, required=False)

    def clean_business_id(self) -> str:
        value: str = self.cleaned_data["business_id"].strip()
        if value:
            validate_business_id(value)
            digits = "".join(character for character in value if character.isdigit())[-8:]
            value = f"{digits[:7]}-{digits[7]}"
        return value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == OrganisationKind.COMPANY and not (
            cleaned.get("business_id") or "business_id" in self.errors
        ):
            self.add_error("business_id", _("A company needs its business ID."))
        return cleaned

    def existing(self) -> Organisation | None:
        """The organisation that has the business ID already: one joins it, not founds it again."""
        business_id = self.cleaned_data.get("business_id")
        return Organisation.objects.filter(business_id=business_id).first() if business_id else None
