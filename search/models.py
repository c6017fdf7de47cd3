"""What staff teach the search, what people looked for in vain, and searches that they keep."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.analysis import LANGUAGES


class SynonymGroup(models.Model):
    """Words and phrases that mean the same, in any language; used when a query is read."""

    words: Any = models.JSONField(
        _("words"),
        default=dict,
        help_text=_(
            'By language: {"fi": ["koulukyyti", "koululaiskuljetus"], "sv": ["skolskjuts"]}'
        ),
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("group of synonyms")
        verbose_name_plural = _("groups of synonyms")

    def __str__(self) -> str:
        return ", ".join(word for word, _language in self.members()) or str(_("empty group"))

    def members(self) -> list[tuple[str, str]]:
        """(word, language) pairs."""
        return [(word, code) for code in LANGUAGES for word in (self.words or {}).get(code, [])]

    def clean(self) -> None:
        """The words as {language: [word, …]}, each once, two of them at least."""
        if not isinstance(self.words, dict) or not set(self.words) <= set(LANGUAGES):
            raise ValidationError({"words": _("Give the words by language: fi, sv, en.")})
        cleaned: dict[str, list[str]] = {}
        for code, words in self.words.items():
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise ValidationError({"words": _("Give the words of a language as a list.")})
            kept = list(dict.fromkeys(" ".join(word.split())[:80] for word in words))
            if kept := [word for word in kept if word]:
                cleaned[code] = kept
        if sum(map(len, cleaned.values())) < 2:
            raise ValidationError({"words": _("A group needs at least two words.")})
        self.words = cleaned


class ZeroResult(models.Model):
    """Words that were searched for and not found, counted by day. Nothing about who asked."""

    words = models.CharField(_("words"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        ordering = ["-day", "-count", "words"]
        constraints = [
            models.UniqueConstraint(fields=["words", "language", "day"], name="one_count_per_day")
        ]
        verbose_name = _("search without results")
        verbose_name_plural = _("searches without results")

    def __str__(self) -> str:
        return f"{self.words} ({self.count})"


class SavedSearch(models.Model):
    """A search of the catalogue that a person keeps under a name of their own."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    # The query part of the address of the catalogue's page, with its question mark.
    query = models.CharField(max_length=2000)
    mail = models.BooleanField(default=False)
    told_at = models.DateTimeField()  # what was published by then has been told or seen
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="one_saved_search_of_a_name",
                violation_error_message=_("You have a search of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
