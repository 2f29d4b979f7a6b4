"""The storage port: what every domain's `store.py` may ask of a database, and nothing more.

One document's compare-and-set is the unit of truth. There are no transactions, no change streams, no expiry and no
partial indexes here, because the two adapters (SQLite and MongoDB) must mean the same by every call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Protocol

from guildhall.kit.errors import DomainError

Document = dict[str, Any]
"""Has a non-empty text `_id`; values are str, int (64 bit), float (finite), bool, None, bytes, list and dict."""

Scalar = str | int | float | bool
"""What a query, an expectation or an index may compare."""

Query = Mapping[str, Any]
"""Field (dotted where nested) to a scalar it must equal, or to one of `gt gte lt lte among`; all must hold."""

Sort = Sequence[tuple[str, Literal[1, -1]]]
"""Declared fields with 1 for rising and -1 for falling; `_id` rising is always appended as the tiebreak."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


class StorageError(DomainError):
    """What a collection may raise.

    StorageError
    +-- Duplicate            409  a unique key is taken
    +-- DocumentRefused      422  a document, change or query the adapters would not treat alike
    +-- IndexConflict        500  a declared index cannot stand beside what the database holds
    +-- StorageUnavailable   503  the database is out of reach, busy or closed; trying again later is right
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "storage"
    title: ClassVar[str] = "Storage failed"


class Duplicate(StorageError):
    """Another document of the collection already holds this unique key.

    `key` names the fields (`("_id",)` or one of the schema's unique keys), or is empty where a server does not say.
    """

    status = 409
    type = "duplicate"
    title = "Already there"

    def __init__(self, collection: str, key: tuple[str, ...] = ()) -> None:
        fields = " and ".join(key) if key else "unique key"
        super().__init__(f"Another document in {collection} has the same {fields}.")
        self.collection = collection
        self.key = key


class DocumentRefused(StorageError, ValueError):
    """The sentence names the path and the reason; raised before anything is written."""

    status = 422
    type = "document-refused"
    title = "Document refused"


class IndexConflict(StorageError):
    """Raised by `ensure`: someone must change the database or the schema; nothing was lost."""

    type = "index-conflict"
    title = "Index conflict"

    def __init__(self, schema: "Schema", key: tuple[str, ...], *, unique: bool, is_shared: bool = False) -> None:
        fields = " and ".join(key)
        wanted, found = ("unique", "not unique") if unique else ("not unique", "unique")
        super().__init__(
            f"{schema.name} cannot be made unique by {fields}: documents already share a value."
            if is_shared
            else f"{schema.name} declares its key {fields} {wanted}, but the database has it {found}: drop that index."
        )


class StorageUnavailable(StorageError):
    status = 503
    type = "storage-unavailable"
    title = "Storage unavailable"


@dataclass(frozen=True, slots=True)
class Schema:
    """A collection's name and keys.

    Every field named here is *declared*: it holds a scalar or null, never a list or a document. Fields of `unique`
    are always present and hold text or whole numbers. `sort` and `count_by` accept declared fields only.
    """

    name: str
    unique: tuple[tuple[str, ...], ...] = ()
    index: tuple[tuple[str, ...], ...] = ()
    unique_fields: frozenset[str] = field(init=False, repr=False, compare=False)
    declared: frozenset[str] = field(init=False, repr=False, compare=False)
    """Made once: every change asks for them several times, a twentieth of a busy chat's time."""

    def __post_init__(self) -> None:
        unique_fields = frozenset(name for key in self.unique for name in key)
        object.__setattr__(self, "unique_fields", unique_fields)
        object.__setattr__(self, "declared", unique_fields | {name for key in self.index for name in key} | {"_id"})


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds on one field, made by `gt gte lt lte` and joined by `&`: `gt(5) & lte(9)`."""

    gt: int | float | str | None = None
    gte: int | float | str | None = None
    lt: int | float | str | None = None
    lte: int | float | str | None = None

    def __and__(self, other: "Range") -> "Range":
        mine, theirs = self.bounds(), other.bounds()
        if twice := mine.keys() & theirs.keys():
            raise DocumentRefused(f"A range may have one {min(twice)} bound, not two.")
        return Range(**mine, **theirs)

    def bounds(self) -> dict[str, int | float | str]:
        named = {"gt": self.gt, "gte": self.gte, "lt": self.lt, "lte": self.lte}
        return {name: bound for name, bound in named.items() if bound is not None}


@dataclass(frozen=True, slots=True)
class Among:
    """The field equals one of these; none of them matches nothing."""

    values: tuple[Scalar, ...]


def gt(bound: float | str) -> Range:
    return Range(gt=bound)


def gte(bound: float | str) -> Range:
    return Range(gte=bound)


def lt(bound: float | str) -> Range:
    return Range(lt=bound)


def lte(bound: float | str) -> Range:
    return Range(lte=bound)


def among(*values: Scalar) -> Among:
    """`among("live", "away")`, or `among(*states)`."""
    return Among(values)


@dataclass(frozen=True, slots=True)
class Change:
    """What one write does to one document, all or nothing; fields may be dotted (`lease.epoch`).

    `inc` and `max` take numbers, `pull` and `add_to_set` scalars, `push` any value. `unset` maps a field to anything.
    A path may be named once, and never through a list (`items.0`), which the adapters would not treat alike.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    inc: Mapping[str, int | float] = field(default_factory=dict)
    unset: Mapping[str, Any] = field(default_factory=dict)
    push: Mapping[str, Any] = field(default_factory=dict)
    pull: Mapping[str, Scalar] = field(default_factory=dict)
    add_to_set: Mapping[str, Scalar] = field(default_factory=dict)
    max: Mapping[str, int | float] = field(default_factory=dict)

    def steps(self) -> dict[str, Mapping[str, Any]]:
        """The non-empty parts by name, in the order the fields are written above."""
        named: dict[str, Mapping[str, Any]] = {
            "set": self.set,
            "inc": self.inc,
            "unset": self.unset,
            "push": self.push,
            "pull": self.pull,
            "add_to_set": self.add_to_set,
            "max": self.max,
        }
        return {name: fields for name, fields in named.items() if fields}


class Collection(Protocol):
    """Documents under one schema. Every call may raise DocumentRefused or StorageUnavailable.

    A write that returned is on disk (SQLite: fsync; MongoDB: majority and journal). A write that raised
    StorageUnavailable may or may not have happened: send it again under the same key, and read Duplicate as "it had".
    """

    @property
    def schema(self) -> Schema: ...

    async def ensure(self) -> None:
        """Make the collection and its indexes; safe to repeat. Raises IndexConflict."""
        ...

    async def insert(self, document: Mapping[str, Any]) -> None:
        """Raises Duplicate when `_id` or a unique key is taken."""
        ...

    async def get(self, document_id: str) -> Document | None: ...

    async def find(self, where: Query = NOTHING, *, sort: Sort = (), limit: int) -> list[Document]: ...

    async def count(self, where: Query = NOTHING) -> int: ...

    async def update_if(self, document_id: str, expect: Query, change: Change) -> Document | None:
        """Compare-and-set: the document after the change, or None where it is missing or `expect` does not hold.

        Of many callers expecting the same version exactly one wins. Raises Duplicate when a unique key would break.
        """
        ...

    async def upsert(self, document_id: str, on_insert: Mapping[str, Any], change: Change) -> Document:
        """Apply `change`, first making `{_id, **on_insert}` where there is no such document; returns the result.

        `on_insert` and `change` may not name the same field, and together give every unique field.
        """
        ...

    async def delete(self, where: Query) -> int:
        """How many were deleted; an empty query deletes all."""
        ...

    async def count_by(self, by: str, where: Query = NOTHING) -> dict[Scalar | None, int]:
        """Documents counted by the value of one declared field; None counts those without it."""
        ...


class Storage(Protocol):
    """One database. `collection` may be called before `start`; its methods may not."""

    async def start(self) -> None: ...

    async def close(self) -> None:
        """Finish what was accepted, then let go; safe to repeat."""
        ...

    def collection(self, schema: Schema) -> Collection: ...
