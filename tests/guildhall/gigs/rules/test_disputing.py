"""Disputes: both sides are heard, nobody loses by silence, and no one decides alone about much or about themselves."""

from collections.abc import Sequence

import pytest

from guildhall.gigs.lifecycle import DisputeState, MilestoneState
from guildhall.gigs.model.contracts import Contract
from guildhall.gigs.model.terms import MilestoneAgreed
from guildhall.gigs.rules.disputing import DivisionWrong
from guildhall.gigs.service.context import Caller
from guildhall.kit.errors import Conflict
from guildhall.kit.lifecycle import MoveRefused
from guildhall.notifications.model import Event
from tests.guildhall.gigs.contracts import DAY_MS, fixed
from tests.guildhall.gigs.workshop import SECOND, STAFF, Workshop


async def disputed(workshop: Workshop, minor: int = 40_000) -> Contract:
    contract = await workshop.handed_in(fixed(minor))
    return await workshop.working.open_dispute(contract.id, workshop.client, "m1", 10_000, "Half of it is missing.")


async def state(workshop: Workshop, contract: Contract) -> DisputeState:
    return (await workshop.read(contract)).disputes[-1].state


async def test_two_sides_divide_the_pay_between_themselves(workshop: Workshop) -> None:
    contract = await disputed(workshop)
    with pytest.raises(DivisionWrong, match=r"At most 400\.00 EUR"):
        await workshop.argue(contract, workshop.agent, "propose", "All and more.", 40_001)
    await workshop.argue(contract, workshop.agent, "propose", "Three quarters.", 30_000)
    with pytest.raises(MoveRefused, match="waits for the other side"):
        await workshop.argue(contract, workshop.agent, "accept")
    await workshop.argue(contract, workshop.client, "accept")
    one = await workshop.milestone(contract)
    assert one.division is not None
    assert (one.state, one.division.agent_minor, one.division.client_minor) == (MilestoneState.SPLIT, 30_000, 10_000)


async def test_silence_decides_for_neither_side(workshop: Workshop) -> None:
    contract = await disputed(workshop)
    await workshop.later(8 * DAY_MS)
    assert await state(workshop, contract) is DisputeState.EVIDENCE
    await workshop.later(8 * DAY_MS)
    assert await state(workshop, contract) is DisputeState.ESCALATED
    assert (await workshop.milestone(contract)).state is MilestoneState.DISPUTED


async def test_a_large_decision_takes_two_people_and_an_appeal_takes_others(workshop: Workshop) -> None:
    contract = await disputed(workshop, 60_000)
    await workshop.argue(contract, workshop.agent, "say", "Nothing is missing.")
    await workshop.argue(contract, workshop.agent, "escalate")
    with pytest.raises(MoveRefused, match="not for the agent"):
        await workshop.argue(contract, workshop.agent, "decide", "Mine.", 60_000)
    await workshop.argue(contract, STAFF, "decide", "Page four is missing.", 45_000)
    assert await state(workshop, contract) is DisputeState.DECISION_PROPOSED
    assert "gig_dispute_decided" not in await workshop.told()
    with pytest.raises(MoveRefused, match="second person"):
        await workshop.argue(contract, STAFF, "confirm")
    await workshop.argue(contract, SECOND, "confirm")
    await workshop.argue(contract, workshop.agent, "appeal", "Page four is on page five.")
    for who in (STAFF, SECOND):
        with pytest.raises(MoveRefused, match="decided before"):
            await workshop.argue(contract, who, "decide", "As before.", 45_000)
    third, fourth = Caller("acc_tim", is_staff=True), Caller("acc_uma", is_staff=True)
    await workshop.argue(contract, third, "decide", "So it is.", 60_000)
    await workshop.argue(contract, fourth, "confirm")
    with pytest.raises(MoveRefused, match="one appeal"):
        await workshop.argue(contract, workshop.client, "appeal", "No.")
    await workshop.later(9 * DAY_MS)
    assert await state(workshop, contract) is DisputeState.DECIDED
    await workshop.later(DAY_MS)
    assert await state(workshop, contract) is DisputeState.CLOSED
    assert (await workshop.milestone(contract)).state is MilestoneState.RELEASED


async def test_a_small_decision_takes_one_who_has_not_mediated(workshop: Workshop) -> None:
    contract = await disputed(workshop)
    await workshop.argue(contract, workshop.agent, "say", "Nothing is missing.")
    await workshop.argue(contract, STAFF, "propose", "Meet in the middle.", 20_000)
    await workshop.argue(contract, workshop.client, "accept")
    assert await state(workshop, contract) is DisputeState.PROPOSAL
    await workshop.argue(contract, workshop.agent, "escalate")
    with pytest.raises(MoveRefused, match="mediated"):
        await workshop.argue(contract, STAFF, "decide", "As I said.", 20_000)
    await workshop.argue(contract, SECOND, "decide", "All was there.", 40_000)
    for who in (workshop.agent, workshop.client):
        await workshop.argue(contract, who, "accept_decision")
    assert (await workshop.milestone(contract)).state is MilestoneState.RELEASED


async def test_two_of_the_staff_end_a_contract_and_nothing_goes_back_by_itself(workshop: Workshop) -> None:
    contract = await workshop.handed_in(fixed(40_000, 60_000))
    await workshop.act(contract, STAFF, "propose_termination", "Stolen work.")
    with pytest.raises(MoveRefused, match="somebody else"):
        await workshop.act(contract, STAFF, "terminate")
    await workshop.act(contract, SECOND, "terminate")
    await workshop.look()
    after = await workshop.read(contract)
    assert [one.state for one in after.milestones] == [MilestoneState.DISPUTED, MilestoneState.CANCELLED]
    with pytest.raises(Conflict, match="a dispute is open"):
        await workshop.working.review(contract.id, workshop.agent, {}, "Unjust.")


class Programs:
    """What both sides' programs are told."""

    def __init__(self) -> None:
        self._told: list[tuple[Sequence[str], str, Event]] = []

    async def emit(self, owners: Sequence[str], key: str, event: Event) -> None:
        self._told.append((owners, key, event))

    async def forget_owner(self, owner_id: str) -> None:
        raise NotImplementedError

    def milestones(self, type_: str) -> list[list[str]]:
        return [list(one.data["milestones"]) for _, _, one in self._told if one.type == type_]


async def test_two_disputes_at_the_same_moment_are_told_apart(workshop: Workshop) -> None:
    workshop.backbone.notifications.emitter = told = Programs()
    parts = tuple(MilestoneAgreed(title="A page", minor=40_000) for _ in range(2))
    contract = await workshop.begun(fixed(1).model_copy(update={"milestones": parts}))
    await workshop.on(contract, workshop.client, "fund", key="m2")
    await workshop.on(contract, workshop.agent, "start", key="m2")
    for key in ("m1", "m2"):
        await workshop.working.open_dispute(contract.id, workshop.client, key, 0, "It is not what was agreed.")
    for _ in range(2):
        await workshop.later(8 * DAY_MS)
    notices = await workshop.backbone.notifications.of(workshop.agent.account_id, None, 100)
    assert {one.title for one in notices if one.kind == "gig_dispute_escalated"} == {
        f"{contract.terms.title}, A page (no. {place}): the dispute is for this house to decide" for place in (1, 2)
    }
    assert sorted(told.milestones("dispute.escalated")) == [["m1"], ["m1"], ["m2"], ["m2"]]
