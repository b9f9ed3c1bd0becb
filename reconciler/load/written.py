"""Files as data with their kinds, for what asks of fields instead of documents (whose they are)."""

from collections.abc import Iterator, Mapping

from reconciler.catalogue.ownership import Written
from reconciler.load.repository import kind_of
from reconciler.load.strict import read_document
from reconciler.load.tree import INVENTORIES, SUMS, Tree


def written_files(tree: Tree) -> Mapping[str, Written]:
    """By path. A file that can't be read is left out: what it says can't be known, and the loader has said so."""
    return dict(_written(tree))


def _written(tree: Tree) -> Iterator[tuple[str, Written]]:
    for path, data in tree.files.items():
        if path.startswith(f"{INVENTORIES}/"):
            yield path, Written(kind="", data=data.decode("utf-8", "replace"))
            continue
        if path.endswith(f"/{SUMS}"):  # follows from the files beside it, and says nothing more
            continue
        read = read_document(path, data)
        if isinstance(read.value, dict):
            yield path, Written(kind=kind_of(path), data=read.value)
