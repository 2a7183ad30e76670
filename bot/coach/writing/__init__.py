"""Writing into the CRM what a person asked for and confirmed: never by itself, never from a model's words alone."""

from bot.coach.writing.model import Form, NotWritable, Preview, Proposal, Result, Unfit
from bot.coach.writing.request import Wanted, wanted
from bot.coach.writing.route import Route
from bot.coach.writing.service import WriteBack

__all__ = ["Form", "NotWritable", "Preview", "Proposal", "Result", "Route", "Unfit", "Wanted", "WriteBack", "wanted"]
