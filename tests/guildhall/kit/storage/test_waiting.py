import pytest

from guildhall.kit.storage import StorageUnavailable, until_it_answers, waiting


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE_SECONDS", 0.0)


async def test_what_a_start_needs_is_asked_again_until_the_database_answers() -> None:
    answers: list[Exception | None] = [StorageUnavailable("away"), StorageUnavailable("still away"), None]

    async def ask() -> None:
        if (answer := answers.pop(0)) is not None:
            raise answer

    await until_it_answers(ask)
    assert answers == []


async def test_a_fault_that_waiting_does_not_mend_is_not_waited_for() -> None:
    async def ask() -> None:
        raise ValueError("an index that contradicts another")

    with pytest.raises(ValueError, match="contradicts"):
        await until_it_answers(ask)
