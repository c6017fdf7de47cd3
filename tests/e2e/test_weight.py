"""Public pages are light on the wire."""

import gzip
import re
import urllib.error
import urllib.request
from functools import cache

from tests.e2e.support import Server
from tests.e2e.test_accessibility import PUBLIC, examples

MOST_BYTES = 60 * 1024  # gzip, without fonts


def test_public_pages_are_light(server: Server) -> None:
    weigh = cache(_weight)
    heavy = {}
    for path in PUBLIC | examples(server):
        page = _fetched(server.url + path)
        html = gzip.decompress(page) if page[:2] == b"\x1f\x8b" else page
        parts = set(
            re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg|png|webp))"', html.decode())
        )
        total = len(page) + sum(weigh(server.url + part) for part in parts)
        assert parts, path
        if total > MOST_BYTES:
            heavy[path] = total
    assert not heavy


def _weight(url: str) -> int:
    return len(_fetched(url))


def _fetched(url: str) -> bytes:
    """The bytes on the wire."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        return error.read()
