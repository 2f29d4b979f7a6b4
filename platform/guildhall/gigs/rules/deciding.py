"""Decisions of the staff in a dispute, and what both sides do about them: accept, or appeal once. Pure."""

from guildhall.gigs.lifecycle import DisputeEvent, DisputeState
from guildhall.gigs.model.contracts import Contract, Decision, Dispute, Statement
from guildhall.gigs.rules import disputing, telling
from guildhall.gigs.rules.disputing import Heard
from guildhall.gigs.rules.moving import DAY_MS, By, audited, move_dispute, other_side
from guildhall.gigs.rules.telling import Told, tell
from guildhall.gigs.settings import GigsSettings


def decide(agent_minor: int, words: str, contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """By the staff; a large one waits for a second person, and is told to nobody until then."""
    division = disputing.divided(contract, dispute.minor, agent_minor)
    decision = Decision(division=division, words=words, by_account_id=by.account_id, at_ms=by.at_ms)
    moved = move_dispute(dispute, DisputeEvent.DECIDE, settings, by, decision=decision)
    noted = audited(by, "decide", dispute=dispute.id, **division.model_dump())
    if moved.state is not DisputeState.DECIDED:
        return Heard(moved, DisputeEvent.DECIDE, follows=(noted,))
    return _decided(contract, moved, DisputeEvent.DECIDE, noted, settings, by)


def confirm(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    confirmed = dispute.decision.model_copy(update={"confirmed_by": by.account_id}) if dispute.decision else None
    moved = move_dispute(dispute, DisputeEvent.CONFIRM, settings, by, decision=confirmed)
    noted = audited(by, "confirm_decision", dispute=dispute.id)
    return _decided(contract, moved, DisputeEvent.CONFIRM, noted, settings, by)


def overrule(words: str, _contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """The second person sees it otherwise: somebody else decides anew."""
    first = dispute.decision.by_account_id if dispute.decision else ""
    barred = (*dispute.barred, first)[-10:]
    moved = move_dispute(dispute, DisputeEvent.OVERRULE, settings, by, decision=None, barred=barred)
    noted = audited(by, "overrule_decision", dispute=dispute.id)
    return Heard(moved, DisputeEvent.OVERRULE, words, (noted,))


def _decided(
    contract: Contract, dispute: Dispute, event: DisputeEvent, noted: Told, settings: GigsSettings, by: By
) -> Heard:
    decision = _decision_of(dispute)
    due_ms = by.at_ms + settings.appeal_days * DAY_MS
    appeal = (
        "" if dispute.is_appealed else " If you think that it is wrong, appeal until then: somebody else looks anew."
    )
    text = (
        f"{telling.say_division(contract, decision.division)}. The reasons: {decision.words}\n\nIt takes effect on "
        f"{telling.moment(contract, due_ms)}, or as soon as both sides accept it.{appeal}"
    )
    told = telling.tell_both(contract, "dispute_decided", "the dispute is decided", text)
    return Heard(dispute.model_copy(update={"due_at_ms": due_ms}), event, follows=(noted, *told))


def accept_decision(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    moved = move_dispute(dispute, DisputeEvent.ACCEPT_DECISION, settings, by)
    decision = _decision_of(dispute)
    accepted = decision.model_copy(update={"accepted_by": (*decision.accepted_by, by.actor)})
    moved = moved.model_copy(update={"decision": accepted})
    if moved.state is DisputeState.CLOSED:
        ended, why = moved.model_copy(update={"due_at_ms": 0}), "Both sides accept the decision."
        return Heard(ended, DisputeEvent.ACCEPT_DECISION, settled=decision.division, why=why)
    told = tell(contract, other_side(by.actor), "dispute_accepted", "the other side accepts the decision", "")
    return Heard(moved, DisputeEvent.ACCEPT_DECISION, follows=(told,))


def appeal(words: str, contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """Whoever decided is barred from deciding again."""
    deciders = [] if dispute.decision is None else [dispute.decision.by_account_id, dispute.decision.confirmed_by]
    moved = move_dispute(
        dispute,
        DisputeEvent.APPEAL,
        settings,
        by,
        decision=None,
        due_at_ms=0,
        is_appealed=True,
        barred=(*dispute.barred, *(one for one in deciders if one))[-10:],
        statements=(*dispute.statements, Statement(by=by.actor, words=words, at_ms=by.at_ms)),
    )
    noted = audited(by, "appeal", dispute=dispute.id)
    return Heard(moved, DisputeEvent.APPEAL, words, (*disputing.told_escalated(contract), noted))


def close(_contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Heard:
    """The system's: the time for an appeal is over."""
    moved = move_dispute(dispute, DisputeEvent.CLOSE, settings, by, due_at_ms=0)
    settled = _decision_of(dispute).division
    return Heard(moved, DisputeEvent.CLOSE, settled=settled, why="The decision takes effect.")


def _decision_of(dispute: Dispute) -> Decision:
    if dispute.decision is None:
        raise ValueError(f"{dispute.id} is decided without a decision.")
    return dispute.decision
