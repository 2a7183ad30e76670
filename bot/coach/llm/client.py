"""Asking the model within limits: cache, pause after failures, the person's allowance, retries, deadline."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from bot.coach.halt import Halt
from bot.coach.llm.breaker import Breaker
from bot.coach.llm.chat import Chat, ChatAnswer, Heard
from bot.coach.llm.errors import AllowanceSpent, ModelError, ModelStopped, ModelTooSlow, UnusableAnswer
from bot.coach.llm.prompts import Prompt
from bot.coach.llm.redact import Redactor
from bot.coach.llm.rules import ModelRules
from bot.memory import Allowance, CallOutcome, Memory, ModelCall, Usage

_CHARACTERS_A_TOKEN = 3  # low on purpose: an estimate must not fall short


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom a call is made, about which deal, and when; `halt` is stopped when they no longer want it."""

    asker_id: str
    deal_id: str | None
    now: datetime
    halt: Halt = field(default_factory=Halt, compare=False)


@dataclass(slots=True)
class _Following:
    """An answer followed while it is written; `written` is what has come of the latest attempt."""

    heard: Heard
    written: str = ""

    def hear(self, written: str) -> None:
        self.written = written
        self.heard(written)


@dataclass(frozen=True)
class ModelClient:
    """Every call to the model goes through here. Blocks: call it from a thread of its own."""

    chat: Chat
    rules: ModelRules
    memory: Memory
    breaker: Breaker
    redact: bool
    sleep: Callable[[float], None] = time.sleep

    @property
    def model(self) -> str:
        """The model's name, as stored with every call."""
        return self.chat.model

    def ask(
        self,
        job: str,
        prompt: Prompt,
        values: Mapping[str, str],
        schema: dict[str, Any],
        behalf: Behalf,
        heard: Heard | None = None,
    ) -> dict[str, Any]:
        """Return an object in the shape of `schema`; its contents are unchecked.

        The same values to the same model and prompt are answered from the cache. `heard` is given the text of the
        answer as far as it is written, again and again. Raises a ModelError (ModelStopped once `behalf.halt` is
        stopped), or a BotMemoryError if memory does not answer: without memory there is no allowance, so no call.
        """
        key = self._key(prompt, values, schema)
        kept = self.memory.model_answer(key, behalf.now) if self.rules.cache_hours else None
        if kept is not None:
            if heard is not None:
                heard(json.dumps(kept))
            return kept
        self.breaker.admit(behalf.now)
        redactor = Redactor()
        sent = {name: redactor.hide(text) for name, text in values.items()} if self.redact else dict(values)
        following = None if heard is None else _Following(lambda text: heard(str(redactor.restore(text))))
        answer = _restored(redactor, self._call(job, prompt, sent, schema, behalf, following))
        if self.rules.cache_hours:
            expires = behalf.now + timedelta(hours=self.rules.cache_hours)
            self.memory.keep_model_answer(key, answer, behalf.now, expires)
        return answer

    def _call(
        self,
        job: str,
        prompt: Prompt,
        values: Mapping[str, str],
        schema: dict[str, Any],
        behalf: Behalf,
        following: _Following | None,
    ) -> dict[str, Any]:
        rendered = prompt.render(values)
        tokens_in = len(rendered.system + rendered.user) // _CHARACTERS_A_TOKEN
        call = ModelCall(
            asker_id=behalf.asker_id,
            deal_id=behalf.deal_id,
            job=job,
            prompt=prompt.name,
            model=self.model,
            day=behalf.now.date(),
            tokens=tokens_in + self.rules.max_output_tokens,
            cost=self.rules.cost(tokens_in, self.rules.max_output_tokens),
        )
        call_id = self._reserve(call, behalf.now)
        started = time.monotonic()
        try:
            answer = self._attempts()(self.chat.ask, rendered, schema, following and following.hear, behalf.halt)
        except ModelError as error:
            written = self._estimated(tokens_in, following.written) if following and following.written else None
            self._failed(call_id, call, error, behalf.now, time.monotonic() - started, written)
            raise
        self.breaker.succeeded()
        usage = self._usage(answer, tokens_in)
        self.memory.settle_model_call(call_id, CallOutcome.ANSWERED, usage, time.monotonic() - started)
        return answer.value

    def _reserve(self, call: ModelCall, now: datetime) -> int:
        limit = self.rules.per_person_and_day
        call_id = self.memory.reserve_model_call(call, Allowance(limit.tokens, limit.cost), now)
        if call_id is None:
            raise AllowanceSpent(f"the allowance of {limit.tokens} tokens for {call.day} is used up")
        return call_id

    def _failed(
        self, call_id: int, call: ModelCall, error: ModelError, now: datetime, seconds: float, written: Usage | None
    ) -> None:
        """Settle what was used. Unusable answers were paid for, and so was what had been `written`; neither they
        nor a Stop say anything about the server's health.
        """
        unusable = isinstance(error, UnusableAnswer)
        if not (unusable or isinstance(error, ModelStopped)):
            self.breaker.failed(now + timedelta(seconds=seconds))
        nothing = Usage(0, None if call.cost is None else 0.0)
        usage = Usage(call.tokens, call.cost) if unusable else written or nothing
        self.memory.settle_model_call(call_id, CallOutcome.FAILED, usage, seconds)

    def _usage(self, answer: ChatAnswer, estimated_in: int) -> Usage:
        """As the server counted, else estimated."""
        spent, estimated = answer.spent, self._estimated(estimated_in, json.dumps(answer.value))
        if spent.tokens_in is None or spent.tokens_out is None:
            return estimated
        return Usage(spent.tokens_in + spent.tokens_out, self.rules.cost(spent.tokens_in, spent.tokens_out))

    def _estimated(self, tokens_in: int, written: str) -> Usage:
        tokens_out = len(written) // _CHARACTERS_A_TOKEN
        return Usage(tokens_in + tokens_out, self.rules.cost(tokens_in, tokens_out))

    def _attempts(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, ModelError) and error.retryable),
            stop=self._stop,
            wait=self._wait,
            sleep=self.sleep,
            reraise=True,
        )

    def _stop(self, state: RetryCallState) -> bool:
        """Give up after the last attempt, and where the wait would leave no time for another."""
        if stop_after_attempt(self.rules.retries + 1)(state):
            return True
        used = (state.seconds_since_start or 0.0) + self._wait(state)
        too_slow = state.outcome is not None and isinstance(state.outcome.exception(), ModelTooSlow)
        return used + (self.rules.timeout_seconds if too_slow else 0.0) > self.rules.deadline_seconds

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        wish = getattr(error, "retry_after_seconds", None)
        return float(wish) if wish is not None else self.rules.wait_seconds * 2 ** (state.attempt_number - 1)

    def _key(self, prompt: Prompt, values: Mapping[str, str], schema: dict[str, Any]) -> str:
        asked = [self.model, self.chat.base_url, prompt.name, prompt.system, prompt.user, dict(values), schema]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _restored(redactor: Redactor, answer: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(redactor.restore(answer))
    except RecursionError as error:
        raise UnusableAnswer("the answer is nested beyond reason") from error


def open_client(
    rules: ModelRules,
    memory: Memory,
    *,
    model: str | None,
    api_key: str | None,
    base_url: str | None,
    redact: bool,
) -> ModelClient:
    """A client for the configured model, nothing imported or called yet."""
    chat = Chat(model or rules.default_model, rules, api_key=api_key, base_url=base_url)
    return ModelClient(chat, rules, memory, Breaker(rules.breaker), redact)
