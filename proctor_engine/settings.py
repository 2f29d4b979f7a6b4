"""Every knob of the engine; the platform composes this into its own configuration as the `engine` section."""

import os
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DetectorName = Literal["litert", "scripted"]


class EngineSettings(BaseModel):
    """How many children look at frames, within which limits, and where they are: here or behind Redis."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # What examines a frame.
    detector: DetectorName = Field("litert", description="`scripted` obeys painted pictures: tests and demos only.")
    max_faces: int = Field(4, ge=1, le=16, description="Faces looked for in one picture; each costs about 1 ms.")
    detect_every_ms: int = Field(
        1_000, ge=0, description="New faces are looked for at least so often, also where nothing changes; 0: always."
    )
    max_frame_bytes: int = Field(400_000, ge=1_000, le=16_000_000)
    max_picture_px: int = Field(1920 * 1080, ge=10_000, description="Width times height that will be decoded.")

    # The pool.
    children: int = Field(0, ge=0, le=256, description="Child processes; 0 means one per core.")
    niceness: int = Field(10, ge=0, le=19, description="Children yield to the event loop that feeds them.")
    frames_in_flight: int = Field(2, ge=1, le=8, description="Frames given to one child at a time.")
    max_waiting_sessions: int = Field(4_096, ge=1, description="Sessions with a frame waiting; more are refused.")

    # Supervision.
    start_deadline_seconds: float = Field(60.0, gt=0, description="From spawning a child to its first word: ready.")
    frame_deadline_seconds: float = Field(2.0, gt=0, description="A child that holds a frame longer is replaced.")
    ping_interval_seconds: float = Field(2.0, gt=0, description="Silence after which an idle child is asked.")
    ping_timeout_seconds: float = Field(2.0, gt=0)
    stop_ask_seconds: float = Field(2.0, ge=0, description="First rung: asked to end, then SIGTERM.")
    stop_terminate_seconds: float = Field(1.0, ge=0, description="Second rung: SIGTERM, then SIGKILL.")
    restart_budget: int = Field(5, ge=1, description="Restarts of a child within the window; then it cools down.")
    restart_window_seconds: float = Field(60.0, gt=0)
    restart_cooldown_seconds: float = Field(15.0, gt=0)
    bar_after_deaths: int = Field(2, ge=1, description="Children a session's frames may cost before it is barred.")
    bar_seconds: float = Field(60.0, gt=0, description="How long, and how long its deaths are remembered.")

    # Engine processes on other machines, reached over Redis Streams.
    remote: bool = False
    redis_url: str | None = None
    stream_prefix: str = Field("guildhall:engine", min_length=1)
    stream_max_frames: int = Field(512, ge=1, description="Frames kept in the stream; older ones are trimmed.")
    reply_max_entries: int = Field(2_048, ge=16, description="Answers kept for one web process.")
    stale_frame_ms: int = Field(1_000, ge=50, description="An engine process drops frames that waited longer.")
    remote_deadline_seconds: float = Field(
        1.5, gt=0, description="From sending a frame to giving up on its answer; a dead engine holds a session so long."
    )

    @model_validator(mode="after")
    def _remote_needs_redis(self) -> Self:
        if self.remote and not self.redis_url:
            raise ValueError("engine.remote needs engine.redis_url: engine processes are reached through Redis")
        return self

    def child_count(self) -> int:
        """Children to start: the number asked for, or one for each core this process may run on."""
        return self.children or len(os.sched_getaffinity(0))
