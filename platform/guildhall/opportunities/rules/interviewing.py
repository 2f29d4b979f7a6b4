"""Interviews: asked for, ended, and both sides reminded of one that has a time. Pure."""

from typing import Final

from guildhall.kit.errors import Invalid
from guildhall.kit.follow_ups import follow
from guildhall.opportunities.lifecycle import ApplicationEvent
from guildhall.opportunities.model.applications import Application, Interview
from guildhall.opportunities.rules.moving import DAY_MS, By, Terms, move_application, reminders_over
from guildhall.opportunities.rules.telling import Told, moment, to_agent, to_client

DAYS_MAX: Final = 365


def invite(application: Application, text: str, at_ms: int, terms: Terms, by: By) -> Application:
    """To an interview, at a time that is yet to come or, with 0, at none: the two talk. Raises Invalid, MoveRefused.

    Another time takes the place of the one before, with reminders of its own; of those whose moment is over already the
    invitation itself reminds.
    """
    if at_ms and not by.at_ms < at_ms <= by.at_ms + DAYS_MAX * DAY_MS:
        raise Invalid(
            "That is no time for an interview.",
            fields={"at_ms": f"It has to be yet to come, within {DAYS_MAX} days."},
        )
    interview = Interview(text=text, at_ms=at_ms, asked_at_ms=by.at_ms, reminders=reminders_over(at_ms, by.at_ms))
    moved = move_application(application, ApplicationEvent.INVITE, terms, by, interview=interview)
    return follow(moved, by.at_ms, invited(moved, interview))


def end_interview(application: Application, terms: Terms, by: By) -> Application:
    """Back on the shortlist. Raises MoveRefused."""
    return move_application(application, ApplicationEvent.END_INTERVIEW, terms, by)


def remind(application: Application, terms: Terms, by: By) -> Application:
    """The timer's: of several that are due at once (a server was away) one is sent, and none of what is over."""
    interview = application.interview
    if interview is None:
        return application
    reminded = interview.model_copy(update={"reminders": reminders_over(interview.at_ms, by.at_ms)})
    moved = move_application(application, ApplicationEvent.REMIND_INTERVIEW, terms, by, interview=reminded)
    return moved if interview.at_ms <= by.at_ms else follow(moved, by.at_ms, *near(moved, interview))


def invited(application: Application, invited_to: Interview) -> Told:
    words = f"It is on {moment(invited_to.at_ms)}." if invited_to.at_ms else "No time is named: write to each other."
    return to_agent(
        "application_interview",
        f"{application.title}: you are invited to an interview",
        " ".join(part for part in (words, invited_to.text) if part),
        application,
    )


def near(application: Application, invited_to: Interview) -> tuple[Told, Told]:
    title = f"{application.title}: an interview is near"
    text = " ".join(part for part in (f"It is on {moment(invited_to.at_ms)}.", invited_to.text) if part)
    about, with_whom = application.opportunity_id, f"{title}, with {application.name}"
    agent = to_agent("application_interview_soon", title, text, application)
    return agent, to_client("application_interview_soon", with_whom, text, about)
