import pytest

from guildhall.proctoring.model.admission import CheckName, full_check_in
from guildhall.proctoring.rules.system_check import CAMERA_ADVICE, Measured, check, checks_left
from guildhall.proctoring.settings import CheckSettings, RuleSettings
from proctor_engine.contract import Observation
from tests.fakes.observations import BLURRED, CALM, COVERED, CROWD, DARK, EMPTY, GLARING, a_face, an_observation
from tests.guildhall.proctoring.rules.test_consenting import an_admission

N = CheckName
WELL = Measured(camera_trouble=None, frames_per_second=15, upload_kbit_s=4_000, clock_offset_ms=200)


def failed(measured: Measured = WELL, seen: Observation | None = CALM) -> dict[CheckName, str]:
    results = check(tuple(N), measured, seen, 7, RuleSettings(), CheckSettings())
    assert results.keys() == set(N)
    assert all(bool(one.advice) is not one.passed for one in results.values())
    return {name: one.advice for name, one in results.items() if not one.passed}


def test_a_calm_candidate_with_a_good_line_passes_everything() -> None:
    assert failed() == {}


@pytest.mark.parametrize(
    ("seen", "names", "says"),
    [
        (DARK, {N.LIGHT, N.FACE}, "Turn on a light"),
        (GLARING, {N.LIGHT, N.FACE}, "too bright"),
        (BLURRED, {N.SHARPNESS, N.FACE}, "Clean the lens"),
        (COVERED, {N.FACE}, "covered"),
        (EMPTY, {N.FACE}, "not in the picture"),
        (CROWD, {N.FACE}, "Sit alone"),
        (an_observation(a_face(interocular_px=20)), {N.FACE}, "Move closer"),
        (an_observation(a_face(light=0.05)), {N.LIGHT}, "in the dark"),
        (None, {N.LIGHT, N.SHARPNESS, N.FACE}, "No picture has arrived"),
    ],
)
def test_what_cannot_be_seen_fails_its_check_and_says_what_to_do(
    seen: Observation | None, names: set[CheckName], says: str
) -> None:
    told = failed(seen=seen)
    assert told.keys() == names
    assert any(says in advice for advice in told.values())


@pytest.mark.parametrize("trouble", [*CAMERA_ADVICE, "unknown"])
def test_each_trouble_of_a_camera_has_its_own_remedy(trouble: str) -> None:
    told = failed(Measured(trouble, 15, 4_000, 0))
    assert told.keys() == {N.CAMERA}


@pytest.mark.parametrize(
    ("measured", "name"),
    [
        (Measured(None, 3, 4_000, 0), N.FRAME_RATE),
        (Measured(None, 15, 100, 0), N.BANDWIDTH),
        (Measured(None, 15, 4_000, -300_000), N.CLOCK),
        (Measured(None, None, 4_000, 0), N.FRAME_RATE),
        (Measured(None, 15, None, 0), N.BANDWIDTH),
        (Measured(None, 15, 4_000, None), N.CLOCK),
    ],
)
def test_a_slow_camera_a_slow_line_and_a_wrong_clock_fail_theirs_alone(measured: Measured, name: CheckName) -> None:
    assert failed(measured).keys() == {name}


def test_only_what_must_pass_keeps_anybody_from_going_on() -> None:
    admission = an_admission(full_check_in(must_pass=(N.CAMERA, N.LIGHT)))
    assert checks_left(admission) == tuple(N)
    dark = check(tuple(N), Measured(None, 1, 1, 10**9), DARK, 7, RuleSettings(), CheckSettings())
    assert checks_left(admission.model_copy(update={"checks": dark})) == (N.LIGHT,)
    lit = check(tuple(N), Measured(None, 1, 1, 10**9), CALM, 8, RuleSettings(), CheckSettings())
    assert checks_left(admission.model_copy(update={"checks": lit})) == ()
