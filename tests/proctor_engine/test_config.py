from pathlib import Path

import pytest

from proctor_engine.config import EngineConfigError, choose_file, load_engine_settings
from proctor_engine.settings import EngineSettings


def write(folder: Path, text: str) -> Path:
    file = folder / "config.yaml"
    file.write_text(text)
    return file


def test_without_file_or_environment_everything_has_its_default(tmp_path: Path) -> None:
    assert load_engine_settings(tmp_path / "absent.yaml", {}) == EngineSettings()
    assert load_engine_settings(None, {}) == EngineSettings()


def test_the_engine_section_counts_and_the_rest_of_the_file_does_not(tmp_path: Path) -> None:
    file = write(tmp_path, "proctoring: {whatever: 1}\nengine:\n  children: 3\n  detector: scripted\n")
    settings = load_engine_settings(file, {})
    assert (settings.children, settings.detector) == (3, "scripted")


def test_the_file_is_the_one_named_by_argument_then_by_environment_then_the_one_that_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert choose_file([], {}) is None
    here = write(tmp_path, "")
    other, third = tmp_path / "other.yaml", tmp_path / "third.yaml"
    for file in (other, third):
        file.touch()
    assert choose_file([], {}) == here.relative_to(tmp_path)
    assert choose_file([], {"GUILDHALL_CONFIG": str(other)}) == other
    assert choose_file([str(third)], {"GUILDHALL_CONFIG": str(other)}) == third


def test_a_named_file_that_is_not_there_is_told() -> None:
    with pytest.raises(EngineConfigError, match=r"no configuration file nowhere\.yaml"):
        choose_file([], {"GUILDHALL_CONFIG": "nowhere.yaml"})


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "engine: {children: 3, niceness: 4}\n")
    settings = load_engine_settings(file, {"GUILDHALL_ENGINE__CHILDREN": "5", "GUILDHALL_WEB__PORT": "80"})
    assert (settings.children, settings.niceness) == (5, 4)


@pytest.mark.parametrize("text", ["engine: {redis_url: '${REDIS_URL}'}", "engine: {redis_url: null}", "engine:", ""])
def test_redis_is_named_by_the_environment(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    assert load_engine_settings(file, {"REDIS_URL": "redis://there:1"}).redis_url == "redis://there:1"
    assert load_engine_settings(file, {}).redis_url is None


def test_a_reference_falls_back_to_its_default(tmp_path: Path) -> None:
    file = write(tmp_path, "engine: {stream_prefix: '${PLACE:-here}:frames'}")
    assert load_engine_settings(file, {}).stream_prefix == "here:frames"
    assert load_engine_settings(file, {"PLACE": "there"}).stream_prefix == "there:frames"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("engine: {childs: 3}", "engine.childs: Extra inputs are not permitted."),
        ("engine: {children: many}", "engine.children: Input should be a valid integer"),
        ("engine: [1]", "must hold a mapping"),
        ("- 1", "must hold a mapping"),
        ("engine: {", "is not YAML"),
    ],
)
def test_a_fault_is_told_by_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(EngineConfigError) as fault:
        load_engine_settings(write(tmp_path, text), {})
    assert sentence in str(fault.value)
