"""The demo's logins as a table of plain text."""

from django.utils import translation

from demo.people import people


def table() -> str:
    """Address, name and role, one person a line, in English for the terminal."""
    with translation.override("en"):
        rows = [(one.email, one.name, str(one.role)) for one in people()]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return "".join(
        f"{email:<{widths[0]}}  {name:<{widths[1]}}  {role}\n" for email, name, role in rows
    )
