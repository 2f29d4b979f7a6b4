"""The one sentence: who acts next, what that is, until when, and what happens then. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from guildhall.gigs.lifecycle import (
    DISPUTE_OVER,
    OVER,
    SETTLED,
    Actor,
    ContractState,
    DisputeState,
    MilestoneState,
)
from guildhall.gigs.model.contracts import Contract, Dispute, Milestone
from guildhall.gigs.model.terms import Kind
from guildhall.gigs.rules import contracting, reviewing
from guildhall.gigs.rules.moving import DAY_MS, other_side
from guildhall.gigs.settings import GigsSettings


@dataclass(frozen=True, slots=True)
class NextAct:
    """`actor` is agent, client, both, staff, system or nobody; `by_ms` None: no clock runs."""

    actor: str
    says: str
    by_ms: int | None = None
    then: str = ""


NOBODY = NextAct("nobody", "")


def next_of_milestone(milestone: Milestone) -> NextAct:
    other = other_side(milestone.proposed_by).value if milestone.proposed_by else "client"
    told = {
        MilestoneState.PROPOSED: NextAct(other, "Accept it or turn it down."),
        MilestoneState.AGREED: NextAct("client", "Fund it, so that work can begin."),
        MilestoneState.FUNDING: NextAct("system", "Its pay is being held."),
        MilestoneState.FUNDED: NextAct("agent", "Begin, and hand it in when it is done."),
        MilestoneState.IN_PROGRESS: NextAct("agent", "Hand it in when it is done."),
        MilestoneState.SUBMITTED: NextAct(
            "client",
            "Approve it, ask for changes, or dispute it.",
            milestone.auto_at_ms,
            "it counts as approved",
        ),
        MilestoneState.CHANGES_REQUESTED: NextAct("agent", "Make the changes, and hand it in again."),
        MilestoneState.APPROVED: NextAct("system", "Its pay is being released."),
        MilestoneState.SETTLING: NextAct("system", "Its pay is being divided."),
        MilestoneState.DISPUTED: NextAct("both", "It is disputed: see there."),
    }
    return told.get(milestone.state, NOBODY)


def next_of_dispute(dispute: Dispute) -> NextAct:
    due_ms = dispute.due_at_ms or None
    proposal = dispute.open_proposal
    asked = [one.value for one in (Actor.AGENT, Actor.CLIENT) if proposal and one not in proposal.accepted_by]
    responds = other_side(dispute.opened_by).value if dispute.opened_by in {Actor.AGENT, Actor.CLIENT} else "both"
    told = {
        DisputeState.AWAITING_RESPONSE: NextAct(
            responds, "Answer: agree, say how you see it, or propose.", due_ms, "both can say more; nothing is lost"
        ),
        DisputeState.EVIDENCE: NextAct(
            "both", "Say what you have to say, or propose how to divide the pay.", due_ms, "this house decides"
        ),
        DisputeState.PROPOSAL: NextAct(
            asked[0] if len(asked) == 1 else "both",
            "Accept the proposal, make another, or let this house decide.",
            due_ms,
            "this house decides",
        ),
        DisputeState.ESCALATED: NextAct("staff", "Somebody of this house decides, with reasons."),
        # What one of the staff proposes is nothing yet: both sides are told what two have decided.
        DisputeState.DECISION_PROPOSED: NextAct("staff", "Somebody of this house decides, with reasons."),
        DisputeState.DECIDED: NextAct("both", "Accept the decision, or appeal once.", due_ms, "it takes effect"),
    }
    return told.get(dispute.state, NOBODY)


def next_of(contract: Contract, settings: GigsSettings, about_hours: Iterable[Dispute] = ()) -> NextAct:
    """Of the whole: what is most pressing, a dispute before a milestone, a clock before none.

    `about_hours` are the disputes that stand in its weeks.
    """
    disputes = (*contract.disputes, *about_hours)
    acts = [next_of_dispute(one) for one in disputes if one.state not in DISPUTE_OVER]
    if contract.state in OVER:
        return _after(contract, acts, settings)
    if contract.state is ContractState.PAUSED:
        return _first(acts) or NextAct(
            contract.paused_by.value if contract.paused_by else "both",
            "It is paused: resume it, or end it.",
            contract.state_since_ms + settings.resume_days * DAY_MS,
            "either side can resume it",
        )
    acts += [next_of_milestone(one) for one in contract.milestones if one.state not in SETTLED]
    acts = [one for one in acts if one.says and one.actor != "system"]
    if contract.state is ContractState.BEGINNING:
        return NextAct("system", "The pay of its first week is being held.")
    if contract.state is ContractState.PENDING_FUNDING:
        void_ms = contracting.void_at_ms(contract, settings)
        if contract.terms.work.kind is Kind.HOURLY:
            says = "Let work begin: the most that its first week can come to is held then."
            return NextAct("client", says, void_ms, "the contract is void")
        first = _first(acts) or NextAct("client", "Fund a milestone.")
        return NextAct(first.actor, first.says, void_ms, "the contract is void")
    if found := _first(acts):
        return found
    if contract.state is ContractState.ENDING:
        return NextAct("both", "Settle what is open.", contract.ends_at_ms or None, "what is left is closed out")
    if contract.terms.work.kind is Kind.HOURLY and contract.refusal:
        return NextAct("client", "Pay in: hours can be logged once the pay of this week is held.")
    if contract.terms.work.kind is Kind.HOURLY:
        return NextAct("agent", "Log hours as they are worked, and hand each week in.")
    return NextAct("both", "All is settled: agree on another milestone, or end the contract.")


def _after(contract: Contract, acts: list[NextAct], settings: GigsSettings) -> NextAct:
    if found := _first(acts):
        return found
    missing = [one for one in (Actor.AGENT, Actor.CLIENT) if reviewing.review_of(contract, one) is None]
    if contract.state in reviewing.REVIEWED and not contract.revealed_at_ms and missing:
        actor = missing[0].value if len(missing) == 1 else "both"
        ends_ms = reviewing.ends_at_ms(contract, settings)
        return NextAct(actor, "Write a review of the work.", ends_ms, "what was written is shown")
    return NextAct("nobody", "It is over.")


def _first(acts: list[NextAct]) -> NextAct | None:
    return min(acts, key=lambda one: one.by_ms or 1 << 60, default=None)
