import asyncio

import pytest
from structlog.testing import capture_logs

from guildhall.kit.documents import VersionedDocument
from guildhall.kit.errors import NotFound
from guildhall.kit.passes import carry_out_each, pass_for_ever
from guildhall.kit.storage import StorageUnavailable


@pytest.mark.parametrize(
    ("met", "event", "has_traceback"),
    [
        (StorageUnavailable("The database is away."), "sweep_postponed", False),
        (RuntimeError("a fault of ours"), "sweep_failed", True),
    ],
)
async def test_the_next_pass_comes_whatever_this_one_met(met: Exception, event: str, has_traceback: bool) -> None:
    passes = 0
    third = asyncio.Event()

    async def make_pass() -> None:
        nonlocal passes
        passes += 1
        if passes == 3:
            third.set()
        raise met

    with capture_logs() as told:
        job = asyncio.create_task(pass_for_ever(make_pass, 0, postponed="sweep_postponed", failed="sweep_failed"))
        async with asyncio.timeout(10):
            await third.wait()
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
    assert len(told) >= 2
    assert all((line["event"], bool(line.get("exc_info"))) == (event, has_traceback) for line in told)


async def test_one_that_fails_keeps_none_of_the_others_waiting() -> None:
    done: list[str] = []

    async def carry_out(one: VersionedDocument) -> None:
        if one.id == "b":
            raise NotFound("There is no such thing any more.")
        if one.id == "c":
            raise RuntimeError("a fault of ours")
        done.append(one.id)

    with capture_logs() as told:
        await carry_out_each(
            [VersionedDocument(id=name, created_at_ms=1) for name in "abcd"], carry_out, failed="thing_failed"
        )
    assert done == ["a", "d"]
    assert [(line["event"], line["document"], bool(line.get("exc_info"))) for line in told] == [
        ("thing_failed", "b", False),
        ("thing_failed", "c", True),
    ]


async def test_without_a_database_the_rest_of_a_pass_is_left() -> None:
    tried: list[str] = []

    async def carry_out(one: VersionedDocument) -> None:
        tried.append(one.id)
        raise StorageUnavailable("The database is away.")

    things = [VersionedDocument(id=name, created_at_ms=1) for name in "ab"]
    with pytest.raises(StorageUnavailable):
        await carry_out_each(things, carry_out, failed="thing_failed")
    assert tried == ["a"]
