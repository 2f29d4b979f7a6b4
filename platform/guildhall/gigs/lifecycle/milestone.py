"""A milestone: from agreed on to settled. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.gigs.lifecycle.actors import AGENT, BOTH, CLIENT, SYSTEM, guard
from guildhall.kit.lifecycle import Machine, Move


class MilestoneState(StrEnum):
    PROPOSED = "proposed"  # by one side, after the contract was agreed on
    AGREED = "agreed"
    FUNDING = "funding"  # its pay is being held
    FUNDED = "funded"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"  # the client looks at it
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"  # its pay is being released
    DISPUTED = "disputed"
    SETTLING = "settling"  # its pay is being divided, or given back
    RELEASED = "released"
    SPLIT = "split"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"  # nothing was held


SETTLED: Final = frozenset(
    {MilestoneState.RELEASED, MilestoneState.SPLIT, MilestoneState.REFUNDED, MilestoneState.CANCELLED}
)
HELD: Final = frozenset(
    {
        MilestoneState.FUNDED,
        MilestoneState.IN_PROGRESS,
        MilestoneState.SUBMITTED,
        MilestoneState.CHANGES_REQUESTED,
        MilestoneState.APPROVED,
        MilestoneState.DISPUTED,
        MilestoneState.SETTLING,
    }
)
"""Its whole pay is held."""


class MilestoneEvent(StrEnum):
    ACCEPT = "accept"
    CANCEL = "cancel"
    FUND = "fund"
    HOLD_POSTED = "hold_posted"
    HOLD_REFUSED = "hold_refused"
    START = "start"
    SUBMIT = "submit"
    REQUEST_CHANGES = "request_changes"
    GRANT_REVISION = "grant_revision"
    APPROVE = "approve"
    REMIND = "remind"
    AUTO_APPROVE = "auto_approve"
    GIVE_BACK = "give_back"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    DROP_DISPUTE = "drop_dispute"
    PAID_OUT = "paid_out"
    CLOSE_OUT = "close_out"


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    is_other_side: bool = True
    """Not who proposed it."""
    is_fundable: bool = True
    may_fund: bool = True
    """Whoever asks may spend the organisation's money."""
    is_contract_active: bool = True
    is_contract_live: bool = True
    has_something_to_hand_in: bool = True
    has_revisions_left: bool = True
    is_refund_due: bool = True
    """By the client: it was not begun; by the system: nothing was ever handed in."""
    is_reminder_due: bool = True
    is_time_over: bool = True
    was_reminded: bool = True
    was_submitted: bool = True
    had_changes_requested: bool = False
    pays_agent_all: bool = True
    pays_client_all: bool = False


_OTHER: Final = guard("is_other_side", lambda f: f.is_other_side, "it is for the other side to accept")
_FUNDABLE: Final = guard(
    "contract_may_be_funded_by_whoever_keeps_the_money",
    lambda f: f.is_fundable and f.may_fund,
    "it is for the client's owner or finance, while the contract is neither paused, ending nor over",
)
_ACTIVE: Final = guard("contract_is_active", lambda f: f.is_contract_active, "the contract is not active")
_HANDED_IN: Final = guard(
    "contract_is_live_and_something_is_handed_in",
    lambda f: f.is_contract_live and f.has_something_to_hand_in,
    "put a file up or write what was done first, and the contract has to be live",
)
_REVISIONS: Final = guard(
    "has_revisions_left",
    lambda f: f.has_revisions_left,
    "every agreed revision is used: ask the agent for one more, approve it, or dispute it",
)
_NOT_BEGUN: Final = guard("is_not_begun", lambda f: f.is_refund_due, "it has begun: the agent can give it back")
_REMINDER: Final = guard("reminder_is_due", lambda f: f.is_reminder_due, "there is time left")
_CLOCK_OUT: Final = guard(
    "time_is_over_and_was_reminded", lambda f: f.is_time_over and f.was_reminded, "there is time left to look at it"
)
_LIVE: Final = guard("contract_is_live", lambda f: f.is_contract_live, "the contract is not live")
_WAS_SUBMITTED: Final = guard("was_submitted", lambda f: f.was_submitted, "it was not handed in")
_HAD_CHANGES: Final = guard("had_changes_requested", lambda f: f.had_changes_requested, "no changes were asked for")
_ALL_TO_AGENT: Final = guard("all_to_the_agent", lambda f: f.pays_agent_all, "not all is the agent's")
_ALL_TO_CLIENT: Final = guard("all_to_the_client", lambda f: f.pays_client_all, "not all is the client's")
_NEVER_HANDED_IN: Final = guard("never_handed_in", lambda f: f.is_refund_due, "something was handed in")
_M, _V = MilestoneState, MilestoneEvent
_WORKED_ON: Final = frozenset({_M.IN_PROGRESS, _M.SUBMITTED, _M.CHANGES_REQUESTED})

MILESTONE: Machine[MilestoneState] = Machine(
    name="milestone",
    states=MilestoneState,
    initial=MilestoneState.PROPOSED,
    final=SETTLED,
    moves=(
        Move(_V.ACCEPT, frozenset({_M.PROPOSED}), _M.AGREED, BOTH, _OTHER, ("tell_other_side",)),
        Move(_V.CANCEL, frozenset({_M.PROPOSED}), _M.CANCELLED, BOTH, effects=("tell_other_side",)),
        Move(_V.CANCEL, frozenset({_M.AGREED}), _M.CANCELLED, CLIENT, effects=("tell_other_side",)),
        Move(_V.CANCEL, frozenset({_M.FUNDED}), _M.SETTLING, CLIENT, _NOT_BEGUN, ("refund", "tell_other_side")),
        Move(_V.FUND, frozenset({_M.AGREED}), _M.FUNDING, CLIENT, _FUNDABLE, ("hold",)),
        # Of two followers one may have found too little and told so, when the other one holds what came meanwhile.
        Move(_V.HOLD_POSTED, frozenset({_M.FUNDING, _M.AGREED}), _M.FUNDED, SYSTEM, effects=("tell_agent",)),
        Move(_V.HOLD_REFUSED, frozenset({_M.FUNDING}), _M.AGREED, SYSTEM, effects=("tell_client",)),
        Move(_V.START, frozenset({_M.FUNDED}), _M.IN_PROGRESS, AGENT, _ACTIVE, ("tell_client",)),
        Move(
            _V.SUBMIT,
            frozenset({_M.FUNDED, _M.IN_PROGRESS, _M.CHANGES_REQUESTED}),
            _M.SUBMITTED,
            AGENT,
            _HANDED_IN,
            ("tell_client", "start_clock"),
        ),
        Move(_V.REQUEST_CHANGES, frozenset({_M.SUBMITTED}), _M.CHANGES_REQUESTED, CLIENT, _REVISIONS, ("tell_agent",)),
        *(
            Move(_V.GRANT_REVISION, frozenset({s}), s, AGENT, effects=("tell_client",))
            for s in (_M.SUBMITTED, _M.CHANGES_REQUESTED)
        ),
        Move(_V.APPROVE, _WORKED_ON, _M.APPROVED, CLIENT, effects=("release", "tell_agent")),
        Move(_V.REMIND, frozenset({_M.SUBMITTED}), _M.SUBMITTED, SYSTEM, _REMINDER, ("tell_client",)),
        Move(_V.AUTO_APPROVE, frozenset({_M.SUBMITTED}), _M.APPROVED, SYSTEM, _CLOCK_OUT, ("release", "tell_both")),
        Move(_V.GIVE_BACK, _WORKED_ON | {_M.FUNDED}, _M.SETTLING, AGENT, effects=("refund", "tell_client")),
        Move(_V.DISPUTE, _WORKED_ON, _M.DISPUTED, BOTH, _LIVE, ("freeze", "tell_other_side")),
        Move(_V.DISPUTE, _WORKED_ON | {_M.FUNDED}, _M.DISPUTED, SYSTEM, effects=("freeze", "tell_both")),
        Move(_V.RESOLVE, frozenset({_M.DISPUTED}), _M.SETTLING, SYSTEM, effects=("divide",)),
        Move(_V.DROP_DISPUTE, frozenset({_M.DISPUTED}), _M.SUBMITTED, SYSTEM, _WAS_SUBMITTED, ("resume_clock",)),
        Move(_V.DROP_DISPUTE, frozenset({_M.DISPUTED}), _M.CHANGES_REQUESTED, SYSTEM, _HAD_CHANGES),
        Move(_V.DROP_DISPUTE, frozenset({_M.DISPUTED}), _M.IN_PROGRESS, SYSTEM),
        Move(_V.PAID_OUT, frozenset({_M.APPROVED}), _M.RELEASED, SYSTEM, effects=("tell_agent",)),
        Move(_V.PAID_OUT, frozenset({_M.SETTLING}), _M.RELEASED, SYSTEM, _ALL_TO_AGENT, ("tell_both",)),
        Move(_V.PAID_OUT, frozenset({_M.SETTLING}), _M.REFUNDED, SYSTEM, _ALL_TO_CLIENT, ("tell_both",)),
        Move(_V.PAID_OUT, frozenset({_M.SETTLING}), _M.SPLIT, SYSTEM, effects=("tell_both",)),
        Move(_V.CLOSE_OUT, frozenset({_M.PROPOSED, _M.AGREED}), _M.CANCELLED, SYSTEM),
        Move(
            _V.CLOSE_OUT,
            frozenset({_M.FUNDED, _M.IN_PROGRESS}),
            _M.SETTLING,
            SYSTEM,
            _NEVER_HANDED_IN,
            ("refund", "tell_both"),
        ),
        Move(_V.CLOSE_OUT, frozenset({_M.CHANGES_REQUESTED}), _M.DISPUTED, SYSTEM, effects=("freeze", "tell_both")),
    ),
)
