"""The verbs of chat, for its namespace, routes and jobs."""

from guildhall.chat.service.context import Context
from guildhall.chat.service.conversations import Conversations
from guildhall.chat.service.desk import Desk
from guildhall.chat.service.files import Files
from guildhall.chat.service.following import Following
from guildhall.chat.service.logbook import Logbook
from guildhall.chat.service.mailing import Mailing
from guildhall.chat.service.news import News
from guildhall.chat.service.notes import Notes
from guildhall.chat.service.noticing import Noticing
from guildhall.chat.service.numbers import Numbers
from guildhall.chat.service.opening import Openings
from guildhall.chat.service.places import Places
from guildhall.chat.service.presence import Presence
from guildhall.chat.service.promising import Promising
from guildhall.chat.service.queueing import Queueing
from guildhall.chat.service.reach import Reach
from guildhall.chat.service.replies import Replies
from guildhall.chat.service.rooms import Rooms
from guildhall.chat.service.searching import Searching
from guildhall.chat.service.talks import Talks
from guildhall.chat.service.visitors import Visitors

__all__ = ["ChatService"]


class ChatService:
    """Made by the composition root."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.places = Places(context)
        self.logbook = Logbook(context)
        self.news = News(context)
        self.following = Following(context, self.logbook, self.places, self.news)
        self.reach = Reach(context, self.logbook)
        self.queueing = Queueing(context, self.logbook, self.places, self.following, self.reach)
        self.visitors = Visitors(context)
        self.promising = Promising(context, self.logbook, self.following)
        openings = Openings(context, self.logbook)
        self.conversations = Conversations(
            context, self.logbook, self.following, self.queueing, self.promising, self.reach, openings
        )
        self.files = Files(context, self.conversations)
        self.mailing = Mailing(context, self.logbook, self.following, self.conversations)
        self.noticing = Noticing(context, self.logbook)
        self.desk = Desk(context, self.logbook, self.places, self.following, self.queueing, self.reach)
        self.talks = Talks(context, openings, self.desk)
        self.presence = Presence(context, self.queueing, self.news)
        self.notes = Notes(context)
        self.replies = Replies(context)
        self.numbers = Numbers(context)
        self.searching = Searching(context, self.logbook, self.reach)
        self.rooms = Rooms(context, self.logbook)

    async def close(self) -> None:
        """Leave every room, and finish what follows from what was said."""
        await self.rooms.close()
        await self.following.close()
        await self.news.close()
