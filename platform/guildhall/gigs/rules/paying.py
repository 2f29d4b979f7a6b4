"""What follows for the pay of a milestone. Pure."""

from collections.abc import Mapping
from typing import Any

from guildhall.gigs.model.contracts import FollowUpKind, Milestone


def let_go(milestone: Milestone) -> tuple[tuple[FollowUpKind, Mapping[str, Any]], ...]:
    """What follows the end of a milestone whose pay was not held, so far as was known."""
    return ((FollowUpKind.LET_GO, {"milestone": milestone.key}),) if milestone.was_tried else ()


def pay_out(key: str, dispute_id: str = "") -> tuple[FollowUpKind, Mapping[str, Any]]:
    """As the milestone is divided; `dispute_id` names the dispute that had frozen it."""
    return FollowUpKind.PAY_OUT, {"milestone": key, "dispute": dispute_id}
