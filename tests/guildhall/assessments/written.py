"""Items and exams as tests write them: small, and right unless a test wants them wrong."""

from collections.abc import Sequence
from typing import Any

from guildhall.assessments.model.banks import ItemVersion
from guildhall.assessments.model.exams import Draw, ExamPlan, ExamVersion, Pool, Section
from guildhall.assessments.model.keys import ItemContent

CHOICES = [{"id": "a", "text": "one"}, {"id": "b", "text": "two"}, {"id": "c", "text": "three"}]
CONTENTS: dict[str, dict[str, Any]] = {
    "single_choice": {
        "question": {"kind": "single_choice", "prompt": {"text": "Which?"}, "choices": CHOICES},
        "key": {"kind": "choice", "correct": ["b"]},
    },
    "multiple_choice": {
        "question": {"kind": "multiple_choice", "prompt": {"text": "Which ones?"}, "choices": CHOICES},
        "key": {"kind": "choice", "correct": ["a", "c"], "credit": "by_part"},
    },
    "numeric": {
        "question": {"kind": "numeric", "prompt": {"text": "How many?"}, "unit": "m"},
        "key": {"kind": "numeric", "value": "12.50", "tolerance": "0.1"},
    },
    "short_text": {
        "question": {"kind": "short_text", "prompt": {"text": "Who?"}},
        "key": {"kind": "text", "accepted": ["Ada", "Lovelace"]},
    },
    "long_text": {
        "question": {"kind": "long_text", "prompt": {"text": "Why?"}, "words_advised": 200},
        "key": {"kind": "rubric", "criteria": [{"id": "c1", "title": "Reasons", "centipoints": 100}]},
    },
    "ordering": {
        "question": {"kind": "ordering", "prompt": {"text": "In which order?"}, "parts": CHOICES},
        "key": {"kind": "ordering", "order": ["c", "a", "b"]},
    },
    "matching": {
        "question": {
            "kind": "matching",
            "prompt": {"text": "What belongs together?"},
            "left": [{"id": "x", "text": "left one"}, {"id": "y", "text": "left two"}],
            "right": CHOICES,
        },
        "key": {"kind": "matching", "pairs": {"x": "a", "y": "c"}},
    },
    "file_upload": {
        "question": {"kind": "file_upload", "prompt": {"text": "Hand in your drawing."}},
        "key": {"kind": "rubric", "criteria": [{"id": "c1", "title": "Drawing", "centipoints": 200}]},
    },
    "code": {
        "question": {"kind": "code", "prompt": {"text": "Write it."}, "language": "python", "starter": "def f():"},
        "key": {"kind": "rubric", "criteria": [{"id": "c1", "title": "Works", "centipoints": 100}]},
    },
}
"""One of each kind, without a flaw."""


def content(kind: str = "single_choice", **changes: Any) -> ItemContent:
    """Of this kind, with top-level parts replaced."""
    return ItemContent.model_validate({**CONTENTS[kind], **changes})


def item_version(number: int, kind: str = "single_choice", tags: Sequence[str] = ()) -> ItemVersion:
    return ItemVersion(
        id=f"itm_{number:04d}@1",
        created_at_ms=0,
        item_id=f"itm_{number:04d}",
        bank_id="bnk_1",
        content=content(kind),
        tags=tuple(tags),
        difficulty=3,
        published_by="usr_1",
    )


def exam_version(pools: Sequence[Pool], sections: Sequence[Section]) -> ExamVersion:
    return ExamVersion(
        id="exm_1@1",
        created_at_ms=0,
        exam_id="exm_1",
        organisation_id="",
        plan=ExamPlan(title="An exam", duration_seconds=600, sections=tuple(sections)),
        pools=tuple(pools),
        published_by="usr_1",
    )


def section(section_id: str, **changes: Any) -> Section:
    return Section.model_validate(
        {
            "id": section_id,
            "title": section_id,
            "sources": (Draw(bank_id="bnk_1", count=1),),
            **changes,
        }
    )
