"""The way out: nothing is followed, nothing is waited for long, and no name leads inside."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestServer

from guildhall.notifications.webhooks.service.sending_http import HttpSender
from tests.fakes.receiver import listening


async def test_what_the_other_side_says_is_a_status_and_no_more() -> None:
    async with listening() as receiver, HttpSender(5, allow_loopback=True).running() as sender:
        receiver.answers = {
            "/moved": {"status": 302, "headers": {"location": f"{receiver.url}/elsewhere"}},
            "/busy": {"status": 503, "headers": {"retry-after": "120"}},
            "/never": {"status": 429, "headers": {"retry-after": "9" * 30}},
            "/dated": {"status": 503, "headers": {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}},
            "/long": {"body": b"x" * 3_000_000},
        }
        for path, status, retry_after_ms in (
            ("/fine", 204, 0),
            ("/moved", 302, 0),
            ("/busy", 503, 120_000),
            ("/never", 429, 86_400_000),
            ("/dated", 503, 0),
            ("/long", 200, 0),
        ):
            answered = await sender.post(receiver.url + path, b"{}", {})
            assert (answered.status, answered.retry_after_ms) == (status, retry_after_ms), path
        assert "redirects" in (await sender.post(receiver.url + "/moved", b"{}", {})).reason


async def test_a_name_that_leads_inside_is_not_connected_to_although_it_was_taken_for_public() -> None:
    async with listening() as receiver, HttpSender(5, allow_loopback=False).running() as sender:
        port = receiver.url.rpartition(":")[2]
        for host in ("localhost", "127.0.0.1"):
            answered = await sender.post(f"http://{host}:{port}/", b"{}", {})
            assert (answered.status, answered.reason) == (0, "its address is not public")
        assert receiver.received == []


async def test_nobody_there_no_such_name_and_no_answer_are_told_apart() -> None:
    async def never(_: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", never)
    async with TestServer(app) as server, HttpSender(0.3, allow_loopback=True).running() as sender:
        assert "no answer" in (await sender.post(str(server.make_url("/")), b"{}", {})).reason
        assert (await sender.post("http://127.0.0.1:1/", b"{}", {})).reason == "no connection to it"
        assert (await sender.post("http://2130706433/", b"{}", {})).status == 0
