"""Holdfast from Python: what a job says of itself, and jobs submitted and followed over HTTP.

One file, standard library only, Python 3.9 or newer. A job that Holdfast starts finds it on PYTHONPATH; elsewhere copy the file.

Inside a job the words go to Holdfast. Outside they are printed, so that the same script runs alone in a terminal:

    import holdfast

    film = holdfast.input() or {"frames": 3}
    start = holdfast.checkpoint() or 0                 # where an earlier attempt stopped
    holdfast.phase("Scan", 1, 2)
    for frame in range(start, film["frames"]):
        ...                                            # the work
        holdfast.progress(frame + 1, film["frames"], unit="frames")
        holdfast.save(frame + 1)
    holdfast.result({"faces": 7})

Asked to stop (SIGTERM), `Cancelled` is raised in the main thread: `finally` and `with` clean up as always.

From any other program:

    job, created = holdfast.submit("detect", {"frames": 500}, url="http://127.0.0.1:4747")
    for line in holdfast.follow(job):
        print(line.text)
    print(holdfast.wait(job)["state"])

Times that a caller gives are seconds; what comes from the server is as it is on the wire, where names ending in `At` are epoch milliseconds.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any, Callable, Dict, Generator, Iterator, List, Mapping, NamedTuple, NoReturn, Optional, Sequence, Tuple, Type, Union

# What only HTTP needs is imported there: a job's script would start twice as slowly.
if TYPE_CHECKING:
    import http.client
    import socket

# `input` is left out on purpose: `from holdfast import *` must not hide Python's own.
__all__ = [
    "Cancelled", "Client", "HoldfastError", "Job", "LogLine", "Submitted",
    "cancel", "cancelled", "checkpoint", "do_not_retry", "fail", "follow", "get", "heartbeat", "job", "output", "phase",
    "progress", "result", "retry_later", "save", "snooze", "submit", "uninterrupted", "wait",
]  # fmt: skip


# ---------------------------------------------------------------- inside a job


class Job(NamedTuple):
    """The job that this program is. Outside a job `id` and `dir` are None and `attempt` is 1.

    `dir` is the attempt's folder: look, do not touch.
    """

    id: Optional[int]
    attempt: int
    dir: Optional[str]

    def output(self, name: str) -> str:
        """See `holdfast.output`."""
        return output(name)


def job() -> Job:
    """Who this program is: `holdfast.job().id`."""
    number = os.environ.get("HOLDFAST_JOB_ID")
    return Job(int(number) if number else None, int(os.environ.get("HOLDFAST_ATTEMPT") or 1), os.environ.get("HOLDFAST_DIR"))


def input() -> Any:
    """The job's input, as JSON gives it.

    Outside a job: the first command-line argument, read as JSON; `-` reads JSON from stdin; without an argument it is None.

    Raises ValueError when that is no JSON. Example: `python3 detect.py '{"frames": 500}'`
    """
    file = os.environ.get("HOLDFAST_INPUT")
    if file:
        return _read_json(file)
    if len(sys.argv) < 2:
        return None
    text = sys.stdin.read() if sys.argv[1] == "-" else sys.argv[1]
    try:
        return json.loads(text)
    except ValueError:
        shown = text if len(text) <= 60 else text[:60] + "…"
        example = "give it as '{\"frames\": 500}', or - to read it from stdin"
        raise ValueError(f"the input is not JSON: {shown!r}; {example}") from None


def checkpoint() -> Any:
    """What an earlier attempt saved last, when this attempt is to go on from there (resume); else None."""
    file = os.environ.get("HOLDFAST_CHECKPOINT")
    return _read_json(file) if file and os.path.exists(file) else None


def save(value: Any, wait: bool = False) -> None:
    """Remembers where the work is, for an attempt that goes on from there. The newest one counts.

    A kill takes nothing away. With `wait` it returns when it is on the disk, so that a power cut does not either (some milliseconds).

    Raises ValueError over 1 MiB of JSON (write a file and save its path), TypeError when it is no JSON, OSError when it cannot be written.
    """
    _must_say("checkpoint", value, "write it into a file and save its path")
    if wait and _inside():
        _sync()


def result(value: Any) -> None:
    """The job's result; the last one counts. Outside a job it is printed to stdout as JSON.

    Raises ValueError over 1 MiB of JSON (write an artifact), TypeError when it is no JSON, OSError when it cannot be written.
    """
    _must_say("result", value, "write it into an artifact")


def output(name: str) -> str:
    """The folder to write an artifact into; it is published whole when the job succeeds.

    Outside a job it is `holdfast-output/NAME` here. Raises ValueError for a name that the kind does not declare.
    """
    if name in ("", ".", "..") or "/" in name or os.sep in name:
        raise ValueError(f"{name!r} is no name of an artifact")
    if not _inside():
        folder = os.path.abspath(os.path.join("holdfast-output", name))
        os.makedirs(folder, exist_ok=True)
        return folder
    folder = os.path.join(os.environ["HOLDFAST_STAGING"], name)
    # The runner made one for each artifact of the kind.
    if not os.path.isdir(folder):
        raise ValueError(f'the artifact "{name}" is not declared by this kind: add it to artifacts in defineJob')
    return folder


def progress(done: Optional[float], total: Optional[float] = None, unit: Optional[str] = None, message: Optional[str] = None) -> None:
    """How far the current phase is. Unknown amounts are None. Call it as often as you like: at most ten a second are written, and the last.

    Example: `holdfast.progress(420, 1000, unit="frames")`
    """
    amounts = {"done": done, "total": total}
    texts = {"unit": unit, "message": message}
    report: Dict[str, Any] = {name: value for name, value in amounts.items() if value is not None and math.isfinite(value)}
    report.update({name: str(value)[:_text_chars] for name, value in texts.items() if value is not None})
    _progress.report({"progress": report})


def phase(name: str, index: Optional[int] = None, of: Optional[int] = None) -> None:
    """Enters a named stage; progress begins anew. Example: `holdfast.phase("Embed", 2, 5)`"""
    place = {"name": str(name)[:_text_chars], "index": index, "of": of}
    with _lock:
        _progress.flush()
        _say({"phase": {key: value for key, value in place.items() if value is not None}})


def heartbeat(**facts: Any) -> None:
    """A sign of life without progress, with facts if you like: `heartbeat(seq=420)`. At most ten a second are written, and the last."""
    _heartbeat.report({"heartbeat": facts})


# ------------------------------------------------------ how a job ends, and is stopped


class Cancelled(SystemExit):
    """The job was asked to stop. Raised once, in the main thread, wherever it is; `finally`, `with` and `atexit` clean up.

    A SystemExit, so that `except Exception` does not swallow it and the program ends with 143, as if by the signal, without a traceback.
    One that is swallowed all the same ends with 143 too: nothing half done is published. Only the first Python program of an attempt that
    imports holdfast gets it; its child processes end by the signal.
    """

    def __init__(self, message: str = "the job was asked to stop") -> None:
        super().__init__(_stopped_exit_code)
        self.message = message

    def __str__(self) -> str:
        return self.message


def cancelled() -> bool:
    """Whether the job was asked to stop. For threads, which get no `Cancelled`, and inside `uninterrupted()`."""
    return _stop.asked


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """A piece of work that `Cancelled` does not cut in two; it is raised at its end. Main thread only, and short: the kill comes all the same.

    Example:

        with holdfast.uninterrupted():
            os.replace("frames.tmp", "frames.json")
            holdfast.save(frame)
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _stop.depth += 1
    try:
        yield
    finally:
        _stop.depth -= 1
        _stop.raise_if_due()


def fail(message: str, retry: Optional[bool] = None, retry_after: Optional[float] = None) -> NoReturn:
    """Ends the job as failed, with this one line as the reason. Call it in the main thread.

    retry=False: it is not tried again, whatever its retry policy says. retry_after: seconds until the next try, if the policy has one left.
    An uncaught exception fails the job too, with its own message.
    """
    if retry_after is not None:
        retry_after = _seconds("retry_after", retry_after)
    if _stop.asked:
        raise Cancelled()
    event: Dict[str, Any] = {"message": str(message)[:_message_chars]}
    if retry is False:
        event["retry"] = False
    elif retry_after is not None:
        event["retryAfterMs"] = round(retry_after * 1000)
    if _inside():
        print(message, file=sys.stderr)
    _say({"error": event})
    raise SystemExit(1)


def do_not_retry(message: str) -> NoReturn:
    """`fail(message, retry=False)`. Example: `holdfast.do_not_retry("this video has no sound")`"""
    fail(message, retry=False)


def retry_later(seconds: float, message: str = "to be tried again later") -> NoReturn:
    """`fail(message, retry_after=seconds)`. Example: `holdfast.retry_later(60, "the server asked us to wait")`"""
    fail(message, retry_after=seconds)


def snooze(seconds: float) -> NoReturn:
    """Ends this attempt; the job goes on after so many seconds, at least one. No failure, no try used, nothing published."""
    seconds = _seconds("seconds", seconds)
    if _stop.asked:
        raise Cancelled()
    _say({"snooze": {"ms": round(seconds * 1000)}})
    raise SystemExit(0)


def _seconds(name: str, value: float) -> float:
    if not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} must be seconds, 0 or more, not {value}")
    return value


class _Stop:
    """The wish to stop, and whether it may be raised just now."""

    def __init__(self) -> None:
        self.asked = False
        self.raised = False
        self.depth = 0
        self.mask: Any = ()

    def on_signal(self, *_: Any) -> None:
        self.asked = True
        self.raise_if_due()

    def raise_if_due(self) -> None:
        # Once: what cleans up must not be cut off by a second signal.
        if self.asked and not self.raised and self.depth == 0 and threading.current_thread() is threading.main_thread():
            self.raised = True
            raise Cancelled()


_stopped_exit_code = 143
_stop = _Stop()


def _enter_job() -> None:
    """Cancelled and the failure's line, in the first Python program of an attempt that imports this; not in its children."""
    here = f"{os.environ['HOLDFAST_EVENTS']}:{os.getpid()}"
    before = os.environ.get("HOLDFAST_PYTHON", "")
    if before != here and before.startswith(os.environ["HOLDFAST_EVENTS"] + ":"):
        return
    os.environ["HOLDFAST_PYTHON"] = here
    # Somebody who has his own way to be stopped keeps it.
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _stop.on_signal)
    sys.excepthook = _telling(sys.excepthook, os.getpid())


def _telling(show: Callable[..., Any], pid: int) -> Callable[..., Any]:
    """Shows an uncaught exception as ever, and says its line: what comes after a traceback on stderr cannot hide it then."""

    def excepthook(kind: Any, error: Any, trace: Any) -> None:
        show(kind, error, trace)
        if os.getpid() == pid and not _stop.asked and isinstance(error, Exception):
            lines = traceback.format_exception_only(kind, error)
            line = lines[-1] if isinstance(error, SyntaxError) else lines[0]
            _say({"error": {"message": line.strip()[:_message_chars]}})

    return excepthook


def _at_exit() -> None:
    with contextlib.suppress(OSError, ValueError):
        _progress.flush()
        _heartbeat.flush()
        if _line_is_open:
            print(file=sys.stderr, flush=True)
    if _stop.asked:
        # Exit codes cannot be changed any more in a friendlier way, and 0 would publish what is half done.
        _close_output()
        os._exit(_stopped_exit_code)


def _before_fork() -> None:
    # A signal for the child that comes before its handler is reset would be forgotten by Python: it is held back until then.
    _stop.mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})


def _after_fork() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _stop.mask)


def _in_forked_child() -> None:
    """A forked child ends by the signal, as it would without us, and never waits for a lock that a thread of its parent held."""
    global _lock
    _lock = threading.RLock()
    _progress.forget()
    _heartbeat.forget()
    if signal.getsignal(signal.SIGTERM) == _stop.on_signal:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _stop.asked = False
    _after_fork()


def _close_output() -> None:
    with contextlib.suppress(Exception):
        if "logging" in sys.modules:
            sys.modules["logging"].shutdown()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


# ----------------------------------------------------------- how it is written


#: What the reader keeps of a progress text, and more than it keeps of a failure's line.
_text_chars = 300
_message_chars = 2_000
_value_bytes = 1_048_576
_lock = threading.RLock()


def _inside() -> bool:
    return "HOLDFAST_EVENTS" in os.environ


def _say(event: Dict[str, Any]) -> None:
    _pass(_line_of(event) if _inside() else event)


def _pass(said: Union[bytes, Dict[str, Any]]) -> None:
    """Writes what may be lost: a full disk must not fail a job that only tells how far it is."""
    if not isinstance(said, bytes):
        _print_event(said)
        return
    with contextlib.suppress(OSError):
        _append(said)


def _must_say(word: str, value: Any, instead: str) -> None:
    line = _line_of({word: value})
    if len(line) > _value_bytes:
        raise ValueError(f"the {word} is larger than {_value_bytes // 1_048_576} MiB: {instead}")
    with _lock:
        # In order: the progress that led to it comes first.
        _progress.flush()
        if _inside():
            _append(line)
        else:
            _print_event({word: value})


def _line_of(event: Dict[str, Any]) -> bytes:
    text = json.dumps({**event, "at": time.time_ns() // 1_000_000}, ensure_ascii=False, allow_nan=False, default=_plain)
    # File names may hold bytes that are no text: written as an escape, which JSON understands.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _plain(value: Any) -> Any:
    """Numbers and arrays of numpy and its like, and paths, as JSON knows them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{type(value).__name__} is not JSON: {value!r:.80}")


def _append(line: bytes) -> None:
    """One line by one write at the end of the file, so that lines of several threads and processes never mix."""
    events = os.open(os.environ["HOLDFAST_EVENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if os.write(events, line) != len(line):
            # The disk is full. The half line is closed, so that it spoils no other; the reader passes it over.
            os.write(events, b"\n")
            raise OSError(f"only a part could be written to {os.environ['HOLDFAST_EVENTS']}: is the disk full?")
    finally:
        os.close(events)


def _sync() -> None:
    events = os.open(os.environ["HOLDFAST_EVENTS"], os.O_RDONLY)
    try:
        os.fsync(events)
    finally:
        os.close(events)


class _Throttle:
    """Passes on at most one report in so many seconds; the last one always, soon after it came."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._passed_at = -math.inf
        self._held: Union[bytes, Dict[str, Any], None] = None
        self._timer: Optional[threading.Timer] = None

    def report(self, event: Dict[str, Any]) -> None:
        # Made a line now: it says when, and what is no JSON is the caller's error.
        said = _line_of(event) if _inside() else event
        with _lock:
            self._held = said
            wait = self._passed_at + _every() - time.monotonic()
            if wait <= 0:
                self.flush()
            elif self._timer is None:
                self._start_timer(wait)

    def flush(self) -> None:
        with _lock:
            if self._held is None:
                return
            held, self._held = self._held, None
            self._passed_at = time.monotonic()
            _pass(held)

    def _start_timer(self, wait: float) -> None:
        timer = threading.Timer(wait, self._on_time)
        timer.daemon = True
        with contextlib.suppress(RuntimeError):  # No thread any more: the flush at the end writes it.
            timer.start()
            self._timer = timer

    def _on_time(self) -> None:
        with _lock:
            self._timer = None
            self.flush()


def _every() -> float:
    """Seconds between two reports; a log file of a script that runs alone needs fewer."""
    return 0.1 if _inside() or sys.stderr.isatty() else 1.0


_progress = _Throttle()
_heartbeat = _Throttle()


def _read_json(file: str) -> Any:
    with open(file, encoding="utf-8") as opened:
        return json.load(opened)


# ------------------------------------------------------ outside a job: printed


_line_is_open = False


def _print_event(event: Dict[str, Any]) -> None:
    """Everything to stderr but the result, so that `python3 detect.py … | jq` works."""
    (word, value), = event.items()
    if word == "heartbeat":
        return
    if word == "result":
        _print_line("", end="")
        print(json.dumps(value, ensure_ascii=False, default=_plain), flush=True)
    elif word == "progress":
        _print_line(_progress_words(value), end="\r" if sys.stderr.isatty() else "\n")
    else:
        _print_line(_event_words(word, value))


def _print_line(text: str, end: str = "\n") -> None:
    global _line_is_open
    before = "\r\033[K" if _line_is_open else ""
    _line_is_open = end == "\r"
    print(before + text, end="" if _line_is_open else end, file=sys.stderr, flush=True)


def _progress_words(report: Mapping[str, Any]) -> str:
    done, total = report.get("done"), report.get("total")
    amount = "" if done is None else f"{done}/{total}" if total is not None else str(done)
    percent = f"{100 * done / total:.0f} %" if done is not None and total else ""
    return "  ".join(part for part in (f"{amount} {report.get('unit') or ''}".strip(), percent, report.get("message")) if part)


def _event_words(word: str, value: Any) -> str:
    if word == "phase":
        place = f"[{value['index']}/{value['of']}] " if "index" in value and "of" in value else ""
        return f"{place}{value['name']}"
    if word == "error":
        return f"failed: {value['message']}"
    if word == "snooze":
        return f"snoozed for {value['ms'] / 1000:g} s"
    return f"saved: {json.dumps(value, ensure_ascii=False, default=_plain)}"


# -------------------------------------------------------------------- over HTTP


class HoldfastError(Exception):
    """What a call can fail with.

    `code` is stable (docs/reference/errors.md; `unreachable` when there was no answer), `message` says what went wrong this time, `help` what
    to do, `status` is the HTTP status (0: none), `errors` names each refused value: `[{"path": "input.frames", "message": "…"}]`.
    """

    def __init__(
        self, code: str, message: str, help: Optional[str] = None, status: int = 0, errors: Optional[List[Dict[str, str]]] = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.help = help
        self.status = status
        self.errors = errors or []

    def __str__(self) -> str:
        return f"{self.message} {self.help}" if self.help else self.message

    @property
    def retryable(self) -> bool:
        """True when the same call may work later."""
        return self.status in (0, 408, 429) or self.status >= 500


class Submitted(NamedTuple):
    """A job, and whether it is new: `job, created = holdfast.submit(…)`."""

    job: Dict[str, Any]
    created: bool


class LogLine(NamedTuple):
    """A line of a job's log. `seq` runs from 1 without gaps; `stream` is stdout, stderr or system; `at` is epoch milliseconds.

    `cut_from_bytes` is the line's whole length when `text` was cut to 4,096 characters.
    """

    seq: int
    attempt: int
    stream: str
    at: int
    text: str
    cut_from_bytes: Optional[int] = None


JobOrId = Union[int, str, Mapping[str, Any]]


def _token_of_environment() -> Optional[str]:
    path = os.environ.get("HOLDFAST_TOKEN_FILE")
    if os.environ.get("HOLDFAST_TOKEN") or not path:
        return os.environ.get("HOLDFAST_TOKEN") or None
    with open(path, encoding="utf-8") as file:
        return file.read().strip()


class Client:
    """A Holdfast server. No connection is kept between calls, so a client may be shared by threads and processes.

    url: where Holdfast is, with its prefix: `http://127.0.0.1:4747` or `https://example.org/holdfast`. Default: HOLDFAST_URL, else the former.
    token: sent as `Authorization: Bearer …`, for a server where people sign in. Default: HOLDFAST_TOKEN, else what is in the file HOLDFAST_TOKEN_FILE.
    timeout: seconds without an answer after which a request counts as lost.
    patience: seconds that `wait` and `follow` go on trying while the server cannot be reached, such as through its restart; None: for ever.
    """

    def __init__(
        self, url: Optional[str] = None, token: Optional[str] = None, *, timeout: float = 40.0, patience: Optional[float] = 60.0
    ) -> None:
        import urllib.parse

        self.url = (url or os.environ.get("HOLDFAST_URL") or "http://127.0.0.1:4747").rstrip("/")
        self._token = token or _token_of_environment()
        self._timeout = timeout
        self._patience = patience
        address = urllib.parse.urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname or address.query or address.fragment:
            raise ValueError(f"url must be like http://127.0.0.1:4747, not {self.url!r}")
        address.port  # Raises ValueError for one that is none.
        self._address = address

    def submit(self, kind: str, input: Any = None, *, name: Optional[str] = None, submitted_by: Optional[str] = None) -> Submitted:
        """Asks for a job. input: what its kind takes; None: nothing. name: what people should call it. submitted_by: who asks.

        Raises HoldfastError: `unknown_kind`, `invalid_input`, `active_exists`, `unreachable` … Never sent twice: after `unreachable` look
        whether it arrived, unless the kind is unique.
        """
        import urllib.parse

        wish = {"input": input, "name": name, "submittedBy": submitted_by}
        body = {key: value for key, value in wish.items() if value is not None}
        answer = self._json("POST", f"kinds/{urllib.parse.quote(kind, safe='')}/jobs", body)
        return Submitted(answer["job"], answer["created"])

    def get(self, job: JobOrId) -> Dict[str, Any]:
        """The job with its `history` and `events`, as docs/reference/http.md has it. Raises HoldfastError: `job_not_found` …"""
        found: Dict[str, Any] = self._json("GET", f"jobs/{_id_of(job)}")
        return found

    def cancel(self, job: JobOrId, by: Optional[str] = None) -> Dict[str, Any]:
        """Asks it to stop and returns the job, which may be `stopping` for a while; a settled one is unchanged."""
        stopping: Dict[str, Any] = self._json("POST", f"jobs/{_id_of(job)}/cancel", {} if by is None else {"by": by})
        return stopping

    def retry(self, job: JobOrId, by: Optional[str] = None) -> Dict[str, Any]:
        """Another attempt from the start, of a job that did not succeed. Raises HoldfastError: `wrong_state`, `active_exists` …"""
        again: Dict[str, Any] = self._json("POST", f"jobs/{_id_of(job)}/retry", {} if by is None else {"by": by})
        return again

    def rerun(self, job: JobOrId, *, by: Optional[str] = None, **other: Any) -> Submitted:
        """A new job like an old one: with the same input, or with `input=…`, None included."""
        if other.keys() - {"input"}:
            raise TypeError(f"rerun takes by and input, not {', '.join(sorted(other.keys() - {'input'}))}")
        answer = self._json("POST", f"jobs/{_id_of(job)}/rerun", {**other, **({} if by is None else {"by": by})})
        return Submitted(answer["job"], answer["created"])

    def jobs(
        self,
        *,
        state: Union[str, Sequence[str], None] = None,
        kind: Optional[str] = None,
        queue: Optional[str] = None,
        submitted_by: Optional[str] = None,
        schedule: Optional[str] = None,
        before: Optional[int] = None,
        limit: Optional[int] = 50,
    ) -> Iterator[Dict[str, Any]]:
        """Jobs, newest first, page by page as they are taken: at most `limit`, None for all. state: one, or several. before: only smaller numbers."""
        import urllib.parse

        states = state if state is None or isinstance(state, str) else ",".join(state)
        wish = {"state": states, "kind": kind, "queue": queue, "submittedBy": submitted_by, "schedule": schedule}
        left = math.inf if limit is None else limit
        while left > 0:
            query = {**wish, "before": before, "limit": int(min(left, _page))}
            page = self._json("GET", "jobs?" + urllib.parse.urlencode({key: value for key, value in query.items() if value is not None}))
            yield from page["jobs"]
            left -= len(page["jobs"])
            before = page["before"]
            if before is None:
                return

    def artifacts(self) -> List[Dict[str, Any]]:
        """All artifacts, by name, as docs/reference/http.md has them."""
        all: List[Dict[str, Any]] = self._json("GET", "artifacts")["artifacts"]
        return all

    def artifact(self, name: str) -> Dict[str, Any]:
        """One of them with what is kept of it. Raises HoldfastError: `artifact_not_found` …"""
        found: Dict[str, Any] = self._json("GET", _artifact_path(name))
        return found

    def roll_back(
        self, name: str, to: Optional[int] = None, *, together: bool = False, reason: Optional[str] = None, by: Optional[str] = None
    ) -> Dict[str, Any]:
        """Makes another kept snapshot the current one and returns it. to: its number; None: the newest one before the current one.

        together: also all that its job published with it.
        """
        wish = {"to": to, "together": together or None, "reason": reason, "by": by}
        snapshot: Dict[str, Any] = self._json(
            "POST", f"{_artifact_path(name)}/roll-back", {key: value for key, value in wish.items() if value is not None}
        )
        return snapshot

    def want(self, name: str, fingerprint: Optional[str], by: Optional[str] = None) -> Dict[str, Any]:
        """Says what the current snapshot should be built from; None: nothing in particular. Starts nothing. Returns the artifact."""
        wish = {"fingerprint": fingerprint, **({} if by is None else {"by": by})}
        artifact: Dict[str, Any] = self._json("POST", f"{_artifact_path(name)}/want", wish)
        return artifact

    def wait(self, job: JobOrId, timeout: Optional[float] = None) -> Dict[str, Any]:
        """The job once it is settled: succeeded, failed, cancelled, interrupted or expired. A failure is data, look at `state`.

        Raises TimeoutError after so many seconds (the job goes on), HoldfastError as `follow` does.
        """
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        id = _id_of(job)
        data: Dict[str, Any]
        # Past every line, so that only views of the job come.
        with contextlib.closing(self._events(id, _Cursor(_last_possible_line), deadline)) as events:
            for event, data in events:
                if event == "job" and data.get("state") in _settled:
                    return data
        return self.get(id)

    def follow(self, job: JobOrId, after: int = 0) -> Iterator[LogLine]:
        """Every line of its log as it comes, over all attempts, until the job is settled. after: go on behind the line of this number.

        A lost connection is opened again from the last line: none is missing, none comes twice.
        Raises HoldfastError when asking again cannot help, or when the server was away for longer than the client's patience.
        """
        return self._lines(_id_of(job), _Cursor(after))

    def _lines(self, id: int, cursor: _Cursor) -> Iterator[LogLine]:
        with contextlib.closing(self._events(id, cursor, math.inf)) as events:
            for event, data in events:
                if event in _streams and data["seq"] > cursor.seq:
                    cursor.seq = data["seq"]
                    yield LogLine(data["seq"], data["attempt"], data["stream"], data["at"], data["text"], data.get("cutFromBytes"))

    def _events(self, id: int, cursor: _Cursor, deadline: float) -> Generator[Tuple[str, Any], None, None]:
        """Events of a job until its `end`, over however many connections."""
        import random

        failures = 0
        lost_at: Optional[float] = None
        while True:
            try:
                with contextlib.closing(self._stream(id, cursor, deadline)) as events:
                    for event, data in events:
                        failures, lost_at = 0, None
                        if event == "end":
                            return
                        yield event, data
            except HoldfastError as error:
                lost_at = time.monotonic() if lost_at is None else lost_at
                if not error.retryable or (self._patience is not None and time.monotonic() - lost_at >= self._patience):
                    raise
            # Also after a connection that ended early without an error: a server that closes.
            failures += 1
            pause = min(_longest_pause, 0.1 * 2 ** min(failures, 10)) * random.uniform(0.5, 1.0)
            time.sleep(max(0.0, min(pause, deadline - time.monotonic())))
            _check(deadline, id)

    def _stream(self, id: int, cursor: _Cursor, deadline: float) -> Generator[Tuple[str, Any], None, None]:
        headers = {"accept": "text/event-stream", "last-event-id": str(cursor.seq)}
        with self._answer("GET", f"jobs/{id}/log/stream", None, headers, deadline) as (opened, response):
            name, data = "", ""
            while True:
                _check(deadline, id)
                # The server says something every 15 s.
                opened.settimeout(self._until(deadline))
                try:
                    line = response.readline(_answer_bytes)
                except _broken_off() as cause:
                    _check(deadline, id)
                    raise self._no_answer() from cause
                if len(line) >= _answer_bytes:
                    raise HoldfastError("unexpected_answer", f"An event of job {id} is over {_answer_bytes} bytes.", status=response.status)
                if not line.endswith(b"\n"):
                    return  # The end, perhaps in the middle of a line.
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text.startswith("event:"):
                    name = text[6:].strip()
                elif text.startswith("data:"):
                    data = text[5:]
                elif text == "" and data != "":
                    yield name, _parse(data)
                    name, data = "", ""

    def _until(self, deadline: float) -> float:
        return max(0.01, min(self._timeout, deadline - time.monotonic()))

    def _json(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Any:
        with self._answer(method, path, body, {"accept": "application/json"}, math.inf) as (_, response):
            return _parse(self._read_all(response))

    @contextlib.contextmanager
    def _answer(
        self, method: str, path: str, body: Optional[Dict[str, Any]], headers: Dict[str, str], deadline: float
    ) -> Iterator[Tuple[socket.socket, http.client.HTTPResponse]]:
        """A request on a connection of its own, closed with the block. No proxy of the environment: it could not reach loopback."""
        import http.client

        secure = self._address.scheme == "https"
        make: Callable[..., http.client.HTTPConnection] = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = make(self._address.hostname or "", self._address.port, timeout=self._until(deadline))
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            payload = None if body is None else json.dumps(body, allow_nan=False, default=_plain).encode()
            try:
                connection.request(method, f"{self._address.path}/api/v1/{path}", payload, headers)
                # Taken before the answer: `connection: close` makes the connection forget it.
                opened = connection.sock
                response = connection.getresponse()
            except _broken_off() as cause:
                raise self._no_answer() from cause
            if response.status >= 300:
                raise self._problem(response)
            yield opened, response
        finally:
            connection.close()

    def _read_all(self, response: http.client.HTTPResponse) -> bytes:
        try:
            text = response.read(_answer_bytes)
        except _broken_off() as cause:
            raise self._no_answer() from cause
        if len(text) < _answer_bytes and response.length:
            raise self._no_answer()  # It broke off.
        if len(text) >= _answer_bytes:
            raise HoldfastError("unexpected_answer", f"The answer is longer than {_answer_bytes} bytes.", status=response.status)
        return text

    def _no_answer(self) -> HoldfastError:
        place = f"{self._address.scheme}://{self._address.netloc.rpartition('@')[2]}"
        return HoldfastError("unreachable", f"No answer from {place}.", "Is the server running, and is the address right?")

    def _problem(self, response: http.client.HTTPResponse) -> HoldfastError:
        """A proxy in between may answer in HTML, so nothing about the body is taken for granted."""
        try:
            body = json.loads(self._read_all(response))
        except (ValueError, HoldfastError):
            body = None
        body = body if isinstance(body, dict) else {}
        status = response.status
        if status == 404 and "code" not in body:
            help = "It may live under a prefix of that server, such as /holdfast."
            return HoldfastError("unreachable", f"There is no Holdfast at {self.url}.", help, status)
        code = body.get("code") or ("unreachable" if status >= 500 else "unexpected_answer")
        message = body.get("detail") or f"The server answered {status} {response.reason}".strip()
        return HoldfastError(code, message, body.get("hint"), status, body.get("errors"))


def submit(
    kind: str,
    input: Any = None,
    *,
    name: Optional[str] = None,
    submitted_by: Optional[str] = None,
    url: Optional[str] = None,
    token: Optional[str] = None,
) -> Submitted:
    """`Client(url, token).submit(…)`."""
    return Client(url, token).submit(kind, input, name=name, submitted_by=submitted_by)


def get(job: JobOrId, *, url: Optional[str] = None, token: Optional[str] = None) -> Dict[str, Any]:
    """`Client(url, token).get(…)`."""
    return Client(url, token).get(job)


def cancel(job: JobOrId, by: Optional[str] = None, *, url: Optional[str] = None, token: Optional[str] = None) -> Dict[str, Any]:
    """`Client(url, token).cancel(…)`."""
    return Client(url, token).cancel(job, by)


def wait(job: JobOrId, timeout: Optional[float] = None, *, url: Optional[str] = None, token: Optional[str] = None) -> Dict[str, Any]:
    """`Client(url, token).wait(…)`."""
    return Client(url, token).wait(job, timeout)


def follow(job: JobOrId, after: int = 0, *, url: Optional[str] = None, token: Optional[str] = None) -> Iterator[LogLine]:
    """`Client(url, token).follow(…)`."""
    return Client(url, token).follow(job, after)


def _broken_off() -> Tuple[Type[Exception], ...]:
    import http.client

    return (OSError, http.client.HTTPException)


class _Cursor:
    """The last line that was received."""

    def __init__(self, seq: int) -> None:
        self.seq = seq


_settled = ("succeeded", "failed", "cancelled", "interrupted", "expired")
_streams = ("stdout", "stderr", "system")
#: Bytes of one answer or event; a job with the largest input and result is a quarter of it.
_answer_bytes = 16 * 1_048_576
_longest_pause = 10.0
#: Jobs that one answer may hold.
_page = 200
_last_possible_line = 2**53 - 1


def _id_of(job: JobOrId) -> int:
    """42, "42", "#42", or a job as the server tells it."""
    value = job.get("id") if isinstance(job, Mapping) else job
    text = str(value).strip()
    digits = text[1:] if text.startswith("#") else text
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{value!r} is no number of a job")
    return int(digits)


def _artifact_path(name: str) -> str:
    import urllib.parse

    return f"artifacts/{urllib.parse.quote(name, safe='')}"


def _parse(text: Union[str, bytes]) -> Any:
    try:
        return json.loads(text)
    except ValueError as cause:
        raise HoldfastError("unexpected_answer", "The answer is not JSON.", "Is that a Holdfast server?", 200) from cause


def _check(deadline: float, id: int) -> None:
    if time.monotonic() >= deadline:
        raise TimeoutError(f"job {id} was not settled in time; it goes on")


atexit.register(_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_in_forked_child)
if _inside():
    _enter_job()
