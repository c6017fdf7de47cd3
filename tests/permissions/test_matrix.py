"""Role × state × address: every address of the project, asked as every role by GET and by POST.

A new address fails `test_every_address_has_its_row` until it has a row in tests/permissions/rows_*.
"""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.permissions import (
    rows_admin,
    rows_catalogue,
    rows_jury,
    rows_private,
    rows_public,
    rows_sign_in,
    rows_voices,
    rows_wagtail,
)
from tests.permissions.matrix import Row, faults_of

pytestmark = pytest.mark.django_db

ROWS: list[Row] = [
    *rows_public.ROWS,
    *rows_sign_in.ROWS,
    *rows_voices.ROWS,
    *rows_catalogue.ROWS,
    *rows_private.ROWS,
    *rows_jury.ROWS,
    *rows_admin.ROWS,
    *rows_wagtail.ROWS,
]
OURS = ("core", "accounts", "challenges", "ideas", "scoring", "catalogue", "search", "cms", "demo")
PACKAGES = ("wagtail", "wagtail_localize", "django", "allauth", "ninja", "functools")
# Wagtail's, of something that a chooser without a form for new ones does not have.
WITHOUT_FORM = "wagtailsnippetchoosers_catalogue_solution:create"
# Addresses whose views are a package's, but what they show is ours.
SHOW_OURS = (
    *("account_", "wagtailsnippets_catalogue_", "wagtailsnippetchoosers_catalogue_"),
    *(
        "organisations:",
        "memberships:",
        "needs:",
        "wagtailusers_users:",
        "cms:",
        "wagtail_serve",
        "api:",
    ),
)


def addresses(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(name with its namespaces, module of the view)"""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from addresses(one, inner)
        elif isinstance(one, URLPattern):
            view = getattr(one.callback, "view_class", one.callback)
            yield ":".join([*spaces, one.name or str(one.pattern)]), view.__module__


def ours() -> dict[str, str]:
    return {
        name: module
        for name, module in addresses(get_resolver())
        if (module.partition(".")[0] not in PACKAGES or name.startswith(SHOW_OURS))
        and name != WITHOUT_FORM
    }


def test_every_address_has_its_row():
    there, asked = ours(), {row.name for row in ROWS}
    missing = [f"{name} ({there[name]})" for name in sorted(there) if name not in asked]
    assert not missing, f"add rows to tests/permissions/rows_*.py for: {', '.join(missing)}"
    assert not sorted(asked - set(there)), "rows of addresses that are not there any more"


def test_every_view_of_ours_is_asked():
    modules = {module.partition(".")[0] for module in ours().values()}
    assert modules - set(PACKAGES) <= set(OURS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_role_and_address(row, world, sessions):
    faults = faults_of(row, world, sessions)
    assert not faults, f"{row.address(world)}\n" + "\n".join(faults)
