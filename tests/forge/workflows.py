"""What workflows are given: runs, jobs and tokens."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.forge import jobs
from tests.forge.deploying import conclude
from tests.forge.happenings import notice
from tests.forge.owners import Owners
from tests.forge.protection import WRITERS
from tests.forge.state import Pull, Run, Token

TALK = ("issues", "pull_requests")
"""What somebody with read access may write: words."""


class Workflows(Owners):
    """The part of `Forge` that stands for GitHub Actions."""

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
        conclude(self.world, run, conclusion)
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
            self._add_person(login, self.world.new_id() + 70_000_000, kind="Bot", member=False, level="write")
        return self._keep("ghs_", Token(kind="app", login=login, permissions=permissions, expires=self._in(hours=1)))

    def personal_token(self, login: str, permissions: Mapping[str, str]) -> str:
        """A fine-grained token of a person; it never may more than the person."""
        allowed = dict(permissions)
        if self.world.people[login].level not in WRITERS:
            allowed |= {name: "read" for name, level in permissions.items() if level == "write" and name not in TALK}
        token = Token(kind="person", login=login, permissions=allowed, expires=self._in(90 * 24))
        return self._keep("github_pat_", token)

    def _in(self, hours: float) -> datetime:
        return self.clock.now + timedelta(hours=hours)

    def _keep(self, prefix: str, token: Token) -> str:
        value = prefix + secrets.token_hex(20)
        self.world.tokens[value] = token
        return value
