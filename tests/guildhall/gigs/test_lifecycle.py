"""Every state x event x actor of the four machines, against tables written by hand from the design."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, cast

import pytest

from guildhall.gigs.lifecycle import (
    CONTRACT,
    DISPUTE,
    MILESTONE,
    WEEK,
    Actor,
    ContractEvent,
    ContractFacts,
    ContractState,
    DisputeEvent,
    DisputeFacts,
    DisputeState,
    MilestoneEvent,
    MilestoneFacts,
    MilestoneState,
    WeekEvent,
    WeekFacts,
    WeekState,
)
from guildhall.kit.lifecycle import Machine, MoveRefused

A, C, X, S = Actor.AGENT, Actor.CLIENT, Actor.STAFF, Actor.SYSTEM
BOTH = (A, C)
K, KE = ContractState, ContractEvent
LIVE = (K.ACTIVE, K.PAUSED, K.ENDING)
CONTRACTS = {
    (K.PENDING_FUNDING, KE.BEGIN, C): K.BEGINNING,
    **{(state, KE.ACTIVATE, S): K.ACTIVE for state in (K.PENDING_FUNDING, K.BEGINNING)},
    (K.BEGINNING, KE.HOLD_REFUSED, S): K.PENDING_FUNDING,
    **{(K.PENDING_FUNDING, KE.VOID, who): K.VOID for who in (A, C, S)},
    **{(K.ACTIVE, KE.PAUSE, who): K.PAUSED for who in BOTH},
    **{(K.PAUSED, KE.RESUME, who): K.ACTIVE for who in BOTH},
    **{(state, KE.END, who): K.ENDING for state in (K.ACTIVE, K.PAUSED) for who in BOTH},
    **{
        (state, event, who): state
        for state in (K.ACTIVE, K.PAUSED)
        for event in (KE.PROPOSE_TERMS, KE.ACCEPT_TERMS, KE.DECLINE_TERMS, KE.WITHDRAW_TERMS)
        for who in BOTH
    },
    (K.ENDING, KE.COMPLETE, S): K.COMPLETED,
    **{(state, KE.PROPOSE_TERMINATION, X): state for state in LIVE},
    **{(state, KE.DROP_TERMINATION, X): state for state in LIVE},
    **{(state, KE.TERMINATE, X): K.TERMINATED for state in LIVE},
}
M, ME = MilestoneState, MilestoneEvent
WORKED_ON = (M.IN_PROGRESS, M.SUBMITTED, M.CHANGES_REQUESTED)
MILESTONES = {
    **{(M.PROPOSED, ME.ACCEPT, who): M.AGREED for who in BOTH},
    **{(M.PROPOSED, ME.CANCEL, who): M.CANCELLED for who in BOTH},
    (M.AGREED, ME.CANCEL, C): M.CANCELLED,
    (M.FUNDED, ME.CANCEL, C): M.SETTLING,
    (M.AGREED, ME.FUND, C): M.FUNDING,
    **{(state, ME.HOLD_POSTED, S): M.FUNDED for state in (M.FUNDING, M.AGREED)},
    (M.FUNDING, ME.HOLD_REFUSED, S): M.AGREED,
    (M.FUNDED, ME.START, A): M.IN_PROGRESS,
    **{(state, ME.SUBMIT, A): M.SUBMITTED for state in (M.FUNDED, M.IN_PROGRESS, M.CHANGES_REQUESTED)},
    (M.SUBMITTED, ME.REQUEST_CHANGES, C): M.CHANGES_REQUESTED,
    (M.SUBMITTED, ME.GRANT_REVISION, A): M.SUBMITTED,
    (M.CHANGES_REQUESTED, ME.GRANT_REVISION, A): M.CHANGES_REQUESTED,
    **{(state, ME.APPROVE, C): M.APPROVED for state in WORKED_ON},
    (M.SUBMITTED, ME.REMIND, S): M.SUBMITTED,
    (M.SUBMITTED, ME.AUTO_APPROVE, S): M.APPROVED,
    **{(state, ME.GIVE_BACK, A): M.SETTLING for state in (*WORKED_ON, M.FUNDED)},
    **{(state, ME.DISPUTE, who): M.DISPUTED for state in WORKED_ON for who in BOTH},
    **{(state, ME.DISPUTE, S): M.DISPUTED for state in (*WORKED_ON, M.FUNDED)},
    (M.DISPUTED, ME.RESOLVE, S): M.SETTLING,
    (M.DISPUTED, ME.DROP_DISPUTE, S): M.SUBMITTED,
    (M.APPROVED, ME.PAID_OUT, S): M.RELEASED,
    (M.SETTLING, ME.PAID_OUT, S): M.RELEASED,
    **{(state, ME.CLOSE_OUT, S): M.CANCELLED for state in (M.PROPOSED, M.AGREED)},
    **{(state, ME.CLOSE_OUT, S): M.SETTLING for state in (M.FUNDED, M.IN_PROGRESS)},
    (M.CHANGES_REQUESTED, ME.CLOSE_OUT, S): M.DISPUTED,
}
D, DE = DisputeState, DisputeEvent
TALKING = (D.AWAITING_RESPONSE, D.EVIDENCE, D.PROPOSAL, D.ESCALATED)
DISPUTES = {
    **{(D.AWAITING_RESPONSE, DE.CONCEDE, who): D.SETTLED for who in BOTH},
    **{(D.AWAITING_RESPONSE, DE.ANSWER, who): D.EVIDENCE for who in BOTH},
    **{(state, DE.ADD_EVIDENCE, who): state for state in TALKING for who in BOTH},
    **{(D.AWAITING_RESPONSE, DE.PROPOSE, who): D.PROPOSAL for who in BOTH},
    **{(state, DE.PROPOSE, who): D.PROPOSAL for state in (D.EVIDENCE, D.PROPOSAL) for who in (A, C, X)},
    **{(D.PROPOSAL, DE.ACCEPT, who): D.SETTLED for who in BOTH},
    **{(state, DE.ESCALATE, who): D.ESCALATED for state in (D.EVIDENCE, D.PROPOSAL) for who in BOTH},
    (D.AWAITING_RESPONSE, DE.SILENCE, S): D.EVIDENCE,
    **{(state, DE.SILENCE, S): D.ESCALATED for state in (D.EVIDENCE, D.PROPOSAL)},
    (D.ESCALATED, DE.DECIDE, X): D.DECIDED,
    (D.DECISION_PROPOSED, DE.CONFIRM, X): D.DECIDED,
    (D.DECISION_PROPOSED, DE.OVERRULE, X): D.ESCALATED,
    **{(D.DECIDED, DE.ACCEPT_DECISION, who): D.CLOSED for who in BOTH},
    **{(D.DECIDED, DE.APPEAL, who): D.ESCALATED for who in BOTH},
    (D.DECIDED, DE.CLOSE, S): D.CLOSED,
}
W, WE = WeekState, WeekEvent
WEEKS = {
    **{(state, event, A): state for event in (WE.LOG, WE.DROP) for state in (W.OPEN, W.QUERIED)},
    **{(state, WE.SUBMIT, who): W.SUBMITTED for state in (W.OPEN, W.QUERIED) for who in (A, S)},
    (W.SUBMITTED, WE.QUERY, C): W.QUERIED,
    **{(state, WE.APPROVE, C): W.APPROVED for state in (W.SUBMITTED, W.QUERIED)},
    (W.SUBMITTED, WE.REMIND, S): W.SUBMITTED,
    (W.SUBMITTED, WE.AUTO_APPROVE, S): W.APPROVED,
    **{(state, WE.DISPUTE, C): W.DISPUTED for state in (W.SUBMITTED, W.QUERIED)},
    (W.DISPUTED, WE.RESOLVE, S): W.SETTLING,
    **{(state, WE.PAID_OUT, S): W.PAID for state in (W.APPROVED, W.SETTLING)},
}
Table = Mapping[Any, StrEnum]
MACHINES: tuple[tuple[Machine[Any], Any, Table, Any], ...] = (
    (CONTRACT, ContractEvent, CONTRACTS, ContractFacts()),
    (MILESTONE, MilestoneEvent, MILESTONES, MilestoneFacts()),
    (DISPUTE, DisputeEvent, DISPUTES, DisputeFacts()),
    (WEEK, WeekEvent, WEEKS, WeekFacts()),
)


@pytest.mark.parametrize(("machine", "events", "table", "facts"), MACHINES, ids=lambda one: getattr(one, "name", ""))
def test_every_event_by_every_actor_leads_where_the_design_says_or_is_refused(
    machine: Machine[Any], events: type[StrEnum], table: Table, facts: Any
) -> None:
    states = tuple(cast("type[StrEnum]", machine.states))
    for state, event, actor in itertools.product(states, events, Actor):
        target = table.get((state, event, actor))
        if target is None:
            with pytest.raises(MoveRefused):
                machine.move(state, event, actor, facts)
        else:
            assert machine.move(state, event, actor, facts).target is target, (state, event, actor)


REFUSALS: tuple[tuple[Machine[Any], StrEnum, StrEnum, Actor, Any], ...] = (
    (CONTRACT, K.PENDING_FUNDING, KE.BEGIN, C, ContractFacts(is_hourly=False)),
    (CONTRACT, K.PENDING_FUNDING, KE.BEGIN, C, ContractFacts(may_fund=False)),
    (CONTRACT, K.PENDING_FUNDING, KE.VOID, A, ContractFacts(is_nothing_held=False)),
    (CONTRACT, K.PAUSED, KE.RESUME, A, ContractFacts(may_resume=False)),
    (CONTRACT, K.ACTIVE, KE.PROPOSE_TERMS, A, ContractFacts(may_propose_terms=False)),
    (CONTRACT, K.ACTIVE, KE.ACCEPT_TERMS, C, ContractFacts(is_asked=False)),
    (CONTRACT, K.PAUSED, KE.WITHDRAW_TERMS, C, ContractFacts(has_proposed_terms=False)),
    (CONTRACT, K.ENDING, KE.COMPLETE, S, ContractFacts(is_nothing_open=False)),
    (CONTRACT, K.ACTIVE, KE.TERMINATE, X, ContractFacts(is_second_person=False)),
    (CONTRACT, K.ACTIVE, KE.TERMINATE, X, ContractFacts(is_termination_proposed=False)),
    (CONTRACT, K.ACTIVE, KE.TERMINATE, X, ContractFacts(is_party=True)),
    (CONTRACT, K.ACTIVE, KE.PROPOSE_TERMINATION, X, ContractFacts(is_party=True)),
    (MILESTONE, M.PROPOSED, ME.ACCEPT, A, MilestoneFacts(is_other_side=False)),
    (MILESTONE, M.AGREED, ME.FUND, C, MilestoneFacts(is_fundable=False)),
    (MILESTONE, M.AGREED, ME.FUND, C, MilestoneFacts(may_fund=False)),
    (MILESTONE, M.FUNDED, ME.START, A, MilestoneFacts(is_contract_active=False)),
    (MILESTONE, M.FUNDED, ME.CANCEL, C, MilestoneFacts(is_refund_due=False)),
    (MILESTONE, M.IN_PROGRESS, ME.SUBMIT, A, MilestoneFacts(is_contract_live=False)),
    (MILESTONE, M.SUBMITTED, ME.REQUEST_CHANGES, C, MilestoneFacts(has_revisions_left=False)),
    (MILESTONE, M.SUBMITTED, ME.AUTO_APPROVE, S, MilestoneFacts(is_time_over=False)),
    (MILESTONE, M.SUBMITTED, ME.AUTO_APPROVE, S, MilestoneFacts(was_reminded=False)),
    (MILESTONE, M.SUBMITTED, ME.REMIND, S, MilestoneFacts(is_reminder_due=False)),
    (MILESTONE, M.IN_PROGRESS, ME.DISPUTE, C, MilestoneFacts(is_contract_live=False)),
    (MILESTONE, M.IN_PROGRESS, ME.CLOSE_OUT, S, MilestoneFacts(is_refund_due=False)),
    (DISPUTE, D.AWAITING_RESPONSE, DE.CONCEDE, A, DisputeFacts(is_opener=True)),
    (DISPUTE, D.AWAITING_RESPONSE, DE.PROPOSE, A, DisputeFacts(is_opener=True)),
    (DISPUTE, D.PROPOSAL, DE.ACCEPT, A, DisputeFacts(is_asked=False)),
    (DISPUTE, D.EVIDENCE, DE.PROPOSE, X, DisputeFacts(is_party=True)),
    (DISPUTE, D.ESCALATED, DE.DECIDE, X, DisputeFacts(is_party=True)),
    (DISPUTE, D.ESCALATED, DE.DECIDE, X, DisputeFacts(has_mediated=True)),
    (DISPUTE, D.ESCALATED, DE.DECIDE, X, DisputeFacts(has_decided=True)),
    (DISPUTE, D.DECISION_PROPOSED, DE.CONFIRM, X, DisputeFacts(has_decided=True)),
    (DISPUTE, D.DECISION_PROPOSED, DE.CONFIRM, X, DisputeFacts(is_party=True)),
    (DISPUTE, D.DECIDED, DE.APPEAL, A, DisputeFacts(may_appeal=False)),
    (DISPUTE, D.DECIDED, DE.CLOSE, S, DisputeFacts(is_time_over=False)),
    (DISPUTE, D.EVIDENCE, DE.WITHDRAW, A, DisputeFacts(is_opener=False)),
    (WEEK, W.OPEN, WE.LOG, A, WeekFacts(is_loggable=False)),
    (WEEK, W.OPEN, WE.LOG, A, WeekFacts(is_pay_held=False)),
    (WEEK, W.OPEN, WE.DROP, A, WeekFacts(is_loggable=False)),
    (WEEK, W.OPEN, WE.SUBMIT, A, WeekFacts(has_entries=False)),
    (WEEK, W.SUBMITTED, WE.QUERY, C, WeekFacts(has_queries_left=False)),
    (WEEK, W.SUBMITTED, WE.AUTO_APPROVE, S, WeekFacts(was_reminded=False)),
    (WEEK, W.OPEN, WE.LAPSE, S, WeekFacts(has_entries=True)),
)


@pytest.mark.parametrize(("machine", "state", "event", "actor", "facts"), REFUSALS)
def test_a_guard_that_does_not_hold_refuses_and_says_why(
    machine: Machine[Any], state: StrEnum, event: StrEnum, actor: Actor, facts: Any
) -> None:
    with pytest.raises(MoveRefused) as refused:
        machine.move(state, event, actor, facts)
    told = {one.event: one for one in machine.allowed_actions(state, actor, facts)}[event]
    assert not told.allowed
    assert told.reason == refused.value.reason


def test_guards_choose_where_an_event_leads() -> None:
    facts = MilestoneFacts()

    def milestone(state: MilestoneState, event: MilestoneEvent, **changed: bool) -> MilestoneState:
        return MILESTONE.move(state, event, S, replace(facts, **changed)).target

    assert milestone(M.SETTLING, ME.PAID_OUT, pays_agent_all=False, pays_client_all=True) is M.REFUNDED
    assert milestone(M.SETTLING, ME.PAID_OUT, pays_agent_all=False) is M.SPLIT
    was = {"was_submitted": False, "had_changes_requested": True}
    assert milestone(M.DISPUTED, ME.DROP_DISPUTE, **was) is M.CHANGES_REQUESTED
    assert milestone(M.DISPUTED, ME.DROP_DISPUTE, was_submitted=False) is M.IN_PROGRESS
    talks = DisputeFacts(is_last_to_accept=False)
    assert DISPUTE.move(D.PROPOSAL, DE.ACCEPT, A, talks).target is D.PROPOSAL
    assert DISPUTE.move(D.DECIDED, DE.ACCEPT_DECISION, A, talks).target is D.DECIDED
    assert DISPUTE.move(D.ESCALATED, DE.DECIDE, X, DisputeFacts(needs_second=True)).target is D.DECISION_PROPOSED
    assert DISPUTE.move(D.EVIDENCE, DE.WITHDRAW, A, DisputeFacts(is_opener=True)).target is D.WITHDRAWN
    assert WEEK.move(W.OPEN, WE.LAPSE, S, WeekFacts(has_entries=False)).target is W.VOID
