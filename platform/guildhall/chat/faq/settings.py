"""What an owner may set about the FAQ. config.yaml explains each."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field


class FaqSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(True, description="An FAQ about Guildhall itself for the site `demo`; false in production.")
    language: str = Field("en", pattern=r"^[a-z]{2,3}$", description="Of a question whose own language has no entries.")
    precision: float = Field(
        0.95, ge=0.5, le=0.999, description="How many of the answers that are given at once should be right."
    )
    kept_in_scope: float = Field(
        0.97, ge=0.5, le=1.0, description="How many questions that have an entry should at least be asked back about."
    )
    outside_share: float = Field(
        0.18, ge=0.0, le=0.9, description="How many questions have no entry, until enough of them were marked."
    )
    sentence_model_folder: Path | None = Field(
        None, description="A sentence model of your own (`chat/faq/training/sentences.py` says which); none: by terms."
    )
    history_days: int = Field(90, ge=1, le=730, description="How far back outcomes count for the thresholds.")
    train_after_seconds: float = Field(
        2.0, ge=0, le=3_600, description="Changes within so long are one training; the first one starts the time."
    )
    train_seconds_max: float = Field(600.0, ge=5, le=3_600, description="A training that takes longer is ended.")
    refresh_seconds: float = Field(
        10.0, ge=0.05, le=600, description="How often each process looks for a new matcher, beside being told."
    )
    job_seconds: float = Field(1.0, ge=0.05, le=60)
