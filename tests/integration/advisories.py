# SPDX-License-Identifier: Apache-2.0
"""The database against a slow, obvious reading of the same OSV records: every package at every version its advisories mention."""
import json, os, re, tempfile, zipfile
from collections import defaultdict
from functools import cmp_to_key
from pathlib import Path

import _tap
from _tap import SHARED, main, ok, skip, strake

_tap.STRAKE = os.environ.get("STRAKE_RELEASE", _tap.STRAKE)  # hundreds of thousands of comparisons; the fuzz targets have the sanitizers

# What the ecosystems of the collection are: how the inventory calls such a package, and of which system it is.
SYSTEMS = {"Debian": ("deb", "debian", "deb"), "Alpine": ("apk", "alpine", "apk"), "Wolfi": ("apk", "wolfi", "apk"),
           "Go": ("golang", "", "go"), "PyPI": ("pypi", "", "pep440"), "crates.io": ("cargo", "", "semver")}


def records(folder):
    for archive in sorted(folder.glob("*/all.zip")):
        with zipfile.ZipFile(archive) as z:
            for name in z.namelist():
                yield json.loads(z.read(name))


class Compare:
    """Answers of `strake eval versions` for all pairs that are needed, asked for in one go."""
    def __init__(self):
        self.asked, self.known = {}, {}

    def want(self, scheme, a, b):
        self.asked[scheme, a, b] = None

    def ask(self):
        lines = [f"compare\t{s}\t{a}\t{b}" for s, a, b in self.asked]
        answers = strake("eval", "versions", stdin="".join(x + "\n" for x in lines).encode(), timeout=900).stdout.splitlines()
        self.known = dict(zip(self.asked, answers))

    def __call__(self, scheme, a, b):
        return int(self.known[scheme, a, b]) if self.known[scheme, a, b] != "invalid" else None


def normal(ecosystem, name):
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name


def in_range(events, version, scheme, compare):
    """Sort, walk, as the schema says; None when a version cannot be compared."""
    flat = [(kind, at) for event in events for kind, at in event.items()]
    if any(at != "0" and compare(scheme, at, version) is None for _, at in flat):
        return None
    rank = {"introduced": 0, "fixed": 1, "last_affected": 1}
    order = lambda x, y: (-1 if x[1] == "0" else 1) if "0" in (x[1], y[1]) and x[1] != y[1] else (compare(scheme, x[1], y[1]) if x[1] != y[1] else 0) or rank[x[0]] - rank[y[0]]
    on = False
    for kind, at in sorted(flat, key=cmp_to_key(order)):
        c = -1 if at == "0" else compare(scheme, at, version)
        if kind == "introduced" and c <= 0:
            on = True
        elif (kind == "fixed" and c <= 0) or (kind == "last_affected" and c < 0):
            on = False
    return on


def affected_by(entry, version, scheme, compare):
    if version in entry.get("versions", []):
        return True
    ranges = [r for r in entry.get("ranges", []) if r["type"] in ("ECOSYSTEM", "SEMVER")]
    if not ranges and not entry.get("versions"):
        return True
    verdicts = [in_range(r["events"], version, scheme, compare) for r in ranges]
    return True if True in verdicts else None if None in verdicts else False


def names_of(record, by_id):
    """The CVEs of a record; else of a record that an alias names; else a GHSA; else its own id."""
    if record["id"].startswith("CVE-"):
        return {record["id"]}
    for key in ("aliases", "upstream"):
        cves = {x for x in record.get(key) or [] if x.startswith("CVE-")}
        if cves:
            return cves
    for key in ("aliases", "upstream"):
        cves = set()
        for alias in record.get(key) or []:
            other = by_id.get(alias)
            if other:
                cves |= {x for k in ("aliases", "upstream") for x in other.get(k) or [] if x.startswith("CVE-")}
        if cves:
            return cves
    for key in ("aliases", "upstream"):
        ghsa = sorted(x for x in record.get(key) or [] if x.startswith("GHSA-"))
        if ghsa and not record["id"].startswith("GHSA-"):
            return {ghsa[0]}
    return {record["id"]}


def whole_collection():
    folder = SHARED / "osv"
    if not folder.exists():
        return skip("the collection of advisories", "../shared is not beside this checkout")
    live = [r for r in records(folder) if not r.get("withdrawn")]
    by_id = {r["id"]: r for r in live}
    entries = defaultdict(list)
    for r in live:
        for a in r.get("affected", []):
            base = a["package"]["ecosystem"].split(":")[0]
            entries[a["package"]["ecosystem"], normal(base, a["package"]["name"])].append((r, a))
    questions, compare = [], Compare()
    for (ecosystem, name), rows in sorted(entries.items()):
        kind, system, scheme = SYSTEMS[ecosystem.split(":")[0]]
        events = sorted({v for _, a in rows for r in a.get("ranges", []) if r["type"] != "GIT" for e in r["events"] for v in e.values() if v != "0"})
        # a part of long lists keeps this a matter of seconds
        for version in (events if len(events) < 8 else events[::len(events) // 6]) or ["1.0"]:
            questions.append((ecosystem, name, kind, system, scheme, version))
            for at in events:
                compare.want(scheme, at, version)
        for _, a in rows:
            for r in a.get("ranges", []):
                marks = {v for e in r["events"] for v in e.values()} - {"0"}
                for x in marks:
                    for y in marks:
                        compare.want(scheme, x, y)
    compare.ask()
    with tempfile.TemporaryDirectory() as work:
        db = Path(work) / "advisories.db"
        p = strake("db", "build", "--from", folder, "--output", db, timeout=900)
        if not ok(p.returncode == 0, "the collection compiles", p.stderr):
            return
        lines = [json.dumps({"os": system, "os_version": e.partition(":")[2].lstrip("v"), "type": kind, "name": name, "version": version}) + "\n"
                 for e, name, kind, system, scheme, version in questions]
        p = strake("eval", "vulnerabilities", stdin="".join(lines).encode(), env={**os.environ, "STRAKE_DB": str(db)}, timeout=900)
    got, wrong, findings = p.stdout.splitlines(), [], 0
    ok(len(got) == len(questions), "every question has an answer", p.stderr)
    for (ecosystem, name, kind, system, scheme, version), answer in zip(questions, got):
        want, doubt = set(), False
        for record, entry in entries[ecosystem, name]:
            verdict = affected_by(entry, version, scheme, compare)
            doubt |= verdict is None
            if verdict:
                want |= names_of(record, by_id)
        have = set() if answer in ("none", "unknown") else {x.split("=")[0] for x in answer.split(" ")}
        findings += len(have)
        if have != want or (not want and doubt and answer != "unknown"):
            wrong.append(f"{ecosystem} {name} {version}: missed {sorted(want - have)[:4]}, false {sorted(have - want)[:4]}, {answer[:40]}")
    ok(not wrong, f"{len(questions)} packages, {findings} findings: no false hit, no miss", f"{len(wrong)} differ\n" + "\n".join(wrong[:20]))


main(whole_collection)
