"""What every decision shares: who decides, the facts for the guards, the moves, and what must follow them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from guildhall.gigs.lifecycle import (
    CONTRACT,
    DISPUTE,
    DISPUTE_OVER,
    HELD,
    LIVE,
    MILESTONE,
    OVER,
    SETTLED,
    Actor,
    ContractEvent,
    ContractFacts,
    ContractState,
    DisputeEvent,
    DisputeFacts,
    MilestoneEvent,
    MilestoneFacts,
    MilestoneState,
)
from guildhall.gigs.model.contracts import (
    AMENDMENTS_MAX,
    HISTORY_MAX,
    Contract,
    Dispute,
    Division,
    FollowUpKind,
    Milestone,
    Passage,
)
from guildhall.gigs.model.terms import Kind
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import NotFound, Refused
from guildhall.kit.lifecycle import AllowedAction

HOUR_MS: Final = 3_600_000
LOOK_AFTER_MS: Final = 3_600_000
"""No follower that was alive when something ended is still about to hold its pay so much later."""
DAY_MS: Final = 24 * HOUR_MS
PARTIES: Final = frozenset({Actor.AGENT, Actor.CLIENT})
_FUNDS: Final[frozenset[str]] = frozenset({MilestoneEvent.FUND, ContractEvent.BEGIN})
"""What whoever keeps the client's money does: it puts that money aside."""


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, as what, and when; `is_party` says of the staff that they belong to one of the two sides."""

    account_id: str
    actor: Actor
    at_ms: int
    is_party: bool = False
    may_fund: bool = True
    """Of the client: keeps the organisation's money, or there is none to be kept here."""
    only_funds: bool = False
    """Of the client: keeps its money, and decides about nothing else."""


class OnlyFunds(Refused):
    """Whoever keeps an organisation's money funds, and leaves the work to those who lead it."""

    def __init__(self) -> None:
        super().__init__("That is for those who lead the organisation to do: its owner or managers.")


def check_decides(by: By, event: str = "") -> None:
    """Raises OnlyFunds."""
    if by.only_funds and event not in _FUNDS:
        raise OnlyFunds


def other_side(actor: Actor) -> Actor:
    return Actor.CLIENT if actor is Actor.AGENT else Actor.AGENT


# --- finding and replacing the parts


def milestone_of(contract: Contract, key: str) -> Milestone:
    """Raises NotFound."""
    found = next((one for one in contract.milestones if one.key == key), None)
    if found is None:
        raise NotFound(f"This contract has no milestone {key}.")
    return found


def dispute_of(contract: Contract, dispute_id: str) -> Dispute:
    """Raises NotFound."""
    found = next((one for one in contract.disputes if one.id == dispute_id), None)
    if found is None:
        raise NotFound(f"This contract has no dispute {dispute_id}.")
    return found


def with_milestone(contract: Contract, milestone: Milestone) -> Contract:
    milestones = tuple(milestone if one.key == milestone.key else one for one in contract.milestones)
    return contract.model_copy(update={"milestones": milestones})


def with_dispute(contract: Contract, dispute: Dispute) -> Contract:
    disputes = tuple(dispute if one.id == dispute.id else one for one in contract.disputes)
    return _disputed(contract.model_copy(update={"disputes": disputes}))


def with_disputed_weeks(contract: Contract, mondays: tuple[str, ...]) -> Contract:
    return _disputed(contract.model_copy(update={"disputed_weeks": mondays}))


def _disputed(contract: Contract) -> Contract:
    is_open = bool(contract.disputed_weeks) or any(one.state not in DISPUTE_OVER for one in contract.disputes)
    return contract.model_copy(update={"has_open_dispute": is_open})


def all_to_agent(milestone: Milestone) -> Division:
    return Division(agent_minor=milestone.minor, client_minor=0)


def all_to_client(milestone: Milestone) -> Division:
    return Division(agent_minor=0, client_minor=milestone.minor)


# --- the facts


def is_nothing_open(contract: Contract) -> bool:
    return (
        all(one.state in SETTLED for one in contract.milestones)
        and not contract.has_open_dispute
        and not contract.open_weeks
    )


def contract_facts(contract: Contract, settings: GigsSettings, by: By) -> ContractFacts:
    waited = contract.state_since_ms + settings.resume_days * DAY_MS <= by.at_ms
    proposer = contract.proposal.by if contract.proposal else ""
    return ContractFacts(
        is_hourly=contract.terms.work.kind is Kind.HOURLY,
        may_fund=by.may_fund,
        is_nothing_held=all(
            one.state not in HELD and one.state is not MilestoneState.FUNDING for one in contract.milestones
        ),
        may_resume=by.actor is contract.paused_by or waited,
        is_nothing_open=is_nothing_open(contract),
        is_termination_proposed=contract.proposal is not None,
        is_second_person=by.account_id != proposer,
        is_party=by.is_party,
        may_propose_terms=contract.amendment is None and len(contract.terms_before) < AMENDMENTS_MAX,
        is_asked=contract.amendment is not None and contract.amendment.by is not by.actor,
        has_proposed_terms=contract.amendment is not None and contract.amendment.by is by.actor,
    )


def milestone_facts(contract: Contract, milestone: Milestone, settings: GigsSettings, by: By) -> MilestoneFacts:
    division = milestone.division or all_to_agent(milestone)
    reminder_ms = milestone.auto_at_ms - settings.remind_hours * HOUR_MS
    is_begun = milestone.state is not MilestoneState.FUNDED
    return MilestoneFacts(
        is_other_side=by.actor is not milestone.proposed_by,
        may_fund=by.may_fund,
        is_fundable=contract.state in {ContractState.PENDING_FUNDING, ContractState.ACTIVE},
        is_contract_active=contract.state is ContractState.ACTIVE,
        is_contract_live=contract.state in LIVE,
        has_revisions_left=milestone.revisions_left > 0,
        is_refund_due=not milestone.deliverables if by.actor is Actor.SYSTEM else not is_begun,
        is_reminder_due=0 < reminder_ms <= by.at_ms and not milestone.reminded_at_ms,
        is_time_over=0 < milestone.auto_at_ms <= by.at_ms,
        was_reminded=bool(milestone.reminded_at_ms),
        was_submitted=milestone.disputed_from is MilestoneState.SUBMITTED,
        had_changes_requested=milestone.disputed_from is MilestoneState.CHANGES_REQUESTED,
        pays_agent_all=division.client_minor == 0,
        pays_client_all=division.agent_minor == 0,
    )


def dispute_facts(dispute: Dispute, settings: GigsSettings, by: By) -> DisputeFacts:
    proposal, decision = dispute.open_proposal, dispute.decision
    accepted = frozenset(proposal.accepted_by) if proposal else frozenset()
    content = frozenset(decision.accepted_by) if decision else frozenset()
    agreed = accepted if proposal else content
    mediators = {one.by_account_id for one in dispute.proposals if one.by is Actor.STAFF}
    deciders = {*dispute.barred, *([decision.by_account_id, decision.confirmed_by] if decision else [])}
    return DisputeFacts(
        is_opener=by.actor is dispute.opened_by,
        is_party=by.is_party,
        is_asked=by.actor not in accepted,
        is_last_to_accept=agreed | {by.actor} >= PARTIES,
        has_mediated=by.account_id in mediators,
        has_decided=by.account_id in deciders,
        needs_second=dispute.minor >= settings.second_person_minor,
        is_time_over=0 < dispute.due_at_ms <= by.at_ms,
        may_appeal=not dispute.is_appealed and by.at_ms < dispute.due_at_ms,
    )


# --- what is possible


def contract_actions(contract: Contract, settings: GigsSettings, by: By) -> tuple[AllowedAction, ...]:
    found = CONTRACT.allowed_actions(contract.state, by.actor, contract_facts(contract, settings, by))
    return tuple(one for one in found if one.event in _FUNDS) if by.only_funds else found


def milestone_actions(
    contract: Contract, milestone: Milestone, settings: GigsSettings, by: By
) -> tuple[AllowedAction, ...]:
    if contract.state in OVER and milestone.state is not MilestoneState.DISPUTED:
        return ()
    found = MILESTONE.allowed_actions(milestone.state, by.actor, milestone_facts(contract, milestone, settings, by))
    return tuple(one for one in found if one.event in _FUNDS) if by.only_funds else found


def dispute_actions(dispute: Dispute, settings: GigsSettings, by: By) -> tuple[AllowedAction, ...]:
    if by.only_funds:
        return ()
    return DISPUTE.allowed_actions(dispute.state, by.actor, dispute_facts(dispute, settings, by))


# --- the moves


def noted(contract: Contract, event: str, by: By, about: str = "", words: str = "") -> Contract:
    passage = Passage(at_ms=by.at_ms, event=event, actor=by.actor, about=about, words=words)
    return contract.model_copy(update={"history": (*contract.history, passage)[-HISTORY_MAX:]})


def move_contract(
    contract: Contract, event: ContractEvent, settings: GigsSettings, by: By, words: str = "", **changes: Any
) -> Contract:
    """Raises MoveRefused, OnlyFunds."""
    check_decides(by, event)
    moved = CONTRACT.move(contract.state, event, by.actor, contract_facts(contract, settings, by))
    update: dict[str, Any] = {"state": moved.target}
    if moved.target is not contract.state:
        update["state_since_ms"] = by.at_ms
    if moved.target not in {ContractState.ACTIVE, ContractState.PAUSED}:
        update["amendment"] = None  # whoever ends it settles it under the terms as they are
    return noted(contract.model_copy(update=update | changes), event.value, by, words=words)


def move_milestone(
    contract: Contract,
    milestone: Milestone,
    event: MilestoneEvent,
    settings: GigsSettings,
    by: By,
    words: str = "",
    **changes: Any,
) -> Contract:
    """The contract with this milestone in its next state. Raises MoveRefused, OnlyFunds."""
    check_decides(by, event)
    facts = milestone_facts(contract, milestone, settings, by)
    moved = MILESTONE.move(milestone.state, event, by.actor, facts)
    update: dict[str, Any] = {"state": moved.target}
    if moved.target is not milestone.state:
        update["state_since_ms"] = by.at_ms
    changed = milestone.model_copy(update=update | changes)
    return noted(with_milestone(contract, changed), f"milestone.{event.value}", by, milestone.key, words)


def move_dispute(dispute: Dispute, event: DisputeEvent, settings: GigsSettings, by: By, **changes: Any) -> Dispute:
    """The dispute in its next state, for the document that holds it. Raises MoveRefused, OnlyFunds."""
    check_decides(by)
    moved = DISPUTE.move(dispute.state, event, by.actor, dispute_facts(dispute, settings, by))
    update: dict[str, Any] = {"state": moved.target}
    if moved.target is not dispute.state:
        update["state_since_ms"] = by.at_ms
    return dispute.model_copy(update=update | changes)


def audited(by: By, verb: str, **details: Any) -> tuple[FollowUpKind, Mapping[str, Any]]:
    """Ids and plain values only: an audit entry can never be erased."""
    return FollowUpKind.AUDIT, {"actor": by.account_id, "action": f"gigs.{verb}", **details}
