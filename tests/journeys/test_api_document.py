"""The OpenAPI document against the running product; `make fuzz-api` is the long form."""

from pathlib import Path

import pytest

from tests.fakes.server import serving
from tests.journeys.api_fuzz import EVERYBODY, call_everything, refused_to_others, told_by_others, unlimited


@pytest.mark.parametrize("role", EVERYBODY)
def test_every_operation_answers_as_documented_whoever_calls_it(tmp_path: Path, role: str) -> None:
    with serving(tmp_path, unlimited()) as server:
        briefly, only_allowed = told_by_others(server, role), refused_to_others(server, role)
        ran = call_everything(server, role, examples=2, briefly=briefly, only_allowed=only_allowed)
    assert ran.returncode == 0, ran.stdout[ran.stdout.find("FAILURES") :][:6000]  # the warnings after it are long
    assert "Test cases:" in ran.stdout
