"""The version of dinc. In a wheel, `build.py` has replaced it by that of package.json."""

VERSION = "0.1.0"
