"""fake-gcs-server, somebody else's Cloud Storage for tests, behind a proxy that mends what it is known to get wrong.

It passes over preconditions of deletions, answers a deletion with 200 where Google answers 204, answers 412 where a bucket is not
empty, and forgets the port of places for uploads in parts. Nothing else is changed.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOPS = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


def program():
    """Where the server is, or nothing."""
    places = [shutil.which("fake-gcs-server"), Path.home() / "go/bin/fake-gcs-server", os.environ.get("FAKE_GCS_SERVER")]
    return next((str(place) for place in places if place and Path(place).exists()), None)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def forward(self, method, path, body=b"", headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        kept = {name: value for name, value in headers if name.lower() not in HOPS}
        connection.request(method, path, body, kept | {"host": f"127.0.0.1:{self.server.behind}", "content-length": str(len(body))})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, answer.getheaders(), content

    def answer(self, status, headers, content):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOPS:
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def refuse(self, status, message, reason):
        error = {"code": status, "message": message, "errors": [{"message": message, "domain": "global", "reason": reason}]}
        self.answer(status, [("content-type", "application/json")], json.dumps({"error": error}).encode())

    def serve(self):
        body, url = self.body(), urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if self.command == "DELETE":
            return self.remove(url.path, query)
        status, headers, content = self.forward(self.command, self.path, body, self.headers.items())
        here = f"http://127.0.0.1:{self.server.server_port}"
        place = lambda value: here + "/" + value.split("://", 1)[1].split("/", 1)[1] if "://" in value else value
        self.answer(status, [(name, place(value) if name.lower() == "location" else value) for name, value in headers], content)

    def remove(self, path, query):
        with self.lock:
            if wanted := query.get("ifGenerationMatch"):
                status, _, found = self.forward("GET", path)
                if status == 200 and json.loads(found)["generation"] != wanted:
                    return self.refuse(412, "at least one of the pre-conditions you specified did not hold", "conditionNotMet")
            status, headers, content = self.forward("DELETE", self.path)
        if status == 412:
            return self.refuse(409, "the bucket you tried to delete is not empty", "conflict")
        self.answer(204 if status == 200 else status, headers, b"" if status == 200 else content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve


class Theirs:
    """The server with its proxy, running."""

    def __init__(self):
        self.proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self.proxy.daemon_threads = True
        self.proxy.behind = free_port()
        self.url = f"http://127.0.0.1:{self.proxy.server_port}"
        place = f"127.0.0.1:{self.proxy.behind}"
        told = ["-scheme", "http", "-host", "127.0.0.1", "-port", str(self.proxy.behind), "-backend", "memory", "-log-level", "error"]
        self.process = subprocess.Popen([program(), *told, "-public-host", place, "-external-url", f"http://{place}"])
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.proxy.behind)).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("fake-gcs-server does not come up")

    def ask(self, method, path, body=b"", kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.server_port, timeout=60)
        connection.request(method, path, body, {"content-type": kind})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.proxy.shutdown()

    def reset(self):
        for bucket in json.loads(self.ask("GET", "/storage/v1/b?project=p")[1]).get("items", []):
            name = bucket["name"]
            for key in self.keys(name):
                self.ask("DELETE", f"/storage/v1/b/{name}/o/{urllib.parse.quote(key, safe='')}")
            self.ask("DELETE", f"/storage/v1/b/{name}")

    def make(self, bucket):
        status, content = self.ask("POST", "/storage/v1/b?project=p", json.dumps({"name": bucket}).encode())
        assert status == 200, content

    def keys(self, bucket):
        return [thing["name"] for thing in json.loads(self.ask("GET", f"/storage/v1/b/{bucket}/o")[1]).get("items", [])]

    def text(self, bucket, key):
        status, content = self.ask("GET", f"/storage/v1/b/{bucket}/o/{urllib.parse.quote(key, safe='')}?alt=media")
        return content.decode() if status == 200 else ""

    def put(self, bucket, key, text):
        place = f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={urllib.parse.quote(key, safe='')}"
        return json.loads(self.ask("POST", place, text.encode())[1])
