"""When client and applicant may talk. Pure."""

from guildhall.kit.errors import Conflict
from guildhall.opportunities.lifecycle import LOOKED_AT
from guildhall.opportunities.model.applications import Application


def may_talk(application: Application) -> bool:
    """From the client's first closer look on; what was said then stays readable whatever becomes of it."""
    return application.state in LOOKED_AT or any(one.state in LOOKED_AT for one in application.history)


def check_talk(application: Application) -> None:
    """Raises Conflict."""
    if not may_talk(application):
        raise Conflict("You can talk as soon as the client has shortlisted the application or invites to an interview.")
