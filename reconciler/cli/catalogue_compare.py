"""`reconciler catalogue compare`: candidates side by side."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli import council, options
from reconciler.model.documents import School
from reconciler.model.finding import Finding, Severity

if TYPE_CHECKING:  # what a command needs is imported where it runs
    from reconciler.catalogue.compare import Choice, Numbers
    from reconciler.model.documents import Documents
    from reconciler.model.vetting import Vetting
    from reconciler.report.compare_view import CompareView
    from reconciler.review.seats import Seats

_STATUSES = ("proposed", "queued", "approved", "approved-with-conditions", "rejected", "withdrawn")
_PLATFORMS = ("chromeos", "ipados", "macos", "windows", "android")


def _number(name: str, text: str) -> Callable[[options.Command], options.Command]:
    return click.option(f"--{name}", type=click.IntRange(min=0), help=text)


@click.command()
@click.option("--subject", default="", help="Apps for this subject, as the catalogue writes it.")
@click.option("--grades", default="", metavar="SPAN", help="Apps for any of these grades: F-3, 7, 4-6.")
@click.option("--form", default="", metavar="SKOLFORM", help="Apps for this school form.")
@click.option("--platform", default="", type=click.Choice(["", *_PLATFORMS]), help="Apps that this platform has.")
@click.option("--purpose", default="", help="Apps used for this, as the catalogue writes it.")
@click.option("--audience", default="", type=click.Choice(["", "pupils", "staff"]), help="Apps for these users.")
@click.option("--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="Only these; may be repeated.")
@click.option("--app", "apps", multiple=True, metavar="ID", help="Also this app, or only such apps; may be repeated.")
@_number(
    "pupils", "Cost per year for so many pupils. Default: those of --grades, where the schools' files tell them apart."
)
@_number("devices", "For prices per device.")
@_number("classes", "For prices per class.")
@_number("schools", "For prices per school.")
@options.root
@options.today
@options.lang
@options.output_format("text", "markdown", "html", "csv")
@council.out
def compare(root: Path, as_of: date, lang: str | None, style: str, out: Path | None, **asked: Any) -> None:
    """Show candidates side by side: cost, interface, data protection, assessment, decision, what is missing.

    Everything is taken from the records. What nobody has noted stands as unknown, and no total is made of it.

    \b
    Before the meeting, for the subject's teachers:
      reconciler catalogue compare --subject svenska --grades 4-6 --format html --out jamforelse.html
    Two apps against each other, in a spreadsheet:
      reconciler catalogue compare --app book-creator --app kami --format csv --out jamforelse.csv
    """
    from reconciler.catalogue.compare import choose
    from reconciler.catalogue.meeting import lacking, lacks_code
    from reconciler.model.vetting import vetting_of
    from reconciler.report.compare_view import Comparison, view_comparison
    from reconciler.report.council_words import CouncilWords

    documents, _, lang = council.read_documents(root, lang)
    choice = _choice(asked, [app.id for app in documents.apps], lang)
    records = [vetting_of(app) for app in documents.apps]
    chosen = choose(records, choice)
    if not chosen:
        council.refuse_with([_nothing(records)], lang)
    numbers, counted = _numbers(asked, documents.schools)
    words = CouncilWords(lang=lang)
    missing = {one.id: [words.phrase(lacks_code(key)) for key in lacking(one)] for one in chosen}
    seats = _seats(chosen, documents, as_of)
    found = Comparison(records=chosen, choice=choice, numbers=numbers, counted=counted, missing=missing, seats=seats)
    council.give(_rendered(view_comparison(found, words), style, lang), out, lang)


def _seats(chosen: "Iterable[Vetting]", documents: "Documents", as_of: date) -> "Mapping[str, Seats]":
    """Of the apps whose number of licences is written; only then is it worked out who has what."""
    from reconciler.compile.state import compile_state
    from reconciler.review.records import users_of
    from reconciler.review.seats import seats_of
    from reconciler.settings.table import load_settings

    counted = [one for one in chosen if one.cost is not None and one.cost.seats is not None]
    if not counted:
        return {}
    users = users_of(compile_state(documents, load_settings(), as_of)).by_app
    found = {one.id: seats_of(one, users.get(one.id, ())) for one in counted}
    return {app: seats for app, seats in found.items() if seats is not None}


def _choice(asked: Mapping[str, Any], known: Collection[str], lang: str) -> "Choice":
    from reconciler.catalogue.compare import Choice
    from reconciler.catalogue.naming import no_such_app
    from reconciler.model.grades import grade_span
    from reconciler.schema.school_forms import current_form

    if asked["grades"].strip() and not grade_span(asked["grades"]):
        raise click.UsageError(f"{asked['grades']!r} are no grades like F-3, 7 or 4-6.")
    strange = [one for one in asked["apps"] if one not in known]
    if strange:
        council.refuse_with([no_such_app(one, known) for one in strange], lang)
    filters = {name: asked[name].strip() for name in ("subject", "grades", "platform", "purpose", "audience")}
    form = current_form(asked["form"]) or asked["form"]
    return Choice(**filters, form=form, statuses=tuple(asked["statuses"]), apps=tuple(asked["apps"]))


def _numbers(asked: Mapping[str, Any], schools: Iterable[School]) -> "tuple[Numbers, bool]":
    """The numbers given; pupils of the grades asked for else come from the files, and that is said."""
    from reconciler.catalogue.compare import Numbers, pupils_in

    pupils = asked["pupils"]
    counted = pupils_in(schools, asked["grades"]) if pupils is None and asked["grades"] else None
    given = {name: asked[name] for name in ("devices", "classes", "schools")}
    return Numbers(pupils=counted if pupils is None else pupils, **given), counted is not None


def _nothing(records: "Iterable[Vetting]") -> Finding:
    from reconciler.model.vetting import EVERY_SUBJECT

    subjects, purposes = set[str](), set[str]()
    for one in records:
        subjects.update(one.subjects)
        purposes.update(one.purposes)
    subjects.discard(EVERY_SUBJECT)
    values = {"subjects": ", ".join(sorted(subjects)) or "–", "purposes": ", ".join(sorted(purposes)) or "–"}
    return Finding(code="COMPARE-NOTHING", severity=Severity.ERROR, place=None, values=values)


def _rendered(view: "CompareView", style: str, lang: str) -> str:
    from reconciler.report import compare_print

    if style == "html":
        return compare_print.compare_html(view, lang)
    if style == "csv":
        return compare_print.compare_csv(view, lang)
    return compare_print.compare_markdown(view) if style == "markdown" else compare_print.compare_text(view)
