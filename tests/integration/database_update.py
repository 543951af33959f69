# SPDX-License-Identifier: Apache-2.0
"""strake db update and db build against a server of our own: validators, resuming, errors, and a database that is never half there."""
import http.server, io, json, os, pty, signal, subprocess, tempfile, threading, time, zipfile
from pathlib import Path

from _tap import ROOT, STRAKE, main, ok, strake


def archive(*records):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for record in records:
            info = zipfile.ZipInfo(record.get("id", "none") + ".json", (2024, 1, 1, 0, 0, 0))
            z.writestr(info, json.dumps(record))
    return out.getvalue()


def record(number, ecosystem, text="x"):
    return {"id": f"T-{number}", "modified": "2024-01-01T00:00:00Z", "details": text, "upstream": [f"CVE-2099-{number}"],
            "affected": [{"package": {"ecosystem": ecosystem, "name": "lamp"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}


class Server(http.server.ThreadingHTTPServer):
    """files: path -> bytes; cut: path -> how many bytes to send before the connection drops (once)."""
    daemon_threads = True

    def __init__(self, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.cut, self.log, self.ranges, self.validators, self.pause = files, {}, [], True, True, 0
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_port}/osv"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        s, body = self.server, self.server.files.get(self.path)
        s.log.append((self.path, self.headers.get("If-None-Match"), self.headers.get("Range"), self.headers.get("If-Range")))
        if body is None:
            return self.send_error(404)
        tag = f'"{hash(body) & 0xffffffff:x}"'
        begin = 0
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        if s.ranges and self.headers.get("Range") and self.headers.get("If-Range", tag) == tag:
            begin = int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))
            if begin >= len(body):
                return self.send_error(416)
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - begin))
        if s.validators:
            self.send_header("ETag", tag)
        self.end_headers()
        stop = s.cut.pop(self.path, None)
        try:
            body = body[begin:] if stop is None else body[begin:begin + stop]
            for at in range(0, len(body), len(body) // 20 + 1):
                self.wfile.write(body[at:at + len(body) // 20 + 1])
                time.sleep(s.pause)
        except ConnectionError:
            return
        if stop is not None:
            self.wfile.flush()
            self.connection.close()


ALPINE, DEBIAN = "/osv/Alpine/all.zip", "/osv/Debian/all.zip"


class World:
    def __init__(self, work, files=None):
        self.work = Path(work)
        self.db = self.work / "strake/advisories.db"
        self.server = Server(files or {ALPINE: archive(record(1, "Alpine:v3.18")), DEBIAN: archive(record(2, "Debian:12"))})

    def env(self, **variables):
        env = {**os.environ, "XDG_CACHE_HOME": str(self.work), **variables}
        env.pop("STRAKE_DB", None)
        return env

    def run(self, *args, **variables):
        return strake(*args, env=self.env(**variables))

    def command(self, ecosystems="Alpine,Debian"):
        return ["db", "update", "--url", self.server.url, "--ecosystems", ecosystems]

    def update(self, *args, ecosystems="Alpine,Debian", **variables):
        self.server.log.clear()
        return self.run(*self.command(ecosystems), *args, **variables)

    def status(self):
        return json.loads(self.run("db", "status", "--format", "json").stdout)


def first_and_second():
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        p = w.update()
        ok(p.returncode == 0 and "2 advisories" in p.stdout and "2 fetched" in p.stderr, "the first update fetches everything", p.stdout + p.stderr)
        ok([e["name"] for e in w.status()["ecosystems"]] == ["Alpine:v3.18", "Debian:12"], "the database holds both ecosystems")
        before = w.db.stat().st_ino
        p = w.update()
        ok(p.returncode == 0 and "up to date" in p.stdout and "2 unchanged" in p.stderr, "nothing changed: nothing is transferred", p.stdout + p.stderr)
        ok(all(tag for _, tag, _, _ in w.server.log) and w.db.stat().st_ino == before, "the validators were sent, the database stayed", w.server.log)
        w.server.files[DEBIAN] = archive(record(2, "Debian:12"), record(3, "Debian:12"))
        with open(w.db, "rb") as reader:
            p = w.update()
            ok(p.returncode == 0 and "1 fetched" in p.stderr and "1 unchanged" in p.stderr and w.status()["advisories"] == 3, "one changed: one is fetched", p.stderr)
            ok(w.db.stat().st_ino != before and reader.read(8) == b"STRAKEDB", "a reader of the old file is left in peace")
        ok(not list(w.db.parent.glob("advisories.db.*")) and not list(w.db.parent.rglob("*.part*")), "nothing is left behind")


def variables_choose_the_server():
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        p = w.run("db", "update", "--ecosystems", "Alpine", "--quiet", STRAKE_OSV_URL=w.server.url + "/")
        ok(p.returncode == 0 and not p.stdout and not p.stderr and w.status()["advisories"] == 1, "$STRAKE_OSV_URL and --quiet", p.stderr)


def a_cut_transfer_goes_on():
    noise = "".join(chr(97 + (i * i * 7 + i // 13) % 26) for i in range(300000))
    big = archive(*[record(i, "Alpine:v3.18", noise[i * 1000:] + str(i)) for i in range(20)])
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big})
        w.server.cut[ALPINE] = len(big) // 2
        p = w.update(ecosystems="Alpine")
        ok(p.returncode == 0 and w.status()["advisories"] == 20, "a cut transfer is resumed within one run", p.stderr)
        ok(len(w.server.log) == 2 and w.server.log[1][2] == f"bytes={len(big) // 2}-" and w.server.log[1][3], "with Range and If-Range", w.server.log)
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big})
        part = w.work / "strake/osv/Alpine/all.zip.part"
        part.parent.mkdir(parents=True)
        part.write_bytes(big[:1000])
        tag = f'"{hash(big) & 0xffffffff:x}"'
        Path(f"{part}.state").write_text(f"{w.server.url}/Alpine/all.zip\n{tag}\n\n")
        p = w.update(ecosystems="Alpine")
        ok(p.returncode == 0 and w.server.log[0][2] == "bytes=1000-" and w.status()["advisories"] == 20, "a part of an earlier run is gone on with", p.stderr)
    for name, setting in (("another version on the server", '"other"'), ("a part that is longer than the file", None)):
        with tempfile.TemporaryDirectory() as work:
            w = World(work, {ALPINE: big})
            part = w.work / "strake/osv/Alpine/all.zip.part"
            part.parent.mkdir(parents=True)
            part.write_bytes(b"stale" * 100 if setting else big + b"more")
            Path(f"{part}.state").write_text(f"{w.server.url}/Alpine/all.zip\n{setting or tag}\n\n")
            p = w.update(ecosystems="Alpine")
            ok(p.returncode == 0 and w.status()["advisories"] == 20, f"{name} starts anew", p.stderr)
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big})
        w.server.ranges, w.server.cut[ALPINE] = False, 5000
        p = w.update(ecosystems="Alpine")
        ok(p.returncode == 0 and w.status()["advisories"] == 20, "a server that cannot resume sends all again", p.stderr)


def a_server_without_validators():
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        w.server.validators = False
        ok(w.update().returncode == 0 and w.update().returncode == 0 and "2 advisories" in w.update().stdout, "works, and fetches each time")


def failures_keep_the_old():
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        w.update()
        before = w.db.read_bytes()
        p = w.update(ecosystems="Alpine,Klingon")
        ok(p.returncode == 3 and "404" in p.stderr and "Klingon" in p.stderr, "an ecosystem that is not there", p.stderr)
        w.server.files[DEBIAN] = b"<html>not a zip</html>"
        p = w.update()
        ok(p.returncode == 3 and "no zip archive" in p.stderr, "a reply that is no zip", p.stderr)
        good = archive(record(2, "Debian:12"), record(3, "Debian:12"))
        w.server.files[DEBIAN] = good[:len(good) // 2]
        p = w.update()
        ok(p.returncode == 3 and "no zip archive" in p.stderr, "a zip that was cut off on the server", p.stderr)
        w.server.files[DEBIAN] = archive({"nothing": 1})
        p = w.update(ecosystems="Debian")
        ok(p.returncode == 3 and "no \"id\"" in p.stderr, "a zip without one record", p.stderr)
        ok(w.db.read_bytes() == before, "the database is the one of before, byte for byte")
        w.server.files[DEBIAN] = good
        ok(w.update().returncode == 0 and w.status()["advisories"] == 3, "and the next update mends it")
        w.server.shutdown()
        w.server.server_close()
        p = w.update()
        ok(p.returncode == 3 and w.server.url in p.stderr, "no server", p.stderr)


def big_archive(n=40):
    """Incompressible, so that a transfer takes its time."""
    return archive(*[record(i, "Alpine:v3.18", os.urandom(4000).hex()) for i in range(n)])


def a_killed_update_goes_on():
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big_archive()})
        w.server.pause = 0.1
        p = subprocess.Popen([STRAKE, *w.command("Alpine")], env=w.env(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        part = w.work / "strake/osv/Alpine/all.zip.part"
        for _ in range(200):
            if part.exists() and part.stat().st_size > 20000:
                break
            time.sleep(0.02)
        p.send_signal(signal.SIGKILL)
        p.wait()
        had = part.stat().st_size
        w.server.pause = 0
        p = w.update(ecosystems="Alpine")
        begin = int((w.server.log[0][2] or "bytes=0-").removeprefix("bytes=").rstrip("-"))
        ok(p.returncode == 0 and 0 < begin <= had and w.status()["advisories"] == 40, f"an update killed after {had} bytes goes on from there", (w.server.log, p.stderr))


def readers_during_updates():
    """Scans in a loop while the database is replaced again and again: each sees a whole one."""
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        w.update()
        root = ROOT / "tests/fixtures/rootfs-debian"
        stop, ends = threading.Event(), []

        def read():
            while not stop.is_set():
                p = w.run("image", "--scanners", "vuln", "--fail-on", "none", "--format", "json", str(root), STRAKE_DB_MAX_AGE="0")
                ends.append((p.returncode, p.stderr) if p.returncode or p.stderr else 0)
        threads = [threading.Thread(target=read) for _ in range(2)]
        for t in threads:
            t.start()
        inodes = set()
        for i in range(12):
            w.server.files[DEBIAN] = archive(*[record(n, "Debian:12") for n in range(2, 4 + i)])
            w.update()
            inodes.add(w.db.stat().st_ino)
        stop.set()
        for t in threads:
            t.join()
        ok(len(inodes) > 1 and ends and not any(ends), f"{len(ends)} scans while the database was replaced 12 times", [e for e in ends if e][:2])


def two_updates_at_once():
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big_archive(), DEBIAN: archive(record(99, "Debian:12"))})
        w.server.pause = 0.02
        both = [subprocess.Popen([STRAKE, *w.command()], env=w.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
        said = [p.communicate(timeout=120) for p in both]
        busy = [err for (_, err), p in zip(said, both) if p.returncode]
        ok(len(busy) <= 1 and all(b"another update is running" in e for e in busy) and w.status()["advisories"] == 41, "two updates at once: one does it, the other says so", said)


def terminal(w, *args, env=None):
    """Runs the program with a terminal for standard error; what came there, and its exit status."""
    leader, follower = pty.openpty()
    p = subprocess.Popen([STRAKE, *map(str, args)], env={**w.env(), "TERM": "xterm", **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    text = b""
    try:
        while block := os.read(leader, 65536):
            text += block
    except OSError:  # the other side is gone
        pass
    os.close(leader)
    return p.wait(), text.decode()


def progress():
    with tempfile.TemporaryDirectory() as work:
        w = World(work, {ALPINE: big_archive(), DEBIAN: archive(record(99, "Debian:12"))})
        w.server.pause = 0.1
        status, text = terminal(w, *w.command())
        lines = [x for x in text.replace("\x1b[K", "").split("\r") if "Alpine" in x]
        ok(status == 0 and len(lines) > 2 and any("%" in x for x in lines) and text.split("\x1b[K")[-1].strip().startswith("strake: 2 fetched"),
           "on a terminal a line tells how far it is, and is gone at the end", repr(text[-1500:]))
        w.server.files[ALPINE] = big_archive()
        status, text = terminal(w, *w.command(), "--no-progress")
        ok(status == 0 and "%" not in text and "\r\n" in text and text.count("\r") == text.count("\r\n"), "--no-progress", repr(text))
        w.server.files[ALPINE] = big_archive()
        p = w.update()
        ok(p.returncode == 0 and "\r" not in p.stderr and "%" not in p.stderr and len(p.stderr.splitlines()) == 1, "piped, one line says what was done", repr(p.stderr))


def build_from_urls():
    with tempfile.TemporaryDirectory() as work:
        w = World(work)
        p = w.run("db", "build", "--from", w.server.url, "--ecosystems", "Debian", "--output", w.work / "a.db")
        ok(p.returncode == 0 and "1 advisories for 1 packages" in p.stdout, "db build --from URL reads the bulk layout", p.stderr)
        p = w.run("db", "build", "--from", w.server.url + "/Alpine/all.zip", "--output", w.work / "b.db")
        ok(p.returncode == 0 and "1 advisories for 1 packages" in p.stdout, "db build --from URL.zip reads one archive", p.stderr)


main(first_and_second, variables_choose_the_server, a_cut_transfer_goes_on, a_server_without_validators, failures_keep_the_old, a_killed_update_goes_on, readers_during_updates, two_updates_at_once, progress,
     build_from_urls)
