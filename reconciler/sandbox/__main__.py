"""`python -m reconciler.sandbox --port 0 [--seed FILE] [--latency-ms N] [--state FILE] [--no-quotas] [--option NAME=VALUE]`."""

from __future__ import annotations

import argparse

from reconciler.sandbox.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m reconciler.sandbox", description="Emulators on loopback")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", metavar="FILE")
    parser.add_argument("--state", metavar="FILE")
    parser.add_argument("--latency-ms", type=int, default=0, metavar="N")
    parser.add_argument("--no-quotas", action="store_true")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a switch of options.py")
    given = parser.parse_args()
    switches = {name: value for name, _, value in (each.partition("=") for each in given.option)}
    try:
        serve(
            given.port,
            given.seed,
            given.latency_ms,
            not given.no_quotas,
            host=given.host,
            state_path=given.state,
            switches=switches,
        )
    except (ValueError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
