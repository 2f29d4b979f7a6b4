"""The OpenAPI document against the running product; `make fuzz-api` is the long form."""

from pathlib import Path

import pytest

from tests.fakes.server import serving
from tests.journeys.api_fuzz import EVERYBODY, call_everything, told_by_others, unlimited


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_operation_answers_as_documented_whoever_calls_it(tmp_path: Path, role: str) -> None:
    with serving(tmp_path, unlimited()) as server:
        ran = call_everything(server, role, examples=2, briefly=told_by_others(server, role))
    assert ran.returncode == 0, ran.stdout[ran.stdout.find("FAILURES") :][:6000]  # the warnings after it are long
    assert "Test cases:" in ran.stdout
