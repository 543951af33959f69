# SPDX-License-Identifier: Apache-2.0
"""
Advisories of systems that the collection has none of: rpm distributions, Ubuntu, Chainguard. An rpm root that rpm itself fills, a dpkg status and an
apk database, judged by records made here and by an obvious reference: which ecosystems speak of a system stands in a table, rpm and dpkg compare.
"""
import json, shutil, subprocess, tempfile
from pathlib import Path

from _images import scan
from _tap import main, ok, skip, strake

# Source package: its binary packages, epoch, version, release, and its module's label.
SOURCES = {
    "openssl": (["openssl", "openssl-libs"], 1, "3.0.7", "25.el9_3", ""),
    "bind": (["bind-libs"], 32, "9.16.23", "14.el9_3", ""),
    "tilde": (["tilde-tools"], 0, "2.0~rc1", "3", ""),
    "nodejs": (["nodejs", "npm"], 1, "18.19.1", "1.module+el9.3.0+21388+22892fb9", "nodejs:18:9030020240301111035:rhel9"),
    "plain": (["plain"], 0, "1.0", "1.el9", ""),
}
# Fixed versions that records state of each source; some above what is installed, some not, some of the other kind of build.
FIXES = {
    "openssl": ["1:3.0.7-25.el9_3", "1:3.0.7-26.el9", "3.5.0-1.el9", "1:3.0.7-25.el9_3.1", None],
    "bind": ["32:9.16.23-14.el9_3", "32:9.16.23-15.el9", "33:1.0-1", "9.99-1"],
    "tilde": ["2.0-1", "2.0~rc1-3", "2.0~rc2-1", "2.0~beta9-1", "2.0^git1-1"],
    "nodejs": ["1:18.20.2-1.module+el9.4.0+21742+692df1ea", "1:18.20.2-1.el9", "1:16.20.2-8.module+el9.4.0+21536+761a1d33"],
    "plain": ["1.0-2.el9", "1.0-2.module+el9.3.0+1+a", "0:1.0-1.el9", "0:1.0-1.1"],
}
# System: its os-release, what speaks of it, what does not, and whether its advisories go by the source's name.
SYSTEMS = {
    "RHEL": ('ID="rhel"\nVERSION_ID="9.4"\n', ["Red Hat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9::appstream"],
             ["Red Hat:enterprise_linux:8::baseos", "Red Hat:rhel_eus:9.2::baseos", "Red Hat:openshift:4.14::el9"], False),
    "CentOS": ('ID="centos"\nVERSION_ID="8"\n', ["Red Hat:enterprise_linux:8::baseos"], ["Red Hat:enterprise_linux:9::baseos"], False),
    "AlmaLinux": ('ID="almalinux"\nVERSION_ID="9.3"\n', ["AlmaLinux:9"], ["AlmaLinux:8", "Rocky Linux:9"], False),
    "Rocky Linux": ('ID="rocky"\nVERSION_ID="9.3"\n', ["Rocky Linux:9"], ["Rocky Linux:8", "AlmaLinux:9"], False),
    "SLES": ('ID="sles"\nVERSION_ID="15.5"\n', ["SUSE:Linux Enterprise Server 15 SP5", "SUSE:Linux Enterprise Module for Basesystem 15 SP5"],
             ["SUSE:Linux Enterprise Server 15 SP4", "SUSE:Linux Enterprise Micro 5.5", "openSUSE:Leap 15.5"], False),
    "SLE Micro": ('ID="sle-micro"\nVERSION_ID="5.5"\n', ["SUSE:Linux Enterprise Micro 5.5"], ["SUSE:Linux Enterprise Micro 5.4"], False),
    "Leap": ('ID="opensuse-leap"\nVERSION_ID="15.5"\n', ["openSUSE:Leap 15.5"], ["openSUSE:Leap 15.6", "openSUSE:Tumbleweed"], False),
    "Tumbleweed": ('ID="opensuse-tumbleweed"\nVERSION_ID="20241001"\n', ["openSUSE:Tumbleweed"], ["openSUSE:Leap 15.5"], False),
    "Azure Linux": ('ID=azurelinux\nVERSION_ID="3.0"\n', ["Azure Linux:3"], ["Azure Linux:2"], True),
    "Photon OS": ('ID=photon\nVERSION_ID=5.0\n', ["Photon OS:5.0"], ["Photon OS:4.0"], True),
    "Mageia": ('ID=mageia\nVERSION_ID=9\n', ["Mageia:9"], ["Mageia:8"], True),
    "openEuler": ('ID="openEuler"\nVERSION="22.03 (LTS-SP3)"\nVERSION_ID="22.03"\n', ["openEuler:22.03-LTS-SP3"], ["openEuler:22.03-LTS", "openEuler:22.03-LTS-SP1"], True),
}

SPEC = """Name: {source}
Epoch: {epoch}
Version: {version}
Release: {release}
Summary: test
License: MIT
BuildArch: noarch
{label}
%description
test
"""


def rpm_root(work):
    """A root file system with an rpm database that rpm has filled from packages built here."""
    top, root = work / "build", work / "root"
    root.mkdir()
    for source, (binaries, epoch, version, release, label) in SOURCES.items():
        text = SPEC.format(source=source, epoch=epoch, version=version, release=release, label=f"ModularityLabel: {label}" if label else "")
        for name in binaries:
            text += "%files\n" if name == source else f"%package -n {name}\nSummary: test\n%description -n {name}\ntest\n%files -n {name}\n"
        (work / f"{source}.spec").write_text(text)
        subprocess.run(["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {top}", str(work / f"{source}.spec")], check=True, capture_output=True)
    rpm = ["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm"]
    subprocess.run([*rpm, "--initdb"], check=True, capture_output=True)
    subprocess.run([*rpm, "-i", "--nodeps", "--noscripts", *map(str, sorted((top / "RPMS/noarch").glob("*.rpm")))], check=True, capture_output=True)
    return root


class Rpm:
    """rpm's own comparison, through its macro processor; every pair once."""
    def __init__(self):
        self.known = {}

    def __call__(self, a, b):
        if (a, b) not in self.known:
            text = subprocess.run(["rpm", "--eval", f"%{{lua:print(rpm.vercmp('{a}', '{b}'))}}"], check=True, capture_output=True, text=True).stdout
            self.known[a, b] = int(text)
        return self.known[a, b]


def dpkg(a, b):
    return next(n for n, op in ((-1, "lt"), (0, "eq"), (1, "gt")) if subprocess.run(["dpkg", "--compare-versions", a, op, b]).returncode == 0)


class Records:
    """OSV records, one a CVE, and what they say."""
    def __init__(self, folder):
        self.folder, self.rows = folder, []
        folder.mkdir()

    def add(self, ecosystem, package, fixed):
        id = f"CVE-2099-{len(self.rows):04}"
        events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
        record = {"id": id, "modified": "2026-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]}
        (self.folder / f"{id}.json").write_text(json.dumps(record))
        self.rows.append((id, ecosystem, package, fixed))

    def database(self):
        out = self.folder.with_suffix(".db")
        p = strake("db", "build", "-q", "--from", self.folder, "--output", out)
        if p.returncode:
            raise RuntimeError(p.stderr)
        return out


def found(report):
    return {(f["package"]["name"], f["id"]) for f in report["findings"] if "vulnerability" in f}


def check(name, report, run, want):
    if not ok(report is not None and run.returncode == 0, f"{name}: scanned", run.stderr):
        return
    got = found(report)
    ok(got == want, f"{name}: {len(want)} vulnerabilities, no false hit, no miss", f"missed {sorted(want - got)[:6]}\nfalse {sorted(got - want)[:6]}")


def rpm_systems(work):
    missing = [p for p in ("rpm", "rpmbuild") if not shutil.which(p)]
    if missing:
        return skip("rpm systems", f"{missing[0]} is not installed")
    root, compare, records = rpm_root(work), Rpm(), Records(work / "rpm-osv")
    names = {n for binaries, *_ in SOURCES.values() for n in binaries} | set(SOURCES)
    source_of = {n: s for s, (binaries, *_) in SOURCES.items() for n in binaries}
    for ecosystem in sorted({e for _, ours, others, _ in SYSTEMS.values() for e in ours + others}):
        for name in sorted(names):
            for fixed in FIXES[source_of.get(name, name)]:
                records.add(ecosystem, name, fixed)
    db = records.database()
    (root / "etc").mkdir(exist_ok=True)
    for system, (release, ours, _, by_source) in SYSTEMS.items():
        (root / "etc/os-release").write_text(release)
        want = set()
        for source, (binaries, epoch, version, build, label) in SOURCES.items():
            installed = f"{epoch}:{version}-{build}"
            for binary in binaries:
                for id, ecosystem, package, fixed in records.rows:
                    if ecosystem not in ours or package != (source if by_source else binary):
                        continue
                    other_kind = fixed and (".module" in fixed) != bool(label)
                    if not other_kind and (not fixed or compare(installed, fixed) < 0):
                        want.add((binary, id))
        check(system, *scan("--db", db, "--scanners", "vuln", root), want)
    (root / "etc/os-release").write_text('ID="fedora"\nVERSION_ID="40"\n')
    report, run = scan("--db", db, "--scanners", "vuln", root)
    ok(run.returncode == 3 and not found(report) and "fedora 40" in json.dumps(report["incomplete"]), "a system that no advisory speaks of is a gap, not clean", run.stderr)


UBUNTU = {"zlib": ("zlib1g", "1:1.2.11.dfsg-2ubuntu9"), "openssl": ("libssl3", "3.0.2-0ubuntu1.10"), "old": ("old-data", "1.0~beta-1build2")}
UBUNTU_FIXES = {"zlib": ["1:1.2.11.dfsg-2ubuntu9.2", "1:1.2.11.dfsg-2ubuntu9", None], "openssl": ["3.0.2-0ubuntu1.12", "3.0.2-0ubuntu1.9", "3.0.2-0ubuntu1.10+esm1"],
                "old": ["1.0-1", "1.0~alpha-1"]}


def ubuntu(work):
    records, root = Records(work / "ubuntu-osv"), work / "ubuntu"
    for ecosystem in ("Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS", "Ubuntu:Pro:FIPS:22.04:LTS", "Ubuntu:20.04:LTS", "Ubuntu:23.10", "Debian:12"):
        for source, fixes in UBUNTU_FIXES.items():
            for fixed in fixes:
                records.add(ecosystem, source, fixed)
            records.add(ecosystem, UBUNTU[source][0], None)  # a binary's name: Ubuntu's advisories go by the source
    status = "".join(f"Package: {b}\nStatus: install ok installed\nArchitecture: amd64\nSource: {s}\nVersion: {v}\n\n" for s, (b, v) in UBUNTU.items())
    for path, text in {"etc/os-release": 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy\n', "var/lib/dpkg/status": status}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    want = {(UBUNTU[package][0], id) for id, ecosystem, package, fixed in records.rows if ecosystem in ("Ubuntu:22.04:LTS", "Ubuntu:Pro:22.04:LTS") and package in UBUNTU
            and (not fixed or dpkg(UBUNTU[package][1], fixed) < 0)}
    report, run = scan("--db", records.database(), "--scanners", "vuln", root)
    check("Ubuntu 22.04", report, run, want)
    pro = [f for f in report["findings"] if any(f["id"] == r[0] and r[1].startswith("Ubuntu:Pro") for r in records.rows)]
    ok(pro and not any(f["vulnerability"].get("fixed_version") for f in pro), "what only subscribers can have is no fix for others", pro[:2])


APK = {"openssl": (["libcrypto3", "libssl3"], "3.3.1-r2"), "curl": (["curl"], "8.9.0-r0"), "go": (["go-1.22"], "1.22.5_rc1-r0")}
# By hand: does the fix lie above what is installed?
APK_FIXES = {"openssl": {"3.3.1-r3": True, "3.3.1-r2": False, "3.3.1_p1-r0": True, "0": False}, "curl": {"8.9.0-r0": False, "8.9.1-r0": True, "8.9.0_git20240724-r0": True},
             "go": {"1.22.5-r0": True, "1.22.5_beta3-r0": False, "1.22.5_rc1-r1": True}}


def apk_systems(work):
    records = Records(work / "apk-osv")
    for ecosystem in ("Wolfi", "Chainguard", "Alpine:v3.20", "Alpine:v3.19", "MinimOS"):
        for source, fixes in APK_FIXES.items():
            for fixed in fixes:
                records.add(ecosystem, source, fixed)
    db = records.database()
    installed = "".join(f"P:{b}\nV:{v}\nA:x86_64\no:{s}\n\n" for s, (binaries, v) in APK.items() for b in binaries)
    for system, release, ours in (("Wolfi", "ID=wolfi\nVERSION_ID=20230201\n", ["Wolfi"]), ("Chainguard", "ID=chainguard\nVERSION_ID=20230214\n", ["Chainguard", "Wolfi"]),
                                  ("Alpine", "ID=alpine\nVERSION_ID=3.20.1\n", ["Alpine:v3.20"]), ("MinimOS", "ID=minimos\n", ["MinimOS"])):
        root = work / system
        for path, text in {"etc/os-release": release, "lib/apk/db/installed": installed}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        want = {(b, id) for id, ecosystem, package, fixed in records.rows if ecosystem in ours and APK_FIXES[package][fixed] for b in APK[package][0]}
        check(system, *scan("--db", db, "--scanners", "vuln", root), want)


def everything():
    with tempfile.TemporaryDirectory() as folder:
        for part in (rpm_systems, ubuntu, apk_systems):
            part(Path(folder))


main(everything)
