"""The WSGI application: every request through the same gate, then to the handler of the operation that it means."""

import hashlib
import json
import socket
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import flask

from tests.forge import (
    answer_activity,
    answer_commits,
    answer_deployments,
    answer_git,
    answer_issues,
    answer_owners,
    answer_pulls,
    answer_runs,
    description,
    limits,
    oidc,
)
from tests.forge.answers import HANDLERS, Answer, Call, RefusedError, refused
from tests.forge.description import Operation
from tests.forge.faults import CUT
from tests.forge.happenings import notice
from tests.forge.permissions import NEEDED, satisfied
from tests.forge.state import Asked, Token, World

HANDLED_BY = (
    answer_activity,
    answer_commits,
    answer_deployments,
    answer_git,
    answer_issues,
    answer_owners,
    answer_pulls,
    answer_runs,
)
"""Imported for their handlers."""
VERSIONS = ("2022-11-28", "2026-03-10")
MEDIA = ("*/*", "application/*", "application/json", "application/vnd.github+json", "application/vnd.github.v3+json")
ANY_REQUEST = {304, 400, 401, 403, 404, 406, 415, 429, 500, 502}
"""What GitHub may answer to any request, whether the operation's description lists it or not."""
GUARDED = {"administration", "members", "environments"}
"""Not even a public repository tells these to everybody."""


def create_app(world: World) -> flask.Flask:
    """The forge as an application, for a socket or `httpx.WSGITransport`."""
    app = flask.Flask("tests.forge", static_folder=None)
    app.url_map.merge_slashes = False
    app.config["PROPAGATE_EXCEPTIONS"] = True  # in process a fault of the stand-in ends the test where it stands
    app.register_blueprint(oidc.blueprint(world))

    @app.route("/", defaults={"path": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    @app.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def rest(path: str) -> flask.Response:
        with world.lock:
            world.url = flask.request.host_url.rstrip("/")
            return _response(world, flask.request)

    app.wsgi_app = _plain_paths(app.wsgi_app)  # type: ignore[method-assign,assignment]  # Flask's documented way to wrap it
    return app


def _plain_paths(inner: WSGIApplication) -> WSGIApplication:
    """httpx's WSGI transport gives paths as text where PEP 3333 wants bytes as Latin-1 (httpx 0.28, 2026-11-22)."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        try:
            path.encode("latin-1").decode("utf-8")
        except UnicodeError:
            environ = {**environ, "PATH_INFO": path.encode().decode("latin-1")}
        return inner(environ, start_response)

    return application


def _response(world: World, request: flask.Request) -> flask.Response:
    # As it was sent: Flask's own path has `%2F` decoded, and labels may hold slashes.
    sent = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.path)
    path = sent.split("?", 1)[0] if sent != request.path else quote(sent, safe="/")
    fault = next((each for each in world.faults if each.meant(request.method, path)), None)
    token = _token(world, request)
    found = description.operation_for(request.method, path)
    if fault is None or fault.when == "after":
        answer = _answered(world, request, path, token, found)
    if fault is not None:
        answer = refused(fault.status, fault.message, fault.headers).answer
    if answer.status == CUT:
        return _cut(request)
    name = found[0].name if found else None
    asked = Asked(
        verb=request.method,
        path=path,
        query=request.query_string.decode("ascii", "replace"),
        operation=name,
        actor=token.login if token else None,
        status=answer.status,
    )
    world.log.append(asked)
    return _sent(world, request, token, found[0] if found else None, answer)


def _cut(request: flask.Request) -> flask.Response:
    """Werkzeug's own server hands out its socket, and takes it well when nobody listens any more."""
    connection: socket.socket = request.environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    return flask.Response(status=204)


def _answered(
    world: World,
    request: flask.Request,
    path: str,
    token: Token | None,
    found: tuple[Operation, dict[str, str]] | None,
) -> Answer:
    try:
        _check_headers(world, request, token)
        if found is None:
            world.violations.append(
                f"{request.method} {path}: no operation of GitHub's description that is cut out here"
            )
            raise refused(404, "Not Found")
        operation, parameters = found
        if operation.name != "rate-limit/get" and not limits.spend(world, token):
            raise _used_up(world, token)
        _check_place(world, token, parameters)
        body = _body(world, request, operation, parameters)
        _check_rights(world, token, operation)
        notice(world)
        call = Call(
            world=world,
            token=token,
            operation=operation.name,
            path=parameters,
            query=request.args.to_dict(),
            body=body if body is not None else {},
            address=path,
        )
        answer = HANDLERS[operation.name](call)
    except RefusedError as refusal:
        return refusal.answer
    _hold_to_description(world, operation, answer)
    return answer


def _token(world: World, request: flask.Request) -> Token | None:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = world.tokens.get(value) if scheme.lower() in ("bearer", "token") else None
    return token if token and world.clock.now < token.expires else None


def _check_headers(world: World, request: flask.Request, token: Token | None) -> None:
    """https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#headers, 2026-11-22."""
    if not request.headers.get("User-Agent"):
        raise refused(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )
    version = request.headers.get("X-GitHub-Api-Version")
    if version is not None and version not in VERSIONS:
        raise refused(400, f'The API version "{version}" is not supported.')
    if request.headers.get("Authorization") and token is None:
        raise refused(401, "Bad credentials")
    wanted = [each.split(";")[0].strip() for each in request.headers.get("Accept", "*/*").split(",")]
    if not any(each in MEDIA for each in wanted):
        world.violations.append(f"Accept: {', '.join(wanted)}: the stand-in answers JSON only")
        raise refused(415, "Unsupported 'Accept' header: must accept 'application/json'.")


def _used_up(world: World, token: Token | None) -> RefusedError:
    who = "installation ID 1" if token else "127.0.0.1"
    return refused(403, f"API rate limit exceeded for {who}.", limits.headers(world, token))


def _check_place(world: World, token: Token | None, parameters: Mapping[str, str]) -> None:
    """A private repository doesn't exist for those who may not see it, nor does another than the one there is."""
    if "repo" not in parameters:
        return
    here = f"{parameters['owner']}/{parameters['repo']}".lower() == world.full_name.lower()
    seen = world.settings.visibility == "public" or (token is not None and _sees(world, token))
    if not here or not seen:
        raise refused(404, "Not Found")


def _sees(world: World, token: Token) -> bool:
    return token.kind != "person" or world.people[token.login].level is not None


def _body(world: World, request: flask.Request, operation: Operation, parameters: Mapping[str, str]) -> Any:
    """The body, held against the description like the parameters."""
    wrong = description.bad_parameters(operation, parameters, request.args.to_dict())
    raw = request.get_data()
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        raise refused(400, "Problems parsing JSON") from None
    wrong += description.bad_body(operation, body)
    if wrong:
        world.violations += [f"{operation.name}: request: {each}" for each in wrong]
        refusal = refused(422, "Invalid request.\n\n" + "\n".join(wrong))
        raise refusal
    return body


def _check_rights(world: World, token: Token | None, operation: Operation) -> None:
    needs = NEEDED[operation.name]
    names = {need.partition(":")[0] for need in needs}
    public = world.settings.visibility == "public" and operation.verb == "GET" and not names & GUARDED
    if token is None:
        if not public and needs:
            raise refused(401, "Requires authentication")
        return
    if public and operation.name != "users/get-authenticated":
        return
    if operation.name == "users/get-authenticated" and token.kind == "person":
        return
    if not satisfied(needs, token.permissions):
        accepted = "; ".join(need.replace(":", "=") for need in needs)
        whose = "personal access token" if token.kind == "person" else "integration"
        raise refused(403, f"Resource not accessible by {whose}", {"x-accepted-github-permissions": accepted})


def _hold_to_description(world: World, operation: Operation, answer: Answer) -> None:
    """The stand-in's own answers too: what GitHub doesn't describe it may not say."""
    wrong = description.bad_answer(operation, answer.status, answer.body)
    world.violations += [f"{operation.name}: answer {answer.status}: {each}" for each in wrong]
    if wrong:
        raise AssertionError(f"{operation.name}: {wrong[:3]}")


def _sent(
    world: World, request: flask.Request, token: Token | None, operation: Operation | None, answer: Answer
) -> flask.Response:
    page = answer.status >= 500  # the proxies in front of GitHub answer with a page, not with JSON
    body = b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()
    if page:
        body = (
            f"<html><body><h1>{answer.status}</h1><p>This page is taking too long to load.</p></body></html>".encode()
        )
    status, headers = answer.status, {**limits.headers(world, token), **answer.headers}
    if operation is not None and operation.verb == "GET" and status == 200:
        headers["etag"] = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.headers.get("If-None-Match") == headers["etag"]:
            status, body = 304, b""
            limits.give_back(world, token)
            headers |= limits.headers(world, token)
    if status >= 400 and operation is not None:
        _known_refusal(world, operation, status)
    headers |= {"x-github-request-id": f"F0{len(world.log):04X}", "x-github-media-type": "github.v3; format=json"}
    headers["x-github-api-version-selected"] = request.headers.get("X-GitHub-Api-Version", VERSIONS[0])
    made = flask.Response(body, status=status, headers=headers)
    if body:
        made.content_type = "text/html; charset=utf-8" if page else "application/json; charset=utf-8"
    else:
        made.headers.pop("Content-Type", None)
    return made


def _known_refusal(world: World, operation: Operation, status: int) -> None:
    answers = description.description()["operations"][operation.name]["answers"]
    if status not in ANY_REQUEST and str(status) not in answers:
        world.violations.append(f"{operation.name}: answer {status}: not described")
