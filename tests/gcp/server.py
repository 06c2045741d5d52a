#!/usr/bin/env python3
"""A Google Cloud for tests: the APIs that `discovery/` describes, held to these descriptions in every request and every answer.

    tests/gcp/server.py [PORT]

    GET  /_held     what it holds, by kind and name
    GET  /_broken   what was asked that no description permits
    POST /_reset    forgets everything
    POST /_faults   {"method": "storage.buckets.insert", "kind": KIND, "times": 1}; KIND is `throttled`, `unavailable`,
                    `cut_before` or `cut_after` (the effect)
"""

import json
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from contract import Broken, Contract
from services import HANDLERS, Refusal, World

for part in ("compute",):
    __import__(part)

CONTRACT = Contract()
REASONS = {404: "notFound", 409: "conflict", 412: "conditionNotMet", 400: "invalid", 429: "rateLimitExceeded", 503: "backendError"}
STATUS = {404: "NOT_FOUND", 409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION", 400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.world, self.broken, self.faults = World(), [], []

    def fault(self, method):
        for fault in self.faults:
            if fault["method"] == method and fault.get("times", 1) > 0:
                fault["times"] = fault.get("times", 1) - 1
                return fault["kind"]
        return None


STATE = State()


def parts_of(kind, body):
    """The document and the content of a multipart upload."""
    boundary = kind.split("boundary=")[1].strip('"').encode()
    parts = [part for part in body.split(b"--" + boundary) if part.strip(b"\r\n-")]
    (_, head), (_, content) = (part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1) for part in parts)
    return json.loads(head), content.removesuffix(b"\r\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, document, headers=()):
        body = b"" if document is None else json.dumps(document).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-type", "application/json; charset=UTF-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, message, code=None, reason=None):
        reason = reason or REASONS.get(status, "invalid")
        error = {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}
        if not self.path.startswith(("/storage", "/upload")):
            error["status"] = code or STATUS.get(status, "UNKNOWN")
        self.answer(status, {"error": error}, [("retry-after", "1")] if status == 429 else [])

    def cut(self):
        self.close_connection = True
        self.connection.close()

    def control(self, body):
        if self.path == "/_held":
            return self.answer(200, STATE.world.held())
        if self.path == "/_broken":
            return self.answer(200, STATE.broken)
        if self.path == "/_reset":
            STATE.reset()
        elif self.path == "/_faults":
            STATE.faults.append(json.loads(body))
        self.answer(200, {})

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.path.startswith("/_"):
            return self.control(body)
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        try:
            method, params = CONTRACT.find(self.command, url.path, urllib.parse.unquote)
            content, kind = None, self.headers.get("content-type", "")
            if url.path.startswith("/upload"):
                document, content = parts_of(kind, body)
            else:
                document = json.loads(body) if body else None
            CONTRACT.check_query(method, query)
            CONTRACT.check_body(method, document)
            if method.id not in HANDLERS:
                raise Broken(f"{method.id} is described, and not served")
        except (Broken, ValueError, KeyError) as broken:
            STATE.broken.append(f"{self.command} {self.path}: {broken}")
            return self.refuse(400, str(broken))
        with STATE.lock:
            fault = STATE.fault(method.id)
            if fault == "throttled":
                return self.refuse(429, "too many requests")
            if fault == "unavailable":
                return self.refuse(503, "not now")
            if fault == "cut_before":
                return self.cut()
            try:
                answer = HANDLERS[method.id](STATE.world, params, query, document or {}, content)
                CONTRACT.check_answer(method, answer)
            except Refusal as refusal:
                return self.refuse(refusal.status, refusal.message, refusal.code, refusal.reason)
            except Broken as broken:
                STATE.broken.append(f"{self.command} {self.path}: {broken}")
                return self.refuse(500, str(broken))
        if fault == "cut_after":
            return self.cut()
        self.answer(204 if answer is None else 200, answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve


def start(port=0):
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


if __name__ == "__main__":
    server = start(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    threading.Event().wait()
