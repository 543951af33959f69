# SPDX-License-Identifier: Apache-2.0
"""
Trees that hold nobody's credentials: a Debian 12 system and the node_modules of three well-known npm packages, at most two false alarms over both.
A credential put among them is found all the same, wherever Gitleaks would look and where it would not.
"""
import json, os, random, shutil, subprocess, tempfile
from pathlib import Path

from _images import debootstrap
from _tap import ROOT, main, ok, skip, strake

MOST = 2
NPM = ("express@4", "webpack@5", "eslint@8")
rng = random.Random(11)


def made_up(prefix, n, alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
    """A token nobody has, put together while the test runs so that no scanner takes this file for a leak."""
    return prefix + "".join(rng.choice(alphabet) for _ in range(n))


def node_modules():
    """A folder with the three packages and all that they need, installed once; None when npm cannot do it."""
    tree = ROOT / "build-test/roots/npm"
    if (tree / "node_modules").is_dir():
        return tree
    if not shutil.which("npm"):
        return None
    part = tree.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    (part / "package.json").write_text('{"name": "app", "version": "1.0.0", "private": true}\n')
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", *NPM]
    if subprocess.run(command, cwd=part, capture_output=True).returncode:
        shutil.rmtree(part, ignore_errors=True)
        return None
    part.rename(tree)
    return tree


def findings(tree, *options):
    p = strake("secrets", "--format", "json", "--fail-on", "none", *options, tree, timeout=1800)
    return (json.loads(p.stdout)["findings"], p) if p.stdout else (None, p)


def place(finding):
    where = finding["location"]
    return f"{finding['id']} {where.get('file', where.get('path'))}:{where.get('line', '')}"


def plant(tree, path, text):
    """Puts a file into the tree, returns what takes it away again."""
    file = tree / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def check_tree(name, tree, places):
    found, run = findings(tree)
    if not ok(found is not None and run.returncode == 0, f"{name}: searched", run.stderr):
        return 0
    token, planted = made_up("AK" + "IA", 16), []
    try:
        planted = [plant(tree, path, f"aws_access_key_id = {token}\n") for path in places]
        seen, _ = findings(tree)
        more = {f["location"].get("file", f["location"].get("path")) for f in seen} - {f["location"].get("file", f["location"].get("path")) for f in found}
        missed = [str(p) for p in planted if str(p) not in more]
        ok(not missed, f"{name}: a credential is found at each of {len(places)} places", f"missed {missed}")
    finally:
        for file in planted:
            file.unlink()
    print("\n".join("# " + place(f) for f in found), end="\n" if found else "", flush=True)
    return len(found)


def false_alarms():
    total, seen = 0, []
    for name, tree, places in (
            ("a Debian 12 system", debootstrap("bookworm"),
             ("etc/strake-test.conf", "root/.strake-test", "usr/lib/strake-test.txt", "usr/share/strake-test.conf", "opt/app/lib/python3/settings.py")),
            ("three npm packages", node_modules(),
             ("node_modules/strake-test/config.js", "config/strake-test.json", ".strake-test"))):
        if not tree:
            skip(f"false alarms in {name}", "debootstrap, root, npm or a package mirror is missing")
            continue
        total += check_tree(name, tree, places)
        seen.append(name)
    if seen:
        ok(total <= MOST, f"false alarms in {' and '.join(seen)}: {total}, at most {MOST}")


main(false_alarms)
