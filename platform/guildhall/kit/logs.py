"""Logs: one event a line, ours and the libraries' through the same renderer."""

import logging
import sys
from typing import Literal, TextIO

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import BaseModel, ConfigDict
from structlog.stdlib import BoundLogger
from structlog.typing import Processor

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class LogSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["json", "console"] = "console"
    level: Level = "INFO"


_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


class _OurHandler(logging.StreamHandler[TextIO]):
    """Tells our handler from those of others (pytest's), which stay."""


class _FaultsOfClients(logging.Filter):
    """What is no HTTP was logged as an error with a traceback, by anybody who can reach the port, for every request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(fault := record.exc_info[1], HttpProcessingError):
            record.levelno, record.levelname, record.exc_info = logging.INFO, "INFO", None
            where = record.args if isinstance(record.args, tuple) else ()
            record.msg, record.args = "not_http: %s (%s)", (type(fault).__name__, ", ".join(map(str, where)))
        return record.levelno >= logging.getLogger().level


_FAULTS_OF_CLIENTS = _FaultsOfClients()


def configure_logs(settings: LogSettings, stream: TextIO | None = None) -> None:
    """Send every log line of this process, structlog's and the standard library's, to `stream` (stderr).

    Entry points call this once, before anything logs; calling it again replaces the set-up.
    """
    target = sys.stderr if stream is None else stream
    renderer: tuple[Processor, ...]
    if settings.format == "json":
        renderer = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
    else:
        # Plain tracebacks: the rich ones print local variables, and those hold tokens.
        plain = structlog.dev.plain_traceback
        renderer = (structlog.dev.ConsoleRenderer(colors=target.isatty(), exception_formatter=plain),)
    handler = _OurHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=(structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer),
        )
    )
    root = logging.getLogger()
    for replaced in [each for each in root.handlers if isinstance(each, _OurHandler)]:
        root.removeHandler(replaced)
    root.addHandler(handler)
    root.setLevel(settings.level)
    logging.getLogger("aiohttp.server").addFilter(_FAULTS_OF_CLIENTS)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=BoundLogger,
        # Not cached: module-level loggers are made before the set-up, and tests replace it.
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> BoundLogger:
    """Return the logger of a module; events are past-tense names with fields: `log.info("session_opened", id=...)`."""
    logger: BoundLogger = structlog.stdlib.get_logger(name)
    return logger
