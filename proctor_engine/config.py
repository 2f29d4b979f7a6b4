"""The `engine` section of config.yaml for an engine process that runs without the platform.

The environment wins over the file: GUILDHALL_ENGINE__CHILDREN=4 sets `children`; REDIS_URL sets `redis_url` where
nothing else does. `${NAME}` and `${NAME:-default}` inside the file's strings are filled from the environment.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from proctor_engine.settings import EngineSettings

ENVIRONMENT_PREFIX = "GUILDHALL_ENGINE__"
REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")


class EngineConfigError(Exception):
    """The configuration cannot be used; the message has one sentence for each fault."""


def choose_file(arguments: Sequence[str], environment: Mapping[str, str]) -> Path | None:
    """The configuration file: the first argument, or GUILDHALL_CONFIG, or ./config.yaml if there is one.

    Raise `EngineConfigError` when a file was named that is not there.
    """
    named = arguments[0] if arguments else environment.get("GUILDHALL_CONFIG")
    file = Path(named or "config.yaml")
    if file.exists():
        return file
    if named:
        raise EngineConfigError(f"There is no configuration file {named}.")
    return None


def load_engine_settings(file: Path | None, environment: Mapping[str, str]) -> EngineSettings:
    """Settings from the file's `engine` section (if there is a file) and the environment. Raise `EngineConfigError`."""
    chosen = {name: _filled(value, environment) for name, value in _engine_section(file).items()}
    chosen |= {
        name.removeprefix(ENVIRONMENT_PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT_PREFIX)
    }
    if not chosen.get("redis_url"):
        chosen["redis_url"] = environment.get("REDIS_URL") or None
    try:
        return EngineSettings.model_validate(chosen)
    except ValidationError as faults:
        sentences = (
            f"engine.{'.'.join(map(str, fault['loc'])) or 'settings'}: {fault['msg']}." for fault in faults.errors()
        )
        raise EngineConfigError(" ".join(sentences)) from faults


def _engine_section(file: Path | None) -> dict[str, Any]:
    if file is None or not file.exists():
        return {}
    try:
        content = yaml.safe_load(file.read_text()) or {}
    except yaml.YAMLError as fault:
        raise EngineConfigError(f"{file} is not YAML: {fault}") from fault
    section = (content.get("engine") or {}) if isinstance(content, dict) else None
    if not isinstance(section, dict):
        raise EngineConfigError(f"{file} must hold a mapping, with a mapping under `engine`.")
    return section


def _filled(value: Any, environment: Mapping[str, str]) -> Any:
    """The value with its `${NAME}` references resolved; one without value or default becomes None when it is all."""
    if not isinstance(value, str):
        return value
    filled = REFERENCE.sub(lambda found: environment.get(found["name"]) or found["default"] or "", value)
    return None if value and not filled else filled
