"""The process of Node.js that does the work: one for this process of Python, started by the first call.

It ends with the interpreter, and a call after a crash starts another. A fork doesn't share it: the child starts one of its own.
Threads share it, and their calls run side by side.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import IO, Any

from . import _package
from ._progress import Progress
from .errors import Diagnostic, DincError, InternalError, SessionEnded, Stopped, UsageError

OnEvent = Callable[[Mapping[str, Any]], None]

_MISTAKE, _USAGE, _INTERNAL, _STOPPED = 1, 2, 3, -32800
"""The codes of errors, as in `runtime/session/server.ts`."""


class _Call:
    """A call that waits: its events, then its answer, which is None if the process ends first."""

    def __init__(self) -> None:
        # None wakes the call when it is over.
        self.events: queue.SimpleQueue[Mapping[str, Any] | None] = queue.SimpleQueue()
        self.answer: Mapping[str, Any] | None = None
        self.is_over = False

    def end(self, answer: Mapping[str, Any] | None) -> None:
        self.answer = answer
        self.is_over = True
        self.events.put(None)


class _Process:
    """A process of Node.js, with the calls that wait for it."""

    def __init__(self) -> None:
        # In a group of its own, so that Ctrl-C reaches only Python, which then stops the call.
        apart: dict[str, Any] = (
            {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
            if os.name == "nt"
            else {"start_new_session": True}
        )
        script = _package.javascript() / "dist" / "bundle" / "session.js"
        self.folder = os.getcwd()
        self.process = subprocess.Popen(
            [_package.node(), str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **apart,
        )
        self.waiting: dict[int, _Call] = {}
        self.said: deque[str] = deque(maxlen=30)
        self._lock = threading.Lock()
        self._ended = False
        self._complaining = threading.Thread(target=self._keep_complaints, daemon=True)
        self._complaining.start()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return not self._ended and self.process.poll() is None

    def send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        with self._lock:
            pipe = self.process.stdin
            assert pipe is not None
            try:
                pipe.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                pipe.flush()
            except (BrokenPipeError, OSError, ValueError):
                # The reader tells everyone who waits that the process ended.
                pass

    def expect(self, number: int) -> _Call:
        """The call of that number, whose answer comes from now on."""
        call = _Call()
        with self._lock:
            self.waiting[number] = call
            if self._ended:
                call.end(None)
        return call

    def _read(self) -> None:
        pipe = self.process.stdout
        assert pipe is not None
        try:
            while (message := _message(pipe)) is not None:
                if message.get("method") == "event":
                    params = message["params"]
                    call = self.waiting.get(params["call"])
                    if call is not None:
                        call.events.put(params["event"])
                elif "id" in message:
                    call = self.waiting.get(message["id"])
                    if call is not None:
                        call.end(message)
        except (OSError, ValueError):
            pass
        with self._lock:
            self._ended = True
            for call in self.waiting.values():
                if not call.is_over:
                    call.end(None)

    def _keep_complaints(self) -> None:
        pipe = self.process.stderr
        assert pipe is not None
        try:
            for line in pipe:
                self.said.append(line.decode(errors="replace").rstrip())
        except (OSError, ValueError):
            pass

    def ending(self) -> str:
        """Tells how the process ended."""
        self._complaining.join(timeout=5)
        try:
            code: int | None = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = None
        how = f"exit code {code}"
        if code is not None and code < 0:
            how = f"signal {signal.Signals(-code).name}"
        said = "\n".join(self.said)
        return how if said == "" else f"{how}; its last words:\n{said}"

    def close(self) -> None:
        """Ends the process: it exits when its standard input is closed."""
        pipe = self.process.stdin
        assert pipe is not None
        try:
            pipe.close()
            self.process.wait(timeout=2)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()

    def forget(self) -> None:
        """In the child of a fork: closes copies of the pipes, and leaves the process to the parent."""
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    os.close(pipe.fileno())
        # Otherwise Popen would warn that the process is still running.
        self.process.returncode = 0


def _message(pipe: IO[bytes]) -> Mapping[str, Any] | None:
    """The next message, or None at the end."""
    length = None
    while (line := pipe.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        return None
    body = pipe.read(length)
    return None if len(body) < length else json.loads(body)


_process: _Process | None = None
_starting = threading.Lock()
_numbers = itertools.count(1)


def _running() -> _Process:
    global _process
    with _starting:
        if _process is None or not _process.is_alive:
            _process = _Process()
        return _process


def start() -> None:
    """Starts the process, unless it runs: it loads dinc while this process writes rows for it."""
    _running()


def _close() -> None:
    if _process is not None:
        _process.close()


def _after_fork() -> None:
    global _process, _starting
    _starting = threading.Lock()
    if _process is not None:
        _process.forget()
        _process = None


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def path(written: str | os.PathLike[str]) -> str:
    """The path as the process understands it: as written, or absolute if the current folder has changed."""
    text = os.fspath(written)
    return text if os.getcwd() == _running().folder else os.path.abspath(text)


def call(
    method: str,
    params: Mapping[str, Any],
    *,
    on_event: OnEvent | None = None,
    renamed: Mapping[str, str] | None = None,
    spec: Mapping[str, Any] | None = None,
    progress: bool | None = None,
    continued: str | None = None,
) -> Any:
    """Calls a method and waits for its result; events reach `on_event` in this thread, and `progress` shows them.

    `renamed` has other words for paths in messages. `spec` is the text that `DincError.fix` mends. Ctrl-C stops the
    call and raises `Stopped`; a second one ends the process. `continued` says how the work goes on after a stop.
    """
    process = _running()
    number = next(_numbers)
    waiting = process.expect(number)
    shown = Progress(method, False if on_event is None else progress)
    is_complete = False
    try:
        process.send({"id": number, "method": method, "params": {**params, "call": number}})
        answer = _answer(process, number, waiting, on_event, renamed or {}, shown)
        is_complete = "error" not in answer
    finally:
        process.waiting.pop(number, None)
        shown.close(is_complete)
    if "error" in answer:
        raise _error(_renamed(answer["error"], renamed or {}), spec, continued)
    return answer.get("result")


def _answer(
    process: _Process,
    number: int,
    call: _Call,
    on_event: OnEvent | None,
    renamed: Mapping[str, str],
    shown: Progress,
) -> Mapping[str, Any]:
    is_stopping = False
    while not (call.is_over and call.events.empty()):
        try:
            # Windows notices Ctrl-C only between waits.
            event = call.events.get(timeout=0.5)
            if event is not None and on_event is not None:
                event = _renamed(event, renamed)
                shown.tell(event)
                on_event(event)
        except queue.Empty:
            shown.tick()
        except KeyboardInterrupt:
            if is_stopping:
                process.process.kill()
                raise
            is_stopping = True
            shown.stopping()
            process.send({"method": "$/cancelRequest", "params": {"id": number}})
        except BaseException:
            process.send({"method": "$/cancelRequest", "params": {"id": number}})
            raise
    if call.answer is None:
        raise SessionEnded(
            f"the Node.js process of dinc ended during this call ({process.ending()}). "
            "The next call starts a new one."
        )
    if is_stopping and "error" not in call.answer:
        result = call.answer.get("result")
        folder = result.get("folder") if isinstance(result, dict) else None
        raise Stopped("Ctrl-C came when the call was complete", None, folder)
    return call.answer


def _renamed(value: Any, words: Mapping[str, str]) -> Any:
    """The value with other words for paths in its texts."""
    if not words:
        return value
    if isinstance(value, str):
        for written, word in words.items():
            value = value.replace(written, word)
        return value
    if isinstance(value, list):
        return [_renamed(each, words) for each in value]
    if isinstance(value, dict):
        return {name: _renamed(each, words) for name, each in value.items()}
    return value


def _error(sent: Mapping[str, Any], spec: Mapping[str, Any] | None, continued: str | None) -> BaseException:
    code, data = sent["code"], sent.get("data") or {}
    if code == _MISTAKE:
        diagnostics = [Diagnostic.from_json(each) for each in data["diagnostics"]]
        fix = None if spec is None else lambda: mended(spec)
        return DincError(data["text"].rstrip(), diagnostics, colored=data["colored"], fix=fix)
    if code == _USAGE:
        return UsageError(sent["message"])
    if code == _STOPPED:
        checkpoint = data.get("checkpoint")
        return _stopped(None if checkpoint is None else checkpoint["path"], data.get("run"), continued)
    return InternalError(
        f"internal error in dinc, please report it with the spec and the call: {sent['message']}",
        data.get("stack") or "",
    )


def _stopped(checkpoint: str | None, run: str | None, continued: str | None) -> Stopped:
    parts = ["stopped"]
    if run is not None:
        parts.append("the exception's `run` has the weights so far")
    if continued is not None:
        parts.append(continued)
    return Stopped("; ".join(parts), checkpoint, run)


def mended(spec: Mapping[str, Any]) -> str:
    """The text of a spec with its certain fixes applied. Raises UsageError if there are none."""
    fixed = call("fix", spec)
    if fixed["count"] == 0:
        raise UsageError("no fix is certain; the help of each diagnostic says what to change")
    return str(fixed["text"])


if sys.platform == "emscripten":
    raise ImportError("dinc needs processes, which Pyodide lacks; the playground trains in a page")
