"""One question to one model over langchain, with structured output: no retries, no memory, no tracing.

Calls run on an event loop of their own, so that a time-out or a Stop really ends a call however slowly the
server drips its answer. Tokens are never counted here with a tokenizer: those fetch files from the network.
"""

import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import structlog

from bot.coach.halt import Halt
from bot.coach.llm.errors import (
    ModelError,
    ModelMisconfigured,
    ModelStopped,
    ModelTooSlow,
    ModelUnavailable,
    UnusableAnswer,
)
from bot.coach.llm.loop import the_loop
from bot.coach.llm.prompts import Rendered
from bot.coach.llm.rules import ModelRules

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, AIMessageChunk
    from langchain_core.runnables import Runnable, RunnableSequence

log = structlog.get_logger(__name__)

OPENAI = "openai"
Heard = Callable[[str], None]
"""Is given all that has been written of an answer, each time there is more. An attempt anew begins anew."""


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

    def ask(
        self, prompt: Rendered, schema: dict[str, Any], heard: Heard | None = None, halt: Halt | None = None
    ) -> ChatAnswer:
        """Return the model's answer in the shape of `schema`; with `heard` it is listened to as it is written.

        Raises ModelUnavailable, ModelTooSlow (after `timeout_seconds`), UnusableAnswer, ModelMisconfigured, or
        ModelStopped once `halt` is stopped.
        """
        self.warm_up()
        written = ""

        def add(piece: str) -> None:
            nonlocal written
            written += piece
            if heard is not None:
                heard(written)

        def call(say: Callable[[str], None]) -> Coroutine[Any, Any, ChatAnswer]:
            return self._ask(prompt, schema, say if heard is not None else None)

        try:
            return the_loop().run(call, self.rules.timeout_seconds, add, halt or Halt())
        except TimeoutError as error:
            raise ModelTooSlow(f"no answer in {self.rules.timeout_seconds:g} s") from error
        except CancelledError as error:
            raise ModelStopped("stopped by the person") from error

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
        return {
            "api_key": key,
            "base_url": self.base_url,
            "stream_usage": True,
            "stream_chunk_timeout": None,  # it swallows a cancellation now and then; the whole call has a time-out
            "use_responses_api": False,
        }

    async def _ask(self, prompt: Rendered, schema: dict[str, Any], say: Callable[[str], None] | None) -> ChatAnswer:
        from langsmith.run_helpers import tracing_context

        method = self.rules.structured_output
        strict = {} if method == "json_mode" else {"strict": True}
        asked = self._built.with_structured_output(schema, method=method, include_raw=say is None, **strict)
        messages = [("system", prompt.system), ("user", prompt.user)]
        try:
            with tracing_context(enabled=False):  # a trace would send deals to a third party
                answer = await (asked.ainvoke(messages) if say is None else _listened(asked, messages, say))
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


async def _listened(asked: "Runnable[Any, Any]", messages: Any, say: Callable[[str], None]) -> dict[str, Any]:
    """The answer as `include_raw` has it; each piece is said as it comes.

    langchain's own parser holds everything back until the end, so it is the model before it that is listened to.
    """
    model = asked.steps[0] if isinstance(asked, _sequence()) else asked
    whole: AIMessageChunk | None = None
    async with aclosing(cast("AsyncGenerator[AIMessageChunk, None]", model.astream(messages))) as pieces:
        async for piece in pieces:
            whole = piece if whole is None else whole + piece
            say(_written(piece))
    if whole is None:
        raise UnusableAnswer("the answer is empty")
    return {"raw": whole, "parsed": whole.tool_calls[0]["args"] if whole.tool_calls else None}


def _sequence() -> "type[RunnableSequence[Any, Any]]":
    from langchain_core.runnables import RunnableSequence

    return RunnableSequence


def _written(piece: "AIMessageChunk") -> str:
    """What a piece adds to the answer, which is text or, with function calling, the arguments of the call."""
    arguments = (call["args"] or "" for call in getattr(piece, "tool_call_chunks", ()))
    return str(piece.text) or "".join(arguments)


def _spent(raw: "AIMessage") -> Spent:
    if usage := raw.usage_metadata:
        return Spent(usage["input_tokens"], usage["output_tokens"])
    counted = raw.response_metadata.get("token_usage") or {}  # where a streamed OpenAI answer has it
    return Spent(counted.get("prompt_tokens"), counted.get("completion_tokens"))


def _typed(error: Exception) -> ModelError:
    """Our own error for whatever a client raised; its text may quote the request, so only its type is logged."""
    import openai

    if isinstance(error, ModelError):
        return error
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
