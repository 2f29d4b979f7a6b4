"""What an owner may set about exams. config.yaml explains each."""

from pydantic import BaseModel, ConfigDict, Field


class AssessmentsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(True, description="A demo exam that anybody who is signed in may sit and author.")
    token_lifetime_seconds: int = Field(21_600, ge=60, le=7 * 86_400)
    beat_seconds: float = Field(0.5, ge=0.05, le=10, description="How often each web process says that it serves.")
    outage_after_seconds: float = Field(
        2.0, ge=0.2, le=60, description="A gap between all processes' beats that is longer was an outage of ours."
    )
    grace_seconds: float = Field(
        2.0, ge=0, le=60, description="After the deadline: answers that were on their way still count."
    )
    late_answers_hours: int = Field(24, ge=0, le=24 * 30, description="How long after the end answers are taken.")
    late_answers_days: int = Field(90, ge=1, le=3_650, description="How long they are kept for a person to decide.")
    mark_lease_minutes: int = Field(
        30,
        ge=1,
        le=24 * 60,
        description="How long an answer stays with the marker who took it, from their last autosave.",
    )
    job_seconds: float = Field(1.0, ge=0.05, le=60)
    max_answer_bytes: int = Field(262_144, ge=1_024, le=900_000)
