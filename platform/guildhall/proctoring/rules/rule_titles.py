"""What a rule claims, in words that candidate, reviewer and report read alike. Pure."""

from typing import Final

from guildhall.proctoring.model.incident_kinds import Rule

TITLES: Final = {
    Rule.ABSENT: "Nobody in the picture",
    Rule.SEVERAL_FACES: "A second person in the picture",
    Rule.LOOKING_AWAY: "Looking away from the screen",
    Rule.CAMERA_DARK: "Too dark to see",
    Rule.CAMERA_COVERED: "The camera was covered",
    Rule.CAMERA_UNCLEAR: "Too unclear to see",
    Rule.NO_FRAMES: "No pictures arrived",
    Rule.FEED_FROZEN: "The picture stood still",
    Rule.FEED_LOOPED: "The pictures repeated themselves",
    Rule.VIRTUAL_CAMERA: "The camera has the name of a program",
    Rule.SCREEN_FILMED: "The picture looks filmed from a screen",
    Rule.FACE_CHANGED: "The face looks like another's",
    Rule.TAB_HIDDEN: "The exam was not on the screen",
    Rule.FOCUS_LOST: "Another window had the keyboard",
    Rule.FULL_SCREEN_LEFT: "Full screen was left",
    Rule.COPIED: "Something was copied",
    Rule.PASTED: "Something was pasted",
    Rule.PRINTED: "The page was printed",
    Rule.SECOND_SCREEN: "There is a second screen",
    Rule.DEVELOPER_TOOLS: "Developer tools may have been open",
    Rule.NETWORK_LOST: "The network was lost",
    Rule.CLOCK_JUMPED: "The device's clock was changed",
}
BY_HAND: Final = "Flagged by a proctor"


def title_of(rule: Rule | None) -> str:
    return BY_HAND if rule is None else TITLES[rule]
