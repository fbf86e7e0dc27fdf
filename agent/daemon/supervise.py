"""Supervision: a thread that crashes is started again with back-off; it never takes the lamp with it."""

import threading
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from agent.clock import host_s

FIRST_WAIT_S, LAST_WAIT_S = 1.0, 60.0
STEADY_S = 60.0  # a body that ran for so long starts again from the first wait


class Supervised:
    """One thread around a ``body`` that returns only when its owner stopped it. ``stop`` is waited on between two runs."""

    def __init__(
        self,
        name: str,
        body: Callable[[], None],
        log: FilteringBoundLogger,
        now_s: Callable[[], float] = host_s,
        stop: threading.Event | None = None,
    ) -> None:
        self._body = body
        self._log = log.bind(thread=name)
        self._now_s = now_s
        self._stop = threading.Event() if stop is None else stop
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float) -> bool:
        """No more restarts; whether the thread ended in time. Its owner has told the body to return."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            started_s = self._now_s()
            try:
                self._body()
            except Exception:  # noqa: BLE001  whatever it was, the thread must come back
                if self._now_s() - started_s > STEADY_S:
                    wait_s = FIRST_WAIT_S
                self._log.exception("thread crashed and will be started again", wait_s=wait_s)
                self._stop.wait(wait_s)
                wait_s = min(2 * wait_s, LAST_WAIT_S)
            else:
                return
