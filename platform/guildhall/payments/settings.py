"""What an owner may set about money. config.yaml explains each."""

from pydantic import BaseModel, ConfigDict, Field


class PaymentsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    job_seconds: float = Field(1.0, ge=0.05, le=60)
    recover_after_seconds: float = Field(5.0, ge=0, le=600, description="What a process that died left is taken over.")
    reconcile_hours: float = Field(24.0, ge=0.01, le=168)
