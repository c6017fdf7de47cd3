"""An authenticator app of RFC 6238, not that of the code under test."""

import hashlib
import hmac
import re
import struct
import time
from base64 import b32decode

APP = "/en/oma/vahvistus/sovellus/"


def code(secret: str, *, later: int = 0) -> str:
    """The six digits that the app shows now, or so many periods of 30 seconds later."""
    counter = struct.pack(">Q", int(time.time()) // 30 + later)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def set_up(client, page=APP) -> str:
    """Set up an app on the signed-in person's pages; its secret."""
    html = client.get(page).content.decode()
    secret = re.search(r'id="key">([A-Z2-7 ]+)<', html)[1].replace(" ", "")
    assert client.post(page, {"code": code(secret)}).status_code == 302
    return secret
