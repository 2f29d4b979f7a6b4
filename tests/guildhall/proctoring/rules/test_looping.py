"""The loop finder: what repeats is found at its lag, and what only looks alike never is."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from guildhall.proctoring.rules.looping import (
    APART_MS,
    EVERY_MS,
    MOST_PRINTS,
    NEAR_BITS,
    PERIODIC_MS,
    Loop,
    Past,
    add_picture,
    find_loop,
)

STEP_MS = 200
Prints = tuple[int, int]


def film(random: Random, count: int) -> list[Prints]:
    """Pictures of somebody who moves: every one is new."""
    return [(random.randrange(1, 1 << 32), random.getrandbits(64)) for _ in range(count)]


def again(picture: Prints, random: Random, bits: int) -> Prints:
    """The same picture encoded anew: another exact print, a rough one that differs a little."""
    rough = picture[1]
    for place in random.sample(range(64), bits):
        rough ^= 1 << place
    return random.randrange(1, 1 << 32), rough


def watch(pictures: list[Prints], step_ms: int = STEP_MS) -> list[Loop | None]:
    past, loops = Past(), []
    for place, picture in enumerate(pictures):
        past = add_picture(past, *picture, (place + 1) * step_ms)
        loops.append(find_loop(past))
    return loops


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(25, 120), st.integers(0, 40))
def test_a_loop_of_any_length_is_found_at_its_lag_within_its_second_round(seed: int, length: int, before: int) -> None:
    random = Random(seed)
    clip = film(random, length)
    loops = watch(film(random, before) + clip * 2)
    assert loops[: before + length] == [None] * (before + length)
    found = loops[before + length + 10]
    assert found is not None
    assert found.lag_ms == length * STEP_MS
    assert found.since_ms == (before + length + 1) * STEP_MS


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(PERIODIC_MS // STEP_MS, 120), st.integers(0, NEAR_BITS))
def test_a_loop_that_is_encoded_anew_is_found_too(seed: int, length: int, bits: int) -> None:
    random = Random(seed)
    clip = film(random, length)
    loops = watch(clip + [again(picture, random, bits) for picture in clip])
    assert loops[:length] == [None] * length
    found = loops[length + PERIODIC_MS // STEP_MS - 1]
    assert found is not None
    assert found.lag_ms == length * STEP_MS


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32))
def test_pictures_that_never_repeat_are_no_loop(seed: int) -> None:
    assert not any(watch(film(Random(seed), 400)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 4))
def test_stillness_is_no_loop_however_much_noise_is_in_it(seed: int, bits: int) -> None:
    random = Random(seed)
    (scene,) = film(random, 1)
    assert not any(watch([again(scene, random, bits) for _ in range(300)]))


def test_a_frozen_picture_is_no_loop() -> None:
    assert not any(watch(film(Random(1), 100) + film(Random(2), 1) * 300))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(APART_MS // STEP_MS + 1, PERIODIC_MS // STEP_MS - 1))
def test_somebody_who_rocks_is_no_loop(seed: int, period: int) -> None:
    """Rocking brings back what a picture looks like, and never its noise."""
    random = Random(seed)
    sway = film(random, period)
    assert not any(watch([again(sway[place % period], random, 3) for place in range(400)]))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1 << 32))
def test_somebody_who_sits_in_a_few_ways_by_turns_is_no_loop(seed: int) -> None:
    random = Random(seed)
    postures = film(random, 4)
    pictures = []
    for _ in range(25):
        posture = random.choice(postures)
        pictures += [again(posture, random, random.randrange(3)) for _ in range(random.randrange(8, 40))]
    assert not any(watch(pictures))


def test_a_loop_is_found_by_a_browser_that_meets_one_picture_in_six_of_it() -> None:
    random = Random(5)
    clip = film(random, 900)  # thirty seconds at thirty a second
    taken = [clip[int(place * 6.1 + random.uniform(0, 2)) % len(clip)] for place in range(500)]
    found = [loop for loop in watch(taken) if loop is not None]
    assert found
    assert {round(loop.lag_ms / 1000) % 30 for loop in found} <= {29, 0, 1}


def test_a_camera_that_repeats_pictures_in_dim_light_is_no_loop() -> None:
    pictures = [picture for picture in film(Random(6), 120) for _ in range(3)]
    assert not any(watch(pictures))


def test_what_is_remembered_is_bounded_and_a_fast_camera_is_sampled() -> None:
    past = Past()
    for place, picture in enumerate(film(Random(7), MOST_PRINTS + 500)):
        past = add_picture(past, *picture, place * EVERY_MS)
    assert (len(past.times), len(past.exact), len(past.rough)) == (MOST_PRINTS * 8, MOST_PRINTS * 4, MOST_PRINTS * 8)
    assert len(past.echoes) <= 20_000 // EVERY_MS + 1
    newest_ms = past.newest_ms
    assert newest_ms is not None
    assert add_picture(past, 1, 1, newest_ms + EVERY_MS - 1) is past


def test_the_same_pictures_are_judged_the_same_whatever_was_kept_in_between() -> None:
    clip = film(Random(8), 40)
    assert watch(clip * 3) == watch(clip * 3)
