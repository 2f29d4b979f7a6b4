"""The pages' acting.ts knows the same fields and words as the server."""

import re
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel

import guildhall.pages
from guildhall.proctoring.lifecycle.acting import ActionState, SupervisionState
from guildhall.proctoring.messages import acting
from guildhall.proctoring.model.cases import Action, ActionKind, Line, LineKind, Reason
from guildhall.proctoring.rules import allowing
from guildhall.proctoring.service.telling_cases import OFFERS

MIRROR = (Path(guildhall.pages.__file__).parent / "shared" / "acting.ts").read_text()
MIRRORED: dict[str, type[BaseModel]] = {
    "Action": Action,
    "CaseLine": Line,
    "LinesTold": acting.LinesTold,
    "Barred": acting.Barred,
    "Offer": acting.Offer,
    "CaseTold": acting.CaseTold,
    "Ranked": acting.Ranked,
    "Ranking": acting.Ranking,
    "CasesTold": acting.CasesTold,
    "BroadcastSent": acting.BroadcastSent,
    "Settled": acting.Settled,
}
WORDS: dict[str, type[StrEnum]] = {
    "ActionKind": ActionKind,
    "Reason": Reason,
    "ActionState": ActionState,
    "SupervisionState": SupervisionState,
    "LineKind": LineKind,
}


def interfaces() -> dict[str, dict[str, str]]:
    found = re.finditer(r"^export interface (\w+) \{\n(.*?)^\}", MIRROR, re.MULTILINE | re.DOTALL)
    return {one[1]: dict(re.findall(r"readonly (\w+): (.+);", one[2])) for one in found}


def test_every_interface_is_a_message_of_the_server() -> None:
    assert interfaces().keys() == MIRRORED.keys()


@pytest.mark.parametrize("name", MIRRORED)
def test_the_pages_know_each_by_the_same_fields(name: str) -> None:
    fields = interfaces()[name]
    assert fields.keys() == MIRRORED[name].model_fields.keys()
    for field, model_field in MIRRORED[name].model_fields.items():
        may_be_none = type(None) in getattr(model_field.annotation, "__args__", ())
        assert ("| null" in fields[field]) == may_be_none, field


@pytest.mark.parametrize("alias", WORDS)
def test_the_pages_know_the_same_words(alias: str) -> None:
    written = re.search(rf"^export type {alias} = (.+);", MIRROR, re.MULTILINE)
    assert written is not None
    assert set(re.findall(r'"(\w+)"', written[1])) == {member.value for member in WORDS[alias]}


def test_every_action_is_offered_with_all_its_reasons_and_only_ending_an_exam_takes_two() -> None:
    assert {offer.kind: {reason for reason, _ in offer.reasons} for offer in OFFERS} == allowing.REASONS
    terminate = allowing.REASONS[ActionKind.TERMINATE] - allowing.SAFETY
    assert {offer.kind: set(offer.needs_second) for offer in OFFERS if offer.needs_second} == {
        ActionKind.TERMINATE: terminate
    }
