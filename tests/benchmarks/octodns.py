"""octoDNS as a peer: as many records as we have assignments, and nothing to change.

The target is a provider that reads its records from JSON, as one that has an API does; a YAML target would ignore what
it has and plan everything anew. One zone or many, in order or not: what is cheapest for octoDNS is taken.
"""

import json
from pathlib import Path

from tests.benchmarks.process import Run, run_process

ZONES = 200

_PROVIDER = """
import json
import logging
from pathlib import Path

from octodns.provider.base import BaseProvider
from octodns.record import Record


class Recorded(BaseProvider):
    SUPPORTS_GEO = False
    SUPPORTS_DYNAMIC = False
    SUPPORTS = {"A"}

    def __init__(self, id, directory, **options):
        self.log = logging.getLogger("recorded")
        super().__init__(id, **options)
        self.directory = Path(directory)

    def populate(self, zone, target=False, lenient=False):
        for name, data in json.loads((self.directory / f"{zone.name}json").read_text()).items():
            zone.add_record(Record.new(zone, name, data, source=self, lenient=lenient), lenient=lenient)
        return True

    def _apply(self, plan):
        raise SystemExit("octoDNS found something to change")
"""


def compare_records(work: Path, peers: Path, records: int) -> Run:
    """A run of octodns-sync over files that are written here."""
    for name in ("zones", "live"):
        (work / name).mkdir(parents=True, exist_ok=True)
    (work / "recorded.py").write_text(_PROVIDER, encoding="utf-8")
    zones = [f"zone-{number:03d}.example." for number in range(ZONES)]
    for number, zone in enumerate(zones):
        _write_zone(work, zone, number, records // ZONES)
    (work / "config.yaml").write_text(json.dumps(_configuration(work, zones)), encoding="utf-8")
    # Its executable tells that nothing is to be done by ending with 0; --doit makes a difference an error in `_apply`.
    command = [str(peers / "octodns-sync"), "--config-file", str(work / "config.yaml"), "--doit", "--quiet"]
    environment = {"PYTHONPATH": str(work), "PATH": "/usr/bin:/bin"}
    return lambda: run_process(command, folder=work, environment=environment)


def _write_zone(work: Path, zone: str, number: int, count: int) -> None:
    names = [f"host-{n:03d}" for n in range(count)]
    addresses = {name: f"10.{number}.{n // 250}.{n % 250 + 1}" for n, name in enumerate(names)}
    text = "".join(f"{name}:\n  ttl: 300\n  type: A\n  value: {address}\n" for name, address in addresses.items())
    (work / "zones" / f"{zone}yaml").write_text("---\n" + text, encoding="utf-8")
    live = {name: {"ttl": 300, "type": "A", "value": address} for name, address in addresses.items()}
    (work / "live" / f"{zone}json").write_text(json.dumps(live), encoding="utf-8")


def _configuration(work: Path, zones: list[str]) -> dict[str, object]:
    return {
        "manager": {"max_workers": 1},
        "providers": {
            "files": {
                "class": "octodns.provider.yaml.YamlProvider",
                "directory": str(work / "zones"),
                "enforce_order": False,
            },
            "live": {"class": "recorded.Recorded", "directory": str(work / "live")},
        },
        "zones": {zone: {"sources": ["files"], "targets": ["live"]} for zone in zones},
    }
