"""Files of solutions for everybody: every field, and what others tell of them."""

import io

import pytest

from catalogue import exchange, reading
from catalogue.admin import SolutionViewSet
from catalogue.importing import import_solutions
from catalogue.models import Contact, Solution
from tests.factories.catalogue import ClaimFactory, SolutionFactory

pytestmark = pytest.mark.django_db


def rows() -> list[exchange.Row]:
    return list(exchange.rows(Solution.objects.published(), exchange.PUBLIC))


def test_what_others_tell_is_passed_over_on_the_way_in():
    """A file that everybody may have has it beside; who has told it is not asked of a file."""
    solution = SolutionFactory(users=2)
    Contact.objects.create(solution=solution, name="Nimi", consented_on="2026-01-01")
    ClaimFactory(reuse=solution.reuses.first())
    found = rows()
    assert len(found[0]["uses"]) == 2
    assert found[0]["claims"][0]["baseline"] == "12000.00"
    assert found[0]["contacts"][0]["name"] == "Nimi"
    for form in exchange.FORMATS:
        Solution.objects.all().delete()
        content = b"".join(exchange.write(found, form, exchange.PUBLIC))
        report = import_solutions(reading.read(io.BytesIO(content), form))
        assert (report.new, report.faults) == (1, [])
        made = Solution.objects.get()
        assert (made.users_count, made.reuses.count(), made.contacts.count()) == (0, 0, 0)


def test_every_field_of_the_back_office_travels():
    shown = {panel.field_name for group in SolutionViewSet.panels for panel in _fields(group)}
    assert len(shown) > 40
    assert shown <= set(exchange.KEPT)


def _fields(panel):
    if hasattr(panel, "field_name"):
        return [panel]
    return [inner for child in getattr(panel, "children", ()) for inner in _fields(child)]


def test_only_people_with_consent_are_in_a_file():
    solution = SolutionFactory()
    for name, consented, expires in (
        ("Suostunut", "2026-01-01", None),
        ("Kysymättä", None, None),
        ("Päättynyt", "2020-01-01", "2021-01-01"),
    ):
        Contact.objects.create(
            solution=solution, name=name, consented_on=consented, expires_on=expires
        )
    text = b"".join(exchange.write(rows(), "csv", exchange.PUBLIC)).decode()
    assert "Suostunut" in text
    assert "Kysymättä" not in text
    assert "Päättynyt" not in text


def test_statements_do_not_grow_with_rows(django_assert_num_queries):
    for many in (1, 4):
        for _ in range(many):
            ClaimFactory(reuse__solution=SolutionFactory(users=many))
        with django_assert_num_queries(7):
            rows()
