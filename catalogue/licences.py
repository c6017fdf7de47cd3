"""Licences by their SPDX names (https://spdx.org/licenses/)."""

import re
from typing import Final

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

# Offered where a licence is written, the European Union's own first.
OFFERED: Final = (
    "EUPL-1.2",
    "MIT",
    "Apache-2.0",
    "BSD-3-Clause",
    "MPL-2.0",
    "LGPL-3.0-or-later",
    "GPL-3.0-or-later",
    "AGPL-3.0-or-later",
)
OFFERED_FOR_TEXTS: Final = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0")
_NO_PAGE = re.compile(r"(?i)AND|OR|WITH|LicenseRef-.*|DocumentRef-.*")


def licence_of(text: str) -> str:
    """The SPDX expression that a licence's name stands for; "" when it stands for none."""
    for name in (text.strip(), re.sub(r"\s+v?", "-", text.strip())):
        try:
            return str(canonicalize_license_expression(name))
        except InvalidLicenseExpression:
            continue
    return ""


def pages_of(text: str) -> list[tuple[str, str]]:
    """(name, address of SPDX's page) of each licence of an expression; none of other words."""
    names = re.findall(r"[\w.-]+", licence_of(text))
    return [
        (name, f"https://spdx.org/licenses/{name}.html")
        for name in dict.fromkeys(names)
        if not _NO_PAGE.fullmatch(name)
    ]
