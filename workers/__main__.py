"""`python -m workers`: every job of every domain in one process; run as many as you like."""

import asyncio
import signal
import sys
from contextlib import suppress

import uvloop

from guildhall.backbone import Backbone, run_jobs
from guildhall.config import Config, load_config
from guildhall.kit.logs import configure_logs, get_logger
from guildhall.kit.settings import SettingsError


async def work(config: Config) -> None:
    """Run the jobs until SIGINT or SIGTERM."""
    async with Backbone(config).running() as backbone:
        jobs = asyncio.ensure_future(run_jobs(backbone, config))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, jobs.cancel)
        get_logger("workers").info("worker_ready")
        with suppress(asyncio.CancelledError):
            await jobs


def main() -> int:
    try:
        config = load_config()
    except SettingsError as error:
        sys.stderr.write("The worker cannot start with this configuration:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in error.sentences)
        return 2
    configure_logs(config.logs)
    uvloop.run(work(config))
    return 0


if __name__ == "__main__":
    sys.exit(main())
