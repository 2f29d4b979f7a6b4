from typing import Any

import pytest

from guildhall.assessments.model.attempts import Attempt
from guildhall.assessments.service.receipting import late_stream
from guildhall.assessments.store import NoSuch
from guildhall.kit.audit import AuditEntry
from tests.guildhall.assessments.conftest import ExamHall, given

DAY_MS = 86_400_000


async def handed_in(house: ExamHall, *late: str) -> Attempt:
    """Ada's, with these answers after its end."""
    attempt = await house.begin()
    await house.receipt(attempt, given("k1", "1"))
    await house.service.sitting.submit(attempt.id, "usr_ada")
    for key in late:
        assert (await house.receipt(attempt, given(key, "2"))).is_late
    return await house.read(attempt)


async def kept(house: ExamHall, attempt: Attempt) -> list[str]:
    return [entry.key for entry in await house.service.desk.entries(late_stream(attempt.id))]


async def deletions(house: ExamHall) -> list[AuditEntry]:
    return [one for one in await house.service.context.audit.read(0, 50) if one.action == "assessments.delete_late"]


async def test_answers_after_the_end_are_deleted_by_the_rule_and_the_audit_log_says_what_was(house: ExamHall) -> None:
    attempt = await handed_in(house, "k2", "k3")
    last = (await house.service.desk.entries(late_stream(attempt.id)))[-1].body["hash"]
    assert attempt.late_due_at_ms == house.clock.now_ms() + house.settings.late_answers_days * DAY_MS
    house.clock.advance(house.settings.late_answers_days * DAY_MS - 1)
    assert await house.service.late_answers.delete_due() == 0
    house.clock.advance(1)
    assert await house.service.late_answers.delete_due() == 1
    assert await kept(house, attempt) == []
    told = await house.service.supervision.look(await house.read(attempt))
    assert told.late_kept_until_ms is None
    assert [(one.count, one.by) for one in told.late_deletions] == [(2, "system:retention")]
    (audited,) = await deletions(house)
    assert (audited.details["count"], audited.details["last_hash"]) == (2, last)
    assert await house.service.late_answers.delete_due() == 0
    assert len(await house.service.desk.entries(attempt.id)) == 2, "what was in time stays"


async def test_an_attempt_without_late_answers_has_none_to_delete(house: ExamHall) -> None:
    attempt = await handed_in(house)
    assert attempt.late_due_at_ms == 0
    with pytest.raises(NoSuch):
        await house.service.late_answers.delete(attempt.id, "usr_grace", "none")


@pytest.mark.parametrize("step", ["record", "forget", "change"])
async def test_whoever_is_killed_while_deleting_is_finished_by_the_job_and_audited_once(
    house: ExamHall, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    attempt = await handed_in(house, "k2")

    class Killed(BaseException):
        pass

    changes = 0

    async def killed(*_: Any, **__: Any) -> None:
        raise Killed

    change = house.store.attempts.change

    async def killed_the_second_time(*args: Any) -> Attempt:
        nonlocal changes
        changes += 1
        if changes == 2:  # the first writes down what is to be done
            raise Killed
        return await change(*args)

    with monkeypatch.context() as patch:
        if step == "record":
            patch.setattr(house.service.context.audit, "record", killed)
        elif step == "forget":
            patch.setattr(house.store.answers, "forget", killed)
        else:
            patch.setattr(house.store.attempts, "change", killed_the_second_time)
        with pytest.raises(Killed):
            await house.service.late_answers.delete(attempt.id, "usr_grace", "asked for by Ada")
    assert await house.another().service.late_answers.delete_due() == 1
    assert await kept(house, attempt) == []
    assert [(one.actor, one.details["reason"]) for one in await deletions(house)] == [("usr_grace", "asked for by Ada")]
    assert [(one.count, one.is_done) for one in (await house.read(attempt)).late_deletions] == [(1, True)]


async def test_an_answer_that_comes_after_a_deletion_has_a_time_of_its_own(house: ExamHall) -> None:
    attempt = await handed_in(house, "k2")
    await house.service.late_answers.delete(attempt.id, "usr_grace", "not needed")
    assert (await house.receipt(attempt, given("k4"))).is_late
    assert await kept(house, attempt) == ["k4"]
    assert (await house.read(attempt)).late_due_at_ms > house.clock.now_ms()
