"""Over raw TCP: what aiohttp refuses before the pipeline has seen it."""

import asyncio
import json
from email.parser import BytesParser

import pytest

from guildhall.kit.http.unreadable import LINE_BYTES_MAX
from tests.fakes.things_api import Http


async def answer_to(http: Http, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """The whole answer; the server has to close, or this waits for ever."""
    assert http.server.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", http.server.port)
    writer.write(request)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    line, _, fields = head.partition(b"\r\n")
    return int(line.split(b" ", 2)[1]), dict(BytesParser().parsebytes(fields).items()), body


@pytest.mark.parametrize(
    ("request_bytes", "words"),
    [
        (b"GET /v1/things?q=" + b"a" * LINE_BYTES_MAX + b" HTTP/1.1\r\nHost: a\r\n\r\n", "longer than 8190 bytes"),
        (b"GET /v1/things HTTP/1.1\r\nX-Long: " + b"a" * LINE_BYTES_MAX + b"\r\n\r\n", "longer than 8190 bytes"),
        (b"\x16\x03\x01 it is TLS\r\n\r\n", "not HTTP"),
        (b"GET /v1/things HTTP/1.1\r\nno colon\r\n\r\n", "not HTTP"),
    ],
)
async def test_it_is_answered_as_a_problem_like_everything_else(http: Http, request_bytes: bytes, words: str) -> None:
    status, headers, body = await answer_to(http, request_bytes)
    problem = json.loads(body)
    assert (status, headers["Content-Type"]) == (400, "application/problem+json")
    assert (problem["code"], problem["status"]) == ("malformed", 400)
    assert words in problem["detail"]
    assert problem["request_id"].startswith("req_")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "aiohttp" not in str(headers)


async def test_what_was_sent_is_not_quoted_back(http: Http) -> None:
    _, _, body = await answer_to(http, b"GET /<script>alert(1)</script> HTTP/9\r\nno colon\r\n\r\n")
    assert b"script" not in body


async def test_no_traceback_is_logged_for_it(http: Http, caplog: pytest.LogCaptureFixture) -> None:
    await answer_to(http, b"\x16\x03\x01 it is TLS\r\n\r\n")
    assert not [record for record in caplog.records if record.exc_info]
