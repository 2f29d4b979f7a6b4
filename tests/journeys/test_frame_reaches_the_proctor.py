"""The frame's journey, in real browsers: a camera on one side, a proctor's wall on the other."""

import asyncio
from pathlib import Path

import pytest

from guildhall.proctoring.settings import RuleSettings
from tests.fakes.server import GuildhallProcess
from tests.journeys.conftest import Candidate, Pace, Proctor, filming

pytestmark = pytest.mark.browser
RULES = RuleSettings()


async def test_a_calm_candidate_is_live_on_the_wall_and_raises_nothing_in_30_seconds(
    hall: GuildhallProcess, tmp_path: Path
) -> None:
    async with filming(tmp_path, ("one_face", 6)) as browser:
        context = await browser.new_context()
        proctor = await Proctor.enter(context, hall.base_url)
        await Candidate.enter(context, hall.base_url)
        first = await proctor.wait_for_frames("Ada")
        await asyncio.sleep(30)
        assert await proctor.frames_of("Ada") >= first + 30  # two a second, and a loaded machine may lose half
        assert await proctor.tiles.first.get_attribute("data-faces") == "1"
        assert await proctor.incidents() == []


async def test_an_empty_seat_is_one_incident_within_a_second_and_closes_when_the_face_returns(
    hall: GuildhallProcess, tmp_path: Path
) -> None:
    async with filming(tmp_path, ("one_face", 15), ("empty_room", 7), ("one_face", 90)) as browser:
        context = await browser.new_context()
        proctor = await Proctor.enter(context, hall.base_url)
        await Candidate.enter(context, hall.base_url)
        pace = await Pace.begin(proctor)
        began_ms, shown_ms = await proctor.wait_for_incident("absent", "open", 40)
        late_ms = shown_ms - began_ms - RULES.absent_after_seconds * 1000
        assert 0 <= late_ms < 1000 * await pace.slowness()
        await proctor.wait_for_incident("absent", "closed", 20)
        await asyncio.sleep(10)
        assert await proctor.incidents() == ["absent closed"]


async def test_a_second_face_is_an_incident(hall: GuildhallProcess, tmp_path: Path) -> None:
    async with filming(tmp_path, ("one_face", 10), ("two_faces", 60)) as browser:
        context = await browser.new_context()
        proctor = await Proctor.enter(context, hall.base_url)
        await Candidate.enter(context, hall.base_url)
        pace = await Pace.begin(proctor)
        began_ms, shown_ms = await proctor.wait_for_incident("several_faces", "open", 40)
        late_ms = shown_ms - began_ms - RULES.several_faces_after_seconds * 1000
        assert 0 <= late_ms < 1000 * await pace.slowness()
        assert await proctor.tiles.first.get_attribute("data-faces") == "2"


async def test_a_turned_head_is_looking_away(hall: GuildhallProcess, tmp_path: Path) -> None:
    async with filming(tmp_path, ("one_face", 20), ("head_turn", 60)) as browser:
        context = await browser.new_context()
        proctor = await Proctor.enter(context, hall.base_url)
        await Candidate.enter(context, hall.base_url)
        await proctor.wait_for_incident("looking_away", "open", 60)
        assert {line.split()[0] for line in await proctor.incidents()} == {"looking_away"}
