"""What random people in a town do, each by the verbs of the services: sensible, late, wrong or somebody else's to do.

An act takes what was drawn for it and finds something there to act on; where there is nothing, it does nothing. There
is one file for each part of the house.
"""

from collections.abc import Mapping

from tests.soaks.guild.acts import accounts, contracts, exams, hiring, hours, money, onboarding, posting
from tests.soaks.guild.acts.drawn import Act, Drawn

__all__ = ["ACTS", "Act", "Drawn"]

ACTS: Mapping[str, Act] = {
    act.__name__: act
    for part in (accounts, contracts, exams, hiring, hours, money, onboarding, posting)
    for act in part.ACTS
}
