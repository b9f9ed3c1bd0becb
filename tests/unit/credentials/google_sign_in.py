"""Google's token host in memory, and environments to sign in from."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from urllib.parse import parse_qs

import httpx

from reconciler.credentials.google import GoogleCredential, Purpose, google_credential
from reconciler.credentials.service_account import oauth_error
from reconciler.http.client import HttpClient
from reconciler.http.clock import VirtualTime
from reconciler.http.throttle import Lane

NOW = 1_795_000_000.0
SUBJECT = "anna.berg@kommun.example"
GOOGLE_DATE = "Wed, 18 Nov 2026 11:06:40 GMT"  # NOW, by `date -u`


@dataclass(frozen=True, slots=True)
class KeyPair:
    private: str = field(repr=False)
    public: str


@dataclass
class TokenHost:
    """Hands out `token-1`, `token-2`, …, or gives the answer it was told to."""

    answer: httpx.Response | None = None
    expires_in: object = 3599
    assertions: list[str] = field(default_factory=list, repr=False)
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        form = parse_qs(request.content.decode())
        self.assertions.append(form["assertion"][0])
        if self.answer is not None:
            return httpx.Response(self.answer.status_code, headers=self.answer.headers, content=self.answer.content)
        token = f"token-{len(self.asked)}"
        return httpx.Response(200, json={"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in})

    def connect(self) -> HttpClient:
        return HttpClient(
            "https://oauth2.googleapis.com/",
            lanes={"token": Lane(in_flight=1)},
            parse_error=oauth_error,
            clock=VirtualTime().clock(),
            transport=httpx.MockTransport(self),
        )


class Untouchable(Mapping[str, str]):
    """An environment that nobody may look at."""

    def __getitem__(self, key: str) -> NoReturn:
        raise AssertionError(f"{key} was read")

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("the environment was listed")

    def __len__(self) -> int:
        raise AssertionError("the environment was counted")


def sign_in(
    environment: Mapping[str, str], purpose: Purpose = Purpose.PLAN, host: Callable[[], HttpClient] | None = None
) -> GoogleCredential:
    return google_credential(environment, purpose, connect=host or TokenHost().connect)
