"""docs/operations.md is read at 3 a.m.: every setting, metric and log line that it names exists."""

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from pydantic import BaseModel

from guildhall.config import Config
from guildhall.kit.http import Telemetry
from guildhall.proctoring.service.figures import FrameFigures
from proctor_engine.contract import EngineHealth

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text()
CODE = "\n".join(
    path.read_text() for folder in ("platform", "proctor_engine", "workers") for path in (ROOT / folder).rglob("*.py")
)
SETTINGS = sorted(set(re.findall(r"`((?:http|engine|proctoring|sockets|storage|bus)\.[a-z_.]+)[:*`]", PAGE)))
METRICS = sorted(set(re.findall(r"\b(?:engine|proctoring|http)_[a-z_]+(?=[`{ \[])", PAGE)))
EVENTS = sorted(set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE)) - set(METRICS))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_named_exists(name: str) -> None:
    model: type[BaseModel] = Config
    for part in name.strip(".").split("."):
        field = model.model_fields[part]
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation


def test_every_metric_named_is_told() -> None:
    telemetry = Telemetry()
    FrameFigures(telemetry.registry, lambda: EngineHealth(1, 1, 0, 0, 0))
    assert isinstance(telemetry.registry, CollectorRegistry)
    told = {sample for family in telemetry.registry.collect() for sample in (family.name, f"{family.name}_total")}
    assert METRICS
    assert set(METRICS) <= told


@pytest.mark.parametrize("event", EVENTS)
def test_every_log_line_named_is_written(event: str) -> None:
    assert event in CODE
