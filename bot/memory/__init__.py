"""What the bot itself must remember: events, threads, deliveries, audit, feedback, health by day."""

from bot.memory.deliveries import Claim, DeliveryRow, DeliveryStatus
from bot.memory.errors import (
    BotMemoryError,
    MemoryConfigurationError,
    MemoryUnavailableError,
    UnknownReplyError,
)
from bot.memory.health import HealthRow
from bot.memory.model_use import Allowance, CallOutcome, ModelCall, Usage, VerdictRecord
from bot.memory.replies import FeedbackValue, ReplyRecord
from bot.memory.service import Memory
from bot.memory.shares import ShareRow

__all__ = [
    "Allowance",
    "BotMemoryError",
    "CallOutcome",
    "Claim",
    "DeliveryRow",
    "DeliveryStatus",
    "FeedbackValue",
    "HealthRow",
    "Memory",
    "MemoryConfigurationError",
    "MemoryUnavailableError",
    "ModelCall",
    "ReplyRecord",
    "ShareRow",
    "UnknownReplyError",
    "Usage",
    "VerdictRecord",
]
