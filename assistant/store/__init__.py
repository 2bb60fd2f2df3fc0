"""Conversations, media and the observation cache, kept across restarts. Whatever is read, its owner is checked here.

SQLAlchemy over SQLite (WAL) by default, any URL otherwise; media lie beside it as files named by their digest.
"""

from assistant.store.records import Begun, Conversation, ConversationInfo, Hit, Turn, TurnState, Usage
from assistant.store.store import Store

__all__ = ["Begun", "Conversation", "ConversationInfo", "Hit", "Store", "Turn", "TurnState", "Usage"]
