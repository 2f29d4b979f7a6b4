"""Decisions about milestones: agree, fund, do, hand in, ask for changes, approve, give back. Pure."""

from typing import Any

from guildhall.gigs.lifecycle import LIVE, Actor, ContractEvent, ContractState, MilestoneEvent, MilestoneState
from guildhall.gigs.model.contracts import (
    FILES_MAX,
    MILESTONES_MAX,
    VERSIONS_MAX,
    ChangeRequest,
    Contract,
    Deliverable,
    Division,
    FollowUpKind,
    Milestone,
    WorkFile,
    deliverable_sha256,
)
from guildhall.gigs.model.terms import Kind, MilestoneAgreed
from guildhall.gigs.rules import telling
from guildhall.gigs.rules.moving import (
    DAY_MS,
    HOUR_MS,
    By,
    all_to_agent,
    all_to_client,
    audited,
    milestone_of,
    move_contract,
    move_milestone,
    noted,
    other_side,
    with_milestone,
)
from guildhall.gigs.rules.paying import let_go, pay_out
from guildhall.gigs.rules.telling import name_of, tell
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.errors import Conflict, NotFound
from guildhall.kit.follow_ups import follow


class NothingToHandIn(Conflict):
    type = "nothing-to-hand-in"
    title = "Nothing is there to be handed in"

    def __init__(self) -> None:
        super().__init__("Put a file up or write what was done first.")


def propose(contract: Contract, agreed: MilestoneAgreed, by: By) -> Contract:
    """One more milestone, which the other side has to accept. Raises Conflict."""
    if contract.terms.work.kind is not Kind.FIXED or contract.state not in LIVE - {ContractState.ENDING}:
        raise Conflict("Milestones are added to a contract for fixed pay that is active or paused.")
    if len(contract.milestones) >= MILESTONES_MAX:
        raise Conflict(f"A contract has at most {MILESTONES_MAX} milestones: agree on another contract.")
    milestone = Milestone(
        key=f"m{len(contract.milestones) + 1}",
        title=agreed.title,
        minor=agreed.minor,
        state=MilestoneState.PROPOSED,
        state_since_ms=by.at_ms,
        proposed_by=by.actor,
        revisions_left=contract.terms.work.revisions,
    )
    changed = contract.model_copy(update={"milestones": (*contract.milestones, milestone)})
    told = tell(
        contract,
        other_side(by.actor),
        "proposed",
        f"{name_of(contract, milestone)} is proposed",
        f"{telling.say_minor(contract, milestone.minor)} for it. Accept it or turn it down.",
    )
    return follow(noted(changed, "milestone.propose", by, milestone.key), by.at_ms, told)


def accept(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    moved = move_milestone(contract, milestone, MilestoneEvent.ACCEPT, settings, by)
    told = tell(contract, other_side(by.actor), "agreed", f"{milestone.title} is agreed on", "It can be funded now.")
    return follow(moved, by.at_ms, told)


def cancel(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    """Turn down what was proposed, or take back what was not begun; what was held goes back to the client."""
    milestone = milestone_of(contract, key)
    is_held = milestone.state is MilestoneState.FUNDED
    division: dict[str, Any] = {"division": all_to_client(milestone)} if is_held else {}
    moved = move_milestone(contract, milestone, MilestoneEvent.CANCEL, settings, by, **division)
    told = tell(contract, other_side(by.actor), "cancelled", f"{milestone.title} is cancelled", "It was not begun.")
    return follow(moved, by.at_ms, told, *([pay_out(key)] if is_held else let_go(milestone)))


def fund(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    moved = move_milestone(contract, milestone, MilestoneEvent.FUND, settings, by, was_tried=True, refusal="")
    return follow(moved, by.at_ms, (FollowUpKind.HOLD, {"milestone": key}), audited(by, "fund", milestone=key))


def held(contract: Contract, key: str, refusal: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: the pay is held, or could not be; again changes nothing."""
    milestone = milestone_of(contract, key)
    if refusal:
        if milestone.state is not MilestoneState.FUNDING:
            return contract
        moved = move_milestone(contract, milestone, MilestoneEvent.HOLD_REFUSED, settings, by, refusal, refusal=refusal)
        told = tell(contract, Actor.CLIENT, "not_funded", f"{milestone.title} could not be funded", refusal)
        return follow(moved, by.at_ms, told)
    if milestone.state not in {MilestoneState.FUNDING, MilestoneState.AGREED}:
        return contract
    moved = move_milestone(contract, milestone, MilestoneEvent.HOLD_POSTED, settings, by, refusal="")
    if moved.state is ContractState.PENDING_FUNDING:
        moved = move_contract(moved, ContractEvent.ACTIVATE, settings, by)
    told = tell(contract, Actor.AGENT, "funded", f"{milestone.title} can begin", telling.funded(contract, milestone))
    return follow(moved, by.at_ms, told)


def start(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    moved = move_milestone(contract, milestone, MilestoneEvent.START, settings, by)
    told = tell(contract, Actor.CLIENT, "started", f"work on {milestone.title} has begun", "", by_mail=False)
    return follow(moved, by.at_ms, told)


def put_file(contract: Contract, key: str, file: WorkFile) -> Contract:
    """Into the draft of what will be handed in; the same bytes again change nothing but the name. Raises Conflict."""
    milestone = milestone_of(contract, key)
    _check_draft_is_open(contract, milestone)
    kept = tuple(one for one in milestone.draft if one.sha256 != file.sha256)
    if len(kept) >= FILES_MAX:
        raise Conflict(f"One version has at most {FILES_MAX} files: pack them into one, or take one back.")
    return with_milestone(contract, milestone.model_copy(update={"draft": (*kept, file)}))


def drop_file(contract: Contract, key: str, sha256: str, by: By) -> Contract:
    """Out of the draft; what was handed in stays. Raises NotFound, Conflict."""
    milestone = milestone_of(contract, key)
    _check_draft_is_open(contract, milestone)
    if all(one.sha256 != sha256 for one in milestone.draft):
        raise NotFound("There is no such file in what you have put up.")
    draft = tuple(one for one in milestone.draft if one.sha256 != sha256)
    changed = with_milestone(contract, milestone.model_copy(update={"draft": draft}))
    return follow(changed, by.at_ms, (FollowUpKind.DROP_BLOB, {"sha256": sha256}))


def _check_draft_is_open(contract: Contract, milestone: Milestone) -> None:
    is_open = milestone.state in {
        MilestoneState.FUNDED,
        MilestoneState.IN_PROGRESS,
        MilestoneState.CHANGES_REQUESTED,
    }
    if contract.state not in LIVE or not is_open:
        raise Conflict("Files are put up for a milestone that is funded and not handed in.")


def submit(contract: Contract, key: str, note: str, settings: GigsSettings, by: By) -> Contract:
    """The draft becomes the next version, for good, and the client's clock starts. Raises NothingToHandIn, Conflict."""
    milestone = milestone_of(contract, key)
    if sum(len(one.deliverables) for one in contract.milestones) >= VERSIONS_MAX:
        raise Conflict(f"A contract keeps at most {VERSIONS_MAX} versions of what was handed in.")
    last = milestone.deliverables[-1] if milestone.deliverables else None
    bare = Deliverable(
        version=len(milestone.deliverables) + 1,
        note=note,
        files=milestone.draft,
        at_ms=by.at_ms,
        previous_sha256=last.sha256 if last else "",
    )
    deliverable = bare.model_copy(update={"sha256": deliverable_sha256(bare)})
    moved = move_milestone(
        contract,
        milestone,
        MilestoneEvent.SUBMIT,
        settings,
        by,
        deliverables=(*milestone.deliverables, deliverable),
        draft=(),
        auto_at_ms=by.at_ms + contract.terms.work.review_days * DAY_MS,
        reminded_at_ms=0,
        clock_left_ms=0,
    )
    if not note and not milestone.draft:  # asked after the move, whose reasons come first
        raise NothingToHandIn
    told = telling.submitted(moved, milestone_of(moved, key), is_again=last is not None)
    return follow(moved, by.at_ms, told, audited(by, "submit", milestone=key, sha256=deliverable.sha256))


def request_changes(contract: Contract, key: str, words: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    request = ChangeRequest(version=len(milestone.deliverables), words=words, at_ms=by.at_ms)
    moved = move_milestone(
        contract,
        milestone,
        MilestoneEvent.REQUEST_CHANGES,
        settings,
        by,
        words,
        requests=(*milestone.requests, request),
        revisions_left=max(0, milestone.revisions_left - 1),
        auto_at_ms=0,
        reminded_at_ms=0,
    )
    return follow(moved, by.at_ms, telling.changes_requested(moved, milestone_of(moved, key), words))


def grant_revision(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    left = milestone.revisions_left + 1
    moved = move_milestone(contract, milestone, MilestoneEvent.GRANT_REVISION, settings, by, revisions_left=left)
    told = tell(contract, Actor.CLIENT, "revision", f"one more revision of {milestone.title}", "The agent grants it.")
    return follow(moved, by.at_ms, told)


def approve(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    return _approved(contract, key, MilestoneEvent.APPROVE, settings, by)


def remind(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    """The system's. A reminder that comes late still leaves the time it promises."""
    milestone = milestone_of(contract, key)
    until_ms = max(milestone.auto_at_ms, by.at_ms + settings.remind_hours * HOUR_MS)
    moved = move_milestone(
        contract, milestone, MilestoneEvent.REMIND, settings, by, auto_at_ms=until_ms, reminded_at_ms=by.at_ms
    )
    return follow(moved, by.at_ms, telling.reminded(moved, milestone_of(moved, key)))


def auto_approve(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    """The system's."""
    return _approved(contract, key, MilestoneEvent.AUTO_APPROVE, settings, by)


def _approved(contract: Contract, key: str, event: MilestoneEvent, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    moved = move_milestone(
        contract, milestone, event, settings, by, auto_at_ms=0, reminded_at_ms=0, division=all_to_agent(milestone)
    )
    title = f"{name_of(contract, milestone)} is approved"
    if event is MilestoneEvent.APPROVE:
        told: tuple[telling.Told, ...] = (tell(contract, Actor.AGENT, "approved", title, "The client approved it."),)
    else:
        told = telling.tell_both(
            contract, "approved", title, "The time to look at it is over, so it counts as approved."
        )
    return follow(moved, by.at_ms, *told, pay_out(key), audited(by, event.value, milestone=key))


def give_back(contract: Contract, key: str, words: str, settings: GigsSettings, by: By) -> Contract:
    milestone = milestone_of(contract, key)
    moved = move_milestone(
        contract,
        milestone,
        MilestoneEvent.GIVE_BACK,
        settings,
        by,
        words,
        division=all_to_client(milestone),
        auto_at_ms=0,
        reminded_at_ms=0,
    )
    told = tell(contract, Actor.CLIENT, "given_back", f"{name_of(contract, milestone)} is given back", words)
    return follow(moved, by.at_ms, told, pay_out(key), audited(by, "give_back", milestone=key))


def divide(
    contract: Contract, key: str, division: Division, dispute_id: str, settings: GigsSettings, by: By
) -> Contract:
    """The system's: what this dispute came to."""
    moved = move_milestone(
        contract, milestone_of(contract, key), MilestoneEvent.RESOLVE, settings, by, division=division, clock_left_ms=0
    )
    return follow(
        moved, by.at_ms, pay_out(key, dispute_id), audited(by, "divide", milestone=key, **division.model_dump())
    )


def paid_out(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    """The system's: what was decided about its pay is carried out; again changes nothing."""
    milestone = milestone_of(contract, key)
    if milestone.state not in {MilestoneState.APPROVED, MilestoneState.SETTLING} or milestone.division is None:
        return contract
    moved = move_milestone(contract, milestone, MilestoneEvent.PAID_OUT, settings, by)
    return follow(moved, by.at_ms, *telling.paid_out(moved, milestone, milestone.division))


def close_out(contract: Contract, key: str, settings: GigsSettings, by: By) -> Contract:
    """The system's, when the time to settle is over: what was not begun or never handed in goes back."""
    milestone = milestone_of(contract, key)
    is_held = milestone.state in {MilestoneState.FUNDED, MilestoneState.IN_PROGRESS}
    division: dict[str, Any] = {"division": all_to_client(milestone)} if is_held else {}
    moved = move_milestone(contract, milestone, MilestoneEvent.CLOSE_OUT, settings, by, **division)
    if not is_held:
        return follow(moved, by.at_ms, *let_go(milestone))
    told = telling.tell_both(
        contract,
        "closed_out",
        f"{name_of(contract, milestone)} is closed",
        "Nothing was handed in until the end: its pay goes back.",
    )
    return follow(moved, by.at_ms, *told, pay_out(key))
