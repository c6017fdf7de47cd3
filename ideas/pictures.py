"""Pictures without what the camera wrote: place, time, names, thumbnails, comments.

Nothing is decoded and encoded again, so a picture stays as good as it was. Parts that do not paint
are left out, bytes after the picture's end too: what hides there is not stored. A JPEG keeps its
orientation, in an Exif block that says nothing else.

JPEG: ITU-T T.81 annex B. PNG: ISO/IEC 15948 chapter 5. WebP: RFC 9649 chapter 2.
"""

import struct
from collections.abc import Iterator
from typing import Any

PNG_SIGN = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
        b"cICP", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
WEBP_EXIF, WEBP_XMP = 0x08, 0x04
CHUNK = 256 * 1024
ORIENTATION = 0x0112

Bytes = Any  # bytes or mmap: both slice, find and measure


class BrokenPicture(ValueError):
    """The file ends early or its parts do not follow each other."""


def cleaned(kind: str, data: Bytes) -> Iterator[bytes]:
    """The picture's bytes in pieces; `kind` is png, jpg or webp. Raises BrokenPicture."""
    try:
        yield from {"png": _png, "jpg": _jpeg, "webp": _webp}[kind](data)
    except (struct.error, IndexError) as error:
        raise BrokenPicture from error


def _pieces(data: Bytes, start: int, end: int) -> Iterator[bytes]:
    if end > len(data):
        raise BrokenPicture
    for place in range(start, end, CHUNK):
        yield bytes(data[place : min(place + CHUNK, end)])


def _png(data: Bytes) -> Iterator[bytes]:
    if data[:8] != PNG_SIGN:
        raise BrokenPicture
    yield PNG_SIGN
    place = 8
    while True:
        (length,) = struct.unpack(">I", data[place : place + 4])
        name = bytes(data[place + 4 : place + 8])
        end = place + 12 + length
        if name in PNG_KEPT:
            yield from _pieces(data, place, end)
        if name == b"IEND":
            return
        place = end


def _webp(data: Bytes) -> Iterator[bytes]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise BrokenPicture
    (size,) = struct.unpack("<I", data[4:8])
    stop = min(size + 8, len(data))
    parts: list[tuple[int, int]] = []
    place = 12
    while place + 8 <= stop:
        (length,) = struct.unpack("<I", data[place + 4 : place + 8])
        end = place + 8 + length + (length & 1)
        if bytes(data[place : place + 4]) in WEBP_KEPT:
            parts.append((place, end))
        place = end
    yield b"RIFF" + struct.pack("<I", 4 + sum(end - begin for begin, end in parts)) + b"WEBP"
    for begin, end in parts:
        if data[begin : begin + 4] == b"VP8X":
            flags = data[begin + 8] & ~(WEBP_EXIF | WEBP_XMP)
            yield bytes(data[begin : begin + 8]) + bytes([flags]) + bytes(data[begin + 9 : end])
        else:
            yield from _pieces(data, begin, end)


def _jpeg(data: Bytes) -> Iterator[bytes]:
    if data[:2] != b"\xff\xd8":
        raise BrokenPicture
    yield b"\xff\xd8"
    turned = _turned(data)
    place = 2
    while True:
        if data[place] != 0xFF:
            raise BrokenPicture
        marker = data[place + 1]
        if marker == 0xFF:  # filling
            place += 1
            continue
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        end = place + 2 + length
        # APP0 (JFIF), APP2 with a colour profile and APP14 (Adobe) are needed to paint it right.
        profile = marker == 0xE2 and data[place + 4 : place + 16] == b"ICC_PROFILE\x00"
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in (0xE0, 0xEE) or profile:
            yield from _pieces(data, place, end)
        if turned and marker != 0xE0:
            yield _exif(turned)
            turned = 0
        place = end
        if marker == 0xDA:
            end = _end_of_scan(data, place)
            yield from _pieces(data, place, end)
            place = end


def _end_of_scan(data: Bytes, place: int) -> int:
    """Where the next marker stands after coded picture data."""
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            raise BrokenPicture
        after = data[place + 1]
        if after == 0 or 0xD0 <= after <= 0xD7:  # a stuffed byte, a restart
            place += 2
        elif after == 0xFF:
            place += 1
        else:
            return place


def _exif(orientation: int) -> bytes:
    tiff = b"MM\x00\x2a" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _turned(data: Bytes) -> int:
    """The orientation that the camera wrote, 2–8; 0 when upright or not told."""
    start = data.find(b"\xff\xe1", 0, 65536)
    if start < 0 or data[start + 4 : start + 10] != b"Exif\x00\x00":
        return 0
    base = start + 10
    order = {b"II": "<", b"MM": ">"}.get(bytes(data[base : base + 2]))
    if order is None:
        return 0
    try:
        (offset,) = struct.unpack(f"{order}I", data[base + 4 : base + 8])
        table = base + offset
        (count,) = struct.unpack(f"{order}H", data[table : table + 2])
        for entry in range(table + 2, table + 2 + 12 * min(count, 100), 12):
            tag, _kind, _many, value = struct.unpack(f"{order}HHIH", data[entry : entry + 10])
            if tag == ORIENTATION:
                return value if 2 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0
