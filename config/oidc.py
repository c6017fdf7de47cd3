"""Sign-in and identification by OpenID Connect, as the environment says."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY = re.compile(r"[a-z][a-z0-9]{0,19}")


def providers(env: Any) -> list[dict[str, Any]]:
    """The providers that OIDC_PROVIDERS names, as allauth takes them.

    `acr`: the levels of assurance that count as strong; with none it does not identify strongly.
    `sign_in`: whether the sign-in page offers it; otherwise it only identifies.
    """
    keys = [key.strip() for key in env.list("OIDC_PROVIDERS", default=[]) if key.strip()]
    return [_provider(env, key) for key in keys]


def _provider(env: Any, key: str) -> dict[str, Any]:
    if not KEY.fullmatch(key):
        raise ImproperlyConfigured(f"OIDC_PROVIDERS: {key} is not small letters and digits")
    name = f"OIDC_{key.upper()}"
    told = {part: env.str(f"{name}_{part}", default="").strip() for part in _PARTS}
    if missing := [f"{name}_{part}" for part in ("CLIENT_ID", "SERVER_URL") if not told[part]]:
        raise ImproperlyConfigured(f"{missing[0]}: is needed for the provider {key}")
    url = urlsplit(told["SERVER_URL"])
    if url.scheme != "https" and url.hostname not in ("localhost", "127.0.0.1"):
        raise ImproperlyConfigured(f"{name}_SERVER_URL: must begin with https://")
    if told["SIGN_IN"] not in ("", "0", "1"):
        raise ImproperlyConfigured(f"{name}_SIGN_IN: {told['SIGN_IN']} is neither 1 nor 0")
    acr = [level for level in told["ACR"].split(",") if level]
    settings: dict[str, Any] = {
        "server_url": told["SERVER_URL"],
        "acr": acr,
        "sign_in": told["SIGN_IN"] != "0",
    }
    if acr:
        settings["auth_params"] = {"acr_values": " ".join(acr)}
    return {
        "provider_id": key,
        "name": told["LABEL"] or key,
        "client_id": told["CLIENT_ID"],
        "secret": told["SECRET"],
        "settings": settings,
    }


_PARTS = ("LABEL", "CLIENT_ID", "SECRET", "SERVER_URL", "ACR", "SIGN_IN")
