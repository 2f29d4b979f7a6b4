"""What is done in a dispute, whatever it is about: answer, propose, accept, escalate, withdraw.

Silence decides for neither side. What it does to the milestone or the hours is for the document that holds the dispute:
`disputed_milestones`, `disputed_hours`. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guildhall.gigs.lifecycle import Actor, DisputeEvent, DisputeState
from guildhall.gigs.model.contracts import (
    PROPOSALS_MAX,
    STATEMENTS_MAX,
    Contract,
    Dispute,
    DisputeProposal,
    Division,
    Statement,
)
from guildhall.gigs.rules import telling
from guildhall.gigs.rules.moving import By, audited, move_dispute, other_side
from guildhall.gigs.rules.telling import Told, tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.business_days import after_business_days, zone_named
from guildhall.kit.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Heard:
    """What an act made of a dispute, for the document that holds it to take over."""

    dispute: Dispute
    event: DisputeEvent
    words: str = ""
    """For the history that both sides read."""
    follows: tuple[Told, ...] = ()
    settled: Division | None = None
    """How its pay is divided, where it is settled so."""
    why: str = ""


Act = Callable[[Contract, Dispute, GigsSettings, By], Heard]
"""On a dispute of this contract; raises MoveRefused, DivisionWrong, Conflict."""


class DivisionWrong(Invalid):
    type = "division-wrong"
    title = "The two parts are not the whole"

    def __init__(self, contract: Contract, whole_minor: int) -> None:
        whole = telling.say_minor(contract, whole_minor)
        super().__init__(f"At most {whole} can be the agent's: that is the pay in dispute.")


def divided(contract: Contract, whole_minor: int, agent_minor: int) -> Division:
    """So much for the agent, the rest back to the client. Raises DivisionWrong."""
    if not 0 <= agent_minor <= whole_minor:
        raise DivisionWrong(contract, whole_minor)
    return Division(agent_minor=agent_minor, client_minor=whole_minor - agent_minor)


def answer_by_ms(contract: Contract, settings: GigsSettings, at_ms: int) -> int:
    zone = zone_named(contract.terms.work.time_zone)
    return after_business_days(at_ms, settings.dispute_answer_days, zone)


def concede(_contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    moved = move_dispute(dispute, DisputeEvent.CONCEDE, settings, by, due_at_ms=0)
    why = "The other side agrees to what was asked for."
    return Heard(moved, DisputeEvent.CONCEDE, settled=dispute.claim, why=why)


def say(words: str, contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """An answer where one is awaited from this side, else one more statement."""
    if len(dispute.statements) >= STATEMENTS_MAX:
        raise Conflict(f"A dispute holds at most {STATEMENTS_MAX} statements: it is for the staff to decide now.")
    is_answer = dispute.state is DisputeState.AWAITING_RESPONSE and by.actor is not dispute.opened_by
    event = DisputeEvent.ANSWER if is_answer else DisputeEvent.ADD_EVIDENCE
    statement = Statement(by=by.actor, words=words, at_ms=by.at_ms)
    due: dict[str, Any] = {"due_at_ms": answer_by_ms(contract, settings, by.at_ms)} if is_answer else {}
    moved = move_dispute(dispute, event, settings, by, statements=(*dispute.statements, statement), **due)
    told = tell(contract, other_side(by.actor), "dispute_said", "something was said in the dispute", words)
    return Heard(moved, event, follows=(told,))


def propose(
    agent_minor: int, words: str, contract: Contract, dispute: Dispute, settings: GigsSettings, by: By
) -> Heard:
    """By a side or by the staff; a party accepts its own."""
    division = divided(contract, dispute.minor, agent_minor)
    if len(dispute.proposals) >= PROPOSALS_MAX:
        raise Conflict(f"A dispute sees at most {PROPOSALS_MAX} proposals: let the staff decide.")
    proposal = DisputeProposal(
        by=by.actor,
        by_account_id=by.account_id,
        division=division,
        words=words,
        at_ms=by.at_ms,
        accepted_by=() if by.actor is Actor.STAFF else (by.actor,),
    )
    due_ms = answer_by_ms(contract, settings, by.at_ms)
    proposals = (*dispute.proposals, proposal)
    moved = move_dispute(dispute, DisputeEvent.PROPOSE, settings, by, proposals=proposals, due_at_ms=due_ms)
    text = f"{telling.say_division(contract, division)}. {words}\n\nAnswer until {telling.moment(contract, due_ms)}."
    title = "a division is proposed in the dispute"
    if by.actor is Actor.STAFF:
        told: tuple[Told, ...] = telling.tell_both(contract, "dispute_proposed", title, text)
    else:
        told = (tell(contract, other_side(by.actor), "dispute_proposed", title, text),)
    noted = audited(by, "propose_division", dispute=dispute.id, **division.model_dump())
    return Heard(moved, DisputeEvent.PROPOSE, words, (*told, noted))


def accept(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    moved = move_dispute(dispute, DisputeEvent.ACCEPT, settings, by)
    last = dispute.proposals[-1]
    accepted = last.model_copy(update={"accepted_by": (*last.accepted_by, by.actor)})
    moved = moved.model_copy(update={"proposals": (*dispute.proposals[:-1], accepted)})
    if moved.state is DisputeState.SETTLED:
        ended = moved.model_copy(update={"due_at_ms": 0})
        return Heard(ended, DisputeEvent.ACCEPT, settled=last.division, why="Both sides agree.")
    told = tell(contract, other_side(by.actor), "dispute_accepted", "the other side accepts the proposal", "")
    return Heard(moved, DisputeEvent.ACCEPT, follows=(told,))


def escalate(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """Free of charge, by either side, or by their silence."""
    moved = move_dispute(dispute, DisputeEvent.ESCALATE, settings, by, due_at_ms=0)
    return Heard(moved, DisputeEvent.ESCALATE, follows=told_escalated(contract))


def silence(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """The system's: no answer came. A first silence loses nothing, a second lets the staff decide on what is there."""
    moved = move_dispute(dispute, DisputeEvent.SILENCE, settings, by)
    is_first = moved.state is DisputeState.EVIDENCE
    due_ms = answer_by_ms(contract, settings, by.at_ms) if is_first else 0
    moved = moved.model_copy(update={"due_at_ms": due_ms})
    if not is_first:
        return Heard(moved, DisputeEvent.SILENCE, follows=told_escalated(contract))
    text = f"Nothing is decided by that. Both can say more until {telling.moment(contract, due_ms)}."
    told = telling.tell_both(contract, "dispute_silence", "no answer came in the dispute", text)
    return Heard(moved, DisputeEvent.SILENCE, follows=told)


def told_escalated(contract: Contract) -> tuple[Told, ...]:
    text = "Somebody of this house who has nothing to do with either side decides, with reasons. It costs nothing."
    return telling.tell_both(contract, "dispute_escalated", "the dispute is for this house to decide", text)


def withdraw(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    moved = move_dispute(dispute, DisputeEvent.WITHDRAW, settings, by, due_at_ms=0)
    told = telling.tell_both(contract, "dispute_withdrawn", "the dispute is withdrawn", "")
    return Heard(moved, DisputeEvent.WITHDRAW, follows=told)
