"""The machine's own Chromium, without a window and without anything that calls home; driven by selenium."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

ROOT: Final = Path(__file__).parents[2]
AXE: Final = ROOT / "build/axe/node_modules/axe-core/axe.min.js"
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing() -> str:
    """What keeps the tests from a browser, for people; empty where nothing does."""
    if not any(map(shutil.which, BROWSERS)):
        return f"no browser: none of {', '.join(BROWSERS)} is installed (as root on Debian, make browser installs it)"
    return "" if shutil.which("chromedriver") else "no chromedriver (as root on Debian, make browser installs it)"


def axe_missing() -> str:
    return "" if AXE.is_file() else f"no axe-core at {AXE} (make browser fetches it where there is npm)"


@contextmanager
def chromium(profile: Path, *, scripts: bool = True) -> Iterator[Chrome]:
    """A browser with a fresh profile. Without `scripts` pages run none, as where somebody has turned them off."""
    options = ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)))
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def screen(driver: Chrome, width: int, height: int = 900, scheme: str = "light") -> None:
    """As wide as asked for: a window of Chromium's own is never narrower than 500 px. `scheme`: light, dark."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)


def _log(driver: Chrome, kind: str) -> Sequence[Mapping[str, Any]]:
    untyped: Any = driver
    found: Sequence[Mapping[str, Any]] = untyped.get_log(kind)
    return found


def asked_for(driver: Chrome) -> list[str]:
    """Every address that the pages shown since the last question have asked for."""
    logged = [json.loads(one["message"])["message"] for one in _log(driver, "performance")]
    return [one["params"]["request"]["url"] for one in logged if one["method"] == "Network.requestWillBeSent"]


def complaints(driver: Chrome) -> list[str]:
    """What the browser has to say: a script that failed, something that the page's policy forbids."""
    return [one["message"] for one in _log(driver, "browser")]


def violations(driver: Chrome) -> Sequence[str]:
    """What axe-core finds by WCAG 2.1 A and AA and by good practice: rule, and the element."""
    driver.execute_script(AXE.read_text("utf-8"))
    found: Any = driver.execute_async_script(_ASK)
    return [f"{one['id']}: {node['html'][:200]} ({node['failureSummary']})" for one in found for node in one["nodes"]]


_ASK: Final = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
  .then((found) => done(found.violations), (problem) => done([{id: String(problem), nodes: [{html: "", failureSummary: ""}]}]));
"""
