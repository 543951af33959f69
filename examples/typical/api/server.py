"""The shop's API: answers /health and counts visits."""
import http.server
import json
import os


class Handler(http.server.BaseHTTPRequestHandler):
    visits = 0

    def do_GET(self):
        Handler.visits += 1
        body = json.dumps({"ok": True, "visits": Handler.visits}).encode()
        self.send_response(200 if self.path in ("/", "/health") else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
