"""Decisions about the whole contract: void, pause, resume, end, complete, terminate. Pure."""

from typing import Final

from guildhall.gigs.lifecycle import SETTLED, Actor, ContractEvent, ContractState, MilestoneEvent, MilestoneState
from guildhall.gigs.model.contracts import Contract, Milestone, Proposal
from guildhall.gigs.rules import disputed_milestones, telling, working
from guildhall.gigs.rules.moving import DAY_MS, By, audited, is_nothing_open, move_contract, move_milestone, other_side
from guildhall.gigs.rules.paying import let_go
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.follow_ups import follow

_NOT_HELD: Final = frozenset({MilestoneState.PROPOSED, MilestoneState.AGREED})


def void_at_ms(contract: Contract, settings: GigsSettings) -> int:
    """When a contract that nobody has funded never begins."""
    return contract.opened_at_ms + settings.void_days * DAY_MS + contract.extra_ms


def void(contract: Contract, words: str, settings: GigsSettings, by: By) -> Contract:
    moved = move_contract(contract, ContractEvent.VOID, settings, by, words)
    for milestone in moved.milestones:
        if milestone.state not in SETTLED:
            system = By("system:gigs", Actor.SYSTEM, by.at_ms)
            moved = move_milestone(moved, milestone, MilestoneEvent.CLOSE_OUT, settings, system)
            moved = follow(moved, by.at_ms, *let_go(milestone))
    why = words or "Nobody funded it in time."
    return follow(moved, by.at_ms, *telling.tell_both(contract, "void", "it does not begin", why), audited(by, "void"))


def pause(contract: Contract, words: str, settings: GigsSettings, by: By) -> Contract:
    """Clocks of what was handed in go on; what is not handed in has none."""
    moved = move_contract(contract, ContractEvent.PAUSE, settings, by, words, paused_by=by.actor)
    return follow(moved, by.at_ms, tell(contract, other_side(by.actor), "paused", "it is paused", words))


def resume(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    moved = move_contract(contract, ContractEvent.RESUME, settings, by, paused_by=None)
    return follow(moved, by.at_ms, tell(contract, other_side(by.actor), "resumed", "it goes on", ""))


def end(contract: Contract, words: str, settings: GigsSettings, by: By) -> Contract:
    """After the agreed notice and the time to settle, what is still open is closed out as the page says beforehand."""
    days = contract.terms.work.notice_days + settings.settle_days
    ends_at_ms = by.at_ms + days * DAY_MS
    moved = move_contract(
        contract, ContractEvent.END, settings, by, words, ends_at_ms=ends_at_ms, ended_by=by.actor, paused_by=None
    )
    if is_nothing_open(moved):
        return complete(moved, settings, By("system:gigs", Actor.SYSTEM, by.at_ms))
    text = (
        f"Settle what is open until {telling.moment(contract, ends_at_ms)}: approve it, give it back, or dispute it. "
        "After that, what was never handed in goes back to the client, and what waits for changes is disputed."
    )
    return follow(moved, by.at_ms, *telling.tell_both(contract, "ending", "it ends", text), audited(by, "end"))


def complete(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    """The system's."""
    moved = move_contract(contract, ContractEvent.COMPLETE, settings, by, completed_at_ms=by.at_ms, extra_ms=0)
    until = telling.moment(contract, by.at_ms + settings.review_days * DAY_MS)
    text = f"Say until {until} how it was. Neither side reads the other's review before both are written."
    return follow(moved, by.at_ms, *telling.tell_both(contract, "completed", "it is completed", text))


def closable(contract: Contract) -> list[Milestone]:
    """What is closed out once the time to settle is over; what is looked at or being paid keeps its own clock."""
    if contract.state is ContractState.TERMINATED:
        return [one for one in contract.milestones if one.state in disputed_milestones.DISPUTABLE_BY_SYSTEM | _NOT_HELD]
    if contract.state is not ContractState.ENDING:
        return []
    left = (disputed_milestones.DISPUTABLE_BY_SYSTEM | _NOT_HELD) - {MilestoneState.SUBMITTED}
    return [one for one in contract.milestones if one.state in left]


def close_out(contract: Contract, milestone: Milestone, settings: GigsSettings, by: By) -> Contract:
    """The system's: nothing that was handed in, or worked on when this house ended it, goes back by itself."""
    if milestone.state in _NOT_HELD:
        return working.close_out(contract, milestone.key, settings, by)
    if contract.state is ContractState.TERMINATED:
        return disputed_milestones.open_by_system(
            contract, milestone, "The contract was ended by this house.", settings, by
        )
    if milestone.deliverables:
        return disputed_milestones.open_by_system(
            contract, milestone, "The contract ended before it was settled.", settings, by
        )
    return working.close_out(contract, milestone.key, settings, by)


def propose_termination(contract: Contract, words: str, settings: GigsSettings, by: By) -> Contract:
    proposal = Proposal(by=by.account_id, reason=words, at_ms=by.at_ms)
    moved = move_contract(contract, ContractEvent.PROPOSE_TERMINATION, settings, by, proposal=proposal)
    return follow(moved, by.at_ms, audited(by, "propose_termination"))


def drop_termination(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    moved = move_contract(contract, ContractEvent.DROP_TERMINATION, settings, by, proposal=None)
    return follow(moved, by.at_ms, audited(by, "drop_termination"))


def terminate(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    """By a second person. Nothing goes back or out by itself: whatever was worked on is disputed."""
    reason = contract.proposal.reason if contract.proposal else ""
    moved = move_contract(
        contract, ContractEvent.TERMINATE, settings, by, reason, proposal=None, ends_at_ms=by.at_ms, extra_ms=0
    )
    text = f"The reason: {reason}\n\nTwo people decided this. What was worked on is looked at in a dispute."
    told = telling.tell_both(contract, "terminated", "it was ended by this house", text)
    return follow(moved, by.at_ms, *told, audited(by, "terminate"))


def settle(contract: Contract, settings: GigsSettings, by: By) -> Contract:
    """The system's, after every change: an ending contract is completed once nothing is open."""
    if contract.state is ContractState.ENDING and is_nothing_open(contract):
        return complete(contract, settings, by)
    return contract
