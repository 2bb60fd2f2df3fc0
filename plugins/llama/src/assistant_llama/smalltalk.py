"""Which questions are small talk: nothing has to be perceived or known to answer them. Pure.

Questions about the assistant itself are not: what it is and can do is a fact, and the reasoner states it.
"""

from __future__ import annotations

import re
from typing import Final

from assistant.context import Snapshot

_TALK: Final = re.compile(
    r"(?:hello|hi|hey|good (?:morning|afternoon|evening|day|night)|greetings)(?: there| again| everyone)?"
    r"|how are you(?: doing)?(?: today)?|how do you do|how(?:'s| is) it going|nice to meet you"
    r"|(?:many )?thank(?:s| you)(?: (?:so|very) much| a lot| again)?|that was (?:very )?(?:helpful|kind|nice)"
    r"|(?:good)?bye(?: bye)?|see you(?: later| soon| tomorrow)?|have a (?:nice|good|great) (?:day|evening|night)"
    r"|(?:please )?(?:can you |could you )?(?:tell me|say|give me) (?:a|an|another|some) "
    r"(?:\w+ )?(?:joke|story|poem|riddle|compliment)s?(?: please)?"
    r"|(?:please )?(?:write|sing)(?: me)? (?:a|an|another) (?:\w+ )?(?:poem|story|song|haiku|limerick)(?: please)?"
    r"|(?:i am|i'm|i feel) (?:bored|tired|lonely)"
    r"|bonjour|salut|merci(?: beaucoup)?|au revoir|hola|buenos días|gracias|muchas gracias|adiós"
    r"|hallo|guten (?:tag|morgen|abend)|danke(?: schön)?|tschüss|auf wiedersehen|你好|您好|谢谢|再见|早上好|晚上好",
    re.I,
)


def is_small_talk(text: str, context: Snapshot) -> bool:
    """Whether the whole message is small talk, with no file sent along."""
    if context.turn_parts:
        return False
    plain = re.sub(r"[!?.,;:。！？，~)(\s]+", " ", text.replace("’", "'")).strip()
    return _TALK.fullmatch(plain) is not None
