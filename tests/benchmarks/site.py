"""The web site of a municipality of Västerås' size, 65 schools and 300 apps, against Jinja2 alone; and a keystroke in its list.

Jinja2 alone: the same templates, compiled anew, rendered with everything that the pages say made ready beforehand. Ours: the whole
command as a process of its own, from reading the files to the last file written, with rules, MGN and charts; both editions and languages.
"""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from reconciler.reconcile.prepare import prepare
from reconciler.reconcile.site import gather
from reconciler.site.pages import Plan, plan, rendered
from reconciler.site.rendering import environment
from reconciler.site.source import Edition, Source
from tests.benchmarks import vasteras
from tests.benchmarks.figure import Bar, Figure, NotMeasured
from tests.benchmarks.process import run_process

ROOT: Final = Path(__file__).resolve().parents[2]
AS_OF: Final = date(2026, 11, 22)
APPS: Final = 300
SITE: Final = "site: 65 schools and 300 apps, against Jinja2 alone"
KEYSTROKE: Final = "site: a keystroke among 2,000 apps"
_LANGS: Final = ("sv", "en")
_ROUNDS: Final = 3


def figures(work: Path) -> Iterator[Figure]:
    yield _written(write_files(work / "site-files"), work / "site")
    yield _keystroke()


def write_files(folder: Path) -> Path:
    """The fleet's files with more apps that nobody uses, so that there are enough, and the sample's rules and MGN."""
    shutil.rmtree(folder, ignore_errors=True)
    written = dict(vasteras.files())
    used = written["app-catalogs/appar.yaml"].count("\n  - id: ")
    others = [{**_record(number), **_OTHERS[number % 3]} for number in range(APPS - used)]
    written["app-catalogs/fler.yaml"] = json.dumps({"topic": "fler", "title": "Fler appar", "apps": others})
    for path, text in written.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for name in ("guardrails", "mgn"):
        shutil.copytree(ROOT / "policies" / name, folder / "policies" / name)
    return folder


_DECISION: Final = {
    "meeting": "2026-03-11",
    "reference": "ITR 2026:3 § 1",
    "reason": "Jämförd med tre andra i två klasser.",
}
_OTHERS: Final[Sequence[Mapping[str, Any]]] = (
    {"status": "proposed"},
    {"status": "queued", "queued": "2026-10-20"},
    {"status": "rejected", "decision": _DECISION},
)


def _record(number: int) -> Mapping[str, Any]:
    """A candidate with as much text as a real one."""
    need = {"need": "Eleverna behöver öva mer än läroboken räcker till.", "users": 20 + number}
    day = f"2026-09-{1 + number % 28:02d}"
    value = "Lätt att komma igång med, men ger lite tillbaka till läraren."
    return {
        "id": f"kandidat-{number:03d}",
        "name": f"Kandidat {number}",
        "supplier": f"Leverantör {number % 40}",
        "supplier_country": "SE",
        "description": f"Eleverna övar i egen takt, och läraren ser vad de behöver träna mer på. Del {number}.",
        "platforms": {"macos": {"web": f"https://kandidat-{number}.matkommun.example.se/"}},
        "source": {"url": "https://matkommun.example.se/appar", "text": "Påhittad", "read": "2026-11-21"},
        "request": {"by": f"lärare åk {1 + number % 9}", "received": day, **need},
        "school_forms": ["grundskola"],
        "subjects": [("svenska", "matematik", "engelska", "bild", "musik")[number % 5]],
        "purposes": ["öva"],
        "sign_in": ["none"],
        "cost": {"model": "free", "licence": "device", "in_app_purchases": "none", "bearer": "school"},
        "interface": {"languages": ["sv"], "reading": "some", "accessibility": ["read-aloud"], "offline": "partly"},
        "assessment": {"value": value, "grade": 1 + number % 5, "by": "lärare", "date": "2026-02-15"},
        "personal_data": "none",
    }


def _written(folder: Path, out: Path) -> Figure:
    prepared = prepare(folder, AS_OF, digest=False)
    source = gather(prepared, AS_OF, inside=True)
    if source is None:
        raise NotMeasured("the files that are to be measured can't be loaded")
    schools, apps = len(source.documents.schools), len(source.documents.apps)
    ready = _ready(source)
    alone = min(_render(ready) for _ in range(_ROUNDS))
    ours = min(_command(folder, out) for _ in range(_ROUNDS))
    pages = sum(len(one.pages) for one in ready)
    return Figure(
        name=SITE,
        value=ours / alone,
        bar=10,
        side=Bar.AT_MOST,
        unit="times the time",
        against="Jinja2 alone, with everything that the pages say made ready beforehand",
        bound="the same templates, compiled anew; pages thrown away",
        remark=f"{schools} schools, {apps} apps, {pages} pages: {ours:.2f} s against {alone:.2f} s",
    )


def _ready(source: Source) -> list[Plan]:
    return [plan(source, edition, lang, _LANGS) for edition in Edition for lang in _LANGS]


def _render(ready: Sequence[Plan]) -> float:
    """Processor seconds."""
    environment.cache_clear()
    start = time.process_time()
    for one in ready:
        for _ in rendered(one):
            pass
    return time.process_time() - start


def _command(folder: Path, out: Path) -> float:
    """Processor seconds of the whole process; into an empty folder each time."""
    shutil.rmtree(out, ignore_errors=True)
    words = ("site", "--root", str(folder), "--out", str(out), "--edition", "both", "--today", AS_OF.isoformat())
    return run_process([sys.executable, "-m", "reconciler", *words], folder=ROOT).cpu


def _keystroke() -> Figure:
    from tests.browser.chromium import chromium, missing, screen
    from tests.browser.keystrokes import APPS as LISTED
    from tests.browser.keystrokes import measure, write_list

    if missing():
        raise NotMeasured(missing())
    with tempfile.TemporaryDirectory() as made:
        page = write_list(Path(made) / "list")
        with chromium(Path(made) / "profile") as driver:
            screen(driver, 1280)
            runs = [measure(driver, page) for _ in range(5)]
    each = [min(times) for times in zip(*runs, strict=True)]
    return Figure(
        name=KEYSTROKE,
        value=max(each),
        bar=50,
        side=Bar.AT_MOST,
        unit="ms",
        against="nothing: the slowest of all letters, each the best of five runs",
        bound=f"{LISTED} apps in Chromium, from the event until the page is laid out again",
        remark=f"half of them within {sorted(each)[len(each) // 2]:.1f} ms",
    )
