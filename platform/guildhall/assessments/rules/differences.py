"""What changed between two versions of a document, field by field, as authors read it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

_SHOWN_CHARACTERS: Final = 2_000


class Changed(NamedTuple):
    """One field; None where it was not there, or is not any more."""

    path: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Changed, ...]:
    """Every field that differs, in the order of the newer document, then those that are gone.

    Parts of a list that have an `id` are compared by it, so that one part more is one difference. Their order is a
    difference of its own, `...order`.
    """
    old, new = dict(_fields("", before)), dict(_fields("", after))
    return tuple(
        Changed(path, old.get(path), new.get(path))
        for path in dict.fromkeys((*new, *old))
        if old.get(path) != new.get(path)
    )


def _fields(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _fields(f"{path}.{name}" if path else str(name), one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        ids = [one["id"] for one in value if isinstance(one, Mapping) and "id" in one]
        names = ids if len(set(ids)) == len(value) else [str(index) for index in range(len(value))]
        if ids and names is ids:
            yield f"{path}.order", ", ".join(ids)
        for name, one in zip(names, value, strict=True):
            yield from _fields(f"{path}.{name}", one)
    elif value is not None:
        yield path, str(value)[:_SHOWN_CHARACTERS]
