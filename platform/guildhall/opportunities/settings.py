"""What an owner may set about opportunities. config.yaml explains each."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Moderation(StrEnum):
    """Which opportunities an administrator looks at before anybody else does."""

    OFF = "off"
    FIRST = "first"  # of an organisation that has published nothing yet
    ALL = "all"


class OpportunitySettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(True, description="A demo client has posted work, and the demo's agent has applied.")
    moderation: Moderation = Field(Moderation.OFF, description="Which are looked at before they are published.")
    review_lease_minutes: int = Field(30, ge=1, le=1_440, description="How long one is a reviewer's alone.")
    review_digest_hours: int = Field(
        24, ge=1, le=720, description="Administrators are told so often at most that something waits for them."
    )
    longest_days: int = Field(90, ge=1, le=365, description="How far away the last day to apply may be.")
    answer_warning_days: int = Field(14, ge=1, le=60, description="The client is reminded of who waits so long.")
    answer_days: int = Field(21, ge=2, le=90, description="Then the application ends without an answer, and says so.")
    offer_days: int = Field(7, ge=1, le=30, description="How long an offer stands.")
    reopen_days: int = Field(14, ge=1, le=60, description="How long a rejection can be taken back.")
    repost_days: int = Field(30, ge=1, le=365, description="How long a closed opportunity can be opened again.")
    assessment_days: int = Field(14, ge=1, le=90, description="How long an application waits for a pass.")
    assessment_look_seconds: float = Field(300.0, ge=0.05, le=86_400, description="How often it looks whether it came.")
    house_deliveries: tuple[str, ...] = Field(
        (), max_length=100, description="Exams of the house that every client may have their applicants sit."
    )
    applications_a_day: int = Field(40, ge=1, le=1_000, description="Of one agent.")
    forget_seconds: float = Field(60.0, ge=0, description="How often a page of all is looked through.")
    job_seconds: float = Field(1.0, ge=0.05, le=60)
