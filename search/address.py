"""Where Elasticsearch is: elasticsearch://[user:password@]host[:port][,host…]/prefix[?tls=1&ca=…].

Nothing is loaded here: the settings read the address at every start.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote

from django.core.exceptions import ImproperlyConfigured

SCHEME: Final = "elasticsearch://"
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?")
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class ElasticAddress:
    """`prefix` begins the names of all indices that are ours."""

    hosts: tuple[str, ...]
    prefix: str
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""

    @property
    def shown(self) -> str:
        return f"{', '.join(self.hosts)} ({self.prefix})"


def elastic_address(url: str) -> ElasticAddress:
    """ImproperlyConfigured says what is wrong, and never the password."""
    whole, _, options = url.removeprefix(SCHEME).partition("?")
    places, _, prefix = whole.rpartition("/") if "/" in whole else (whole, "", "")
    account, _, hosts = places.rpartition("@")
    user, _, password = account.partition(":")
    chosen = dict(parse_qsl(options, keep_blank_values=True))
    if unknown := set(chosen) - {"tls", "ca"}:
        raise _wrong(f"knows tls and ca after the question mark, not {', '.join(sorted(unknown))}")
    if chosen.get("tls", "0") not in {"0", "1"}:
        raise _wrong("tls is 0 or 1")
    ca = chosen.get("ca", "")
    if ca and not Path(ca).is_file():
        raise _wrong(f"there is no certificate in {ca}")
    if not _PREFIX.fullmatch(prefix):
        raise _wrong("needs a prefix of small letters, such as elasticsearch://host:9200/talkoot")
    way = "https" if ca or chosen.get("tls") == "1" else "http"
    return ElasticAddress(
        hosts=tuple(_host(way, host) for host in hosts.split(",")),
        prefix=prefix,
        user=unquote(user),
        password=unquote(password),
        ca=ca,
    )


def _host(way: str, host: str) -> str:
    found = _HOST.fullmatch(host)
    if not found or not 0 < int(found[2] or 9200) < 65536:
        raise _wrong("needs hosts, such as elasticsearch://host:9200,other:9200/talkoot")
    return f"{way}://{found[1]}:{found[2] or 9200}"


def _wrong(what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"SEARCH_URL: elasticsearch:// {what}")
