# SPDX-License-Identifier: Apache-2.0
"""The facts of data/advisories: each names its source, and those that this machine can look up again are right."""
import gzip, json, re, subprocess
from pathlib import Path

from _tap import ROOT, SHARED, main, ok, skip, strake
from _reference import records

RECORDS = [json.loads(f.read_text()) for f in sorted((ROOT / "data/advisories").glob("*.json"))]
ROWS = [(r, a) for r in RECORDS for a in r["affected"]]


def events(entry):
    return [r["events"] for r in entry["ranges"]]


def every_fact_has_a_source():
    bare = [f"{r['id']} {a['package']}" for r, a in ROWS if a.get("database_specific", {}).get("source") not in [x["url"] for x in r["references"]]]
    bare += [r["id"] for r in RECORDS if r["database_specific"].get("cvss_source") not in [x["url"] for x in r["references"]]]
    ok(not bare, f"{len(RECORDS)} records with {len(ROWS)} packages name their sources", "\n".join(bare))
    listed = set(re.findall(r"CVE-[0-9-]+", (ROOT / "data/meson.build").read_text()))
    ok(listed == {r["id"] for r in RECORDS}, "all of them are compiled in", listed ^ {r["id"] for r in RECORDS})
    p = strake("db", "status")
    ok(f"Advisories  {len(RECORDS)} for" in p.stdout, "db status counts them", p.stdout + p.stderr)


def against_the_collection():
    if not (SHARED / "osv").exists():
        return skip("built-in rows against OSV's records", "../shared is not beside this checkout")
    wanted, known, scores = {r["id"] for r in RECORDS}, {}, {}
    for other in records(SHARED / "osv"):
        for id in {other["id"], *other.get("aliases", []), *other.get("upstream", [])} & wanted:
            for entry in other["affected"]:
                known.setdefault((id, entry["package"]["ecosystem"], entry["package"]["name"]), []).append(events(entry))
            scores.setdefault(id, set()).update(s["score"] for s in other.get("severity", []))
    rows = [(r, a, known[key]) for r, a in ROWS if (key := (r["id"], a["package"]["ecosystem"], a["package"]["name"])) in known]
    wrong = [f"{r['id']} {a['package']}: {events(a)}, not {there}" for r, a, there in rows if events(a) not in there]
    ok(rows and not wrong, f"{len(rows)} rows are what OSV's records say", "\n".join(wrong))
    scored = [r for r in RECORDS if scores.get(r["id"])]
    wrong = [r["id"] for r in scored if r["severity"][0]["score"] not in scores[r["id"]]]
    ok(scored and not wrong, f"{len(scored)} CVSS vectors are what OSV's records say", wrong)


def changelogs():
    """{source package: its changelog} of what is installed here."""
    p = subprocess.run(["dpkg-query", "-W", "-f", "${source:Package} ${Package}\n"], capture_output=True, text=True)
    for line in p.stdout.splitlines():
        source, package = line.split()
        file = Path(f"/usr/share/doc/{package}/changelog.Debian.gz")
        if file.is_file():
            yield source, file


def against_changelogs():
    """A Debian package's own changelog tells in which version a vulnerability was mended."""
    release = Path("/etc/debian_version")
    major = release.read_text().split(".")[0].strip() if release.exists() else ""
    wanted = {}
    for r, a in ROWS:
        if a["package"]["ecosystem"] == f"Debian:{major}":
            wanted.setdefault(a["package"]["name"], []).append((r["id"], a["ranges"][0]["events"][-1]["fixed"]))
    files = {s: f for s, f in changelogs() if s in wanted}
    checked, wrong = 0, []
    for source, file in sorted(files.items()):
        with gzip.open(file, "rt", errors="replace") as f:
            entries = re.split(r"(?m)^(?=[a-z0-9][^ ]* \()", f.read())
        for id, fixed in wanted[source]:
            versions = [e.split("(")[1].split(")")[0] for e in entries if id in e]
            checked += bool(versions)
            if versions and fixed not in versions:
                wrong.append(f"{id} {source}: fixed in {fixed}, the changelog says {versions}")
    if not checked:
        return skip("built-in rows against changelogs of this system", "none of the packages is installed with its changelog")
    ok(not wrong, f"{checked} rows are what the installed packages' changelogs say", "\n".join(wrong))


main(every_fact_has_a_source, against_the_collection, against_changelogs)
