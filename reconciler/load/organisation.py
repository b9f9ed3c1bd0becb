"""organisation.yaml alone, for what begins before the rest is read."""

from reconciler.load import build
from reconciler.load.faults import Faults
from reconciler.load.sources import Sources
from reconciler.load.strict import read_document
from reconciler.load.tree import ORGANISATION, Tree
from reconciler.model.documents import Organisation
from reconciler.model.finding import is_error
from reconciler.model.place import Pointer
from reconciler.schema.check import check


def read_organisation(tree: Tree) -> Organisation | None:
    """As `load` builds it; None where it would build none. What is wrong with the file is for `load` to say."""
    data = tree.files.get(ORGANISATION)
    if data is None:
        return None
    read = read_document(ORGANISATION, data)
    found = read.findings or check("organisation", ORGANISATION, read.value, Sources(tree.files))
    if any(map(is_error, found)) or not isinstance(read.value, dict):
        return None
    return build.organisation(read.value, Pointer(file=ORGANISATION), Faults())
