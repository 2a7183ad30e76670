"""The event loop on which calls to a model run, so that each can be ended from outside."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from bot.coach.halt import Halt

Result = TypeVar("Result")
Say = Callable[[str], None]


class ModelLoop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="coach-model", daemon=True).start()

    def run(self, call: Callable[[Say], Coroutine[Any, Any, Result]], seconds: float, hear: Say, halt: Halt) -> Result:
        """Run `call` to its end; `hear` is called, in this thread, with what it says meanwhile.

        Raises TimeoutError after `seconds`, concurrent.futures.CancelledError once `halt` is stopped; either way
        the call has been ended and its connection closed.
        """
        said: SimpleQueue[str | None] = SimpleQueue()

        def say(piece: str) -> None:
            if halt.stopped:
                raise asyncio.CancelledError  # should a library have swallowed the cancellation itself
            said.put(piece)

        future: Future[Result] = asyncio.run_coroutine_threadsafe(asyncio.wait_for(call(say), seconds), self._loop)
        future.add_done_callback(lambda _: said.put(None))
        with halt.ends(future.cancel):
            try:
                for piece in iter(said.get, None):
                    hear(piece)
            finally:
                future.cancel()  # a listener that fails leaves no call behind; one that is over stays as it is
            return future.result()


_the_loop: ModelLoop | None = None
_lock = Lock()


def the_loop() -> ModelLoop:
    """The one loop of this process: langchain keeps connections that belong to the loop they began on."""
    global _the_loop  # noqa: PLW0603 - one a process, by the nature of the thing
    with _lock:
        if _the_loop is None:
            _the_loop = ModelLoop()
        return _the_loop
