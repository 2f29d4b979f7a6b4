"""How far somebody is with an exam, as other domains are told it."""

from enum import StrEnum


class ExamProgress(StrEnum):
    """How far somebody is with an exam that another domain asks them for."""

    NOT_INVITED = "not_invited"
    TO_SIT = "to_sit"
    SITTING = "sitting"
    MARKING = "marking"
    WITHHELD = "withheld"
    NOT_PASSED = "not_passed"
