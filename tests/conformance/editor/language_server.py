"""A client for a language server over stdio: just enough of the protocol to ask what an editor asks."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

SECONDS = 30


class LanguageServer:
    """Starts the server, answers its questions about settings, and keeps the latest diagnostics of each document."""

    def __init__(self, command: list[str], root: Path, settings: Mapping[str, Any]) -> None:
        self._process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._settings = settings
        self._answers: Queue[dict[str, Any]] = Queue()
        self._diagnostics: Queue[dict[str, Any]] = Queue()
        self._number = 0
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": _CAPABILITIES})
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {"yaml": dict(settings)}}})

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(SECONDS)
        self._listener.join(SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def open(self, uri: str, text: str) -> list[dict[str, Any]]:
        """Open a document; the diagnostics that the server publishes for it."""
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while (published := self._diagnostics.get(timeout=SECONDS))["uri"] != uri:
            pass
        found: list[dict[str, Any]] = published["diagnostics"]
        return found

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while (answer := self._answers.get(timeout=SECONDS)).get("id") != self._number:
            pass
        return answer.get("result")

    def _send(self, message: Mapping[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self) -> None:
        while (message := self._receive()) is not None:
            if "method" not in message:
                self._answers.put(message)
            elif message["method"] == "textDocument/publishDiagnostics":
                self._diagnostics.put(message["params"])
            elif "id" in message:
                self._send({"id": message["id"], "result": self._reply(message)})

    def _receive(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        length = 0
        while (line := self._process.stdout.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            return None
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message

    def _reply(self, message: Mapping[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self._settings if item.get("section") == "yaml" else {} for item in message["params"]["items"]]


_CAPABILITIES = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
        "publishDiagnostics": {},
    },
}
