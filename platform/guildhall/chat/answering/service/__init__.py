"""The verbs of answering, for its routes and its job."""

from guildhall.chat.answering.service.ai import Ai
from guildhall.chat.answering.service.budgets import Budgets
from guildhall.chat.answering.service.composing import Composing
from guildhall.chat.answering.service.context import Context
from guildhall.chat.answering.service.deciding import Deciding
from guildhall.chat.answering.service.reviewing import Reviewing
from guildhall.chat.answering.service.turns import Turns
from guildhall.chat.service.numbers import Price

__all__ = ["AnsweringService"]


class AnsweringService:
    """Made by the composition root, after the chat and the FAQ it answers for."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.deciding = Deciding(context)
        self.ai = Ai(context.settings.ai, context.clock)
        budgets = Budgets(context.store, context.clock, context.settings.ai)
        self.turns = Turns(context, self.deciding, Composing(context, self.deciding, self.ai, budgets))
        self.reviewing = Reviewing(context)
        context.chat.numbers.tokens_of = budgets.spent_on
        price = context.settings.ai.million_tokens_cost
        context.chat.numbers.price = Price(price, context.settings.ai.cost_currency) if price else None

    async def close(self) -> None:
        """Give up what is being thought about; whoever looks next takes it up."""
        await self.turns.close()
        await self.ai.close()
