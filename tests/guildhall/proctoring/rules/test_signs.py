import pytest
from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import CHANNEL_OF, Baseline, Channel, Rule
from guildhall.proctoring.model import SEEN as SEEN_RULES
from guildhall.proctoring.rules import coach
from guildhall.proctoring.rules.calibrated import CENTRE, Calibrated
from guildhall.proctoring.rules.signs import COACHING, away_gaze_limit, describe, is_away, is_clear, read_signs
from guildhall.proctoring.settings import RuleSettings
from proctor_engine.contract import Observation, Visibility
from tests.fakes.observations import (
    BLURRED,
    CALM,
    COVERED,
    CROWD,
    DARK,
    EMPTY,
    GLARING,
    GRAINY,
    NOTHING,
    a_face,
    an_observation,
)

RULES = RuleSettings()
BASELINE = Baseline(yaw_deg=2.0, pitch_deg=-8.0, gaze_x=0.02)
LIMIT = away_gaze_limit(BASELINE, RULES)
SHARES = st.floats(0, 1)
BLIND = (Rule.CAMERA_DARK, Rule.CAMERA_COVERED, Rule.CAMERA_UNCLEAR)


def turned(
    yaw_deg: float | None = 0, pitch_deg: float | None = 0, windows: float = 0, *, gaze_off: bool = False
) -> Calibrated:
    return Calibrated(yaw_deg, pitch_deg, None if gaze_off else CENTRE + windows, None, None, None)


STRAIGHT = turned()


def holding(observation: Observation, direction: Calibrated | None = None) -> set[Rule]:
    signs = read_signs(observation, direction, BASELINE, RULES)
    return {rule for rule, sign in signs.items() if sign}


@pytest.mark.parametrize(
    ("scene", "signs"),
    [
        (CALM, set()),
        (EMPTY, {Rule.ABSENT}),
        (CROWD, {Rule.SEVERAL_FACES}),
        (DARK, {Rule.CAMERA_DARK}),
        (COVERED, {Rule.CAMERA_COVERED}),
        (BLURRED, {Rule.CAMERA_UNCLEAR}),
        (GRAINY, {Rule.CAMERA_UNCLEAR}),
        (GLARING, {Rule.CAMERA_UNCLEAR}),
        (an_observation(contrast=0.2, visibility=NOTHING), {Rule.CAMERA_UNCLEAR}),
        (an_observation(visibility=Visibility(hidden=0.4)), {Rule.CAMERA_COVERED}),
        (an_observation(visibility=Visibility(hidden=0.1)), {Rule.ABSENT}),
        (an_observation(a_face(), visibility=Visibility(hidden=0.4)), set()),
        (an_observation(visibility=Visibility(blur=0.8, hidden=0.4)), {Rule.CAMERA_UNCLEAR}),
        (an_observation(light=0.3, contrast=0.035, visibility=Visibility(detail=0.13)), {Rule.CAMERA_COVERED}),
        (an_observation(light=0.45, contrast=0.055, visibility=Visibility(detail=0.32)), {Rule.ABSENT}),
    ],
    ids=[
        *("calm", "empty", "crowd", "dark", "covered", "blurred", "grainy", "glaring", "all detail gone"),
        *("half covered", "a little hidden", "seen beside what hides", "blurred all over"),
        *("a hand in a noisy picture", "a bare room with one chair"),
    ],
)
def test_each_scene_shows_its_own_sign_and_no_other(scene: Observation, signs: set[Rule]) -> None:
    assert holding(scene, STRAIGHT if scene.faces else None) == signs


@pytest.mark.parametrize(
    ("direction", "away"),
    [
        (turned(yaw_deg=RULES.away_yaw_deg - 1), False),
        (turned(yaw_deg=RULES.away_yaw_deg + 1), True),
        (turned(yaw_deg=-RULES.away_yaw_deg - 1), True),
        (turned(pitch_deg=RULES.away_pitch_deg + 1), True),
        (turned(pitch_deg=-RULES.away_pitch_deg - 1), True),
        (turned(windows=LIMIT + 0.01), True),
        (turned(windows=-LIMIT - 0.01), True),
        (turned(windows=LIMIT - 0.01), False),
    ],
)
def test_away_is_a_turn_of_head_or_eyes_from_the_persons_own_baseline(direction: Calibrated, away: bool) -> None:
    assert (Rule.LOOKING_AWAY in holding(CALM, direction)) is away


def test_without_a_direction_or_a_baseline_looking_away_cannot_be_told() -> None:
    assert read_signs(CALM, None, BASELINE, RULES)[Rule.LOOKING_AWAY] is None
    assert read_signs(CALM, turned(yaw_deg=90), None, RULES)[Rule.LOOKING_AWAY] is None


def test_a_signal_that_is_off_is_never_the_reason_and_all_of_them_off_say_nothing() -> None:
    assert is_away(turned(yaw_deg=None, pitch_deg=0, windows=0), BASELINE, RULES) is False
    assert is_away(turned(yaw_deg=30, gaze_off=True), BASELINE, RULES) is True
    assert is_away(turned(None, None, gaze_off=True), BASELINE, RULES) is None
    assert read_signs(CALM, turned(None, None, gaze_off=True), BASELINE, RULES)[Rule.LOOKING_AWAY] is None


@pytest.mark.parametrize("span", [-0.05, -0.2, -0.4])
def test_eyes_are_away_past_the_windows_edge_and_never_for_a_trifle_in_a_small_window(span: float) -> None:
    limit = away_gaze_limit(BASELINE.model_copy(update={"gaze_x_span": span}), RULES)
    assert limit >= CENTRE + RULES.away_screen
    assert limit * abs(span) >= RULES.away_gaze_least


def test_without_a_check_in_eyes_are_away_at_the_raw_limit() -> None:
    assert LIMIT * RULES.away_gaze / (CENTRE + RULES.away_screen) == pytest.approx(RULES.away_gaze)


SEEN = st.builds(Visibility, SHARES, SHARES, SHARES, SHARES, SHARES)


@given(light=SHARES, contrast=st.floats(0, 0.5), seen=SEEN, yaw_deg=st.floats(-180, 180))
def test_a_picture_that_shows_nothing_never_says_anything_about_behaviour(
    light: float, contrast: float, seen: Visibility, yaw_deg: float
) -> None:
    observation = an_observation(light=light, contrast=contrast, visibility=seen)
    signs = read_signs(observation, turned(yaw_deg=yaw_deg), BASELINE, RULES)
    blind = any(signs[rule] for rule in BLIND)
    assert sum(bool(signs[rule]) for rule in BLIND) <= 1
    for rule in SEEN_RULES:
        if CHANNEL_OF[rule] is Channel.BEHAVIOUR:
            assert (signs[rule] is None) == blind


@given(light=SHARES, contrast=st.floats(0, 0.5), seen=SEEN)
def test_where_a_face_is_seen_it_is_not_the_cameras_fault_that_nobody_is(
    light: float, contrast: float, seen: Visibility
) -> None:
    observation = an_observation(a_face(), light=light, contrast=contrast, visibility=seen)
    assert holding(observation, STRAIGHT) == set()


@pytest.mark.parametrize("scene", [BLURRED, GRAINY, GLARING], ids=["blurred", "grainy", "glaring"])
def test_eyes_in_a_picture_in_which_no_face_would_be_found_are_not_read(scene: Observation) -> None:
    face = an_observation(a_face(), visibility=scene.visibility)
    assert read_signs(face, turned(yaw_deg=60), BASELINE, RULES)[Rule.LOOKING_AWAY] is None


@pytest.mark.parametrize(
    ("scene", "reason"),
    [
        (BLURRED, "Too blurred to see anybody."),
        (GRAINY, "Too much noise in the picture to see anybody."),
        (GLARING, "Too bright to see anybody."),
        (an_observation(visibility=Visibility(blocks=0.6)), "Too coarse a picture to see anybody."),
    ],
)
def test_a_picture_that_is_not_clear_says_what_is_wrong_with_it(scene: Observation, reason: str) -> None:
    assert describe(Rule.CAMERA_UNCLEAR, scene, None) == reason


def test_a_face_is_clear_from_its_least_size_and_light_on() -> None:
    size_px, light = RULES.clear_face_interocular_px, RULES.clear_face_light
    assert is_clear(a_face(interocular_px=size_px, light=light), RULES)
    assert not is_clear(a_face(interocular_px=size_px - 0.1, light=light), RULES)
    assert not is_clear(a_face(interocular_px=size_px, light=light - 0.001), RULES)


@pytest.mark.parametrize(
    ("direction", "sentence"),
    [
        (turned(yaw_deg=30), "Head turned to the picture's right by 30 degrees."),
        (turned(yaw_deg=-30, pitch_deg=10, windows=0.1), "Head turned to the picture's left by 30 degrees."),
        (turned(pitch_deg=25), "Head turned up by 25 degrees."),
        (turned(yaw_deg=10, pitch_deg=-25), "Head turned down by 25 degrees."),
        (turned(yaw_deg=10, windows=-1.2), "Eyes turned to the picture's right."),
        (turned(yaw_deg=10, windows=1.2), "Eyes turned to the picture's left."),
    ],
)
def test_the_reason_names_the_largest_turn_and_its_side(direction: Calibrated, sentence: str) -> None:
    assert describe(Rule.LOOKING_AWAY, CALM, direction) == sentence


def test_the_reason_counts_the_faces() -> None:
    assert describe(Rule.SEVERAL_FACES, CROWD, None) == "2 faces in the picture."


@pytest.mark.parametrize("rule", SEEN_RULES)
def test_every_rule_has_a_reason_in_one_sentence_even_when_nothing_more_is_known(rule: Rule) -> None:
    reason = describe(rule, None, None)
    assert reason[0].isupper()
    assert reason.endswith(".")
    assert reason.count(".") == 1


@pytest.mark.parametrize(
    ("scene", "code"),
    [
        (DARK, "dark"),
        (COVERED, "covered"),
        (BLURRED, "blurred"),
        (GRAINY, "noisy"),
        (GLARING, "glaring"),
        (an_observation(a_face(), visibility=BLURRED.visibility), "blurred"),
        (EMPTY, "no_face"),
        (an_observation(a_face(interocular_px=0.0, landmarked=False)), "face_covered"),
        (an_observation(a_face(interocular_px=20.0, light=0.03)), "too_small"),
        (an_observation(a_face(light=0.03)), "face_dark"),
    ],
    ids=["dark", "covered", "blurred", "grainy", "glaring", "a blurred face", "nobody", "mask", "far away", "shadow"],
)
def test_coaching_says_the_first_thing_that_would_help(scene: Observation, code: str) -> None:
    coaching = coach(scene, RULES)
    assert coaching is not None
    assert (coaching.code, coaching.text) == (code, COACHING[code])


@pytest.mark.parametrize("scene", [CALM, CROWD, an_observation(a_face(yaw_deg=80.0))], ids=["calm", "crowd", "away"])
def test_nobody_who_is_seen_well_is_coached_whatever_they_do(scene: Observation) -> None:
    assert coach(scene, RULES) is None
