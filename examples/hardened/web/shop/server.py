"""The shop's front: pages from the folder beside it, and /api/ handed on to the API."""
import http.server
import urllib.error
import urllib.request


class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if not self.path.startswith("/api/"):
            return super().do_GET()
        try:
            with urllib.request.urlopen("http://api:8000/" + self.path[5:], timeout=10) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        except OSError:
            status, body = 502, b"{}"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def __init__(self, *args):
        super().__init__(*args, directory="pages")


http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
