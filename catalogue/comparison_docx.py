"""A comparison as a Word document for an agenda: headings, tables with headers, links, language.

Loaded only when a file is asked for, with python-docx.
"""

import io
from collections.abc import Sequence
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from catalogue.comparison import Comparison, Group, Row
from core import clock
from core.export import CONTROL

INK: Final = RGBColor(0x0F, 0x24, 0x1D)
TINT: Final = "FFE8C2"  # of what stands out; a word says that the row differs
LINK: Final = "0B5140"
WIDTH, HEIGHT, MARGIN, LABELS = Mm(297), Mm(210), Mm(15), Mm(45)
LANGUAGES: Final = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}


def written(comparison: Comparison, page: str, addresses: Sequence[str]) -> bytes:
    """The file's bytes. `page`: address of the comparison; `addresses`: of the solutions."""
    document = Document()
    _set_up(document)
    document.add_heading(_("Comparison of solutions"), level=1)
    day = date_format(clock.local(clock.now()), "j.n.Y")
    _link(document.add_paragraph(f"{day}. "), page, _("The same on the web"))
    for one, address in zip(comparison.solutions, addresses, strict=True):
        by = one.provider or one.owner.name
        line = document.add_paragraph(style="List Bullet")
        _link(line, address, _clean(one.title))
        line.add_run(f" ({_clean(by)})")
    document.add_paragraph(comparison.in_words)
    for group in comparison.groups:
        document.add_heading(group.label, level=2)
        _add_table(document, comparison, group)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Any) -> None:
    """A4 on its side, our own type, the reader's language, a name."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = WIDTH, HEIGHT
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = MARGIN
    for name, size in (("Normal", 9), ("Heading 1", 20), ("Heading 2", 13)):
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = "Arial", Pt(size), INK
        fonts = document.styles[name].element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)
    language = LANGUAGES.get(get_language() or "fi", "fi-FI")
    for kept in document.styles.element.iter(qn("w:lang")):
        kept.set(qn("w:val"), language)
    about = document.core_properties
    about.title, about.author, about.language = _("Comparison of solutions"), "Talkoot", language
    about.comments = ""
    about.created = about.modified = clock.now().replace(tzinfo=None)


def _add_table(document: Any, comparison: Comparison, group: Group) -> None:
    solutions = comparison.solutions
    table = document.add_table(rows=1, cols=1 + len(solutions), style="Table Grid")
    table.autofit = False
    head = table.rows[0]
    _mark(head, "w:tblHeader")
    head.cells[0].text = _("Fact")
    for cell, one in zip(head.cells[1:], solutions, strict=True):
        cell.text = _clean(one.title)
        _say_language(cell, one.language)
    for cell in head.cells:
        cell.paragraphs[0].runs[0].bold = True
    for row in group.rows:
        _add_row(table, row)
    each = (WIDTH - 2 * MARGIN - LABELS) // len(solutions)
    for column, width in zip(table.columns, (LABELS, *[each] * len(solutions)), strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _add_row(table: Any, row: Row) -> None:
    added = table.add_row()
    _mark(added, "w:cantSplit")
    label = added.cells[0]
    label.text = row.label
    label.paragraphs[0].runs[0].bold = True
    if row.differs:
        label.add_paragraph(_("Differs"))
    for cell, (told, stands_out) in zip(added.cells[1:], row.marked, strict=True):
        cell.text = _clean(told.text) or _("Not told")
        if told.language:
            _say_language(cell, told.language)
        if stands_out:
            _tint(cell)


def _tint(cell: Any) -> None:
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", TINT)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _say_language(cell: Any, language: str) -> None:
    """What its people wrote is in the solution's language: so that it is read aloud in it."""
    for run in cell.paragraphs[0].runs:
        said = OxmlElement("w:lang")
        said.set(qn("w:val"), LANGUAGES.get(language, "fi-FI"))
        run._r.get_or_add_rPr().append(said)


def _link(paragraph: Any, url: str, words: str) -> None:
    """python-docx reads links but has no verb to write one."""
    link = OxmlElement("w:hyperlink")
    target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link.set(qn("r:id"), target)
    run = paragraph.add_run(words)
    run.font.underline, run.font.color.rgb = True, RGBColor.from_string(LINK)
    link.append(run._r)
    paragraph._p.append(link)


def _clean(text: str) -> str:
    """XML has no place for control characters."""
    return CONTROL.sub("", text.replace("\r\n", "\n"))
