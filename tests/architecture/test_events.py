"""Whatever people are told, programs can be told: each notice of the work has an event, and no two share one."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from guildhall.gigs.rules import events as gig_events
from guildhall.notifications.model import EventType, event_type
from guildhall.opportunities.lifecycle import OfferState
from guildhall.opportunities.rules import events as opportunity_events

_KIND_AT: Mapping[str, int] = {"tell": 2, "tell_both": 1, "to_agent": 0, "to_client": 0, "_applicants": 0, "_told": 1}
"""By the function that makes a notice, which of its arguments is the kind of it."""


def kinds_in(module: ModuleType, prefix: str) -> Iterator[str]:
    for path in Path(str(module.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in _KIND_AT or len(node.args) <= _KIND_AT[name]:
                continue
            for leaf in ast.walk(node.args[_KIND_AT[name]]):
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str) and leaf.value not in {"", "offer_"}:
                    yield prefix + leaf.value


@pytest.mark.parametrize(("module", "prefix"), [(gig_events, "gig_"), (opportunity_events, "")])
def test_every_notice_has_an_event_with_words(module: ModuleType, prefix: str) -> None:
    types: Mapping[str, EventType] = module.TYPES
    found = set(kinds_in(module, prefix))
    assert len(found) > 10
    assert found <= set(types), f"name the event and say when it comes, in {module.__name__}"
    assert all(one.words for one in types.values())
    ends = {OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.EXPIRED}
    spoken = {f"offer_{one.value}" for one in ends} if prefix == "" else set()
    assert set(types) <= found | spoken


def test_names_are_two_words_and_never_the_same() -> None:
    names = [one.name for types in (gig_events.TYPES, opportunity_events.TYPES) for one in types.values()]
    assert len(names) == len(set(names))
    assert all(name.count(".") == 1 and name.replace(".", "").replace("_", "").isalpha() for name in names)


def test_what_nobody_has_named_yet_still_has_a_name() -> None:
    assert event_type({}, "gig_sung_about") == EventType("gig.sung_about", "")
