"""How often a candidate's page sends a picture, and how often one is judged."""

from collections.abc import Sequence

from guildhall.proctoring.settings import ProctoringSettings

# Of `gap_seconds`: frames further apart count for neither side, so a pace slower than that would judge nobody. What
# remains is for frames that are late. An engine that is fuller than this skips frames instead, evenly.
SLOWEST_SHARE_OF_GAP = 2 / 3
RATE_FRAMES = 16  # the rate is told from so many at most ...
RATE_WINDOW_MS = 5_000  # ... and none that is older


def next_interval_ms(engine_interval_ms: int, settings: ProctoringSettings) -> int:
    """What a page is told with each verdict: the configured interval, or a longer one while the engine is full."""
    slowest_ms = round(settings.rules.gap_seconds * 1_000 * SLOWEST_SHARE_OF_GAP)
    return max(settings.frame_interval_ms, min(engine_interval_ms, slowest_ms))


def frames_per_second(judged_at_ms: Sequence[int], now_ms: int) -> float | None:
    """The rate at which frames are judged, from when the last ones arrived; None before there are two."""
    if len(judged_at_ms) < 2:  # noqa: PLR2004 - an interval has two ends
        return None
    recent = [at_ms for at_ms in judged_at_ms if now_ms - at_ms <= RATE_WINDOW_MS]
    if len(recent) < 2 or recent[-1] <= recent[0]:  # noqa: PLR2004
        return 0.0
    return round((len(recent) - 1) * 1_000 / (recent[-1] - recent[0]), 1)
