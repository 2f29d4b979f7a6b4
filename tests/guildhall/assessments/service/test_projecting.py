import pytest

from guildhall.assessments.model.attempts import Slot
from guildhall.assessments.service.projecting import show_slot
from tests.guildhall.assessments.written import CONTENTS, content


@pytest.mark.parametrize("kind", list(CONTENTS))
def test_a_slot_shows_the_question_and_nothing_else_of_the_item(kind: str) -> None:
    given = content(kind, rationale="CANARY why")
    shown = show_slot(Slot(id="q1", section_id="s1", version_id="v", centipoints=100), given.question)
    told = shown.model_dump_json()
    assert "CANARY" not in told
    assert '"key"' not in told
    assert "correct" not in told
