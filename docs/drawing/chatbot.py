"""Conversations and the desk."""

from docs.drawing.mermaid import mermaid
from guildhall.chat import lifecycle as chat_lifecycle
from guildhall.chat.faq import lifecycle as faq_lifecycle


def chatbot() -> str:
    """The machines of conversations and of the desk."""
    machines = (
        ("Conversation", chat_lifecycle.CONVERSATION),
        ("An agent's presence", chat_lifecycle.PRESENCE),
        ("An FAQ entry", faq_lifecycle.ENTRY),
    )
    drawn = "".join(f"\n## {name}\n\n{mermaid(machine.as_mermaid())}" for name, machine in machines)
    return (
        "# Chatbot\n\n"
        "Visitors, candidates and the two sides of a gig are served by one desk. Every turn and every message is an "
        "entry of the conversation's numbered log, which carries where the conversation stands after it: one insert "
        "under the next number decides who speaks. A party's message is a turn as well: it wakes what is snoozed, "
        "reopens what is resolved, and asks for a person where no bot answers.\n" + drawn
    )
