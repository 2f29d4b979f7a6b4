"""Guildhall: everything in one process tree (`all`, the default), one web role of many (`web`), or a check.

`audit [HEAD]` checks the hash chain of the audit log, against a head that was kept elsewhere if one is given.
`verify-credential FILE --keys FILE` checks a credential offline: its token, and the house's published keys.
"""

import argparse
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from guildhall.app import Backbone, build_app
from guildhall.assessments.service.verifying import verify_credential_file
from guildhall.config import Config, load_config
from guildhall.kit.audit.command import report_chain
from guildhall.kit.clock import SystemClock
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
    parser.add_argument("role", nargs="?", choices=["all", "web", "audit", "verify-credential"], default="all")
    parser.add_argument("checked", nargs="?", help="the head of an earlier check, or the file with a credential")
    parser.add_argument("--keys", type=Path, help="what /v1/credentials/keys answers, for `verify-credential`")
    asked = parser.parse_args()
    role: str = asked.role
    if role == "verify-credential":  # needs neither a configuration nor a database
        if asked.checked is None or asked.keys is None:
            parser.error("verify-credential FILE --keys FILE")
        return verify_credential_file(Path(asked.checked), asked.keys, SystemClock().now_ms(), sys.stdout)
    try:
        config = load_config()
    except SettingsError as error:
        sys.stderr.write("Guildhall cannot start with this configuration:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in error.sentences)
        return 2
    configure_logs(config.logs)
    if role == "audit":
        return uvloop.run(check_audit(config, asked.checked))
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
