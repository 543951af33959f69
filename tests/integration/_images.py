# SPDX-License-Identifier: Apache-2.0
"""What the tests of `strake image` share: real root file systems, archives made by hand, and reports as Python values."""
import io, json, os, shutil, subprocess, tarfile
from pathlib import Path

import _peers
from _tap import ROOT, SHARED, strake

ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1796083200", "STRAKE_DB_MAX_AGE": "0"}  # 2026-12-01


def debootstrap(release):
    """A folder with a minimal system of that release, made once; None when it cannot be made here."""
    tree = ROOT / "build-test/roots" / release
    if tree.is_dir():
        return tree
    source = _peers.mirror()
    if os.geteuid() != 0 or not shutil.which("debootstrap") or not source:
        return None
    part = tree.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["debootstrap", "--variant=minbase", release, str(part), source], capture_output=True).returncode:
        shutil.rmtree(part, ignore_errors=True)
        return None
    shutil.rmtree(part / "var/cache/apt/archives", ignore_errors=True)
    part.rename(tree)
    return tree


def database(folder, *ecosystems):
    """Compiles some ecosystems of the collection into folder/advisories.db."""
    out, chosen = folder / "advisories.db", folder / "osv"
    for name in ecosystems:
        (chosen / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(SHARED / "osv" / name / "all.zip", chosen / name)
    p = strake("db", "build", "--from", chosen, "--output", out, timeout=900)
    if p.returncode:
        raise RuntimeError(p.stderr)
    return out


def scan(*args, env=None):
    """The JSON report of `strake image` (None when there is none), and the run itself."""
    p = strake("image", "--format", "json", "--fail-on", "none", *args, env={**ENVIRONMENT, **(env or {})}, timeout=900)
    try:
        return json.loads(p.stdout), p
    except ValueError:
        return None, p


def packages(report):
    """{(name, version, architecture, source name, source version)}"""
    keys = ("name", "version", "architecture", "source_name", "source_version")
    return {tuple(p.get(k, "") for k in keys) for p in report["packages"]}


def vulnerabilities(report):
    """{(package, its version, vulnerability)}"""
    return {(f["package"]["name"], f["package"]["version"], f["id"]) for f in report["findings"] if "vulnerability" in f}


def layer(files):
    """Bytes of a layer: {path: bytes, None for a whiteout's name, or ("link", target) for a symbolic link}."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            if isinstance(content, tuple):
                info.type, info.linkname = tarfile.SYMTYPE if content[0] == "link" else tarfile.LNKTYPE, content[1]
                tar.addfile(info)
                continue
            info.size = len(content or b"")
            tar.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def archive(path, layers, config=None, history=None):
    """Writes a docker save archive of these layers."""
    import hashlib
    digests = [hashlib.sha256(x).hexdigest() for x in layers]
    text = json.dumps({"architecture": "amd64", "os": "linux", "config": config or {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + d for d in digests]},
                       "history": history or [{"created_by": f"RUN step {i}"} for i, _ in enumerate(layers, 1)]}).encode()
    name = hashlib.sha256(text).hexdigest() + ".json"
    manifest = json.dumps([{"Config": name, "RepoTags": ["made:here"], "Layers": [f"{i}/layer.tar" for i, _ in enumerate(layers)]}]).encode()
    with tarfile.open(path, "w") as tar:
        for member, content in [(name, text), ("manifest.json", manifest), *((f"{i}/layer.tar", x) for i, x in enumerate(layers))]:
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path
