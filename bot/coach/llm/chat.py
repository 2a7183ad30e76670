"""One question to one model over langchain, with structured output: no retries, no memory, no tracing.

Calls run on an event loop of their own, so that a time-out really ends a call however slowly the server
drips its answer. Tokens are never counted here with a tokenizer: those fetch files from the network.
"""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from bot.coach.llm.errors import ModelError, ModelMisconfigured, ModelTooSlow, ModelUnavailable, UnusableAnswer
from bot.coach.llm.prompts import Rendered
from bot.coach.llm.rules import ModelRules

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage

log = structlog.get_logger(__name__)

Result = TypeVar("Result")
OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of one call as the server counted them; None where it did not say."""

    tokens_in: int | None
    tokens_out: int | None


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What came back: an object of the asked shape, as yet unchecked."""

    value: dict[str, Any]
    spent: Spent


@dataclass(frozen=True)
class Chat:
    """A configured model. `model` is a name or provider:name; without a provider it is OpenAI's API."""

    model: str
    rules: ModelRules
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None

    def warm_up(self) -> None:
        """Import and build everything the first call needs; takes seconds. Raises ModelMisconfigured."""
        _ = self._built

    def ask(self, prompt: Rendered, schema: dict[str, Any]) -> ChatAnswer:
        """Return the model's answer in the shape of `schema`.

        Raises ModelUnavailable, ModelTooSlow (after `timeout_seconds`), UnusableAnswer or ModelMisconfigured.
        """
        self.warm_up()
        return _loop().run(self._ask(prompt, schema), self.rules.timeout_seconds)

    @cached_property
    def _built(self) -> "BaseChatModel":
        from langchain.chat_models import init_chat_model

        provider, _, name = self.model.rpartition(":")
        options: dict[str, Any] = {
            "timeout": self.rules.timeout_seconds,
            "max_retries": 0,
            "max_tokens": self.rules.max_output_tokens,
        } | ({} if self.rules.temperature is None else {"temperature": self.rules.temperature})
        try:
            model: BaseChatModel = init_chat_model(
                name, model_provider=provider or OPENAI, **options, **self._address(provider or OPENAI)
            )
        except (ImportError, ValueError) as error:
            raise ModelMisconfigured(f"COACH_MODEL {self.model!r}: {error}") from error
        return model

    def _address(self, provider: str) -> dict[str, Any]:
        if provider != OPENAI:
            return {}  # the provider's package reads its own variables
        key = self.api_key or ("unused" if self.base_url else None)
        return {"api_key": key, "base_url": self.base_url, "stream_usage": True, "use_responses_api": False}

    async def _ask(self, prompt: Rendered, schema: dict[str, Any]) -> ChatAnswer:
        from langsmith.run_helpers import tracing_context

        method = self.rules.structured_output
        strict = {} if method == "json_mode" else {"strict": True}
        asked = self._built.with_structured_output(schema, method=method, include_raw=True, **strict)
        messages = [("system", prompt.system), ("user", prompt.user)]
        try:
            with tracing_context(enabled=False):  # a trace would send deals to a third party
                answer = await asked.ainvoke(messages)
        except Exception as error:  # any provider's client may raise anything; it is named, logged and typed here
            raise _typed(error) from error
        assert isinstance(answer, dict)  # include_raw makes it one
        return ChatAnswer(self._value(answer), _spent(answer["raw"]))

    def _value(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The object itself. langchain's parser completes cut-off JSON; here it must have been whole."""
        if self.rules.structured_output == "function_calling":
            value = answer["parsed"]
        else:
            try:
                value = json.loads(str(answer["raw"].text))
            except (ValueError, RecursionError) as error:  # too deep is no JSON either
                raise UnusableAnswer("the answer is not JSON") from error
        if not isinstance(value, dict):
            raise UnusableAnswer("the answer is no object")
        return value


def _spent(raw: "AIMessage") -> Spent:
    usage = raw.usage_metadata
    return Spent(usage["input_tokens"], usage["output_tokens"]) if usage else Spent(None, None)


def _typed(error: Exception) -> ModelError:
    """Our own error for whatever a client raised; its text may quote the request, so only its type is logged."""
    import openai

    status = getattr(error, "status_code", None)
    log.info("model.call_failed", error=type(error).__name__, status=status)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return ModelTooSlow("no answer in time")
    if isinstance(error, openai.LengthFinishReasonError | openai.ContentFilterFinishReasonError):
        return UnusableAnswer("the answer was cut off or filtered")
    if status in {401, 403, 404} or isinstance(error, openai.AuthenticationError):
        return ModelMisconfigured(f"the model refused the call ({status}); check key, address and COACH_MODEL")
    if status is not None and status < 500 and status not in {408, 409, 429}:
        return UnusableAnswer(f"the model refused the request ({status})")
    if isinstance(error, openai.APIConnectionError) or status is not None:
        return ModelUnavailable(f"the model does not answer ({status or 'no connection'})", _retry_after(error))
    return UnusableAnswer(f"the answer cannot be read ({type(error).__name__})")


def _retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", {})
    wish = headers.get("retry-after", "")
    try:
        return max(float(wish), 0.0)
    except ValueError:
        return None  # an HTTP date, or none


class _Loop:
    """An event loop in a thread of its own, where calls can be ended from outside."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="coach-model", daemon=True).start()

    def run(self, call: Coroutine[Any, Any, Result], seconds: float) -> Result:
        """Run `call` to its end, or end it after `seconds`: then ModelTooSlow is raised."""
        try:
            return asyncio.run_coroutine_threadsafe(asyncio.wait_for(call, seconds), self._loop).result()
        except TimeoutError as error:
            raise ModelTooSlow(f"no answer in {seconds:g} s") from error


_the_loop: _Loop | None = None
_lock = Lock()


def _loop() -> _Loop:
    """The one loop of this process: langchain keeps connections that belong to the loop they began on."""
    global _the_loop  # noqa: PLW0603 - one a process, by the nature of the thing
    with _lock:
        if _the_loop is None:
            _the_loop = _Loop()
        return _the_loop
