"""What an owner may set about outgoing webhooks. config.yaml explains each."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

# The schedule that the Standard Webhooks specification recommends: ten tries over three days and some hours.
RETRY_SECONDS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)


class WebhookSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    allow_loopback: bool = Field(False, description="Endpoints on this machine, without TLS too: for trying it out.")
    timeout_seconds: float = Field(15.0, gt=0, le=30)
    retry_seconds: tuple[int, ...] = Field(RETRY_SECONDS, min_length=1, max_length=11)
    disable_after_hours: float = Field(72.0, gt=0)
    secret_overlap_hours: float = Field(24.0, ge=0, le=168)
    keep_days: int = Field(30, ge=4, le=90)
    concurrency: int = Field(16, ge=1, le=100)
    poll_seconds: float = Field(1.0, ge=0.05, le=60)
