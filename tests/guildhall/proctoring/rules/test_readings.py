from dataclasses import astuple, fields

from hypothesis import given
from hypothesis import strategies as st

from guildhall.proctoring.model import Look, Reading
from guildhall.proctoring.rules.readings import Sample, four_in_five, look_of, median_reading, sample_of
from tests.fakes.observations import a_face

NUMBERS = st.floats(-180, 180)
SAMPLES = st.builds(Sample, st.just(0), st.builds(Reading, *[NUMBERS] * len(fields(Reading))))


def test_a_sample_has_what_the_face_says_under_the_same_names() -> None:
    face = a_face(yaw_deg=3.0, eye_openness=0.25)
    sample = sample_of(face, 42)
    assert sample.at_ms == 42
    for field in fields(Reading):
        assert getattr(sample.reading, field.name) == getattr(face, field.name)


@given(st.lists(SAMPLES, min_size=1, max_size=20))
def test_the_middle_lies_within_what_was_seen_and_the_spread_is_never_negative(samples: list[Sample]) -> None:
    look = look_of(samples)
    seen = zip(*(astuple(sample.reading) for sample in samples), strict=True)
    for middle, spread, values in zip(astuple(look.middle), astuple(look.spread), seen, strict=True):
        assert min(values) <= middle <= max(values)
        assert 0 <= spread <= max(values) - min(values)
    assert (look.middle, look.count) == (median_reading(samples), len(samples))


def test_one_of_five_that_is_far_away_does_not_widen_the_spread_and_two_do() -> None:
    assert four_in_five([0, 1, 1, 2, 2, 2, 3, 3, 90, 90, 90]) == 90
    assert four_in_five([0, 1, 1, 2, 2, 2, 3, 3, 3, 90, 90]) == 3


def test_a_look_survives_its_way_to_the_database() -> None:
    look = look_of([sample_of(a_face(), 0), sample_of(a_face(yaw_deg=9.0), 1)])
    assert Look.model_validate(look.model_dump(mode="json")) == look
