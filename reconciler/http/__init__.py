"""The one HTTP layer, for every vendor. An edge: nothing of the pure core imports it.

Import from the modules; importing this package loads none of them, and httpx comes only with `client`.

    client.HttpClient(base_url, *, lanes, authorise=None, parse_error=…, policy=…, timeouts=…, clock=SYSTEM, jitter=…,
                      transport=None, on_request=None, on_wait=None, without_quotas=False)
        .send(Request) -> Reply                     retries, quotas, renewal of the token; raises `failures.HttpFailure`
        .counts() -> {lane: LaneCount}              attempts, retries, seconds waited
        .host, .close(), context manager
    client.Authorise = Callable[[wall_time, rejected_header | None], header]
    request.Request(method, path, values, query, body, form, link, headers, lane, repeat, private, timeout)
    request.Reply(status, data, date), Sent, Wait, LaneCount, VendorError(reasons, message, data)
    retry.Repeat                                    READ | IDEMPOTENT | ONCE: say it for every write
    retry.RetryPolicy(…)                            bounds, and which reasons mean quota or passing trouble
    throttle.Lane(quotas=(Quota, …), in_flight=8)   in_flight=1 for writes of one quota
    bucket.Quota(name, limit, seconds)              one name in several lanes is one quota over all of them
    reads.pages(send, first, following)             every page, or an exception: never half a listing
    reads.read_all(read, items, concurrency=…)      [Read(value) | Unread(failure)] in the items' order
    reads.values(outcomes)                          all values, or the failure that explains what is missing
    clock.SYSTEM, clock.VirtualTime().clock()       quotas stay on in tests, on time that only sleeping moves
    failures                                        the hierarchy of what can go wrong; drawn in its docstring
    redact                                          secrets and personal data out of text, headers, queries, JSON

Example:

    lanes = {"read": Lane(quotas=(Quota(name="reads", limit=5, seconds=1),)), "write": Lane(quotas=(…), in_flight=1)}
    with HttpClient("https://chromepolicy.googleapis.com", lanes=lanes, authorise=…, parse_error=google_error) as http:
        reply = http.send(Request(method="POST", path="v1/{customer}/policies:resolve", values={"customer": …},
                                  body={…}, repeat=Repeat.READ))
"""

import sys

# httpx would load its own command line too, with rich and pygments: 40 ms of every start. Where this says that there is
# none, httpx goes on without it (httpx 0.28, `httpx/__init__.py`).
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how Python says "no such module"
