"""How staff's operations are declared: what all of a kind share, said once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from guildhall.kit.http import Operation
from guildhall.kit.http.operation import Method

NOT_THERE: Final = frozenset({"not-found"})


@dataclass(frozen=True, slots=True)
class Declaring:
    """Operations of one permission and one tag, for people with a second factor."""

    permission: str
    tag: str

    def read(
        self,
        name: str,
        path: str,
        summary: str,
        answer: type[BaseModel] | None,
        query: type[BaseModel] | None = None,
        **more: Any,
    ) -> Operation:
        """A GET that may find nothing there."""
        return Operation(
            name=name,
            method="GET",
            path=path,
            summary=summary,
            permission=self.permission,
            aal=2,
            query=query,
            answers={200: answer},
            tags=(self.tag,),
            **{"problems": NOT_THERE, "deadline_seconds": 10, **more},
        )

    def write(
        self,
        method: Method,
        name: str,
        path: str,
        summary: str,
        answers: Mapping[int, type[BaseModel] | None],
        body: type[BaseModel] | None = None,
        **more: Any,
    ) -> Operation:
        return Operation(
            name=name,
            method=method,
            path=path,
            summary=summary,
            permission=self.permission,
            aal=2,
            body=body,
            answers=answers,
            tags=(self.tag,),
            **{"problems": NOT_THERE, "rate_class": "write", **more},
        )
