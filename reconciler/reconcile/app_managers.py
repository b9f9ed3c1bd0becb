"""What a pull request adds on the council's terms goes to the school's own app managers: the same answer as in `review`."""

from datetime import date

from reconciler.compile.state import compile_state
from reconciler.load.repository import load
from reconciler.load.tree import Tree
from reconciler.review.app_managers import with_app_managers
from reconciler.review.approvals import ByOwner
from reconciler.review.wishes import Day
from reconciler.settings.table import load_settings
from reconciler.trust.owners import EDUCATION


def handed_over(touched: ByOwner, base: Tree, head: Tree, day: date) -> ByOwner:
    """The places by owner; where a revision can't be read everything stays as it is, with education.

    `base` says who the app managers are and what the council's terms are. Both are compiled only where a school's apps may differ.
    """
    if not any(one.file.startswith("schools/") for one in touched.get(EDUCATION, ())):
        return touched
    was, now = (load(tree, digest=False).documents for tree in (base, head))
    if was is None or now is None:
        return touched
    table = load_settings()
    both = Day(day=day, base=compile_state(was, table, day), head=compile_state(now, table, day))
    return with_app_managers(touched, was, now, both)
