"""What messages over HTTP are: frozen, and nothing beyond what is named."""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
