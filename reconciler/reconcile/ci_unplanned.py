"""Where a pull request's newest commit could not be planned, its comment says so: the plan of an older one would be taken for its."""

from reconciler.forge.api import get
from reconciler.forge.comments import Done, our_comments, put_comments
from reconciler.forge.fields import need, text
from reconciler.forge.problems import ForgeProblem
from reconciler.reconcile.ci_checkout import commit_of, organisation_at
from reconciler.reconcile.ci_evidence import Place
from reconciler.texts import LANGUAGES, render
from reconciler.trust.record import Record
from reconciler.trust.shown import shown_digest
from reconciler.trust.signing import verify


def write_unplanned(place: Place, pull: int, lang: str | None, link: str = "") -> tuple[Done, ...]:
    """In place of the plan and its record; nothing where those are of this very commit, whole and good yet: a title was edited, say, and the
    system didn't answer that time. What people have approved stays then. Without keys nobody can tell, and they are replaced.

    `lang`: None where the files don't say it; then those of the base do.
    Raises ForgeProblem CI-RECORD-HEAD where something newer was pushed, CI-RECORD-CLOSED.
    """
    row = get(place.forge, "pulls/{number}", {"number": str(pull)})
    if text(row, "state") != "open":
        raise ForgeProblem("CI-RECORD-CLOSED", {"pull": str(pull)})
    head, standing = need(row, "head", "sha"), commit_of(place.root)
    if head != standing:
        raise ForgeProblem("CI-RECORD-HEAD", {"pull": str(pull), "head": standing[:12]})
    if _is_planned(place, pull, head):
        return ()
    chosen = lang or _language(place, need(row, "base", "sha"))
    said = render("CI-UNPLANNED", {}, chosen)
    run = f"\n\n[{render('CI-RUN', {}, chosen).message}]({link})" if link else ""
    title = render("CI-UNPLANNED-TITLE", {}, chosen).message
    body = f"### {title}\n\n> [!CAUTION]\n> {said.message}\n\n`{head[:12]}`: {said.hint}{run}\n"
    return put_comments(place.forge, pull, place.plan_purpose, [body])


def _is_planned(place: Place, pull: int, head: str) -> bool:
    texts = [comment.text for comment in our_comments(place.forge, pull, place.plan_purpose)]
    record = verify(texts, place.keys)
    if not isinstance(record, Record) or record.shown != shown_digest(texts):
        return False
    stands = (record.repository, record.pull, record.head) == (place.repository.id, pull, head)
    return stands and record.lapses > place.repository.now


def _language(place: Place, base: str) -> str:
    known = organisation_at(place.root, base)
    written = str(known.get("language", "")) if known else ""
    return written if written in LANGUAGES else "sv"
