"""What a file really is, by its content. What is not known to be good is refused, in words.

`check` reads a file that is already here (in memory or in a temporary one) and keeps no more of it
in memory than a piece at a time.
"""

import codecs
import mmap
import os
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

import puremagic
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image

from core.errors import DomainError
from ideas import pdf_actions, pictures

NAME_AT_MOST = 150
PIXELS_AT_MOST = 60_000_000
ENTRIES_AT_MOST = 4_000
UNPACKED_AT_MOST = 300 * 1024 * 1024
RATIO_AT_MOST, RATIO_FROM = 200, 20 * 1024 * 1024
PIECE = 256 * 1024
HEAD = 4096

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True)
class Kind:
    key: str
    label: str
    content_type: str


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf"),
        Kind("docx", "Word (docx)", f"{OOXML}wordprocessingml.document"),
        Kind("xlsx", "Excel (xlsx)", f"{OOXML}spreadsheetml.sheet"),
        Kind("pptx", "PowerPoint (pptx)", f"{OOXML}presentationml.presentation"),
        Kind("odt", "ODT", f"{ODF}text"),
        Kind("ods", "ODS", f"{ODF}spreadsheet"),
        Kind("odp", "ODP", f"{ODF}presentation"),
        Kind("png", "PNG", "image/png"),
        Kind("jpg", "JPG", "image/jpeg"),
        Kind("webp", "WebP", "image/webp"),
        Kind("txt", "TXT", "text/plain; charset=utf-8"),
        Kind("csv", "CSV", "text/csv; charset=utf-8"),
    )
}
SAME = {"jpeg": "jpg", "jpe": "jpg"}
PICTURES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
PACKED = frozenset({"docx", "xlsx", "pptx", "odt", "ods", "odp"})
TEXTS = frozenset({"txt", "csv"})
# Names that computers run or browsers show: never as the ending before the last one either.
RUNNING = frozenset(
    {
        "exe", "com", "bat", "cmd", "scr", "pif", "msi", "dll", "lnk", "hta", "cpl", "jar", "js",
        "jse", "mjs", "vbs", "vbe", "wsf", "ps1", "sh", "php", "phtml", "asp", "aspx", "jsp",
        "html", "htm", "xhtml", "shtml", "svg", "svgz", "xml", "swf", "apk", "app", "iso", "zip",
        "docm", "xlsm", "pptm",
    }
)  # fmt: skip
WORDS = {
    "html": "HTML", "svg": "SVG", "xml": "XML", "exe": "EXE", "gif": "GIF", "zip": "ZIP",
    "pdf": "PDF", "png": "PNG", "jpg": "JPG", "jpeg": "JPG", "webp": "WebP", "doc": "DOC",
    "docx": "DOCX", "xlsx": "XLSX",
}  # fmt: skip
_MARKUP = re.compile(
    rb"\s*(<\?xml|<!doctype|<html|<svg|<script|<head|<body|<iframe)", re.IGNORECASE
)
_DRIVE = re.compile(r"[A-Za-z]:")
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


class Refused(DomainError):
    """The file is not taken; the message says why and what helps, without the file's name."""


def limits_in_words(accept: Collection[str], max_mb: int, max_files: int) -> str:
    """What a question takes, to be read before choosing."""
    kinds = ", ".join(kind.label for key, kind in KINDS.items() if key in accept)
    size = _("%(kinds)s. One file may have %(size)s MB at most.") % {"kinds": kinds, "size": max_mb}
    if max_files == 1:
        return _("%(size)s One file fits here.") % {"size": size}
    return _("%(size)s %(count)s files fit here.") % {"size": size, "count": max_files}


def clean_name(raw: str) -> str:
    """The name as it is shown and given back. Refused: one that hides something."""
    name = unicodedata.normalize("NFC", str(raw)).strip()
    if "/" in name or "\\" in name or _DRIVE.match(name):
        raise Refused(
            _("The name holds the path of a folder. Give the file a plain name, such as plan.pdf.")
        )
    if not name.strip(". ") or name.startswith("."):
        raise Refused(_("The file has no name."))
    if _BIDI.search(name) or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise Refused(
            _("The name has invisible characters that can hide what the file is. Rename the file.")
        )
    if len(name) > NAME_AT_MOST:
        raise Refused(
            _("The name has %(length)s characters, and %(limit)s fit. Give it a shorter one.")
            % {"length": len(name), "limit": NAME_AT_MOST}
        )
    return name


def kind_by_name(name: str, accept: Collection[str]) -> Kind:
    """What the file's ending says it is, if the question takes that."""
    endings = [part.strip().lower() for part in name.split(".")[1:]]
    ending = endings[-1] if endings else ""
    key = SAME.get(ending, ending)
    if key not in accept or key not in KINDS:
        kinds = ", ".join(kind.label for known, kind in KINDS.items() if known in accept)
        if not ending:
            raise Refused(
                _("The name has no ending that tells its type. Taken here: %(kinds)s.")
                % {"kinds": kinds}
            )
        raise Refused(
            _("Files of type .%(ending)s are not taken here. Taken: %(kinds)s.")
            % {"ending": ending[:12], "kinds": kinds}
        )
    if hidden := next((one for one in endings[:-1] if one in RUNNING), None):
        raise Refused(
            _("The name has two endings, .%(first)s and .%(last)s. Give it one.")
            % {"first": hidden, "last": ending}
        )
    return KINDS[key]


def check_size(size: int, *, max_bytes: int) -> None:
    """Refused: nothing, or too much."""
    if size == 0:
        raise Refused(_("The file is empty (0 bytes)."))
    if size > max_bytes:
        raise Refused(
            _("The file has %(size)s, and at most %(limit)s fit here.")
            % {"size": filesizeformat(size), "limit": filesizeformat(max_bytes)}
        )


def check(file: IO[bytes], *, name: str, size: int, accept: Collection[str]) -> Kind:
    """The file's kind. Raises Refused when its name or content does not do, or not all is here."""
    kind = kind_by_name(clean_name(name), accept)
    if file.seek(0, os.SEEK_END) != size:
        raise Refused(_("The file did not arrive whole. Send it again, by itself."))
    file.seek(0)
    head = file.read(HEAD)
    if kind.key in TEXTS:
        _check_text(file, head, kind)
        return kind
    _check_sign(head, kind)
    if kind.key == "pdf":
        _check_pdf(file, size)
    elif kind.key in PICTURES:
        _check_picture(file, kind)
    else:
        _check_packed(file, size, kind)
    return kind


def stored_pieces(file: IO[bytes], kind: Kind) -> Iterator[bytes]:
    """The bytes to be kept: of a picture without what the camera told, else the file as it is."""
    if kind.key in PICTURES:
        with _View(file) as data:
            yield from pictures.cleaned(kind.key, data)
        return
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def looks_like(head: bytes) -> str:
    """What the first bytes look like, as a file's ending; "" when not known."""
    if _MARKUP.match(head):
        return "svg" if b"<svg" in head[:1024].lower() else "html"
    if head.startswith(b"MZ"):
        return "exe"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return ""
    return str(found[0].extension).lstrip(".") if found else ""


def _check_sign(head: bytes, kind: Kind) -> None:
    signs = {
        "pdf": head.startswith(b"%PDF-"),
        "png": head.startswith(pictures.PNG_SIGN),
        "jpg": head.startswith(b"\xff\xd8\xff"),
        "webp": head.startswith(b"RIFF") and head[8:12] == b"WEBP",
    }
    if signs.get(kind.key, head.startswith(b"PK\x03\x04")):
        return
    if kind.key in PACKED and head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            _("The file has a password or is of the old kind. Save it as .%(ending)s without one.")
            % {"ending": kind.key}
        )
    raise _posing(head, kind)


def _posing(head: bytes, kind: Kind) -> Refused:
    really = WORDS.get(looks_like(head))
    if really:
        return Refused(
            _("The name says %(kind)s, but the content is %(really)s.")
            % {"kind": kind.label, "really": really}
        )
    return Refused(
        _("The name says %(kind)s, but the content is something else.") % {"kind": kind.label}
    )


def _broken(kind: Kind) -> Refused:
    return Refused(
        _("The file is broken or ends early: it does not open as %(kind)s. Save it anew.")
        % {"kind": kind.label}
    )


def _check_pdf(file: IO[bytes], size: int) -> None:
    """A whole PDF (ISO 32000-1, 7.5) and nothing else: no archive that shares its bytes."""
    file.seek(max(0, size - 2048))
    tail = file.read(2048)
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail:
        raise _broken(KINDS["pdf"])
    file.seek(0)
    if tail[end + 5 :].strip(b"\r\n \t\x00") or zipfile.is_zipfile(file):
        raise Refused(_("Something else has been put into the PDF. Save it anew as a PDF."))
    if pdf_actions.runs_something(file):
        raise Refused(_("The PDF runs a script. Save it without, for example by printing to PDF."))


def _check_picture(file: IO[bytes], kind: Kind) -> None:
    file.seek(0)
    try:
        with Image.open(file, formats=[PICTURES[kind.key]]) as picture:
            width, height = picture.size
            if width * height > PIXELS_AT_MOST:
                raise Refused(
                    _("The picture has %(width)s × %(height)s pixels. Make it smaller.")
                    % {"width": width, "height": height}
                )
            if kind.key == "jpg":
                picture.draft("RGB", (64, 64))  # decoded whole, but at an eighth of its size
                picture.load()
            else:
                picture.verify()
        for _piece in stored_pieces(file, kind):
            pass
    except Refused:
        raise
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise _broken(kind) from error


def _check_text(file: IO[bytes], head: bytes, kind: Kind) -> None:
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise _posing(head, kind)
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            if b"\x00" in piece:
                raise _posing(head, kind)
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Refused(_("The text is not in UTF-8. Save it with the encoding UTF-8.")) from error


def _check_packed(file: IO[bytes], size: int, kind: Kind) -> None:
    """An office document: the parts it must have, no macros, no bomb, every part whole."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries, size)
            _check_parts(archive, kind)
            _unpack(archive, entries, size)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _broken(kind) from error


def _bomb() -> Refused:
    return Refused(_("The file unpacks to something far too large. Save it anew, or as a PDF."))


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    if len(entries) > ENTRIES_AT_MOST or _too_much(sum(e.file_size for e in entries), size):
        raise _bomb()
    for entry in entries:
        name = entry.filename.lower().replace("\\", "/")
        if entry.flag_bits & 0x1:
            raise Refused(_("The file has a password. Save it without one."))
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise Refused(_("Something else has been put into the file. Save it anew."))
        if (
            "vbaproject" in name
            or name.startswith(("basic/", "scripts/"))
            or "macrosheets/" in name
        ):
            raise _macros()
        if name.rpartition(".")[2] in RUNNING - {"xml", "svg"}:
            raise Refused(_("There is a program inside the file. Take it out, or save as a PDF."))


def _macros() -> Refused:
    return Refused(_("The file has macros. Save it without them, or as a PDF."))


def _too_much(unpacked: int, size: int) -> bool:
    return unpacked > UNPACKED_AT_MOST or (
        unpacked > RATIO_FROM and unpacked > RATIO_AT_MOST * max(size, 1)
    )


def _check_parts(archive: zipfile.ZipFile, kind: Kind) -> None:
    if kind.content_type.startswith(ODF):
        told = _beginning(archive, "mimetype")
        if told.strip() != kind.content_type.encode() or not _has(archive, "content.xml"):
            raise _broken(kind)
        return
    types = _beginning(archive, "[Content_Types].xml")
    if b"macroenabled" in types.lower():
        raise _macros()
    if f"{kind.content_type}.main+xml".encode() not in types:
        raise _broken(kind)


def _has(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.NameToInfo


def _beginning(archive: zipfile.ZipFile, name: str) -> bytes:
    if not _has(archive, name):
        return b""
    with archive.open(name) as part:
        return part.read(1024 * 1024)


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], size: int) -> None:
    """Read every part to its end: their checksums hold, and they are as small as they say."""
    total = 0
    for entry in entries:
        with archive.open(entry) as part:
            while piece := part.read(PIECE):
                total += len(piece)
                if _too_much(total, size):
                    raise _bomb()


class _View:
    """A file's bytes to slice and search: mapped when it is on the disk, else as they are."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.map: mmap.mmap | None = None

    def __enter__(self) -> Any:
        self.file.seek(0)
        try:
            self.map = mmap.mmap(self.file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, AttributeError):  # in memory: small by Django's own limit
            return self.file.read()
        return self.map

    def __exit__(self, *_error: object) -> None:
        if self.map is not None:
            self.map.close()
