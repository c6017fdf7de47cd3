"""A file is fetched from listed public sites only, whatever an attacker's server or name says."""

import http.server
import ssl
import threading
import time
from collections.abc import Iterator

import pytest
import trustme
from django.utils import translation

from core.fetch import NotFetched, fetch, is_public

HOST = "git.kunta.example"


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


class Attacker(http.server.BaseHTTPRequestHandler):
    """Answers by the path; `asked` has every path that came through."""

    asked: list[str] = []
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path[4:])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(404 if self.path == "/none" else 200)
        endless = self.path in ("/large", "/slow")
        self.send_header(*(("Connection", "close") if endless else ("Content-Length", "2")))
        self.end_headers()
        try:
            for _n in range(400 if endless else 1):
                self.wfile.write(b"x" * 1024 if self.path == "/large" else b"ok"[: 2 - endless])
                if self.path == "/slow":
                    time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch) -> Iterator[ssl.SSLContext]:
    """On a port of this machine; what asks for 443 comes there. The context trusts it."""
    ours = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.issue_cert(HOST).configure_cert(context)
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Attacker)
    service.socket = context.wrap_socket(service.socket, server_side=True)
    threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
    Attacker.asked.clear()
    real = __import__("socket").create_connection
    port = service.server_address[1]
    monkeypatch.setattr(
        "core.fetch.socket.create_connection", lambda where, *more: real((where[0], port), *more)
    )
    trusting = ssl.create_default_context()
    ours.configure_trust(trusting)
    yield trusting
    service.shutdown()
    service.server_close()


def get(path: str, server: ssl.SSLContext, *, hosts=(HOST,), allowed=lambda address: True, **more):
    url = path if "://" in path else f"https://{HOST}{path}"
    options = {"most_bytes": 4096, "resolve": lambda host, port: ["127.0.0.1"], **more}
    return fetch(url, hosts=hosts, context=server, allowed=allowed, **options)


def test_a_listed_site_answers(server):
    assert get("/file?x=1", server) == b"ok"
    assert get("/to?/file", server) == b"ok"
    assert Attacker.asked == ["/file?x=1", "/to?/file", "/file"]


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/file",
        f"https://user@{HOST}/file",
        f"https://{HOST}:8443/file",
        f"https://{HOST}.attacker.example/file",
        "https://attacker.example/file",
        "https://127.0.0.1/file",
        "https://[::1]/file",
        f"https://attacker.example\\@{HOST}/file",
        "file:///etc/passwd",
        "gopher://x",
        "https://[",
        f"https://{HOST}:x/",
        "",
    ],
)
def test_other_addresses_are_not_asked(server, url):
    for whole in (url, f"https://{HOST}/to?{url}"):
        if whole != f"https://{HOST}/to?":
            with pytest.raises(NotFetched):
                get(whole, server) if "://" in whole else fetch(
                    whole, hosts=(HOST,), most_bytes=1, context=server
                )
    assert [path for path in Attacker.asked if not path.startswith("/to?")] == []


def test_a_listed_name_that_leads_home_is_not_asked(server):
    """Also when only one of its addresses does."""
    for addresses in (["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], []):
        with pytest.raises(NotFetched, match="public"):
            get("/file", server, allowed=is_public, resolve=lambda host, port, a=addresses: a)
    assert Attacker.asked == []


def test_a_name_is_resolved_once_and_the_connection_goes_there(server, monkeypatch):
    """A name that would lead home when asked again (DNS rebinding) is not asked again."""
    answers = [["203.0.113.7"], ["127.0.0.1"]]
    went = []

    def connect(where, *more):
        went.append(where[0])
        raise OSError

    monkeypatch.setattr("core.fetch.socket.create_connection", connect)
    with pytest.raises(NotFetched, match="does not answer"):
        get("/file", server, resolve=lambda host, port: answers.pop(0))
    assert (went, len(answers)) == (["203.0.113.7"], 1)


def test_too_large_too_slow_too_far_or_not_there(server):
    for path, why in (("/large", "large"), ("/none", "404"), ("/to?/to?/to?/to?/to?/x", "many")):
        with pytest.raises(NotFetched, match=why):
            get(path, server)
    began = time.monotonic()
    with pytest.raises(NotFetched, match="slowly"):
        get("/slow", server, seconds=0.5)
    assert time.monotonic() - began < 5


def test_a_certificate_of_another_is_refused(server):
    with pytest.raises(NotFetched, match="does not answer"):
        get("https://other.example/file", server, hosts=("other.example",))
    assert Attacker.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
        *("2002:7f00:1::", "::ffff:169.254.169.254", "nowhere", ""),
    ],
)
def test_addresses_that_are_not_of_the_internet(address):
    assert not is_public(address)


def test_addresses_of_the_internet():
    assert all(map(is_public, ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")))
