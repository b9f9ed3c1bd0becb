"""Where there is no browser or no checker, the tests say so in words that help."""

import shutil
from pathlib import Path

import pytest

from tests.browser import chromium


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if "chrom" in name else name)
    assert chromium.missing().startswith("no browser: none of chromium, ")

    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/chromium" if name == "chromium" else None)
    assert chromium.missing().startswith("no chromedriver")

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert chromium.missing() == ""


def test_a_missing_checker_is_named_with_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(chromium, "AXE", tmp_path / "axe.min.js")

    assert (
        chromium.axe_missing() == f"no axe-core at {tmp_path}/axe.min.js (make browser fetches it where there is npm)"
    )
