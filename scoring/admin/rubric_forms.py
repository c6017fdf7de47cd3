"""Forms of the rubric's editor: the criteria one by one, the rules, the order of ties, rounds."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.multilingual import FALLBACK as LANGUAGES
from core.multilingual import missing, text
from scoring import stages
from scoring.models import Criterion, Rubric
from scoring.states import (
    CalibrationUse,
    CommentRule,
    CriterionKind,
    GateAnswer,
    NotApplicable,
    Profile,
    RoundKind,
    ShowEntrants,
    ShowOthers,
)

WEIGHING = (CriterionKind.SCALE, CriterionKind.THRESHOLD)
TIE_STEPS = 5
MOST_STAGES = 5
HIGHEST = 10
NAMES = {"fi": "suomi", "sv": "svenska", "en": "English"}


class WeightField(forms.DecimalField):
    """Reads 12.5 and 12,5 alike, whatever the language."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def in_words(weight: Decimal) -> str:
    """A weight as one writes it: 12,5 and not 12,50."""
    return str(number_format(Decimal(weight).normalize().__format__("f")))


class PolicyForm(forms.Form):
    """Who reads, who sees what, what a juror must say."""

    reviews = forms.IntegerField(
        label=_("Reviews per proposal"),
        min_value=1,
        max_value=20,
        help_text=_("How many jurors read each proposal."),
    )
    not_applicable = forms.ChoiceField(label=_("When a juror cannot say"), choices=NotApplicable)
    comment_rule = forms.ChoiceField(label=_("Comment to the proposer"), choices=CommentRule)
    comment_levels = forms.TypedMultipleChoiceField(
        label=_("Levels that need a comment to the proposer"),
        required=False,
        coerce=int,
        choices=[(value, str(value)) for value in range(HIGHEST + 1)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("When the comment is otherwise optional."),
    )
    internal_comment_rule = forms.ChoiceField(
        label=_("Comment to the jury and staff"),
        choices=CommentRule,
        help_text=_("The proposer does not see it."),
    )
    profile = forms.ChoiceField(label=_("Profile"), choices=Profile)
    blind = forms.BooleanField(label=_("Jurors do not see who proposes"), required=False)
    show_others = forms.ChoiceField(
        label=_("A juror sees the others' points of a proposal"), choices=ShowOthers
    )
    show_entrants = forms.ChoiceField(
        label=_("After the decision entrants see of their own proposal"), choices=ShowEntrants
    )
    calibration = forms.ChoiceField(
        label=_("Scores corrected for strict and mild jurors"), choices=CalibrationUse
    )

    @classmethod
    def initial_of(cls, rubric: Rubric) -> dict[str, Any]:
        return {name: getattr(rubric, name) for name in cls.base_fields}


class TieForm(forms.Form):
    """What settles equal scores, first things first. A lot always comes last."""

    def __init__(self, *args: Any, criteria: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", "–"),
            *((key, gettext("Higher mean on: %(name)s") % {"name": n}) for key, n in criteria),
            ("median", gettext("Higher median of the jurors' totals")),
            ("lowest", gettext("Higher lowest total of a juror")),
        ]
        for number in range(1, TIE_STEPS + 1):
            self.fields[f"tie_{number}"] = forms.ChoiceField(
                label=f"{number}.", choices=choices, required=False
            )

    def names(self) -> list[str]:
        """As `write_rubric` takes them; the same thing twice counts once."""
        given = [self.cleaned_data.get(f"tie_{n}") for n in range(1, TIE_STEPS + 1)]
        return [*dict.fromkeys(name for name in given if name), "lot"]

    @staticmethod
    def initial_of(rubric: Rubric) -> dict[str, str]:
        names = [step.get("key") or step["by"] for step in rubric.tie_chain]
        kept = [name for name in names if name != "lot"]
        return {f"tie_{number}": name for number, name in enumerate(kept, start=1)}


class StageForm(forms.Form):
    """One round of the plan; without a kind there is none."""

    kind = forms.ChoiceField(
        label=_("Round"), choices=[("", "–"), *RoundKind.choices], required=False
    )
    reviews = forms.IntegerField(
        label=_("Jurors per proposal"), min_value=1, max_value=20, required=False
    )
    by = forms.ChoiceField(
        label=_("Who goes on"),
        choices=[
            (stages.ALL, _("All that are not shut out")),
            (stages.BEST, _("The best, so many")),
            (stages.THRESHOLD, _("All with at least this score")),
        ],
        required=False,
    )
    value = forms.IntegerField(
        label=_("Number or score"), min_value=0, max_value=9999, required=False
    )
    carried = forms.IntegerField(
        label=_("Weight of earlier scores, %"), min_value=0, max_value=100, required=False
    )
    live = forms.BooleanField(label=_("Pitched live"), required=False)

    def row(self) -> dict[str, Any] | None:
        """As the rubric keeps it, None of an empty one."""
        given = self.cleaned_data
        if not given.get("kind"):
            return None
        return {
            "kind": given["kind"],
            "reviews": given.get("reviews") or 1,
            "advance": {"by": given.get("by") or stages.ALL, "value": given.get("value") or 0},
            "carry_over": f"{Decimal(given.get('carried') or 0) / 100:f}",
            "live": bool(given.get("live")),
        }

    @staticmethod
    def initial_of(row: dict[str, Any]) -> dict[str, Any]:
        advance = row.get("advance") or {}
        return {
            "kind": row.get("kind"),
            "reviews": row.get("reviews"),
            "by": advance.get("by"),
            "value": advance.get("value") or None,
            "carried": int(Decimal(str(row.get("carry_over") or 0)) * 100) or None,
            "live": row.get("live"),
        }


class ReasonForm(forms.Form):
    """Why a correction is made; entrants read it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"reason_{language}"] = _words_field(language, 1000, rows=3)

    def words(self) -> dict[str, str]:
        return _words(self.cleaned_data, "reason")


class CriterionForm(forms.Form):
    """One criterion with its weight and the words of its levels, in three languages.

    Bound or not, `groups` gives its texts with the languages that each of them lacks.
    """

    key = forms.SlugField(max_length=40, required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=CriterionKind, initial=CriterionKind.SCALE)
    weight = WeightField(
        label=_("Weight, %"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    low = forms.IntegerField(
        label=_("Lowest level"), min_value=0, max_value=HIGHEST - 1, initial=1, required=False
    )
    high = forms.IntegerField(
        label=_("Highest level"), min_value=1, max_value=HIGHEST, initial=5, required=False
    )
    minimum = forms.IntegerField(
        label=_("Minimum"),
        min_value=0,
        max_value=HIGHEST,
        required=False,
        help_text=_("A proposal whose mean is lower is not ranked."),
    )
    place = forms.IntegerField(
        label=_("Position in the list"), min_value=1, max_value=99, required=False
    )
    remove = forms.BooleanField(label=_("Remove this criterion"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in LANGUAGES:
            self.fields[f"name_{language}"] = _words_field(language, 80)
            self.fields[f"question_{language}"] = _words_field(language, 200, rows=2)
        # Words of levels are no words of answers when the kind is changed.
        self.stem = "answer" if self.kind_now == CriterionKind.GATE else "level"
        self.values = self._levels()
        for value in self.values:
            for language in LANGUAGES:
                self.fields[f"{self.stem}_{value}_{language}"] = _words_field(language, 300, rows=3)

    @property
    def is_new(self) -> bool:
        return not self._now("key")

    @property
    def kind_now(self) -> str:
        kind = str(self._now("kind") or CriterionKind.SCALE)
        return kind if kind in CriterionKind.values else CriterionKind.SCALE

    @property
    def is_blank(self) -> bool:
        """A new one in which nothing has been written."""
        names = [name for name in self.fields if name.startswith(("name_", "question_", self.stem))]
        return self.is_new and not any(self._now(name) for name in [*names, "weight"])

    @property
    def is_removed(self) -> bool:
        return self.is_bound and bool(self._now("remove"))

    @property
    def title(self) -> str:
        return text({code: self._now(f"name_{code}") for code in LANGUAGES})

    @property
    def groups(self) -> dict[str, Any]:
        """{"name": (fields, languages that lack), "question": …, "levels": [(value, …)]}."""
        levels = [
            (value, self._answer(value), *self._group(f"{self.stem}_{value}"))
            for value in self.values
        ]
        return {"name": self._group("name"), "question": self._group("question"), "levels": levels}

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if given.get("remove"):
            return given
        if not _words(given, "name") and not self.is_blank:
            self.add_error("name_fi", gettext("Write the name in one language at least."))
        low, high, minimum = given.get("low"), given.get("high"), given.get("minimum")
        if given.get("kind") in WEIGHING and low is not None and high is not None:
            if high <= low:
                self.add_error(
                    "high", gettext("Levels must rise: the highest must be above the lowest.")
                )
            elif minimum is not None and not low <= minimum <= high:
                self.add_error("minimum", gettext("The minimum must be one of the levels."))
        return given

    def spec(self, key: str) -> dict[str, Any]:
        """As `write_rubric` takes it."""
        given = self.cleaned_data
        kind = given["kind"]
        spec: dict[str, Any] = {
            "key": key,
            "kind": kind,
            "weight": 0,
            "name": _words(given, "name"),
            "question": _words(given, "question"),
        }
        described = [(v, _words(given, f"{self.stem}_{v}")) for v in self.values]
        if kind in WEIGHING:
            spec["weight"] = str(given.get("weight") or 0)
            spec["low"], spec["high"] = self.values[0], self.values[-1]
            spec["levels"] = [{"value": v, "text": words} for v, words in described]
        elif kind == CriterionKind.GATE and any(words for _v, words in described):
            spec["levels"] = [{"value": v, "text": words} for v, words in described]
        if kind == CriterionKind.THRESHOLD:
            spec["minimum"] = given.get("minimum")
        return spec

    def new_key(self, taken: Iterable[str]) -> str:
        """A key of the criterion's name, not among those taken."""
        key = str(self.cleaned_data.get("key") or "")
        stem = key or slugify(self.title)[:34] or "criterion"
        known, number, found = set(taken), 2, stem
        while found in known:
            found, number = f"{stem}-{number}", number + 1
        return found

    def _levels(self) -> range:
        """The levels that the form has fields for: those typed, else those stored.

        Of a scale that does not rise, all that were sent: what was typed in them is kept.
        """
        if self.kind_now == CriterionKind.GATE:
            return range(GateAnswer.NO, GateAnswer.CLARIFY + 1)
        if self.kind_now == CriterionKind.INFO:
            return range(0)
        low, high = self._end("low", 1), self._end("high", 5)
        if high > low:
            return range(low, high + 1)
        names = [self.add_prefix(f"level_{value}_fi") for value in range(HIGHEST + 1)]
        sent = [value for value, name in enumerate(names) if name in self.data]
        return range(sent[0], sent[-1] + 1) if sent else range(0)

    def _end(self, name: str, otherwise: int) -> int:
        now = self._now(name)
        typed = str(otherwise if now is None else now)
        return min(int(typed), HIGHEST) if typed.isdecimal() and len(typed) <= 2 else otherwise

    def _answer(self, value: int) -> str:
        return str(GateAnswer(value).label) if self.kind_now == CriterionKind.GATE else str(value)

    def _group(self, name: str) -> tuple[list[forms.BoundField], list[str]]:
        fields = [self[f"{name}_{code}"] for code in LANGUAGES]
        written = {code: self._now(f"{name}_{code}") for code in LANGUAGES}
        lacks = [] if self.is_new and self.is_blank else missing(written)
        return fields, [NAMES[code] for code in lacks]

    def _now(self, name: str) -> Any:
        """What stands in the field as it is shown."""
        if self.is_bound:
            return str(self.data.get(self.add_prefix(name)) or "").strip()
        return self.initial.get(name, self.fields[name].initial if name in self.fields else None)

    @staticmethod
    def initial_of(criterion: Criterion) -> dict[str, Any]:
        initial: dict[str, Any] = {
            name: getattr(criterion, name) for name in ("key", "kind", "low", "high", "minimum")
        }
        if criterion.weighs:
            initial["weight"] = in_words(criterion.weight)
        initial["place"] = criterion.order + 1
        stem = "answer" if criterion.is_gate else "level"
        for language in LANGUAGES:
            initial[f"name_{language}"] = criterion.name.get(language, "")
            initial[f"question_{language}"] = criterion.question.get(language, "")
            for level in criterion.levels.all():
                initial[f"{stem}_{level.value}_{language}"] = level.description.get(language, "")
        return initial


def ordered(criteria: Sequence[CriterionForm]) -> list[CriterionForm]:
    """By the places that were written; those without one last, as they stood."""
    return sorted(criteria, key=lambda form: form.cleaned_data.get("place") or 100)


def _words_field(code: str, limit: int, *, rows: int = 0) -> forms.CharField:
    attrs: dict[str, Any] = {"lang": code, "maxlength": limit}
    widget = forms.Textarea({**attrs, "rows": rows}) if rows else forms.TextInput(attrs)
    return forms.CharField(label=NAMES[code], max_length=limit, required=False, widget=widget)


def _words(given: dict[str, Any], name: str) -> dict[str, str]:
    return {lang: given[f"{name}_{lang}"] for lang in LANGUAGES if given.get(f"{name}_{lang}")}
