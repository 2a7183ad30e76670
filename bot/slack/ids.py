"""Names that travel to Slack and come back: action ids, event types of message metadata, the command."""

from enum import StrEnum

from bot.memory import FeedbackValue


class ActionId(StrEnum):
    """What was pressed. A button's value carries an id, never a command (DESIGN, Choices)."""

    CHOOSE_DEAL = "choose_deal"
    """A deal picked from a menu, the Home tab or a digest; the value is the deal id."""
    CHOOSE_CONSULT = "choose_consult"
    """A deal picked from a `/consult` menu; the value is the deal id."""
    FEEDBACK = "feedback"
    """Thumbs under an answer; the value is a verdict and the id of the recorded reply."""

    ACCEPT_STEP = "accept_step"
    """A step of a card; the value is the card's key and the place of the step."""
    USE_REWRITE = "use_rewrite"
    """A concrete wording taken over into the form; the value is the place of the rewrite."""
    EXPLAIN = "explain"
    EVIDENCE = "evidence"
    CONTEST = "contest"
    SHARE = "share"
    """Details of a card; the value is the card's key."""
    DISPUTED_FACT = "disputed_fact"
    """Which fact is wrong, chosen in the contest form."""
    ACTION_MENU = "action_menu"
    """What to do with a tracked action on the Home tab; the value is a verb, the item's id and version."""
    HOME_GO = "home_go"
    """Another page, view or person of the Home tab; the value is a `HomePage`."""
    PREFERENCES = "preferences"
    DIGEST_ACCEPT = "digest_accept"
    DIGEST_SNOOZE = "digest_snooze"
    """A deal of a digest; the value is the digest's key and the place of the deal."""
    KEEP_EVIDENCE = "keep_evidence"
    CHOOSE_EVIDENCE = "choose_evidence"
    DISCARD_EVIDENCE = "discard_evidence"
    """What becomes of evidence found in pasted text; the value is the proposal's key."""

    def numbered(self, number: int) -> str:
        """The action id of the `number`-th button of its kind; unique within one message."""
        return f"{self.value}:{number}"

    @property
    def pattern(self) -> str:
        """A regular expression that matches the plain and the numbered id, and nothing longer."""
        return rf"^{self.value}(:\d+)?$"


class Command(StrEnum):
    """Slash commands of the manifest."""

    CONSULT = "/consult"


class CallbackId(StrEnum):
    """Which form was filled in."""

    TRACK_ACTION = "track_action"
    CLOSE_ACTION = "close_action"
    MOVE_ACTION = "move_action"
    CONTEST = "contest_fact"
    SHARE = "share_deal"
    FEEDBACK_REASON = "feedback_reason"
    PREFERENCES = "save_preferences"
    SNOOZE = "snooze_deal"
    CHOOSE_EVIDENCE = "chosen_evidence"


class MetadataType(StrEnum):
    """Event types of message metadata, by which a sent message can be recognised later."""

    DELIVERY = "coach_delivery"


def feedback_value(value: FeedbackValue, reply_id: int) -> str:
    """The value of a feedback button."""
    return f"{value.value}:{reply_id}"


def read_feedback_value(text: str) -> tuple[FeedbackValue, int]:
    """The verdict and reply id of a pressed button. Raises ValueError if it is not one of ours."""
    verdict, _, reply_id = text.rpartition(":")
    return FeedbackValue(verdict), int(reply_id)
