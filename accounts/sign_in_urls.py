"""Sign-in by a code sent by mail. Names are allauth's, which looks its addresses up by them."""

from allauth.account.views import logout
from django.urls import path

from accounts.views import CodeView, SignInView

urlpatterns = [
    path("kirjaudu/", SignInView.as_view(), name="account_login"),
    path("kirjaudu/", SignInView.as_view(), name="account_request_login_code"),
    path("kirjaudu/", SignInView.as_view(), name="account_signup"),
    path("kirjaudu/koodi/", CodeView.as_view(), name="account_confirm_login_code"),
    path("kirjaudu-ulos/", logout, name="account_logout"),
]
