# SPDX-License-Identifier: Apache-2.0
"""Secrets: megabytes a second over a large tree of text, against Gitleaks (when it is installed, or Debian's package can be had) and against cat."""
import hashlib, os, shutil, subprocess, sys
from pathlib import Path

SIZE = 200_000_000


def make_tree(folder):
    """200 MB of this machine's own text files, chosen by the hash of their paths."""
    if (folder / "done").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    files = []
    for root in ("/usr/share", "/usr/lib/python3", "/usr/include", "/usr/local", "/usr/lib"):
        for place, _, names in os.walk(root):
            files += [os.path.join(place, n) for n in names]
    files = sorted(set(files), key=lambda p: hashlib.sha1(p.encode()).digest())
    total, n = 0, 0
    for path in files:
        try:
            if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) > 5_000_000:
                continue
            data = Path(path).read_bytes()
        except OSError:
            continue
        if b"\0" in data[:8192] or data[:2] in (b"\x1f\x8b", b"PK"):
            continue
        place = folder / f"d{n % 100}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"f{n}{Path(path).suffix}").write_bytes(data)
        total, n = total + len(data), n + 1
        if total > SIZE:
            break
    (folder / "one.txt").write_bytes(b"".join(f.read_bytes() for f in sorted(folder.glob("d0/*"))) * 20)
    (folder / "done").touch()


def gitleaks(bench):
    if program := os.environ.get("GITLEAKS") or shutil.which("gitleaks"):
        return program
    sys.path.insert(0, str(bench.root / "tests/integration"))
    from _peers import peer
    for release in ("sid", "trixie"):
        found = peer(release, "gitleaks")
        if found and (found / "usr/bin/gitleaks").exists():
            return found / "usr/bin/gitleaks"
    return None


def cpu(bench, args, repeat=3, **options):
    runs = [bench.measure(args, **options) for _ in range(repeat)]
    return min(r.cpu for r in runs), min(r.seconds for r in runs)


def run(bench):
    tree = bench.work / "secrets-text"
    make_tree(tree)
    megabytes = sum(f.stat().st_size for f in tree.rglob("*") if f.is_file()) / 1e6
    strake = [bench.strake, "secrets", "--fail-on", "none", "--quiet", "--format", "json"]
    one, wall = cpu(bench, [*strake, "--threads", "1", tree])
    _, both = cpu(bench, [*strake, tree])
    floor, floor_wall = cpu(bench, ["sh", "-c", f"find {tree} -type f -print0 | xargs -0 cat"])
    bench.row("secrets: tree of text, one thread, by processor time", megabytes / one, "MB/s", ">= 500")
    bench.row("secrets: tree of text, all threads, by the clock", megabytes / both, "MB/s")
    bench.row("secrets: cat of the same tree, by processor time", megabytes / floor, "MB/s")
    bench.row("secrets: time against cat", one / floor, "x")
    big = tree / "one.txt"
    single, _ = cpu(bench, [*strake, "--threads", "1", big])
    bench.row("secrets: one large text, by processor time", big.stat().st_size / 1e6 / single, "MB/s", ">= 500")
    empty = bench.work / "secrets-empty"
    empty.mkdir(exist_ok=True)
    bench.row("secrets: start and end of an empty scan", 1000 * bench.best([*strake, empty], repeat=10), "ms", "<= 5")
    peer = gitleaks(bench)
    if not peer:
        bench.note("gitleaks is not here and Debian's package cannot be had: not compared")
        return
    form = ["dir", tree] if b" dir " in subprocess.run([peer, "--help"], capture_output=True).stdout else ["detect", "--no-git", "-s", tree]
    theirs = bench.measure([peer, *form, "--no-banner", "-r", bench.work / "gitleaks.json"])
    bench.row("secrets: Gitleaks on the same tree, by processor time", megabytes / theirs.cpu, "MB/s")
    bench.row("secrets: times as fast as Gitleaks, by the clock", theirs.seconds / both, "x", ">= 10")
    bench.row("secrets: times as fast as Gitleaks, by processor time", theirs.cpu / one, "x", ">= 10")
