"""Decisions of the staff in a dispute, and what both sides do about them: accept, or appeal once. Pure."""

from guildhall.gigs.lifecycle import DisputeEvent, DisputeState
from guildhall.gigs.model.contracts import Contract, Decision, Dispute, Statement
from guildhall.gigs.rules import disputing, telling
from guildhall.gigs.rules.moving import DAY_MS, By, audited, dispute_of, move_dispute, other_side, with_dispute
from guildhall.gigs.rules.telling import tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.follow_ups import follow


def decide(
    contract: Contract, dispute_id: str, agent_minor: int, words: str, settings: GigsSettings, by: By
) -> Contract:
    """By the staff; a large one waits for a second person, and is told to nobody until then."""
    dispute = dispute_of(contract, dispute_id)
    division = disputing.division_of(contract, dispute.milestone, agent_minor)
    decision = Decision(division=division, words=words, by_account_id=by.account_id, at_ms=by.at_ms)
    moved, changed = move_dispute(contract, dispute, DisputeEvent.DECIDE, settings, by, decision=decision)
    moved = follow(moved, by.at_ms, audited(by, "decide", dispute=dispute.id, **division.model_dump()))
    return _decided(moved, changed, settings, by) if changed.state is DisputeState.DECIDED else moved


def confirm(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    dispute = dispute_of(contract, dispute_id)
    moved, changed = move_dispute(contract, dispute, DisputeEvent.CONFIRM, settings, by)
    confirmed = dispute.decision.model_copy(update={"confirmed_by": by.account_id}) if dispute.decision else None
    changed = changed.model_copy(update={"decision": confirmed})
    moved = follow(with_dispute(moved, changed), by.at_ms, audited(by, "confirm_decision", dispute=dispute.id))
    return _decided(moved, changed, settings, by)


def overrule(contract: Contract, dispute_id: str, words: str, settings: GigsSettings, by: By) -> Contract:
    """The second person sees it otherwise: somebody else decides anew."""
    dispute = dispute_of(contract, dispute_id)
    first = dispute.decision.by_account_id if dispute.decision else ""
    moved, _ = move_dispute(
        contract,
        dispute,
        DisputeEvent.OVERRULE,
        settings,
        by,
        words,
        decision=None,
        barred=(*dispute.barred, first)[-10:],
    )
    return follow(moved, by.at_ms, audited(by, "overrule_decision", dispute=dispute.id))


def _decided(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Contract:
    decision = dispute.decision
    if decision is None:
        raise ValueError(f"{dispute.id} is decided without a decision.")
    due_ms = by.at_ms + settings.appeal_days * DAY_MS
    moved = with_dispute(contract, dispute.model_copy(update={"due_at_ms": due_ms}))
    appeal = (
        "" if dispute.is_appealed else " If you think that it is wrong, appeal until then: somebody else looks anew."
    )
    text = (
        f"{telling.say_division(contract, decision.division)}. The reasons: {decision.words}\n\nIt takes effect on "
        f"{telling.moment(contract, due_ms)}, or as soon as both sides accept it.{appeal}"
    )
    return follow(moved, by.at_ms, *telling.tell_both(contract, "dispute_decided", "the dispute is decided", text))


def accept_decision(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    dispute = dispute_of(contract, dispute_id)
    moved, changed = move_dispute(contract, dispute, DisputeEvent.ACCEPT_DECISION, settings, by)
    decision = dispute.decision
    if decision is None:
        raise ValueError(f"{dispute.id} is decided without a decision.")
    accepted = decision.model_copy(update={"accepted_by": (*decision.accepted_by, by.actor)})
    changed = changed.model_copy(update={"decision": accepted})
    if changed.state is DisputeState.CLOSED:
        moved = with_dispute(moved, changed.model_copy(update={"due_at_ms": 0}))
        return disputing.resolved(moved, changed, decision.division, "Both sides accept the decision.", settings, by)
    told = tell(contract, other_side(by.actor), "dispute_accepted", "the other side accepts the decision", "")
    return follow(with_dispute(moved, changed), by.at_ms, told)


def appeal(contract: Contract, dispute_id: str, words: str, settings: GigsSettings, by: By) -> Contract:
    """Whoever decided is barred from deciding again."""
    dispute = dispute_of(contract, dispute_id)
    deciders = [] if dispute.decision is None else [dispute.decision.by_account_id, dispute.decision.confirmed_by]
    moved, _ = move_dispute(
        contract,
        dispute,
        DisputeEvent.APPEAL,
        settings,
        by,
        words,
        decision=None,
        due_at_ms=0,
        is_appealed=True,
        barred=(*dispute.barred, *(one for one in deciders if one))[-10:],
        statements=(*dispute.statements, Statement(by=by.actor, words=words, at_ms=by.at_ms)),
    )
    return follow(moved, by.at_ms, *disputing.told_escalated(contract), audited(by, "appeal", dispute=dispute.id))


def close(contract: Contract, dispute_id: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: the time for an appeal is over."""
    dispute = dispute_of(contract, dispute_id)
    moved, _ = move_dispute(contract, dispute, DisputeEvent.CLOSE, settings, by, due_at_ms=0)
    if dispute.decision is None:
        raise ValueError(f"{dispute.id} is decided without a decision.")
    return disputing.resolved(moved, dispute, dispute.decision.division, "The decision takes effect.", settings, by)
