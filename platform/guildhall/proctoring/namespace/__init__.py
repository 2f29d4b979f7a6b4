"""The two proctoring sockets: parse, call the service, answer."""

from guildhall.proctoring.namespace.candidate import ExamRoomNamespace
from guildhall.proctoring.namespace.proctor import ProctorWallNamespace

__all__ = ["ExamRoomNamespace", "ProctorWallNamespace"]
