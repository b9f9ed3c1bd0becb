"""What the exit codes mean. CI decides on them, so they never change."""

from typing import Final

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
CHANGES: Final = 3
INCOMPLETE: Final = 4
BUG: Final = 70
