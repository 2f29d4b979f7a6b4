"""Guildhall: everything in one process tree (`all`, the default), one web role of many (`web`), or a check.

`audit [HEAD]` checks the hash chain of the audit log, against a head that was kept elsewhere if one is given.
`ledger [HEAD]` proves the ledger the same way: every entry, every balance, and that all together is zero.
`verify-credential FILE --keys FILE` checks a credential offline: its token, and the house's published keys.
`verify-session ID|FILE` checks all that is stored of a proctored session, here or in a file that `--save` wrote.
`try-rules [EXAM] --set NAME=VALUE` says which flags of past sessions another rule would make appear and vanish.
`verify-evidence FILE [--keys FILE]` checks the evidence pack of a watched exam offline: which file was changed.
`verify-deletion FILE --keys FILE` checks a certificate that what was kept of somebody's looks was destroyed.
`verify-receipt FILE` checks the receipt of an exam offline, and with `--against` also against the configured database.
"""

import argparse
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import uvloop
from aiohttp import web

from guildhall.app import IS_REACHED, build_app
from guildhall.assessments.service.receipt_checking import MISUSED, read_receipt, verify, verify_against
from guildhall.assessments.service.verifying import verify_credential_file
from guildhall.backbone import Backbone
from guildhall.config import Config, load_config
from guildhall.kit.audit.command import report_chain
from guildhall.kit.clock import SystemClock
from guildhall.kit.logs import configure_logs
from guildhall.kit.settings import SettingsError
from guildhall.kit.storage import StorageUnavailable
from guildhall.pages.built_pages import PagesNotBuiltError
from guildhall.payments.service.proving import report as report_ledger
from guildhall.proctoring.service.deletion_checking import verify_deletion_file
from guildhall.proctoring.service.keys import SessionKeys
from guildhall.proctoring.service.pack_checking import verify_pack_file
from guildhall.proctoring.service.signals import SignalLog
from guildhall.proctoring.service.trial_command import MOST, try_on_stored
from guildhall.proctoring.service.trying import RuleTrials
from guildhall.proctoring.service.verifying import verify_session, verify_session_file


async def check_audit(config: Config, head: str | None) -> int:
    backbone = Backbone(config)
    await backbone.storage.start()
    try:
        await backbone.audit_log.ensure()
        return await report_chain(backbone.audit, sys.stdout, head)
    finally:
        await backbone.storage.close()


async def check_ledger(config: Config, head: str | None) -> int:
    backbone = Backbone(config)
    await backbone.storage.start()
    try:
        await backbone.payments.ensure()
        return await report_ledger(backbone.payments.ledger_store, sys.stdout, head)
    finally:
        await backbone.storage.close()


async def check_receipt(config: Config, path: Path) -> int:
    """By itself first, then against what the database holds."""
    document = read_receipt(path, sys.stdout)
    if document is None:
        return MISUSED
    if code := verify(document, sys.stdout):
        return code
    backbone = Backbone(config)
    await backbone.storage.start()
    try:
        await backbone.assessments.context.store.ensure()
        return await verify_against(document, backbone.assessments.context.store, sys.stdout)
    finally:
        await backbone.storage.close()


async def check_session(config: Config, session_id: str, witnesses: str, save: Path | None) -> int:
    backbone = Backbone(config)
    await backbone.storage.start()
    await backbone.blobs.start()
    try:
        await backbone.proctoring.ensure()
        return await verify_session(
            session_id, backbone.proctoring, backbone.blobs, sys.stdout, witnesses=witnesses, save=save
        )
    finally:
        await backbone.blobs.close()
        await backbone.storage.close()


async def try_rules(config: Config, exam_id: str | None, changes: list[str], most: int) -> int:
    """Reads only; a house that runs meanwhile is not disturbed."""
    backbone = Backbone(config)
    await backbone.storage.start()
    try:
        await backbone.proctoring.ensure()
        keys = SessionKeys(backbone.proctoring.signals, backbone.secret)
        log = SignalLog(backbone.proctoring.signals, keys, backbone.clock)
        trials = RuleTrials(backbone.proctoring, log)
        return await try_on_stored(trials, config.proctoring.rules, exam_id, changes, most, sys.stdout)
    finally:
        await backbone.storage.close()


def check_receipt_offline(path: Path) -> int:
    document = read_receipt(path, sys.stdout)
    return MISUSED if document is None else verify(document, sys.stdout)


def say_ready(app: web.Application, config: Config) -> None:
    """Called by aiohttp when the port is open."""
    app[IS_REACHED].set()
    print(f"Guildhall is ready: http://localhost:{config.http.port}", flush=True)  # noqa: T201


def check_offline(role: str, asked: argparse.Namespace) -> int | None:
    """The checks that need neither a configuration nor a database; None for any other role."""
    if role == "verify-receipt" and not asked.against:
        return check_receipt_offline(Path(asked.checked))
    if role == "verify-credential":
        return verify_credential_file(Path(asked.checked), asked.keys, SystemClock().now_ms(), sys.stdout)
    if role == "verify-deletion":
        return verify_deletion_file(Path(asked.checked), asked.keys, sys.stdout)
    if role == "verify-evidence":
        return verify_pack_file(Path(asked.checked), asked.keys, sys.stdout)
    if role == "verify-session" and Path(asked.checked).is_file():
        return verify_session_file(Path(asked.checked), sys.stdout, witnesses=asked.witness)
    return None


STORED_CHECKS: dict[str, Callable[[Config, argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "audit": lambda config, asked: check_audit(config, asked.checked),
    "ledger": lambda config, asked: check_ledger(config, asked.checked),
    "try-rules": lambda config, asked: try_rules(config, asked.checked, asked.changes, asked.most),
    "verify-receipt": lambda config, asked: check_receipt(config, Path(asked.checked)),
    "verify-session": lambda config, asked: check_session(config, asked.checked, asked.witness, asked.save),
}
ROLES = ("all", "web", *STORED_CHECKS, "verify-credential", "verify-deletion", "verify-evidence")


def main() -> int:
    parser = argparse.ArgumentParser(prog="guildhall", description=__doc__)
    parser.add_argument("role", nargs="?", choices=ROLES, default="all")
    parser.add_argument("checked", nargs="?", help="the head of an earlier check, or the file to check")
    parser.add_argument("--keys", type=Path, help="what /v1/credentials/keys answers")
    parser.add_argument("--against", action="store_true", help="compare a receipt with the configured database too")
    parser.add_argument("--witness", default="", help="what an earlier `verify-session` printed, to hold this against")
    parser.add_argument(
        "--save", type=Path, help="write what `verify-session` read into this file, for others to check"
    )
    parser.add_argument("--set", dest="changes", action="append", default=[], help="a rule setting, as NAME=VALUE")
    parser.add_argument("--most", type=int, default=MOST, help="sessions, the newest, that `try-rules` looks at")
    asked = parser.parse_args()
    role: str = asked.role
    if role.startswith("verify-") and asked.checked is None:
        parser.error(f"{role} {'ID|FILE' if role == 'verify-session' else 'FILE'}")
    if role in {"verify-credential", "verify-deletion"} and asked.keys is None:
        parser.error(f"{role} FILE --keys FILE")
    if (code := check_offline(role, asked)) is not None:
        return code
    try:
        config = load_config()
    except SettingsError as error:
        sys.stderr.write("Guildhall cannot start with this configuration:\n")
        sys.stderr.writelines(f"  - {sentence}\n" for sentence in error.sentences)
        return 2
    configure_logs(config.logs)
    try:
        if role in STORED_CHECKS:
            return uvloop.run(STORED_CHECKS[role](config, asked))
        return serve(config, with_jobs=role == "all")
    except StorageUnavailable as error:
        sys.stderr.write(f"Guildhall cannot use its database: {error}\n")
        return 1


def serve(config: Config, *, with_jobs: bool) -> int:
    """Until a signal. Raises StorageUnavailable where this machine's own file cannot be used."""
    try:
        app = build_app(config, with_jobs=with_jobs)
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
        print=lambda _: say_ready(app, config),
    )
    return 0
