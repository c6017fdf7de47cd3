"""Every change of a solution's maturity leaves a dated, signed row; freshness follows reviews."""

import datetime as dt

import pytest
from wagtail.log_actions import LogContext

from catalogue.admin import SolutionViewSet
from catalogue.importing import import_solutions
from catalogue.models import Contact, Solution
from catalogue.states import Freshness
from core import clock
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory

pytestmark = pytest.mark.django_db


def history(solution):
    return [(one.axis, one.value) for one in solution.maturity_changes.all()]


def test_a_change_leaves_a_row_and_no_change_none():
    solution = SolutionFactory(readiness="concept")
    solution.readiness, solution.offer = "pilot", "seeks_pilot"
    solution.save()
    solution.save()
    solution.title = "Toinen"
    solution.save(update_fields=["title"])
    assert history(solution) == [
        ("readiness", "concept"),
        ("readiness", "pilot"),
        ("offer", "seeks_pilot"),
    ]
    assert solution.maturity_changes.last().changed_on == clock.local(clock.now()).date()


def test_publishing_a_draft_signs_the_change_and_the_draft_does_not():
    solution, person = SolutionFactory(readiness="concept"), UserFactory()
    solution.readiness = "pilot"
    solution.contacts = [Contact(name="Yhteys Henkilö", consented_on=dt.date(2026, 1, 1))]
    with LogContext(user=person):
        revision = solution.save_revision(user=person)
        assert history(solution) == [("readiness", "concept")]
        assert not Contact.objects.exists()
        revision.publish(user=person, skip_permission_checks=True)
    assert history(solution)[1:] == [("readiness", "pilot")]
    assert solution.maturity_changes.last().by == person
    assert Contact.objects.get().solution_id == solution.pk


def test_a_file_leaves_rows_too():
    solution = SolutionFactory(readiness="concept")
    row = {
        "uid": str(solution.uid),
        "title": solution.title,
        "summary": solution.summary,
        "owner": solution.owner.slug,
    }
    new = row | {"uid": "6e9d3ee2-61f1-4a4f-9f3c-0c6f0e0f0e01", "offer": "know_how"}
    for _repeat in range(2):
        report = import_solutions([(1, row | {"readiness": "production"}), (2, new)])
        assert not report.faults
    assert history(solution) == [("readiness", "concept"), ("readiness", "production")]
    made = Solution.objects.get(uid=new["uid"])
    assert history(made) == [("readiness", "idea"), ("offer", "know_how")]


@pytest.mark.parametrize(
    ("days", "expected"),
    [(365, Freshness.FRESH), (366, Freshness.DUE), (456, Freshness.DUE), (457, Freshness.STALE)],
)
def test_freshness_follows_the_review(days, expected):
    today = clock.local(clock.now()).date()
    solution = SolutionFactory(reviewed_on=today - dt.timedelta(days=days))
    assert solution.freshness == expected
    solution.archived_at = clock.now()
    assert solution.freshness == Freshness.ARCHIVED


def test_people_are_shown_with_consent_and_until_it_runs_out():
    solution, today = SolutionFactory(), dt.date(2026, 6, 1)
    for name, consented, expires in (
        ("ei lupaa", None, None),
        ("lupa", today, None),
        ("lupa huomiseen", today, dt.date(2026, 6, 2)),
        ("päättynyt", dt.date(2025, 1, 1), today),
        ("vasta tulossa", dt.date(2026, 6, 2), None),
    ):
        Contact.objects.create(
            solution=solution, name=name, consented_on=consented, expires_on=expires
        )
    shown = [one.name for one in Contact.objects.all() if one.is_shown_on(today)]
    assert shown == ["lupa", "lupa huomiseen"]


def test_the_back_office_form_keeps_what_it_shows():
    """A form sent as it was shown changes nothing of the lists and facts."""
    solution = SolutionFactory(
        steps=["Sovi", "Kokeile"],
        sdgs=[3, 11],
        fits_sizes=["under_5k"],
        fits_regions=["Kainuu"],
        suppliers=[{"name": "Oy", "business_id": "", "url": "https://oy.example/"}],
        trust={"security": {"value": "yes", "url": "", "note": "Itse arvioitu"}},
    )
    viewset = SolutionViewSet()
    form_class = viewset.get_edit_handler().get_form_class()
    person = UserFactory()
    shown = form_class(instance=solution, for_user=person)
    sent = {}
    for name in ("steps", "sdgs", "fits_sizes", "fits_regions", "suppliers", "trust"):
        field, bound = shown.fields[name], shown[name]
        value = field.prepare_value(bound.initial)
        if name == "trust":
            for number, part in enumerate(field.widget.decompress(value)):
                sent[f"trust{field.widget.widgets_names[number]}"] = part
        else:
            sent[name] = value
    form = form_class(sent, instance=solution, for_user=person)
    form.is_valid()
    for name in ("steps", "sdgs", "fits_sizes", "fits_regions", "suppliers", "trust"):
        assert form.cleaned_data[name] == getattr(solution, name), name
        assert name not in form.changed_data, name
