"""What an owner may set about gigs. config.yaml explains each."""

from pydantic import BaseModel, ConfigDict, Field


class GigsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(True, description="The demo's client and agent have a contract.")
    paid_outside: bool = Field(False, description="New contracts are paid between their sides; nothing is held here.")
    void_days: int = Field(14, ge=1, le=90, description="A contract that nobody has funded so long never begins.")
    resume_days: int = Field(30, ge=1, le=365, description="Then the other side may resume what was paused.")
    settle_days: int = Field(7, ge=1, le=60, description="After the notice, to settle what is open.")
    cover_warning_hours: int = Field(
        48, ge=1, le=144, description="Before a week of hours begins, both sides are told where its pay is not there."
    )
    remind_hours: int = Field(24, ge=1, le=72, description="The client is reminded so long before a clock runs out.")
    dispute_answer_days: int = Field(5, ge=1, le=30, description="Business days, for every answer in a dispute.")
    appeal_days: int = Field(10, ge=1, le=60)
    second_person_minor: int = Field(
        50_000, ge=0, description="From this amount in dispute on, a decision takes two people of the staff."
    )
    review_days: int = Field(14, ge=1, le=60, description="To write a review; then those that were written are shown.")
    max_file_bytes: int = Field(25 * 1024 * 1024, ge=100_000, le=64 * 1024 * 1024)
    job_seconds: float = Field(1.0, ge=0.05, le=60)
