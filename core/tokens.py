"""Secret links are derived from SECRET_KEY, never stored: whoever reads the database learns none.

A token is `<uid>.<version>.<mac>`: the identifier, a number that is raised to revoke older links,
and 128 bits of HMAC-SHA256 over both and the kind, in lower-case base32 (no sign at its end that a
mail program could take for punctuation).
"""

import base64
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

UID = re.compile(r"[A-Za-z0-9_-]{1,64}")
VERSION = re.compile(r"[1-9][0-9]{0,8}")


def make(kind: str, uid: str, version: int = 1) -> str:
    """The secret of `uid` for the purpose `kind`. ValueError if uid is not [A-Za-z0-9_-]{1,64}."""
    if not UID.fullmatch(uid) or not VERSION.fullmatch(str(version)):
        raise ValueError(f"{uid!r} version {version!r} cannot be made a token")
    return f"{uid}.{version}.{_mac(kind, uid, version, settings.SECRET_KEY)}"


def read(kind: str, token: str) -> tuple[str, int] | None:
    """(uid, version) of a token made for `kind`, or None when it was not made by us for that."""
    uid, _, rest = token.partition(".")
    version, _, mac = rest.partition(".")
    if not UID.fullmatch(uid) or not VERSION.fullmatch(version):
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if constant_time_compare(mac, _mac(kind, uid, int(version), key)):
            return uid, int(version)
    return None


def _mac(kind: str, uid: str, version: int, key: str | bytes) -> str:
    digest = salted_hmac(
        f"talkoot.tokens.{kind}", f"{uid}.{version}", secret=key, algorithm="sha256"
    ).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
