"""Tabs of a challenge in the back office; ideas and scoring add theirs in `AppConfig.ready()`.

A tab's address takes the challenge's pk as its only argument, named `pk`. Its view stands on
`challenges.admin_base.ChallengeAdminView` with `tab = key`.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any  # lazily translated
    url_name: str
    order: int


_tabs: dict[str, Tab] = {}


def register_tab(key: str, label: Any, url_name: str, order: int) -> None:
    _tabs[key] = Tab(key=key, label=label, url_name=url_name, order=order)


def tabs() -> list[Tab]:
    return sorted(_tabs.values(), key=lambda tab: (tab.order, tab.key))
