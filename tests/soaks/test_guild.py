"""Random people in a town for a few steps, one after the other; `make fuzz-gigs` walks for longer, and at once.

What must hold after each step stands in `truths`.
"""

from hypothesis import HealthCheck, settings

from tests.soaks.guild.machine import OneByOne

TestTownspeople = OneByOne.TestCase
TestTownspeople.settings = settings(
    max_examples=4,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
