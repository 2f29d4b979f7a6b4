"""Every threshold of proctoring, with its unit in its name. config.yaml explains each to the owner."""

from pydantic import BaseModel, ConfigDict, Field


class RuleSettings(BaseModel):
    """When a sign becomes an incident, and when the incident ends. Read by `rules/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    absent_after_seconds: float = Field(3.0, ge=0.5, le=120)
    several_faces_after_seconds: float = Field(1.0, ge=0.2, le=120)
    looking_away_after_seconds: float = Field(2.0, ge=0.5, le=120)
    camera_dark_after_seconds: float = Field(2.0, ge=0.5, le=120)
    camera_covered_after_seconds: float = Field(2.0, ge=0.5, le=120)
    no_frames_after_seconds: float = Field(5.0, ge=1.0, le=600)
    clear_after_seconds: float = Field(1.0, ge=0.2, le=60)
    flicker_seconds: float = Field(0.6, ge=0.0, le=10)
    gap_seconds: float = Field(1.5, ge=0.3, le=30)

    away_yaw_deg: float = Field(22.0, ge=5, le=90)
    away_pitch_deg: float = Field(22.0, ge=5, le=90)
    away_gaze: float = Field(0.18, ge=0.05, le=2)
    dark_light: float = Field(0.10, ge=0.0, le=1)
    covered_contrast: float = Field(0.035, ge=0.0, le=0.5)
    covered_sharpness: float = Field(0.35, ge=0.0, le=1)
    clear_face_interocular_px: float = Field(36.0, ge=1)
    clear_face_light: float = Field(0.12, ge=0.0, le=1)

    calibration_seconds: float = Field(3.0, ge=0.5, le=60)
    calibration_spread_deg: float = Field(6.0, ge=0.5, le=90)
    calibration_limit_deg: float = Field(35.0, ge=5, le=90)


class ProctoringSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    frame_interval_ms: int = Field(200, ge=33, le=10_000)
    max_frame_bytes: int = Field(400_000, ge=10_000, le=4_000_000)
    max_picture_px: int = Field(1920 * 1080, ge=64 * 64)
    frame_width_px: int = Field(640, ge=160, le=1920)
    frame_height_px: int = Field(480, ge=120, le=1080)
    jpeg_quality: float = Field(0.75, ge=0.2, le=1)
    tile_interval_ms: int = Field(500, ge=50, le=60_000)
    head_interval_seconds: float = Field(10.0, ge=0.5, le=600)
    lease_seconds: float = Field(15.0, ge=2, le=600)
    token_lifetime_seconds: int = Field(6 * 3600, ge=60)
    candidates_per_exam: int = Field(500, ge=1, le=5000)
    demo: bool = True
    rules: RuleSettings = RuleSettings()
