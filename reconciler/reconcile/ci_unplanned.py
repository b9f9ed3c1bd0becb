"""Where a pull request's newest commit could not be planned, its comment says so: the plan of an older one would be taken for its."""

from reconciler.forge.api import get
from reconciler.forge.comments import Done, put_comments
from reconciler.forge.fields import need, text
from reconciler.forge.problems import ForgeProblem
from reconciler.reconcile.ci_checkout import commit_of, organisation_at
from reconciler.reconcile.ci_evidence import Place
from reconciler.texts import LANGUAGES, render


def write_unplanned(place: Place, pull: int, lang: str | None, link: str = "") -> tuple[Done, ...]:
    """In place of the plan and its record. `lang`: None where the files don't say it; then those of the base do.

    Raises ForgeProblem CI-RECORD-HEAD where something newer was pushed, CI-RECORD-CLOSED.
    """
    row = get(place.forge, "pulls/{number}", {"number": str(pull)})
    if text(row, "state") != "open":
        raise ForgeProblem("CI-RECORD-CLOSED", {"pull": str(pull)})
    head, standing = need(row, "head", "sha"), commit_of(place.root)
    if head != standing:
        raise ForgeProblem("CI-RECORD-HEAD", {"pull": str(pull), "head": standing[:12]})
    chosen = lang or _language(place, need(row, "base", "sha"))
    said = render("CI-UNPLANNED", {}, chosen)
    run = f"\n\n[{render('CI-RUN', {}, chosen).message}]({link})" if link else ""
    title = render("CI-UNPLANNED-TITLE", {}, chosen).message
    body = f"### {title}\n\n> [!CAUTION]\n> {said.message}\n\n`{head[:12]}`: {said.hint}{run}\n"
    return put_comments(place.forge, pull, place.plan_purpose, [body])


def _language(place: Place, base: str) -> str:
    known = organisation_at(place.root, base)
    written = str(known.get("language", "")) if known else ""
    return written if written in LANGUAGES else "sv"
