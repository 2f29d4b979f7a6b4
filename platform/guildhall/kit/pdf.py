"""Paper: an A4 document of lines and tables with the house's font, for reports, invoices and statements."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

BODY_PT, SMALL_PT, HEAD_PT, TITLE_PT = 10, 8.5, 12, 17
SHOWS: Final = "Latin, Greek and Cyrillic letters show here; others, such as Chinese ones, appear as boxes."
_MARGIN_MM: Final = 18
_LINE_MM: Final = 5.2


class Paper:
    """Takes a second of a processor for its font: make one in a thread."""

    def __init__(self, title: str, footer: str, made_at_ms: int | None = None) -> None:
        """With `made_at_ms` the same words give the same bytes, whenever they are asked for."""
        from fpdf import FPDF  # slow to import, and only here

        class Page(FPDF):
            def footer(self) -> None:
                self.set_y(-14)
                self.set_font("DejaVu", size=SMALL_PT)
                self.cell(0, 5, f"{footer} · page {self.page_no()} of {{nb}}", align="C")

        page = Page(format="A4")
        fonts = files("matplotlib") / "mpl-data" / "fonts" / "ttf"
        page.add_font("DejaVu", fname=str(fonts / "DejaVuSans.ttf"))
        page.add_font("DejaVu", style="B", fname=str(fonts / "DejaVuSans-Bold.ttf"))
        page.set_margins(_MARGIN_MM, _MARGIN_MM)
        page.set_auto_page_break(True, margin=_MARGIN_MM)
        page.set_title(title)
        page.set_lang("en")
        if made_at_ms is not None:
            page.set_creation_date(datetime.fromtimestamp(made_at_ms / 1000, UTC))
        page.add_page()
        self._page = page

    def head(self, text: str) -> None:
        self._page.ln(2.5)
        self.line(text, HEAD_PT, bold=True)

    def line(self, text: str, size: float = BODY_PT, *, bold: bool = False) -> None:
        """Wrapped where it is too long."""
        self._page.set_font("DejaVu", style="B" if bold else "", size=size)
        self._page.multi_cell(0, _LINE_MM * size / BODY_PT, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], numbers: Sequence[int]
    ) -> None:
        """`numbers` are the columns that are set to the right; the header is told again on every page."""
        align = tuple("R" if column in numbers else "L" for column in range(len(header)))
        self._page.ln(2.5)
        self._page.set_font("DejaVu", size=SMALL_PT)
        with self._page.table(
            col_widths=tuple(widths),
            text_align=align,
            line_height=_LINE_MM,
            borders_layout="HORIZONTAL_LINES",
            padding=1,
        ) as table:
            table.row(header)
            for row in rows:
                table.row(row)

    def bytes(self) -> bytes:
        return bytes(self._page.output())


def say_when(at_ms: int | None) -> str:
    return "never" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
