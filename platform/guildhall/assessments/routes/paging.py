"""Cursors of the lists here: all of them go by id, so a place in one is an id."""

from typing import Any, Final

from guildhall.assessments.rules.scope import Scope
from guildhall.kit.http import Call, CursorSigner, Place

_BY_ID: Final = ("_id", 1)


class Cursors:
    """Of one list. A cursor goes on in the list it was given in: same filters, same caller, same rights."""

    def __init__(self, secret: str, name: str) -> None:
        self._signer = CursorSigner(secret)
        self._name = name

    def read(self, call: Call[Any, Any], scope: Scope | None = None) -> str:
        """The id after which the page begins; empty for the first. Raises CursorMismatch."""
        if not call.query.cursor:
            return ""
        return self._signer.read(call.query.cursor, _BY_ID, self._where(call, scope)).document_id

    def write(self, call: Call[Any, Any], scope: Scope | None, last_id: str) -> str:
        return self._signer.write(Place(last_id, last_id), _BY_ID, self._where(call, scope))

    def _where(self, call: Call[Any, Any], scope: Scope | None) -> dict[str, Any]:
        asked = call.query.model_dump(mode="json", exclude={"cursor", "limit"})
        return {"list": self._name, "path": dict(call.path), "asked": asked, "of": scope.listed() if scope else []}
