"""State machines as data: one frozen table a machine.

The table is what enforces (the store's compare-and-set does the rest), what the interface offers (`allowed_actions`,
with the reason for every no), what the tests walk through (every state x event x actor) and what the flowchart in the
documents is drawn from (`as_mermaid`). This module is pure: `move` decides, the caller stores and carries out effects.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from guildhall.kit.errors import Conflict

S = TypeVar("S", bound=StrEnum)
_F = Any  # facts: whatever a machine's guards look at; each guard knows its own type


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition on facts, and the sentence that says why not when it does not hold."""

    name: str
    holds: Callable[[Any], bool]
    refusal: str


@dataclass(frozen=True, slots=True)
class Timer:
    """An event that comes by itself when the state that was entered lasts `after_seconds`."""

    event: str
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Move(Generic[S]):
    """One row: in any of `sources`, `event` by one of `actors` leads to `target` where `guard` holds.

    Several rows may share source, event and actor when their guards tell them apart: the first that holds is taken, so
    only the last of them may go without. `effects` are names of what must follow; `timer` starts on arrival.
    """

    event: str
    sources: frozenset[S]
    target: S
    actors: frozenset[str]
    guard: Guard | None = None
    effects: tuple[str, ...] = ()
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Moved(Generic[S]):
    """What a move leads to: the state to store, the effects to carry out, the timer to set (None: no timer)."""

    target: S
    effects: tuple[str, ...]
    timer: Timer | None


@dataclass(frozen=True, slots=True)
class AllowedAction:
    """An event an actor may think of in the present state; `reason` says why not when it is not allowed."""

    event: str
    allowed: bool
    reason: str | None


class MoveRefused(Conflict):
    """The machine has no such move now; the sentence says what is possible instead."""

    type = "move-refused"

    def __init__(self, machine: str, state: str, event: str, reason: str, possible: tuple[str, ...]) -> None:
        instead = f"possible now: {', '.join(possible)}" if possible else "nothing is possible now"
        super().__init__(f"{str(event)!r} is not possible while the {machine} is {state}: {reason} ({instead}).")
        self.machine = machine
        self.state = state
        self.event = event
        self.reason = reason
        self.possible = possible


class MachineError(ValueError):
    """A table that contradicts itself; raised where the machine is made, so at import."""


@dataclass(frozen=True, slots=True)
class Machine(Generic[S]):
    """A state machine; MachineError when a state cannot be reached, rows are ambiguous or a final state leads on."""

    name: str
    states: type[S]
    initial: S
    final: frozenset[S]
    moves: tuple[Move[S], ...]

    def __post_init__(self) -> None:
        for fault in self._faults():
            raise MachineError(f"{self.name}: {fault}")

    def move(self, state: S, event: str, actor: str, facts: _F) -> Moved[S]:
        """Where `event` by `actor` leads from `state`. Raises MoveRefused."""
        rows = list(self._rows(state, event, actor))
        for row in rows:
            if row.guard is None or row.guard.holds(facts):
                return Moved(row.target, row.effects, row.timer)
        possible = tuple(action.event for action in self.allowed_actions(state, actor, facts) if action.allowed)
        raise MoveRefused(self.name, state.value, event, self._reason(state, event, actor, rows), possible)

    def allowed_actions(self, state: S, actor: str, facts: _F) -> tuple[AllowedAction, ...]:
        """Every event `actor` has in `state`, in the order of the table, allowed or with the reason why not."""
        events = dict.fromkeys(row.event for row in self.moves if state in row.sources and actor in row.actors)
        return tuple(self._action(event, list(self._rows(state, event, actor)), facts) for event in events)

    def as_mermaid(self) -> str:
        """The flowchart of the table: the same text for the same table."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        for state in self.states:
            leaving = (row for row in self.moves if state in row.sources)
            lines.extend(f"    {state.value} --> {row.target.value}: {_label(row)}" for row in leaving)
            if state in self.final:
                lines.append(f"    {state.value} --> [*]")
        return "\n".join(lines) + "\n"

    def _rows(self, state: S, event: str, actor: str) -> Iterator[Move[S]]:
        return (row for row in self.moves if row.event == event and state in row.sources and actor in row.actors)

    def _action(self, event: str, rows: list[Move[S]], facts: _F) -> AllowedAction:
        allowed = any(row.guard is None or row.guard.holds(facts) for row in rows)
        return AllowedAction(event, allowed, None if allowed else _refusals(rows))

    def _reason(self, state: S, event: str, actor: str, rows: list[Move[S]]) -> str:
        if rows:
            return _refusals(rows)
        if any(row.event == event and state in row.sources for row in self.moves):
            return f"that is not for the {actor}"
        if any(row.event == event for row in self.moves):
            return "it belongs to another state"
        return "there is no such event"

    def _faults(self) -> Iterator[str]:
        reached = self._reachable()
        yield from (f"{state.value} cannot be reached." for state in self.states if state not in reached)
        events = {row.event for row in self.moves}
        for row in self.moves:
            if not row.sources or not row.actors:
                yield f"{row.event} has no source or no actor."
            yield from (f"{state.value} is final, yet {row.event} leads on." for state in row.sources & self.final)
            if row.timer is not None and row.timer.event not in events:
                yield f"{row.event} sets a timer for {row.timer.event}, which no row has."
        for state in self.states:
            if state not in self.final and not any(state in row.sources for row in self.moves):
                yield f"{state.value} is not final, yet nothing leads on."
        yield from self._ambiguities()

    def _ambiguities(self) -> Iterator[str]:
        for index, row in enumerate(self.moves):
            for later in self.moves[index + 1 :]:
                shared = row.sources & later.sources
                is_same = row.event == later.event and shared and row.actors & later.actors
                if is_same and (row.guard is None or row.guard == later.guard):
                    yield f"{row.event} in {min(shared).value} has two rows, and nothing tells the second apart."

    def _reachable(self) -> set[S]:
        reached, before = {self.initial}, 0
        while len(reached) > before:
            before = len(reached)
            reached |= {row.target for row in self.moves if row.sources & reached}
        return reached


def _refusals(rows: list[Move[Any]]) -> str:
    return "; ".join(dict.fromkeys(row.guard.refusal for row in rows if row.guard is not None))


def _label(row: Move[Any]) -> str:
    guard = f" [{row.guard.name}]" if row.guard else ""
    effects = f" / {', '.join(row.effects)}" if row.effects else ""
    timer = f" ⏱ {row.timer.event} after {row.timer.after_seconds:g} s" if row.timer else ""
    return f"{row.event} by {' or '.join(sorted(row.actors))}{guard}{effects}{timer}"
