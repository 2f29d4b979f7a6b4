from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from guildhall.kit.settings import SettingsError, load_settings

INTERVAL = "GUILDHALL_PROCTORING__FRAME_INTERVAL_MS"
Write = Callable[[str], Path]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProctoringSettings(Frozen):
    frame_interval_ms: int = Field(default=200, ge=50)
    max_frame_bytes: int = 400_000
    token_secret: str = Field(default="x" * 32, min_length=32)


class RemoteSettings(Frozen):
    host: str
    ports: list[int] = [1]


class EngineSettings(Frozen):
    remote: RemoteSettings | None = None
    origins: tuple[str, ...] = ()
    mode: Literal["fast", "good"] = "good"


class Settings(Frozen):
    proctoring: ProctoringSettings = ProctoringSettings()
    engine: EngineSettings = EngineSettings()
    redis_url: str | None = None


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return path

    return write


def refused(path: Path | None, environ: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(Settings, path, environ)
    return caught.value.sentences


def test_a_file_and_an_environment_make_one_tree_and_the_environment_wins(write: Write) -> None:
    path = write("proctoring:\n  frame_interval_ms: 100\n  max_frame_bytes: 5000\n")
    loaded = load_settings(Settings, path, {INTERVAL: "75", "HOME": "/root"})
    assert loaded == Settings(proctoring=ProctoringSettings(frame_interval_ms=75, max_frame_bytes=5000))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "engine:\n"])
def test_an_empty_file_is_the_defaults_or_says_what_is_empty(write: Write, text: str) -> None:
    if text.startswith("engine"):
        assert refused(write(text), {}) == ["`engine` must be an object with fields, but is empty (from config.yaml)"]
    else:
        assert load_settings(Settings, write(text), {}) == Settings()


def test_a_misspelt_setting_is_refused_by_its_path_with_the_nearest_name(write: Write) -> None:
    assert refused(write("proctoring:\n  frame_intervl_ms: 100\n"), {}) == [
        "config.yaml: `proctoring.frame_intervl_ms` is not a setting here; did you mean `frame_interval_ms`?"
    ]


def test_a_setting_like_no_other_is_answered_with_those_there_are(write: Write) -> None:
    assert refused(write("engine:\n  zzz: 1\n"), {}) == [
        "config.yaml: `engine.zzz` is not a setting here; it knows `remote`, `origins`, `mode`."
    ]


def test_a_variable_with_our_prefix_that_is_no_setting_is_refused() -> None:
    (sentence,) = refused(None, {"GUILDHALL_PROCTORING__FRAME_INTERVL_MS": "75"})
    assert sentence == f"GUILDHALL_PROCTORING__FRAME_INTERVL_MS is not a setting here; did you mean {INTERVAL}?"


def test_a_bad_value_says_the_bound_the_value_and_where_it_came_from(write: Write) -> None:
    assert refused(write("proctoring: {max_frame_bytes: so many}"), {INTERVAL: "5"}) == [
        f"`proctoring.frame_interval_ms` must be greater than or equal to 50, but is 5 (from {INTERVAL})",
        "`proctoring.max_frame_bytes` must be a whole number, but is 'so many' (from config.yaml)",
    ]


def test_everything_that_is_wrong_is_told_at_once(write: Write) -> None:
    path = write("one: 1\nengine: {mode: quick}\nproctoring: {frame_interval_ms: 1}\n")
    assert len(refused(path, {"GUILDHALL_TWO": "2"})) == 4


def test_a_secret_is_never_quoted() -> None:
    (sentence,) = refused(None, {"GUILDHALL_PROCTORING__TOKEN_SECRET": "hunter2"})
    assert "token_secret" in sentence
    assert "hunter2" not in sentence


def test_references_to_the_environment_are_filled_in_with_their_defaults(write: Write) -> None:
    path = write('redis_url: "redis://${HOST}:${PORT:-6379}/$${x}"\n')
    assert load_settings(Settings, path, {"HOST": "here"}).redis_url == "redis://here:6379/${x}"
    assert load_settings(Settings, path, {"HOST": "h", "PORT": "1"}).redis_url == "redis://h:1/${x}"


def test_a_reference_without_default_to_an_unset_variable_is_refused(write: Write) -> None:
    assert refused(write("redis_url: ${REDIS}\n"), {}) == [
        "config.yaml: `redis_url` refers to REDIS, which the environment does not set."
    ]


def test_a_variable_reaches_into_an_optional_part_a_list_and_null() -> None:
    loaded = load_settings(
        Settings,
        None,
        {
            "GUILDHALL_ENGINE__REMOTE__HOST": "far",
            "GUILDHALL_ENGINE__REMOTE__PORTS": "[7, 8]",
            "GUILDHALL_ENGINE__ORIGINS": '["https://a.example"]',
            "GUILDHALL_REDIS_URL": "null",
        },
    )
    assert loaded.engine == EngineSettings(
        remote=RemoteSettings(host="far", ports=[7, 8]), origins=("https://a.example",)
    )
    assert loaded.redis_url is None


def test_an_optional_part_may_be_absent_or_given_whole() -> None:
    assert load_settings(Settings, None, {"GUILDHALL_ENGINE__REMOTE": "null"}).engine.remote is None
    whole = load_settings(Settings, None, {"GUILDHALL_ENGINE__REMOTE": "{host: far}"})
    assert whole.engine.remote == RemoteSettings(host="far")


@pytest.mark.parametrize(
    ("text", "start"), [("a: [", "config.yaml is not YAML"), ("- 1", "config.yaml must be a mapping")]
)
def test_a_file_that_is_no_mapping_is_refused_in_a_sentence(write: Write, text: str, start: str) -> None:
    assert refused(write(text), {})[0].startswith(start)


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.yaml", {})[0].endswith("cannot be read: No such file or directory.")
