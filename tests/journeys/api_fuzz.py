"""`make fuzz-api`: every operation of the OpenAPI document, called with what it allows and what it does not.

Schemathesis makes the calls against the running product and holds each answer to the document: no 5xx, no status that
is not declared, no body of another shape. The short form is `test_api_document.py`; `--examples` sets the length.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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
EVERYBODY = ("nobody", "candidate", "proctor", "admin")


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


def call_everything(server: GuildhallProcess, role: str, examples: int) -> subprocess.CompletedProcess[str]:
    """As one of EVERYBODY; the exit code is 0 when every answer was as documented."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{server.base_url}/v1/openapi.json"),
        *("--url", f"{server.base_url}/v1", "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
        *("--max-examples", str(examples), "--workers", "1", "--request-timeout", "20", "--no-color"),
    ]
    if role != "nobody":
        command += ["--header", f"Authorization: Bearer {server.bearer(role)}"]
        command += [word for name in ENDING for word in ("--exclude-operation-id", name)]
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
