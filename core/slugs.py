"""Names in addresses that nobody else has."""

from django.db.models import Manager
from django.utils.text import slugify


def free_slug(name: str, among: Manager, *, most: int, otherwise: str) -> str:  # type: ignore[type-arg]
    """A slug of the name (at most `most` characters and a number) that none of them has."""
    base = slugify(name)[:most] or otherwise
    taken = set(among.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
