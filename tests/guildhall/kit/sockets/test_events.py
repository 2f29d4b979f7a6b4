import pytest

from guildhall.kit.sockets import Limit, Message, Namespace, Peer, on
from guildhall.kit.sockets.events import declared_handlers
from tests.guildhall.kit.sockets.room import Claims

LIMIT = Limit(per_second=1, burst=1)


class Plain(Namespace[Claims]):
    path = "/plain"

    @on("first", Message, LIMIT)
    async def take_first(self, _peer: Peer[Claims], _message: Message) -> None:
        pass

    async def on_second(self) -> None:
        pass


class Richer(Plain):
    path = "/richer"

    @on("third", Message, LIMIT)
    async def take_third(self, _peer: Peer[Claims], _message: Message) -> None:
        pass


def test_a_namespace_takes_the_events_it_declares_and_those_it_inherits() -> None:
    assert set(declared_handlers(Plain(), {})) == {"renew_token", "first"}
    richer = Richer()
    handlers = declared_handlers(richer, {})
    assert set(handlers) == {"renew_token", "first", "third"}
    assert handlers["third"].take == richer.take_third


def test_an_event_has_one_handler() -> None:
    class Double(Plain):
        @on("first", Message, LIMIT)
        async def take_it_too(self, _peer: Peer[Claims], _message: Message) -> None:
            pass

    with pytest.raises(ValueError, match="Two methods of Double take the event 'first'"):
        declared_handlers(Double(), {})


def test_a_limit_that_follows_from_a_setting_replaces_the_declared_one() -> None:
    wider = Limit(per_second=9, burst=9)
    handlers = declared_handlers(Richer(), {"first": wider})
    assert handlers["first"].event.limit == wider
    assert handlers["third"].event.limit == LIMIT
    with pytest.raises(ValueError, match="Plain limits 'third', an event that it does not take"):
        declared_handlers(Plain(), {"third": wider})


@pytest.mark.parametrize("name", ["connect", "disconnect", "connect_error"])
def test_the_librarys_own_event_names_cannot_be_declared(name: str) -> None:
    with pytest.raises(ValueError, match="may not be called"):
        on(name, Message, LIMIT)
