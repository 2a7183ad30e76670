"""A Slack that runs on your own machine: for tests, and to try the app without a workspace.

It shares no code with the app: an app that is wrong about Slack is wrong here too.
"""

from bot.slack.local.delivery import Delivery
from bot.slack.local.errors import ImpossibleForAPerson, NoAppConnected, NotSubscribed
from bot.slack.local.faults import Fault
from bot.slack.local.messages import Message
from bot.slack.local.methods import Violation
from bot.slack.local.modals import View
from bot.slack.local.server import LocalSlack
from bot.slack.local.web_api import Call
from bot.slack.local.workspace import Channel, User, Workspace

__all__ = [
    "Call",
    "Channel",
    "Delivery",
    "Fault",
    "ImpossibleForAPerson",
    "LocalSlack",
    "Message",
    "NoAppConnected",
    "NotSubscribed",
    "User",
    "View",
    "Violation",
    "Workspace",
]
