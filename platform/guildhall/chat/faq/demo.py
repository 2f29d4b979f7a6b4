"""The FAQ of the demo site, so that a newcomer's first question to the chat is answered: about Guildhall itself."""

from typing import Final

from guildhall.chat.faq.lifecycle import EntryState
from guildhall.chat.faq.model import Content, FaqEntry, Wording
from guildhall.chat.faq.rules.writing import tidied
from guildhall.chat.faq.service import FaqService
from guildhall.kit.storage import Duplicate

DEMO_SITE: Final = "demo"
KEEPER: Final = "guildhall"

DEMO_FAQ: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (
        "What is Guildhall?",
        ("A platform that takes members in, examines them live before a camera, and answers at this chat. It is made "
        "so that an answer is saved, a flag can be trusted and a message has arrived."),
        (
            "what is this", "what is this site", "what does this site do", "what do you do here", "who are you",
            "tell me about guildhall", "what can I do here", "explain this platform", "what is guildhall for",
            "what is this site about", "what kind of site is this", "who runs guildhall",
        ),
    ),
    (
        "How do I try an exam?",
        "Sign in, open Exams and begin the practice run: five questions, ten minutes, no camera, and nothing counts.",
        (
            "how can I take an exam", "where do I start an exam", "is there a practice run", "start the practice run",
            "I want to try the practice run", "where is the practice run", "how do I take the practice exam",
            "begin the practice exam", "can I take an exam now", "take a practice exam", "how do I start an exam",
        ),
    ),
    (
        "Which equipment do I need?",
        ("A camera, a current browser and a quiet place. Before an exam with a camera begins, a system check tries "
        "each of them and says what to do about whatever does not work."),
        (
            "which equipment is needed", "do I need a webcam", "which browser do I need", "system requirements",
            "what computer do I need", "which devices work", "does it work on a phone", "which browser works",
            "is a webcam needed", "do I need a microphone", "what are the system requirements",
        ),
    ),
    (
        "What if my internet connection fails?",
        ("Nothing is lost. Each answer is kept in your browser first and sent when the line is back; no network "
        "trouble ends an exam. Time that our servers were away is given back to you."),
        (
            "my internet connection failed", "what happens if my connection drops", "I lost the internet connection",
            "the wifi failed", "I was disconnected", "my connection dropped", "what if the wifi fails",
            "what happens when I am disconnected", "what if I lose my internet connection", "my wifi dropped",
            "what if my internet drops",
        ),
    ),
    (
        "How do I know that my answer is saved?",
        ("It says Saved only after the server has given a receipt for it, with the time. You can download the receipt "
        "of the whole exam afterwards and check it offline."),
        (
            "was my answer saved", "are my answers saved", "does it save automatically", "is my answer saved",
            "how do I save an answer", "when is an answer saved", "are answers saved automatically",
            "how can I see that it is saved", "do I have to save", "did it save my answers",
        ),
    ),
    (
        "Who watches my camera?",
        ("The proctors who are assigned to your exam. A program looks at the pictures too; it only says what it sees, "
        "and people decide. Before the camera opens you are told what is taken, each signal by itself."),
        (
            "who is watching me", "is my camera recorded", "who sees my camera", "who can see my video",
            "does a program watch me", "is somebody watching my camera", "what happens to my camera pictures",
            "is the camera watched by people", "who watches the video", "am I being watched", "is my video recorded",
        ),
    ),
    (
        "When do I get my result?",
        ("Under Results, as soon as the exam's rules release it: at once for some exams, after people have marked it "
        "for others."),
        (
            "where is my result", "when are results out", "how long until I get my result", "show me my results",
            "where can I see my results", "when will I know my result", "I am waiting for my result",
            "where do I find my result", "how do I get my results", "what is my result", "have my results come",
        ),
    ),
    (
        "How can somebody verify my credential?",
        ("By its link or its file on the page Credential: it is signed, and can be checked offline with our published "
        "keys. A credential that was withdrawn says so."),
        (
            "verify a credential", "is this credential genuine", "how do employers verify my credential",
            "share my credential", "where is my credential", "validate a credential", "verify my certificate",
            "is this certificate genuine", "share my certificate", "where is my certificate",
        ),
    ),
    (
        "How do I sign up?",
        "Open Sign up, give a name, your e-mail address and a password, and follow the link in the mail we send.",
        (
            "sign up", "how do I register", "register", "where do I sign up", "I want to sign up",
            "how can I become a member", "become a member", "I want to register", "can I sign up", "how to register",
        ),
    ),
    (
        "I forgot my password",
        "Open Sign in and choose that you forgot it: a mail with a link for a new one comes within a minute.",
        (
            "reset my password", "how do I reset my password", "forgot password", "lost password", "new password",
            "I lost my password", "how can I change my password", "my password does not work", "change password",
            "the password is wrong", "I don't remember my password",
        ),
    ),
    (
        "How do I embed this chat in my own site?",
        ('By one line: <script async src="https://your-server/widget.js" data-site="your-key"></script>. The page '
        "/chat-demo shows it, and the README says what can be set."),
        (
            "embed the chat", "embed the chat widget", "add the chat to my website", "install the chat widget",
            "how do I embed the widget", "add the widget to my page", "the script line for the chat widget",
            "integrate the chat widget", "how do I add the chat to my page", "chat widget for my website",
        ),
    ),
)  # fmt: skip


async def seed_demo_faq(service: FaqService) -> None:
    """Publish what is not there yet; safe to repeat, and from several processes. The jobs train the matcher."""
    now_ms = service.context.clock.now_ms()
    for place, (question, answer, phrasings) in enumerate(DEMO_FAQ):
        wording = Wording(language="en", question=question, answer=answer, phrasings=phrasings)
        content = tidied(Content(wordings=(wording,), tags=("demo",)))
        entry = FaqEntry(
            id=f"faq_demo_{place:02}",
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
            site=DEMO_SITE,
            state=EntryState.PUBLISHED,
            draft=content,
            published=content,
            version=1,
            changed_by=KEEPER,
            untrained_since_ms=now_ms,
        )
        try:
            await service.context.store.entries.add(entry)
        except Duplicate:
            continue  # somebody may have changed it
        await service.entries.keep_version(entry)
