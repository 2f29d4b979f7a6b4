"""A dispute about a milestone: its pay and its clock stand still, and it goes on as the dispute ends. Pure."""

from collections.abc import Iterable
from typing import Final

from guildhall.gigs.lifecycle import Actor, DisputeState, MilestoneEvent, MilestoneState
from guildhall.gigs.model.contracts import DISPUTES_MAX, Contract, Dispute, Division, FollowUpKind, Milestone
from guildhall.gigs.rules import telling, working
from guildhall.gigs.rules.disputing import Act, Heard, answer_by_ms, divided
from guildhall.gigs.rules.moving import (
    By,
    audited,
    dispute_of,
    milestone_of,
    move_milestone,
    noted,
    other_side,
    with_dispute,
)
from guildhall.gigs.rules.telling import Told, tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Conflict
from guildhall.kit.follow_ups import follow

DISPUTABLE_BY_SYSTEM: Final = frozenset(
    {
        MilestoneState.FUNDED,
        MilestoneState.IN_PROGRESS,
        MilestoneState.SUBMITTED,
        MilestoneState.CHANGES_REQUESTED,
    }
)


def open_dispute(
    contract: Contract, dispute_id: str, key: str, agent_minor: int, reason: str, settings: GigsSettings, by: By
) -> Contract:
    """Raises MoveRefused, DivisionWrong, Conflict, NotFound."""
    milestone = milestone_of(contract, key)
    claim = divided(contract, milestone.minor, agent_minor)
    opened, dispute = _opened(contract, dispute_id, milestone, claim, reason, settings, by)
    told = tell(
        contract,
        other_side(by.actor),
        "disputed",
        f"{telling.name_of(contract, milestone)} is disputed",
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
        f"{telling.name_of(contract, milestone)} is looked at in a dispute",
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


def act(contract: Contract, dispute_id: str, do: Act, settings: GigsSettings, by: By) -> Contract:
    """One act in it, and what that does to the milestone. Raises NotFound, MoveRefused, DivisionWrong, Conflict."""
    before = dispute_of(contract, dispute_id)
    heard = do(contract, before, settings, by)
    moved = noted(
        with_dispute(contract, heard.dispute), f"dispute.{heard.event.value}", by, before.milestone, heard.words
    )
    moved = follow(moved, by.at_ms, *_about(contract, before, heard.follows))
    if heard.dispute.state is DisputeState.WITHDRAWN:
        return _gone_on(moved, heard.dispute, settings, By("system:gigs", Actor.SYSTEM, by.at_ms))
    return moved if heard.settled is None else _settled(moved, heard, heard.settled, settings, by.at_ms)


def _gone_on(contract: Contract, dispute: Dispute, settings: GigsSettings, by: By) -> Contract:
    """The milestone goes on where it stood, with the time that was left on its clock."""
    milestone = milestone_of(contract, dispute.milestone)
    auto_ms = by.at_ms + milestone.clock_left_ms if milestone.disputed_from is MilestoneState.SUBMITTED else 0
    moved = move_milestone(
        contract,
        milestone,
        MilestoneEvent.DROP_DISPUTE,
        settings,
        by,
        auto_at_ms=auto_ms,
        reminded_at_ms=0,
        clock_left_ms=0,
        disputed_from=None,
    )
    return follow(moved, by.at_ms, (FollowUpKind.THAW, {"milestone": milestone.key, "dispute": dispute.id}))


def _settled(contract: Contract, heard: Heard, division: Division, settings: GigsSettings, at_ms: int) -> Contract:
    system, dispute = By("system:gigs", Actor.SYSTEM, at_ms), heard.dispute
    moved = working.divide(contract, dispute.milestone, division, dispute.id, settings, system)
    text = f"{heard.why} {telling.say_division(contract, division)}."
    told = _about(contract, dispute, telling.tell_both(contract, "dispute_settled", "the dispute is settled", text))
    return follow(noted(moved, "dispute.settled", system, dispute.milestone, heard.why), at_ms, *told)


def _about(contract: Contract, dispute: Dispute, told: Iterable[Told]) -> tuple[Told, ...]:
    milestone = milestone_of(contract, dispute.milestone)
    return telling.about(contract, telling.name_of(contract, milestone), told, milestone.key)


def _freeze(key: str, dispute_id: str) -> tuple[FollowUpKind, dict[str, str]]:
    return FollowUpKind.FREEZE, {"milestone": key, "dispute": dispute_id}
