import re
from enum import StrEnum
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import guildhall.pages
from guildhall.proctoring.messages.acting import ActionNoted, ActionTold, ConversationTold, HandMoved, Said
from guildhall.proctoring.model.cases import ActionKind, Reason, Saying
from guildhall.proctoring.rules.allowing import TOLD

PAGES = Path(guildhall.pages.__file__).parent
MIRROR = (PAGES / "shared" / "acting_told.ts").read_text()
WORDS = (PAGES / "exam_room" / "acting" / "saying.ts").read_text()
MIRRORED: dict[str, type[BaseModel]] = {
    "ActionTold": ActionTold,
    "Saying": Saying,
    "ConversationTold": ConversationTold,
    "ActionNoted": ActionNoted,
    "Said": Said,
    "HandMoved": HandMoved,
}


def interfaces() -> dict[str, dict[str, str]]:
    """Every interface of acting_told.ts: its fields and their types as written."""
    found = re.finditer(r"^export interface (\w+) \{\n(.*?)^\}", MIRROR, re.MULTILINE | re.DOTALL)
    return {one[1]: dict(re.findall(r"readonly (\w+): (.+);", one[2])) for one in found}


def test_every_interface_of_the_candidates_page_is_a_message_of_the_server() -> None:
    assert interfaces().keys() == MIRRORED.keys()


@pytest.mark.parametrize("name", MIRRORED)
def test_the_candidates_page_knows_each_message_by_the_same_fields(name: str) -> None:
    fields = interfaces()[name]
    assert fields.keys() == MIRRORED[name].model_fields.keys()
    for field, model_field in MIRRORED[name].model_fields.items():
        may_be_none = type(None) in getattr(model_field.annotation, "__args__", ())
        assert ("| null" in fields[field]) == may_be_none, field


@pytest.mark.parametrize(("alias", "enum"), [("ActionKind", ActionKind), ("Reason", Reason)])
def test_the_candidates_page_knows_the_same_words(alias: str, enum: type[StrEnum]) -> None:
    written = re.search(rf"^export type {alias} = (.+);", MIRROR, re.MULTILINE)
    assert written is not None
    assert set(re.findall(r'"(\w+)"', written[1])) == {member.value for member in enum}


def test_the_candidates_page_says_both_states_that_the_server_takes() -> None:
    states = get_args(ActionNoted.model_fields["state"].annotation)
    assert set(re.findall(r'"(\w+)"', interfaces()["ActionNoted"]["state"])) == set(states)


def test_a_reason_reads_the_same_in_the_dialog_as_beside_the_clock() -> None:
    written = re.search(r"REASON_WORDS[^=]*= \{\n(.*?)^\};", WORDS, re.MULTILINE | re.DOTALL)
    assert written is not None
    assert dict(re.findall(r'(\w+): "(.+)",', written[1])) == {reason.value: told for reason, told in TOLD.items()}
