"""What a file really is: good ones pass, hostile ones are refused in words."""

import io
import struct
import tempfile
import tracemalloc
import zipfile
import zlib

import pytest
from django.utils import translation
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

from ideas import filetypes, pictures
from ideas.filetypes import Refused
from tests.e2e.files import pdf as large_pdf
from tests.factories import files

ALL = list(filetypes.KINDS)
LIMIT = 10 * 1024 * 1024


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(data, name, accept=ALL, limit=LIMIT):
    filetypes.check_size(len(data), max_bytes=limit)
    return filetypes.check(io.BytesIO(data), name=name, size=len(data), accept=accept)


def refusal(data, name, **more):
    with pytest.raises(Refused) as caught:
        check(data, name, **more)
    return str(caught.value)


GOOD = [
    ("suunnitelma.pdf", files.pdf()),
    ("ISO.PDF", files.pdf()),
    ("ääkköset ja välit (2).docx", files.office("docx")),
    ("luvut.xlsx", files.office("xlsx")),
    ("esitys.pptx", files.office("pptx")),
    ("teksti.odt", files.open_document("odt")),
    ("taulukko.ods", files.open_document("ods")),
    ("esitys.odp", files.open_document("odp")),
    ("kuva.png", files.picture("PNG")),
    ("kuva.jpg", files.picture("JPEG")),
    ("kuva.jpeg", files.picture("JPEG", place=True)),
    ("kuva.webp", files.picture("WEBP", place=True)),
    ("lue.txt", "Hei, hyvää päivää\n".encode()),
    ("merkilla.txt", b"\xef\xbb\xbfHei"),
    ("luvut.csv", b"a;b\n1;2\n"),
    ("versio.1.2.pdf", files.pdf()),
]


@pytest.mark.parametrize(("name", "data"), GOOD, ids=[name for name, _data in GOOD])
def test_good_file_is_known_by_its_content(name, data):
    kind = check(data, name)
    assert kind.key == {"jpeg": "jpg"}.get(name.lower().rpartition(".")[2], kind.key)
    assert b"".join(filetypes.stored_pieces(io.BytesIO(data), kind))


HOSTILE = [
    ("svg-as-png", "kuva.png", files.SVG, "content is SVG"),
    ("html-as-jpg", "kuva.jpg", files.HTML, "content is HTML"),
    ("html-as-pdf", "liite.pdf", files.HTML, "content is HTML"),
    ("html-as-txt", "lue.txt", files.HTML, "content is HTML"),
    ("svg-as-csv", "luvut.csv", b"\xef\xbb\xbf \n" + files.SVG, "content is SVG"),
    ("exe-as-pdf", "liite.pdf", b"MZ\x90\x00" + bytes(200), "content is EXE"),
    ("gif-as-png", "kuva.png", b"GIF89a" + bytes(60), "content is GIF"),
    ("png-as-jpg", "kuva.jpg", files.picture("PNG"), "content is PNG"),
    ("pdf-as-docx", "kirje.docx", files.pdf(), "content is PDF"),
    ("binary-as-txt", "lue.txt", b"abc\x00def", "something else"),
    ("latin-as-txt", "lue.txt", "hyvää päivää".encode("latin-1"), "UTF-8"),
    ("cut-utf8", "lue.txt", "hyvää ä".encode()[:-1], "UTF-8"),
    ("svg", "kuva.svg", files.SVG, ".svg are not taken"),
    ("html", "sivu.html", files.HTML, ".html are not taken"),
    ("exe", "ohjelma.exe", b"MZ" + bytes(60), ".exe are not taken"),
    ("no-ending", "liite", files.pdf(), "no ending"),
    ("only-ending", ".pdf", files.pdf(), "no name"),
    ("empty-name", "", files.pdf(), "no name"),
    ("double-ending", "lasku.exe.pdf", files.pdf(), ".exe and .pdf"),
    ("double-html", "sivu.HTML.png", files.picture(), ".html and .png"),
    ("empty", "tyhja.pdf", b"", "0 bytes"),
    ("path", "../../etc/passwd.pdf", files.pdf(), "path of a folder"),
    ("windows-path", "C:\\kansio\\a.pdf", files.pdf(), "path of a folder"),
    ("drive", "C:liite.pdf", files.pdf(), "path of a folder"),
    ("nul-name", "a\x00.pdf", files.pdf(), "invisible"),
    ("newline-name", "a\r\nX-Header: 1.pdf", files.pdf(), "invisible"),
    ("rtl-name", "lasku\u202efdp.exe.pdf", files.pdf(), "invisible"),
    ("rtl-mark", "\u200flasku.pdf", files.pdf(), "invisible"),
    ("long-name", "x" * 296 + ".pdf", files.pdf(), "300 characters"),
    ("cut-pdf", "liite.pdf", files.pdf()[:60], "ends early"),
    ("pdf-not-first", "liite.pdf", b"<script>" + files.pdf(), "content is HTML"),
    ("pdf-and-html", "liite.pdf", files.pdf() + files.HTML, "Something else"),
    ("pdf-and-zip", "liite.pdf", files.pdf() + files.archive({"a": "b"}), "Something else"),
    ("cut-png", "kuva.png", files.picture()[:50], "ends early"),
    ("cut-jpg", "kuva.jpg", files.picture("JPEG", (400, 300))[:600], "ends early"),
    ("cut-webp", "kuva.webp", files.picture("WEBP", (400, 300))[:60], "ends early"),
    ("sign-only", "kuva.png", pictures.PNG_SIGN, "ends early"),
    ("pixels", "kuva.png", files.huge_png(9000, 8000), "9000"),
    ("more-pixels", "kuva.png", files.huge_png(60000, 60000), "ends early"),
    ("macros", "kirje.docx", files.office(macros=True), "macros"),
    ("vba", "kirje.docx", files.office(**{"word/vbaProject.bin": b"x"}), "macros"),
    ("odt-basic", "t.odt", files.open_document(**{"Basic/script-lb.xml": b"x"}), "macros"),
    ("xlm", "t.xlsx", files.office("xlsx", **{"xl/macrosheets/s.xml": b"x"}), "macros"),
    ("program-inside", "k.docx", files.office(**{"word/embeddings/a.exe": b"MZ"}), "program"),
    ("zip-slip", "k.docx", files.office(**{"../../etc/cron": b"x"}), "Something else"),
    ("plain-zip", "kirje.docx", files.archive({"a.txt": "b"}), "broken"),
    ("xlsx-as-docx", "kirje.docx", files.office("xlsx"), "broken"),
    ("odt-as-ods", "kirje.ods", files.open_document("odt"), "broken"),
    ("cut-zip", "kirje.docx", files.office()[:80], "broken"),
    ("zip-after-exe", "kirje.docx", b"MZ" + files.office(), "content is EXE"),
    ("old-doc", "kirje.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
    ("bomb", "kirje.docx", files.bomb(), "far too large"),
    ("many-parts", "k.docx", files.office(**{f"p/{n}": b"" for n in range(4100)}), "far too large"),
]


@pytest.mark.parametrize(
    ("name", "data", "words"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_hostile_file_is_refused_in_words(name, data, words):
    assert words in refusal(data, name)


def test_bomb_that_lies_of_its_size_is_refused():
    refused = refusal(files.lying_bomb(), "kirje.docx")
    assert "far too large" in refused or "broken" in refused


def test_part_with_a_wrong_checksum_is_refused():
    data = bytearray(files.office(**{"word/media/a.txt": b"koskematon"}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo("word/media/a.txt")
    data[entry.header_offset + 30 + len(entry.filename) + 2] ^= 0xFF
    assert "broken" in refusal(bytes(data), "kirje.docx")


def test_password_is_told_of():
    data = bytearray(files.office())
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "password" in refusal(bytes(data), "kirje.docx")


def test_size_limit_says_both_sizes():
    words = refusal(files.pdf("x" * 3000), "liite.pdf", limit=2048)
    assert "2.0" in words
    assert "3." in words


def test_only_the_types_of_the_question_are_taken():
    assert "PDF" in refusal(files.picture(), "kuva.png", accept=["pdf"])


def test_file_that_did_not_arrive_whole_is_refused():
    data = files.pdf()
    with pytest.raises(Refused, match="arrive whole"):
        filetypes.check(io.BytesIO(data), name="a.pdf", size=len(data) + 1, accept=ALL)


def stored(data, name):
    kind = check(data, name)
    return b"".join(filetypes.stored_pieces(io.BytesIO(data), kind))


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_picture_is_stored_without_what_the_camera_told(kind, ending):
    given = files.picture(kind, (300, 200), place=True)
    assert b"Salainen" in given
    kept = stored(given, f"kuva.{ending}")
    assert b"Salainen" not in kept
    before, after = Image.open(io.BytesIO(given)), Image.open(io.BytesIO(kept))
    assert not after.getexif()
    assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_jpeg_keeps_which_way_is_up():
    kept = Image.open(io.BytesIO(stored(files.picture("JPEG", place=True, turned=6), "kuva.jpg")))
    assert dict(kept.getexif()) == {0x0112: 6}


def test_progressive_jpeg_with_a_colour_profile_survives():
    made = io.BytesIO()
    noise = Image.effect_noise((200, 150), 80).convert("RGB")
    noise.save(made, "JPEG", progressive=True, icc_profile=b"profile" * 9000, comment=b"salaa")
    kept = stored(made.getvalue(), "kuva.jpg")
    after = Image.open(io.BytesIO(kept))
    assert after.info["icc_profile"] == b"profile" * 9000
    assert b"salaa" not in kept
    assert after.tobytes() == noise_as_kept(made.getvalue())


def noise_as_kept(data):
    return Image.open(io.BytesIO(data)).tobytes()


@pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_what_follows_a_picture_is_not_stored(kind, ending):
    kept = stored(files.picture(kind) + files.HTML + files.archive({"a": "b"}), f"kuva.{ending}")
    assert b"script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))
    assert Image.open(io.BytesIO(kept)).size == (40, 30)


def test_memory_does_not_grow_with_the_file():
    def peak(megabytes):
        with tempfile.TemporaryFile() as file:
            file.write(b"%PDF-1.4\n")
            for _megabyte in range(megabytes):
                file.write(b"0" * 1024 * 1024)
            size = file.write(b"startxref\n9\n%%EOF\n") + 9 + megabytes * 1024 * 1024
            file.seek(0)
            tracemalloc.start()
            kind = filetypes.check(file, name="a.pdf", size=size, accept=["pdf"])
            for _piece in filetypes.stored_pieces(file, kind):
                pass
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return most

    assert peak(40) < peak(4) + 300_000


def test_limits_are_words():
    words = filetypes.limits_in_words(["pdf", "docx"], 10, 5)
    assert words == "PDF, Word (docx). One file may have 10 MB at most. 5 files fit here."
    assert "One file fits" in filetypes.limits_in_words(["pdf"], 10, 1)


def with_action(**parts):
    """A PDF of one page with these entries in its root."""
    made = PdfWriter()
    page = made.add_blank_page(100, 100)
    if "opens" in parts:
        action = DictionaryObject({NameObject("/S"): NameObject(parts["opens"])})
        made.root_object[NameObject("/OpenAction")] = action
    if "button" in parts:
        last = DictionaryObject({NameObject("/S"): NameObject(parts["button"])})
        first = {NameObject("/S"): NameObject("/GoTo"), NameObject("/Next"): last}
        annotation = DictionaryObject({NameObject("/A"): DictionaryObject(first)})
        page[NameObject("/Annots")] = ArrayObject([annotation])
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "parts",
    [{"opens": "/Launch"}, {"opens": "/JavaScript"}, {"button": "/Launch"}],
)
def test_pdf_that_runs_something_is_refused(parts):
    assert "runs a script" in refusal(with_action(**parts), "a.pdf")


def packed(action):
    """A PDF whose root, with this action at its opening, is in a compressed stream of objects."""
    root = f"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/{action}>>>> ".encode()
    pages = b"<</Type/Pages/Kids[]/Count 0>>"
    places = f"1 0 2 {len(root)} ".encode()
    inside = zlib.compress(places + root + pages)
    head = b"%PDF-1.5\n"
    stream = b"3 0 obj<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>stream\n"
    stream += b"%b\nendstream endobj\n"
    stream %= (len(places), len(inside), inside)
    start = len(head + stream)
    rows = [(0, 0, 0), (2, 3, 0), (2, 3, 1), (1, len(head), 0), (1, start, 0)]
    table = b"".join(struct.pack(">BHB", *row) for row in rows)
    index = b"4 0 obj<</Type/XRef/Size 5/W[1 2 1]/Root 1 0 R/Length %d>>stream\n"
    index += b"%b\nendstream endobj\n"
    return head + stream + index % (len(table), table) + b"startxref\n%d\n%%%%EOF\n" % start


def test_script_in_a_packed_part_of_a_pdf_is_found():
    assert "runs a script" in refusal(packed("JavaScript"), "a.pdf")
    assert check(packed("GoTo"), "a.pdf").key == "pdf"


def test_pdf_with_links_is_taken():
    assert check(with_action(opens="/GoTo", button="/URI"), "a.pdf").key == "pdf"


class Watched:
    """A file that tells the most that was taken into memory at once."""

    def __init__(self, data):
        file = io.BytesIO(data)
        self.seek, self.tell, self._read, self.most = file.seek, file.tell, file.read, 0

    def read(self, size=-1):
        piece = self._read(size)
        self.most = max(self.most, len(piece))
        return piece


def test_pdf_with_a_broken_table_is_not_taken_into_memory_whole():
    data = large_pdf(3_000_000)  # its table lists none of its objects
    file = Watched(data)
    assert filetypes.check(file, name="a.pdf", size=len(data), accept=ALL).key == "pdf"
    assert file.most < 1_000_000
