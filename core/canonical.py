"""One byte string per value: what every digest of stored JSON in the house is taken over.

Keys sorted, no spaces, UTF-8: anybody can write the same bytes again and compare.
"""

import hashlib
import json
from typing import Any


def canonical(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: Any) -> str:
    """SHA-256 over the canonical JSON, hexadecimal."""
    return hashlib.sha256(canonical(data)).hexdigest()
