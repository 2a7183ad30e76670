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
    DISPUTE_READING = "dispute_reading"
    """A sentence a model took for evidence and a person does not; the value is the card's key and the reading's id."""
    DISPUTED_FACT = "disputed_fact"
    """Which fact is wrong, chosen in the contest form."""
    ACTION_MENU = "action_menu"
    """What to do with a tracked action on the Home tab; the value is a verb, the item's id and version."""
    ACTION_RESULT = "action_result"
    """What became of an action, asked in a follow-up; the value is as in the menu."""
    ACTION_REWORD = "action_reword"
    """A concrete wording for a vague action; the value is the item's id, version and the place of the wording."""
    HOME_GO = "home_go"
    """Another page, view or person of the Home tab; the value is a `HomePage`."""
    PREFERENCES = "preferences"
    TEAM_MEMBER = "team_member"
    """A person of a team digest; the value is the user id."""
    DIGEST_ACCEPT = "digest_accept"
    DIGEST_SNOOZE = "digest_snooze"
    """A deal of a digest; the value is the digest's key and the place of the deal."""
    KEEP_EVIDENCE = "keep_evidence"
    CHOOSE_EVIDENCE = "choose_evidence"
    DISCARD_EVIDENCE = "discard_evidence"
    """What becomes of evidence found in pasted text; the value is the proposal's key."""

    CONSULT_START = "consult_start"
    """Open a consult from a pack; the value is the kind and the deal id."""
    CONSULT_OPEN = "consult_open"
    """Show one's own side of a consult; this and those below carry the consult's id."""
    CONSULT_PREPARE = "consult_prepare"
    CONSULT_NEXT = "consult_next"
    """Enter the next part; the value also says in which part the button was shown."""
    CONSULT_CALL_OFF = "consult_call_off"
    CONSULT_OVERVIEW = "consult_overview"
    CONSULT_QUESTION = "consult_question"
    """Write down an answer; the value also holds the place of the question."""
    CONSULT_SWAP = "consult_swap"
    CONSULT_ACTION = "consult_action"
    CONSULT_REWRITE = "consult_rewrite"
    CONSULT_AGREE = "consult_agree"
    CONSULT_WRAP_UP = "consult_wrap_up"
    CONSULT_SHARE = "consult_share"
    CONSULT_RESULT = "consult_result"
    """What became of an action; the value is the consult, the item, its version and a verb."""
    CONSULT_CLOSE = "consult_close"
    CONSULT_INVITE = "consult_invite"
    CONSULT_UNINVITE = "consult_uninvite"
    """Take an invitation back; the value also names the person."""
    CONSULT_NOTE = "consult_note"
    """A guest writes something down."""
    COMMAND_PLAN = "command_plan"
    PLAN_REVIEW = "plan_review"
    MUTUAL_PLAN = "mutual_plan"
    """A deal's plans; the value is the deal id."""
    CONSULT_LIST = "consult_list"
    """A list of the `/consult` menu; the value names it."""
    OPEN_VIEW = "open_view"
    """A saved view in a message; the value is its name and a page."""

    WRITE_CARD = "write_card"
    """Preview writing to the CRM from a card; the value is the card's key."""
    WRITE_STEP = "write_step"
    """The same with an accepted step; the value is the card's key and the place of the step."""
    WRITE_PROPOSAL = "write_proposal"
    """The same with a kept proposal; the value is its key."""
    WRITE_TARGET = "write_target"
    """Which field to write, chosen in the form."""
    WRITE_EDIT = "write_edit"
    """From the preview back to the form; the value is the proposal's key."""
    WRITE_UNDO = "write_undo"
    """Take a write back; the value is its number in the audit."""

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
    WRITE_FORM = "write_form"
    WRITE_CONFIRM = "write_confirm"
    FEEDBACK_REASON = "feedback_reason"
    PREFERENCES = "save_preferences"
    SNOOZE = "snooze_deal"
    CHOOSE_EVIDENCE = "chosen_evidence"
    CONSULT_START = "start_consult"
    CONSULT_OVERVIEW = "consult_overview_sheet"
    CONSULT_ANSWER = "consult_answer"
    CONSULT_SWAP = "consult_swapped"
    CONSULT_ACTION = "consult_new_action"
    CONSULT_AGREE = "consult_agreed"
    CONSULT_WRAP_UP = "consult_send_wrap_up"
    CONSULT_SHARE = "consult_post_wrap_up"
    CONSULT_RESULT = "consult_action_result"
    PLAN_REVIEW = "plan_reviewed"
    MUTUAL_PLAN = "mutual_plan_saved"
    CONSULT_INVITE = "consult_whom_to_invite"
    CONSULT_INVITED = "consult_invited"
    CONSULT_NOTE = "consult_noted"


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
