"""A new municipality's repository, from a few answers: which files it gets and what stands in them. Writes nothing.

The files are templates inside the package (`reconciler/templates/init`): those that end in `.jinja` are filled in, the
others are copied as they are. `dot-` at the beginning of a name stands for a dot, and SCHOOL for the school's id; one that
comes out empty is left out. Workflows are added by adding their files.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reconciler.reconcile.package_pin import Pin

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
SYSTEMS: Final = ("google", "intune")
NO_CUSTOMER: Final = "C0000000"
NO_TENANT: Final = "00000000-0000-4000-8000-000000000000"
"""What stands in the files until somebody writes the municipality's own; the sandbox takes them."""

_JINJA: Final = ".jinja"
_ONLY_WITH_A_PACKAGE: Final = (".github/workflows/", ".github/dependabot.yml", ".pre-commit-config.yaml", "Makefile")
_COMPULSORY: Final = ("förskoleklass", "grundskola", "fritidshem")
_SHORT: Final = {
    "förskola": "FSK",
    "förskoleklass": "FKL",
    "grundskola": "GR",
    "fritidshem": "FTH",
    "anpassad-grundskola": "AGR",
    "specialskola": "SPEC",
    "sameskola": "SAM",
    "gymnasieskola": "GY",
    "anpassad-gymnasieskola": "AGY",
    "komvux": "VUX",
}
SCHOOL_FORMS: Final = tuple(_SHORT)
_LETTERS: Final = str.maketrans({"ø": "o", "æ": "a", "đ": "d", "ŧ": "t", "ŋ": "n"})
"""Letters of the neighbours' and of Sami that no accent can be taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a municipality says of itself. `github` is its organisation there, or empty; so is `unit_code` of preschools."""

    name: str
    municipality_code: str
    language: str
    systems: tuple[str, ...]
    school: str
    school_forms: tuple[str, ...]
    unit_code: str = ""
    domain: str
    google_customer: str = NO_CUSTOMER
    entra_tenant: str = NO_TENANT
    github: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """A device group of the first school. `match` is the device's property that `pattern` is compared with."""

    id: str
    name: str
    forms: tuple[str, ...]
    platform: str
    audience: str
    match: str = ""
    stem: str = ""

    @property
    def pattern(self) -> str:
        return f"{self.stem}*" if self.stem else ""


def slug(text: str) -> str:
    """An identifier out of a name: `Åsa skola` becomes `asa-skola`. Empty where nothing is left."""
    bare = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text.casefold()))
    plain = bare.translate(_LETTERS)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]


def files_of(answers: Answers, pin: Pin | None, uid: str, today: date) -> Mapping[str, bytes]:
    """Every file by its path from the new repository's root. Without `pin` there is no workflow and no lock."""
    words = _words(answers, pin, uid, today)
    files = dict(_rendered(words))
    files |= _codeowners(files) if answers.github else {}
    if pin is None:
        files = {path: data for path, data in files.items() if not path.startswith(_ONLY_WITH_A_PACKAGE)}
    else:
        files["requirements.lock"] = _lock(pin)
        files |= pin.files
    return {**files, **dict(_schemas())}


def groups_of(answers: Answers) -> tuple[NewGroup, ...]:
    """Pupils' groups for each school form, the staff's, and one for storage on each platform."""
    prefix = re.sub(r"[^A-Z0-9]", "", slug(answers.school).upper())[:4]
    families = _families(answers.school_forms)
    main = families[0][:1]
    pupils_on = {"google": "chromeos", "intune": "ipados"}
    staff_on = {"google": "chromeos", "intune": "windows"}
    groups: list[NewGroup] = []
    for system in answers.systems:
        for forms in families:
            short = _SHORT[forms[0]]
            groups.append(_group("Elever", "elever", forms, pupils_on[system], "pupils", f"{prefix}-{short}-"))
        if system == "intune" or "intune" not in answers.systems:
            groups.append(_group("Personal", "personal", main, staff_on[system], "staff", f"{prefix}-PERS-"))
    named = [_told_apart(one, several=len(families) > 1) for one in groups]
    platforms = list(dict.fromkeys(one.platform for one in groups))
    return (*named, *(_storage(platform, main) for platform in platforms))


_DEVICES: Final = {"chromeos": "Chromebookar", "ipados": "iPads", "windows": "datorer"}


def _group(name: str, id_: str, forms: tuple[str, ...], platform: str, audience: str, stem: str) -> NewGroup:
    match = "location" if platform == "chromeos" else "name"
    return NewGroup(id=id_, name=name, forms=forms, platform=platform, audience=audience, match=match, stem=stem)


def _told_apart(group: NewGroup, *, several: bool) -> NewGroup:
    form = f" {group.forms[0]}" if several and group.audience == "pupils" else ""
    return replace(
        group,
        id=slug(f"{group.id}{form} {_DEVICES[group.platform]}"),
        name=f"{group.name}{form.replace('-', ' ')}: {_DEVICES[group.platform]}",
    )


def _storage(platform: str, forms: tuple[str, ...]) -> NewGroup:
    what = _DEVICES[platform]
    name = f"Förråd: {what}"
    return NewGroup(id=slug(f"forrad {what}"), name=name, forms=forms, platform=platform, audience="storage")


def _families(forms: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Förskoleklass and fritidshem share devices with grundskola where a school has them all; the rest stand alone."""
    together = tuple(one for one in ("grundskola", "förskoleklass", "fritidshem") if one in forms)
    alone = tuple((one,) for one in forms if one not in _COMPULSORY)
    return (*((together,) if together else ()), *alone)


def _words(answers: Answers, pin: Pin | None, uid: str, today: date) -> Mapping[str, Any]:
    school_id = slug(answers.school)
    review_by = date(
        today.year + (today.month > 5), 6, 30
    ).isoformat()  # the end of the läsår, half a year away or more
    return {
        **{name: getattr(answers, name) for name in Answers.__slots__},
        "school_id": school_id,
        "groups": groups_of(answers),
        "only_preschool": answers.school_forms == ("förskola",),
        "package": pin is not None,
        "uid": uid,
        "day": today.isoformat(),
        "review_by": review_by,
    }


def _rendered(words: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    root = TEMPLATES / "init"
    environment = _environment()
    for file in sorted(one for one in root.rglob("*") if one.is_file()):
        path = _path(file.relative_to(root).as_posix(), words["school_id"])
        data = file.read_bytes()
        if file.suffix == _JINJA:
            data = environment.from_string(data.decode("utf-8")).render(words).encode("utf-8")
        if data.strip():
            yield path, data


def _path(template: str, school_id: str) -> str:
    parts = [f".{part[4:]}" if part.startswith("dot-") else part for part in PurePosixPath(template).parts]
    return "/".join(parts).replace("SCHOOL", school_id).removesuffix(_JINJA)


def _environment() -> Any:
    """Square brackets, because YAML has braces and GitHub's expressions have two of them."""
    import jinja2

    environment = jinja2.Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - YAML and Markdown, each value quoted by `q` or cleaned by `line`
    )
    environment.filters["q"] = lambda text: json.dumps(str(text), ensure_ascii=False)
    environment.filters["flow"] = lambda words: f"[{', '.join(words)}]"
    environment.filters["line"] = _markdown
    return environment


def _markdown(text: str) -> str:
    from reconciler.report.escape import escape_markdown

    return escape_markdown(text)


def _lock(pin: Pin) -> bytes:
    """The released package and everything that it needs, each with its hashes; nothing else can be installed from it."""
    needs = (TEMPLATES / "requirements.lock").read_text("utf-8")
    return f"# Verktyget\n{pin.line}\n\n# Det som verktyget behöver\n{needs}".encode()


def tool_files(pin: Pin) -> Mapping[str, bytes]:
    """Those files that are the tool's and not people's: they are the same in every repository, and another version replaces them."""
    root = TEMPLATES / "init"
    own = [*sorted((root / "dot-github" / "workflows").glob("*.yml")), root / "Makefile"]
    files = {_path(file.relative_to(root).as_posix(), ""): file.read_bytes() for file in own}
    return {**files, "requirements.lock": _lock(pin), **pin.files, **dict(_schemas())}


def _codeowners(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """As `ci codeowners` writes it, so that its check finds it fresh. What can't be read is told by the check of all files."""
    from reconciler.load.repository import load
    from reconciler.load.tree import Tree, judge
    from reconciler.trust.codeowners import FILE, write_codeowners

    read = {path: data for path, data in sorted(files.items()) if judge(path) is True}
    documents = load(Tree(files=read), digest=False).documents
    text = write_codeowners(documents.organisation, documents.schools) if documents else None
    return {FILE: text.encode("utf-8")} if isinstance(text, str) else {}


def _schemas() -> Iterator[tuple[str, bytes]]:
    from reconciler.schema.generate import generated_files

    for path, text in generated_files():
        if path.startswith("schemas/"):
            yield path, text.encode("utf-8")
