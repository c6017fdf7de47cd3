"""The person of a request, behind a door that lets in only those who have signed in."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User


def person_of(request: HttpRequest) -> User:
    return cast("User", request.user)
