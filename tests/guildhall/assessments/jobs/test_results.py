import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from guildhall.assessments.jobs.results import tidy_results
from guildhall.assessments.lifecycle import ResultState
from tests.guildhall.assessments.hall import Hall, chosen, items, open_hall


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    async for opened in open_hall(tmp_path):
        yield opened


async def test_one_attempt_that_cannot_be_graded_keeps_nobody_waiting(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"))
    await hall.hand_in("ada", {"q0": chosen("b")})
    await hall.hand_in("bob", {"q0": chosen("b")})
    gone = {"exam_version_id": "exm_gone@1"}
    await hall.store.attempts.change("att_ada", 0, lambda seen: seen.model_copy(update=gone))
    await tidy_results(hall.service)
    assert (await hall.result("bob")).state is ResultState.RELEASED
    assert [one.id for one in await hall.store.attempts_unsettled()] == ["att_ada"]


async def test_several_workers_at_once_tell_and_certify_once(hall: Hall) -> None:
    await hall.open_exam(items("single_choice"), credential_title="Welder")
    names = [f"c{number}" for number in range(6)]
    for name in names:
        await hall.hand_in(name, {"q0": chosen("b")})
    await asyncio.gather(*(hall.another().tidy() for _ in range(4)))
    await hall.tidy()
    for name in names:
        assert len(await hall.mails(name)) == 1
        assert len(await hall.store.credentials_of(f"usr_{name}")) == 1
    assert (await hall.actions()).count("assessments.release") == 6
