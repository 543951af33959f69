# SPDX-License-Identifier: Apache-2.0
"""A slow, obvious reading of OSV records: which vulnerabilities a package at a version has. Tests hold the program against it."""
import json, re, subprocess, zipfile
from collections import defaultdict
from functools import cmp_to_key

from _tap import SHARED, strake


def records_of(archive):
    with zipfile.ZipFile(archive) as z:
        for name in z.namelist():
            yield json.loads(z.read(name))


def records(folder):
    for archive in sorted(folder.glob("*/all.zip")):
        yield from records_of(archive)


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


class Dpkg:
    """Debian's own program compares; every pair once."""
    def __init__(self):
        self.known = {}

    def __call__(self, scheme, a, b):
        if (a, b) not in self.known:
            if subprocess.run(["dpkg", "--compare-versions", a, "lt", b]).returncode == 0:
                self.known[a, b] = -1
            else:
                self.known[a, b] = 0 if subprocess.run(["dpkg", "--compare-versions", a, "eq", b]).returncode == 0 else 1
        return self.known[a, b]


class Strake:
    """The program's own comparison, itself held against the distributions' test vectors; one question at a time is slow, so they are gathered."""
    def __init__(self, scheme, rows, versions):
        self.compare = Compare()
        for _, entry in rows:
            marks = {v for r in entry.get("ranges", []) for e in r["events"] for v in e.values()} - {"0"}
            for x in marks:
                for y in marks | versions:
                    self.compare.want(scheme, x, y)
        self.compare.ask()

    def __call__(self, scheme, a, b):
        return self.compare(scheme, a, b)


class Collection:
    """The records of one folder of the collection, by ecosystem and package."""
    def __init__(self, folder):
        live = [r for r in records_of(SHARED / "osv" / folder / "all.zip") if not r.get("withdrawn")]
        self.by_id = {r["id"]: r for r in live}
        self.entries = defaultdict(list)
        for r in live:
            for a in r.get("affected", []):
                self.entries[a["package"]["ecosystem"], a["package"]["name"]].append((r, a))

    def vulnerabilities(self, ecosystem, name, version, scheme, compare):
        found = set()
        for record, entry in self.entries[ecosystem, name]:
            if affected_by(entry, version, scheme, compare):
                found |= names_of(record, self.by_id)
        return found
