"""Outages of ours, given back to the clocks of applications: offers, answers, and the time to earn a pass. Pure.

The last day to apply is a day that the client named, and an interview one that two people agreed on: they stay. What
can be taken back for some days (a rejection, a closed opportunity) is a courtesy of ours whose end takes nothing.
"""

from collections.abc import Iterable

from guildhall.kit.outages import Outage, lost_ms, newer
from guildhall.opportunities.lifecycle import ApplicationState
from guildhall.opportunities.model.applications import Application
from guildhall.opportunities.rules.moving import answer_at_ms
from guildhall.opportunities.settings import OpportunitySettings


def give_back(application: Application, outages: Iterable[Outage], settings: OpportunitySettings) -> Application:
    """Whatever runs goes on as much later as outages took from it, each outage once."""
    known_ms = application.given_back_ms
    if not (new := newer(outages, known_ms)):
        return application
    update: dict[str, object] = {"given_back_ms": max(one.ended_at_ms for one in new)}
    if (offer := application.open_offer) is not None:
        later_ms = offer.expires_at_ms + lost_ms(offer.at_ms, offer.expires_at_ms, known_ms, new)
        extended = offer.model_copy(update={"expires_at_ms": later_ms})
        update["offers"] = tuple(extended if one is offer else one for one in application.offers)
    if application.state is ApplicationState.SUBMITTED:
        until_ms = answer_at_ms(application, settings.answer_days)
        update["extra_ms"] = application.extra_ms + lost_ms(application.state_since_ms, until_ms, known_ms, new)
    if (waits := application.assessment) is not None:
        later_ms = waits.until_ms + lost_ms(waits.asked_at_ms, waits.until_ms, known_ms, new)
        update["assessment"] = waits.model_copy(update={"until_ms": later_ms})
    return application.model_copy(update=update)
