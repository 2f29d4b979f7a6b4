"""What may stand in a canned reply in braces; the desk's page fills it in before it is sent. Pure."""

import re
from typing import Final

VARIABLES: Final = frozenset({"visitor", "agent", "site", "page"})
"""The visitor's name, the agent's, the site's key, and the title of the page that the visitor writes from."""
_NAMED: Final = re.compile(r"\{([a-z_]+)\}")


def unknown_variables(text: str) -> list[str]:
    return [name for name in _NAMED.findall(text) if name not in VARIABLES]
