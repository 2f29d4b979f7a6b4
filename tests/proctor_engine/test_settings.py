import os

import pytest
from pydantic import ValidationError

from proctor_engine.settings import EngineSettings


def test_no_number_of_children_means_one_for_each_core() -> None:
    assert EngineSettings().child_count() == len(os.sched_getaffinity(0))
    assert EngineSettings(children=3).child_count() == 3


def test_a_remote_engine_without_redis_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValidationError, match=r"engine\.remote needs engine\.redis_url"):
        EngineSettings(remote=True)


def test_an_unknown_knob_is_refused() -> None:
    with pytest.raises(ValidationError, match="childs"):
        EngineSettings.model_validate({"childs": 2})


def test_settings_travel_to_a_child_unchanged() -> None:
    settings = EngineSettings(children=2, detector="scripted", max_picture_px=640 * 480)
    assert EngineSettings.model_validate_json(settings.model_dump_json()) == settings
