# SPDX-License-Identifier: Apache-2.0
"""The advisory database: build, open, match 1,000 packages, start-up; against sqlite3 and an empty program."""
import json, os, sqlite3, subprocess, time, zipfile


def records(folder):
    for archive in sorted(folder.glob("*/all.zip")):
        with zipfile.ZipFile(archive) as z:
            for name in z.namelist():
                yield z.read(name)


def inventory(folder, wanted=1000):
    """Packages that advisories speak of, at versions their ranges mention, as lines of `strake eval vulnerabilities`."""
    lines = []
    with zipfile.ZipFile(folder / "Debian/all.zip") as z:
        for name in z.namelist():
            for a in json.loads(z.read(name)).get("affected", []):
                if a["package"]["ecosystem"] == "Debian:10" and len(lines) < wanted:
                    fixed = [e["fixed"] for r in a["ranges"] for e in r["events"] if "fixed" in e]
                    lines.append(json.dumps({"os": "debian", "os_version": "10", "type": "deb", "name": a["package"]["name"], "version": fixed[0] + "~"}))
    return (lines * (wanted // max(len(lines), 1) + 1))[:wanted]


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
    bench.row("start-up: /bin/true on this machine", 1000 * true, "ms")
    questions = bench.work / "questions"
    questions.write_text("")
    opened = bench.best([bench.strake, "eval", "vulnerabilities"], stdin=questions, env=env, repeat=20)
    bench.row("open: added to the start-up", max(0, 1000 * (opened - start)), "ms", "<= 1")
    lines = inventory(osv)
    questions.write_text("\n".join(lines) + "\n")
    matched = bench.best([bench.strake, "eval", "vulnerabilities"], stdin=questions, env=env, repeat=5)
    bench.row(f"match: {len(lines)} packages, one by one, each with its vulnerability", 1000 * (matched - opened), "ms")
    inventory_like_sqlite(bench, osv, lines, matched - opened)


def inventory_like_sqlite(bench, osv, lines, ours):
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
    for line in lines:
        q = json.loads(line)
        for (text,) in table.execute("select record from a where ecosystem = 'Debian:10' and name = ?", (q["name"],)):
            json.loads(text)
    bench.row("match: time against look-ups of JSON in SQLite", ours / (time.monotonic() - begin), "x")
