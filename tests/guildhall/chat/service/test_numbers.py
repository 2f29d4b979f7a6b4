"""The numbers follow the conversations: counted by the job, again when something changed, and when a day has passed."""

from guildhall.chat.rules.counting import DAY_MS, day_of
from guildhall.kit.storage import Storage
from tests.guildhall.chat.house import ChatHouse, agent, visitor


async def test_a_day_is_counted_again_when_it_changed_and_when_a_quiet_day_has_passed(either_storage: Storage) -> None:
    house = ChatHouse(either_storage)
    await house.store.ensure()
    numbers, today = house.service.numbers, day_of(house.clock.now_ms())
    conversation = await house.queued()
    await house.service.following.follow(conversation.id)
    await numbers.count()
    (day,) = [one for one in await numbers.of(today, ()) if one.opened]
    assert (day.asked, day.person_wanted, day.person_answered, day.rested) == (1, 1, 0, 0)
    await house.come("usr_a")
    await house.service.desk.take(agent("usr_a"), conversation.id)
    await house.say(conversation, "answer-one", "Here.", "usr_a")
    await house.service.desk.resolve(agent("usr_a"), conversation.id)
    await house.service.conversations.rate(visitor(), conversation.id, "rating-1", 4, "")
    await house.service.following.follow(conversation.id)
    await house.another().service.numbers.count()
    (day,) = [one for one in await numbers.of(today, {"nowhere", ""}) if one.opened]
    assert (day.person_answered, day.resolved, day.ratings, day.rested) == (1, 1, (0, 0, 0, 1, 0), 0)
    house.clock.advance(DAY_MS + 1_000)
    await numbers.count()
    (day,) = [one for one in await numbers.of(today, ()) if one.opened]
    assert day.rested == 1
    assert await numbers.of(today, {"shop"}) == []
    await house.service.close()
