"""What two sides agree on: the work and its pay, frozen and named by its hash. Pure."""

import hashlib
from enum import StrEnum
from typing import Annotated, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from guildhall.kit.documents import Stored
from guildhall.kit.money import MINOR_MAX, Currency, Money

MILESTONES_MAX: Final = 20
_NO_CONTROL = r"^[^\x00-\x1f\x7f]+$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120, pattern=_NO_CONTROL)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=r"^[^\x00]*$")]
Amount = Annotated[int, Field(gt=0, le=MINOR_MAX // 1_000)]
"""Minor units; twenty milestones, or a year of weeks, still fit within MINOR_MAX."""


class Kind(StrEnum):
    FIXED = "fixed"  # paid by milestone
    HOURLY = "hourly"  # paid by the hour, up to a cap a week


class MilestoneAgreed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Line
    minor: Amount


class WorkTerms(BaseModel):
    """What an offer says, and either side may counter. Fixed work has milestones, hourly work a rate and a cap."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    currency: Currency
    milestones: Annotated[tuple[MilestoneAgreed, ...], Field(max_length=MILESTONES_MAX)] = ()
    rate_minor: Annotated[int, Field(ge=0, le=MINOR_MAX // 1_000)] = 0
    """For one hour."""
    weekly_cap_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0
    scope: Words = ""
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")] = "UTC"
    """In whose weeks time is logged."""
    review_days: Annotated[int, Field(ge=3, le=30)] = 7
    """How long the client has to look at what was handed in, before it counts as approved."""
    notice_days: Annotated[int, Field(ge=0, le=90)] = 7
    revisions: Annotated[int, Field(ge=0, le=20)] = 2

    @model_validator(mode="after")
    def _whole(self) -> "WorkTerms":
        if self.kind is Kind.FIXED and (not self.milestones or self.rate_minor or self.weekly_cap_minutes):
            raise ValueError("fixed work has at least one milestone, and neither a rate nor a weekly cap")
        if self.kind is Kind.HOURLY and (self.milestones or not self.rate_minor or not self.weekly_cap_minutes):
            raise ValueError("hourly work has a rate and a weekly cap, and no milestones")
        return self

    @property
    def pay(self) -> Money:
        """All milestones together, or one hour."""
        minor = sum(one.minor for one in self.milestones) if self.kind is Kind.FIXED else self.rate_minor
        return Money(minor=minor, currency=self.currency)


class TermsAmended(BaseModel):
    """What may become otherwise while work goes on. Pay by milestone is proposed milestone by milestone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scope: Words = ""
    rate_minor: Annotated[int, Field(ge=0, le=MINOR_MAX // 1_000)] = 0
    weekly_cap_minutes: Annotated[int, Field(ge=0, le=7 * 24 * 60)] = 0
    review_days: Annotated[int, Field(ge=3, le=30)] = 7
    notice_days: Annotated[int, Field(ge=0, le=90)] = 7
    revisions: Annotated[int, Field(ge=0, le=20)] = 2


class ContractTerms(Stored):
    """Who agreed on what; `terms_sha256` names the work's terms as both have read them."""

    organisation_id: str
    client_account_id: str
    """Who made or accepted the offer for the client."""
    agent_id: str
    opportunity_id: str
    application_id: str
    title: str
    work: WorkTerms
    terms_sha256: str


def terms_sha256(work: WorkTerms) -> str:
    """Of the terms as JSON with sorted keys: the same terms have the same hash wherever it is computed."""
    told = orjson.dumps(work.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(told).hexdigest()
