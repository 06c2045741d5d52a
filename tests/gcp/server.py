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
import re
import sys
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from contract import Broken, Contract
import objects
from services import HANDLERS, Refusal, World

for part in ("compute", "container", "pools"):
    __import__(part)

CONTRACT = Contract()
# The older API, by which Terraform reads contents.
PLAIN = re.compile(r"/([^/]+)/(.+)")
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

    def body(self):
        """The body of the request, in one or in chunks."""
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def answer_bytes(self, status, body, headers, kind):
        self.send_response(status)
        for name, value in [*headers, ("content-type", kind), ("content-length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def media(self, bucket, name):
        """The content of an object. What refuses it says so in plain words."""
        with STATE.lock:
            STATE.world.head = self.headers
            fault = STATE.fault("storage.objects.get")
            if fault == "cut_before" or fault == "cut_after":
                return self.cut()
            try:
                if fault:
                    raise Refusal(429 if fault == "throttled" else 503, fault)
                content, head, kind = objects.media(STATE.world, bucket, name)
            except Refusal as refusal:
                return self.answer_bytes(refusal.status, refusal.message.encode(), [], "text/plain")
        self.answer_bytes(200, content, head, kind)

    def part(self, number, body):
        """A part of an upload, or the question how much of it there is."""
        with STATE.lock:
            STATE.world.head = self.headers
            fault = STATE.fault("parts")
            if fault == "unavailable":
                return self.refuse(503, "not now")
            if fault == "cut_before":
                return self.cut()
            try:
                done, size = objects.continue_upload(STATE.world, number, self.headers.get("content-range", ""), body)
            except Refusal as refusal:
                return self.refuse(refusal.status, refusal.message)
        if fault == "cut_after":
            return self.cut()
        if done:
            return self.answer(200, done)
        self.answer(308, None, [("range", f"bytes=0-{size - 1}")] if size else [])

    def serve(self):
        body = self.body()
        if self.path.startswith("/_"):
            return self.control(body)
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        if "upload_id" in query:
            return self.part(query["upload_id"], body)
        found = PLAIN.fullmatch(url.path) if self.command == "GET" else None
        if found and f"b/{found[1]}" in STATE.world.things:
            return self.media(found[1], urllib.parse.unquote(found[2]))
        try:
            method, params = CONTRACT.find(self.command, url.path, urllib.parse.unquote)
            content, kind = None, self.headers.get("content-type", "")
            if query.get("uploadType") == "multipart":
                document, content = objects.parts_of(kind, body)
            else:
                document = json.loads(body) if body else None
            CONTRACT.check_query(method, query)
            CONTRACT.check_body(method, document)
            if method.id not in HANDLERS:
                raise Broken(f"{method.id} is described, and not served")
        except (Broken, ValueError, KeyError) as broken:
            STATE.broken.append(f"{self.command} {self.path}: {broken}")
            return self.refuse(400, str(broken))
        if query.get("alt") == "media":
            return self.media(params["bucket"], params["object"])
        with STATE.lock:
            STATE.world.head = self.headers
            fault = STATE.fault(method.id)
            if fault == "throttled":
                return self.refuse(429, "too many requests")
            if fault == "unavailable":
                return self.refuse(503, "not now")
            if fault == "cut_before":
                return self.cut()
            try:
                if query.get("uploadType") == "resumable":
                    number = objects.begin_upload(STATE.world, params, query, document)
                    place = f"http://127.0.0.1:{self.server.server_port}{url.path}?uploadType=resumable&upload_id={number}"
                    return self.answer(200, None, [("location", place)])
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
