"""The forge, as tests hold it: people act through this, the product through HTTP."""

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.forge import happenings, jobs, merging, opening, reviewing
from tests.forge.answer_issues import add_comment
from tests.forge.app import create_app
from tests.forge.clock import Clock
from tests.forge.faults import Fault
from tests.forge.git import Bare, GitCommit, Signature, made
from tests.forge.happenings import HEADS, notice
from tests.forge.protection import WRITERS
from tests.forge.state import (
    BOT,
    Comment,
    Environment,
    Event,
    Level,
    Person,
    Plan,
    Pull,
    Review,
    ReviewState,
    Run,
    Settings,
    Team,
    Token,
    World,
)

BOT_ID = 41898282
"""GitHub's number for github-actions[bot], in every repository."""
Opinion = Literal["approve", "request-changes", "comment"]
TALK = ("issues", "pull_requests")
"""What somebody with read access may write: words."""
STATES: Mapping[Opinion, ReviewState] = {
    "approve": "APPROVED",
    "request-changes": "CHANGES_REQUESTED",
    "comment": "COMMENTED",
}


class Forge:
    """One organisation with one repository, kept at `path` as a bare Git repository that anybody may push to."""

    def __init__(
        self,
        path: Path,
        clock: Clock | None = None,
        *,
        organisation: str = "granby-kommun",
        name: str = "skolenheter",
        settings: Settings | None = None,
    ) -> None:
        self.world = World(
            git=made(path),
            clock=clock or Clock(),
            organisation=organisation,
            name=name,
            settings=settings or Settings(),
        )
        self.app: WSGIApplication = create_app(self.world)
        self._server: BaseWSGIServer | None = None
        self._person(BOT, BOT_ID, kind="Bot", member=False, level="write")
        self.world.refs = self.git.refs(HEADS)

    # What there is.

    @property
    def git(self) -> Bare:
        return self.world.git

    @property
    def clock(self) -> Clock:
        return self.world.clock

    @property
    def settings(self) -> Settings:
        return self.world.settings

    @property
    def violations(self) -> list[str]:
        """Where a request or an answer left GitHub's description."""
        return self.world.violations

    @property
    def events(self) -> list[Event]:
        """What happened, oldest first; catches up with what was pushed."""
        with self.world.lock:
            notice(self.world)
            return list(self.world.events)

    def head(self, branch: str = "main") -> str:
        """Where a branch stands."""
        return self.git.run("rev-parse", HEADS + branch)

    def said(self, pull: Pull | int) -> list[Comment]:
        """The comments of a conversation, oldest first."""
        number = pull if isinstance(pull, int) else pull.number
        return [each for each in self.world.comments.values() if each.number == number]

    # People and how the repository is set up.

    def person(
        self, login: str, *, level: Level | None = "read", email: str | None = None, member: bool = True
    ) -> Person:
        """An account; `level` is its right to the repository."""
        return self._person(login, self.world.new_id() + 70_000_000, email=email, level=level, member=member)

    def _person(
        self,
        login: str,
        number: int,
        *,
        email: str | None = None,
        level: Level | None = "read",
        member: bool = True,
        kind: Literal["User", "Bot"] = "User",
    ) -> Person:
        address = email or happenings.noreply(number, login)
        each = Person(login=login, id=number, email=address, name=login, level=level, member=member, kind=kind)
        self.world.people[login] = each
        return each

    def team(self, slug: str, members: Iterable[str], *, maintainers: Iterable[str] = ()) -> Team:
        """A team of the organisation; set `.members` to change it."""
        made_team = Team(
            id=self.world.new_id(), slug=slug, name=slug, members=list(members), maintainers=list(maintainers)
        )
        self.world.teams[slug] = made_team
        return made_team

    def plan(self, plan: Plan, visibility: Literal["private", "public"] = "private") -> None:
        """What the organisation pays for, which decides what there is."""
        self.settings.plan, self.settings.visibility = plan, visibility

    def protect(self, *patterns: str, approvals: int = 1, dismiss_stale: bool = True) -> None:
        """Branches that only a pull request changes."""
        self.settings.protected = patterns or ("main",)
        self.settings.required_approvals, self.settings.dismiss_stale_reviews = approvals, dismiss_stale

    def environment(
        self,
        name: str,
        *,
        reviewers: Sequence[str] = (),
        branches: Sequence[str] | Literal["protected"] | None = None,
        wait_minutes: int = 0,
        prevent_self_review: bool = False,
        secrets: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Environment:
        """Made as its settings page would; ValueError for a rule that the plan doesn't have.

        https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments, 2026-11-22:
        on Free, Pro and Team reviewers and timers are for public repositories only; on Free so are environments.
        """
        private = self.settings.visibility == "private"
        if private and self.settings.plan == "free":
            raise ValueError("environments of a private repository need GitHub Pro, Team or Enterprise")
        if private and self.settings.plan != "enterprise" and (reviewers or wait_minutes):
            raise ValueError("reviewers and timers of a private repository need GitHub Enterprise")
        each = Environment(
            id=self.world.new_id(),
            name=name,
            reviewers=list(reviewers),
            prevent_self_review=prevent_self_review,
            wait_minutes=wait_minutes,
            branches="protected" if branches == "protected" else None if branches is None else list(branches),
            secrets=dict(secrets or {}),
            variables=dict(variables or {}),
            at=self.clock.now,
        )
        self.world.environments[name] = each
        return each

    # What people do.

    def commit(
        self,
        login: str,
        branch: str,
        files: Mapping[str, str | None],
        message: str = "Ändring",
        *,
        onto: str | None = None,
        committer: str | None = None,
        co_authors: Sequence[str] = (),
    ) -> str:
        """Push one commit; None deletes a file. A new branch grows from main; `onto` another commit is a forced push."""
        with self.world.lock:
            old = self.git.resolve(HEADS + branch)
            parent = onto or old or self.git.resolve(HEADS + "main")
            trailers = [f"Co-authored-by: {each} <{self.world.people[each].email}>" for each in co_authors]
            text = message + ("\n\n" + "\n".join(trailers) if trailers else "")
            entries = {
                path: None if content is None else ("100644", self.git.store(content))
                for path, content in files.items()
            }
            sha = self.git.make_commit(
                self.git.tree_with(parent, entries),
                [parent] if parent else [],
                text,
                author=self._signature(login),
                committer=self._signature(committer or login),
            )
            self.git.set_ref(HEADS + branch, sha, old)
            notice(self.world, committer or login)
            return sha

    def _signature(self, login: str) -> Signature:
        return happenings.signature_of(self.world, login)

    def fork(self, login: str) -> Bare:
        """Somebody's fork, with the branches as they are; push to its `path`, or `commit_to_fork`."""
        path = self.git.path.with_name(f"{self.git.path.name}-{login}")
        each = made(path)
        each.run("fetch", "--quiet", str(self.git.path), "+refs/heads/*:refs/heads/*")
        self.world.forks[login] = each
        return each

    def commit_to_fork(self, login: str, branch: str, files: Mapping[str, str], message: str = "Ändring") -> str:
        """Push one commit to `login`'s fork, grown from the branch or from main."""
        with self.world.lock:
            fork = self.world.forks[login]
            old = fork.resolve(HEADS + branch)
            parent = old or fork.run("rev-parse", HEADS + "main")
            entries = {path: ("100644", fork.store(content)) for path, content in files.items()}
            who = self._signature(login)
            sha = fork.make_commit(fork.tree_with(parent, entries), [parent], message, author=who, committer=who)
            fork.set_ref(HEADS + branch, sha, old)
            notice(self.world, login)
            return sha

    def open_pull(
        self,
        author: str,
        branch: str,
        *,
        base: str = "main",
        title: str = "Ändring",
        body: str | None = None,
        fork: bool = False,
        draft: bool = False,
    ) -> Pull:
        """`fork`: the branch lies in the author's fork."""
        with self.world.lock:
            notice(self.world)
            owner = author if fork else None
            return opening.open_pull(self.world, author, branch, base, title=title, body=body, owner=owner, draft=draft)

    def review(
        self, pull: Pull, login: str, opinion: Opinion = "approve", *, head: str | None = None, body: str = ""
    ) -> Review:
        """Of the newest commit unless `head` is named, as a page that wasn't reloaded does."""
        with self.world.lock:
            notice(self.world)
            return reviewing.give_review(self.world, pull, login, STATES[opinion], head=head, body=body)

    def dismiss(self, review: Review) -> None:
        """Somebody with write access dismisses it."""
        review.state = "DISMISSED"

    def merge(self, pull: Pull, by: str, method: merging.Method = "merge", *, bypass: bool = False) -> str:
        """The commit that the base stands at afterwards; `merging.NotMergeableError` where the rules say no."""
        with self.world.lock:
            notice(self.world)
            return merging.merge(self.world, pull, by, method, bypass=bypass)

    def close(self, pull: Pull, by: str) -> None:
        """Close without merging."""
        with self.world.lock:
            happenings.close(self.world, pull, by)

    def say(self, pull: Pull | int, login: str, body: str) -> Comment:
        """Comment on a pull request or an issue."""
        with self.world.lock:
            return add_comment(self.world, pull if isinstance(pull, int) else pull.number, login, body)

    def read_commit(self, sha: str) -> GitCommit:
        return self.git.commit(sha)

    # What workflows are given.

    def run(
        self,
        event: str,
        *,
        actor: str,
        workflow: str,
        pull: Pull | None = None,
        ref: str = "refs/heads/main",
        sha: str | None = None,
    ) -> Run:
        """A workflow run for an event; it stands at the commit that GitHub would give it.

        `sha`: of an earlier push to `ref`, whose run begins only now.
        """
        with self.world.lock:
            notice(self.world)
            return jobs.start_run(self.world, event, actor=actor, workflow=workflow, pull=pull, ref=ref, sha=sha)

    def rerun(self, run: Run, by: str) -> Run:
        """The same commit, ref and actor again, whatever has happened since; only who asked is another.

        https://docs.github.com/en/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs, 2026-11-22.
        """
        run.attempt, run.triggering_actor = run.attempt + 1, by
        run.status, run.conclusion, run.approved = "in_progress", None, {}
        return run

    def job(
        self, run: Run, permissions: Mapping[str, str], *, name: str = "job", environment: str | None = None
    ) -> jobs.Job:
        """A job of a run with the workflow's `permissions:`; `jobs.NotAllowedError` where its environment says no."""
        with self.world.lock:
            return jobs.start_job(self.world, run, permissions, name=name, environment=environment)

    def approve_deployment(self, run: Run, environment: str, login: str) -> None:
        with self.world.lock:
            jobs.approve(self.world, run, environment, login)

    def finish(self, run: Run, conclusion: str = "success") -> None:
        """The run is over, and so are its tokens."""
        run.status, run.conclusion = "completed", conclusion
        for token in self.world.tokens.values():
            if token.run is run:
                token.expires = self.clock.now

    def token(
        self,
        permissions: Mapping[str, str],
        *,
        actor: str,
        event: str = "push",
        pull: Pull | None = None,
        workflow: str = "workflow",
    ) -> str:
        """GITHUB_TOKEN of a job of its own, in a run of its own: the short way to `run` and `job`."""
        run = self.run(event, actor=actor, workflow=workflow, pull=pull)
        with self.world.lock:
            return jobs.issue_token(self.world, run, permissions)

    def app_token(self, permissions: Mapping[str, str], slug: str = "reconciler") -> str:
        """An installation's token of an app of the organisation's own; permissions in the API's spelling. An hour."""
        login = f"{slug}[bot]"
        if login not in self.world.people:
            self._person(login, self.world.new_id() + 70_000_000, kind="Bot", member=False, level="write")
        return self._keep("ghs_", Token(kind="app", login=login, permissions=permissions, expires=self._in(hours=1)))

    def personal_token(self, login: str, permissions: Mapping[str, str]) -> str:
        """A fine-grained token of a person; it never may more than the person."""
        allowed = dict(permissions)
        if self.world.people[login].level not in WRITERS:
            allowed |= {name: "read" for name, level in permissions.items() if level == "write" and name not in TALK}
        token = Token(kind="person", login=login, permissions=allowed, expires=self._in(90 * 24))
        return self._keep("github_pat_", token)

    def _in(self, hours: float) -> Any:
        return self.clock.now + timedelta(hours=hours)

    def _keep(self, prefix: str, token: Token) -> str:
        value = prefix + secrets.token_hex(20)
        self.world.tokens[value] = token
        return value

    # Where it is reached, and what goes wrong on the way.

    def fault(self, fault: Fault) -> Fault:
        """See `tests.forge.faults`."""
        self.world.faults.append(fault)
        return fault

    def serve(self) -> str:
        """On a free port of loopback, in a thread of its own, until `stop`; gives the address (GITHUB_API_URL)."""
        if self._server is None:
            self._server = make_server("127.0.0.1", 0, self.app, threaded=True, request_handler=_Quiet)
            threading.Thread(target=self._server.serve_forever, daemon=True).start()
            self.world.url = f"http://127.0.0.1:{self._server.server_port}"
        return self.world.url

    def stop(self) -> None:
        """No more; the state stays, and it may be served again."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Quiet(WSGIRequestHandler):
    """Says nothing: what was asked is in the forge's own log."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the name that werkzeug gives it
        """Nothing."""
