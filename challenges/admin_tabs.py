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
    of_jury: bool  # not offered where nobody is scored


_tabs: dict[str, Tab] = {}


def register_tab(key: str, label: Any, url_name: str, order: int, *, of_jury: bool = False) -> None:
    _tabs[key] = Tab(key=key, label=label, url_name=url_name, order=order, of_jury=of_jury)


def tabs(*, has_jury: bool = True) -> list[Tab]:
    offered = [tab for tab in _tabs.values() if has_jury or not tab.of_jury]
    return sorted(offered, key=lambda tab: (tab.order, tab.key))
