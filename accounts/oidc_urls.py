"""The way to a provider of OpenID Connect and back. Names are allauth's. The addresses have no
language: providers want to be told one address of return.
"""

from functools import partial

from django.urls import path

from core import lazy

later = partial(lazy.view, "accounts.oidc_views")  # they bring requests, PyJWT and cryptography

urlpatterns = [
    path("<slug:provider_id>/", later("begin"), name="openid_connect_login"),
    path("<slug:provider_id>/callback/", later("come_back"), name="openid_connect_callback"),
]
