# SPDX-License-Identifier: Apache-2.0
"""
The bundled deployments on a real Docker Engine, without a network: their images are built from a system of this test's own with a folder of packages,
then the whole shop runs and answers. The careless one is hardened first, and still works.

PostgreSQL and Redis are Debian's own behind entry points that do what those of the official images do: start as root, give the data to the
program's user, become that user.
"""
import hashlib, json, re, shutil, subprocess, sys, tempfile, time
from pathlib import Path

import _peers
from _engine import Engine, unavailable
from _images import debootstrap
from _tap import ROOT, main, ok, skip, strake

ONLY = sys.argv[1:]  # careless, typical, hardened
PACKAGES = ("python3", "python3-psycopg2", "gcc", "make", "postgresql", "redis-server", "gosu")

POSTGRES = """\
FROM debian
RUN groupadd -r -g 999 postgres && useradd -r -g postgres -u 999 -d /var/lib/postgresql postgres && apt-get update && \\
    apt-get install -y --no-install-recommends postgresql gosu && rm -rf /var/lib/postgresql/*/main && \\
    install -d -o postgres -g postgres -m 1777 /var/lib/postgresql/data && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PGDATA=/var/lib/postgresql/data
COPY entrypoint /usr/local/bin/entrypoint
VOLUME /var/lib/postgresql/data
EXPOSE 5432
STOPSIGNAL SIGINT
ENTRYPOINT ["entrypoint"]
CMD ["postgres"]
"""
POSTGRES_ENTRY = """\
#!/bin/bash
set -e
if [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA" /var/run/postgresql
	chmod 700 "$PGDATA"
	chmod 3777 /var/run/postgresql
	find "$PGDATA" /var/run/postgresql \\! -user postgres -exec chown postgres '{}' +
	exec gosu postgres "$0" "$@"
fi
chmod 700 "$PGDATA" 2>/dev/null || true
if [ ! -s "$PGDATA/PG_VERSION" ]; then
	[ -z "$POSTGRES_PASSWORD_FILE" ] || POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
	initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") --auth-host=scram-sha-256 >/dev/null
	echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
	pg_ctl -o "-c listen_addresses=" -w start >/dev/null
	createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
	pg_ctl -m fast -w stop >/dev/null
fi
exec "$@" -c "listen_addresses=*"
"""
REDIS = """\
FROM debian
RUN groupadd -r -g 999 redis && useradd -r -g redis -u 999 redis && apt-get update && \\
    apt-get install -y --no-install-recommends redis-server gosu && install -d -o redis -g redis /data
COPY entrypoint /usr/local/bin/entrypoint
VOLUME /data
WORKDIR /data
EXPOSE 6379
ENTRYPOINT ["entrypoint"]
CMD ["redis-server"]
"""
REDIS_ENTRY = """\
#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
	find . \\! -user redis -exec chown redis '{}' +
	exec gosu redis "$0" "$@"
fi
exec "$@" --protected-mode no
"""


def index(folder):
    """The Packages file of a folder of packages."""
    text = ""
    for file in sorted(folder.glob("*.deb")):
        fields = subprocess.run(["dpkg-deb", "-f", str(file)], capture_output=True, text=True, check=True).stdout
        text += f"{fields.rstrip()}\nFilename: ./{file.name}\nSize: {file.stat().st_size}\nSHA256: {hashlib.sha256(file.read_bytes()).hexdigest()}\n\n"
    (folder / "Packages").write_text(text)


def base_image(engine, tree, packages):
    tar = subprocess.Popen(["tar", "-C", str(tree), "-c", "."], stdout=subprocess.PIPE)
    engine.docker("import", "-", "tree:1", stdin=tar.stdout)
    tar.wait()
    folder = engine.folder / "base"
    shutil.copytree(packages, folder / "packages", ignore=shutil.ignore_patterns("lock", "partial"))
    index(folder / "packages")
    (folder / "Dockerfile").write_text('FROM tree:1\nCOPY packages /srv/packages\nRUN rm -rf /etc/apt/sources.list.d && echo "deb [trusted=yes] file:/srv/packages ./" >/etc/apt/sources.list\n')
    engine.docker("build", "-q", "-t", "debian:latest", folder)
    for tag in ("debian:12-slim", "debian:12.11-slim"):
        engine.docker("tag", "debian:latest", tag)


def service_image(engine, name, dockerfile, entry, tags):
    folder = engine.folder / name
    folder.mkdir()
    (folder / "Dockerfile").write_text(dockerfile)
    (folder / "entrypoint").write_text(entry)
    (folder / "entrypoint").chmod(0o755)
    engine.docker("build", "-q", "-t", tags[0], folder)
    for tag in tags[1:]:
        engine.docker("tag", tags[0], tag)


def compose(engine, folder, *args):
    engine.env["DATABASE_PASSWORD"] = "a-password-of-the-test"  # what the hardened files ask for
    return engine.run("compose", "--project-name", "shop", "--project-directory", folder, *args, cwd=folder)


def ask(engine, url):
    code = f"import urllib.request as u; print(u.urlopen('{url}', timeout=20).read().decode())"
    return engine.enter("python3", "-c", code).stdout.decode().strip()


def build(engine, folder):
    """Builds the services' images as Compose names them; what went wrong, or an empty text."""
    for name, service in json.loads(compose(engine, folder, "config", "--format", "json").stdout)["services"].items():
        if "build" in service:
            p = engine.run("build", "-q", "-t", service["image"], service["build"]["context"])
            if p.returncode:
                return f"{name}: {p.stderr.decode()[-2000:]}"
    return ""


def answers(engine, folder, port):
    """The shop from the outside: the page, and two visits through web, api, database and cache."""
    url = f"http://127.0.0.1:{port}"
    first = None
    for _ in range(30):  # the API may be faster than the database
        text = ask(engine, url + "/api/")
        first = json.loads(text) if text else {}
        if first.get("ok"):
            break
        time.sleep(1)
    second = json.loads(ask(engine, url + "/api/") or "{}")
    logs = compose(engine, folder, "logs").stdout.decode()[-4000:]
    ok("Open all day" in ask(engine, url + "/"), "the page comes from web", logs)
    ok(first.get("ok") and first.get("orders") == 0, "web asks api, api asks the database", f"{first}\n{logs}")
    ok(second.get("visits", 0) == first.get("visits", 0) + 1, "the cache counts visits", f"{first} {second}\n{logs}")


def up(engine, folder, name):
    p = compose(engine, folder, "up", "--detach", "--no-build", "--wait", "--wait-timeout", "180")
    logs = "" if p.returncode == 0 else p.stderr.decode()[-2000:] + compose(engine, folder, "logs").stdout.decode()[-4000:]
    return ok(p.returncode == 0, f"{name} starts and is healthy", logs)


def containers(engine):
    return {c["Config"]["Labels"]["com.docker.compose.service"]: c for c in json.loads(engine.docker("inspect", *engine.docker("ps", "-q").split()))}


def process_user(engine, container):
    return engine.docker("top", container["Id"], "-o", "pid,uid").splitlines()[1].split()[1]


def findings(folder, *options):
    """{(severity, id, file:line)} of what an audit finds and does not call information."""
    report = json.loads(strake("audit", "--no-engine", "--fail-on", "none", "--format", "json", *options, cwd=folder).stdout)
    return {(f["severity"], f["id"], f"{f['location']['file']}:{f['location']['line']}") for f in report["findings"] if f["severity"] != "info" and not f.get("suppressed")}


def listed(text):
    """The same of what harden --details names as left."""
    left = text.split("left for a person", 1)[-1]
    return {(m[1], m[2], m[3]) for m in re.finditer(r"^  (critical|high|medium|low) +(\S+) +(\S+?:\d+)  ", left, re.M)}


def careless(engine):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/careless", folder, dirs_exist_ok=True)
        problem = build(engine, folder)
        ok(not problem, "careless: the images build as they are", problem)
        p = strake("harden", "--write", "--unsafe", "--details", cwd=folder)
        ok(p.returncode == 0, "careless: it is hardened", p.stderr)
        left = findings(folder)
        ok(listed(p.stderr) == left, "careless: harden names exactly what another audit finds", f"{sorted(listed(p.stderr) ^ left)}\n{p.stderr}")
        again = strake("harden", "--write", "--unsafe", cwd=folder)
        ok("nothing to mend" in again.stderr, "careless: a second run mends nothing", again.stderr)
        problem = build(engine, folder)
        ok(not problem, "careless: the images still build", problem)
        if up(engine, folder, "careless, hardened,"):
            answers(engine, folder, 80)
            running = containers(engine)
            ok(all(c["HostConfig"]["ReadonlyRootfs"] and c["HostConfig"]["CapDrop"] == ["ALL"] and not c["HostConfig"]["Privileged"] for c in running.values()),
               "careless: every container is read-only, without capabilities and privileges")
            users = {s: process_user(engine, c) for s, c in running.items()}
            ok(all(users[s] not in ("0", "root") for s in ("api", "db", "cache")), "careless: api, db and cache do not run as root", users)
            ok(all(running[s]["State"]["Health"]["Status"] == "healthy" for s in ("db", "cache")), "careless: the added healthchecks are answered")
        compose(engine, folder, "down", "--volumes", "--timeout", "2")


def typical(engine):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/typical", folder, dirs_exist_ok=True)
        p = strake("harden", "--write", "--unsafe", cwd=folder)
        ok(p.returncode == 0, "typical: it is hardened", p.stderr)
        problem = build(engine, folder)
        ok(not problem, "typical: the images build", problem)
        if up(engine, folder, "typical, hardened,"):
            answers(engine, folder, 8080)
        compose(engine, folder, "down", "--volumes", "--timeout", "2")


def hardened(engine):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples/hardened", folder, dirs_exist_ok=True)
        # A digest names what a registry holds: here the images are this test's own.
        for file in (folder / "compose.yaml", folder / "web/Dockerfile", folder / "api/Dockerfile"):
            file.write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", file.read_text()))
        for line in (folder / "secrets/.gitignore").read_text().splitlines():
            if "openssl" in line:
                subprocess.run(["sh", "-ec", line.lstrip("# ")], cwd=folder / "secrets", check=True)
        problem = build(engine, folder)
        ok(not problem, "hardened: the images build", problem)
        if up(engine, folder, "hardened"):
            answers(engine, folder, 8080)
        compose(engine, folder, "down", "--volumes", "--timeout", "2")


def examples():
    tree, why = debootstrap("bookworm"), unavailable()
    packages = tree and _peers.packages("bookworm", tree / "var/lib/dpkg/status", *PACKAGES)
    if why or not packages:
        return skip("the bundled deployments run", why or "no mirror to make a Debian system and its packages from")
    with Engine() as engine:
        if not _peers.plugin(engine, "compose"):
            return skip("the bundled deployments run", "Docker Compose 2 cannot be had")
        base_image(engine, tree, packages)
        service_image(engine, "db", POSTGRES, POSTGRES_ENTRY, ("postgres:latest", "postgres:16", "postgres:16.4"))
        service_image(engine, "cache", REDIS, REDIS_ENTRY, ("redis:latest", "redis:7.2", "redis:7.2.5"))
        for test in [t for t in (careless, typical, hardened) if not ONLY or t.__name__ in ONLY]:
            test(engine)


main(examples)
