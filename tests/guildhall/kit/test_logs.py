import io
import json
import logging

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMethod

from guildhall.kit.logs import LogSettings, configure_logs, get_logger


def written(settings: LogSettings) -> io.StringIO:
    lines = io.StringIO()
    configure_logs(settings, lines)
    return lines


def log_a_crash() -> None:
    token = "hunter" + str(2)
    try:
        int(token)
    except ValueError as error:
        get_logger("sample").exception(
            "crashed", exc_info=RuntimeError("on purpose").with_traceback(error.__traceback__)
        )


def test_an_event_is_one_json_object_a_line() -> None:
    lines = written(LogSettings(format="json"))
    get_logger("guildhall.sample").info("session_opened", session_id="ses_1")
    logged = json.loads(lines.getvalue())
    assert logged.pop("timestamp").endswith("Z")
    assert logged == {"event": "session_opened", "session_id": "ses_1", "logger": "guildhall.sample", "level": "info"}


def test_a_librarys_record_comes_out_the_same_way() -> None:
    lines = written(LogSettings(format="json"))
    logging.getLogger("library").warning("%s is late by %d", "it", 5, extra={"port": 1})
    logged = json.loads(lines.getvalue())
    assert (logged["event"], logged["logger"], logged["level"], logged["port"]) == (
        "it is late by 5",
        "library",
        "warning",
        1,
    )


def test_a_crash_is_within_its_one_line() -> None:
    lines = written(LogSettings(format="json"))
    log_a_crash()
    (line,) = lines.getvalue().splitlines()
    assert "RuntimeError: on purpose" in json.loads(line)["exception"]


@pytest.mark.parametrize("format_", ["json", "console"])
def test_a_traceback_never_shows_the_values_of_variables(format_: str) -> None:
    lines = written(LogSettings.model_validate({"format": format_}))
    log_a_crash()
    assert "on purpose" in lines.getvalue()
    assert "hunter2" not in lines.getvalue()


def test_below_the_level_nothing_is_written() -> None:
    lines = written(LogSettings(format="json", level="WARNING"))
    get_logger("sample").info("quiet")
    logging.getLogger("library").info("quiet")
    assert lines.getvalue() == ""


def test_a_logger_made_before_the_set_up_follows_it_and_lines_are_not_doubled() -> None:
    logger = get_logger("early")
    before = written(LogSettings(format="json"))
    after = written(LogSettings(format="console"))
    logger.info("moved", to="console")
    assert before.getvalue() == ""
    assert len(after.getvalue().splitlines()) == 1
    assert "to=console" in after.getvalue()


def test_what_a_request_binds_is_on_its_lines() -> None:
    lines = written(LogSettings(format="json"))
    with structlog.contextvars.bound_contextvars(request_id="req_1"):
        get_logger("sample").info("answered")
    assert json.loads(lines.getvalue())["request_id"] == "req_1"


def test_what_is_no_http_is_a_line_without_a_traceback_and_a_crash_is_an_error() -> None:
    lines = written(LogSettings(format="json"))
    written_again = written(LogSettings(format="json"))  # the filter is not added twice
    server = logging.getLogger("aiohttp.server")
    server.error("Error handling request from %s", "192.0.2.7", exc_info=BadHttpMethod("\x16\x03\x01"))
    server.error("Error handling request from %s", "192.0.2.7", exc_info=RuntimeError("on purpose"))
    not_http, crash = map(json.loads, written_again.getvalue().splitlines())
    assert lines.getvalue() == ""
    assert (not_http["level"], not_http["event"]) == ("info", "not_http: BadHttpMethod (192.0.2.7)")
    assert "exception" not in not_http
    assert crash["level"] == "error"
    assert "on purpose" in crash["exception"]
