"""Ranks over HTTP with the standard library alone: `python server.py 8080`, then POST a request in JSON to /rank.

Threads share the model. A mistake in a request is answered with 400 and its text.
"""

import http.server
import json
import sys

from PACKAGE import InputError, Ranker

ranker = Ranker()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            request = json.loads(body)
            if not isinstance(request, dict):
                raise InputError("the request must be an object")
            parts = {name: request.get(name) for name in ("user", "history", "context")}
            scores = ranker.rank(request.get("candidates"), **parts)
            many = scores if isinstance(scores, dict) else {"scores": scores}
            self.answer(200, {name: numbers.tolist() for name, numbers in many.items()})
        except ValueError as error:  # InputError and JSONDecodeError
            self.answer(400, {"error": str(error)})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/rank", flush=True)
    server.serve_forever()
