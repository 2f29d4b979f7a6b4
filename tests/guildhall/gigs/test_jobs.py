"""Killed between any two writes: what was decided is carried out, once, and told once."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from guildhall.gigs.lifecycle import MilestoneState
from guildhall.gigs.model.contracts import Contract, FollowUpKind
from guildhall.kit.follow_ups import follow
from guildhall.kit.lifecycle import MoveRefused
from tests.fakes.killer import Killed, Killer
from tests.guildhall.gigs.contracts import DAY_MS, fixed
from tests.guildhall.gigs.workshop import Workshop

Act = Callable[[Workshop, Contract], Awaitable[Contract]]


async def funded(workshop: Workshop, contract: Contract) -> Contract:
    return await workshop.on(contract, workshop.client, "fund")


async def approved(workshop: Workshop, contract: Contract) -> Contract:
    return await workshop.on(contract, workshop.client, "approve")


CASES = (
    (funded, Workshop.open, MilestoneState.FUNDED, {"gig_funded": 1}, "gigs.fund"),
    (approved, Workshop.handed_in, MilestoneState.RELEASED, {"gig_approved": 1, "gig_settled": 1}, "gigs.approve"),
)


@pytest.mark.parametrize(("act", "prepare", "state", "told", "audited"), CASES, ids=("fund", "approve"))
async def test_what_is_killed_at_any_write_is_carried_out_once(
    workshop: Workshop,
    monkeypatch: pytest.MonkeyPatch,
    act: Act,
    prepare: Callable[[Workshop, object], Awaitable[Contract]],
    state: MilestoneState,
    told: dict[str, int],
    audited: str,
) -> None:
    killer = Killer(monkeypatch)
    for place in range(1, 120):
        killer.left, killer.after = -1, place % 2 == 0
        contract = await prepare(workshop, fixed(40_000))
        before = Counter(await workshop.told())
        killer.left, was_killed = (place + 1) // 2, False
        try:
            await act(workshop, contract)
        except Killed:
            was_killed = True
        killer.left = -1
        with contextlib.suppress(MoveRefused):
            await act(workshop, contract)  # whoever saw no answer asks again
        await workshop.look()
        after = await workshop.read(contract)
        assert (after.follow_ups, after.unsettled, after.milestones[0].state) == ((), False, state)
        assert dict(Counter(await workshop.told()) - before) == told
        assert (await workshop.audited(contract)).count(audited) == 1
        if not was_killed:
            assert place > 10
            return
        workshop.clock.advance(1)
    raise AssertionError("never came through")


async def test_many_jobs_at_once_approve_once(workshop: Workshop) -> None:
    contract = await workshop.handed_in()
    await workshop.later(6 * DAY_MS)
    workshop.clock.advance(DAY_MS)
    await asyncio.gather(*(workshop.look() for _ in range(6)))
    assert (await workshop.milestone(contract)).state is MilestoneState.RELEASED
    assert (await workshop.told()).count("gig_approved") == 1


async def test_what_can_never_be_carried_out_hides_nothing_behind_it(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.gigs.store.PAGE", 1)
    first, second = sorted([await workshop.open(), await workshop.open()], key=lambda one: one.id)
    contracts, now_ms = workshop.store.contracts, workshop.clock.now_ms()
    await contracts.replace(first, follow(first, now_ms, (FollowUpKind.AUDIT, {"nobody": "knows what"})), now_ms)
    said = {"actor": "system", "action": "gigs.said"}
    await contracts.replace(second, follow(second, now_ms, (FollowUpKind.AUDIT, said)), now_ms)
    await workshop.look()
    assert (await workshop.read(first)).unsettled
    assert not (await workshop.read(second)).unsettled
    assert "gigs.said" in await workshop.audited(second)
