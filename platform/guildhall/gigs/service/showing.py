"""Contracts as the wire shows them, with what whoever looks may do."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from guildhall.gigs.lifecycle import SETTLED, Actor, DisputeState, MilestoneState
from guildhall.gigs.messages import (
    ActionShown,
    AmendmentShown,
    ContractListed,
    ContractShown,
    DecisionShown,
    DeliverableShown,
    DisputeShown,
    EntryShown,
    MilestoneShown,
    NextShown,
    PastShown,
    PayShown,
    ProposalShown,
    RequestShown,
    ReviewShown,
    ReviewsShown,
    StatementShown,
    TermsBeforeShown,
    WeekShown,
)
from guildhall.gigs.model.contracts import SCORES, Contract, Dispute, Milestone
from guildhall.gigs.model.weeks import Week
from guildhall.gigs.rules import beginning, hours, reviewing
from guildhall.gigs.rules.moving import By, contract_actions, dispute_actions, milestone_actions
from guildhall.gigs.rules.next_acts import NextAct, next_of, next_of_dispute, next_of_milestone
from guildhall.gigs.service.context import Context
from guildhall.gigs.service.funding import PayStanding
from guildhall.gigs.service.paying import pay_of
from guildhall.gigs.settings import GigsSettings
from guildhall.kit.lifecycle import AllowedAction

_RENAMED = {"answer": "say", "add_evidence": "say"}
"""One verb for whoever speaks, whichever of the two it is."""


@dataclass(frozen=True, slots=True)
class Names:
    client: str
    agent: str


async def names_of(context: Context, contract: Contract) -> Names:
    client = await context.clients.name(contract.organisation_id)
    return Names(client, await context.agents.name(contract.agent_id))


def list_contract(
    contract: Contract, weeks: Iterable[Week], names: Names, settings: GigsSettings, by: By
) -> ContractListed:
    """Of `weeks` those with disputed hours are looked at."""
    about_hours = [one.dispute for one in weeks if one.dispute is not None]
    return ContractListed(
        contract_id=contract.id,
        title=contract.terms.title,
        client=names.client,
        agent=names.agent,
        side=by.actor.value,
        state=contract.state.value,
        kind=contract.terms.work.kind.value,
        currency=contract.terms.work.currency,
        opened_at_ms=contract.opened_at_ms,
        milestones_settled=sum(one.state in SETTLED for one in contract.milestones),
        milestones=len(contract.milestones),
        has_open_dispute=contract.has_open_dispute,
        next=_next(next_of(contract, settings, about_hours)),
    )


@dataclass(frozen=True, slots=True)
class PaySeen:
    """By milestone what is held, and what the client can still hold where whoever looks keeps its money."""

    standings: Mapping[str, PayStanding]
    paid_in_minor: int | None


async def pay_seen(context: Context, contract: Contract, by: By) -> PaySeen:
    """Nothing of a contract that is paid outside."""
    if contract.is_paid_outside:
        return PaySeen({}, None)
    standings = {
        one.key: await context.funding.standing(
            pay_of(contract, one.key), one.minor if one.division is None else one.division.agent_minor
        )
        for one in contract.milestones
        if one.state not in {MilestoneState.PROPOSED, MilestoneState.CANCELLED}
    }
    keeps_money = by.actor is Actor.CLIENT and by.may_fund
    currency = contract.terms.work.currency
    return PaySeen(
        standings, await context.funding.paid_in(contract.organisation_id, currency) if keeps_money else None
    )


def show_contract(
    contract: Contract, weeks: list[Week], names: Names, pay: PaySeen, context: Context, by: By
) -> ContractShown:
    """Everything of one contract, for one of its sides or the staff."""
    settings, is_staff = context.settings, by.actor is Actor.STAFF
    listed = list_contract(contract, weeks, names, settings, by)
    proposal = contract.proposal if is_staff else None
    return ContractShown(
        **listed.model_dump(),
        rev=contract.rev,
        work=contract.terms.work,
        terms_sha256=contract.terms.terms_sha256,
        terms_version=len(contract.terms_before) + 1,
        terms_before=[
            TermsBeforeShown(version=one.version, work=one.work, terms_sha256=one.terms_sha256, until_ms=one.until_ms)
            for one in contract.terms_before
        ],
        amendment=_amendment(contract, by),
        is_paid_outside=contract.is_paid_outside,
        organisation_id=contract.organisation_id,
        paid_in_minor=pay.paid_in_minor,
        week_minor=beginning.most_of_a_week(contract),
        refusal=contract.refusal,
        ends_at_ms=contract.ends_at_ms or None,
        termination_reason=proposal.reason if proposal else None,
        milestone_list=[
            _milestone(contract, one, pay.standings.get(one.key), settings, by) for one in contract.milestones
        ],
        disputes=[_dispute(one, settings, by) for one in contract.disputes],
        weeks=[show_week(one, contract, settings, by) for one in weeks],
        reviews=_reviews(contract, settings, by),
        allowed_actions=_actions(contract_actions(contract, settings, by), listed.next.actor),
        history=[
            PastShown(at_ms=one.at_ms, event=one.event, actor=one.actor.value, about=one.about, words=one.words)
            for one in contract.history
            if is_staff or not _is_inner(one.event)
        ],
    )


def _amendment(contract: Contract, by: By) -> AmendmentShown | None:
    found = contract.amendment
    if found is None:
        return None
    return AmendmentShown(
        by=found.by.value,
        is_mine=found.by is by.actor,
        work=found.work,
        terms_sha256=found.terms_sha256,
        words=found.words,
        at_ms=found.at_ms,
    )


def _is_inner(event: str) -> bool:
    """Between the staff until two of them have decided."""
    return event in {"propose_termination", "drop_termination", "dispute.decide", "dispute.overrule"}


def _milestone(
    contract: Contract, one: Milestone, pay: PayStanding | None, settings: GigsSettings, by: By
) -> MilestoneShown:
    next_act = next_of_milestone(one)
    return MilestoneShown(
        key=one.key,
        title=one.title,
        minor=one.minor,
        state=one.state.value,
        revisions_left=one.revisions_left,
        draft=list(one.draft) if by.actor is Actor.AGENT else [],
        deliverables=[DeliverableShown(**version.model_dump()) for version in one.deliverables],
        requests=[RequestShown(**request.model_dump()) for request in one.requests],
        auto_at_ms=one.auto_at_ms or None,
        clock_left_ms=one.clock_left_ms or None,
        division=one.division,
        refusal=one.refusal,
        pay=pay and PayShown.model_validate(asdict(pay)),
        next=_next(next_act),
        allowed_actions=_actions(milestone_actions(contract, one, settings, by), next_act.actor),
    )


def _dispute(dispute: Dispute, settings: GigsSettings, by: By) -> DisputeShown:
    is_staff, state = by.actor is Actor.STAFF, dispute.state
    if state is DisputeState.DECISION_PROPOSED and not is_staff:
        state = DisputeState.ESCALATED
    decision = dispute.decision if is_staff or state is not DisputeState.ESCALATED else None
    next_act = next_of_dispute(dispute)
    return DisputeShown(
        dispute_id=dispute.id,
        milestone=dispute.milestone,
        entries=list(dispute.entries),
        opened_by=dispute.opened_by.value,
        reason=dispute.reason,
        claim=dispute.claim,
        state=state.value,
        at_ms=dispute.at_ms,
        statements=[StatementShown(by=one.by.value, words=one.words, at_ms=one.at_ms) for one in dispute.statements],
        proposals=[
            ProposalShown(
                by=one.by.value,
                division=one.division,
                words=one.words,
                at_ms=one.at_ms,
                accepted_by=[side.value for side in one.accepted_by],
            )
            for one in dispute.proposals
        ],
        decision=None
        if decision is None
        else DecisionShown(
            division=decision.division,
            words=decision.words,
            at_ms=decision.at_ms,
            accepted_by=[side.value for side in decision.accepted_by],
            is_mine=is_staff and decision.by_account_id == by.account_id,
        ),
        next=_next(next_act),
        allowed_actions=_actions(dispute_actions(dispute, settings, by), next_act.actor),
    )


def show_week(week: Week, contract: Contract, settings: GigsSettings, by: By) -> WeekShown:
    next_actor = "client" if week.state.value == "submitted" else "agent"
    return WeekShown(
        monday=week.monday,
        state=week.state.value,
        begins_at_ms=week.begins_at_ms,
        ends_at_ms=week.ends_at_ms,
        entries=[
            EntryShown(entry_id=one.id, started_at_ms=one.started_at_ms, minutes=one.minutes, memo=one.memo)
            for one in week.entries
        ],
        minutes=week.minutes,
        cap_minutes=week.cap_minutes,
        minor=week.minor,
        queries=[one.words for one in week.queries],
        is_covered=week.is_covered,
        cap_minor=week.cap_minor,
        refusal=week.refusal,
        auto_at_ms=week.auto_at_ms or None,
        rate_minor=week.rate_minor,
        dispute=week.dispute and _dispute(week.dispute, settings, by),
        is_parted=week.is_parted,
        undisputed_minor=week.undisputed_minor,
        agent_minor=week.agent_minor,
        allowed_actions=_actions(hours.week_actions(week, contract, settings, by), next_actor),
    )


def _reviews(contract: Contract, settings: GigsSettings, by: By) -> ReviewsShown:
    is_party = by.actor in {Actor.AGENT, Actor.CLIENT} and not by.only_funds
    why_not = reviewing.why_not_review(contract, settings, by) if is_party else "it is for the two sides"
    no_reply = reviewing.why_not_reply(contract, by) if is_party else "it is for the two sides"
    is_open = contract.state in reviewing.REVIEWED and not contract.revealed_at_ms
    return ReviewsShown(
        written_by=[one.by.value for one in contract.reviews],
        readable=[
            ReviewShown(
                by=one.by.value,
                scores=dict(one.scores),
                words=one.words,
                at_ms=one.at_ms,
                reply=one.reply,
                replied_at_ms=one.replied_at_ms or None,
            )
            for one in contract.reviews
            if reviewing.is_readable(contract, one, by.actor)
        ],
        scores=list(SCORES),
        until_ms=reviewing.ends_at_ms(contract, settings) if is_open else None,
        allowed_actions=[
            ActionShown(action="review", allowed=not why_not, reason=why_not or None, next_actor=None),
            ActionShown(action="reply", allowed=not no_reply, reason=no_reply or None, next_actor=None),
        ],
    )


def _next(act: NextAct) -> NextShown:
    return NextShown(actor=act.actor, says=act.says, by_ms=act.by_ms, then=act.then)


def _actions(found: Iterable[AllowedAction], next_actor: str) -> list[ActionShown]:
    found = tuple(found)
    can_answer = any(str(one.event) == "answer" and one.allowed for one in found)
    hidden = {"add_evidence"} if can_answer else {"answer"}
    return [
        ActionShown(
            action=_RENAMED.get(str(one.event), str(one.event)),
            allowed=one.allowed,
            reason=one.reason,
            next_actor=None if one.allowed else next_actor,
        )
        for one in found
        if str(one.event) not in hidden
    ]
