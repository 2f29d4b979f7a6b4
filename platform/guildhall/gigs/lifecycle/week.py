"""A week of hours. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.gigs.lifecycle.actors import AGENT, CLIENT, SYSTEM, guard
from guildhall.kit.lifecycle import Machine, Move


class WeekState(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"  # the client looks at it
    QUERIED = "queried"  # the client asked about some of it
    DISPUTED = "disputed"  # some of its hours; what is not disputed is paid meanwhile
    SETTLING = "settling"  # what was disputed is being divided
    APPROVED = "approved"  # its pay is being paid
    PAID = "paid"
    VOID = "void"  # over, and no hours in it


class WeekEvent(StrEnum):
    LOG = "log"
    DROP = "drop"  # what was logged
    SUBMIT = "submit"
    QUERY = "query"
    APPROVE = "approve"
    REMIND = "remind"
    AUTO_APPROVE = "auto_approve"
    DISPUTE = "dispute"
    RESOLVE = "resolve"
    PAID_OUT = "paid_out"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class WeekFacts:
    is_loggable: bool = True
    is_pay_held: bool = True
    """Of the week's whole cap; or the two sides pay each other."""
    has_entries: bool = True
    has_queries_left: bool = True
    is_reminder_due: bool = True
    is_time_over: bool = True
    was_reminded: bool = True


_LOGGABLE: Final = guard(
    "contract_takes_hours_and_pay_is_held",
    lambda f: f.is_loggable and f.is_pay_held,
    "hours are logged while the contract is active and the pay of the week is held",
)
_DROPPABLE: Final = guard(
    "contract_takes_hours", lambda f: f.is_loggable, "the contract is not active, so its hours stay as they are"
)
_HOURS: Final = guard("has_entries", lambda f: f.has_entries, "no hours are logged in this week")
_REMINDER: Final = guard("reminder_is_due", lambda f: f.is_reminder_due, "there is time left")
_NO_HOURS: Final = guard("has_no_entries", lambda f: not f.has_entries, "hours are logged in this week")
_QUERIES: Final = guard(
    "has_queries_left",
    lambda f: f.has_queries_left,
    "it was asked about twice already: approve it, or dispute what you do not agree with",
)
_OVERDUE: Final = guard(
    "time_is_over_and_was_reminded", lambda f: f.is_time_over and f.was_reminded, "there is time left to look at it"
)
_T, _H = WeekState, WeekEvent

WEEK: Machine[WeekState] = Machine(
    name="week",
    states=WeekState,
    initial=WeekState.OPEN,
    final=frozenset({WeekState.PAID, WeekState.VOID}),
    moves=(
        *(
            Move(event, frozenset({s}), s, AGENT, why)
            for event, why in ((_H.LOG, _LOGGABLE), (_H.DROP, _DROPPABLE))
            for s in (_T.OPEN, _T.QUERIED)
        ),
        Move(
            _H.SUBMIT,
            frozenset({_T.OPEN, _T.QUERIED}),
            _T.SUBMITTED,
            AGENT | SYSTEM,
            _HOURS,
            ("tell_client", "start_clock"),
        ),
        Move(_H.QUERY, frozenset({_T.SUBMITTED}), _T.QUERIED, CLIENT, _QUERIES, ("tell_agent",)),
        Move(_H.APPROVE, frozenset({_T.SUBMITTED, _T.QUERIED}), _T.APPROVED, CLIENT, effects=("pay", "tell_agent")),
        Move(_H.REMIND, frozenset({_T.SUBMITTED}), _T.SUBMITTED, SYSTEM, _REMINDER, ("tell_client",)),
        Move(_H.AUTO_APPROVE, frozenset({_T.SUBMITTED}), _T.APPROVED, SYSTEM, _OVERDUE, ("pay", "tell_both")),
        Move(
            _H.DISPUTE,
            frozenset({_T.SUBMITTED, _T.QUERIED}),
            _T.DISPUTED,
            CLIENT,
            _HOURS,
            ("freeze", "pay_the_rest", "tell_agent"),
        ),
        Move(_H.RESOLVE, frozenset({_T.DISPUTED}), _T.SETTLING, SYSTEM, effects=("divide", "tell_both")),
        Move(_H.PAID_OUT, frozenset({_T.APPROVED, _T.SETTLING}), _T.PAID, SYSTEM, effects=("close_week", "tell_agent")),
        Move(_H.LAPSE, frozenset({_T.OPEN, _T.QUERIED}), _T.VOID, SYSTEM, _NO_HOURS, ("close_week",)),
    ),
)
