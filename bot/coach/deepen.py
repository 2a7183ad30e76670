"""Better words for a finished answer: the model reads and rewords, code checks, the finished answer is the floor.

Nothing here changes a number, a bucket or a recorded fact. Evidence the model points at enters only where code
finds it; its words stand only where recorded facts carry them. Every outcome is stored and countable.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.coach.access import Asker
from bot.coach.answers.deal import answer_deal
from bot.coach.ground.assemble import assemble
from bot.coach.ground.check import GroundingCheck
from bot.coach.ground.draft import Draft, take_apart
from bot.coach.ground.evidence import Admitted
from bot.coach.ground.lexicon import Lexicon
from bot.coach.ground.model import Findings, Violation
from bot.coach.ground.points import PointCheck, points_beneath
from bot.coach.halt import Halt
from bot.coach.hearing import Begun, Hear, Informed, Phase
from bot.coach.llm import extract as reading
from bot.coach.llm import reword as wording
from bot.coach.llm import tell as telling_job
from bot.coach.llm.client import Behalf, ModelClient, open_client
from bot.coach.llm.errors import ModelError, UnusableAnswer
from bot.coach.llm.prompts import Prompt, load_prompt
from bot.coach.llm.rules import ModelRules
from bot.coach.playbook import CoachPlaybook
from bot.coach.qualify.meddppicc import qualify
from bot.coach.recall import ReadHow, Recall, open_recall
from bot.coach.reply import CoachReply
from bot.coach.telling import Teller, change_told
from bot.coach.understand import Question
from bot.coach.verdicts import Accounts, outcome_of
from bot.coach.view import DealView
from bot.handbook.search import Handbook
from bot.memory import BotMemoryError, Memory
from bot.pipeline.brief import DealBrief
from bot.playbook import load_playbook
from bot.resources import shipped
from bot.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wish:
    """One answer that could be better: about which deal, to which question, for whom."""

    brief: DealBrief
    reply: CoachReply
    question: Question
    behalf: Behalf


@dataclass(frozen=True, slots=True)
class Deepener:
    """Turns a finished answer about one open deal into a better one, or leaves it. Blocks for seconds."""

    client: ModelClient
    rules: ModelRules
    playbook: CoachPlaybook
    check: GroundingCheck
    recall: Recall
    reading_prompt: Prompt
    wording_prompt: Prompt
    teller: Teller
    accounts: Accounts

    def deepen(
        self,
        brief: DealBrief,
        reply: CoachReply,
        question: Question,
        asker: Asker,
        now: datetime,
        handbook: Handbook | None,
        halt: Halt | None = None,
    ) -> CoachReply | None:
        """Return a better answer, or None: then `reply` stands. A failing model or memory raises nothing.

        Once `halt` is stopped it returns at once. `brief` is of the deal the reply is about, which the asker may see.
        """
        if not _has_open_lines(take_apart(reply, self.rules.reword.lines)):
            return None
        wish = _Wish(brief, reply, question, Behalf(asker.user.id, brief.deal.id, now, halt or Halt()))
        informed: CoachReply | None = None
        try:
            informed = self._informed(wish, handbook)
            text = self._reworded(informed or wish.reply, wish.behalf)
        except (ModelError, BotMemoryError) as error:
            log.info("deepen.not_possible", reason=str(error))
            return informed
        return (informed or wish.reply).model_copy(update={"text": text}) if text else informed

    def tell(
        self,
        brief: DealBrief,
        reply: CoachReply,
        question: Question,
        behalf: Behalf,
        handbook: Handbook | None,
        hear: Hear,
    ) -> None:
        """Say under `reply`, sentence by sentence, what it had no room for; `hear` is called in this thread.

        A failing model or memory raises nothing, nor does a Stop: what was said until then stands.
        """
        try:
            hear(Begun(Phase.READING))
            informed = self._informed(_Wish(brief, reply, question, behalf), handbook)
            if informed is not None:
                hear(Informed(informed))
                if changed := change_told(reply, informed):
                    hear(changed)
            points = points_beneath(informed or reply, gaps=self.rules.tell.gaps)
            if points is not None:
                hear(Begun(Phase.TELLING))
                self.teller.tell(points, question.text, behalf, hear)
        except (ModelError, BotMemoryError) as error:
            log.info("deepen.not_possible", reason=str(error))

    def warm_up(self) -> None:
        """Import and build the model client, which takes seconds. Raises ModelMisconfigured."""
        self.client.chat.warm_up()

    # Reading

    def _informed(self, wish: _Wish, handbook: Handbook | None) -> CoachReply | None:
        """The answer of code over evidence the model pointed at; None if there is no new evidence."""
        view = self.recall.view(wish.brief, handbook)
        try:
            evidence = self._read(view, wish.behalf).evidence
        except UnusableAnswer:
            return None
        new = self.recall.undisputed(view.brief.deal, evidence)
        if not new:
            return None
        how = ReadHow(self.client.model, self.reading_prompt.name, wish.behalf.asker_id, wish.behalf.now)
        self.recall.keep(view.brief.deal, new, how)
        return answer_deal(self.recall.view(wish.brief, handbook), wish.question)

    def _read(self, view: DealView, behalf: Behalf) -> Admitted:
        rules, cues, prompt = self.rules.extract, self.playbook.cues, self.reading_prompt
        with self.accounts.failures_recorded(reading.JOB, prompt, behalf):
            proposals = reading.extract(self.client, prompt, view.statements, cues, rules, behalf)
        admitted = self.recall.check.admit(
            proposals,
            view.statements,
            view.ledger,
            lambda ledger: qualify(ledger, view.brief, self.playbook.meddppicc),
        )
        dropped = Counter(dict(admitted.dropped))
        outcome = outcome_of(removed=bool(dropped), used=bool(admitted.evidence), repaired=False)
        self.accounts.record(outcome, reading.JOB, prompt, behalf, admitted.proposed, dropped)
        return admitted

    # Wording

    def _reworded(self, reply: CoachReply, behalf: Behalf) -> str | None:
        """The message in checked words, after one repair if need be; None if code's words stand."""
        draft = take_apart(reply, self.rules.reword.lines)
        if draft is None:
            return None
        first = self._attempt(draft, (), behalf)
        tries = [first]
        if first.removed:
            tries = [*self._repaired(draft, first, behalf), first]
        texts = [(self._assembled(draft, findings), findings) for findings in tries]
        text, findings = next(((text, findings) for text, findings in texts if text), (None, tries[0]))
        outcome = outcome_of(
            removed=bool(findings.removed), used=text is not None, repaired=findings is not first and text is not None
        )
        self.accounts.record(outcome, wording.JOB, self.wording_prompt, behalf, findings.sentences, findings.reasons)
        return text

    def _attempt(self, draft: Draft, problems: Sequence[Violation], behalf: Behalf) -> Findings:
        with self.accounts.failures_recorded(wording.JOB, self.wording_prompt, behalf):
            claims = wording.reword(self.client, self.wording_prompt, draft, problems, behalf)
        return self.check.check(claims, draft.material)

    def _repaired(self, draft: Draft, first: Findings, behalf: Behalf) -> list[Findings]:
        """The second attempt, if there is one: a model that fails now has still answered once."""
        try:
            return [self._attempt(draft, first.removed, behalf)]
        except ModelError:
            return []

    def _assembled(self, draft: Draft, findings: Findings) -> str | None:
        rules = self.rules.reword
        return assemble(draft, findings.kept, also=rules.also, fits=rules.words)


def open_deepener(settings: Settings, playbook: CoachPlaybook, memory: Memory) -> Deepener:
    """A deepener for the configured model. Raises PlaybookError or PromptError; calls nothing yet."""
    rules = load_playbook(settings.playbook_dir / "model.yaml", ModelRules)
    lexicon = load_playbook(settings.playbook_dir / "grounding.yaml", Lexicon)
    key = settings.openai_api_key
    client = open_client(
        rules,
        memory,
        model=settings.model,
        api_key=key.get_secret_value() if key else None,
        base_url=settings.openai_base_url,
        redact=settings.redact,
    )
    prompts = shipped("prompts")
    check = GroundingCheck(lexicon, playbook.cues)
    accounts = Accounts(memory, client.model)
    telling = load_prompt(prompts, telling_job.JOB)
    return Deepener(
        client=client,
        rules=rules,
        playbook=playbook,
        check=check,
        recall=open_recall(settings.playbook_dir, playbook, memory),
        reading_prompt=load_prompt(prompts, reading.JOB),
        wording_prompt=load_prompt(prompts, wording.JOB),
        teller=Teller(client, telling, rules.tell, PointCheck(check, lexicon), accounts),
        accounts=accounts,
    )


def _has_open_lines(draft: Draft | None) -> bool:
    return draft is not None and any(line.open for line in draft.lines)
