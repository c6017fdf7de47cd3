"""Modules that are heavy and seldom needed, loaded at the first use of something in them.

    if TYPE_CHECKING:
        import numpy as np
    else:
        np = lazy.module("numpy")

A web server that never assigns proposals to jurors starts sooner and stays smaller without them.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase


class _Later:
    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)

    def __repr__(self) -> str:
        return f"<{self._name}, loaded at first use>"


def module(name: str) -> Any:
    """What stands for the module `name` until, and after, it is first used."""
    return _Later(name)


def view(module: str, name: str) -> Callable[..., HttpResponseBase]:
    """What stands for a view in a list of addresses, its module loaded when it is first asked."""

    def later(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = getattr(import_module(module), name)(request, *args, **kwargs)
        return response

    later.__module__, later.__name__ = module, name
    return later
