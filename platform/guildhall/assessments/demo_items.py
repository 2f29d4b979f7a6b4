"""The demo's fourteen questions, one of each kind and more, and the chart that one of them shows."""

from typing import Any, Final

import cv2
import numpy as np

_BARS: Final = (("Mon", 6), ("Tue", 9), ("Wed", 4), ("Thu", 12), ("Fri", 8))
_WIDTH_PX, _HEIGHT_PX, _UNIT_PX = 640, 360, 22
_INK, _BAR, _PAPER = (60, 45, 30), (175, 110, 40), (255, 255, 255)  # blue, green, red


def chart_png() -> bytes:
    """A bar chart of hours worked on five days, the same bytes each time."""
    picture = np.full((_HEIGHT_PX, _WIDTH_PX, 3), _PAPER, np.uint8)
    base = _HEIGHT_PX - 50
    cv2.line(picture, (40, base), (_WIDTH_PX - 20, base), _INK, 2)
    for index, (day, hours) in enumerate(_BARS):
        left = 70 + index * 110
        cv2.rectangle(picture, (left, base - hours * _UNIT_PX), (left + 60, base), _BAR, -1)
        cv2.putText(picture, day, (left, base + 32), cv2.FONT_HERSHEY_SIMPLEX, 0.8, _INK, 2, cv2.LINE_AA)
        above = base - hours * _UNIT_PX - 10
        cv2.putText(picture, str(hours), (left + 18, above), cv2.FONT_HERSHEY_SIMPLEX, 0.7, _INK, 2, cv2.LINE_AA)
    return bytes(cv2.imencode(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])[1].tobytes())


def _choices(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"c{number}", "text": text} for number, text in enumerate(texts, start=1)]


def _criterion(number: int, title: str, centipoints: int, description: str = "") -> dict[str, Any]:
    return {"id": f"k{number}", "title": title, "centipoints": centipoints, "description": description}


def _item(name: str, tags: tuple[str, ...], difficulty: int, **content: Any) -> dict[str, Any]:
    return {"name": name, "tags": tuple(sorted(tags)), "difficulty": difficulty, "content": content}


DEMO_ITEMS: Final[tuple[dict[str, Any], ...]] = (
    _item(
        "Net of fee",
        ("basics", "money"),
        2,
        question={
            "kind": "numeric",
            "unit": "EUR",
            "prompt": {
                "text": "A gig pays 480 EUR. The guild keeps 12.5 % of it. How much reaches the agent?\n\n"
                "Answer with a number."
            },
        },
        key={"kind": "numeric", "value": "420", "tolerance": "0.01"},
        rationale="12.5 % of 480 is 60; 480 - 60 = 420.",
    ),
    _item(
        "Who may see it",
        ("basics", "privacy"),
        2,
        question={
            "kind": "single_choice",
            "prompt": {"text": "A client sends you a list of their customers for a gig. Who may you show it to?"},
            "choices": _choices(
                "Nobody but those the client named for this gig",
                "Other agents of the guild, as they are bound by the same rules",
                "Anybody, once the gig is over",
                "Friends who help without being paid",
            ),
        },
        key={"kind": "choice", "correct": ["c1"]},
        rationale="Personal data are used for the purpose they were given for, by those they were given to.",
    ),
    _item(
        "Good passwords",
        ("basics", "security"),
        2,
        question={
            "kind": "multiple_choice",
            "prompt": {"text": "Which of these make an account safer? Choose all that do."},
            "choices": _choices(
                "A long phrase that is used nowhere else",
                "A second factor, such as a code from an app",
                "The same strong password for every site",
                "A password manager",
                "Writing the password into the profile's description",
            ),
        },
        key={"kind": "choice", "correct": ["c1", "c2", "c4"], "credit": "by_part"},
        rationale="A password that is used twice is as weak as the weaker of the two sites.",
    ),
    _item(
        "Escrow",
        ("basics", "money"),
        3,
        question={
            "kind": "short_text",
            "prompt": {
                "text": "Money that a third party holds until the work is accepted: what is this called, in one word?"
            },
            "characters_max": 60,
        },
        key={"kind": "text", "accepted": ["escrow", "in escrow"]},
        rationale="Neither side has to trust the other: the money is there, and nobody has it yet.",
    ),
    _item(
        "Hours to days",
        ("basics",),
        3,
        question={
            "kind": "numeric",
            "unit": "days",
            "prompt": {"text": "A gig takes 45 hours. You work 6 hours a day. How many days does it take, at least?"},
        },
        key={"kind": "numeric", "value": "7.5", "tolerance": "0.5"},
        rationale="45 / 6 = 7.5. Whole days count as right too: on the eighth day you are done.",
    ),
    _item(
        "A late deliverable",
        ("basics",),
        1,
        question={
            "kind": "single_choice",
            "prompt": {"text": "You see on Monday that you cannot deliver on Wednesday as agreed. What comes first?"},
            "choices": _choices(
                "Tell the client at once, with a new date that you can keep",
                "Deliver half on Wednesday and say nothing",
                "Wait until Wednesday: perhaps it works out",
            ),
        },
        key={"kind": "choice", "correct": ["c1"]},
    ),
    _item(
        "From posting to pay",
        ("order", "reading"),
        3,
        question={
            "kind": "ordering",
            "prompt": {"text": "Put a gig's steps into their order, the first on top."},
            "parts": _choices(
                "The agent delivers the work",
                "The client posts the gig",
                "The client accepts the work",
                "An offer is made and agreed to",
                "The money is paid out",
            ),
        },
        key={"kind": "ordering", "order": ["c2", "c4", "c1", "c3", "c5"], "credit": "by_part"},
    ),
    _item(
        "Roles",
        ("match", "reading"),
        2,
        question={
            "kind": "matching",
            "prompt": {"text": "Who does what? Match each role with what it does."},
            "left": [
                {"id": "agent", "text": "Agent"},
                {"id": "client", "text": "Client"},
                {"id": "proctor", "text": "Proctor"},
            ],
            "right": _choices(
                "Does the work",
                "Posts gigs and accepts work",
                "Watches over an exam",
                "Keeps the database running",
            ),
        },
        key={"kind": "matching", "pairs": {"agent": "c1", "client": "c2", "proctor": "c3"}},
    ),
    _item(
        "The longest day",
        ("chart", "reading"),
        1,
        question={
            "kind": "single_choice",
            "shuffles": False,
            "prompt": {
                "text": "The chart shows the hours an agent worked. On which day did they work longest?",
                "picture_alt": (
                    "A bar chart of hours worked: Monday 6, Tuesday 9, Wednesday 4, Thursday 12, Friday 8."
                ),
            },
            "choices": _choices("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
        },
        key={"kind": "choice", "correct": ["c4"]},
    ),
    _item(
        "Hours of a week",
        ("chart", "reading"),
        2,
        question={
            "kind": "numeric",
            "unit": "hours",
            "prompt": {
                "text": "How many hours did this agent work in the whole week?",
                "picture_alt": (
                    "A bar chart of hours worked: Monday 6, Tuesday 9, Wednesday 4, Thursday 12, Friday 8."
                ),
            },
        },
        key={"kind": "numeric", "value": "39"},
    ),
    _item(
        "What a loop prints",
        ("basics", "code"),
        4,
        question={
            "kind": "short_text",
            "prompt": {"text": "What does this print?\n\n`print(sum(n for n in range(5) if n % 2))`"},
            "characters_max": 20,
        },
        key={"kind": "text", "accepted": ["4"]},
        rationale="The odd numbers below 5 are 1 and 3.",
    ),
    _item(
        "A difficult message",
        ("writing",),
        4,
        question={
            "kind": "long_text",
            "words_advised": 120,
            "characters_max": 4_000,
            "prompt": {
                "text": "A client writes that your work is “not what we wanted”, without saying why. "
                "Write your answer to them, as you would send it."
            },
        },
        key={
            "kind": "rubric",
            "criteria": [
                _criterion(1, "Asks what exactly is missing", 200, "Concrete questions, not “please clarify”."),
                _criterion(2, "Offers a next step with a date", 100),
                _criterion(3, "Is friendly and to the point", 100),
            ],
            "model_answer": "Thank you for looking at it. Which part misses what you need: the figures, the layout or "
            "the tone? If you mark two places, I can send you a new version on Thursday.",
        },
    ),
    _item(
        "Round a price",
        ("code", "writing"),
        4,
        question={
            "kind": "code",
            "language": "python",
            "starter": "def to_cents(price: str) -> int:\n    ...\n",
            "characters_max": 4_000,
            "prompt": {
                "text": "Write `to_cents`: from a price such as `12.5` or `3` to whole cents, `1250` and `300`. "
                "Say in a comment what you do with more than two digits, and why."
            },
        },
        key={
            "kind": "rubric",
            "criteria": [
                _criterion(1, "Is right for whole and half prices", 200),
                _criterion(2, "Does not count money in floats", 100, "Decimal, or text split at the point."),
                _criterion(3, "Says how it rounds", 100),
            ],
            "model_answer": "int((Decimal(price) * 100).to_integral_value(ROUND_HALF_EVEN))",
        },
    ),
    _item(
        "A sketch of your desk",
        ("writing",),
        2,
        question={
            "kind": "file_upload",
            "files_most": 1,
            "prompt": {
                "text": "Hand in a sketch or a plan of the place you work at, as a picture or PDF: where the light "
                "comes from, and where a camera would see you. A drawing on paper is fine."
            },
        },
        key={
            "kind": "rubric",
            "criteria": [_criterion(1, "Light, desk and camera can be told", 400)],
        },
    ),
)
