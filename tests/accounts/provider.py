"""A provider of OpenID Connect on loopback, in a process of its own, and the way through it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.needs import free_port

LEVEL = "http://ftn.ficora.fi/2017/loa3"  # the usual name of strong identification in Finland


@dataclass
class Provider:
    url: str
    client_id: str = ""
    secret: str = ""

    def register(self, *come_back: str) -> None:
        """Make a client whose addresses of return are these."""
        told = requests.post(
            f"{self.url}/oauth2/clients",
            json={
                "redirect_uris": list(come_back),
                "token_endpoint_auth_method": "client_secret_post",
            },
            timeout=30,
        ).json()
        self.client_id, self.secret = told["client_id"], told["client_secret"]

    def knows(self, sub: str, **claims: Any) -> None:
        answer = requests.put(f"{self.url}/users/{sub}", json=claims, timeout=30)
        assert answer.status_code == 204, answer.text

    def app(self, key: str = "kunta", **settings: Any) -> dict[str, Any]:
        """As SOCIALACCOUNT_PROVIDERS has it."""
        return {
            "provider_id": key,
            "name": "Kunnan tunnus",
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.url, "acr": [], "sign_in": True, **settings},
        }

    def agree(self, url: str, sub: str, **form: str) -> str:
        """What a person does there: where the browser is sent back to."""
        answer = requests.post(url, data={"sub": sub, **form}, allow_redirects=False, timeout=30)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@contextmanager
def running(port: int = 0) -> Iterator[Provider]:
    """Asks for a nonce; for clients that are registered, unless the port is given beforehand."""
    words = ["--require-nonce", *([] if port else ["--require-registration"])]
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), *words],
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    made = Provider(f"http://localhost:{port}")
    try:
        until = time.monotonic() + 60
        while True:
            try:
                requests.get(f"{made.url}/.well-known/openid-configuration", timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, "the provider ended by itself"
                assert time.monotonic() < until, "the provider did not answer"
                time.sleep(0.05)
        yield made
    finally:
        process.terminate()
        process.wait(timeout=20)


def through(client: Any, server: Provider, url: str, sub: str) -> Any:
    """From a link on our page to the provider and back; our answer."""
    there = client.get(url)
    assert there.status_code == 302, there.content
    back = urlsplit(server.agree(there["Location"], sub))
    return client.get(f"{back.path}?{back.query}")
