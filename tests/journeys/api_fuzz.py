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
    server: GuildhallProcess,
    role: str,
    examples: int,
    *,
    briefly: Collection[str] = (),
    only_allowed: Collection[str] = (),
) -> subprocess.CompletedProcess[str]:
    """As one of EVERYBODY; the exit code is 0 when every answer was as documented.

    The operations in `briefly` are called with an example or two, and not with all that their shapes allow and forbid;
    those in `only_allowed` with all that their shapes allow.
    """
    excluded = ENDING if role != "nobody" else ()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "schemathesis.toml"
        settings.write_text(
            _for_each(briefly, "generation.max-examples = 1", "phases.coverage.enabled = false")
            + _for_each(set(only_allowed) - set(briefly), 'generation.mode = "positive"')
        )
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(settings)),
            *("run", f"{server.base_url}/v1/openapi.json", "--url", f"{server.base_url}/v1"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
            *("--max-examples", str(examples), "--workers", "1", "--request-timeout", "20", "--no-color"),
            *(word for name in excluded for word in ("--exclude-operation-id", name)),
        ]
        if role != "nobody":
            command += ["--header", f"Authorization: Bearer {server.bearer(role)}"]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def _for_each(names: Collection[str], *settings: str) -> str:
    """A part of schemathesis's settings that is about these operations."""
    if not names:
        return ""
    return "\n".join(["[[operations]]", f"include-operation-id = {json.dumps(sorted(names))}", *settings, "", ""])


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
    refused = {name for name, permission in operations(server).items() if not is_allowed(PEOPLE[role], permission)}
    return refused | everybodys(server) if role == "proctor" else refused


def refused_to_others(server: GuildhallProcess, role: str) -> set[str]:
    """Operations that `role` need not be refused for a bad shape.

    A shape is looked at before it matters who sent it (stage O2 of `mount`), so of what everybody signed in may call,
    a candidate is told all that is wrong; what is right comes further, and there an administrator is somebody else.
    """
    return everybodys(server) if role == "admin" else set()


def everybodys(server: GuildhallProcess) -> set[str]:
    """What a candidate may call, as anybody signed in may."""
    return {name for name, asked in operations(server).items() if is_allowed(PEOPLE["candidate"], asked)}


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
