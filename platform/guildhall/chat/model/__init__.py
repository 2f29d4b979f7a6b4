"""What chat keeps, as frozen documents.

The truth about a conversation is its numbered log: each entry carries the `Standing` that it leads to, so that one
insert under the next number says something *and* decides who may speak next. `Conversation` is what lists are made
from: a follower brings it up to the log.
"""

from guildhall.chat.model.agents import DeskAgent, Place
from guildhall.chat.model.conversations import (
    BETWEEN_PARTIES,
    FILES_OF_A_MESSAGE_MAX,
    TAGS_MAX,
    ChatClaims,
    Choice,
    Cited,
    Conversation,
    ConversationKind,
    EntryKind,
    Filed,
    Party,
    Read,
    Reply,
    Said,
    Standing,
    Tally,
    VisitorClaims,
)
from guildhall.chat.model.files import ChatFile, FileClaims
from guildhall.chat.model.replies import CannedReply

__all__ = [
    "BETWEEN_PARTIES",
    "FILES_OF_A_MESSAGE_MAX",
    "TAGS_MAX",
    "CannedReply",
    "ChatClaims",
    "ChatFile",
    "Choice",
    "Cited",
    "Conversation",
    "ConversationKind",
    "DeskAgent",
    "EntryKind",
    "FileClaims",
    "Filed",
    "Party",
    "Place",
    "Read",
    "Reply",
    "Said",
    "Standing",
    "Tally",
    "VisitorClaims",
]
