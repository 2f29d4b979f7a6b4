"""`python -m workers`: every job of every domain in one process; run as many as you like."""

import asyncio
import signal
import sys
from contextlib import suppress

import uvloop

from guildhall.backbone import Backbone
from guildhall.config import Config, load_config
from guildhall.jobs import run_jobs
from guildhall.kit.logs import configure_logs, get_logger
from guildhall.kit.settings import SettingsError
from guildhall.kit.storage import StorageUnavailable


async def work(config: Config) -> None:
    """Run the jobs until SIGINT or SIGTERM, which also end a start that waits for the database."""
    running = asyncio.get_running_loop().create_task(run(config), name="worker")

    def stop() -> None:
        if not running.cancelling():  # Ctrl-C under honcho comes twice; the second must not cut the tidying up
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await running


async def run(config: Config) -> None:
    async with Backbone(config).running() as backbone:
        get_logger("workers").info("worker_ready")
        await run_jobs(backbone, config)


def main() -> int:
    try:
        config = load_config()
    except SettingsError as error:
        sys.stderr.write("The worker cannot start with this configuration:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in error.sentences)
        return 2
    configure_logs(config.logs)
    try:
        uvloop.run(work(config))
    except StorageUnavailable as error:
        sys.stderr.write(f"The worker cannot use its database: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
