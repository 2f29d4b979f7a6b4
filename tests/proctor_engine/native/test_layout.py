import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from proctor_engine.detectors.model_files import load_parts
from proctor_engine.native.layout import Layout, lay_out

Ends = tuple[int, int]
PLANS = {"mesh": None, "eyes": None, "short": (96, 128), "full": None, "added later": None}


def a_layer(kind: str, source: int, made: int, added: int = -1) -> dict[str, Any]:
    return {"kind": kind, "in": source, "out": made, "add": added, "stride": 1, "channels": 16}


# A picture that is added again after the next layer, which no model of ours has: 1, over 2.
ADDED_LATER = {
    "inputs": [(0, (1, 8, 8, 3))],
    "layers": [a_layer("stem", 0, 1), a_layer("block", 1, 2), a_layer("block", 2, 3, 1), a_layer("block", 3, 4)],
    "outputs": [[(4, 16)]],
}


def head_of(model: str) -> dict[str, Any]:
    if model == "added later":
        return ADDED_LATER
    plan: bytes = getattr(load_parts(), f"{model}_plan")
    head: dict[str, Any] = json.loads(plan.partition(b"\n")[0])
    return head


def with_border(layout: Layout, tensor: int) -> Ends:
    size = layout.sizes[tensor]
    begin = layout.at[tensor] - size.corner
    return begin, begin + (size.rows + 2 * size.border) * size.row


def alive_at_each_layer(head: dict[str, Any]) -> Iterator[tuple[dict[str, Any], set[int]]]:
    """Each layer, and what it or a later one looks at, or whoever runs the network."""
    layers = head["layers"]
    outputs = {tensor for parts in head["outputs"] for tensor, _ in parts}
    made = {tensor for tensor, _ in head["inputs"]}
    for place, layer in enumerate(layers):
        wanted = {later[use] for later in layers[place:] for use in ("in", "add")} | outputs
        yield layer, made & wanted
        made.add(layer["out"])


@pytest.mark.parametrize("model", PLANS)
def test_no_two_pictures_that_are_still_wanted_share_a_place(model: str) -> None:
    head = head_of(model)
    layout = lay_out(head, PLANS[model])
    for _, alive in alive_at_each_layer(head):
        for one, other in combinations(sorted(with_border(layout, tensor) for tensor in alive), 2):
            assert one[1] <= other[0]
    assert all(0 <= begin < end <= layout.numbers for begin, end in (with_border(layout, one) for one in layout.at))


@pytest.mark.parametrize("model", PLANS)
def test_a_layer_writes_over_nothing_wanted_but_the_row_that_it_has_left_behind(model: str) -> None:
    head = head_of(model)
    layout = lay_out(head, PLANS[model])
    for layer, alive in alive_at_each_layer(head):
        begin, end = with_border(layout, layer["out"])
        for tensor in alive - {layer["out"]}:
            own_begin, own_end = with_border(layout, tensor)
            if own_begin < end and begin < own_end:
                assert tensor == layer["in"]
                assert (layer["kind"], layer["stride"]) == ("block", 1)
                assert layout.at[tensor] - layout.at[layer["out"]] == layout.sizes[tensor].row


def test_the_mesh_lies_in_less_than_half_of_what_its_pictures_take() -> None:
    layout = lay_out(head_of("mesh"), None)
    assert layout.numbers < sum(size.all for size in layout.sizes.values()) / 2
