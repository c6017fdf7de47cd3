"""Files of every kind, good and hostile, made from nothing."""

import io
import struct
import zipfile
import zlib

from PIL import Image

OOXML = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}
ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


def pdf(text: str = "Liite") -> bytes:
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n% " + text.encode() + b"\n"
    return body + b"xref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def archive(parts: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def office(kind: str = "docx", *, macros: bool = False, **more: bytes) -> bytes:
    name, subtype = MAIN[kind]
    types = f'<Types><Override PartName="/{name}" ContentType="{OOXML}{subtype}.main+xml"/></Types>'
    if macros:
        types = types.replace(OOXML, "application/vnd.ms-word.").replace(
            subtype, "document.macroEnabled"
        )
    return archive({"[Content_Types].xml": types, "_rels/.rels": "<R/>", name: "<w/>", **more})


def open_document(kind: str = "odt", **more: bytes) -> bytes:
    mimetype = f"application/vnd.oasis.opendocument.{ODF[kind]}"
    return archive({"mimetype": mimetype, "content.xml": "<office/>", **more})


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), *, place: bool = False, turned: int = 0
) -> bytes:
    """A picture; with `place` it tells where it was taken, `turned` is its orientation."""
    made = io.BytesIO()
    image = Image.new("RGB", size, (20, 120, 90))
    image.putpixel((0, 0), (255, 0, 0))
    exif = Image.Exif()
    if place:
        exif[0x010F] = "Salainen kamera"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (61.0, 41.0, 20.0)
    if turned:
        exif[0x0112] = turned
    image.save(made, kind, exif=exif)
    return made.getvalue()


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of that size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def bomb(kind: str = "docx", megabytes: int = 60) -> bytes:
    """An office document that unpacks to far more than it weighs."""
    made = io.BytesIO(office(kind))
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as packed,
        packed.open("word/media/bomb.bin", "w", force_zip64=True) as part,
    ):
        for _megabyte in range(megabytes):
            part.write(b"\0" * 1024 * 1024)
    return made.getvalue()


def lying_bomb(megabytes: int = 60) -> bytes:
    """The same, but its table of contents says that the part is small."""
    data = bytearray(bomb(megabytes=megabytes))
    table = data.rfind(b"PK\x01\x02")  # the last entry is the bomb's
    struct.pack_into("<I", data, table + 24, 1000)
    return bytes(data)
