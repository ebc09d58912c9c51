"""Targets of runs on pages: the address of a thing, the address at which things are chosen, an icon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.web.routing import parts
from lines.bulk.account_target import ACCOUNT
from lines.numbers import format_msisdn
from runs.models import LINE
from runs.operation import Operation, TargetWords

LISTS: Final[Mapping[str, str]] = {LINE: "/lines", ACCOUNT: "/structure/operator"}
"""Where things of a kind are chosen."""
PAGES: Final[Mapping[str, str]] = {LINE: "/lines/{}", ACCOUNT: "/structure/operator"}
ICONS: Final[Mapping[str, str]] = {LINE: "sim", ACCOUNT: "file-earmark-text"}


@dataclass(frozen=True)
class ShownTarget:
    """A kind of things for templates."""

    kind: str
    icon: str
    words: TargetWords

    def address(self, target_id: int) -> str:
        """The address of the page of a target."""
        return PAGES[self.kind].format(target_id)

    def title(self, stored: str) -> str:
        """The title that people know a thing by, as they read it."""
        return format_msisdn(stored) if self.kind == LINE else stored


def shown_target(operation: Operation) -> ShownTarget:
    """The target of this operation."""
    return ShownTarget(operation.target, ICONS[operation.target], parts().targets[operation.target].words)
