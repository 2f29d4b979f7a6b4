"""What an owner may set about automatic answers. config.yaml explains each."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class AiSettings(BaseModel):
    """Any server that speaks as OpenAI's does; without a key or an address of its own it is off."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    api: Literal["chat_completions", "responses"] = Field(
        "chat_completions", description="Every compatible server speaks the first, OpenAI's own also the second."
    )
    api_key: str | None = Field(None, repr=False)
    base_url: str | None = Field(None, description="Of a compatible server; empty: OpenAI's own.")
    model: str = Field("gpt-4o-mini", min_length=1, max_length=120)
    total_seconds: float = Field(30.0, gt=0, le=300, description="For a whole answer, whatever happens.")
    quiet_seconds: float = Field(8.0, gt=0, le=120, description="Without a word for so long, the stream is given up.")
    connect_seconds: float = Field(3.0, gt=0, le=60)
    retries: int = Field(1, ge=0, le=5)
    answer_tokens: int = Field(400, ge=50, le=4_000)
    grounds: int = Field(4, ge=1, le=8, description="FAQ entries an answer may rest on.")
    ground_likeness: float = Field(0.08, ge=0, le=1, description="What is less like the question is not shown to it.")
    visitor_tokens_per_day: int = Field(20_000, ge=0)
    conversation_tokens: int = Field(12_000, ge=0)
    tokens_per_day: int = Field(1_000_000, ge=0)
    million_tokens_cost: float = Field(0.0, ge=0, le=10_000, description="For the numbers; 0: tokens are shown alone.")
    cost_currency: str = Field("USD", pattern=r"^[A-Z]{3}$")
    failures_to_open: int = Field(4, ge=1, le=100, description="So many in a row, and it rests.")
    rest_seconds: float = Field(30.0, gt=0, le=3_600)

    @property
    def is_on(self) -> bool:
        return bool(self.api_key or self.base_url)


class AnsweringSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    wait_seconds: float = Field(0.7, ge=0, le=10, description="More lines that come meanwhile are one question.")
    lease_seconds: float = Field(10.0, ge=1, le=300, description="Whoever thinks and is silent for so long is dead.")
    resume_after_seconds: float = Field(
        5.0, ge=0.1, le=600, description="A question without an answer for so long is taken up by whoever looks."
    )
    job_seconds: float = Field(1.0, ge=0.05, le=60)
    replay_days: int = Field(30, ge=1, le=365)
    ai: AiSettings = AiSettings()
