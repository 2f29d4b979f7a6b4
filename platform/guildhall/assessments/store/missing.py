"""What a look-up that finds nothing says."""

from collections.abc import Callable

from guildhall.kit.errors import NotFound


class NoSuch(NotFound):
    """Also what exists and is not for who is asking."""


def none_of(noun: str) -> Callable[[str], NotFound]:
    """For `Documents`: the sentence about an id under which there is no such thing."""

    def missing(document_id: str) -> NotFound:
        return NoSuch(f"There is no {noun} {document_id}.")

    return missing
