"""The desk's numbers over HTTP."""

from datetime import UTC, datetime

from guildhall.chat.messages.numbers import DayShown, NumbersQuery, NumbersShown, NumbersTold, SpreadShown
from guildhall.chat.model.numbers import DayNumbers
from guildhall.chat.routes.desk import DESK
from guildhall.chat.rules.counting import DAY_MS, day_of, spread, summed
from guildhall.chat.service import ChatService
from guildhall.kit.http import Answer, Call, NoBody, Route

NUMBERS = DESK.read(
    "read_desk_numbers",
    "/desk/numbers",
    "Deflection, first response, resolution, promises, ratings and cost, by the day a conversation began (UTC)",
    NumbersTold,
    NumbersQuery,
    problems=frozenset[str](),
)


def number_routes(service: ChatService) -> tuple[Route, ...]:
    numbers, settings = service.numbers, service.context.settings

    async def read(call: Call[NoBody, NumbersQuery]) -> Answer:
        today = day_of(service.context.clock.now_ms())
        days = range(today - call.query.days + 1, today + 1)
        found = await numbers.of(days.start, {call.query.site} if call.query.site else ())
        tokens = {day: await numbers.tokens_of(day) for day in days}
        shown = [
            DayShown(
                day=name_day(day),
                numbers=show_numbers(summed([one for one in found if one.day == day]), tokens[day]),
            )
            for day in days
        ]
        price = numbers.price
        return Answer(
            NumbersTold(
                sites=sorted(settings.sites),
                whole=show_numbers(summed(found), sum(tokens.values())),
                days=shown,
                million_tokens_cost=price.amount if price is not None else 0.0,
                cost_currency=price.currency if price is not None else "",
                counted_to_ms=await service.context.store.numbers_counted_to(),
            )
        )

    return (Route(NUMBERS, read),)


def name_day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC).strftime("%Y-%m-%d")


def show_numbers(numbers: DayNumbers, tokens: int) -> NumbersShown:
    counts = {name: getattr(numbers, name) for name in NumbersShown.model_fields if name in DayNumbers.model_fields}
    times = {"reply": numbers.reply_ms, "person": numbers.person_ms, "resolution": numbers.resolution_ms}
    shown = {name: _show(ms) for name, ms in times.items()}
    return NumbersShown.model_validate({**counts, **shown, "ratings": list(numbers.ratings), "tokens": tokens})


def _show(times: tuple[int, ...]) -> SpreadShown:
    found = spread(times)
    return SpreadShown(median_ms=found.median_ms, p90_ms=found.p90_ms)
