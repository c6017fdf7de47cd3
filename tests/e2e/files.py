"""Files that a proposer may choose: right ones, and ones that must be refused."""

import io
import zipfile
from typing import TypedDict

from openpyxl import Workbook
from PIL import Image


class Upload(TypedDict):
    """As Playwright takes it."""

    name: str
    mimeType: str
    buffer: bytes


def upload(name: str, content: bytes) -> Upload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def png(side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side), "#0b5140").save(out, "PNG")
    return out.getvalue()


def pdf(size: int = 0) -> bytes:
    """The smallest whole PDF, filled with a comment up to a size."""
    head = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    )
    filling = b"%" + b"x" * max(0, size - 300) + b"\n"
    body = head + filling
    tail = (
        b"xref\n0 1\n0000000000 65535 f \ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n%d\n%%%%EOF\n"
    )
    return body + tail % len(body)


def xlsx() -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.active.append(["kustannus", 1200])
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    """An office file that would unpack to 400 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b"\0" * 1024 * 1024)
    return out.getvalue()


GOOD = {
    "kuvaus.pdf": pdf(),
    "laskelma.xlsx": xlsx(),
    "kaavio.png": png(),
}


def bad() -> dict[str, bytes]:
    return {
        "tyhja.pdf": b"",
        "sivu.pdf": b"<!doctype html><script>alert(1)</script>",
        "piirros.png": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "ohjelma.exe": b"MZ" + b"\0" * 200,
        "pommi.docx": bomb(),
        "suuri.pdf": pdf(11 * 1024 * 1024),
    }
