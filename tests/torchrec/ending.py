"""What a process says and returns that is asked to end (SIGTERM) at each moment of its own end; as JSON."""

import contextlib
import importlib.util
import io
import json
import os
import signal
import sys
from pathlib import Path

root = Path(__file__).parents[2] / "runtime" / "torchrec"
spec = importlib.util.spec_from_file_location("training", root / "__init__.py", submodule_search_locations=[str(root)])
sys.modules["training"] = importlib.util.module_from_spec(spec)
distributed = importlib.import_module("training.distributed")


def asked() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def lost() -> None:
    raise RuntimeError("Connection closed by peer [127.0.0.1]:6023")


def looked_at(error: BaseException) -> bool:
    asked()
    return lost_peer(error)


class Store:
    def add(self, *_: object) -> int:
        asked()
        return 1


lost_peer = distributed._is_lost_peer


def ended(run, *, is_lost_peer=lost_peer, store=None) -> dict:
    distributed._is_lost_peer = is_lost_peer
    distributed._get_default_store = lambda: Store() if store else lost()
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        code = distributed.ended("din.train", run)
    return {"code": code, "said": said.getvalue()}


print(
    json.dumps(
        {
            "asked while it trains": ended(asked),
            "asked when another is lost": ended(lost, is_lost_peer=looked_at),
            "asked while it tells": ended(lost, store=True),
            "asked by two": ended(lambda: (asked(), asked())),
            "not asked": ended(lambda: None),
        }
    )
)
