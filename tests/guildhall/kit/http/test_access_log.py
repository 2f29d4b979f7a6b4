import io
import json

from aiohttp import web
from pytest_aiohttp import AiohttpClient

from guildhall.kit.http import PipelineSettings, mount_root, open_access_log
from guildhall.kit.http.access_log import Line, write_nothing
from guildhall.kit.logs import LogSettings


async def lines_of(aiohttp_client: AiohttpClient, path: str) -> list[Line]:
    lines: list[Line] = []
    app = web.Application()
    mount_root(app, PipelineSettings(), access_log=lines.append)
    await (await aiohttp_client(app)).get(path)
    return lines


def test_a_json_line_is_one_whole_line_like_the_others() -> None:
    stream = io.StringIO()
    open_access_log(LogSettings(format="json"), stream)({"event": "request_answered", "path": "a\nb"})
    (line,) = stream.getvalue().splitlines()
    written = json.loads(line)
    assert written.pop("timestamp").endswith("+00:00")
    assert written == {"event": "request_answered", "path": "a\nb", "logger": "guildhall.access", "level": "info"}


def test_a_quiet_level_writes_none() -> None:
    assert open_access_log(LogSettings(level="WARNING")) is write_nothing


async def test_a_line_says_who_asked_what_and_what_came_of_it(aiohttp_client: AiohttpClient) -> None:
    (line,) = await lines_of(aiohttp_client, "/metrics")
    assert line.pop("ms") >= 0
    assert line.pop("request_id").startswith("req_")
    assert line == {
        "event": "request_answered",
        "method": "GET",
        "route": "/metrics",
        "status": 200,
        "address": "127.0.0.1",
    }


async def test_the_query_is_never_logged_and_a_path_stays_encoded(aiohttp_client: AiohttpClient) -> None:
    (line,) = await lines_of(aiohttp_client, "/no%0Asuch%1b[31mpath?token=secret")
    assert (line["route"], line["problem"]) == ("unmatched", "not-found")
    assert line["path"] == "/no%0Asuch%1B%5B31mpath"
    assert "secret" not in str(line)
