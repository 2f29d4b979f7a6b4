"""What an import did, item by item: nothing is left out, or kept by halves, without being said here."""

from typing import Literal

from guildhall.assessments.messages.shape import Shape

ImportMode = Literal["check", "whole", "good"]


class ImportQuery(Shape):
    """`check` keeps nothing; `whole` keeps everything, or nothing where anything is wrong; `good` what is whole."""

    mode: ImportMode = "whole"


class ImportedItem(Shape):
    """`left_out` says what of it could not be taken over; `flaws` how many things have to be mended to publish it."""

    item_id: str
    where: str
    name: str
    flaws: int
    left_out: tuple[str, ...]


class ImportProblem(Shape):
    """Why something could not be taken: where in the file, on which line where that is known, which field."""

    where: str
    line: int | None
    path: str
    sentence: str


class ImportReport(Shape):
    """`is_kept` tells whether anything was kept; `already` are items that the same file brought in before."""

    is_kept: bool
    items: list[ImportedItem]
    already: int
    problems: list[ImportProblem]
