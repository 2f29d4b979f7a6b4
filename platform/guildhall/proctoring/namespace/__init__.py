"""The proctoring sockets: parse, call the service, answer."""

from guildhall.proctoring.namespace.candidate import ExamRoomNamespace
from guildhall.proctoring.namespace.practice import PracticeRoomNamespace
from guildhall.proctoring.namespace.proctor import ProctorWallNamespace

__all__ = ["ExamRoomNamespace", "PracticeRoomNamespace", "ProctorWallNamespace"]
