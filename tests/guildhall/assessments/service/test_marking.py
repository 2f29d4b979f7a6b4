import asyncio
from typing import Any

import pytest

from guildhall.assessments.lifecycle import ResultState
from guildhall.assessments.model.results import Mark, MarkRole
from guildhall.assessments.rules.marking import NotYours
from guildhall.assessments.service.marking import MarkSeen
from guildhall.assessments.store import NoSuch
from guildhall.kit.errors import Conflict
from tests.guildhall.assessments.hall import Hall, chosen, items, staff, written

ESSAY = {"q0": chosen("b"), "q1": written("Because.")}
TWO = {"markers": 2, "tolerance_percent": 10}
VERSION = "itm_0001@1"


def anything(_: Mark) -> None:
    """Whatever revision it is."""


async def claim(hall: Hall, marker: str) -> MarkSeen | None:
    return await hall.service.marking.claim(staff(marker), "dlv_1", VERSION)


async def give(hall: Hall, marker: str, points: int, comment: str = "") -> MarkSeen:
    """Claim the next one, mark it, and make it final."""
    seen = await claim(hall, marker)
    assert seen is not None
    await hall.service.marking.save(staff(marker), seen.mark.alias, {"c1": points}, comment, anything)
    await hall.service.marking.finish(staff(marker), seen.mark.alias, anything)
    return seen


async def essay(hall: Hall, *names: str, **plan: Any) -> None:
    await hall.open_exam(items("single_choice", "long_text"), **plan)
    for name in names or ("ada",):
        await hall.hand_in(name, ESSAY)
    await hall.tidy()


async def test_automatic_and_marked_items_of_one_form_wait_for_each_other(hall: Hall) -> None:
    await essay(hall)
    result = await hall.result("ada")
    assert (result.state, result.grade.is_pass, result.grade.earned_centipoints) == (ResultState.MARKING, None, 100)
    await give(hall, "mary", 40)
    result = await hall.result("ada")
    assert (result.state, result.grade.earned_centipoints) == (ResultState.RELEASED, 140)


async def test_an_essay_nobody_wrote_asks_nobody_to_mark_it(hall: Hall) -> None:
    await hall.open_exam(items("single_choice", "long_text"))
    await hall.hand_in("ada", {"q0": chosen("b"), "q1": written("  ")})
    await hall.tidy()
    assert (await hall.result("ada")).state is ResultState.RELEASED
    assert await hall.service.marking.queue(staff("mary")) == []


async def test_markers_see_neither_whose_it_is_nor_what_the_other_gave(hall: Hall) -> None:
    await essay(hall, marking=TWO)
    first = await claim(hall, "mary")
    second = await claim(hall, "otto")
    assert first is not None
    assert second is not None
    assert {first.mark.role, second.mark.role} == {MarkRole.FIRST, MarkRole.SECOND}
    for seen in (first, second):
        assert seen.name == ""
        assert not {"ada", "att"} & set(seen.mark.label.casefold().split())
        assert "ada" not in seen.mark.alias
    await hall.service.marking.save(staff("mary"), first.mark.alias, {"c1": 40}, "", anything)
    await hall.service.marking.finish(staff("mary"), first.mark.alias, anything)
    assert (await hall.service.marking.read(staff("otto"), second.mark.alias)).others == ()
    with pytest.raises(NoSuch):
        await hall.service.marking.read(staff("otto"), first.mark.alias)
    await hall.service.marking.save(staff("otto"), second.mark.alias, {"c1": 45}, "", anything)
    await hall.service.marking.finish(staff("otto"), second.mark.alias, anything)
    shown = await hall.service.marking.read(staff("otto"), second.mark.alias)
    assert [mark.points for mark in shown.others] == [{"c1": 40}]


async def test_where_marking_is_open_the_name_is_shown(hall: Hall) -> None:
    await essay(hall, marking={"is_anonymous": False})
    seen = await claim(hall, "mary")
    assert seen is not None
    assert seen.name == "Ada"


async def test_two_within_the_tolerance_are_averaged(hall: Hall) -> None:
    await essay(hall, marking=TWO)
    await give(hall, "mary", 40)
    assert (await hall.result("ada")).state is ResultState.MARKING
    await give(hall, "otto", 45)
    result = await hall.result("ada")
    assert (result.state, result.grade.earned_centipoints) == (ResultState.RELEASED, 143)  # 42.5, away from zero


async def test_two_who_disagree_are_reconciled_by_neither_of_them(hall: Hall) -> None:
    await essay(hall, marking=TWO)
    await give(hall, "mary", 40)
    await give(hall, "otto", 90)
    assert (await hall.result("ada")).state is ResultState.RECONCILING
    assert await claim(hall, "mary") is None
    assert await claim(hall, "otto") is None
    third = await claim(hall, "rosa")
    assert third is not None
    assert third.mark.role is MarkRole.RECONCILING
    assert sorted(mark.points["c1"] for mark in third.others) == [40, 90]
    await give(hall, "rosa", 80)
    result = await hall.result("ada")
    assert (result.state, result.grade.earned_centipoints) == (ResultState.RELEASED, 180)


async def test_nobody_marks_their_own_or_what_their_organisation_does_not_see(hall: Hall) -> None:
    await essay(hall, "ada")
    assert await claim(hall, "ada") is None
    with pytest.raises(NoSuch):
        await hall.service.marking.claim(staff("mary", "org_other"), "dlv_1", VERSION)
    seen = await claim(hall, "mary")
    assert seen is not None
    with pytest.raises(NoSuch):
        await hall.service.marking.read(staff("mary", "org_other"), seen.mark.alias)
    assert await hall.service.marking.queue(staff("mary", "org_other")) == []


async def test_a_claim_comes_back_to_its_marker_and_goes_on_when_its_lease_is_over(hall: Hall) -> None:
    await essay(hall)
    seen = await claim(hall, "mary")
    assert seen is not None
    await hall.service.marking.save(staff("mary"), seen.mark.alias, {"c1": 70}, "so far", anything)
    assert await claim(hall, "otto") is None
    again = await claim(hall, "mary")
    assert again is not None
    assert (again.mark.alias, again.mark.points) == (seen.mark.alias, {"c1": 70})
    hall.clock.advance(31 * 60_000)
    taken = await claim(hall, "otto")
    assert taken is not None
    assert (taken.mark.points, taken.mark.comment) == ({}, "")
    with pytest.raises(NoSuch):
        await hall.service.marking.save(staff("mary"), seen.mark.alias, {"c1": 1}, "", anything)


async def test_two_markers_at_once_never_get_the_same_answer(hall: Hall) -> None:
    names = [f"c{number}" for number in range(12)]
    await essay(hall, *names)
    markers = [f"m{number}" for number in range(6)]
    got: list[str] = []

    async def work(marker: str) -> None:
        while (seen := await claim(hall, marker)) is not None:
            got.append(seen.mark.alias)
            await hall.service.marking.save(staff(marker), seen.mark.alias, {"c1": 50}, "", anything)
            await hall.service.marking.finish(staff(marker), seen.mark.alias, anything)

    await asyncio.gather(*(work(marker) for marker in markers))
    assert len(got) == len(set(got)) == 12
    for name in names:
        assert (await hall.result(name)).state is ResultState.RELEASED


async def test_one_person_in_two_tabs_never_holds_both_roles_of_an_answer(hall: Hall) -> None:
    await essay(hall, marking=TWO)
    seen = await asyncio.gather(*(claim(hall, "mary") for _ in range(8)))
    aliases = {one.mark.alias for one in seen if one is not None}
    held = [mark for mark in await hall.store.marks_of("att_ada") if mark.marker_id == "usr_mary"]
    assert len(held) <= 1
    assert len(aliases) <= 1


async def test_a_final_mark_is_opened_again_with_a_reason_but_not_under_a_released_result(hall: Hall) -> None:
    await essay(hall, release="by_hand")
    seen = await give(hall, "mary", 40)
    assert (await hall.result("ada")).state is ResultState.MARKED
    with pytest.raises(NoSuch):
        await hall.service.marking.reopen(staff("otto"), staff("otto", "org_other"), seen.mark.alias, "A page.")
    opened = await hall.service.marking.reopen(staff("boss"), staff("boss"), seen.mark.alias, "A page was missed.")
    assert (opened.is_final, opened.reopenings[0].reason) == (False, "A page was missed.")
    assert (await hall.result("ada")).state is ResultState.MARKING
    await give(hall, "mary", 60)
    assert (await hall.result("ada")).grade.earned_centipoints == 160
    await hall.service.results.release(staff(), "att_ada")
    with pytest.raises(Conflict, match="Withhold it first"):
        await hall.service.marking.reopen(staff("mary"), staff(), seen.mark.alias, "Again.")
    await hall.service.results.withhold(staff(), "att_ada", "Looked at again.")
    await hall.service.marking.reopen(staff("mary"), staff(), seen.mark.alias, "Again.")
    assert (await hall.result("ada")).state is ResultState.WITHHELD
    with pytest.raises(Conflict, match="opened again"):
        await hall.service.results.release(staff(), "att_ada")
    await give(hall, "mary", 70)
    result = await hall.result("ada")
    assert (result.state, result.grade.earned_centipoints) == (ResultState.WITHHELD, 170)
    told = [(entry.action, entry.actor) for entry in await hall.audit.read(0, 500) if entry.object_type == "mark"]
    finished, by_mary, by_boss = ("assessments.finish_mark", "usr_mary"), "usr_mary", "usr_boss"
    assert told == [
        finished,
        ("assessments.reopen_mark", by_boss),
        finished,
        ("assessments.reopen_mark", by_mary),
        finished,
    ]


async def test_two_who_agree_after_all_need_no_third(hall: Hall) -> None:
    await essay(hall, marking=TWO, release="by_hand")
    await give(hall, "mary", 40)
    other = await give(hall, "otto", 90)
    assert len(await hall.store.marks_of("att_ada")) == 3
    await hall.service.marking.reopen(staff("otto"), staff("otto"), other.mark.alias, "I had misread it.")
    assert (await hall.result("ada")).state is ResultState.MARKING
    await give(hall, "otto", 42)
    assert (await hall.result("ada")).state is ResultState.MARKED
    assert len(await hall.store.marks_of("att_ada")) == 2


async def test_the_queue_tells_how_far_each_question_is(hall: Hall) -> None:
    await essay(hall, "ada", "bob", "cyd")
    await give(hall, "mary", 40)
    await claim(hall, "mary")
    (question,) = await hall.service.marking.queue(staff("mary"))
    assert (question.total, question.final, question.mine_open, question.version.id) == (3, 1, 1, VERSION)
    mine = await hall.service.marking.mine(staff("mary"), "dlv_1", VERSION)
    assert sorted(mark.is_final for mark in mine) == [False, True]


async def test_a_claim_that_is_given_back_is_anybodys(hall: Hall) -> None:
    await essay(hall)
    seen = await claim(hall, "mary")
    assert seen is not None
    await hall.service.marking.give_back(staff("mary"), seen.mark.alias)
    assert await claim(hall, "otto") is not None
    with pytest.raises(NoSuch):
        await hall.service.marking.give_back(staff("mary"), seen.mark.alias)


async def test_an_answer_that_was_changed_after_a_reopening_is_marked_anew(hall: Hall) -> None:
    await essay(hall, release="by_hand")
    await give(hall, "mary", 40)
    await hall.answer("att_ada", {"q1": written("Because of heat.")})
    await hall.close("att_ada")
    await hall.tidy()
    result = await hall.result("ada")
    assert (result.state, result.grade.is_pass) == (ResultState.MARKING, None)
    await give(hall, "otto", 90)
    assert (await hall.result("ada")).grade.earned_centipoints == 190


async def test_marks_left_behind_by_a_kill_are_taken_in_by_the_job(hall: Hall) -> None:
    await essay(hall)
    seen = await claim(hall, "mary")
    assert seen is not None
    done = {"points": {"c1": 40}, "is_final": True, "unsettled": True}
    await hall.store.marks.change(seen.mark.id, 0, lambda one: one.model_copy(update=done))
    await hall.another().tidy()
    assert (await hall.result("ada")).state is ResultState.RELEASED
    assert await hall.store.marks_unsettled() == []


async def test_a_role_is_checked_again_when_the_mark_becomes_final(hall: Hall) -> None:
    await essay(hall, marking=TWO)
    held = {"marker_id": "usr_mary", "points": {"c1": 1}}
    for mark in await hall.store.marks_of("att_ada"):  # as two claims of one person would stand after a kill
        await hall.store.marks.change(mark.id, 0, lambda one: one.model_copy(update=held))
    mark = (await hall.store.marks_of("att_ada"))[0]
    with pytest.raises(NotYours, match="two roles"):
        await hall.service.marking.finish(staff("mary"), mark.alias, anything)
