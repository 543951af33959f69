# SPDX-License-Identifier: Apache-2.0
"""The database against a slow, obvious reading of the same OSV records: every package at every version its advisories mention."""
import json, os, tempfile
from collections import defaultdict
from pathlib import Path

import _tap
from _reference import Compare, affected_by, names_of, normal, records
from _tap import SHARED, main, ok, skip, strake

_tap.STRAKE = os.environ.get("STRAKE_RELEASE", _tap.STRAKE)  # hundreds of thousands of comparisons; the fuzz targets have the sanitizers

# What the ecosystems of the collection are: how the inventory calls such a package, and of which system it is.
SYSTEMS = {"Debian": ("deb", "debian", "deb"), "Alpine": ("apk", "alpine", "apk"), "Wolfi": ("apk", "wolfi", "apk"),
           "Go": ("golang", "", "go"), "PyPI": ("pypi", "", "pep440"), "crates.io": ("cargo", "", "semver")}


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


# Trivy's buckets that OSV has an ecosystem for, and how os-release calls the system.
BUCKETS = {"alpine 3.10": "Alpine:v3.10", "alpine 3.9": "Alpine:v3.9", "alpine edge": "Alpine:edge", "debian 9": "Debian:9", "debian 10": "Debian:10",
           "ubuntu 18.04": "Ubuntu:18.04:LTS", "ubuntu 22.04": "Ubuntu:22.04:LTS", "Photon OS 3.0": "Photon OS:3.0", "openSUSE Tumbleweed": "openSUSE:Tumbleweed",
           "rocky 8": "Rocky Linux:8", "alma 8": "AlmaLinux:8"}
TYPES = {"alpine": "apk", "debian": "deb", "ubuntu": "deb"}


def whole_systems():
    """Inventories of whole images with the findings Trivy has, its advisories rewritten as OSV records."""
    folder = SHARED / "fixtures"
    if not folder.exists():
        return skip("whole systems", "../shared is not beside this checkout")
    tree = json.loads((folder / "trivydb/tree.json").read_text())
    with tempfile.TemporaryDirectory() as work:
        source, number = Path(work) / "osv", 0
        source.mkdir()
        for bucket, ecosystem in BUCKETS.items():
            for name, advisories in tree.get(bucket, {}).items():
                for id, row in advisories.items():
                    fixed = row.get("FixedVersion", "")
                    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
                    record = {"id": id if "SU-" in id else f"T-{number}", "upstream": [] if "SU-" in id else [id],
                              "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}
                    (source / f"{number}.json").write_text(json.dumps(record))
                    number += 1
        strake("db", "build", "-q", "--from", source, "--output", Path(work) / "x.db")
        for case in sorted((folder / "match").glob("*.json")):
            data = json.loads(case.read_text())
            family, version = data["os"]["Family"], data["os"]["Name"]
            if family in ("amazon", "centos", "redhat"):
                continue  # OSV has no data of the first; the others' rows are chosen by CPE lists that OSV does not carry
            lines = [json.dumps({"os": family, "os_version": version, "type": TYPES.get(family, "rpm"), "name": p["Name"], "version": full(p, ""),
                                 "source": p.get("SrcName", ""), "source_version": full(p, "Src")}) + "\n" for p in data["packages"]]
            p = strake("eval", "vulnerabilities", stdin="".join(lines).encode(), env={**os.environ, "STRAKE_DB": str(Path(work) / "x.db")})
            got = {(package["Name"], *hit.split("=", 1)) for package, answer in zip(data["packages"], p.stdout.splitlines())
                   for hit in (answer.split(" ") if "=" in answer else [])}
            got = {x for x in got if x[2] or "ignore-unfixed" not in case.stem}
            want = {(f["PkgName"], f["VulnerabilityID"], f.get("FixedVersion") or "") for f in data["findings"]}
            ok(got == want and "unknown" not in p.stdout.split("\n"), f"{case.stem}: {len(want)} findings", f"missed {want - got}\nfalse {got - want}\n{p.stderr}")


def full(package, prefix):
    """Epoch, version and release as one text."""
    version, release, epoch = package.get(prefix + "Version", ""), package.get(prefix + "Release", ""), package.get(prefix + "Epoch", 0)
    return (f"{epoch}:" if epoch else "") + version + (f"-{release}" if release else "")


main(whole_collection, whole_systems)
