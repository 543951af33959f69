# SPDX-License-Identifier: Apache-2.0
"""
Programs of other Debian releases to test against: peer("trixie", "docker-buildx") gives a folder with the unpacked package, or None when it cannot
be had. Kept below build-test/peers, so that each is fetched once. Only tests use them; the program builds and runs without.
"""
import hashlib, os, re, shutil, subprocess
from pathlib import Path

from _tap import ROOT

CACHE = Path(os.environ.get("STRAKE_PEERS", ROOT / "build-test/peers"))


def mirror():
    """The package mirror that this machine is set up with."""
    files = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for file in files:
        for line in file.read_text(errors="replace").splitlines() if file.is_file() else []:
            m = re.match(r"(?:URIs:|deb(?:\s+\[[^]]*\])?)\s*(https?://\S+/debian)/?(\s|$)", line.strip())
            if m:
                return m[1]
    return None


def apt(release):
    """Options that make apt look at another release's package list, in a state folder of its own."""
    state = CACHE / "apt" / release
    for folder in ("lists/partial", "archives/partial"):
        (state / folder).mkdir(parents=True, exist_ok=True)
    source = mirror()
    if not source:
        return None
    (state / "sources.list").write_text(f"deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {source} {release} main\n")
    (state / "status").touch()
    return ["-o", f"Dir::Etc::sourcelist={state}/sources.list", "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State={state}", "-o", f"Dir::State::status={state}/status",
            "-o", f"Dir::Cache={state}", "-o", "APT::Get::List-Cleanup=0", "-o", "Acquire::Languages=none"]


def peer(release, package):
    target = CACHE / f"{release}-{package}"
    if target.is_dir():
        return target
    options = apt(release)
    if not options or not shutil.which("apt-get"):
        return None
    lists = CACHE / "apt" / release / "lists"
    if not any(f.is_file() and "Packages" in f.name for f in lists.iterdir()):
        if subprocess.run(["apt-get", *options, "update", "-q"], capture_output=True).returncode:
            return None
    download = CACHE / "download"
    shutil.rmtree(download, ignore_errors=True)
    download.mkdir(parents=True)
    if subprocess.run(["apt-get", *options, "download", "-q", package], cwd=download, capture_output=True).returncode:
        return None
    unpacked = CACHE / f"{release}-{package}.part"
    shutil.rmtree(unpacked, ignore_errors=True)
    for file in download.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(file), str(unpacked)], check=True)
    unpacked.rename(target)
    return target


def plugin(engine, name):
    """Gives an Engine's docker client a plugin ("buildx", "compose"): True, or False when the package cannot be had."""
    package = {"buildx": "docker-buildx", "compose": "docker-compose"}[name]
    for release in ("trixie", "sid"):
        found = peer(release, package)
        plugins = list(found.rglob(f"cli-plugins/docker-{name}")) if found else []
        if plugins:
            folder = Path(engine.env["DOCKER_CONFIG"]) / "cli-plugins"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"docker-{name}").unlink(missing_ok=True)
            (folder / f"docker-{name}").symlink_to(plugins[0])
            return True
    return False


def buildx(engine):
    return plugin(engine, "buildx")


def packages(release, status, *names):
    """A folder with the .deb files that those packages need on a system with that dpkg status file; None when they cannot be had."""
    folder = CACHE / f"{release}-debs-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    options = apt(release)
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    (part / "partial").mkdir(parents=True)
    options = options and [*options, "-o", f"Dir::State::status={status}", "-o", f"Dir::Cache::archives={part}", "-o", "APT::Sandbox::User=root"]
    if not options or subprocess.run(["apt-get", *options, "update", "-q"], capture_output=True).returncode:
        return None
    if subprocess.run(["apt-get", *options, "install", "-q", "-y", "--no-install-recommends", "--download-only", *names], capture_output=True).returncode:
        return None
    part.rename(folder)
    return folder
