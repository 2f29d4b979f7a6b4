"""What an incident may claim, in which channel, and what may corroborate a claim."""

from enum import StrEnum
from typing import Final


class Rule(StrEnum):
    """What an incident claims. A new one needs a sign in `rules/signs.py` and a threshold in `settings.py`."""

    ABSENT = "absent"
    SEVERAL_FACES = "several_faces"
    LOOKING_AWAY = "looking_away"
    CAMERA_DARK = "camera_dark"
    CAMERA_COVERED = "camera_covered"
    CAMERA_UNCLEAR = "camera_unclear"
    NO_FRAMES = "no_frames"
    FEED_FROZEN = "feed_frozen"
    FEED_LOOPED = "feed_looped"
    VIRTUAL_CAMERA = "virtual_camera"
    SCREEN_FILMED = "screen_filmed"
    FACE_CHANGED = "face_changed"
    # What a candidate's own browser says of itself: `rules/claims.py`.
    TAB_HIDDEN = "tab_hidden"
    FOCUS_LOST = "focus_lost"
    FULL_SCREEN_LEFT = "full_screen_left"
    COPIED = "copied"
    PASTED = "pasted"
    PRINTED = "printed"
    SECOND_SCREEN = "second_screen"
    DEVELOPER_TOOLS = "developer_tools"
    NETWORK_LOST = "network_lost"
    CLOCK_JUMPED = "clock_jumped"


class Channel(StrEnum):
    """Cannot see is not did wrong, and a doubt about the feed is no proof: neither channel counts as behaviour."""

    BEHAVIOUR = "behaviour"
    VISIBILITY = "visibility"
    PLEASE_CHECK = "please_check"
    CLAIM = "claim"  # said by a browser, and by nothing else so far


CHANNEL_OF: Final = {
    Rule.ABSENT: Channel.BEHAVIOUR,
    Rule.SEVERAL_FACES: Channel.BEHAVIOUR,
    Rule.LOOKING_AWAY: Channel.BEHAVIOUR,
    Rule.CAMERA_DARK: Channel.VISIBILITY,
    Rule.CAMERA_COVERED: Channel.VISIBILITY,
    Rule.CAMERA_UNCLEAR: Channel.VISIBILITY,
    Rule.NO_FRAMES: Channel.VISIBILITY,
    Rule.FEED_FROZEN: Channel.PLEASE_CHECK,
    Rule.FEED_LOOPED: Channel.PLEASE_CHECK,
    Rule.VIRTUAL_CAMERA: Channel.PLEASE_CHECK,
    Rule.SCREEN_FILMED: Channel.PLEASE_CHECK,
    Rule.FACE_CHANGED: Channel.PLEASE_CHECK,
    Rule.TAB_HIDDEN: Channel.CLAIM,
    Rule.FOCUS_LOST: Channel.CLAIM,
    Rule.FULL_SCREEN_LEFT: Channel.CLAIM,
    Rule.COPIED: Channel.CLAIM,
    Rule.PASTED: Channel.CLAIM,
    Rule.PRINTED: Channel.CLAIM,
    Rule.SECOND_SCREEN: Channel.CLAIM,
    Rule.DEVELOPER_TOOLS: Channel.CLAIM,
    Rule.NETWORK_LOST: Channel.CLAIM,
    Rule.CLOCK_JUMPED: Channel.CLAIM,
}
"""Where an incident begins. A claim that something else corroborates may leave its own: see `rules/claims.py`."""
SEEN: Final = tuple(rule for rule in Rule if CHANNEL_OF[rule] is not Channel.CLAIM)
"""What is judged from pictures and from their silence."""


class Corroboration(StrEnum):
    """What else than the browser says the same as its claim."""

    LOOKING_AWAY = "looking_away"
    ABSENT = "absent"
    NO_FRAMES = "no_frames"
    CONNECTION_LOST = "connection_lost"  # our own end of the line was silent
    CLOCK_OFFSET = "clock_offset"  # our clock sees theirs differ from what it was
