"""Calm pictures are few and small; whatever might be the beginning of something brings all of them back at once."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.lifecycle import CheckInState
from guildhall.proctoring.model import Rule
from guildhall.proctoring.rules import Opened, Timeline, judge
from guildhall.proctoring.rules.calming import INTEROCULAR_PX, Asked, Calm, ask_for, notice_calm
from guildhall.proctoring.rules.checking_in import CheckIn
from guildhall.proctoring.rules.looping import Echo
from guildhall.proctoring.settings import ProctoringSettings
from proctor_engine.contract import Observation
from tests.fakes.observations import CALM, COVERED, CROWD, DARK, EMPTY, a_face, an_observation

SETTINGS = ProctoringSettings()
START_MS = 1_800_000_000_000
TURNED = an_observation(a_face(yaw_deg=45.0))
GLANCING = an_observation(a_face(gaze_x=0.5))
ASIDE = an_observation(replace(a_face(), left=0.7))
DOUBTFUL = {"empty": EMPTY, "crowd": CROWD, "dark": DARK, "covered": COVERED, "turned": TURNED, "aside": ASIDE}


class Page:
    """Sends when it is asked to, as the candidate's page does, and keeps what it was asked and what was opened."""

    def __init__(self) -> None:
        self.calm, self.timeline, self.now_ms = Calm(), Timeline(), START_MS
        self.asked: list[Asked] = []
        self.opened: list[tuple[Rule, int]] = []

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def show(self, observation: Observation) -> "Page":
        self.now_ms += self.last.interval_ms if self.asked else SETTINGS.frame_interval_ms
        judgement = judge(self.timeline, observation, self.now_ms, SETTINGS.rules)
        self.timeline = judgement.timeline
        self.opened += [(one.rule, self.now_ms) for one in judgement.changes if isinstance(one, Opened)]
        self.calm = notice_calm(self.calm, self.timeline, observation, judgement.calibrated, SETTINGS)
        self.asked.append(ask_for(self.calm, SETTINGS, is_wanted_whole=False))
        return self

    def play(self, observation: Observation, seconds: float) -> "Page":
        until_ms = self.now_ms + round(seconds * 1000)
        while self.now_ms < until_ms:
            self.show(observation)
        return self


def test_whoever_sits_calmly_is_asked_for_fewer_and_smaller_pictures_after_a_while_and_not_before() -> None:
    page = Page().play(CALM, SETTINGS.calm.after_seconds)
    assert all(asked.is_full for asked in page.asked)
    page.play(CALM, SETTINGS.rules.calibration_seconds + 1)
    assert page.last.interval_ms == SETTINGS.calm.interval_ms
    assert page.last.width_px < SETTINGS.frame_width_px
    assert page.last.width_px / page.last.height_px == pytest.approx(4 / 3, abs=0.01)
    assert page.last.quality == SETTINGS.calm.jpeg_quality
    assert page.opened == []


@pytest.mark.parametrize("name", DOUBTFUL)
def test_the_first_doubtful_picture_brings_everything_back_at_once(name: str) -> None:
    page = Page().play(CALM, 20)
    assert not page.last.is_full
    page.show(DOUBTFUL[name])
    assert page.last == Asked(200, 640, 480, 0.75, is_full=True)


def test_a_glance_is_doubtful_in_its_first_picture_though_the_median_does_not_show_it_yet() -> None:
    page = Page().play(CALM, 20).show(GLANCING)
    assert page.last.is_full
    assert page.timeline.tracks[Rule.LOOKING_AWAY].began_ms is None


@pytest.mark.parametrize(
    ("observation", "rule"), [(EMPTY, Rule.ABSENT), (CROWD, Rule.SEVERAL_FACES), (TURNED, Rule.LOOKING_AWAY)]
)
def test_an_incident_that_begins_in_calm_is_told_no_later_than_one_calm_interval_after_its_time(
    observation: Observation, rule: Rule
) -> None:
    from_calm, from_full = Page().play(CALM, 20), Page().play(CALM, 5)
    delays_ms = []
    for page in (from_calm, from_full):
        began_ms = page.now_ms  # right after a picture: the worst that can happen
        page.play(observation, 8)
        told = dict(page.opened)
        delays_ms.append(told[rule] - began_ms)
    assert delays_ms[0] <= delays_ms[1] + SETTINGS.calm.interval_ms - SETTINGS.frame_interval_ms


def test_calm_comes_back_only_after_a_whole_calm_stretch() -> None:
    page = Page().play(CALM, 20).show(CROWD)
    before = len(page.asked)
    page.play(CALM, SETTINGS.calm.after_seconds)
    assert all(asked.is_full for asked in page.asked[before:-1])
    assert not page.play(CALM, 2).last.is_full


def test_nobody_is_calm_before_their_posture_is_known_nor_while_they_check_in() -> None:
    timeline = replace(Timeline(), check_in=CheckIn(state=CheckInState.RUNNING))
    assert timeline.baseline is None
    calm = Calm(since_ms=0, at_ms=START_MS - 200, width_px=320)
    for seen in (replace(Timeline(), last_at_ms=START_MS), replace(timeline, last_at_ms=START_MS)):
        assert notice_calm(calm, seen, CALM, None, SETTINGS).since_ms is None


def test_a_silence_ends_calm() -> None:
    page = Page().play(CALM, 20)
    page.now_ms += 5_000
    assert page.show(CALM).last.is_full


def test_whoever_is_looked_at_enlarged_or_has_an_open_incident_sends_everything() -> None:
    page = Page().play(CALM, 20)
    assert ask_for(page.calm, SETTINGS, is_wanted_whole=True).is_full


def test_pictures_that_were_seen_before_come_at_full_pace_and_stay_as_large_as_those() -> None:
    page = Page().play(CALM, 20)
    past = replace(page.timeline.feed.past, echoes=(Echo(page.now_ms, 7, (30_000,)),))
    timeline = replace(page.timeline, feed=replace(page.timeline.feed, past=past))
    echoing = notice_calm(page.calm, timeline, CALM, None, SETTINGS)
    asked = ask_for(echoing, SETTINGS, is_wanted_whole=False)
    assert (asked.interval_ms, asked.width_px) == (SETTINGS.frame_interval_ms, page.last.width_px)


@given(st.floats(36.0, 400.0))
def test_a_face_keeps_what_its_landmarks_need_however_far_away_it_is(interocular_px: float) -> None:
    page = Page().play(an_observation(a_face(interocular_px=interocular_px)), 16)
    kept_px = interocular_px * page.last.width_px / SETTINGS.frame_width_px
    assert kept_px >= min(interocular_px, INTEROCULAR_PX) - 0.1
    assert SETTINGS.calm.least_width_px <= page.last.width_px <= SETTINGS.frame_width_px
