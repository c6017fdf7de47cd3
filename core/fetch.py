"""Fetch a small file of another site for a person, and let nobody reach our own network by it.

Only https, only hosts that the operator has listed, only addresses of the public internet. The name
is resolved once and the connection goes to the address that was looked at, so that a name which
changes its mind in between gains nothing; the certificate is still that of the name. A redirect is
another fetch, looked at in the same way. Size and time are limited.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

SECONDS: Final = 10.0
REDIRECTS: Final = 3
CHUNK: Final = 16 * 1024
NAT64: Final = ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], list[str]]


class NotFetched(Exception):
    """The file was not fetched; the text is for the person who asked for it."""


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[4][0]) for address in found]


def is_public(address: str) -> bool:
    """Whether an address is of the public internet: not ours, not this machine's, nobody's group.

    An IPv4 address inside of an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as itself.
    """
    try:
        one = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, IPv6Address):
        inner: IPv4Address | IPv6Address | None
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo and one.teredo[1])
        if inner is None and one in NAT64:
            inner = ip_address(int(one) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return one.is_global and not one.is_multicast


class _Pinned(HTTPSConnection):
    """Connects to an address that has been looked at, and speaks to the host by its name."""

    def __init__(
        self, host: str, port: int, address: str, context: ssl.SSLContext, timeout: float
    ) -> None:
        super().__init__(host, port, context=context, timeout=timeout)
        self._address, self._tls = address, context
        self._spoken: ssl.SSLSocket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self._spoken = self.sock = self._tls.wrap_socket(
            plain, server_hostname=self.host, do_handshake_on_connect=False
        )
        self._spoken.do_handshake()

    def cut(self) -> None:
        """End it from another thread, whatever it is waiting for."""
        if self._spoken is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._spoken, socket.SHUT_RDWR)


def fetch(
    url: str,
    *,
    hosts: Collection[str],
    most_bytes: int,
    seconds: float = SECONDS,
    resolve: Resolve = resolve,
    allowed: Callable[[str], bool] = is_public,
    context: ssl.SSLContext | None = None,
) -> bytes:
    """The file's bytes; NotFetched says why not. `hosts`: names that may be asked."""
    deadline = time.monotonic() + seconds
    tls = context or ssl.create_default_context()
    try:
        for _attempt in range(REDIRECTS + 1):
            target = _target(url, hosts)
            address = _address(target, resolve, allowed)
            left = _left(deadline)
            connection = _Pinned(target.hostname or "", target.port or 443, address, tls, left)
            # Who sends a letter now and then never makes a socket's own timeout fire.
            alarm = threading.Timer(left, connection.cut)
            alarm.start()
            try:
                body, moved = _ask(connection, target, most_bytes)
            finally:
                alarm.cancel()
                connection.close()
            _left(deadline)
            if moved is None:
                return body
            url = urljoin(url, moved)
    except (OSError, HTTPException, ValueError):
        _left(deadline)
        raise NotFetched(_("The address does not answer as it should.")) from None
    raise NotFetched(_("The address leads on too many times."))


def _target(url: str, hosts: Collection[str]) -> SplitResult:
    try:
        target = urlsplit(url)
        port = target.port
    except ValueError:
        raise NotFetched(_("This is not an address of the web.")) from None
    if target.scheme != "https" or not target.hostname or target.username is not None:
        raise NotFetched(_("Give an address that begins with https://."))
    if target.hostname.rstrip(".") not in hosts or port not in (None, 443):
        raise NotFetched(
            _("Files are fetched from these sites only: %(hosts)s.")
            % {"hosts": ", ".join(sorted(hosts)) or "–"}
        )
    return target


def _address(target: SplitResult, resolve: Resolve, allowed: Callable[[str], bool]) -> str:
    """The first address of the host, once every one of them is allowed."""
    found = resolve(target.hostname or "", 443)
    if not found or not all(map(allowed, found)):
        raise NotFetched(_("The address is not on the public internet."))
    return found[0]


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NotFetched(_("The address answers too slowly."))
    return left


def _ask(connection: _Pinned, target: SplitResult, most_bytes: int) -> tuple[bytes, str | None]:
    """The body; or where it has moved."""
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Talkoot"}
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    if response.status in (301, 302, 303, 307, 308):
        return b"", response.getheader("Location") or ""
    if response.status != 200:
        raise NotFetched(_("The address answers with %(status)s.") % {"status": response.status})
    body = b""
    while chunk := response.read1(CHUNK):
        body += chunk
        if len(body) > most_bytes:
            raise NotFetched(_("The file is too large."))
    return body, None
