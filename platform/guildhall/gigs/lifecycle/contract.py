"""The whole of a contract. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from guildhall.gigs.lifecycle.actors import BOTH, CLIENT, STAFF, SYSTEM, guard
from guildhall.kit.lifecycle import Machine, Move


class ContractState(StrEnum):
    PENDING_FUNDING = "pending_funding"  # agreed on; work begins when the first pay is held
    BEGINNING = "beginning"  # hourly work: the pay of its first week is being held
    ACTIVE = "active"
    PAUSED = "paused"
    ENDING = "ending"  # what is open is settled until its day
    COMPLETED = "completed"
    TERMINATED = "terminated"  # by two of the staff, with a reason; what is open is disputed
    VOID = "void"  # never begun


LIVE: Final = frozenset({ContractState.ACTIVE, ContractState.PAUSED, ContractState.ENDING})
OVER: Final = frozenset({ContractState.COMPLETED, ContractState.TERMINATED, ContractState.VOID})


class ContractEvent(StrEnum):
    BEGIN = "begin"  # hourly work: the client wants the pay of its first week held
    ACTIVATE = "activate"  # the first pay is held
    HOLD_REFUSED = "hold_refused"
    VOID = "void"
    PAUSE = "pause"
    RESUME = "resume"
    PROPOSE_TERMS = "propose_terms"
    ACCEPT_TERMS = "accept_terms"
    DECLINE_TERMS = "decline_terms"
    WITHDRAW_TERMS = "withdraw_terms"
    END = "end"
    COMPLETE = "complete"
    PROPOSE_TERMINATION = "propose_termination"
    DROP_TERMINATION = "drop_termination"
    TERMINATE = "terminate"


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What the guards look at; as it stands, everything is favourable."""

    is_hourly: bool = True
    may_fund: bool = True
    is_nothing_held: bool = True
    may_resume: bool = True
    is_nothing_open: bool = True
    is_termination_proposed: bool = True
    is_second_person: bool = True
    is_party: bool = False
    may_propose_terms: bool = True
    """None are proposed, and they were not changed too often."""
    is_asked: bool = True
    """The other side has proposed other terms."""
    has_proposed_terms: bool = True


_HOURLY: Final = guard(
    "is_hourly_and_keeps_the_money",
    lambda facts: facts.is_hourly and facts.may_fund,
    "work paid by the hour is begun by the client's owner or finance, work paid by milestone when its first is funded",
)
_NOTHING_HELD: Final = guard(
    "nothing_is_held", lambda facts: facts.is_nothing_held, "pay is held for it: end it instead"
)
_MAY_RESUME: Final = guard(
    "paused_it_or_waited",
    lambda facts: facts.may_resume,
    "whoever paused it resumes it; the other side can after 30 days",
)
_NOTHING_OPEN: Final = guard(
    "nothing_is_open", lambda facts: facts.is_nothing_open, "a milestone, a week of hours or a dispute is open"
)
_NO_PARTY: Final = guard("is_no_party", lambda facts: not facts.is_party, "nobody decides about themselves")
_PROPOSED: Final = guard(
    "is_proposed", lambda facts: facts.is_termination_proposed and not facts.is_party, "nobody has proposed it"
)
_SECOND: Final = guard(
    "is_second_person",
    lambda facts: facts.is_termination_proposed and facts.is_second_person and not facts.is_party,
    "somebody else has to propose it first",
)
_MAY_PROPOSE: Final = guard(
    "no_terms_are_proposed",
    lambda facts: facts.may_propose_terms,
    "other terms are proposed already, or they were changed too often",
)
_ASKED: Final = guard("other_side_proposes", lambda facts: facts.is_asked, "the other side has proposed no other terms")
_OWN_TERMS: Final = guard("proposed_them", lambda facts: facts.has_proposed_terms, "you have proposed no other terms")
_WORKED_UNDER: Final = frozenset({ContractState.ACTIVE, ContractState.PAUSED})
_K, _E = ContractState, ContractEvent

CONTRACT: Machine[ContractState] = Machine(
    name="contract",
    states=ContractState,
    initial=ContractState.PENDING_FUNDING,
    final=OVER,
    moves=(
        Move(_E.BEGIN, frozenset({_K.PENDING_FUNDING}), _K.BEGINNING, CLIENT, _HOURLY, ("hold",)),
        # Of two followers one may have found too little and told so, when the other one holds what came meanwhile.
        Move(_E.ACTIVATE, frozenset({_K.PENDING_FUNDING, _K.BEGINNING}), _K.ACTIVE, SYSTEM, effects=("tell_both",)),
        Move(_E.HOLD_REFUSED, frozenset({_K.BEGINNING}), _K.PENDING_FUNDING, SYSTEM, effects=("tell_client",)),
        Move(_E.VOID, frozenset({_K.PENDING_FUNDING}), _K.VOID, BOTH | SYSTEM, _NOTHING_HELD, ("tell_both",)),
        Move(_E.PAUSE, frozenset({_K.ACTIVE}), _K.PAUSED, BOTH, effects=("tell_other_side",)),
        Move(_E.RESUME, frozenset({_K.PAUSED}), _K.ACTIVE, BOTH, _MAY_RESUME, ("tell_other_side",)),
        *(
            Move(event, frozenset({state}), state, BOTH, why, ("tell_other_side",))
            for event, why in (
                (_E.PROPOSE_TERMS, _MAY_PROPOSE),
                (_E.ACCEPT_TERMS, _ASKED),
                (_E.DECLINE_TERMS, _ASKED),
                (_E.WITHDRAW_TERMS, _OWN_TERMS),
            )
            for state in sorted(_WORKED_UNDER)
        ),
        Move(_E.END, frozenset({_K.ACTIVE, _K.PAUSED}), _K.ENDING, BOTH, effects=("tell_both",)),
        Move(_E.COMPLETE, frozenset({_K.ENDING}), _K.COMPLETED, SYSTEM, _NOTHING_OPEN, ("tell_both", "open_reviews")),
        *(Move(_E.PROPOSE_TERMINATION, frozenset({s}), s, STAFF, _NO_PARTY) for s in _K if s in LIVE),
        *(Move(_E.DROP_TERMINATION, frozenset({s}), s, STAFF, _PROPOSED) for s in _K if s in LIVE),
        Move(_E.TERMINATE, LIVE, _K.TERMINATED, STAFF, _SECOND, ("tell_both", "dispute_what_is_open")),
    ),
)
