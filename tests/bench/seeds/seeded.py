"""Runs a script of ../shared/peers with another seed than 2026, which is theirs.

python seeded.py SEED SCRIPT ARGUMENTS…
"""

import sys
from pathlib import Path

seed, script = sys.argv[1:3]
sys.argv = sys.argv[2:]
sys.path.insert(0, str(Path(script).resolve().parent))
source = Path(script).read_text(encoding="utf-8").replace("2026", seed)
exec(compile(source, script, "exec"), {"__name__": "__main__", "__file__": script})
