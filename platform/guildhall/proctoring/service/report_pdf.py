"""A report as PDF: what was watched, flagged, decided and looked at, in the words of the page."""

from collections.abc import Mapping
from typing import Final

from guildhall.kit.pdf import SHOWS, SMALL_PT, TITLE_PT, Paper, say_when
from guildhall.proctoring.messages.reporting import ReportShown
from guildhall.proctoring.messages.reviewing import (
    EarlierCaseShown,
    OwnFlagShown,
    RightsShown,
    RightsState,
    VerdictShown,
)
from guildhall.proctoring.model.reviews import Penalty

_PENALTIES: Final = {
    Penalty.REPRIMAND: "a reprimand; the result stands",
    Penalty.RESIT: "the attempt does not count and may be sat again",
    Penalty.VOID: "the attempt does not count",
}

DECIDERS: Final = 2  # whoever comes after them answers an appeal
EARLIER: Final[Mapping[RightsState, str]] = {
    "cleared": "Everything that was flagged until then was dismissed.",
    "final": "What two people decided of it is final.",
    "overturned": "What two people decided of it was overturned.",
}


def render_pdf(report: ReportShown) -> bytes:
    """Takes a second of a processor for its font: call it in a thread."""
    page = Paper(f"{report.rights.exam_title}: what was flagged", report.rights.attempt_id)
    _write(page, report)
    return page.bytes()


def _write(page: Paper, report: ReportShown) -> None:
    rights = report.rights
    page.line(rights.exam_title, TITLE_PT, bold=True)
    page.line(f"{report.candidate_name}, attempt {rights.number}", 12)
    began = "Not begun" if rights.began_at_ms is None else f"Begun {say_when(rights.began_at_ms)}"
    over = "not over yet" if rights.over_at_ms is None else f"over {say_when(rights.over_at_ms)}"
    page.line(f"{began}, {over}. This report was made {say_when(report.made_at_ms)}.")
    if report.exceptions:
        page.line(f"Agreed otherwise for this person: {'; '.join(report.exceptions)}.")
    page.head("Where it stands")
    page.line(report.standing)
    _decisions(page, rights)
    if rights.state != "not_known_yet":
        _flags(page, rights.flags)
    for case in rights.earlier:
        _earlier(page, case)
    page.head("Who looked, and when")
    for look in rights.looks:
        page.line(f"{say_when(look.at_ms)}  {look.name or 'Somebody who has left'}: {look.what}", SMALL_PT)
    page.head("How it is proven")
    page.line(f"Signal log: {report.signal_chunks} chunks, head {report.signal_head or 'none'}", SMALL_PT)
    page.line(f"Evidence log: {report.log_entries} entries, head {report.log_head or 'none'}", SMALL_PT)
    page.line(SHOWS, SMALL_PT)


def _decisions(page: Paper, case: RightsShown | EarlierCaseShown) -> None:
    for place, one in enumerate(case.decisions, 1):
        told = _PENALTIES[one.penalty] if one.penalty is not None else "no penalty"
        who = f"Person {place}"
        if place > DECIDERS:
            who, told = "The answer", "overturned" if case.state == "overturned" else "the decision stands"
        page.line(f"{who}, {say_when(one.decided_at_ms)}: {told}. {one.words}")
    if case.contest is not None:
        page.line(f"The candidate, {say_when(case.contest.at_ms)}: {case.contest.words}")


def _earlier(page: Paper, case: EarlierCaseShown) -> None:
    page.head(f"Before the exam was opened again, until {say_when(case.over_at_ms)}")
    page.line(EARLIER[case.state])
    _decisions(page, case)
    for flag in case.flags:
        _flag(page, flag)


def _flags(page: Paper, flags: tuple[OwnFlagShown, ...]) -> None:
    counted = [flag for flag in flags if flag.counts]
    page.head(f"What was flagged and reviewed ({len(counted)})")
    for flag in counted:
        _flag(page, flag)
    if not counted:
        page.line("Nothing that anybody would have to review.")
    others = [flag for flag in flags if not flag.counts]
    if others:
        page.head(f"What never counts ({len(others)})")
    for flag in others:
        page.line(f"{say_when(flag.opened_at_ms)}  {flag.title}", SMALL_PT)


def _flag(page: Paper, flag: OwnFlagShown) -> None:
    ended = "its end was not seen"
    if flag.closed_at_ms is not None:
        ended = f"for {(flag.closed_at_ms - flag.opened_at_ms) / 1000:.1f} s"
    page.line(f"{flag.title}", bold=True)
    page.line(f"{say_when(flag.opened_at_ms)}, {ended}. {flag.reason}")
    page.line(_basis(flag), SMALL_PT)
    for one in flag.verdicts:
        page.line(_verdict(one), SMALL_PT)


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
