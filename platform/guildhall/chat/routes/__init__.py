"""HTTP of chat: every operation beside its handler; parties and the desk."""

from guildhall.chat.routes.chat_pass import accept_chat_tokens
from guildhall.chat.routes.desk import desk_routes
from guildhall.chat.routes.files import file_routes
from guildhall.chat.routes.keeping import keeping_routes
from guildhall.chat.routes.numbers import number_routes
from guildhall.chat.routes.parties import party_routes
from guildhall.chat.routes.replies import reply_routes
from guildhall.chat.rules.assigning import AtLimit
from guildhall.chat.rules.files import FileRefused
from guildhall.chat.rules.identity import IdentityRefused
from guildhall.chat.rules.standing import ConversationClosed, NotResolved, NotYourTurn
from guildhall.chat.service import ChatService
from guildhall.kit.errors import DomainError
from guildhall.kit.http import Route

__all__ = ["PROBLEMS", "accept_chat_tokens", "routes"]

PROBLEMS: tuple[type[DomainError], ...] = (
    AtLimit,
    ConversationClosed,
    FileRefused,
    IdentityRefused,
    NotResolved,
    NotYourTurn,
)
"""For `mount_root`: the types of problem that only chat answers with."""


def routes(service: ChatService) -> tuple[Route, ...]:
    """Everything below `/v1` that is about conversations."""
    return (
        *party_routes(service),
        *keeping_routes(service),
        *file_routes(service),
        *desk_routes(service),
        *reply_routes(service),
        *number_routes(service),
    )
