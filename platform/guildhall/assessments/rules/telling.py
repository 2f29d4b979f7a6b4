"""What a candidate is told of their result by mail: that there is something to see, and where. Pure.

A mail passes many hands, so it never says how it went.
"""

from typing import Any

from guildhall.assessments.model.results import FollowUp, Result

_SUBJECTS = {
    "released": "Your result is there",
    "changed": "Your result has changed",
    "withheld": "Your result is withheld",
    "revoked": "Your credential is revoked",
}


def letter(result: Result, exam_title: str, told: FollowUp, public_url: str) -> tuple[str, str, str]:
    """The mail's kind, subject and text."""
    what = str(told.details["what"])
    subject = f"{_SUBJECTS[what]}: {exam_title}"
    text = (
        f"Hello {result.candidate_name},\n\n{_sentence(what, exam_title, told.details)}\n\n"
        f"You find it, once you are signed in, at\n{public_url.rstrip('/')}/exams\n"
    )
    return f"result_{what}", " ".join(subject.split())[:200], text


def _sentence(what: str, exam_title: str, details: dict[str, Any]) -> str:
    reason = str(details.get("reason", ""))
    match what:
        case "released":
            return f"your result of {exam_title} has been released."
        case "changed":
            return f"your result of {exam_title} was graded again and has changed.\n\nWhy: {reason}"
        case "withheld":
            return (
                f"your result of {exam_title} is withheld for now. A credential that came with it is not valid any "
                f"more.\n\nWhy: {reason}"
            )
    return f"the credential that came with {exam_title} was revoked.\n\nWhy: {reason}"
