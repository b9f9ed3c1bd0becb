"""One browser for each process of tests, and the sites that it looks at. Skipped, with the reason, where there is no browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from reconciler.reconcile.site import all_files, write_site
from reconciler.site.source import Edition, Source
from tests.browser.chromium import ROOT, chromium, missing
from tests.unit.site.written import AS_OF, files, ill, source_of

EDITIONS = (Edition.PUBLIC, Edition.INTERNAL)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    if missing():
        pytest.skip(missing())
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's site, both editions and languages."""
    from reconciler.reconcile.prepare import prepare
    from reconciler.reconcile.site import gather

    source = gather(prepare(ROOT, AS_OF, digest=False), AS_OF, inside=True)
    assert source is not None
    return written(source, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose every text is meant ill."""
    return written(source_of(files(ill)), tmp_path_factory.mktemp("hostile"))


def written(source: Source, folder: Path) -> Path:
    refused, _ = write_site(folder, {one.path: one.text for one in all_files(source, EDITIONS, ("sv", "en"))})
    assert refused is None
    return folder
