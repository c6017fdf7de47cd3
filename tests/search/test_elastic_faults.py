"""A server that hangs costs one wait, not one for each page; the way to it may be TLS."""

import base64
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from search import elastic_faults, elastic_store
from search.address import elastic_address
from search.engine import Query, ServerDown
from tests import needs
from tests.search.making import another_url, elastic, elastic_urls, no_progress, numbers, solution

WAIT = 0.3


@pytest.fixture
def hanging(plain, monkeypatch):
    """An engine whose server takes connections and never answers."""
    monkeypatch.setattr(elastic_store, "READ_WITHIN", WAIT)
    with needs.silent_port() as port:
        yield elastic(f"elasticsearch://127.0.0.1:{port}/talkoot", plain)


def seconds_of(engine) -> float:
    began = time.monotonic()
    with pytest.raises(ServerDown, match="does not answer"):
        engine.search(Query("puisto"))
    return time.monotonic() - began


def test_only_the_first_waits_for_a_server_that_hangs(hanging):
    assert seconds_of(hanging) >= WAIT
    assert sum(seconds_of(hanging) for _ in range(20)) < WAIT
    with pytest.raises(ServerDown):
        hanging.complete("pui", kind="solution")


def test_after_a_rest_one_asks_for_all(hanging, monkeypatch):
    monkeypatch.setattr(elastic_faults, "REST", 0.5)
    assert seconds_of(hanging) >= WAIT
    time.sleep(0.6)
    with ThreadPoolExecutor(6) as pool:
        waits = sorted(pool.map(lambda _n: seconds_of(hanging), range(6)))
    assert waits[-1] >= WAIT
    assert waits[-2] < WAIT


@pytest.mark.elasticsearch
def test_server_that_answers_again_is_asked_again(plain, monkeypatch):
    monkeypatch.setattr(elastic_faults, "REST", 0.2)
    with elastic_urls() as taken:
        engine = elastic(another_url(taken), plain)
        engine.rebuild([solution(1, "Puisto")], no_progress)
        engine.silence.begins()
        with pytest.raises(ServerDown):
            engine.search(Query("puisto"))
        time.sleep(0.3)
        for _ in range(3):
            assert numbers(engine.search(Query("puisto"))) == [1]


@pytest.mark.elasticsearch
def test_server_that_ran_out_of_time_is_not_taken_for_whole(plain, monkeypatch):
    with elastic_urls() as taken:
        engine = elastic(another_url(taken), plain)
        engine.rebuild([solution(1, "Puisto")], no_progress)
        assert not engine.search(Query("puisto")).partial
        answer = engine._answer
        cut_short = {"timed_out": True}
        monkeypatch.setattr(engine, "_answer", lambda search: {**answer(search), **cut_short})
        assert engine.search(Query("puisto")).partial


# TLS and an account


def certificate(folder: Path) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself: certificate and key."""
    chain, key = folder / "ca.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(chain)),
        ],
        check=True,
        capture_output=True,
    )
    return chain, key


@contextmanager
def tls_before(server: str, chain: Path, key: Path) -> Iterator[int]:
    """A TLS end before the server, as a proxy in a town's network; it wants an account."""
    wanted = "Basic " + base64.b64encode(b"talkoot:s@la:sana").decode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Authorization") != wanted:
                return self.give(401, {"Content-Type": "application/json"}, b"{}")
            own = {"host", "content-length", "authorization", "connection", "accept-encoding"}
            passed = {k: v for k, v in self.headers.items() if k.lower() not in own}
            asked = Request(
                server + self.path, data=body or None, headers=passed, method=self.command
            )
            try:
                with urlopen(asked, timeout=60) as got:
                    self.give(got.status, dict(got.headers), got.read())
            except HTTPError as got:
                self.give(got.code, dict(got.headers), got.read())
            return None

        def give(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name in ("Content-Type", "X-elastic-product"):
                if name in headers:
                    self.send_header(name, headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """Who does not trust the certificate hangs up."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with Quiet(("127.0.0.1", 0), Handler) as proxy:
        proxy.socket = context.wrap_socket(
            proxy.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield int(proxy.server_port)
        proxy.shutdown()


@pytest.mark.elasticsearch
def test_tls_with_an_account_and_a_certificate_that_is_checked(plain, tmp_path):
    chain, key = certificate(tmp_path)
    with elastic_urls() as taken:
        there = elastic_address(another_url(taken))
        with tls_before(there.hosts[0], chain, key) as port:
            place, account = f"127.0.0.1:{port}/{there.prefix}", "talkoot:s%40la%3Asana"
            engine = elastic(f"elasticsearch://{account}@{place}?ca={chain}", plain)
            engine.rebuild([solution(1, "Puisto")], no_progress)
            engine.upsert([solution(2, "Puisto")])
            assert numbers(engine.search(Query("puisto"))) == [1, 2]
            for refused in (
                f"elasticsearch://{account}@{place}?tls=1",  # nobody known has signed it
                f"elasticsearch://{account}@{place}",  # not in the clear
                f"elasticsearch://talkoot:muu@{place}?ca={chain}",
            ):
                with pytest.raises(ServerDown):
                    elastic(refused, plain).search(Query("puisto"))
            elsewhere = f"elasticsearch://{account}@localhost:{port}/{there.prefix}?ca={chain}"
            assert socket.gethostbyname("localhost") == "127.0.0.1"
            with pytest.raises(ServerDown):  # it is not the certificate of that name
                elastic(elsewhere, plain).search(Query("puisto"))
