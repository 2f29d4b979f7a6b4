"""`make fuzz-api`: every operation of the OpenAPI document, called with what it allows and what it does not.

Schemathesis makes the calls against the running product and holds each answer to the document: no 5xx, no status that
is not declared, no body of another shape. The short form is `test_api_document.py`; `--examples` sets the length.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Collection, Sequence
from pathlib import Path

from guildhall.accounts.permissions import is_allowed
from guildhall.kit.http.principal import ANONYMOUS, Principal
from tests.fakes.server import GuildhallProcess, serving

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
# Called by somebody signed in, these end what the other calls are made with. Strangers call them all.
ENDING = (
    "end_all_sessions",
    "end_session",
    "sign_out",
    "deactivate_own_account",
    "request_erasure",
    "change_password",
    "confirm_second_factor",
    "drop_second_factor",
)
PEOPLE = {
    "nobody": ANONYMOUS,
    "candidate": Principal(kind="user", id="somebody", roles=frozenset({"agent"})),
    "proctor": Principal(kind="user", id="somebody", roles=frozenset({"proctor"})),
    "admin": Principal(kind="user", id="somebody", roles=frozenset({"admin"})),
}
EVERYBODY = tuple(PEOPLE)


def unlimited() -> dict[str, str]:
    """The product without rate limits and with an engine that costs nothing: the limits have tests of their own."""
    rate = {"anonymous": "999999/minute", "principal": "999999/minute"}
    rates = dict.fromkeys(("read", "write", "auth", "signup", "upload", "mail", "money"), rate)
    return {
        "GUILDHALL_HTTP__RATES": json.dumps(rates),
        "GUILDHALL_HTTP__ADDRESS_RATE": "999999/minute",
        "GUILDHALL_ENGINE__CHILDREN": "1",
        "GUILDHALL_ENGINE__DETECTOR": "scripted",
    }


def call_everything(
    server: GuildhallProcess, role: str, examples: int, *, briefly: Collection[str] = ()
) -> subprocess.CompletedProcess[str]:
    """As one of EVERYBODY; the exit code is 0 when every answer was as documented.

    The operations in `briefly` are called with an example or two, and not with all that their shapes allow and forbid.
    """
    excluded = set(ENDING) if role != "nobody" else set[str]()
    whole = _call(server, role, excluded | set(briefly), "examples,coverage,fuzzing", examples)
    rest = set(operations(server)) - set(briefly)
    if whole.returncode or not set(briefly) - excluded:
        return whole
    return _call(server, role, excluded | rest, "examples,fuzzing", 1)


def operations(server: GuildhallProcess) -> dict[str, str]:
    """The permission that each operation asks for, by its id, as the document says it."""
    with urllib.request.urlopen(f"{server.base_url}/v1/openapi.json", timeout=20) as response:
        document = json.load(response)
    return {one["operationId"]: one["x-permission"] for path in document["paths"].values() for one in path.values()}


def told_by_others(server: GuildhallProcess, role: str) -> set[str]:
    """Operations whose every shape need not be tried as `role`.

    Those that `role` may not call refuse before they read a body, and so answer the same whatever comes; and what
    everybody signed in may call for themselves is tried in every shape as a candidate, who is one of them.
    """
    permissions = operations(server)
    refused = {name for name, permission in permissions.items() if not is_allowed(PEOPLE[role], permission)}
    if role != "proctor":
        return refused
    return refused | {name for name, permission in permissions.items() if is_allowed(PEOPLE["candidate"], permission)}


def _call(
    server: GuildhallProcess, role: str, excluded: Collection[str], phases: str, examples: int
) -> subprocess.CompletedProcess[str]:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.base_url}/v1/openapi.json"),
        *("--url", f"{server.base_url}/v1", "--checks", ",".join(CHECKS), "--phases", phases),
        *("--max-examples", str(examples), "--workers", "1", "--request-timeout", "20", "--no-color"),
        *(word for name in sorted(excluded) for word in ("--exclude-operation-id", name)),
    ]
    if role != "nobody":
        command += ["--header", f"Authorization: Bearer {server.bearer(role)}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(roles: Sequence[str] = EVERYBODY) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200)
    examples: int = parser.parse_args().examples
    failed = 0
    for role in roles:
        with tempfile.TemporaryDirectory() as folder, serving(Path(folder), unlimited()) as server:
            ran = call_everything(server, role, examples)
        sys.stdout.write(f"=== as {role}\n{ran.stdout}{ran.stderr}\n")
        failed |= ran.returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
