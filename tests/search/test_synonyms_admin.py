"""Synonyms in the back office: shown before they are saved, on the real engine."""

import datetime as dt

import pytest
from django.urls import reverse

from challenges import hosting
from cms.setup import setup_site
from core import clock
from core.models import AuditEntry
from search import teaching
from search.engine import Query
from search.models import SynonymGroup, ZeroResult
from search.service import forget_synonyms, note_zero_result, search
from search.tasks import refresh
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import SolutionFactory
from tests.factories.challenges import HostFactory
from tests.search.making import BOTH

pytestmark = pytest.mark.django_db
TODAY = clock.local(clock.now()).date()


@pytest.fixture
def staff(client):
    setup_site()
    host = HostFactory()
    hosting.ensure_host(host)
    client.force_login(UserFactory(staff_of=host))
    return client


def made(*titles):
    found = [
        SolutionFactory(title=title, problem="Autot ajavat tyhjinä", solution="Reitit yhteen")
        for title in titles
    ]
    refresh([f"solution:{one.pk}" for one in found])
    return found


def words(fi="", sv="", en="", **more):
    return {"words_fi": fi, "words_sv": sv, "words_en": en, "note": "", **more}


def test_group_is_taught_with_a_word_on_each_line(staff):
    response = staff.post(
        reverse("synonyms:add"), words("koulukyyti\n koululaiskuljetus \n\n", "skolskjuts")
    )
    assert response.status_code == 302
    group = SynonymGroup.objects.get()
    assert group.words == {"fi": ["koulukyyti", "koululaiskuljetus"], "sv": ["skolskjuts"]}
    assert AuditEntry.objects.filter(verb="synonyms.taught").count() == 1


@BOTH
def test_preview_tells_what_enters_leaves_and_moves_and_saves_nothing(index, staff):
    made("Kylätaksi", "Palvelulinja kylille")
    address = reverse("synonyms:add")
    asked = words("kylätaksi\npalvelulinja", preview="1", q="kylätaksi", q_language="fi")
    response = staff.post(address, asked)
    compared = response.context["compared"]
    assert compared.totals == (1, 2)
    assert [(row.title, row.before, row.after, row.kind) for row in compared.rows] == [
        ("Kylätaksi", 1, 1, "stays"),
        ("Palvelulinja kylille", None, 2, "enters"),
    ]
    html = response.content.decode()
    assert "kylätaksi\npalvelulinja</textarea>" in html  # nothing typed is lost
    assert 'value="kylätaksi"' in html
    assert not SynonymGroup.objects.exists()
    forget_synonyms()
    assert search(Query("kylätaksi", fill=0)).total == 1


@BOTH
def test_preview_of_a_changed_group_takes_the_saved_one_out(index, staff):
    made("Kylätaksi", "Palvelulinja kylille")
    group = SynonymGroup.objects.create(words={"fi": ["kylätaksi", "palvelulinja"]})
    forget_synonyms()
    address = reverse("synonyms:edit", args=[group.pk])
    response = staff.post(address, words("kylätaksi\nkyytipalvelu", preview="1", q="kylätaksi"))
    assert [(row.title, row.kind) for row in response.context["compared"].rows] == [
        ("Kylätaksi", "stays"),
        ("Palvelulinja kylille", "leaves"),
    ]
    group.refresh_from_db()
    assert group.words == {"fi": ["kylätaksi", "palvelulinja"]}
    assert not AuditEntry.objects.filter(verb__startswith="synonyms").exists()


def test_preview_of_half_a_group_says_what_lacks_at_the_field(index, staff):
    response = staff.post(
        reverse("synonyms:add"), words("yksi", preview="1", q="yksi", q_language="fi")
    )
    assert response.status_code == 200
    assert response.context["form"].errors["words"]
    assert "compared" not in response.context


def test_preview_says_when_the_search_is_out_of_reach(index, staff, out_of_reach):
    with out_of_reach():
        response = staff.post(
            reverse("synonyms:add"), words("yksi\nkaksi", preview="1", q="yksi", q_language="fi")
        )
    assert response.context["down"]
    assert "yksi\nkaksi</textarea>" in response.content.decode()


def test_forgetting_a_group_is_in_the_log(staff):
    group = SynonymGroup.objects.create(words={"fi": ["yksi", "kaksi"]})
    assert staff.post(reverse("synonyms:delete", args=[group.pk])).status_code == 302
    assert not SynonymGroup.objects.exists()
    assert AuditEntry.objects.get(verb="synonyms.forgotten").data == {"words": group.words}


def test_searches_without_results_are_beside_the_groups_and_become_one(index, staff):
    SynonymGroup.objects.create(words={"fi": ["tuttu", "entuudestaan tuttu"]})
    for text in ("kyläkyyti", "kyläkyyti", "tuttu", "<b>outo</b>"):
        note_zero_result(text, "fi")
    old = TODAY - dt.timedelta(days=teaching.SHOWN_DAYS)
    ZeroResult.objects.create(words="vanha", language="fi", day=old, count=9)
    response = staff.get(reverse("synonyms:index"))
    rows = [(one.words, one.times, one.taught) for one in response.context["in_vain"]]
    assert rows == [("kyläkyyti", 2, False), ("<b>outo</b>", 1, False), ("tuttu", 1, True)]
    html = response.content.decode()
    assert "<b>outo" not in html
    link = f"{reverse('synonyms:add')}?words=kyl%C3%A4kyyti&amp;language=fi"
    assert link in html
    begun = staff.get(link.replace("&amp;", "&")).content.decode()
    assert ">\nkyläkyyti</textarea>" in begun
    assert 'name="q" value="kyläkyyti"' in begun


def test_list_of_searches_costs_the_same_for_one_and_for_many(django_assert_num_queries):
    for n in range(20):
        note_zero_result(f"sana {'abcdefghijklmnopqrst'[n]}", "fi")
    with django_assert_num_queries(2):
        assert len(teaching.in_vain(today=TODAY)) == 20


def test_a_flood_of_searches_is_not_written(index):
    for n in range(200):
        note_zero_result("".join("abcdefghij"[int(d)] for d in str(n)), "fi")
    assert ZeroResult.objects.count() == 60


def test_counting_again_is_one_statement_beside_the_transaction(django_assert_num_queries):
    note_zero_result("sana", "fi")
    with django_assert_num_queries(3):  # SAVEPOINT, UPDATE, RELEASE
        note_zero_result("sana", "fi")
    assert ZeroResult.objects.get().count == 2


def test_old_words_are_forgotten():
    def ago(days, count):
        ZeroResult.objects.create(
            words=f"sana {days} {count}",
            language="fi",
            day=TODAY - dt.timedelta(days=days),
            count=count,
        )

    for days, count in ((29, 1), (31, 1), (31, 2), (364, 2), (366, 2)):
        ago(days, count)
    assert teaching.forget_old_words(at=clock.now()) == 2
    kept = set(ZeroResult.objects.values_list("words", flat=True))
    assert kept == {"sana 29 1", "sana 31 2", "sana 364 2"}
