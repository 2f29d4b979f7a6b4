import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from guildhall.config import Config, load_config
from guildhall.kit.settings import SettingsError

COMMITTED = Path(__file__).parents[2] / "config.yaml"
# A setting of the build, not of an owner: where `make pages` puts what browsers load.
NOT_A_KNOB = {"pages.built_folder"}
SCALED = {"MONGO_URL": "mongodb://db", "REDIS_URL": "redis://bus"}


def flat(node: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a tree by its dotted path."""
    if not isinstance(node, dict):
        return {path: node}
    leaves: dict[str, Any] = {}
    for key, inner in node.items():
        leaves |= flat(inner, f"{path}.{key}" if path else key)
    return leaves


def defaults() -> dict[str, Any]:
    return flat(Config().model_dump(mode="json"))


def committed(environ: dict[str, str] | None = None) -> dict[str, Any]:
    return flat(load_config(COMMITTED, environ or {}).model_dump(mode="json"))


def test_the_committed_file_names_every_setting_and_nothing_else() -> None:
    assert flat(yaml.safe_load(COMMITTED.read_text())).keys() == defaults().keys() - NOT_A_KNOB


@pytest.mark.parametrize("name", sorted(defaults()))
def test_the_committed_file_says_the_default_of_each_setting(name: str) -> None:
    assert committed()[name] == defaults()[name]


@pytest.mark.parametrize(
    ("variable", "value", "name", "read"),
    [
        ("HOST", "0.0.0.0", "http.host", "0.0.0.0"),
        ("PORT", "9000", "http.port", 9000),
        ("TOKEN_SECRET", "s" * 40, "security.token_secret", "s" * 40),
        ("MONGO_URL", "mongodb://db", "storage.mongo_url", "mongodb://db"),
        ("REDIS_URL", "redis://bus", "bus.redis_url", "redis://bus"),
        ("REDIS_URL", "redis://bus", "engine.redis_url", "redis://bus"),
        ("GUILDHALL_PROCTORING__FRAME_INTERVAL_MS", "100", "proctoring.frame_interval_ms", 100),
    ],
)
def test_the_environment_fills_in_the_committed_file(variable: str, value: str, name: str, read: object) -> None:
    assert committed({variable: value})[name] == read


def test_an_unknown_key_is_refused_in_a_sentence_with_its_path_and_the_nearest_name(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("proctoring:\n  rules:\n    absent_after_second: 3\n")
    with pytest.raises(SettingsError) as refused:
        load_config(path, {})
    (sentence,) = refused.value.sentences
    assert "`proctoring.rules.absent_after_second` is not a setting here" in sentence
    assert "did you mean `absent_after_seconds`?" in sentence


def test_scaled_mode_without_a_shared_secret_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"security\.token_secret must be set \(TOKEN_SECRET\)"):
        load_config(COMMITTED, SCALED)
    assert load_config(COMMITTED, SCALED | {"TOKEN_SECRET": "s" * 40}).security.token_secret == "s" * 40


def test_without_any_file_everything_is_at_its_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_config(environ={}) == Config()


def test_the_environment_may_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("http:\n  port: 1234\n")
    assert load_config(environ={"GUILDHALL_CONFIG": str(path)}).http.port == 1234
    with pytest.raises(SettingsError, match="cannot be read"):
        load_config(environ={"GUILDHALL_CONFIG": str(tmp_path / "nowhere.yaml")})


def test_a_secret_never_shows_when_the_settings_are_printed() -> None:
    assert "sssss" not in repr(load_config(COMMITTED, {"TOKEN_SECRET": "s" * 40}))
    signing = {"GUILDHALL_SECURITY__SIGNING_SECRETS": json.dumps(["s" * 40])}
    assert load_config(COMMITTED, signing).security.signing_secrets == ("s" * 40,)
    assert "sssss" not in repr(load_config(COMMITTED, signing))
    with pytest.raises(SettingsError, match="at least 32 bytes"):
        load_config(COMMITTED, {"GUILDHALL_SECURITY__SIGNING_SECRETS": '["short"]'})


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    inner = {
        one
        for field in model.model_fields.values()
        if isinstance(one := field.annotation, type) and issubclass(one, BaseModel)
    }
    return {model}.union(*map(models, inner))


@pytest.mark.parametrize("model", [pytest.param(one, id=one.__name__) for one in sorted(models(Config), key=str)])
def test_every_branch_refuses_what_it_does_not_know_and_never_changes(model: type[BaseModel]) -> None:
    assert model.model_config.get("extra") == "forbid"
    assert model.model_config.get("frozen") is True
