"""A proposal's file for readers who may not know who proposes: no name, nobody named inside.

Names of authors stand in a document's properties, comments and tracked changes; those are taken
out of a copy, page contents are left as they are. Pictures lost theirs when they were handed in
(ideas.pictures). What cannot be cleaned is not given.

PDF: ISO 32000-2 §14.3 (the information dictionary, metadata streams). Office Open XML: ECMA-376
part 2 §11 (core properties), part 1 §17.13 (annotations' authors). ODF 1.3 part 2 §4.3 (meta.xml).
"""

import io
import re
import zipfile
from collections.abc import Callable
from typing import IO, Final

from django.utils.translation import gettext as _

from core.errors import NotNow

PDF: Final = "application/pdf"
PLAIN: Final = frozenset({"text/plain", "text/csv", "image/png", "image/jpeg", "image/webp"})
MOST_BYTES: Final = 200 * 1024 * 1024  # of one part of a document, unpacked
EMPTY_CORE: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
EMPTY_APP: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
EMPTY_CUSTOM: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
)
EMPTY_META: Final = (
    b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/>'
    b"</office:document-meta>"
)
EMPTIED: Final = {
    "docProps/core.xml": EMPTY_CORE,
    "docProps/app.xml": EMPTY_APP,
    "docProps/custom.xml": EMPTY_CUSTOM,
    "meta.xml": EMPTY_META,
}
# Attributes and elements that hold an author's name or initials, in any part of a document.
ATTRIBUTES: Final = re.compile(
    rb'(\s(?:\w+:)?(?:author|initials|displayName|userId|providerId|lastModifiedBy|userName)=)"[^"]*"'
)
ELEMENTS: Final = re.compile(
    rb"(<((?:\w+:)?(?:author|creator|creator-initials|sender-initials|lastModifiedBy))(?:\s[^>]*)?>)"
    rb"[^<]*(</\2>)"
)
THUMBNAIL: Final = re.compile(r"(?i)(docProps/thumbnail|Thumbnails/)")


class CannotHide(NotNow):
    """The file cannot be opened and cleaned: broken, or under a password."""

    def __init__(self) -> None:
        super().__init__(
            _("This file cannot be shown without naming the proposer. Ask the organisers for it.")
        )


def anonymous_name(number: int, name: str) -> str:
    """What the file is called instead: `liite-1.pdf`."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return _("attachment-%(number)s") % {"number": number} + (f".{ending}" if ending else "")


def without_authors(file: IO[bytes], content_type: str) -> IO[bytes]:
    """The file with nobody named in its properties. Raises CannotHide."""
    if content_type.partition(";")[0] in PLAIN:  # of texts the type tells their encoding too
        return file
    clean: Callable[[IO[bytes]], IO[bytes]] = _pdf if content_type == PDF else _zipped
    try:
        return clean(file)
    except CannotHide:
        raise
    except Exception as error:  # a stranger's file: parsers fail in their own ways
        raise CannotHide from error


def _pdf(file: IO[bytes]) -> IO[bytes]:
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - a heavy module, seldom needed
    from pypdf.generic import DictionaryObject  # noqa: PLC0415

    reader = PdfReader(file)
    if reader.is_encrypted:
        raise CannotHide
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    for held in list(writer._objects):
        if isinstance(held, DictionaryObject):
            for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                held.pop(key, None)
            if held.get("/Type") == "/Annot" or ("/Subtype" in held and "/Rect" in held):
                held.pop("/T", None) if held.get("/Subtype") != "/Widget" else None
    out = io.BytesIO()
    writer.write(out)
    out.seek(0)
    return out


def _zipped(file: IO[bytes]) -> IO[bytes]:
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.file_size > MOST_BYTES:
                raise CannotHide
            data = old.read(part)
            if part.filename in EMPTIED:
                data = EMPTIED[part.filename]
            elif THUMBNAIL.match(part.filename):
                data = b""
            elif part.filename.endswith((".xml", ".rels")):
                data = ELEMENTS.sub(rb"\1\3", ATTRIBUTES.sub(rb'\1""', data))
            bare = zipfile.ZipInfo(part.filename)  # the same date for all: 1 January 1980
            bare.compress_type = part.compress_type
            new.writestr(bare, data)
    out.seek(0)
    return out
