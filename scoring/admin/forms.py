"""Forms of staff's scoring pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from core.multilingual import text
from scoring.models import Criterion, Decision, Rubric
from scoring.states import CommentRule, NotApplicable

LANGUAGES = ("fi", "sv", "en")


class RubricForm(forms.Form):
    reviews = forms.IntegerField(
        label=_("Reviews per proposal"),
        min_value=1,
        max_value=20,
        help_text=_("How many jurors read each proposal."),
    )
    comment_rule = forms.ChoiceField(label=_("Comment to the proposer"), choices=CommentRule)
    not_applicable = forms.ChoiceField(label=_("When a juror cannot say"), choices=NotApplicable)
    ties = forms.CharField(
        label=_("Order of breaking ties"),
        help_text=_("Keys of criteria, “median” or “lowest”, and “lot” last, with commas between."),
        max_length=300,
    )


class CriterionForm(forms.Form):
    """One criterion with its weight and the words of its levels, in three languages."""

    key = forms.SlugField(label=_("Key"), max_length=40)
    weight = forms.DecimalField(
        label=_("Weight, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2
    )

    low = forms.IntegerField(label=_("Lowest level"), min_value=0, max_value=1, initial=1)
    high = forms.IntegerField(label=_("Highest level"), min_value=2, max_value=10, initial=5)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        low, high = self._scale()
        for language in LANGUAGES:
            self.fields[f"name_{language}"] = forms.CharField(
                label=_("Name, %(language)s") % {"language": language},
                max_length=80,
                required=language == LANGUAGES[0],
            )
            self.fields[f"question_{language}"] = forms.CharField(
                label=_("Question, %(language)s") % {"language": language},
                max_length=200,
                required=False,
            )
        self.values = range(low, high + 1)
        for value in self.values:
            for language in LANGUAGES:
                self.fields[f"level_{value}_{language}"] = forms.CharField(
                    label=_("Level %(value)s, %(language)s")
                    % {"value": value, "language": language},
                    max_length=300,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )

    def _scale(self) -> tuple[int, int]:
        """The levels that the form has fields for: those typed, else those stored."""
        ends = []
        for name in ("low", "high"):
            typed = self.data.get(self.add_prefix(name), "") if self.is_bound else ""
            known = self.initial.get(name, self.fields[name].initial)
            field: Any = self.fields[name]
            inside = typed.isdecimal() and len(typed) < 3
            ends.append(
                min(max(int(typed), field.min_value), field.max_value) if inside else int(known)
            )
        return ends[0], ends[1]

    def spec(self) -> dict[str, Any]:
        """As `write_rubric` takes it."""
        given = self.cleaned_data
        return {
            "key": given["key"],
            "weight": str(given["weight"]),
            "low": given["low"],
            "high": given["high"],
            "name": _words(given, "name"),
            "question": _words(given, "question"),
            "levels": [
                {"value": value, "text": _words(given, f"level_{value}")} for value in self.values
            ],
        }


def _words(given: dict[str, Any], name: str) -> dict[str, str]:
    return {lang: given[f"{name}_{lang}"] for lang in LANGUAGES if given.get(f"{name}_{lang}")}


def initial_of(rubric: Rubric) -> dict[str, Any]:
    return {
        "reviews": rubric.reviews,
        "comment_rule": rubric.comment_rule,
        "not_applicable": rubric.not_applicable,
        "ties": ", ".join(step.get("key") or step["by"] for step in rubric.tie_chain),
    }


def criterion_initial(criterion: Criterion) -> dict[str, Any]:
    initial: dict[str, Any] = {
        name: getattr(criterion, name) for name in ("key", "weight", "low", "high")
    }
    for language in LANGUAGES:
        initial[f"name_{language}"] = criterion.name.get(language, "")
        initial[f"question_{language}"] = criterion.question.get(language, "")
        for level in criterion.levels.all():
            initial[f"level_{level.value}_{language}"] = level.description.get(language, "")
    return initial


class InviteForm(forms.Form):
    people = forms.CharField(
        label=_("Jurors"),
        help_text=_("One a line: an address, “Name <address>”, or “address; name; title”."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    series = forms.MultipleChoiceField(
        label=_("Series that they score"), widget=forms.CheckboxSelectMultiple
    )
    expertise = forms.MultipleChoiceField(
        label=_("Themes that they know"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Used in the assignment. Invite people of different fields one group at a time."
        ),
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        series = [(one.key, text(one.name)) for one in challenge.series.all()]
        self.fields["series"].choices = series  # type: ignore[attr-defined]
        self.fields["series"].initial = [key for key, _name in series]
        self.fields["expertise"].choices = [  # type: ignore[attr-defined]
            (theme.key, text(theme.name)) for theme in challenge.themes.all()
        ]


class DecisionForm(forms.Form):
    statement = forms.CharField(
        label=_("Statement of the jury"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    publish_at = forms.DateTimeField(
        label=_("Published at"),
        required=False,
        help_text=_("Finnish time. Pages, letters and the catalogue change at that minute."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d.%m.%Y %H.%M"],
    )

    @classmethod
    def of(cls, decision: Decision) -> "DecisionForm":
        return cls(initial={"statement": decision.statement, "publish_at": decision.publish_at})
