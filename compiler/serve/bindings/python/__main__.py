"""`python -m PACKAGE build` compiles the library into the package, and puts its weights beside it."""

import sys

from . import LoadError, build

if sys.argv[1:] != ["build"]:
    sys.exit("usage: python -m PACKAGE build")
try:
    print(build())
except LoadError as error:
    sys.exit(str(error))
