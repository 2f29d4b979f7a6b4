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
        "ar": {
            CLARIFY: "لست متأكدًا من أنني فهمت. هل تقصد واحدًا من هذه؟",
            NONE_OF_THESE: "لا شيء من هذه",
            HAND_ON: "ليس لدي جواب على ذلك. أطلب من شخص أن يتولى الأمر.",
            ASKED: "أطلب من شخص أن يتولى الأمر.",
            GREETING: "مرحبًا! كيف يمكنني المساعدة؟",
            THANKS: "على الرحب والسعة. هل هناك شيء آخر؟",
            TRUNCATED: "انقطع جوابي هنا. اسأل مرة أخرى أو اطلب التحدث إلى شخص.",
            FAILED: "لم أستطع إكمال جوابي. أطلب من شخص أن يتولى الأمر.",
        },
    }
)


def spoken(locale: str, language: str) -> str:
    """The language of the bot's own sentences: the visitor's, or the answers' where it has no words in theirs."""
    own = locale.replace("_", "-").partition("-")[0].lower()
    return own if own in _WORDS else language


def words(language: str, key: str) -> str:
    return _WORDS.get(language, _WORDS["en"])[key]
