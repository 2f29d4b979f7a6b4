import pytest

from guildhall.kit import errors
from guildhall.kit.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)

KINDS: dict[type[DomainError], int] = {
    Invalid: 422,
    Unauthenticated: 401,
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,
    Unavailable: 503,
}


class SessionNotFound(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"There is no session {session_id}.")


def test_a_domain_noun_writes_its_own_problem() -> None:
    error = SessionNotFound("ses_1")
    assert str(error) == "There is no session ses_1."
    assert error.as_problem().as_document() == {
        "type": "not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no session ses_1.",
    }


@pytest.mark.parametrize(("kind", "status"), list(KINDS.items()))
def test_every_kind_has_its_status_and_carries_fields(kind: type[DomainError], status: int) -> None:
    problem = kind("Because.", fields={"name": "is missing"}).as_problem()
    assert (problem.status, problem.detail, problem.fields) == (status, "Because.", {"name": "is missing"})


def test_too_many_says_when_to_come_again() -> None:
    assert TooMany("Slower.", retry_after_ms=250).as_problem().as_document()["retry_after_ms"] == 250


def test_every_error_of_the_tree_is_drawn_in_it_with_its_status_and_type() -> None:
    assert errors.__doc__ is not None
    drawn = [line.split() for line in errors.__doc__.splitlines() if "─ " in line]
    kinds: list[type[DomainError]] = [*KINDS, TooMany]
    told = {(words[1], int(words[2]), words[3]) for words in drawn}
    assert told == {(kind.__name__, kind.status, kind.type) for kind in kinds}
