"""`python -m dinc` is the `dinc` command."""

import sys

from .cli import main

sys.exit(main())
