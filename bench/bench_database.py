# SPDX-License-Identifier: Apache-2.0
"""The advisory database: build, open, match 1,000 packages, start-up; against sqlite3 and an empty program."""
import json, sqlite3, time, zipfile


def records(folder):
    for archive in sorted(folder.glob("*/all.zip")):
        with zipfile.ZipFile(archive) as z:
            for name in z.namelist():
                yield z.read(name)


def inventory(folder, wanted=1000):
    """(name, version) of Debian 10 packages that advisories speak of: up to date, as most of an image is."""
    newest = {}
    with zipfile.ZipFile(folder / "Debian/all.zip") as z:
        for name in z.namelist():
            for a in json.loads(z.read(name)).get("affected", []):
                if a["package"]["ecosystem"] == "Debian:10":
                    newest.setdefault(a["package"]["name"], []).extend(e["fixed"] for r in a["ranges"] for e in r["events"] if "fixed" in e)
    sources = [(name, sorted(versions)[-1]) for name, versions in sorted(newest.items())]
    return [(f"{name}-{n}", name, version) for n in range(wanted // len(sources) + 1) for name, version in sources][:wanted]


def make_root(path, packages, suffix=""):
    (path / "etc").mkdir(parents=True, exist_ok=True)
    (path / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    (path / "etc/os-release").write_text('ID=debian\nVERSION_ID="10"\n')
    (path / "var/lib/dpkg/status").write_text("".join(
        f"Package: {binary}\nStatus: install ok installed\nArchitecture: amd64\nSource: {source}\nVersion: {version}{suffix}\n\n" for binary, source, version in packages))
    return path


def run(bench):
    osv = bench.shared / "osv"
    if not osv.exists():
        return bench.note("../shared/osv is not beside this checkout")
    count = sum(1 for _ in records(osv))
    db, env = bench.work / "advisories.db", {"STRAKE_DB": str(bench.work / "advisories.db")}
    build = bench.best([bench.strake, "db", "build", "-q", "--from", osv, "--output", db])
    bench.row("build: records a second", count / build, "1/s")
    begin = time.monotonic()
    for text in records(osv):
        json.loads(text)
    bench.row("build: time against reading the same zips in Python, no database", build / (time.monotonic() - begin), "x")
    bench.row("database size", db.stat().st_size / 2**20, "MiB")

    true = bench.best(["/bin/true"], repeat=20)
    start = bench.best([bench.strake, "--version"], repeat=20)
    bench.row("start-up: strake --version", 1000 * start, "ms", "<= 5")
    bench.row("start-up: its processor time", 1000 * min(bench.measure([bench.strake, "--version"]).cpu for _ in range(20)), "ms")
    bench.row("start-up: /bin/true on this machine", 1000 * true, "ms")
    questions = bench.work / "questions"
    questions.write_text("")
    opened = bench.best([bench.strake, "eval", "vulnerabilities"], stdin=questions, env=env, repeat=20)
    bench.row("open: added to the start-up", max(0, 1000 * (opened - start)), "ms", "<= 1")
    packages = inventory(osv)
    for what, suffix in (("up to date", ""), ("all one update behind", "~")):
        root = make_root(bench.work / f"root{suffix}", packages, suffix)
        args = [bench.strake, "image", "--db", db, "--no-config", "--fail-on", "none", "--format", "csv"]
        matched = bench.measure([*args, root])
        findings = sum(1 for _ in open(matched.stdout)) - 1
        seconds = bench.best([*args, root], repeat=5, ok=None) - bench.best([*args, "--scanners", "none", root], repeat=5, ok=None)
        bench.row(f"match: 1,000 packages, {what}: {findings} findings", 1000 * max(0, seconds), "ms")
        if not suffix:
            like_sqlite(bench, osv, packages, max(seconds, 1e-6))


def like_sqlite(bench, osv, packages, ours):
    """The same look-ups (no version is compared) in an indexed SQLite table of JSON rows, as scanners that keep JSON do."""
    path = bench.work / "advisories.sqlite"
    path.unlink(missing_ok=True)
    table = sqlite3.connect(path)
    table.execute("create table a (ecosystem text, name text, record text)")
    for text in records(osv):
        record = json.loads(text)
        for a in record.get("affected", []):
            table.execute("insert into a values (?, ?, ?)", (a["package"]["ecosystem"], a["package"]["name"], text.decode()))
    table.execute("create index i on a (ecosystem, name)")
    table.commit()
    begin = time.monotonic()
    for _, source, _ in packages:
        for (text,) in table.execute("select record from a where ecosystem = 'Debian:10' and name = ?", (source,)):
            json.loads(text)
    bench.row("match: time against look-ups of JSON in SQLite", ours / (time.monotonic() - begin), "x")
