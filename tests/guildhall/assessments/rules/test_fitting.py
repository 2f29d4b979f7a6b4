from typing import Any

import pytest
from pydantic import TypeAdapter

from guildhall.assessments.model.questions import Question
from guildhall.assessments.model.responses import Response
from guildhall.assessments.rules.fitting import DoesNotFit, check_fits
from tests.guildhall.assessments.written import CONTENTS

QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
RESPONSE: TypeAdapter[Response] = TypeAdapter(Response)
FILE = {
    "file_id": "a" * 64,
    "name": "drawing.pdf",
    "content_type": "application/pdf",
    "size_bytes": 5,
    "sha256": "a" * 64,
}


def check(kind: str, response: dict[str, Any] | None, **changes: Any) -> None:
    question = QUESTION.validate_python({**CONTENTS[kind]["question"], **changes})
    check_fits(question, None if response is None else RESPONSE.validate_python(response))


@pytest.mark.parametrize("kind", CONTENTS)
def test_every_question_takes_an_answer_back(kind: str) -> None:
    check(kind, None)


@pytest.mark.parametrize(
    ("kind", "response"),
    [
        ("single_choice", {"kind": "chosen", "chosen": ["a"]}),
        ("single_choice", {"kind": "chosen", "chosen": []}),
        ("multiple_choice", {"kind": "chosen", "chosen": ["a", "b", "c"]}),
        ("numeric", {"kind": "written", "text": "about twelve"}),  # being typed: whether it is a number is for grading
        ("short_text", {"kind": "written", "text": ""}),
        ("long_text", {"kind": "written", "text": "x" * 20_000}),
        ("code", {"kind": "written", "text": "def f(): ..."}),
        ("ordering", {"kind": "ordered", "order": ["c"]}),
        ("matching", {"kind": "matched", "pairs": {"x": "a"}}),
        ("matching", {"kind": "matched", "pairs": {"x": "a", "y": "a"}}),
        ("file_upload", {"kind": "filed", "files": [FILE]}),
    ],
)
def test_what_is_right_or_half_finished_fits(kind: str, response: dict[str, Any]) -> None:
    check(kind, response)


@pytest.mark.parametrize(
    ("kind", "response", "words"),
    [
        ("single_choice", {"kind": "written", "text": "a"}, "kind 'chosen'"),
        ("single_choice", {"kind": "chosen", "chosen": ["a", "b"]}, "At most 1"),
        ("single_choice", {"kind": "chosen", "chosen": ["z"]}, "no choice z"),
        ("multiple_choice", {"kind": "chosen", "chosen": ["a", "a"]}, "twice"),
        ("numeric", {"kind": "written", "text": "1" * 61}, "At most 60 characters"),
        ("short_text", {"kind": "written", "text": "x" * 201}, "At most 200 characters fit here; there are 201"),
        ("ordering", {"kind": "ordered", "order": ["a", "a"]}, "twice"),
        ("ordering", {"kind": "ordered", "order": ["x"]}, "no part x"),
        ("matching", {"kind": "matched", "pairs": {"a": "a"}}, "no left part a"),
        ("matching", {"kind": "matched", "pairs": {"x": "x"}}, "no right part x"),
        ("file_upload", {"kind": "filed", "files": [FILE, {**FILE, "file_id": "b" * 64}]}, "At most 1 files"),
        ("file_upload", {"kind": "filed", "files": [{**FILE, "content_type": "video/mp4"}]}, "video/mp4"),
        ("file_upload", {"kind": "filed", "files": [{**FILE, "size_bytes": 2**30}]}, "bytes"),
    ],
)
def test_what_can_never_be_an_answer_is_refused_in_words(kind: str, response: dict[str, Any], words: str) -> None:
    with pytest.raises(DoesNotFit, match=words):
        check(kind, response)


def test_a_choice_of_at_most_two_takes_two() -> None:
    check("multiple_choice", {"kind": "chosen", "chosen": ["a", "b"]}, choose_most=2)
    with pytest.raises(DoesNotFit, match="At most 2"):
        check("multiple_choice", {"kind": "chosen", "chosen": ["a", "b", "c"]}, choose_most=2)
