"""The table of cases, whole once its parts have been read."""

from tests.unit.trust.cases import approving, filing, limiting, managing, merging, runs
from tests.unit.trust.cases.row import ROWS, Row

__all__ = ["ROWS", "Row", "approving", "filing", "limiting", "managing", "merging", "runs"]
