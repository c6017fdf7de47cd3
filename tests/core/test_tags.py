"""Tags, filters and partials: what they print, and that nothing untrusted comes through."""

from html.parser import HTMLParser

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.cards import Fact, IdeaCard, PhaseMark, SolutionRow, Step, Tag
from core.icons import STROKES, icon_svg
from core.languages import same_page
from core.markup import SOFT_HYPHEN, hyphenate, small_markdown

REL = 'rel="nofollow ugc noopener"'


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def render(source: str, **context: object) -> str:
    return Template("{% load talkoot %}" + source).render(Context(context))


def render_for(path: str, source: str, **context: object) -> str:
    request = RequestFactory().get(path)
    return Template("{% load talkoot %}" + source).render(RequestContext(request, context))


class Tags(HTMLParser):
    """Which elements and attributes a piece of HTML has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


# Long words ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "broken",
    [
        "kansa-lai-sena",
        "orga-ni-saa-tiona",
        "koulukyyti",  # 10 letters stay whole
        "Viiväs-tys-viesti huoltajalle",
        "ympä-ris-tö-vai-ku-tukset",
    ],
)
def test_tavuta_breaks_long_finnish_words_at_syllables(broken):
    assert hyphenate(broken.replace("-", "")) == broken.replace("-", SOFT_HYPHEN)


@given(st.text(max_size=80))
def test_tavuta_adds_soft_hyphens_and_changes_nothing_else(text):
    plain = text.replace(SOFT_HYPHEN, "")
    assert hyphenate(plain).replace(SOFT_HYPHEN, "") == plain


def test_tavuta_leaves_escaping_to_the_template():
    assert "<b>" not in render("{{ t|tavuta }}", t="<b>ympäristövaikutukset</b>")


# What people write -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\ntwo\n\nThree", "<p>One<br>two</p><p>Three</p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("First:\n- a\n- b\nLast", "<p>First:</p><ul><li>a</li><li>b</li></ul><p>Last</p>"),
        ("**bold** and 2 * 3", "<p><strong>bold</strong> and 2 * 3</p>"),
        ("", ""),
        (
            "[here](https://mikkeli.fi/a?b=1&c=2)",
            f'<p><a href="https://mikkeli.fi/a?b=1&amp;c=2" {REL}>here</a></p>',
        ),
        (
            "See https://mikkeli.fi/a.",
            f'<p>See <a class="address" href="https://mikkeli.fi/a" {REL}>https://mikkeli.fi/a</a>.</p>',
        ),
    ],
)
def test_small_markdown_knows_paragraphs_lists_bold_and_links(text, html):
    assert small_markdown(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '[x](https://a.fi/"onmouseover="alert(1))',
        "[<img src=x onerror=alert(1)>](https://a.fi)",
        "**<svg onload=alert(1)>**",
        "https://a.fi/<script>",
        "\x000\x00 [x](https://a.fi) \x001\x00",
        "![x](https://a.fi/x.png)",
    ],
)
def test_small_markdown_lets_nothing_of_the_writer_through(text):
    only_our_own(small_markdown(text))


@given(st.text(alphabet="ab<>\"'&[]()*:/-.1\n\x00 htpsjavcri", max_size=60))
def test_small_markdown_prints_only_its_own_tags_whatever_is_written(text):
    only_our_own(small_markdown(text))


def only_our_own(html: str) -> None:
    for tag, attrs in Tags(html).seen:
        assert tag in {"p", "br", "ul", "ol", "li", "strong", "a"}
        assert set(attrs) <= {"href", "rel", "class"}
        assert attrs.get("class", "address") == "address"
        if tag == "a":
            assert str(attrs["href"]).startswith(("http://", "https://", "mailto:"))


# Pictures --------------------------------------------------------------------------------------
def test_icons_are_ornaments_unless_named():
    assert all('aria-hidden="true"' in icon_svg(name) for name in STROKES)
    assert 'aria-label="Secret"' in icon_svg("lock", "Secret")
    with pytest.raises(KeyError):
        icon_svg("no-such-icon")


def test_kuosi_and_maps_are_written_into_the_page():
    assert 'viewBox="0 0 240 80"' in render('{% kuosi "idea" 6 2 family="koulu" %}')
    assert "<title" in render("{% mosaic counts 'Finland' %}", counts={"Mikkeli": 2})
    assert 'role="img"' in render("{% dotmap names title='Used here' %}", names=["Mikkeli"])


# Addresses -------------------------------------------------------------------------------------
def test_language_switch_keeps_page_and_query():
    request = RequestFactory().get("/en/account/login/?next=/en/")
    assert same_page(request, "sv") == "/sv/account/login/?next=/en/"
    assert same_page(request, "en") == "/en/account/login/?next=/en/"


def test_language_switch_leads_to_the_front_page_where_there_is_no_other():
    assert same_page(RequestFactory().get("/health"), "sv") == "/sv/"


def test_content_pages_are_addressed_by_slug():
    assert render("{% content_url 'tietosuoja' %}") == "/en/tietosuoja/"


def test_query_is_changed_one_name_at_a_time():
    here = "/en/?q=koulu&theme=a&theme=b&page=3"
    assert (
        render_for(here, "{% query_with page=4 %}") == "?q=koulu&amp;theme=a&amp;theme=b&amp;page=4"
    )
    assert render_for(here, "{% query_with theme=None %}") == "?q=koulu&amp;page=3"


# Forms -----------------------------------------------------------------------------------------
class Proposal(forms.Form):
    title = forms.CharField(max_length=80, help_text="Short and clear.")
    story = forms.CharField(widget=forms.Textarea, max_length=1500, required=False)
    whom = forms.ChoiceField(
        choices=[("a", "Children"), ("b", "The old")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="I have read the rules")
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    plan = forms.FileField(required=False)

    def clean(self):
        raise forms.ValidationError("The call has closed.")


def test_field_names_its_hint_and_error_as_descriptions():
    html = render("{% field form.title %}", form=Proposal({"title": ""}))
    inputs = [attrs for tag, attrs in Tags(html).seen if tag == "input"]
    assert inputs[0]["aria-describedby"] == "id_title_error id_title_hint"
    assert inputs[0]["aria-invalid"] == "true"
    assert inputs[0]["class"] == "in-text"
    ids = [attrs["id"] for _tag, attrs in Tags(html).seen if "id" in attrs]
    assert sorted(ids) == ["id_title", "id_title_error", "id_title_hint"]


def test_field_marks_what_may_be_left_empty_and_counts_long_text():
    html = render("{% field form.story %}", form=Proposal())
    assert "(optional)" in html
    assert 'data-count="id_story_count"' in html
    assert "At most 1,500 characters" in html or "At most 1500 characters" in html
    assert "(optional)" not in render("{% field form.title %}", form=Proposal())


def test_field_of_choices_is_a_group_with_a_legend():
    html = render("{% field form.whom %}", form=Proposal({}))
    tags = [tag for tag, _attrs in Tags(html).seen]
    assert tags.count("fieldset") == tags.count("legend") == 1
    assert tags.count("input") == tags.count("label") == 2
    assert 'aria-describedby="id_whom_error"' in html


def test_field_prints_hidden_checkbox_and_file_their_own_way():
    form = Proposal()
    Proposal.base_fields["plan"].limits = "PDF, at most 10 MB."
    assert "<label" not in render("{% field form.token %}", form=form)
    assert 'class="choice"' in render("{% field form.agreed %}", form=form)
    plan = render("{% field form.plan %}", form=Proposal())
    assert 'class="in-file"' in plan
    assert "PDF, at most 10 MB." in plan


def test_field_can_be_included_as_a_partial_too():
    form = Proposal({"title": "Snow"})
    included = render('{% include "components/field.html" with field=form.title %}', form=form)
    assert included == render("{% field form.title %}", form=form)


def test_error_summary_leads_to_the_first_input_of_each_wrong_field():
    form = Proposal({})
    html = render("{% error_summary form %}", form=form)
    links = [attrs["href"] for tag, attrs in Tags(html).seen if tag == "a"]
    assert links == ["#id_title", "#id_whom_0", "#id_agreed"]
    assert "The call has closed." in html
    assert "Title: This field is required." in html
    page = render("{% for f in form %}{% field f %}{% endfor %}", form=form)
    ids = {attrs.get("id") for _tag, attrs in Tags(page).seen}
    assert {link.lstrip("#") for link in links} <= ids


def test_error_summary_of_a_good_form_is_nothing():
    class Good(forms.Form):
        name = forms.CharField()

    assert render("{% error_summary form %}", form=Good({"name": "x"})).strip() == ""
    assert render("{% error_summary form %}", form=None).strip() == ""


# Partials --------------------------------------------------------------------------------------
def test_cards_escape_what_people_wrote():
    idea = IdeaCard(url="/x", title="<i>T</i>", summary="<b>S</b>", seed="s", language="sv")
    html = render_to_string("components/card_idea.html", {"idea": idea})
    assert "<i>" not in html.replace('<i class="on">', "")
    assert "<b>" not in html
    assert html.count('lang="sv"') == 2


def test_solution_row_shows_facts_and_tags():
    solution = SolutionRow(
        uid="u1",
        url="/x",
        title="Route help",
        by="Mikkeli",
        summary="Plans routes.",
        facts=[Fact(term="Maturity", value="In use", stage=3)],
        tags=[Tag(label="Winner", kind="win")],
        places=["Mikkeli"],
    )
    html = render_to_string("components/card_solution.html", {"solution": solution})
    assert html.count('class="on"') == 3
    assert '<span class="tag win">Winner</span>' in html


def test_phase_bar_marks_now_and_how_far_it_is():
    phases = [
        PhaseMark(name="Open", state="now", progress=78, caption="We are here"),
        PhaseMark(name="Results", state="next"),
    ]
    html = render("{% phase_bar phases %}", phases=phases)
    assert 'class="now w78" aria-current="step"' in html
    assert html.count("aria-current") == 1


def test_trail_says_its_states_in_words_too():
    steps = [
        Step(label="Received", state="done"),
        Step(label="Jury", state="now"),
        Step(label="Decided", state="next"),
    ]
    html = render("{% trail steps %}", steps=steps)
    assert "done" in html
    assert "not yet" in html
    assert html.count('aria-current="step"') == 1


def test_pagination_keeps_the_query_and_is_not_shown_for_one_page():
    page = Paginator(range(900), 20).page(7)
    html = render_for("/en/?q=koulu", '{% include "components/pagination.html" %}', page=page)
    assert 'href="?q=koulu&amp;page=8"' in html
    assert html.count('aria-current="page"') == 1
    one = Paginator(range(9), 20).page(1)
    assert "<nav" not in render_for("/en/", '{% include "components/pagination.html" %}', page=one)


def test_page_of_a_breakdown_needs_no_context():
    html = render_to_string("500.html")
    assert "/static/css/talkoot.css" in html
    assert "<h1>" in html
