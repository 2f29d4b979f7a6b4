"""What the chat writes outside of a conversation, by language: its mails, and the lines of a transcript. Pure.

The languages are the widget's (`pages/chat_widget/words.ts`); whoever has another one is written to in English.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class HouseWords:
    """Texts with `{}` are formatted by whoever uses them; a language is whole or it is not there."""

    answer_subject: str
    answered: str
    wrote: str
    go_on: str
    transcript_subject: str
    why: str
    cut: str
    title: str
    party: str
    bot: str
    agent: str
    checksum: str
    left_off: str
    rated: str
    size: str
    turns: Mapping[str, str]


_EN: Final = HouseWords(
    answer_subject="{site}: an answer to your question",
    answered="You asked us something in the chat, and we have answered.",
    wrote="{name} wrote:",
    go_on="Open the chat where you began it to go on.",
    transcript_subject="{site}: your conversation",
    why="You get this because this address was given in a chat. If that was not you, you need not do anything.",
    cut="[cut short: the whole of it can be saved in the chat]",
    title="Conversation {id}",
    party="Visitor",
    bot="Assistant",
    agent="Support",
    checksum="Checksum of all entries: {checksum}",
    left_off="The first {shown} of {all} entries stand here; what came after them was left off.",
    rated="Rated {rating} of 5",
    size="{bytes} bytes",
    turns=MappingProxyType(
        {
            "escalate": "A person was asked for",
            "take": "A person took over",
            "assign": "A person took over",
            "transfer": "Handed to another person",
            "requeue": "Waiting for another person",
            "hand_back": "The assistant answers again",
            "snooze": "Put off",
            "wake": "Taken up again",
            "resolve": "Resolved",
            "reopen": "Opened again",
            "close": "Closed",
            "late": "Nobody had answered by the time that was promised",
            "contact": "An address was left",
        }
    ),
)
_DE: Final = HouseWords(
    answer_subject="{site}: eine Antwort auf Ihre Frage",
    answered="Sie haben uns im Chat etwas gefragt, und wir haben geantwortet.",
    wrote="{name} schrieb:",
    go_on="Öffnen Sie den Chat dort, wo Sie ihn begonnen haben, um weiterzuschreiben.",
    transcript_subject="{site}: Ihr Gespräch",
    why=(
        "Sie erhalten dies, weil diese Adresse in einem Chat angegeben wurde. Waren Sie das nicht, brauchen Sie nichts "
        "zu tun."
    ),
    cut="[gekürzt: das ganze Gespräch lässt sich im Chat speichern]",
    title="Gespräch {id}",
    party="Besucher",
    bot="Assistent",
    agent="Support",
    checksum="Prüfsumme aller Einträge: {checksum}",
    left_off="Hier stehen die ersten {shown} von {all} Einträgen; was danach kam, fehlt.",
    rated="Bewertet mit {rating} von 5",
    size="{bytes} Bytes",
    turns=MappingProxyType(
        {
            "escalate": "Um einen Menschen wurde gebeten",
            "take": "Ein Mensch hat übernommen",
            "assign": "Ein Mensch hat übernommen",
            "transfer": "An jemand anderen übergeben",
            "requeue": "Es wird auf jemand anderen gewartet",
            "hand_back": "Der Assistent antwortet wieder",
            "snooze": "Zurückgestellt",
            "wake": "Wieder aufgenommen",
            "resolve": "Erledigt",
            "reopen": "Wieder geöffnet",
            "close": "Geschlossen",
            "late": "Bis zur versprochenen Zeit hatte niemand geantwortet",
            "contact": "Eine Adresse wurde hinterlassen",
        }
    ),
)
_AR: Final = HouseWords(
    answer_subject="{site}: إجابة عن سؤالك",
    answered="سألتنا في المحادثة، وقد أجبناك.",
    wrote="كتب {name}:",
    go_on="افتح المحادثة حيث بدأتها لتتابع.",
    transcript_subject="{site}: محادثتك",
    why="وصلتك هذه الرسالة لأن هذا العنوان أُدخل في محادثة. إن لم تكن أنت من أدخله فلا يلزمك أي إجراء.",
    cut="[اختُصر النص: يمكن حفظ المحادثة كاملة من نافذة المحادثة]",
    title="المحادثة {id}",
    party="الزائر",
    bot="المساعد",
    agent="الدعم",
    checksum="المجموع الاختباري لكل الإدخالات: {checksum}",
    left_off="هنا أول {shown} من أصل {all} إدخالًا؛ وما بعدها لم يُدرج.",
    rated="التقييم {rating} من 5",
    size="{bytes} بايت",
    turns=MappingProxyType(
        {
            "escalate": "طُلب التحدث إلى شخص",
            "take": "تولّى شخص المحادثة",
            "assign": "تولّى شخص المحادثة",
            "transfer": "حُوّلت إلى شخص آخر",
            "requeue": "بانتظار شخص آخر",
            "hand_back": "المساعد يجيب من جديد",
            "snooze": "أُجّلت",
            "wake": "استؤنفت",
            "resolve": "حُلّت",
            "reopen": "فُتحت من جديد",
            "close": "أُغلقت",
            "late": "لم يجب أحد حتى الوقت الموعود",
            "contact": "تُرك عنوان",
        }
    ),
)
_BY_LANGUAGE: Final = MappingProxyType({"en": _EN, "de": _DE, "ar": _AR})
LANGUAGES: Final = tuple(_BY_LANGUAGE)


def words_for(locale: object) -> HouseWords:
    """By what the visitor's page said of itself, such as `de-AT`; English for whatever else stands there."""
    language = str(locale or "").replace("_", "-").partition("-")[0].lower()
    return _BY_LANGUAGE.get(language, _EN)
