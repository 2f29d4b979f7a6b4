"""What one message may hold, as the owner has set it: so that a page refuses what would be refused here."""

from pydantic import BaseModel, ConfigDict

from guildhall.chat.model import FILES_OF_A_MESSAGE_MAX
from guildhall.chat.settings import ChatSettings


class Limits(BaseModel):
    model_config = ConfigDict(frozen=True)

    text_characters: int
    file_bytes: int
    files: int = FILES_OF_A_MESSAGE_MAX


def limits_of(settings: ChatSettings) -> Limits:
    return Limits(text_characters=settings.max_text_characters, file_bytes=settings.max_file_bytes)
