# SPDX-License-Identifier: Apache-2.0
"""
Real Debian systems in every form an image comes in: the packages are those that dpkg-query lists, the vulnerabilities those that a slow reading
of the advisories finds with dpkg's own comparison.
"""
import shutil, subprocess, tempfile
from pathlib import Path

from _engine import Engine, unavailable
from _images import database, debootstrap, packages, scan, vulnerabilities
from _reference import Collection, Dpkg
from _tap import SHARED, main, ok, skip

QUERY = r"${binary:Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n"


def parse(text):
    rows = [line.split(" ") for line in text.splitlines()]
    return {(r[0].partition(":")[0], *r[1:]) for r in rows}


def installed(tree):
    return parse(subprocess.run(["dpkg-query", f"--admindir={tree}/var/lib/dpkg", "-W", "-f", QUERY], capture_output=True, text=True, check=True).stdout)


def expected(collection, compare, release, rows):
    return {(name, version, v) for name, version, _, source, source_version in rows
            for v in collection.vulnerabilities(f"Debian:{release}", source, source_version, "deb", compare)}


def difference(got, want):
    return f"missed {sorted(want - got)[:5]}, false {sorted(got - want)[:5]}"


def check(name, report, run, rows, found, status=0):
    if not ok(report is not None and run.returncode == status, f"{name}: scanned", f"exit {run.returncode}\n{run.stderr}"):
        return
    ok(packages(report) == rows, f"{name}: its {len(rows)} packages", difference(packages(report), rows))
    ok(vulnerabilities(report) == found, f"{name}: its {len(found)} vulnerabilities", difference(vulnerabilities(report), found))


def folders(db, collection, compare):
    for release, number in (("bullseye", "11"), ("bookworm", "12")):
        tree = debootstrap(release)
        if not tree:
            skip(f"a debootstrap of {release}", "debootstrap, root or a package mirror is missing")
            continue
        rows = installed(tree)
        found = expected(collection, compare, number, rows)
        report, run = scan("--db", db, tree)
        # The collection has no advisories for bookworm: that must be said, not passed over.
        check(f"folder of {release}", report, run, rows, found, status=0 if release == "bullseye" else 3)
        ids = [f["id"] for f in report["findings"]]
        ok(("IMG-001" in ids) == (release == "bullseye"), f"folder of {release}: end of life", ids[:5])
        ok(report["targets"][0]["os"]["family"] == "debian" and report["targets"][0]["os"]["version"].split(".")[0] == number, f"folder of {release}: the system")
        report, run = scan("--db", db, "--distro", "debian/11", tree)
        check(f"folder of {release} taken for 11", report, run, rows, expected(collection, compare, "11", rows))


def build(engine, folder):
    """An image of three layers: a system, a package removed, a package of our own added."""
    tree = debootstrap("bullseye")
    subprocess.run(["tar", "-C", str(tree), "--exclude=./dev/*", "--exclude=./proc/*", "--exclude=./sys/*", "-cf", str(folder / "root.tar"), "."], check=True)
    control = folder / "own/DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.write_text("Package: own-package\nSource: curl (7.74.0-1)\nVersion: 7.74.0-1+b1\nArchitecture: all\nMaintainer: A <a@example.org>\nDescription: test\n")
    subprocess.run(["dpkg-deb", "-b", str(folder / "own"), str(folder / "own.deb")], check=True, capture_output=True)
    (folder / "Dockerfile").write_text("FROM scratch\nADD root.tar /\nRUN dpkg --purge --force-depends gpgv\nCOPY own.deb /\nRUN dpkg -i /own.deb && rm /own.deb\n"
                                       "ENV A=b PASSWORD=hunter2hunter2\nEXPOSE 8080\nUSER 1000\nHEALTHCHECK CMD true\nLABEL l=m\nENTRYPOINT [\"/bin/sh\"]\n")
    engine.docker("build", "-q", "-t", "strake/debian:test", folder)
    return parse(engine.docker("run", "--rm", "--network", "none", "-u", "0", "--entrypoint", "dpkg-query", "strake/debian:test", "-W", "-f", QUERY))


def check_layers(report, rows):
    target = report["targets"][0]
    by_name = {p["name"]: p for p in report["packages"]}
    ok("gpgv" not in by_name and by_name["own-package"]["layer_index"] == 4 and by_name["apt"]["layer_index"] == 1, "each package has the layer that brought it",
       [by_name.get(n, {}).get("layer_index") for n in ("gpgv", "own-package", "apt")])
    ok([x["packages"] for x in target["layers"]] == [len(rows) - 1, 0, 0, 1], "the layers count theirs", target["layers"])
    facts = target["facts"]
    want = {"User": "1000", "Ports": "8080/tcp", "Entrypoint": '["/bin/sh"]', "Labels": "l=m", "Healthcheck": '["CMD-SHELL","true"]'}
    ok({k: facts.get(k, "").replace(", ", ",") for k in want} == want, "the report says how the image runs", facts)
    ok("A=b" in facts["Env"] and "PASSWORD=***" in facts["Env"], "what looks like a credential stays out of it", facts["Env"])


def other_forms(folder, saved):
    """The same image as other programs write it: {name: target}."""
    forms = {}
    def run(*args):
        p = subprocess.run([str(a) for a in args], capture_output=True, text=True)
        if p.returncode:
            raise RuntimeError(f"{args}: {p.stderr}")
    if shutil.which("skopeo"):
        run("skopeo", "copy", "-q", f"docker-archive:{saved}", f"oci:{folder}/layout:test")
        run("skopeo", "copy", "-q", f"docker-archive:{saved}", f"dir:{folder}/dir")
        forms |= {"OCI layout by skopeo": f"{folder}/layout", "OCI layout by tag": f"oci:{folder}/layout:test", "dir by skopeo": f"{folder}/dir"}
    if shutil.which("umoci") and forms:
        (folder / "extra").write_text("x")
        shutil.copytree(folder / "layout", folder / "umoci")
        run("umoci", "insert", "--image", f"{folder}/umoci:test", "--tag", "more", folder / "extra", "/extra")
        forms["OCI layout by umoci"] = f"{folder}/umoci:more"
    if shutil.which("podman"):
        podman = ["podman", "--root", folder / "podman", "--runroot", folder / "podman-run", "--storage-driver", "vfs"]
        run(*podman, "load", "-q", "-i", saved)
        run(*podman, "save", "-q", "--format", "oci-archive", "-o", folder / "podman-oci.tar", "strake/debian:test")
        run(*podman, "save", "-q", "-o", folder / "podman.tar", "strake/debian:test")
        forms |= {"podman save": f"{folder}/podman.tar", "podman save of an OCI archive": f"{folder}/podman-oci.tar"}
    return forms


def images(db, collection, compare):
    why = unavailable()
    if why or not debootstrap("bullseye"):
        return skip("images of a Docker Engine", why or "no system to build from")
    with tempfile.TemporaryDirectory() as work, Engine() as engine:
        folder = Path(work)
        rows = build(engine, folder)
        found = expected(collection, compare, "11", rows)
        saved = folder / "saved.tar"
        engine.docker("save", "-o", saved, "strake/debian:test")
        subprocess.run(["gzip", "-1", "-k", str(saved)], check=True)
        report, run = scan("--db", db, saved)
        check("docker save", report, run, rows, found)
        check_layers(report, rows)
        for name, target in {"docker save, compressed": f"{saved}.gz", **other_forms(folder, saved)}.items():
            check(name, *scan("--db", db, target), rows, found)
        host = {"DOCKER_HOST": f"unix://{engine.socket}"}
        check("the engine, by name", *scan("--db", db, "strake/debian:test", env=host), rows, found)
        ident = engine.docker("image", "inspect", "-f", "{{.Id}}", "strake/debian:test")
        check("the engine, by id", *scan("--db", db, f"docker:{ident[7:19]}", env=host), rows, found)
        check("the engine, named by an option", *scan("--db", db, "--docker-host", host["DOCKER_HOST"], "strake/debian:test"), rows, found)
        missing, run = scan("--db", db, "no/such:image", env=host)
        ok(run.returncode == 3 and "no/such:image" in run.stderr, "an image the engine does not have", run.stderr)


def everything():
    if not (SHARED / "osv").exists():
        return skip("Debian systems", "../shared is not beside this checkout")
    collection, compare = Collection("Debian"), Dpkg()
    with tempfile.TemporaryDirectory() as work:
        db = database(Path(work), "Debian")
        folders(db, collection, compare)
        images(db, collection, compare)


main(everything)
