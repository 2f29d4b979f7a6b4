"""Whether what is asked for may stand in a journal at all, before any balance is looked at."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from guildhall.kit.audit.entry import canonical_json
from guildhall.kit.errors import Invalid
from guildhall.payments.model.chart import kind_of, split_account
from guildhall.payments.model.entries import RESOLVED, Draft, Entry, Line, Lines, Phase, entry_id

LINES_MIN: Final = 2
_SAID: Final = frozenset({"key", "purpose", "lines", "phase", "of", "reverses", "refs", "expires_at_ms"})


class NotAnEntry(Invalid):
    """Lines that no journal takes; the sentence says which rule they break."""

    type = "not-an-entry"
    title = "That cannot be booked"


def check_lines(lines: Sequence[Line]) -> None:
    """At least two, none of them zero, one currency, a sum of zero. Raises NotAnEntry."""
    if len(lines) < LINES_MIN:
        raise NotAnEntry("An entry has at least two lines.")
    if any(line.minor == 0 for line in lines):
        raise NotAnEntry("A line of zero says nothing: leave it out.")
    try:
        currencies = {split_account(line.account)[2] for line in lines}
    except ValueError as error:
        raise NotAnEntry(str(error)) from error
    if len(currencies) > 1:
        raise NotAnEntry(f"An entry is in one currency, not in {' and '.join(sorted(currencies))}.")
    if total := sum(line.minor for line in lines):
        raise NotAnEntry(f"The lines do not balance: debits are {total} minor units more than credits.")


def check_draft(draft: Draft) -> None:
    """Raises NotAnEntry."""
    if draft.phase is not Phase.RESOLVING or draft.lines:
        check_lines(draft.lines)
    if (draft.phase is Phase.RESOLVING) != bool(draft.of):
        raise NotAnEntry("What resolves a pending entry names it, and nothing else does.")
    if draft.expires_at_ms and draft.phase is not Phase.PENDING:
        raise NotAnEntry("Only a pending entry expires.")


def resolving(pending: str, purpose: str, by: str, lines: Lines, refs: dict[str, str]) -> Draft:
    """What posts a pending entry with these lines, or voids it without any: there is one, by its key."""
    key = f"{RESOLVED}{pending.partition('|')[2]}"
    return Draft(key=key, purpose=purpose, by=by, lines=lines, phase=Phase.RESOLVING, of=pending, refs=refs)


def source_of(lines: Sequence[Line]) -> str:
    """The one account with a floor that the lines take from, or else the first that they debit. Raises NotAnEntry."""
    nets: dict[str, int] = {}
    for line in lines:
        nets[line.account] = nets.get(line.account, 0) + line.minor
    taken = [
        account for account, net in nets.items() if kind_of(account).is_floored and net * kind_of(account).sign < 0
    ]
    if len(taken) > 1:
        raise NotAnEntry(f"An entry takes from one account with a floor, not from {' and '.join(taken)}: make two.")
    return taken[0] if taken else next(line.account for line in lines if line.minor > 0)


def make_entry(draft: Draft, source: str, number: int, at_ms: int, undone: tuple[Line, ...]) -> Entry:
    said = {**draft.model_dump(mode="json"), "source": source, "number": number, "at_ms": at_ms}
    said |= {"currency": split_account(source)[2], "undone": [line.model_dump() for line in undone]}
    return Entry.model_validate({**said, "_id": entry_id(source, draft.key), "hash": hash_of(said)})


def hash_of(said: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all that an entry says; its id says no more than source and key."""
    return hashlib.sha256(canonical_json(said)).hexdigest()


def is_as_written(entry: Entry) -> bool:
    """Whether an entry says what its hash was made of."""
    said = entry.model_dump(mode="json", exclude={"id", "hash"})
    return entry.id == entry_id(entry.source, entry.key) and entry.hash == hash_of(said)


def is_same(entry: Entry, draft: Draft) -> bool:
    """Whether an entry is what the draft asks for; who asked, and when, may differ."""
    return entry.model_dump(include=set(_SAID)) == draft.model_dump(include=set(_SAID))
