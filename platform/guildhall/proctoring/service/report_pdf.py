"""A report as PDF: what was watched, flagged, decided and looked at, in the words of the page."""

from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

from guildhall.proctoring.messages.reporting import ReportShown
from guildhall.proctoring.messages.reviewing import OwnFlagShown, VerdictShown
from guildhall.proctoring.model.reviews import Penalty

_MARGIN_MM: Final = 18
_BODY_PT, _SMALL_PT, _TITLE_PT = 10, 8.5, 17
_LINE_MM: Final = 5.2
_PENALTIES: Final = {
    Penalty.REPRIMAND: "a reprimand; the result stands",
    Penalty.RESIT: "the attempt does not count and may be sat again",
    Penalty.VOID: "the attempt does not count",
}
_SHOWS: Final = "Latin, Greek and Cyrillic letters show here; others, such as Chinese ones, appear as boxes."


def render_pdf(report: ReportShown) -> bytes:
    """Takes a second of a processor for its font: call it in a thread."""
    from fpdf import FPDF

    class Page(FPDF):
        def footer(self) -> None:
            self.set_y(-14)
            self.set_font("DejaVu", size=_SMALL_PT)
            self.cell(0, 5, f"{report.rights.attempt_id} · page {self.page_no()} of {{nb}}", align="C")

    page = Page(format="A4")
    fonts = files("matplotlib") / "mpl-data" / "fonts" / "ttf"
    page.add_font("DejaVu", fname=str(fonts / "DejaVuSans.ttf"))
    page.add_font("DejaVu", style="B", fname=str(fonts / "DejaVuSans-Bold.ttf"))
    page.set_margins(_MARGIN_MM, _MARGIN_MM)
    page.set_auto_page_break(True, margin=_MARGIN_MM)
    page.set_title(f"{report.rights.exam_title}: what was flagged")
    page.set_lang("en")
    page.add_page()
    _write(page, report)
    return bytes(page.output())


def _write(page: Any, report: ReportShown) -> None:
    rights = report.rights
    _line(page, rights.exam_title, _TITLE_PT, bold=True)
    _line(page, f"{report.candidate_name}, attempt {rights.number}", 12)
    began = "Not begun" if rights.began_at_ms is None else f"Begun {_when(rights.began_at_ms)}"
    over = "not over yet" if rights.over_at_ms is None else f"over {_when(rights.over_at_ms)}"
    _line(page, f"{began}, {over}. This report was made {_when(report.made_at_ms)}.")
    if report.exceptions:
        _line(page, f"Agreed otherwise for this person: {'; '.join(report.exceptions)}.")
    _head(page, "Where it stands")
    _line(page, report.standing)
    for place, one in enumerate(rights.decisions, 1):
        told = _PENALTIES[one.penalty] if one.penalty is not None else "no penalty"
        _line(page, f"Person {place}, {_when(one.decided_at_ms)}: {told}. {one.words}")
    if rights.contest is not None:
        _line(page, f"The candidate, {_when(rights.contest.at_ms)}: {rights.contest.words}")
    if rights.state != "not_known_yet":
        _flags(page, rights.flags)
    _head(page, "Who looked, and when")
    for look in rights.looks:
        _line(page, f"{_when(look.at_ms)}  {look.name or 'Somebody who has left'}: {look.what}", _SMALL_PT)
    _head(page, "How it is proven")
    _line(page, f"Signal log: {report.signal_chunks} chunks, head {report.signal_head or 'none'}", _SMALL_PT)
    _line(page, f"Evidence log: {report.log_entries} entries, head {report.log_head or 'none'}", _SMALL_PT)
    _line(page, _SHOWS, _SMALL_PT)


def _flags(page: Any, flags: tuple[OwnFlagShown, ...]) -> None:
    counted = [flag for flag in flags if flag.counts]
    _head(page, f"What was flagged and reviewed ({len(counted)})")
    for flag in counted:
        _flag(page, flag)
    if not counted:
        _line(page, "Nothing that anybody would have to review.")
    others = [flag for flag in flags if not flag.counts]
    if others:
        _head(page, f"What never counts ({len(others)})")
    for flag in others:
        _line(page, f"{_when(flag.opened_at_ms)}  {flag.title}", _SMALL_PT)


def _flag(page: Any, flag: OwnFlagShown) -> None:
    ended = "its end was not seen"
    if flag.closed_at_ms is not None:
        ended = f"for {(flag.closed_at_ms - flag.opened_at_ms) / 1000:.1f} s"
    _line(page, f"{flag.title}", bold=True)
    _line(page, f"{_when(flag.opened_at_ms)}, {ended}. {flag.reason}")
    _line(page, _basis(flag), _SMALL_PT)
    for one in flag.verdicts:
        _line(page, _verdict(one), _SMALL_PT)


def _basis(flag: OwnFlagShown) -> str:
    """By which rules, and how often flags of its kind were right."""
    if flag.rule is None:
        return "Seen by a person."
    rules = f"Rules {flag.rule_version[:12]}" if flag.rule_version else "Before rules had versions"
    count = f"{flag.reviewed or 'none'} of its kind reviewed here"
    if flag.probability is None:
        return f"{rules}. How often right: uncalibrated, {count}."
    return f"{rules}. How often right: upheld in {flag.probability:.0%} of cases, {count}."


def _verdict(one: VerdictShown) -> str:
    return f"{'Upheld' if one.is_upheld else 'Dismissed'}, {one.reason.value.replace('_', ' ')}: {one.words}"


def _head(page: Any, text: str) -> None:
    page.ln(2.5)
    _line(page, text, 12, bold=True)


def _line(page: Any, text: str, size: float = _BODY_PT, *, bold: bool = False) -> None:
    page.set_font("DejaVu", style="B" if bold else "", size=size)
    page.multi_cell(0, _LINE_MM * size / _BODY_PT, text, align="L", new_x="LMARGIN", new_y="NEXT")


def _when(at_ms: int | None) -> str:
    return "never" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
