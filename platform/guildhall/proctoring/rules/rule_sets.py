"""Rule sets: their versions, and others made of them. Pure."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from guildhall.proctoring.settings import RuleSettings

EDITION = 2
"""Of the code in `rules/`: raised whenever the same settings give other incidents, so that old logs say so."""


@lru_cache(maxsize=64)
def version_of(settings: RuleSettings) -> str:
    """`r2-9f86d081884c7d65`: the edition, and a hash of the settings' canonical JSON."""
    text = json.dumps(settings.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return f"r{EDITION}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


class RulesInvalid(ValueError):
    """One sentence a fault, of what a rule set would have to be."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def changed_rules(rules: RuleSettings, changes: Mapping[str, object]) -> RuleSettings:
    """The same with these settings; numbers may be words, as a command line has them. Raises RulesInvalid."""
    try:
        return RuleSettings.model_validate({**rules.model_dump(), **changes})
    except ValidationError as error:
        raise RulesInvalid(tuple(_sentence(one) for one in error.errors())) from error


def _sentence(fault: ErrorDetails) -> str:
    name = ".".join(str(place) for place in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"There is no rule setting {name}."
    return f"{name}: {fault['msg']}."
