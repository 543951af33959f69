# SPDX-License-Identifier: Apache-2.0
"""
Digests for base images: from a lock file, from a real Docker Engine, from a real docker-registry on 127.0.0.1, and from registries of the
test's own that want tokens, have no HEAD or answer nonsense. What is written is what the engine pulls and builds from.
"""
import base64, hashlib, http.server, json, subprocess, tempfile, threading, time, urllib.parse
from pathlib import Path

import _engine
from _tap import STRAKE, main, ok, skip, strake

DIGEST = "sha256:" + "0123456789abcdef" * 4
PLAIN = ("--no-shellcheck", "--fail-on", "none", "-o", "/dev/null")


def fix(folder, text, *options, run=strake, env=None):
    """What --fix makes of a Dockerfile, and the run."""
    file = Path(folder) / "Dockerfile"
    file.write_text(text)
    p = run("dockerfile", "--fix", *PLAIN, *options, str(file)) if env is None else run("dockerfile", "--fix", *PLAIN, *options, str(file), env=env)
    return file.read_text(), p


def lock_file():
    with tempfile.TemporaryDirectory() as folder:
        lock = {"schema": "strake-lock/1", "images": {"debian:12-slim": DIGEST, "docker.io/library/alpine:latest": DIGEST, "127.0.0.1:5000/a/b:1": DIGEST},
                "downloads": {"https://example.com/x.tar.gz": DIGEST}}
        (Path(folder) / ".strake.lock").write_text(json.dumps(lock))
        before = ('# the base\nFROM debian:12-slim AS base\nFROM alpine\nFROM --platform=$BUILDPLATFORM 127.0.0.1:5000/a/b:1\nCOPY --from=debian:12-slim /a /b\nCOPY --from=base /a /b\n'
                  'RUN --mount=type=bind,from=debian:12-slim,target=/y true\nADD https://example.com/x.tar.gz /x\nFROM unknown:1\nUSER 1\n')
        after, p = fix(folder, before)
        want = (f'# the base\nFROM debian:12-slim@{DIGEST} AS base\nFROM alpine:latest@{DIGEST}\nFROM --platform=$BUILDPLATFORM 127.0.0.1:5000/a/b:1@{DIGEST}\n'
                f'COPY --from=debian:12-slim@{DIGEST} /a /b\nCOPY --from=base /a /b\nRUN --mount=type=bind,from=debian:12-slim@{DIGEST},target=/y true\n'
                f'ADD --checksum={DIGEST} https://example.com/x.tar.gz /x\nFROM unknown:1\nUSER 1\n')
        ok(after == want, "a lock beside the Dockerfile pins FROM, COPY --from, RUN --mount and ADD", after + p.stderr)
        ok(fix(folder, after)[0] == after, "mending it again changes nothing")
        (Path(folder) / "other.lock").write_text(json.dumps({"schema": "strake-lock/1", "images": {"unknown:1": DIGEST}}))
        after, p = fix(folder, "FROM unknown:1\nFROM debian:12-slim\nUSER 1\n", "--lock", f"{folder}/other.lock")
        ok(after == f"FROM unknown:1@{DIGEST}\nFROM debian:12-slim\nUSER 1\n", "--lock names another one", after + p.stderr)
        for what, text in (("no JSON", "{"), ("another schema", '{"schema": "x"}'), ("a bad digest", '{"schema": "strake-lock/1", "images": {"a:1": "sha256:12"}}'),
                           ("a key twice", '{"schema": "strake-lock/1", "images": {}, "images": {}}'), ("an unknown key", '{"schema": "strake-lock/1", "x": {}}')):
            (Path(folder) / "other.lock").write_text(text)
            after, p = fix(folder, "FROM unknown:1\n", "--lock", f"{folder}/other.lock")
            ok(p.returncode == 3 and "other.lock" in p.stderr and after == "FROM unknown:1\n", f"a lock with {what} is an error", p.stderr)


class Handler(http.server.BaseHTTPRequestHandler):
    """A registry whose manners the first part of the image's path chooses."""
    manifest = b'{"schemaVersion": 2}'

    def log_message(self, *_):
        pass

    def reply(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        url, here = urllib.parse.urlsplit(self.path), f"127.0.0.1:{self.server.server_port}"
        manner, authorization = url.path.split("/")[2] if url.path.count("/") > 2 else "", self.headers.get("Authorization", "")
        digest = "sha256:" + hashlib.sha256(self.manifest).hexdigest()
        known = ("Docker-Content-Digest", digest)
        if url.path == "/token":
            asked = dict(urllib.parse.parse_qsl(url.query))
            good = asked.get("scope", "").startswith("repository:token/") and asked.get("service") == "a, registry"
            return self.reply(200 if good else 400, body=b'{"access_token": "abc"}')
        if "vnd.oci.image.index.v1+json" not in self.headers.get("Accept", ""):
            return self.reply(404)
        if manner == "token" and authorization != "Bearer abc":
            challenge = f'Basic realm="x", Bearer realm="http://{here}/token",service="a, registry",scope="repository:token/x:pull"'
            return self.reply(401, [("WWW-Authenticate", challenge)])
        if manner == "elsewhere":
            return self.reply(401, [("WWW-Authenticate", 'Bearer realm="http://192.0.2.1/token"')])
        if manner == "basic" and authorization != "Basic " + base64.b64encode(b"me:a:b").decode():
            return self.reply(401, [("WWW-Authenticate", 'Basic realm="x"')])
        if manner == "get" and self.command == "HEAD":
            return self.reply(405)
        if manner == "silent":
            return self.reply(200, body=self.manifest)
        if manner == "nonsense":
            return self.reply(200, [("Docker-Content-Digest", "sha256:../../etc")])
        if manner == "absent":
            return self.reply(404)
        self.reply(200, [known], self.manifest)


def registries_of_our_own():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    digest, here = "sha256:" + hashlib.sha256(Handler.manifest).hexdigest(), f"127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps({"auths": {here: {"auth": base64.b64encode(b"me:a:b").decode()}}}))
        for manner, name in (("plain", "an open registry"), ("token", "a registry that wants a token"), ("get", "a registry without HEAD"), ("silent", "a registry that names no digest")):
            after, p = fix(folder, f"FROM {here}/{manner}/x:1\nUSER 1\n", "--pin", "registry", env={"DOCKER_CONFIG": "/nonexistent", "PATH": "/bin"})
            ok(after == f"FROM {here}/{manner}/x:1@{digest}\nUSER 1\n", f"{name} is asked", after + p.stderr)
        after, p = fix(folder, f"FROM {here}/basic/x:1\nUSER 1\n", "--pin", "registry", env={"DOCKER_CONFIG": folder, "PATH": "/bin"})
        ok(after == f"FROM {here}/basic/x:1@{digest}\nUSER 1\n", "the password of Docker's settings is used", after + p.stderr)
        for manner, said in (("basic", "wants a name and password"), ("elsewhere", "no https address"), ("nonsense", "no SHA-256 digest"), ("absent", "status 404")):
            before = f"FROM {here}/{manner}/x:1\nUSER 1\n"
            after, p = fix(folder, before, "--pin", "registry", env={"DOCKER_CONFIG": "/nonexistent", "PATH": "/bin"})
            ok(after == before and said in p.stderr, f"no digest from a registry with the manner \"{manner}\", and a line that says why", after + p.stderr)
        lock = Path(folder) / ".strake.lock"
        fix(folder, f"FROM {here}/plain/x:1\nUSER 1\n", "--pin", "registry", "--write-lock")
        ok(json.loads(lock.read_text()) == {"schema": "strake-lock/1", "images": {f"{here}/plain/x:1": digest}, "downloads": {}}, "--write-lock keeps what was found", lock.read_text())
    server.shutdown()
    with tempfile.TemporaryDirectory() as folder:
        before = f"FROM {here}/plain/x:1\nUSER 1\n"
        after, p = fix(folder, before)
        ok(after == before and "digest" not in p.stderr, "nobody is asked without --pin", p.stderr)
        ok(fix(folder, before, "--pin", "nobody")[1].returncode == 2 and fix(folder, before, "--write-lock")[1].returncode == 2, "--pin and --write-lock that make no sense are usage errors")
        p = fix(folder, before, "--pin", "engine", env={"DOCKER_HOST": f"unix://{folder}/none.sock", "PATH": "/bin"})[1]
        ok(p.returncode == 3, "--pin engine without an engine is an error", p.stderr)


def real_engine_and_registry():
    why = _engine.unavailable() or (None if _engine.find("docker-registry") else "docker-registry is not installed")
    if why:
        skip("a real engine and a real registry", why)
        return
    with _engine.Engine() as engine, tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "config.yml"
        settings.write_text(f"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {folder}/registry\nhttp:\n  addr: 127.0.0.1:5000\n")
        inside = ["nsenter", "--net", "--target", str(engine.process.pid)]
        registry = subprocess.Popen([*inside, _engine.find("docker-registry"), "serve", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            name = "127.0.0.1:5000/team/base:1"
            engine.busybox(name)
            for _ in range(100):
                if engine.run("push", name).returncode == 0:
                    break
                time.sleep(0.2)
            pushed = json.loads(engine.docker("image", "inspect", name))[0]["RepoDigests"][0].split("@")[1]

            def run(*args):
                p = subprocess.run([*inside, STRAKE, *args], capture_output=True, env=engine.env, timeout=300)
                p.stderr = p.stderr.decode()
                return p

            before = f"FROM {name} AS base\nFROM scratch\nCOPY --from={name} /bin/busybox /bin/sh\nUSER 1\n"
            want = f"FROM {name}@{pushed} AS base\nFROM scratch\nCOPY --from={name}@{pushed} /bin/busybox /bin/sh\nUSER 1\n"
            after, p = fix(folder, before, "--pin", "engine", run=run)
            ok(after == want, "the engine's digest is written", after + p.stderr)
            engine.docker("rmi", "-f", name)
            after, p = fix(folder, before, "--pin", "registry", "--write-lock", run=run)
            ok(after == want, "the registry's digest is the same one", after + p.stderr)
            ok(json.loads((Path(folder) / ".strake.lock").read_text())["images"] == {name: pushed}, "and stands in the lock")
            # The tag moves on; the pinned Dockerfile and the lock stay with what was pinned.
            engine.busybox(name, extra="LABEL moved=yes")
            engine.docker("push", name)
            moved = json.loads(engine.docker("image", "inspect", name))[0]["RepoDigests"]
            after, p = fix(folder, before, run=run)
            ok(after == want and not any(d.endswith(pushed) for d in moved), "a tag that moved does not move the lock", after + str(moved))
            (Path(folder) / "build").mkdir()
            (Path(folder) / "build/Dockerfile").write_text(after.split(" AS base\n")[0] + "\n")
            engine.docker("build", "-q", "-t", "pinned", f"{folder}/build")
            labels = json.loads(engine.docker("image", "inspect", "pinned"))[0]["Config"]["Labels"] or {}
            ok("moved" not in labels, "the engine builds from the image that was pinned", labels)
            engine.busybox("local/only:1")
            after, p = fix(folder, "FROM local/only:1\nUSER 1\n", "--pin", "engine", run=run)
            ok(after == "FROM local/only:1\nUSER 1\n" and "no digest" in p.stderr, "an image that was never pushed has no digest", after + p.stderr)
        finally:
            registry.terminate()
            registry.wait(30)


main(lock_file, registries_of_our_own, real_engine_and_registry)
