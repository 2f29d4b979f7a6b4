import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import CHANNEL_OF, Baseline, Channel, Rule
from guildhall.proctoring.rules import coach
from guildhall.proctoring.rules.signs import COACHING, describe, is_clear, read_signs
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation
from tests.fakes.observations import CALM, COVERED, CROWD, DARK, EMPTY, a_face, an_observation

RULES = RuleSettings()
CENTRE = Baseline(yaw_deg=2.0, pitch_deg=-8.0, gaze_x=0.02)
SHARES = st.floats(0, 1)


def turned(yaw_deg: float = 0, pitch_deg: float = 0, gaze_x: float = 0) -> Baseline:
    return Baseline(
        yaw_deg=CENTRE.yaw_deg + yaw_deg, pitch_deg=CENTRE.pitch_deg + pitch_deg, gaze_x=CENTRE.gaze_x + gaze_x
    )


def holding(observation: Observation, direction: Baseline | None = None) -> set[Rule]:
    signs = read_signs(observation, direction, CENTRE, RULES)
    return {rule for rule, sign in signs.items() if sign}


@pytest.mark.parametrize(
    ("scene", "signs"),
    [
        (CALM, set()),
        (EMPTY, {Rule.ABSENT}),
        (CROWD, {Rule.SEVERAL_FACES}),
        (DARK, {Rule.CAMERA_DARK}),
        (COVERED, {Rule.CAMERA_COVERED}),
    ],
    ids=["calm", "empty", "crowd", "dark", "covered"],
)
def test_each_scene_shows_its_own_sign_and_no_other(scene: Observation, signs: set[Rule]) -> None:
    assert holding(scene, CENTRE if scene.faces else None) == signs


@pytest.mark.parametrize(
    ("direction", "away"),
    [
        (turned(yaw_deg=RULES.away_yaw_deg - 1), False),
        (turned(yaw_deg=RULES.away_yaw_deg + 1), True),
        (turned(yaw_deg=-RULES.away_yaw_deg - 1), True),
        (turned(pitch_deg=RULES.away_pitch_deg + 1), True),
        (turned(pitch_deg=-RULES.away_pitch_deg - 1), True),
        (turned(gaze_x=RULES.away_gaze + 0.01), True),
        (turned(gaze_x=-RULES.away_gaze - 0.01), True),
        (turned(gaze_x=RULES.away_gaze - 0.01), False),
    ],
)
def test_away_is_a_turn_of_head_or_eyes_from_the_persons_own_baseline(direction: Baseline, away: bool) -> None:
    assert (Rule.LOOKING_AWAY in holding(CALM, direction)) is away


def test_without_a_direction_or_a_baseline_looking_away_cannot_be_told() -> None:
    assert read_signs(CALM, None, CENTRE, RULES)[Rule.LOOKING_AWAY] is None
    assert read_signs(CALM, turned(yaw_deg=90), None, RULES)[Rule.LOOKING_AWAY] is None


@given(light=SHARES, contrast=st.floats(0, 0.5), sharpness=SHARES, yaw_deg=st.floats(-180, 180))
def test_a_picture_that_shows_nothing_never_says_anything_about_behaviour(
    light: float, contrast: float, sharpness: float, yaw_deg: float
) -> None:
    observation = an_observation(light=light, contrast=contrast, sharpness=sharpness)
    signs = read_signs(observation, turned(yaw_deg=yaw_deg), CENTRE, RULES)
    blind = signs[Rule.CAMERA_DARK] or signs[Rule.CAMERA_COVERED]
    assert not (signs[Rule.CAMERA_DARK] and signs[Rule.CAMERA_COVERED])
    for rule in Rule:
        if CHANNEL_OF[rule] is Channel.BEHAVIOUR:
            assert (signs[rule] is None) == blind


@given(light=SHARES, contrast=st.floats(0, 0.5), sharpness=SHARES)
def test_where_a_face_is_seen_the_camera_is_neither_dark_nor_covered(
    light: float, contrast: float, sharpness: float
) -> None:
    observation = an_observation(a_face(), light=light, contrast=contrast, sharpness=sharpness)
    assert holding(observation, CENTRE) == set()


def test_a_face_is_clear_from_its_least_size_and_light_on() -> None:
    size_px, light = RULES.clear_face_interocular_px, RULES.clear_face_light
    assert is_clear(a_face(interocular_px=size_px, light=light), RULES)
    assert not is_clear(a_face(interocular_px=size_px - 0.1, light=light), RULES)
    assert not is_clear(a_face(interocular_px=size_px, light=light - 0.001), RULES)


@pytest.mark.parametrize(
    ("direction", "sentence"),
    [
        (turned(yaw_deg=30), "Head turned to the picture's right by 30 degrees."),
        (turned(yaw_deg=-30, pitch_deg=10, gaze_x=0.1), "Head turned to the picture's left by 30 degrees."),
        (turned(pitch_deg=25), "Head turned up by 25 degrees."),
        (turned(yaw_deg=10, pitch_deg=-25), "Head turned down by 25 degrees."),
        (turned(yaw_deg=10, gaze_x=0.4), "Eyes turned to the picture's right."),
        (turned(yaw_deg=10, gaze_x=-0.4), "Eyes turned to the picture's left."),
    ],
)
def test_the_reason_names_the_largest_turn_and_its_side(direction: Baseline, sentence: str) -> None:
    assert describe(Rule.LOOKING_AWAY, CALM, direction, CENTRE) == sentence


def test_the_reason_counts_the_faces() -> None:
    assert describe(Rule.SEVERAL_FACES, CROWD, None, None) == "2 faces in the picture."


@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_a_reason_in_one_sentence_even_when_nothing_more_is_known(rule: Rule) -> None:
    reason = describe(rule, None, None, None)
    assert reason[0].isupper()
    assert reason.endswith(".")
    assert reason.count(".") == 1


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (DARK, "dark"),
        (COVERED, "covered"),
        (EMPTY, "no_face"),
        (an_observation(a_face(interocular_px=20.0, light=0.03)), "too_small"),
        (an_observation(a_face(light=0.03)), "face_dark"),
    ],
    ids=["dark", "covered", "nobody", "far away", "shadow"],
)
def test_coaching_says_the_first_thing_that_would_help(scene: Observation, code: str) -> None:
    coaching = coach(scene, RULES)
    assert coaching is not None
    assert (coaching.code, coaching.text) == (code, COACHING[code])


@pytest.mark.parametrize("scene", [CALM, CROWD, an_observation(a_face(yaw_deg=80.0))], ids=["calm", "crowd", "away"])
def test_nobody_who_is_seen_well_is_coached_whatever_they_do(scene: Observation) -> None:
    assert coach(scene, RULES) is None
