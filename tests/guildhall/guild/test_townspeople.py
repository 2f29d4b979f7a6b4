"""Random people in a town for a few steps; `make fuzz-gigs` walks for longer. What must hold stands in `truths`."""

from hypothesis import HealthCheck, settings

from tests.guildhall.guild.machine import Townspeople

TestTownspeople = Townspeople.TestCase
TestTownspeople.settings = settings(
    max_examples=4,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
