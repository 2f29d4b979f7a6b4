"""Decisions about disputes: open, answer, propose, accept, decide, appeal. Silence decides for neither side. Pure."""

from typing import Any, Final

from guildhall.gigs.lifecycle import Actor, DisputeEvent, DisputeState, MilestoneEvent, MilestoneState
from guildhall.gigs.model.contracts import (
    DISPUTES_MAX,
    PROPOSALS_MAX,
    STATEMENTS_MAX,
    Contract,
    Dispute,
    DisputeProposal,
    Division,
    FollowUpKind,
    Milestone,
    Statement,
)
from guildhall.gigs.rules import telling, working
from guildhall.gigs.rules.moving import (
    By,
    audited,
    dispute_of,
    milestone_of,
    move_dispute,
    move_milestone,
    noted,
    other_side,
    with_dispute,
)
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.business_days import after_business_days, zone_named
from guildhall.kit.errors import Conflict, Invalid
from guildhall.kit.follow_ups import follow

DISPUTABLE_BY_SYSTEM: Final = frozenset(
    {
        MilestoneState.FUNDED,
        MilestoneState.IN_PROGRESS,
        MilestoneState.SUBMITTED,
        MilestoneState.CHANGES_REQUESTED,
    }
)


class DivisionWrong(Invalid):
    type = "division-wrong"
    title = "The two parts are not the whole"

    def __init__(self, contract: Contract, milestone: Milestone) -> None:
        whole = telling.say_minor(contract, milestone.minor)
        super().__init__(f"At most {whole} can be the agent's: that is the pay of {milestone.title}.")


def division_of(contract: Contract, key: str, agent_minor: int) -> Division:
    """So much for the agent, the rest back to the client. Raises DivisionWrong, NotFound."""
    milestone = milestone_of(contract, key)
    if not 0 <= agent_minor <= milestone.minor:
        raise DivisionWrong(contract, milestone)
    return Division(agent_minor=agent_minor, client_minor=milestone.minor - agent_minor)


def answer_by_ms(contract: Contract, settings: GigsSettings, at_ms: int) -> int:
    zone = zone_named(contract.terms.work.time_zone)
    return after_business_days(at_ms, settings.dispute_answer_days, zone)


def open_dispute(
    contract: Contract, dispute_id: str, key: str, agent_minor: int, reason: str, settings: GigsSettings, by: By
) -> Contract:
    """Raises MoveRefused, DivisionWrong, Conflict, NotFound."""
    milestone, claim = milestone_of(contract, key), division_of(contract, key, agent_minor)
    opened, dispute = _opened(contract, dispute_id, milestone, claim, reason, settings, by)
    told = tell(
        contract,
        other_side(by.actor),
        "disputed",
        f"{milestone.title} is disputed",
        f"{reason}\n\nThey ask for: {telling.say_division(contract, claim)}. Answer until "
        f"{telling.moment(contract, dispute.due_at_ms)}. Its pay and its clock stand still; silence decides nothing "
        "against you.",
    )
    return follow(
        opened, by.at_ms, told, _freeze(key, dispute.id), audited(by, "dispute", milestone=key, dispute=dispute.id)
    )


def open_by_system(contract: Contract, milestone: Milestone, reason: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: nobody is the opener, so neither side has more to answer than the other."""
    claim = Division(agent_minor=0, client_minor=milestone.minor)
    id_ = f"dsp_{contract.id.partition('_')[2]}_{len(contract.disputes) + 1}"
    opened, dispute = _opened(contract, id_, milestone, claim, reason, settings, by)
    told = telling.tell_both(
        contract,
        "disputed",
        f"{milestone.title} is looked at in a dispute",
        f"{reason} Say how you see it, or propose how to divide its pay, until "
        f"{telling.moment(contract, dispute.due_at_ms)}.",
    )
    return follow(opened, by.at_ms, *told, _freeze(milestone.key, id_))


def _opened(
    contract: Contract,
    dispute_id: str,
    milestone: Milestone,
    claim: Division,
    reason: str,
    settings: GigsSettings,
    by: By,
) -> tuple[Contract, Dispute]:
    if len(contract.disputes) >= DISPUTES_MAX:
        raise Conflict(f"A contract has at most {DISPUTES_MAX} disputes.")
    left_ms = max(0, milestone.auto_at_ms - by.at_ms) if milestone.auto_at_ms else 0
    moved = move_milestone(
        contract,
        milestone,
        MilestoneEvent.DISPUTE,
        settings,
        by,
        reason,
        disputed_from=milestone.state,
        clock_left_ms=left_ms,
        auto_at_ms=0,
    )
    is_by_party = by.actor is not Actor.SYSTEM
    dispute = Dispute(
        id=dispute_id,
        milestone=milestone.key,
        opened_by=by.actor,
        reason=reason,
        claim=claim,
        state=DisputeState.AWAITING_RESPONSE if is_by_party else DisputeState.EVIDENCE,
        state_since_ms=by.at_ms,
        at_ms=by.at_ms,
        due_at_ms=answer_by_ms(contract, settings, by.at_ms),
    )
    return with_dispute(moved.model_copy(update={"disputes": (*moved.disputes, dispute)}), dispute), dispute


def concede(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    dispute = dispute_of(contract, dispute_id)
    moved, _ = move_dispute(contract, dispute, DisputeEvent.CONCEDE, settings, by, due_at_ms=0)
    return resolved(moved, dispute, dispute.claim, "The other side agrees to what was asked for.", settings, by)


def say(contract: Contract, dispute_id: str, words: str, settings: GigsSettings, by: By) -> Contract:
    """An answer where one is awaited from this side, else one more statement. Raises MoveRefused, Conflict."""
    dispute = dispute_of(contract, dispute_id)
    if len(dispute.statements) >= STATEMENTS_MAX:
        raise Conflict(f"A dispute holds at most {STATEMENTS_MAX} statements: it is for the staff to decide now.")
    is_answer = dispute.state is DisputeState.AWAITING_RESPONSE and by.actor is not dispute.opened_by
    event = DisputeEvent.ANSWER if is_answer else DisputeEvent.ADD_EVIDENCE
    statement = Statement(by=by.actor, words=words, at_ms=by.at_ms)
    due: dict[str, Any] = {"due_at_ms": answer_by_ms(contract, settings, by.at_ms)} if is_answer else {}
    moved, _ = move_dispute(contract, dispute, event, settings, by, statements=(*dispute.statements, statement), **due)
    told = tell(contract, other_side(by.actor), "dispute_said", "something was said in the dispute", words)
    return follow(moved, by.at_ms, told)


def propose(
    contract: Contract, dispute_id: str, agent_minor: int, words: str, settings: GigsSettings, by: By
) -> Contract:
    """By a side or by the staff; a party accepts its own. Raises MoveRefused, DivisionWrong, Conflict."""
    dispute = dispute_of(contract, dispute_id)
    division = division_of(contract, dispute.milestone, agent_minor)
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
    moved, _ = move_dispute(
        contract,
        dispute,
        DisputeEvent.PROPOSE,
        settings,
        by,
        words,
        proposals=(*dispute.proposals, proposal),
        due_at_ms=due_ms,
    )
    text = f"{telling.say_division(contract, division)}. {words}\n\nAnswer until {telling.moment(contract, due_ms)}."
    title = "a division is proposed in the dispute"
    if by.actor is Actor.STAFF:
        told: tuple[telling.Told, ...] = telling.tell_both(contract, "dispute_proposed", title, text)
    else:
        told = (tell(contract, other_side(by.actor), "dispute_proposed", title, text),)
    return follow(moved, by.at_ms, *told, audited(by, "propose_division", dispute=dispute.id, **division.model_dump()))


def accept(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    dispute = dispute_of(contract, dispute_id)
    moved, changed = move_dispute(contract, dispute, DisputeEvent.ACCEPT, settings, by)
    last = dispute.proposals[-1]
    accepted = last.model_copy(update={"accepted_by": (*last.accepted_by, by.actor)})
    changed = changed.model_copy(update={"proposals": (*dispute.proposals[:-1], accepted)})
    if changed.state is DisputeState.SETTLED:
        moved = with_dispute(moved, changed.model_copy(update={"due_at_ms": 0}))
        return resolved(moved, changed, last.division, "Both sides agree.", settings, by)
    told = tell(contract, other_side(by.actor), "dispute_accepted", "the other side accepts the proposal", "")
    return follow(with_dispute(moved, changed), by.at_ms, told)


def escalate(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    """Free of charge, by either side, or by their silence."""
    dispute = dispute_of(contract, dispute_id)
    moved, _ = move_dispute(contract, dispute, DisputeEvent.ESCALATE, settings, by, due_at_ms=0)
    return follow(moved, by.at_ms, *told_escalated(contract))


def silence(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: no answer came. A first silence loses nothing, a second lets the staff decide on what is there."""
    dispute = dispute_of(contract, dispute_id)
    moved, changed = move_dispute(contract, dispute, DisputeEvent.SILENCE, settings, by)
    is_first = changed.state is DisputeState.EVIDENCE
    due_ms = answer_by_ms(contract, settings, by.at_ms) if is_first else 0
    moved = with_dispute(moved, changed.model_copy(update={"due_at_ms": due_ms}))
    if not is_first:
        return follow(moved, by.at_ms, *told_escalated(contract))
    text = f"Nothing is decided by that. Both can say more until {telling.moment(contract, due_ms)}."
    return follow(
        moved, by.at_ms, *telling.tell_both(contract, "dispute_silence", "no answer came in the dispute", text)
    )


def told_escalated(contract: Contract) -> tuple[telling.Told, ...]:
    text = "Somebody of this house who has nothing to do with either side decides, with reasons. It costs nothing."
    return telling.tell_both(contract, "dispute_escalated", "the dispute is for this house to decide", text)


def withdraw(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    """The milestone goes on where it stood, with the time that was left on its clock."""
    dispute = dispute_of(contract, dispute_id)
    moved, _ = move_dispute(contract, dispute, DisputeEvent.WITHDRAW, settings, by, due_at_ms=0)
    milestone = milestone_of(moved, dispute.milestone)
    auto_ms = by.at_ms + milestone.clock_left_ms if milestone.disputed_from is MilestoneState.SUBMITTED else 0
    system = By("system:gigs", Actor.SYSTEM, by.at_ms)
    moved = move_milestone(
        moved,
        milestone,
        MilestoneEvent.DROP_DISPUTE,
        settings,
        system,
        auto_at_ms=auto_ms,
        reminded_at_ms=0,
        clock_left_ms=0,
        disputed_from=None,
    )
    told = telling.tell_both(contract, "dispute_withdrawn", "the dispute is withdrawn", "")
    thaw = (FollowUpKind.THAW, {"milestone": milestone.key, "dispute": dispute_id})
    return follow(moved, by.at_ms, *told, thaw)


def resolved(
    contract: Contract, dispute: Dispute, division: Division, why: str, settings: GigsSettings, by: By
) -> Contract:
    system = By("system:gigs", Actor.SYSTEM, by.at_ms)
    divided = working.divide(contract, dispute.milestone, division, dispute.id, settings, system)
    text = f"{why} {telling.say_division(contract, division)}."
    told = telling.tell_both(contract, "dispute_settled", "the dispute is settled", text)
    return follow(noted(divided, "dispute.settled", system, dispute.milestone, why), by.at_ms, *told)


def _freeze(key: str, dispute_id: str) -> tuple[FollowUpKind, dict[str, str]]:
    return FollowUpKind.FREEZE, {"milestone": key, "dispute": dispute_id}
