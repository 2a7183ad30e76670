"""One question at a desk with a scripted model: who asks, what code answers, what the model makes of it."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.coach.access import Asker
from bot.coach.deepen import Deepener
from bot.coach.evaluation.world import World
from bot.coach.reply import CoachReply
from bot.coach.service import Coach
from bot.memory import Memory
from tests.servers.scripted_model import Script, ScriptedModel

SHIPYARD = {
    "deal": "Varg Shipyards - Crane scheduling",
    "owner": "tilda",
    "amount": "84500 EUR",
    "stages": {"Qualification": -90, "Discovery": -70, "Solution": -41},
    "close": 26,
    "forecast": "Commit",
    "contacts": {
        "hanne": "Hanne Lofthus | Harbour Master | Champion",
        "odd": "Odd Revik | Finance Director | Economic Buyer",
    },
    "log": [
        "-40 meeting hanne",
        {"-33 from hanne": "We lose six hours a week on crane slots planned by hand."},
        {"-20 from hanne": "Tools of this size are new to us. Odd Revik would have to agree to the money."},
        {"-12 from hanne": "Let us touch base once the summer peak is behind us."},
        {"-10 note": "Hanne loves it, basically signed."},
        {"-9 to hanne": "Slots"},
    ],
}
RAIL = {
    "deal": "Globex Rail - Signal desk",
    "owner": "tilda",
    "amount": "51200 EUR",
    "stages": {"Qualification": -30, "Discovery": -12},
    "close": 77,
    "contacts": {"bo": "Bo Winther | Signal Lead"},
    "log": ["-5 to bo", {"-3 from bo": "Our signal desk answers nine calls an hour."}],
}
QUESTION = "How is Varg doing?"


@dataclass
class Desk:
    """Everything around one question: who asks, what code answers, what the model makes of it."""

    coach: Coach
    asker: Asker
    world: World
    memory: Memory
    model: ScriptedModel

    def ask(self, question: str = QUESTION) -> CoachReply:
        return self.coach.answer(self.asker, question, now=self.world.as_of)

    def deepen(self, script: Script, question: str = QUESTION) -> CoachReply | None:
        """Let the model play `script` on the answer of code."""
        self.model.reset(script)
        return self.coach.deepen(self.asker, self.ask(question), question, now=self.world.as_of)

    def with_rules(self, **changes: Any) -> "Desk":
        """The same desk with other limits."""
        deepener = self.deepener
        rules = deepener.rules.model_copy(update=changes)
        chat = replace(deepener.client.chat, rules=rules)
        client = replace(deepener.client, rules=rules, chat=chat)
        teller = replace(deepener.teller, rules=rules.tell, client=client)
        return replace(
            self, coach=replace(self.coach, deepener=replace(deepener, rules=rules, client=client, teller=teller))
        )

    def in_a_hurry(self) -> "Desk":
        """The same desk for answers that never end; slow enough for an honest one on a busy machine."""
        return self.with_rules(timeout_seconds=1.2, deadline_seconds=1.6)

    @property
    def deepener(self) -> Deepener:
        assert self.coach.deepener is not None
        return self.coach.deepener

    def verdicts(self) -> dict[str, int]:
        return self.memory.verdict_tally(self.world.as_of - timedelta(days=1))

    def reasons(self) -> dict[str, int]:
        return self.memory.removal_reasons(self.world.as_of - timedelta(days=1))
