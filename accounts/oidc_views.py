"""OpenID Connect: allauth's client, with what it leaves out. Loaded at first use.

Beside state and PKCE, the ID token answers our nonce; its signature is always checked against the
provider's keys; user info is of the same subject as the ID token. What the provider tells is not
kept: the account is known by an HMAC of the subject, so that no identity code is in the database.
"""

import logging
from collections.abc import Callable
from typing import Any

import jwt
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from accounts import oidc
from accounts.oidc_adapter import refused
from core import ratelimit

log = logging.getLogger(__name__)

# With the provider's keys only: a secret that both know proves nothing to a third.
ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
SECONDS_OF_DISCOVERY = 600
A_MINUTE = 30  # ways to a provider that one address may begin


class Client(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, asked anew every ten minutes."""
        key = f"oidc:{self.get_provider().server_url}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            found = dict(super().openid_config)
            cache.set(key, found, SECONDS_OF_DISCOVERY)
        return found

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Signed by a key of the provider, for us, not too old; allauth would believe the line."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            kid = jwt.get_unverified_header(id_token).get("kid")
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
            fitting = [key for key in keys if kid in (None, key.key_id)]
            if len(fitting) != 1:
                raise OAuth2Error("the ID token is signed by no key of the provider")
            return jwt.decode(
                id_token,
                fitting[0].key,
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=60,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error("the ID token is not valid") from error


class Provider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = Client

    def get_auth_params_from_request(self, request: HttpRequest, action: Any) -> dict[str, Any]:
        """Ours only: allauth would let the visitor's address add to them."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def redirect(self, request: HttpRequest, process: str, **more: Any) -> HttpResponse:
        nonce = get_random_string(32)
        params = {**more.pop("auth_params", {}), "nonce": nonce}
        response: HttpResponse = super().redirect(
            request, process, auth_params=params, nonce=nonce, **more
        )
        return response

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Any:
        token, info = response.get("id_token"), response.get("userinfo")
        if not token or (info and info.get("sub") != token.get("sub")):
            raise OAuth2Error("user info is not of the subject of the ID token")
        made = super().sociallogin_from_response(request, response)
        made.id_token = token
        made.told_name = (info or token).get("name") or ""
        return made

    def extract_uid(self, data: dict[str, Any]) -> str:
        bound = f"{self.app.provider_id}\n{super().extract_uid(data)}"
        return salted_hmac("talkoot.oidc", bound, algorithm="sha256").hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        told = data.get("userinfo") or data["id_token"]
        if not told.get("email"):
            return []
        verified = told.get("email_verified") is True
        return [EmailAddress(email=told["email"], verified=verified, primary=True)]


registry.register(Provider)


def _way(view_class: Any) -> Callable[[HttpRequest, str], HttpResponse]:
    view = view_class.adapter_view

    @never_cache
    @require_GET
    def go(request: HttpRequest, provider_id: str) -> HttpResponse:
        if oidc.find(provider_id) is None:
            raise Http404
        if not ratelimit.allow("oidc", ratelimit.address_of(request), limit=A_MINUTE, seconds=60):
            return refused(request, _("Wait a few minutes and try again."), status=429)
        try:
            response: HttpResponse = view(Client(request, provider_id))(request)
        except ImmediateHttpResponse as answer:
            return answer.response  # type: ignore[no-any-return]
        except (RequestException, OAuth2Error, LookupError, TypeError, ValueError) as error:
            log.warning("OpenID Connect, provider %s: %r", provider_id, error)
            words = _("The identity provider does not answer. Try again in a while.")
            return refused(request, words, status=503)
        return response

    return go


begin = _way(OAuth2LoginView)
come_back = _way(OAuth2CallbackView)
