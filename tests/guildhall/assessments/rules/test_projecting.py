from guildhall.assessments.model.keys import ItemContent
from guildhall.assessments.rules.projecting import in_order, pictures_of
from tests.guildhall.assessments.written import CONTENTS, content


def test_parts_stand_in_the_order_of_the_form() -> None:
    for kind, name in (("single_choice", "choices"), ("ordering", "parts"), ("matching", "right")):
        question = in_order(content(kind).question, ("c", "a", "b"))
        assert [choice.id for choice in getattr(question, name)] == ["c", "a", "b"]
    assert in_order(content().question, ()) == content().question


def test_all_pictures_of_a_question_are_found() -> None:
    picture = {"blob_id": "pic_1", "alt": "a line", "width_px": 1, "height_px": 1}
    raw = CONTENTS["matching"]
    question = {
        **raw["question"],
        "prompt": {"text": "x", "pictures": [picture]},
        "left": [{"id": "x", "text": "l", "picture": {**picture, "blob_id": "pic_2"}}],
        "right": [{**choice, "picture": {**picture, "blob_id": "pic_3"}} for choice in raw["question"]["right"]],
    }
    given = ItemContent.model_validate({**raw, "question": question})
    assert {one.blob_id for one in pictures_of(given.question)} == {"pic_1", "pic_2", "pic_3"}
