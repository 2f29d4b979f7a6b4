"""What a proctor is told of somebody who is looked at less often than they should be, in a real browser."""

import asyncio
from contextlib import suppress
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.candidate import FrameSender
from tests.fakes.pictures import a_jpeg
from tests.fakes.server import GuildhallProcess, start_in_thread
from tests.journeys.conftest import Proctor, filming

pytestmark = pytest.mark.browser
FILM = [a_jpeg(320, 240)]


async def test_a_slowed_candidate_stands_out_in_the_grid_and_enlarged_and_both_say_by_how_much(tmp_path: Path) -> None:
    environ = {"GUILDHALL_ENGINE__CHILDREN": "1", "GUILDHALL_ENGINE__DETECTOR": "scripted"}
    server = await start_in_thread(GuildhallProcess(tmp_path, environ))
    try:
        async with filming(tmp_path, ("one_face", 1)) as browser, aiohttp.ClientSession() as http:
            proctor = await Proctor.enter(await browser.new_context(), server.base_url)
            seat = await asyncio.to_thread(server.candidate, "Ada")
            slow = asyncio.create_task(FrameSender(http, server.base_url, seat["token"], FILM).run(1.0, 0.0))
            try:
                await proctor.wait_for_frames("Ada", 4)
                rate = proctor.tiles.first.get_by_test_id("rate")
                await rate.filter(has_text="1 of 5 frames/s").wait_for()
                assert await rate.get_attribute("data-slowed") == ""
                assert "connection is slow" in (await rate.get_attribute("title") or "")

                await proctor.tiles.first.click()
                enlarged = proctor.page.get_by_test_id("enlarged")
                await enlarged.get_by_test_id("rate").filter(has_text="1 of 5 frames/s").wait_for()
                await enlarged.get_by_test_id("slowness").filter(has_text="the engine is full").wait_for()
            finally:
                slow.cancel()
                with suppress(asyncio.CancelledError):
                    await slow
    finally:
        await asyncio.to_thread(server.stop)
