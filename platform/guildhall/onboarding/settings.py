"""What an owner may set about onboarding. config.yaml explains each."""

from pydantic import BaseModel, ConfigDict, Field


class OnboardingSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    demo: bool = Field(True, description="The house's flow asks for the demo exam, and the demo's agent has begun.")
    review_business_days: int = Field(3, ge=1, le=30, description="Promised to the agent, told from the first moment.")
    lease_minutes: int = Field(30, ge=1, le=24 * 60, description="Of the reviewer who took it, from their last act.")
    remind_hours: tuple[int, ...] = Field((24, 72, 168), max_length=5)
    dormant_days: int = Field(30, ge=8, le=365)
    appeal_days: int = Field(30, ge=1, le=365)
    appeal_again_days: int = Field(90, ge=0, le=3650)
    expiry_warning_days: tuple[int, ...] = Field((60, 30, 7), max_length=5)
    credential_look_seconds: float = Field(60.0, ge=1, description="How often a missing exam pass is looked for.")
    credential_check_hours: float = Field(24.0, ge=0.1, description="How often a pass is looked at again.")
    max_document_bytes: int = Field(10 * 1024 * 1024, ge=100_000, le=32 * 1024 * 1024)
    forget_seconds: float = Field(60.0, ge=0, description="How often a page of all is looked through.")
    job_seconds: float = Field(1.0, ge=0.05, le=60)
