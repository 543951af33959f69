"""The shop's API: /health says that it lives, / counts visits in the cache and orders in the database."""
import http.server
import json
import os
import socket

import psycopg2


def visits():
    with socket.create_connection((os.environ["REDIS_HOST"], 6379), timeout=3) as cache:
        cache.sendall(b"INCR visits\r\n")
        return int(cache.makefile("rb").readline()[1:])


def database():
    if "DATABASE_URL" in os.environ:
        return psycopg2.connect(os.environ["DATABASE_URL"])
    password = os.environ.get("DATABASE_PASSWORD")
    if "DATABASE_PASSWORD_FILE" in os.environ:
        with open(os.environ["DATABASE_PASSWORD_FILE"]) as file:
            password = file.read().strip()
    return psycopg2.connect(host=os.environ["DATABASE_HOST"], user="shop", dbname="shop", password=password)


def orders():
    connection = database()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY)")
            cursor.execute("SELECT count(*) FROM orders")
            return cursor.fetchone()[0]
    finally:
        connection.close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            answer = {"ok": True} if self.path == "/health" else {"ok": True, "visits": visits(), "orders": orders()}
        except (OSError, ValueError, psycopg2.Error) as error:
            answer = {"ok": False, "error": type(error).__name__}
        self.send_response(200 if answer["ok"] else 503)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8000"))), Handler).serve_forever()
