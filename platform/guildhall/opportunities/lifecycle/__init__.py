"""The machines of opportunities: what a client posts, who applies for it, and the offers between the two."""

from guildhall.opportunities.lifecycle.actors import Actor
from guildhall.opportunities.lifecycle.applications import (
    APPLICATION,
    CONSIDERED,
    LIVE,
    LOOKED_AT,
    ApplicationEvent,
    ApplicationFacts,
    ApplicationState,
)
from guildhall.opportunities.lifecycle.offers import OFFER, OfferEvent, OfferState, Side
from guildhall.opportunities.lifecycle.postings import (
    KNOWN_POSTINGS,
    OPEN_POSTINGS,
    OVER_POSTINGS,
    POSTING,
    PostingEvent,
    PostingFacts,
    PostingState,
)

__all__ = [
    "APPLICATION",
    "CONSIDERED",
    "KNOWN_POSTINGS",
    "LIVE",
    "LOOKED_AT",
    "OFFER",
    "OPEN_POSTINGS",
    "OVER_POSTINGS",
    "POSTING",
    "Actor",
    "ApplicationEvent",
    "ApplicationFacts",
    "ApplicationState",
    "OfferEvent",
    "OfferState",
    "PostingEvent",
    "PostingFacts",
    "PostingState",
    "Side",
]
