"""Every address of the catalogue and of the search, and of open data, that takes no sign-in.

A new one that is not listed here fails tests/search/test_leaks.py; what is listed is asked for what
is not public there, and with whatever people and machines type in tests/search/test_bad_input.py.
"""

from collections.abc import Iterator

from django.urls import get_resolver, reverse

from catalogue.models import Solution
from tests.permissions.test_matrix import addresses

WORD = "qzkatkemaisillaan"

# Address → its arguments for a solution, and queries to ask it with.
LISTS: dict[str, tuple[str, ...]] = {
    "search:catalogue": ("", f"?q={WORD}", "?sort=newest", "?municipality=Salala", "?more=1"),
    "search:suggest": (f"?q={WORD[:5]}", f"?q={WORD}"),
    "api:solutions": ("", f"?q={WORD}", "?sort=newest", "?municipality=Salala"),
    "api:openapi-json": ("",),
    "sitemap": ("",),
}
BY_KIND: dict[str, tuple[str, ...]] = {
    "search:download": ("csv", "jsonl", "xlsx"),
    "search:feed": ("atom", "json"),
    "dcat": ("ttl", "jsonld"),
    "sitemap_part": ("pages", "lists", "solutions", "proposals"),
}
OF_ONE = frozenset(
    {
        *("catalogue:solution", "catalogue:picture", "catalogue:publiccode", "search:why"),
        "api:solution",
    }
)
# Whatever solutions the query names, side by side; kinds of files in the address.
SIDE_BY_SIDE: dict[str, tuple[str, ...]] = {
    "catalogue:comparison": (),
    "catalogue:comparison_file": ("csv", "docx", "pdf"),
}
# A 404 as an address, or nothing without a sign-in or a secret link: the matrix of permissions asks
# them.
ELSEWHERE = frozenset(
    {
        *(
            "search:save",
            "search:remove",
            "api:api-root",
            "robots",
            "catalogue:reuse",
            "catalogue:review",
        ),
        *("catalogue:claim", "catalogue:claim_verify", "catalogue:claim_withdraw"),
    }
)
SPACES = ("catalogue:", "search:", "api:", "sitemap", "dcat", "robots")


def unlisted() -> set[str]:
    """Addresses that are not listed, and listed ones that are not there."""
    there = {name for name, _module in addresses(get_resolver()) if name.startswith(SPACES)}
    return there ^ {*LISTS, *BY_KIND, *OF_ONE, *SIDE_BY_SIDE, *ELSEWHERE}


def names() -> Iterator[tuple[str, str]]:
    """(name of the address, kind or "")."""
    for name in (*LISTS, *sorted(OF_ONE)):
        yield name, ""
    for name, kinds in (BY_KIND | SIDE_BY_SIDE).items():
        for kind in kinds or ("",):
            yield name, kind


def address(name: str, kind: str, solution: Solution) -> str:
    if name in OF_ONE:
        return reverse(name, args=[solution.uid if name == "api:solution" else solution.slug])
    return reverse(name, args=[kind] if kind else [])
