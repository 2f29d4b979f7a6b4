"""`python -m proctor_engine [config.yaml]`: an engine process that takes its frames from Redis.

Without an argument the file is the one that GUILDHALL_CONFIG names, as for the platform, else ./config.yaml.
"""

import asyncio
import contextlib
import logging
import os
import signal
import sys

import uvloop

from proctor_engine.config import EngineConfigError, choose_file, load_engine_settings
from proctor_engine.server import EngineServer


async def serve(server: EngineServer) -> None:
    """Run until SIGINT or SIGTERM."""
    running = asyncio.ensure_future(server.run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await running


def main() -> None:
    """Read the configuration, serve, end without a trace of children."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        server = EngineServer(load_engine_settings(choose_file(sys.argv[1:], os.environ), os.environ))
    except (EngineConfigError, ValueError) as fault:
        sys.exit(str(fault))
    uvloop.run(serve(server))


if __name__ == "__main__":
    main()
