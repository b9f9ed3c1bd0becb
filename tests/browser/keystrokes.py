"""How long the list of 2,000 apps takes to answer a keystroke, in Chromium: from the event until the page is laid out again."""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from reconciler.model.place import Pointer
from reconciler.model.vetting import Cost, Interface, Vetting
from reconciler.site.app_list import list_apps
from reconciler.site.pages import Page, Plan, rendered
from reconciler.site.rendering import assets
from reconciler.site.source import Edition
from reconciler.site.words import SiteWords

APPS: Final = 2_000
TYPED: Final = "matematik lärspel 17"
"""Hits fall from all apps to a few; taken back a letter at a time, they come again."""

_SUBJECTS: Final = ("svenska", "matematik", "engelska", "bild", "musik", "NO", "SO", "teknik", "idrott", "slöjd")
_KINDS: Final = ("Lärspel", "Ordbok", "Läsning", "Provbank", "Ritprogram", "Kartbok", "Talsyntes")


def make_apps(count: int = APPS) -> Iterator[Vetting]:
    """Apps with as much text as real ones."""
    kinds, subjects = cycle(_KINDS), cycle(_SUBJECTS)
    for number, kind, subject in islice(zip(range(count), kinds, subjects, strict=False), count):
        yield Vetting(
            id=f"app-{number}",
            name=f"{kind} {subject} {number}",
            supplier=f"Förlag {number % 90}",
            description=f"Eleverna övar {subject} i egen takt och läraren ser vad de behöver träna mer på. Del {number}.",
            platforms=("chromeos", "ipados") if number % 2 else ("windows",),
            subjects=(subject, "svenska") if number % 3 else (subject,),
            purposes=(kind.lower(),),
            school_forms=("grundskola",) if number % 4 else (),
            grades=("F-3", "4-6", "7-9", "")[number % 4],
            cost=Cost(model=("free", "licence", "freemium")[number % 3]),
            interface=Interface(languages=("sv", "en") if number % 2 else ("sv",)),
            status="approved",
            at=Pointer(file="app-catalogs/appar.yaml"),
        )


def write_list(folder: Path, count: int = APPS) -> Path:
    """The page of the list alone, with what it needs."""
    words = SiteWords("sv")
    page = Page(
        path="index.html",
        template="apps.html.j2",
        title=words.say("APPS-TITLE"),
        part="index.html",
        values={"listed": list_apps(make_apps(count), words)},
    )
    plan = Plan(
        edition=Edition.PUBLIC,
        lang="sv",
        langs=("sv",),
        organisation="Vidala kommun",
        spoken="sv",
        as_of="2026-11-22",
        pages=(page,),
    )
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    for name, text in assets().items():
        (folder / "assets" / name).write_text(text, encoding="utf-8")
    for one in rendered(plan):
        (folder / one.path).write_text(one.text, encoding="utf-8")
    return folder / "index.html"


def measure(driver: Chrome, page: Path, typed: str = TYPED) -> Sequence[float]:
    """Milliseconds for each letter typed and each taken back.

    The value is set and the event sent from within the page, so that the time of the driver is not in it. Reading a height
    afterwards makes the browser style and lay out what the script has changed; what is left is painting, which it does by itself.
    """
    driver.get(page.as_uri())
    field = driver.find_element(By.ID, "query")
    steps = [typed[:end] for end in range(1, len(typed) + 1)]
    steps += [*reversed(steps[:-1]), ""]
    found: Any = driver.execute_script(_TYPE, field, steps)
    return [float(one) for one in found]


_TYPE: Final = """
const [field, steps] = arguments;
return steps.map((value) => {
  field.value = value;
  const begun = performance.now();
  field.dispatchEvent(new InputEvent("input", {bubbles: true}));
  document.body.getBoundingClientRect();
  return performance.now() - begun;
});
"""
