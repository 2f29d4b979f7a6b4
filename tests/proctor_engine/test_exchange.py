import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor_engine.contract import Observation
from proctor_engine.exchange import (
    MOST_ADDED_BYTES,
    Answer,
    Question,
    pack_answer,
    pack_question,
    unpack_answer,
    unpack_question,
)

questions = st.builds(Question, st.integers(-(1 << 62), 1 << 62), st.binary(max_size=1_000), st.binary(max_size=100))


@given(questions)
def test_a_question_survives_its_journey_and_stays_within_its_limit(question: Question) -> None:
    packed = pack_question(question)
    assert unpack_question(packed) == question
    assert len(packed) <= len(question.jpeg) + MOST_ADDED_BYTES


def test_an_answer_survives_its_journey() -> None:
    answer = Answer(b"remember", Observation(640, 480, 0.5, 0.25, 0.5, 4_000, ()))
    assert unpack_answer(pack_answer(answer)) == answer


@pytest.mark.parametrize("unpack", [unpack_question, unpack_answer])
def test_bytes_that_end_too_soon_are_an_error(unpack: object) -> None:
    assert callable(unpack)
    with pytest.raises(struct.error):
        unpack(b"")
