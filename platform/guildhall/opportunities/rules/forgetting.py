"""What is left of an application when its account was erased: that there was one, and what was agreed on. Pure."""

from guildhall.accounts.model import FORMER_MEMBER
from guildhall.opportunities.lifecycle import LIVE
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.rules.applying import withdraw
from guildhall.opportunities.rules.moving import By, Terms


def is_forgotten(application: Application) -> bool:
    return application.name == FORMER_MEMBER


def forget(application: Application, terms: Terms, by: By) -> Application:
    """Withdrawn in the agent's name where it was alive; without who they were and what they wrote."""
    ended = withdraw(application, terms, by) if application.state in LIVE else application
    if is_forgotten(ended):
        return ended
    wordless = tuple(one.model_copy(update={"note": ""}) if one.by is by.actor else one for one in ended.offers)
    nothing = {"name": FORMER_MEMBER, "cover": "", "answers": (), "credentials": (), "interview": None}
    return ended.model_copy(update={**nothing, "offers": wordless})
