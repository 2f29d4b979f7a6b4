"""The verbs of the FAQ, for its routes, its job, and whoever answers with it."""

import asyncio

from guildhall.chat.faq.service.context import Context
from guildhall.chat.faq.service.entries import Entries
from guildhall.chat.faq.service.matchers import Matchers
from guildhall.chat.faq.service.questions import Questions
from guildhall.chat.faq.service.training import Training
from guildhall.chat.faq.training.sentences import open_sentence_model

__all__ = ["FaqService"]


class FaqService:
    """Made by the composition root; `start` before the first question, `close` after the last."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.entries = Entries(context)
        self.matchers = Matchers(context)
        self.training = Training(context)
        self.questions = Questions(context, self.entries, self.matchers)

    async def start(self) -> None:
        """Raises NoSentenceModel where the owner has named a folder that holds none: better now than later."""
        folder = self.context.settings.sentence_model_folder
        self.context.embedder = await asyncio.to_thread(open_sentence_model, folder)
        await self.matchers.start()

    async def close(self) -> None:
        await self.matchers.close()
