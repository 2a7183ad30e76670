"""What the bot itself must remember: events, threads, deliveries, audit, feedback, health by day."""

from bot.memory.accounts import SlackAccount
from bot.memory.action_items import ActionItem, ActionStatus, NewAction, StaleActionError
from bot.memory.alerts import AlertMark, Notice
from bot.memory.audit import AuditEntry, AuditFilter, AuditKind
from bot.memory.consults import (
    Consult,
    ConsultKind,
    ConsultPhase,
    ConsultQuestion,
    ConsultState,
    NewConsult,
    StaleConsultError,
)
from bot.memory.contests import Contest
from bot.memory.crm_writes import CrmWrite, NewWrite, WriteOutcome
from bot.memory.deliveries import Claim, DeliveryRow, DeliveryStatus
from bot.memory.errors import (
    BotMemoryError,
    MemoryConfigurationError,
    MemoryUnavailableError,
    UnknownReplyError,
)
from bot.memory.follow_ups import Ask, PlanReminder
from bot.memory.guests import Grant, GuestNote, Invitation
from bot.memory.health import HealthRow
from bot.memory.mailings import Mention, Unreachable
from bot.memory.model_use import Allowance, CallOutcome, ModelCall, Usage, VerdictRecord
from bot.memory.offers import Offer
from bot.memory.plans import MutualPlan, PlanReview, PlanStep, StalePlanError
from bot.memory.preferences import Preferences, Snooze
from bot.memory.readings import KeptReading, NewReading, reading_key
from bot.memory.replies import FeedbackValue, ReplyRecord
from bot.memory.service import Memory
from bot.memory.shares import ShareRow
from bot.memory.sharing import ChannelShare
from bot.memory.told import Told

__all__ = [
    "ActionItem",
    "ActionStatus",
    "AlertMark",
    "Allowance",
    "Ask",
    "AuditEntry",
    "AuditFilter",
    "AuditKind",
    "BotMemoryError",
    "CallOutcome",
    "ChannelShare",
    "Claim",
    "Consult",
    "ConsultKind",
    "ConsultPhase",
    "ConsultQuestion",
    "ConsultState",
    "Contest",
    "CrmWrite",
    "DeliveryRow",
    "DeliveryStatus",
    "FeedbackValue",
    "Grant",
    "GuestNote",
    "HealthRow",
    "Invitation",
    "KeptReading",
    "Memory",
    "MemoryConfigurationError",
    "MemoryUnavailableError",
    "Mention",
    "ModelCall",
    "MutualPlan",
    "NewAction",
    "NewConsult",
    "NewReading",
    "NewWrite",
    "Notice",
    "Offer",
    "PlanReminder",
    "PlanReview",
    "PlanStep",
    "Preferences",
    "ReplyRecord",
    "ShareRow",
    "SlackAccount",
    "Snooze",
    "StaleActionError",
    "StaleConsultError",
    "StalePlanError",
    "Told",
    "UnknownReplyError",
    "Unreachable",
    "Usage",
    "VerdictRecord",
    "WriteOutcome",
    "reading_key",
]
