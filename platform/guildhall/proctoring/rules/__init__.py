"""The pure decisions of proctoring: may this frame enter, what does it show, when is it an incident.

Nothing here reads a clock, a socket or a database, so a stored log replayed through `judge` gives the same incidents.
"""

from guildhall.proctoring.rules.intake import FrameRefused, admit_frame
from guildhall.proctoring.rules.judging import Closed, Judgement, Opened, Timeline, judge, judge_silence
from guildhall.proctoring.rules.signs import coach

__all__ = [
    "Closed",
    "FrameRefused",
    "Judgement",
    "Opened",
    "Timeline",
    "admit_frame",
    "coach",
    "judge",
    "judge_silence",
]
