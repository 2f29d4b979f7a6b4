"""Dataclasses of which a frame makes a hundred: frozen to the type checker, and made as quickly as plain ones.

A frozen dataclass sets each field through `object.__setattr__`, a call each: with all of a frame's records that came to
some per cent of its processor time (7 in one run beside other load). Whoever writes to a field is told by mypy, which
checks every line of this repository.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from collections.abc import Callable

    Record = TypeVar("Record")

    def record(*, frozen: bool, slots: bool) -> Callable[[type[Record]], type[Record]]:
        """As `dataclass` with the same arguments, without the check while the program runs."""
        assert frozen
        return dataclass(slots=slots, unsafe_hash=True)


__all__ = ["record"]
