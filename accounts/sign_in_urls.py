"""Sign-in by a code sent by mail, and its second step. Names are allauth's, which looks its
addresses up by them."""

from functools import partial

from allauth.account.views import account_inactive, logout
from django.urls import path

from accounts.views import CodeView, SignInView
from core import lazy

later = partial(lazy.view, "accounts.factor_views")  # allauth's bring cryptography with them

urlpatterns = [
    path("kirjaudu/", SignInView.as_view(), name="account_login"),
    path("kirjaudu/", SignInView.as_view(), name="account_request_login_code"),
    path("kirjaudu/", SignInView.as_view(), name="account_signup"),
    path("kirjaudu/koodi/", CodeView.as_view(), name="account_confirm_login_code"),
    path("kirjaudu/suljettu/", account_inactive, name="account_inactive"),
    path("kirjaudu/vahvistus/", later("second_step"), name="mfa_authenticate"),
    path("kirjaudu/avain/", later("passkey_sign_in"), name="mfa_login_webauthn"),
    path("kirjaudu-ulos/", logout, name="account_logout"),
    path("oma/vahvistus/", later("index"), name="mfa_index"),
    path("oma/vahvistus/uudelleen/", later("again"), name="mfa_reauthenticate"),
    path("oma/vahvistus/avaimella/", later("again_by_key"), name="mfa_reauthenticate_webauthn"),
    path("oma/vahvistus/avain/", later("passkey"), name="mfa_add_webauthn"),
    path("oma/vahvistus/avain/<int:pk>/pois/", later("passkey_off"), name="mfa_remove_webauthn"),
    path("oma/vahvistus/sovellus/", later("app"), name="mfa_activate_totp"),
    path("oma/vahvistus/sovellus/pois/", later("app_off"), name="mfa_deactivate_totp"),
    path("oma/vahvistus/varakoodit/", later("codes"), name="mfa_view_recovery_codes"),
    path("oma/vahvistus/varakoodit/uudet/", later("codes_new"), name="mfa_generate_recovery_codes"),
    path(
        "oma/vahvistus/varakoodit/lataa/", later("codes_file"), name="mfa_download_recovery_codes"
    ),
]
