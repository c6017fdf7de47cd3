"""The form of staff's word on a proposal."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideas.registry import Gate


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

    def __init__(
        self, *args: Any, gates: Sequence[Gate] = (), has_jury: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not has_jury:
            self.fields["eligible"].choices = [("yes", _("Yes")), ("no", _("No"))]  # type: ignore[attr-defined]
        self.gates = gates
        for gate in gates:
            self.fields[f"gate_{gate.key}"] = forms.TypedChoiceField(
                label=gate.name,
                help_text=gate.question,
                choices=[(1, _("Yes")), (0, _("No")), (2, _("To be cleared up"))],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose one.")},
            )
        self.order_fields([f"gate_{gate.key}" for gate in gates])

    @property
    def answers(self) -> dict[str, int]:
        return {gate.key: self.cleaned_data[f"gate_{gate.key}"] for gate in self.gates}


class MessageForm(forms.Form):
    text = forms.CharField(
        label=_("Message to the proposer"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write the message here.")},
    )
    answer_by = forms.DateTimeField(
        label=_("Answer by"),
        help_text=_("If something is missing and you ask for it. Empty when no answer is needed."),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H.%M"],
    )
