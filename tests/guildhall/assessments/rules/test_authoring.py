from copy import deepcopy
from typing import Any

import pytest

from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.rules.authoring import flaws_of_item
from tests.guildhall.assessments.written import CONTENTS


@pytest.mark.parametrize("kind", list(CONTENTS))
def test_what_is_right_has_no_flaw(kind: str) -> None:
    assert flaws_of_item(ItemContent.model_validate(CONTENTS[kind])) == ()


PICTURE = {"blob_id": "pic_1", "width_px": 10, "height_px": 10}
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("single_choice", {"key.correct": ["a", "b"]}, "key.correct", "exactly one choice"),
    ("single_choice", {"key.correct": ["z"]}, "key.correct", "no choice z"),
    ("single_choice", {"key": {"kind": "numeric", "value": "1"}}, "key.kind", "needs which choices are right"),
    ("single_choice", {"question.prompt.text": "  \n"}, "question.prompt.text", "only spaces"),
    ("single_choice", {"question.choices.1.id": "a"}, "question.choices.1.id", "id a already"),
    ("single_choice", {"question.choices.2.text": "one"}, "question.choices.2.text", "reads the same"),
    (
        "single_choice",
        {"question.prompt.pictures": [{**PICTURE, "alt": "chart.PNG"}]},
        "question.prompt.pictures.0.alt",
        "what the picture shows",
    ),
    (
        "single_choice",
        {"question.choices.0.picture": {**PICTURE, "alt": "image"}},
        "question.choices.0.picture.alt",
        "what the picture shows",
    ),
    ("multiple_choice", {"key.correct": ["a", "a"]}, "key.correct", "named twice"),
    ("multiple_choice", {"question.choose_most": 9}, "question.choose_most", "allow 3 at most"),
    ("multiple_choice", {"question.choose_most": 1}, "key.correct", "allow 2"),
    ("numeric", {"key.tolerance": "-1"}, "key.tolerance", "0 or more"),
    ("numeric", {"key.value": "0", "key.is_relative": True}, "key.tolerance", "no share"),
    ("numeric", {"key.tolerance": "5", "key.is_relative": True}, "key.tolerance", "one percent"),
    ("short_text", {"key.accepted": ["Ada", " ada  "]}, "key.accepted.1", "accepted already"),
    ("short_text", {"question.characters_max": 5}, "key.accepted.1", "Nobody can type it"),
    ("short_text", {"key": {"kind": "choice", "correct": ["a"]}}, "key.kind", "the accepted texts or a rubric"),
    ("ordering", {"key.order": ["c", "a"]}, "key.order", "1 have none"),
    ("ordering", {"key.order": ["c", "a", "c"]}, "key.order", "named twice"),
    ("matching", {"key.pairs": {"x": "a"}}, "question.left.1", "which entry on the right"),
    ("matching", {"key.pairs": {"x": "a", "y": "q"}}, "key.pairs", "no entry on the right q"),
    ("matching", {"key.pairs": {"x": "a", "y": "b", "z": "b"}}, "key.pairs", "no entry on the left z"),
    ("long_text", {"key.criteria.0.centipoints": 0}, "key.criteria.0.centipoints", "earns nothing"),
    (
        "long_text",
        {
            "key.criteria": [
                {"id": "c1", "title": "One", "centipoints": 1},
                {"id": "c1", "title": "Two", "centipoints": 1},
            ]
        },
        "key.criteria",
        "id c1",
    ),
    ("code", {"question.starter": "x" * 11, "question.characters_max": 10}, "question.starter", "longer than the 10"),
    ("file_upload", {"question.content_types": []}, "question.content_types", "at least one"),
    ("file_upload", {"question.content_types": ["pdf"]}, "question.content_types.0", "application/pdf"),
]


@pytest.mark.parametrize(("kind", "changes", "path", "words"), CASES)
def test_a_flaw_names_its_field_and_says_what_to_do(kind: str, changes: dict[str, Any], path: str, words: str) -> None:
    flaws = flaws_of_item(ItemContent.model_validate(_changed(CONTENTS[kind], changes)))
    assert path in {flaw.path for flaw in flaws}
    assert any(words in flaw.sentence for flaw in flaws if flaw.path == path), flaws


def test_choices_that_read_the_same_may_differ_by_their_pictures() -> None:
    pictures = {f"question.choices.{n}.picture": {**PICTURE, "alt": f"shape {n}"} for n in range(3)}
    same = {f"question.choices.{n}.text": "This one" for n in range(3)}
    content = ItemContent.model_validate(_changed(CONTENTS["single_choice"], {**pictures, **same}))
    assert flaws_of_item(content) == ()


def _changed(content: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    new = deepcopy(content)
    for path, value in changes.items():
        *way, last = path.split(".")
        at: Any = new
        for step in way:
            at = at[int(step)] if isinstance(at, list) else at[step]
        at[int(last) if isinstance(at, list) else last] = value
    return new
