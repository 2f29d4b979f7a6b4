"""What the bot says of itself, by language; English where it has no other. Pure."""

from types import MappingProxyType
from typing import Final

CLARIFY, NONE_OF_THESE, HAND_ON, ASKED, GREETING, THANKS, TRUNCATED, FAILED = (
    "clarify", "none_of_these", "hand_on", "asked", "greeting", "thanks", "truncated", "failed",
)  # fmt: skip

_WORDS: Final = MappingProxyType(
    {
        "en": {
            CLARIFY: "I am not sure that I understood. Did you mean one of these?",
            NONE_OF_THESE: "None of these",
            HAND_ON: "I have no answer to that. I am asking a person to take over.",
            ASKED: "I am asking a person to take over.",
            GREETING: "Hello! What can I help you with?",
            THANKS: "You are welcome. Is there anything else?",
            TRUNCATED: "My answer was cut off here. Ask again, or ask for a person.",
            FAILED: "I could not finish my answer. I am asking a person to take over.",
        },
        "de": {
            CLARIFY: "Ich bin nicht sicher, ob ich richtig verstanden habe. Meinten Sie eines davon?",
            NONE_OF_THESE: "Nichts davon",
            HAND_ON: "Darauf habe ich keine Antwort. Ich bitte einen Menschen zu übernehmen.",
            ASKED: "Ich bitte einen Menschen zu übernehmen.",
            GREETING: "Hallo! Womit kann ich helfen?",
            THANKS: "Gern geschehen. Gibt es noch etwas?",
            TRUNCATED: "Meine Antwort brach hier ab. Fragen Sie noch einmal, oder bitten Sie um einen Menschen.",
            FAILED: "Ich konnte meine Antwort nicht beenden. Ich bitte einen Menschen zu übernehmen.",
        },
        "es": {
            CLARIFY: "No estoy seguro de haber entendido. ¿Se refiere a una de estas?",
            NONE_OF_THESE: "Ninguna de estas",
            HAND_ON: "No tengo respuesta para eso. Pido a una persona que se encargue.",
            ASKED: "Pido a una persona que se encargue.",
            GREETING: "¡Hola! ¿En qué puedo ayudar?",
            THANKS: "De nada. ¿Hay algo más?",
            TRUNCATED: "Mi respuesta se cortó aquí. Pregunte otra vez o pida hablar con una persona.",
            FAILED: "No pude terminar mi respuesta. Pido a una persona que se encargue.",
        },
    }
)


def words(language: str, key: str) -> str:
    return _WORDS.get(language, _WORDS["en"])[key]
