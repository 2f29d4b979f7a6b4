"""A lease is one person's alone until it is over, and then anybody's."""

from guildhall.kit.leases import GIVEN_BACK, Lease, LeasedDocument, taken

MINUTE_MS = 60_000


def test_it_is_its_holders_alone_until_it_is_over() -> None:
    document = LeasedDocument(id="doc_1", created_at_ms=0)
    assert document.lease.is_free_for("kate", 0)
    assert not document.lease.is_held_by("", 0)
    lease = document.model_copy(update=taken("kate", 30, 1_000)).lease
    assert lease == Lease("kate", 1_000 + 30 * MINUTE_MS)
    last_ms = lease.until_ms - 1
    assert (lease.is_held_by("kate", last_ms), lease.is_free_for("kate", last_ms)) == (True, True)
    assert (lease.is_held_by("dora", last_ms), lease.is_free_for("dora", last_ms)) == (False, False)
    assert (lease.is_held_by("kate", lease.until_ms), lease.is_free_for("dora", lease.until_ms)) == (False, True)


def test_given_back_it_is_nobodys() -> None:
    document = LeasedDocument(id="doc_1", created_at_ms=0).model_copy(update=taken("kate", 30, 1_000))
    assert document.model_copy(update=GIVEN_BACK).lease == Lease("", 0)
