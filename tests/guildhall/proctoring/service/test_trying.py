"""A rule change tried on what is stored: by session, page by page, and nothing of it is kept."""

import io

import pytest

from guildhall.proctoring.model import Rule
from guildhall.proctoring.rules.rule_sets import RulesInvalid, changed_rules
from guildhall.proctoring.service.trial_command import MISUSED, read_changes, try_on_stored
from guildhall.proctoring.service.trying import DESTROYED, GOES_ON, NO_LOG, RuleTrials
from tests.fakes.observations import CALM, EMPTY
from tests.guildhall.proctoring.conftest import Hall


@pytest.fixture
def trials(hall: Hall) -> RuleTrials:
    return RuleTrials(hall.store, hall.service.signals)


async def sit(hall: Hall, away_seconds: float, *, leaves: bool = True) -> str:
    session = await hall.invite()
    seat = await hall.seat(session)
    for observation, seconds in ((CALM, 2), (EMPTY, away_seconds), (CALM, 3)):
        await hall.play(seat, observation, seconds)
    if leaves:
        await hall.service.seating.leave(seat)
    return session.id


async def test_a_longer_patience_makes_flags_vanish_and_a_shorter_one_makes_them_appear(
    hall: Hall, trials: RuleTrials
) -> None:
    short, long = await sit(hall, 2), await sit(hall, 6)
    known, before = hall.settings.rules, await hall.entries()
    for seconds, changed in ((30.0, (long, "vanished")), (1.0, (short, "appeared"))):
        page = await trials.page(changed_rules(known, {"absent_after_seconds": seconds}), known)
        told = {
            (one.session_id, way): [flag.rule for flag in getattr(one.trial, way)]
            for one in page.items
            for way in ("appeared", "vanished")
        }
        assert {key: rules for key, rules in told.items() if rules} == {changed: [Rule.ABSENT]}
        assert page.before_id is None
    same = await trials.page(known, known, exam_id="exam-1")
    assert [(one.trial.stayed, one.trial.faults) for one in same.items if one.trial] == [(1, ()), (0, ())]
    assert await hall.entries() == before


async def test_what_cannot_be_tried_is_left_out_and_says_why(hall: Hall, trials: RuleTrials) -> None:
    destroyed, running = await sit(hall, 0), await sit(hall, 0, leaves=False)
    await hall.store.signals.destroy_key(destroyed, 1)
    nobody_came = (await hall.invite()).id
    page = await trials.page(hall.settings.rules, hall.settings.rules)
    assert [(one.session_id, one.why_not) for one in page.items] == [
        (nobody_came, NO_LOG),
        (running, GOES_ON),
        (destroyed, DESTROYED),
    ]


async def test_a_page_ends_when_its_time_is_over_and_the_next_begins_behind_it(hall: Hall, trials: RuleTrials) -> None:
    sat = [await sit(hall, 0) for _ in range(3)]
    rules, found, before_id = hall.settings.rules, [], ""
    while True:
        page = await trials.page(rules, rules, before_id=before_id, seconds=0)
        found += [one.session_id for one in page.items]
        if page.before_id is None:
            break
        before_id = page.before_id
    assert found == sat[::-1]
    by_count = await trials.page(rules, rules, most=2)
    assert ([one.session_id for one in by_count.items], by_count.before_id) == (sat[:0:-1], sat[1])
    assert (await trials.page(rules, rules, exam_id="another")).items == ()


async def test_the_command_tells_each_session_and_the_sum_and_goes_on_over_pages(
    hall: Hall, trials: RuleTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guildhall.proctoring.service.trial_command.SESSIONS", 1)
    away, calm = await sit(hall, 6), await sit(hall, 0)
    out = io.StringIO()
    assert await try_on_stored(trials, hall.settings.rules, None, ["absent_after_seconds=30"], 500, out) == 0
    told = out.getvalue()
    assert told.index(calm) < told.index(away) < told.index("  - absent from ")
    assert told.endswith("Tried on 2 sessions, left out 0: 0 flags stay, 0 appear, 1 (absent 1) vanish.\n")
    out = io.StringIO()
    assert await try_on_stored(trials, hall.settings.rules, None, [], 1, out) == 0
    assert "Tried on 1 sessions" in out.getvalue()


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("absent_after=3", "There is no rule setting absent_after."),
        ("absent_after_seconds=0.1", "absent_after_seconds: Input should be greater than or equal to 0.5."),
        ("absent_after_seconds", "absent_after_seconds: write it as NAME=VALUE."),
    ],
)
async def test_a_setting_that_cannot_be_is_refused_in_a_sentence(
    hall: Hall, trials: RuleTrials, told: str, sentence: str
) -> None:
    out = io.StringIO()
    assert await try_on_stored(trials, hall.settings.rules, None, [told], 5, out) == MISUSED
    assert out.getvalue() == f"{sentence}\n"
    with pytest.raises(RulesInvalid):
        changed_rules(hall.settings.rules, read_changes([told]))


def test_a_list_is_written_with_commas() -> None:
    assert read_changes(["virtual_camera_names=obs, manycam"]) == {"virtual_camera_names": ["obs", "manycam"]}
