import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from guildhall.kit.http.deadlines import make_deadline
from guildhall.kit.http.guards import Mounted, Mounts
from guildhall.kit.http.problems import DeadlineExceeded
from tests.fakes.things_api import Http


async def test_what_takes_too_long_is_given_up_with_a_problem(http: Http) -> None:
    answer = await http.post("/v1/linger")
    problem = await answer.json()
    assert (answer.status, problem["code"], answer.headers["Retry-After"]) == (503, "deadline-exceeded", "2")
    assert "0.05 seconds" in problem["detail"]


async def test_a_handlers_own_time_out_is_not_taken_for_the_deadline() -> None:
    async def gives_up(_: web.Request) -> web.StreamResponse:
        raise TimeoutError("of its own")

    async def waits(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        raise AssertionError

    request = make_mocked_request("GET", "/")
    mounts = Mounts(Mounted(None, None, 0, 0.01, {}))  # type: ignore[arg-type]  # its rate plays no part here
    deadline = make_deadline(mounts)
    with pytest.raises(TimeoutError, match="of its own"):
        await deadline(request, gives_up)
    with pytest.raises(DeadlineExceeded):
        await deadline(request, waits)
