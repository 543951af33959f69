# SPDX-License-Identifier: Apache-2.0
"""Alpine, Wolfi and rpm systems from real package databases, databases that layers replace and delete, and what newcomers get wrong."""
import gzip, json, shutil, sqlite3, subprocess, tempfile
from pathlib import Path

from _images import archive, database, layer, packages, scan, vulnerabilities
from _reference import Collection, Strake
from _tap import SHARED, main, ok, skip, strake

FIXTURES = SHARED / "fixtures"


def fixture(text):
    """The row of the collection whose input ends so, and its file's bytes."""
    row = next(r for r in json.loads((FIXTURES / "index.json").read_text()) if str(r.get("input", "")).endswith(text) and r.get("expected", {}).get("packages"))
    content = (FIXTURES / row["input"]).read_bytes()
    return row["expected"]["packages"], gzip.decompress(content) if text.endswith(".gz") else content


def tree(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def alpine(work, db):
    for name, text, system, ecosystem, where in (
            ("Alpine 3.4", "pkg/apk/testdata/apk", "ID=alpine\nVERSION_ID=3.4.6\n", "Alpine:v3.4", "lib/apk/db/installed"),
            ("Alpine 3.11", "os/apk/testdata/installed", "ID=alpine\nVERSION_ID=3.11.13\n", "Alpine:v3.11", "usr/lib/apk/db/installed"),
            ("Wolfi", "os/apk/testdata/installed", "ID=wolfi\nVERSION_ID=20230201\n", "Wolfi", "lib/apk/db/installed")):
        want, installed = fixture(text)
        root = tree(work / name, {where: installed, "etc/os-release": system.encode()})
        rows = {(p["name"], p["version"], p.get("source_name") or p["name"]) for p in want}
        collection = Collection(ecosystem.split(":")[0])
        compare = Strake("apk", [e for _, _, source in rows for e in collection.entries[ecosystem, source]], {v for _, v, _ in rows})
        found = {(n, v, x) for n, v, source in rows for x in collection.vulnerabilities(ecosystem, source, v, "apk", compare)}
        report, run = scan("--db", db, root)
        # The first database has an entry without a version: the rest is listed, and the run is not called complete.
        if ok(report is not None and run.returncode == (3 if b"invalidPackageWithoutAVersion" in installed else 0), f"{name}: scanned", run.stderr):
            got = {(p[0], p[1], p[3]) for p in packages(report)}
            ok(got == rows, f"{name}: its {len(rows)} packages", sorted(got ^ rows)[:6])
            ok(vulnerabilities(report) == found, f"{name}: its {len(found)} vulnerabilities", sorted(vulnerabilities(report) ^ found)[:6])


def version_of(p):
    epoch = f"{p['epoch']}:" if p.get("epoch") else ""
    return epoch + (p["version"] if p.get("type") == "RpmPkg" else f"{p['version']}-{p['release']}")


def rpm_fixtures(work):
    """The three forms as other projects collected them."""
    for name, text, where in (("SQLite", "rpmdb.sqlite.gz", "var/lib/rpm/rpmdb.sqlite"), ("NDB", "Packages.db.gz", "usr/lib/sysimage/rpm/Packages.db"),
                              ("Berkeley DB", "redhat/testdata/Packages", "var/lib/rpm/Packages")):
        want, content = fixture(text)
        root = tree(work / f"rpm {name}", {where: content, "etc/os-release": b'ID="rhel"\nVERSION_ID="9.4"\n'})
        report, run = scan("--scanners", "none", root)
        rows = {(p["name"], version_of(p), p["arch"]) for p in want}
        if ok(report is not None and run.returncode == 0, f"rpm in {name}: scanned", run.stderr):
            got = {p[:3] for p in packages(report)}
            ok(got == rows, f"rpm in {name}: its {len(rows)} packages", sorted(got ^ rows)[:6])


SPEC = """Name: {0}
Epoch: {1}
Version: {2}
Release: {3}
Summary: test
License: MIT and BSD
BuildArch: noarch
%description
test
%package part
Summary: part
%description part
part
%files
%files part
"""


def rpm_own(work):
    """A database that rpm itself makes here."""
    if not shutil.which("rpmbuild"):
        return skip("rpm's own database", "rpmbuild is not installed")
    top, root = work / "rpmbuild", work / "rpmroot"
    root.mkdir()
    for name, epoch, version, release in (("first", 0, "1.0~rc1", "1.el9"), ("second", 2, "3.4", "5.el9_2")):
        spec = work / f"{name}.spec"
        spec.write_text(SPEC.format(name, epoch, version, release))
        subprocess.run(["rpmbuild", "-bb", "--quiet", "--define", f"_topdir {top}", str(spec)], check=True, capture_output=True)
    rpm = ["rpm", "--root", str(root), "--dbpath", "/var/lib/rpm"]
    subprocess.run([*rpm, "--initdb"], check=True, capture_output=True)
    subprocess.run([*rpm, "-i", "--nodeps", "--noscripts", *map(str, sorted((top / "RPMS/noarch").glob("*.rpm")))], check=True, capture_output=True)
    listed = subprocess.run([*rpm, "-qa", "--qf", r"%{NAME} %|EPOCH?{%{EPOCH}}:{0}| %{VERSION}-%{RELEASE} %{ARCH} %{SOURCERPM} %{LICENSE}\n"],
                            check=True, capture_output=True, text=True).stdout
    rows = set()
    for line in listed.splitlines():
        name, epoch, version, arch, source, license = line.split(" ", 5)
        rows.add((name, (f"{epoch}:" if epoch != "0" else "") + version, arch, source.rsplit("-", 2)[0], license))
    tree(root, {"etc/os-release": b'ID="rocky"\nVERSION_ID="9.3"\n'})
    report, run = scan("--scanners", "none", root)
    got = {(p["name"], p["version"], p["architecture"], p["source_name"], p["license"]) for p in report["packages"]}
    ok(len(rows) == 4 and got == rows, "rpm's own database: what rpm -qa lists", f"{sorted(got ^ rows)} {run.stderr}")
    purl = next(p["purl"] for p in report["packages"] if p["name"] == "second-part")
    ok(purl == "pkg:rpm/rocky/second-part@3.4-5.el9_2?arch=noarch&distro=rocky-9.3&epoch=2", "an rpm package's purl", purl)


def status(*rows):
    return "".join(f"Package: {n}\nStatus: install ok installed\nVersion: {v}\nArchitecture: all\n\n" for n, v in rows).encode()


def listed(work, name, layers):
    report, run = scan("--scanners", "none", archive(work / f"{name}.tar", layers))
    return {(p["name"], p["version"], p["layer_index"]) for p in report["packages"]}, report, run


def layers(work):
    system = {"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "etc/debian_version": b"12.5\n"}
    base = layer({**system, "var/lib/dpkg/status": status(("a", "1"), ("b", "1"), ("c", "1"))})
    got, _, _ = listed(work, "replaced", [base, layer({"var/lib/dpkg/status": status(("a", "1"), ("b", "2"), ("d", "1"))}), layer({"x": b"y"})])
    ok(got == {("a", "1", 1), ("b", "2", 2), ("d", "1", 2)}, "the upper database decides; packages keep the layer that brought them", got)
    got, _, _ = listed(work, "back", [base, layer({"var/lib/dpkg/status": status(("a", "1"))}), layer({"var/lib/dpkg/status": status(("a", "1"), ("b", "1"))})])
    ok(got == {("a", "1", 1), ("b", "1", 3)}, "a package that was gone in between comes from the layer that brought it back", got)
    got, _, run = listed(work, "deleted", [base, layer({"var/lib/dpkg/.wh.status": None})])
    ok(not got and "no package database" in run.stderr, "a deleted database counts no more, and that is said", f"{got} {run.stderr}")
    got, _, _ = listed(work, "opaque", [base, layer({"var/lib/dpkg/.wh..wh..opq": None, "var/lib/dpkg/status": status(("z", "9"))})])
    ok(got == {("z", "9", 2)}, "an opaque folder hides the database below", got)
    got, _, _ = listed(work, "links", [layer({**system, "usr/lib/x": b"", "lib": ("link", "usr/lib")}), layer({"lib/apk/db/installed": b"P:musl\nV:1-r0\nA:x86_64\n\n"})])
    ok(got == {("musl", "1-r0", 2)}, "a database below a linked folder", got)
    got, _, _ = listed(work, "hardlink", [layer({**system, "kept": status(("h", "1")), "var/lib/dpkg/status": ("hard", "kept")})])
    ok(got == {("h", "1", 1)}, "a database that is a hard link", got)
    got, _, _ = listed(work, "distroless", [layer({**system, "var/lib/dpkg/status.d/one": b"Package: one\nVersion: 1\n", "var/lib/dpkg/status.d/one.md5sums": b"0  x\n",
                                                 "var/lib/dpkg/status.d/two": b"Package: two\nVersion: 2\nSource: two-src (3)\n"})])
    ok(got == {("one", "1", 1), ("two", "2", 1)}, "a stanza a file, as distroless images have it", got)
    got, report, run = listed(work, "broken", [layer({**system, "var/lib/dpkg/status": status(("a", "1")) + b"Package: nameless\nStatus: install ok installed\n\n"})])
    ok(run.returncode == 3 and got == {("a", "1", 1)} and "1 of its entries" in report["incomplete"][0]["why"], "a broken entry is a gap, and the rest is listed", report["incomplete"])
    got, report, run = listed(work, "torn", [layer({**system, "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + b"\1" * 500})])
    ok(run.returncode == 3 and "SQLite" in report["incomplete"][0]["why"], "a torn rpm database is a gap", report["incomplete"])


def write_ahead_log(work):
    """A transaction that stands in SQLite's log alone, in a layer above the database."""
    folder = work / "log"
    folder.mkdir()
    _, original = fixture("rpmdb.sqlite.gz")
    (folder / "rpmdb.sqlite").write_bytes(original)
    db = sqlite3.connect(folder / "rpmdb.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (folder / "rpmdb.sqlite").read_bytes()
    removed, = db.execute("SELECT count(*) FROM Packages WHERE hnum % 2").fetchone()
    db.execute("DELETE FROM Packages WHERE hnum % 2")
    log = (folder / "rpmdb.sqlite-wal").read_bytes()
    db.close()
    base = layer({"etc/os-release": b'ID="mariner"\nVERSION_ID="2.0"\n', "var/lib/rpm/rpmdb.sqlite": before})
    all_of_them, _, _ = listed(work, "unlogged", [base])
    got, _, run = listed(work, "logged", [base, layer({"var/lib/rpm/rpmdb.sqlite-wal": log, "var/lib/rpm/rpmdb.sqlite-shm": b""})])
    ok(len(got) == len(all_of_them) - removed and got < all_of_them, f"the log of an rpm database: {removed} of {len(all_of_them)} packages gone", run.stderr)


def mistakes(work):
    (work / "text").write_text("hello\n")
    (work / "image.tar").write_bytes(b"")
    good = archive(work / "good.tar", [layer({"etc/os-release": b"ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/status": status(("a", "1"))})])
    cut = work / "cut.tar"
    cut.write_bytes(good.read_bytes()[:2000])
    for name, args, code, words in (
            ("a missing file", ["./nowhere.tar"], 3, ["nowhere.tar"]),
            ("a file that is no image", [work / "text"], 3, ["text"]),
            ("an empty file", [work / "image.tar"], 3, ["image.tar"]),
            ("a truncated archive", [cut], 3, ["cut.tar"]),
            ("an unknown option", ["--serverity", "high", good], 2, ["--severity"]),
            ("an image name without an engine", ["--docker-host", f"unix://{work}/none.sock", "nginx:1.25"], 3, ["nginx:1.25", "none.sock"]),
            ("no target", [], 2, ["name an image"]),
            ("an unknown scanner", ["--scanners", "vulns", good], 2, ["vulns"]),
            ("a database that is not there", ["--db", work / "none.db", good], 3, ["none.db", "strake db"]),
            ("another platform", ["--platform", "linux/s390x", good], 3, ["s390x"])):
        p = strake("image", *args)
        ok(p.returncode == code and all(w in p.stderr for w in words), f"{name}: exit {code} and what to do", f"exit {p.returncode}\n{p.stdout}\n{p.stderr}")
    p = strake("image", "--scanners", "none", archive(work / "empty.tar", []))
    ok(p.returncode == 0 and "empty" in p.stderr, "an empty image", f"exit {p.returncode}\n{p.stdout}{p.stderr}")
    p = strake("image", good)
    ok(p.returncode == 0 and "no advisory database is installed" in p.stderr and "strake db update" in p.stderr, "no database: the built-in set, with a notice", f"exit {p.returncode}\n{p.stdout}{p.stderr}")
    p = strake("image", "--scanners", "none", "--format", "json", good, "./nowhere.tar")
    ok(p.returncode == 3 and len(json.loads(p.stdout)["packages"]) == 1, "one of two cannot be read: the other is still reported", p.stderr)
    p = strake("image", "--scanners", "none", "--input", good)
    ok(p.returncode == 0, "an archive named as Trivy's users do", p.stderr)


def everything():
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        layers(work)
        mistakes(work)
        rpm_own(work)
        if not FIXTURES.exists():
            return skip("databases of the fixture collection", "../shared is not beside this checkout")
        rpm_fixtures(work)
        write_ahead_log(work)
        alpine(work, database(work, "Alpine", "Wolfi"))


main(everything)
