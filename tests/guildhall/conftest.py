"""What all tests of the platform share: an answer that the API document does not name fails the test it came in."""

from collections.abc import Iterator

import pytest

from guildhall.kit.http import boundary


@pytest.fixture(autouse=True)
def undeclared() -> Iterator[list[tuple[str, str]]]:
    """(operation, problem) of answers that their operation does not declare; a test that means one clears the list."""
    found: list[tuple[str, str]] = []
    real = boundary.tell_undeclared

    def note(operation: str, problem: str) -> None:
        found.append((operation, problem))
        real(operation, problem)

    boundary.tell_undeclared = note
    yield found
    boundary.tell_undeclared = real
    told = ", ".join(f"{operation} answered {problem}" for operation, problem in dict.fromkeys(found))
    assert not found, f"{told}: name it in the operation's `problems`"
