from guildhall.kit.clock import ManualClock
from guildhall.kit.sockets.admission import Admission


def test_a_transport_is_overdue_when_it_has_been_without_a_peer_for_long_enough() -> None:
    clock = ManualClock()
    admission = Admission(clock, 5)
    admission.opened("bare")
    admission.opened("joined")
    admission.joined("joined")
    admission.joined("joined")
    clock.advance(4_999)
    assert admission.overdue() == []
    clock.advance(1)
    assert admission.overdue() == ["bare"]
    admission.left("joined")
    clock.advance(5_000)
    assert admission.overdue() == ["bare"]
    admission.left("joined")
    clock.advance(4_999)
    assert admission.overdue() == ["bare"]
    clock.advance(1)
    assert admission.overdue() == ["bare", "joined"]


def test_a_closed_transport_is_forgotten_whatever_comes_after() -> None:
    clock = ManualClock()
    admission = Admission(clock, 5)
    admission.opened("gone")
    admission.joined("gone")
    admission.closed("gone")
    admission.left("gone")
    admission.joined("gone")
    clock.advance(10_000)
    assert admission.overdue() == []
