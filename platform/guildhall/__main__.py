"""Guildhall: everything in one process tree (`all`, the default), one web role of many (`web`), or `audit`.

`audit` checks the hash chain of the audit log, against a head that was kept elsewhere if one is given.
"""

import argparse
import sys

import uvloop
from aiohttp import web

from guildhall.app import Backbone, build_app
from guildhall.config import Config, load_config
from guildhall.kit.audit.command import report_chain
from guildhall.kit.logs import configure_logs
from guildhall.kit.settings import SettingsError
from guildhall.pages.built_pages import PagesNotBuiltError


async def check_audit(config: Config, head: str | None) -> int:
    backbone = Backbone(config)
    await backbone.storage.start()
    try:
        await backbone.audit_log.ensure()
        return await report_chain(backbone.audit, sys.stdout, head)
    finally:
        await backbone.storage.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="guildhall", description=__doc__)
    parser.add_argument("role", nargs="?", choices=["all", "web", "audit"], default="all")
    parser.add_argument("head", nargs="?", help="of an earlier check, for `audit`")
    asked = parser.parse_args()
    role: str = asked.role
    try:
        config = load_config()
    except SettingsError as error:
        sys.stderr.write("Guildhall cannot start with this configuration:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in error.sentences)
        return 2
    configure_logs(config.logs)
    if role == "audit":
        return uvloop.run(check_audit(config, asked.head))
    try:
        app = build_app(config, with_jobs=role == "all")
    except PagesNotBuiltError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    web.run_app(
        app,
        host=config.http.host,
        port=config.http.port,
        shutdown_timeout=config.http.drain_seconds,
        access_log=None,
        loop=uvloop.new_event_loop(),
        print=lambda _: print(f"Guildhall is ready: http://localhost:{config.http.port}", flush=True),  # noqa: T201
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
