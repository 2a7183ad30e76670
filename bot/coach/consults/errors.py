"""Why a press on a consult leads nowhere. The message is shown to the person as it is."""


class ConsultRefused(Exception):  # noqa: N818 - a decision, not a failure
    """The person gets a reason: not theirs, over, or something has to happen first."""


GONE = "That consult is no longer kept. Start a new one with /consult and the deal's name."
NOT_A_MANAGER = "Only the seller's own managers hold a consult. You still see the deal; ask me about it."
NO_MANAGER = "No manager is recorded for you, so there is nobody to ask for a consult. Sales operations can mend that."
UNREACHABLE = "I find no Slack account of {name}'s, so the two of you cannot hold a consult here."
OVERVIEW_FIRST = "First the seller's own reading: {name} writes the overview, then the questions open."
PLAN_FIRST = "Agree at least one action first; a consult without one was a chat."
