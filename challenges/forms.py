"""Forms of the back office. They read what was typed; actions.py decides."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import oidc
from accounts.models import Organisation, User
from challenges import profiles, queries, recipe_book
from challenges.models import Challenge, Series, Theme
from challenges.states import (
    Assurance,
    ChallengeProfile,
    ChallengeState,
    PhaseKind,
    Talk,
    Visibility,
)
from challenges.timetable import Timetable
from core.clock import local
from core.multilingual import MultilingualFormField

LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


def _date_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _time_input() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_FORMAT)


class NewChallengeForm(forms.Form):
    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Host municipality"), empty_label=None
    )
    recipe = forms.ChoiceField(label=_("Recipe"))
    title = MultilingualFormField(
        label=_("Name of the challenge"),
        max_length=120,
        help_text=_("A question that anybody understands. Finnish is needed, the others soon."),
    )
    opens_on = forms.DateField(
        label=_("Opening day"),
        widget=_date_input(),
        help_text=_("Every other date is counted from this one. You can change them afterwards."),
    )
    profile = forms.ChoiceField(
        label=_("Kind of competition"),
        choices=[("", _("As in the recipe")), *ChallengeProfile.choices],
        required=False,
        help_text=_("Under the Procurement Act. It can be changed until the opening."),
    )
    contact_email = forms.EmailField(label=_("E-mail for questions"))

    def __init__(self, *args: Any, user: User, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hosts = queries.hosts_of(user)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = Organisation.objects.filter(
            pk__in=[host.pk for host in hosts]
        )
        cast(forms.ChoiceField, self.fields["recipe"]).choices = recipe_book.choices(user)
        self.fields["opens_on"].initial = today + dt.timedelta(days=14)
        self.fields["contact_email"].initial = user.email


class BasicsForm(forms.Form):
    name = MultilingualFormField(label=_("Name of the challenge"), max_length=120)
    contact_email = forms.EmailField(label=_("E-mail for questions"), required=False)
    themes = forms.ModelMultipleChoiceField(
        Theme.objects.all(), label=_("Themes"), widget=forms.CheckboxSelectMultiple
    )
    visibility = forms.ChoiceField(
        label=_("Which proposals the public sees"),
        choices=Visibility.choices,
        help_text=_("A promise to those who propose: it stays once the challenge is open."),
    )
    reasons_public = forms.BooleanField(
        label=_("The reasons of every decision are public"), required=False
    )
    talk = forms.ChoiceField(
        label=_("What the public may say of public proposals"),
        choices=Talk.choices,
        required=False,
        help_text=_("Until the decision. It can be changed at any time."),
    )

    assurance = forms.ChoiceField(
        label=_("How those who propose are identified"),
        choices=Assurance.choices,
        required=False,
        help_text=_(
            "Strong: with bank codes, a mobile certificate or the like, when the proposal is sent; "
            "a draft can be written without. The level and the time are recorded, not who it was. "
            "It stays once the challenge is open."
        ),
    )

    def clean_assurance(self) -> str:
        chosen: str = self.cleaned_data["assurance"]
        if chosen == Assurance.STRONG and not oidc.strong():
            raise forms.ValidationError(
                _("Nobody could send: the operator has set up no strong identification.")
            )
        return chosen

    @classmethod
    def of(cls, challenge: Challenge, data: Any = None) -> "BasicsForm":
        return cls(
            data,
            prefix="basics",
            initial={
                "name": challenge.name,
                "contact_email": challenge.contact_email,
                "themes": [theme.pk for theme in challenge.themes.all()],
                "visibility": challenge.visibility,
                "reasons_public": challenge.reasons_public,
                "talk": challenge.talk,
                "assurance": challenge.assurance,
            },
        )


class ProfileForm(forms.Form):
    """The kind and what it says: a field per statement of the kind that is chosen now; of every
    kind that it may become when none has been."""

    profile = forms.ChoiceField(
        label=_("Kind of competition"),
        choices=ChallengeProfile.choices,
        widget=forms.RadioSelect,
        help_text=_("Choose another kind and save: then its own questions are asked here."),
    )

    def __init__(self, *args: Any, profile: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = profiles.asked_of(profile) or profiles.asked_of_any()
        if not profile:
            self.fields["profile"].help_text = _(
                "Choose once and write what that kind must say: neither can be changed afterwards."
            )
        for one in self.asked:
            self.fields[one.key] = MultilingualFormField(
                label=one.heading,
                help_text=one.ask,
                multiline=True,
                max_length=profiles.WORDS_AT_MOST,
                required=False,
            )
        if not profile or profile in profiles.NOTICE_TAKEN:
            self.fields["notice_url"] = forms.URLField(
                label=_("Address of the official notice (Hilma)"),
                required=False,
                assume_scheme="https",
            )

    @classmethod
    def of(cls, challenge: Challenge, data: Any = None) -> "ProfileForm":
        initial = {"profile": challenge.profile, "notice_url": challenge.notice_url}
        form = cls(data, profile=challenge.profile, initial={**challenge.statements, **initial})
        # What has opened has a jury, which a consultation has not.
        if challenge.state == ChallengeState.OPENED and not challenge.profile:
            kinds = [
                one for one in ChallengeProfile.choices if one[0] != ChallengeProfile.CONSULTATION
            ]
            form.fields["profile"].choices = kinds  # type: ignore[attr-defined]
        return form

    @property
    def statements(self) -> dict[str, dict[str, str]]:
        return {one.key: self.cleaned_data[one.key] for one in self.asked}


class ConcludeForm(forms.Form):
    learned = MultilingualFormField(
        label=_("What was learned"),
        help_text=_("Everybody reads it on the challenge's page. No trade secrets here."),
        multiline=True,
        max_length=4000,
    )


class SeriesForm(forms.Form):
    name = MultilingualFormField(label=_("Name"), max_length=80)
    eligible = MultilingualFormField(
        label=_("Who may propose"), multiline=True, max_length=600, required=False
    )
    award = MultilingualFormField(label=_("Award"), multiline=True, max_length=600, required=False)
    winners = forms.IntegerField(label=_("Number of winners, at most"), min_value=1, max_value=200)

    @classmethod
    def of(cls, series: Series, data: Any = None) -> "SeriesForm":
        form = cls(
            data,
            prefix=series.key,
            initial={
                "name": series.name,
                "eligible": series.eligible,
                "award": series.award,
                "winners": series.winners,
            },
        )
        if not series.challenge.has_jury:  # nobody wins anything
            del form.fields["award"], form.fields["winners"]
        return form


class TimetableForm(forms.Form):
    """A beginning and an end per phase: «submission_starts», «submission_ends», …

    A phase with neither is left out.
    """

    def __init__(self, *args: Any, profile: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = profiles.phases_of(profile)
        for kind in self.kinds:
            required = kind == PhaseKind.SUBMISSION
            for side, label in (("starts", _("Begins")), ("ends", _("Ends"))):
                self.fields[f"{kind}_{side}"] = forms.DateTimeField(
                    label=label,
                    required=required,
                    widget=_time_input(),
                    input_formats=[LOCAL_FORMAT, "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H.%M"],
                )

    @classmethod
    def of(cls, timetable: Timetable, data: Any = None, *, profile: str) -> "TimetableForm":
        initial = {}
        for kind, (starts, ends) in timetable.items():
            initial[f"{kind}_starts"], initial[f"{kind}_ends"] = local(starts), local(ends)
        return cls(data, initial=initial, profile=profile)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {"label": kind.label, "starts": self[f"{kind}_starts"], "ends": self[f"{kind}_ends"]}
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        for kind in self.kinds:
            names = (f"{kind}_starts", f"{kind}_ends")
            given = [bool(self.cleaned_data.get(name)) for name in names]
            if any(given) and not all(given) and not self.errors:
                self.add_error(names[given.index(False)], _("Give both the beginning and the end."))
        return self.cleaned_data

    @property
    def timetable(self) -> dict[PhaseKind, tuple[dt.datetime, dt.datetime]]:
        return {
            kind: (self.cleaned_data[f"{kind}_starts"], self.cleaned_data[f"{kind}_ends"])
            for kind in self.kinds
            if self.cleaned_data.get(f"{kind}_starts")
        }


class ShiftForm(forms.Form):
    opens_on = forms.DateField(label=_("New opening day"), widget=_date_input())


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("Shown on the challenge's page if it has been open."),
    )


class PauseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why is it paused?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("Shown on the challenge's page, and sent to everybody who has begun."),
    )


class ExtendForm(forms.Form):
    closes_at = forms.DateTimeField(
        label=_("New closing"),
        widget=_time_input(),
        input_formats=[LOCAL_FORMAT, "%d.%m.%Y %H.%M"],
    )
    reason = forms.CharField(
        label=_("Why is more time given?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        help_text=_("Sent to everybody who has begun or handed in a proposal."),
    )


class SaveRecipeForm(forms.Form):
    name = forms.CharField(label=_("Name of the recipe"), max_length=120)


class ImportRecipeForm(forms.Form):
    owner = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Host municipality"), empty_label=None
    )
    file = forms.FileField(
        label=_("Recipe file"), widget=forms.FileInput(attrs={"accept": ".json"})
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = Organisation.objects.filter(
            pk__in=[host.pk for host in queries.hosts_of(user)]
        )

    def clean_file(self) -> Any:
        if self.cleaned_data["file"].size > recipe_book.BYTES_AT_MOST:
            raise forms.ValidationError(_("The file is too large to be a recipe."))
        return self.cleaned_data["file"]
