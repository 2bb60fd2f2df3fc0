"""Conversations, media and the observation cache, kept across restarts. Whatever is read, its owner is checked here.

SQLAlchemy over SQLite (WAL) by default, any URL otherwise; media lie beside it as files named by their digest.
"""

from assistant.store.records import Conversation, ConversationInfo, Turn, TurnState
from assistant.store.store import Store

__all__ = ["Conversation", "ConversationInfo", "Store", "Turn", "TurnState"]
