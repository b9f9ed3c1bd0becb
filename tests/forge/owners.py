"""How an owner sets the organisation and its repository up, and what is there to see."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from tests.forge import happenings
from tests.forge.clock import Clock
from tests.forge.git import Bare
from tests.forge.happenings import HEADS, notice
from tests.forge.state import Comment, Environment, Event, Level, Person, Plan, Pull, Settings, Team, World


class Owners:
    """The part of `Forge` that sets things up."""

    world: World

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

    def person(
        self, login: str, *, level: Level | None = "read", email: str | None = None, member: bool = True
    ) -> Person:
        """An account; `level` is its right to the repository."""
        return self._add_person(login, self.world.new_id() + 70_000_000, email=email, level=level, member=member)

    def _add_person(
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

    def delete_account(self, login: str) -> None:
        """What it said stays, in nobody's name."""
        self.world.people[login].gone = True
        for team in self.world.teams.values():
            team.members = [each for each in team.members if each != login]
