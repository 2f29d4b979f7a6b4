import pytest

from guildhall.accounts.model import PENDING_BOUND
from guildhall.accounts.rules.following import OutboxFull, audited, follow_up
from tests.guildhall.accounts.documents import an_account


def test_effects_of_one_change_and_of_later_ones_never_share_a_key() -> None:
    effect = audited("usr_1", "accounts.test", 1)
    first = follow_up(follow_up(an_account(), effect, effect), effect)
    assert len(first.pending) == first.pending_count == 3
    later = follow_up(an_account().model_copy(update={"rev": 2}), effect)
    assert first.pending.keys().isdisjoint(later.pending)


def test_a_document_takes_on_only_so_much() -> None:
    effects = [audited("usr_1", "accounts.test", 1)] * PENDING_BOUND
    with pytest.raises(OutboxFull):
        follow_up(follow_up(an_account(), *effects), effects[0])
