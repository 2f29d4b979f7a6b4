"""Every threshold of proctoring, with its unit in its name. config.yaml explains each to the owner."""

from pydantic import BaseModel, ConfigDict, Field

# Programs and drivers that give a browser pictures which no lens took; names in lower case, of whole words.
VIRTUAL_CAMERAS = (
    *("virtual", "obs", "manycam", "snap camera", "xsplit", "splitcam", "youcam", "sparkocam", "webcamoid", "mmhmm"),
    *("vcam", "e2esoft", "ndi", "unity video capture", "v4l2loopback", "dummy video device", "akvcam", "altercam"),
    *("droidcam", "iriun", "epoccam", "ivcam", "camo"),  # a phone as a camera: often used in good faith
)


class RuleSettings(BaseModel):
    """When a sign becomes an incident, and when the incident ends. Read by `rules/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    absent_after_seconds: float = Field(3.0, ge=0.5, le=120)
    several_faces_after_seconds: float = Field(1.0, ge=0.2, le=120)
    looking_away_after_seconds: float = Field(2.0, ge=0.5, le=120)
    camera_dark_after_seconds: float = Field(2.0, ge=0.5, le=120)
    camera_covered_after_seconds: float = Field(2.0, ge=0.5, le=120)
    camera_unclear_after_seconds: float = Field(2.0, ge=0.5, le=120)
    no_frames_after_seconds: float = Field(5.0, ge=1.0, le=600)
    clear_after_seconds: float = Field(1.0, ge=0.2, le=60)
    flicker_seconds: float = Field(0.6, ge=0.0, le=10)
    gap_seconds: float = Field(1.5, ge=0.3, le=30)

    away_yaw_deg: float = Field(22.0, ge=5, le=90)
    away_pitch_deg: float = Field(22.0, ge=5, le=90)
    away_gaze: float = Field(0.18, ge=0.05, le=2)
    away_gaze_least: float = Field(0.13, ge=0.02, le=2)
    away_screen: float = Field(0.15, ge=0.0, le=2)
    dark_light: float = Field(0.10, ge=0.0, le=1)
    covered_contrast: float = Field(0.12, ge=0.0, le=0.5)
    covered_detail: float = Field(0.2, ge=0.0, le=1, description="Noise shows as .13 of it; a dim room as .3 and more.")
    unclear_detail: float = Field(0.10, ge=0.0, le=1, description="Below it there is nothing to see in a picture.")
    unclear_blur: float = Field(0.5, ge=0.0, le=1, description="Above it a face would not be found, or not read.")
    unclear_grain: float = Field(0.5, ge=0.0, le=1, description="Above it noise hides a face.")
    unclear_blocks: float = Field(0.5, ge=0.0, le=1, description="Above it compression hides a small face.")
    unclear_glare: float = Field(0.5, ge=0.0, le=1, description="Burnt-out share of a picture that hides a face.")
    clear_face_interocular_px: float = Field(36.0, ge=1)
    clear_face_light: float = Field(0.12, ge=0.0, le=1)

    feed_frozen_after_seconds: float = Field(5.0, ge=2, le=120, description="Of one and the same picture, to the bit.")
    feed_looped_after_seconds: float = Field(60.0, ge=1, le=3600, description="Of pictures that repeat earlier ones.")
    virtual_camera_names: tuple[str, ...] = Field(VIRTUAL_CAMERAS, description="Words in the name of a camera.")
    screen_pattern_limit: float = Field(3.6, ge=1, le=20, description="The median of five looks must be above it.")
    face_changed_limit: float = Field(0.045, ge=0.01, le=1, description="Root mean square difference of proportions.")
    face_changed_after_seconds: float = Field(4.0, ge=0.5, le=120)

    claim_least_seconds: float = Field(1.0, ge=0, le=60, description="A shorter stretch is noted and no incident.")
    claim_gap_seconds: float = Field(10.0, ge=0, le=600, description="Between two incidents of one kind of moment.")
    corroboration_seconds: float = Field(1.5, ge=0, le=30, description="Two things so far apart are of one time.")
    clock_jump_seconds: float = Field(5.0, ge=1, le=3600, description="Smaller steps of a clock are its upkeep.")

    calibration_seconds: float = Field(3.0, ge=0.5, le=60)
    calibration_spread_deg: float = Field(6.0, ge=0.5, le=90)
    calibration_limit_deg: float = Field(35.0, ge=5, le=90)
    calibration_least_quality: float = Field(0.5, ge=0.0, le=1)


class CheckSettings(BaseModel):
    """What the system check before an exam asks of camera, line and clock. Read by `rules/system_check.py`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_frames_per_second: float = Field(5.0, ge=1, le=60)
    least_upload_kbit_s: float = Field(300.0, ge=1, le=100_000)
    most_clock_offset_seconds: float = Field(120.0, ge=1, le=86_400)


class CalmSettings(BaseModel):
    """What is asked of a candidate's page while nothing happens. Read by `rules/calming.py`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_seconds: float = Field(10.0, ge=1, le=600)
    interval_ms: int = Field(500, ge=33, le=1000, description="Not longer than two thirds of rules.gap_seconds.")
    least_width_px: int = Field(320, ge=160, le=1920)
    jpeg_quality: float = Field(0.5, ge=0.2, le=1)


class ReviewSettings(BaseModel):
    """How long people may take over what was flagged. Read by `service/reviewing.py` and its follower."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lease_minutes: float = Field(30.0, ge=1, le=24 * 60)
    contest_days: float = Field(14.0, ge=0.0001, le=365)
    settle_seconds: float = Field(5.0, ge=0, le=600)
    wait_seconds: float = Field(120.0, ge=1, le=24 * 3600)


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
    attend_lease_seconds: float = Field(45.0, ge=2, le=3600)
    resend_seconds: float = Field(3.0, ge=0.2, le=60)
    look_calm_seconds: float = Field(300.0, ge=5, le=3600)
    look_urgent_seconds: float = Field(15.0, ge=1, le=600)
    ranking_interval_seconds: float = Field(1.0, ge=0.1, le=60)
    candidates_per_exam: int = Field(500, ge=1, le=5000)
    demo: bool = True
    calm: CalmSettings = CalmSettings()
    checks: CheckSettings = CheckSettings()
    review: ReviewSettings = ReviewSettings()
    rules: RuleSettings = RuleSettings()
