# SPDX-License-Identifier: Apache-2.0
"""Secrets: megabytes a second of text, against cat, Hyperscan alone and Gitleaks (installed, or Debian's package); start-up; an image on all processors"""
import gzip, hashlib, json, os, shutil, subprocess, sys
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


def hyperscan_alone(bench, tree):
    """Megabytes a second of the pattern database over the same files in memory, nothing else; None where it cannot be built."""
    program, database = bench.work / "floor_secrets", bench.root / "build/src/secret/secret_database.c"
    sources = [str(bench.root / "bench/floor_secrets.c"), str(database)]
    if not database.exists() or subprocess.run(["cc", "-O2", "-o", str(program), *sources, "-lhs"], capture_output=True).returncode:
        return None
    names = "".join(f"{f}\n" for f in sorted(tree.glob("d*/*")))
    megabytes, seconds = map(float, subprocess.run([program], input=names, capture_output=True, text=True, check=True).stdout.split())
    return megabytes / seconds


def make_image(bench, tree):
    """An OCI layout with two gzip layers: the tree, and the include files and Python library of this machine."""
    layout = bench.work / "secrets-image"
    if (layout / "index.json").exists():
        return layout
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True, exist_ok=True)

    def put(data, kind):
        digest = hashlib.sha256(data).hexdigest()
        (blobs / digest).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    layers, diff_ids = [], []
    for folders in (["/usr/include", "/usr/lib/python3"], [str(tree)]):
        layer = subprocess.run(["tar", "-c", "--sort=name", *[f.lstrip("/") for f in folders if os.path.isdir(f)]], cwd="/", capture_output=True).stdout
        diff_ids.append("sha256:" + hashlib.sha256(layer).hexdigest())
        layers.append(put(gzip.compress(layer, 1, mtime=0), "layer.v1.tar+gzip"))
    config = put(json.dumps({"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": diff_ids}}).encode(), "config.v1+json")
    manifest = put(json.dumps({"schemaVersion": 2, "config": config, "layers": layers}).encode(), "manifest.v1+json")
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    return layout


def image(bench, tree, strake):
    layout, best = make_image(bench, tree), {1: 1e9, 0: 1e9}
    for _ in range(3):
        for threads in best:
            run = bench.measure([*strake, "--threads", threads, f"oci:{layout}"])
            best[threads], peak = min(best[threads], run.seconds), run.peak_mib
    bench.row("secrets: an image's layers, all threads, by the clock", best[0], "s")
    bench.row("secrets: an image's layers, one thread against all", best[1] / best[0], "x")
    bench.row("secrets: an image's layers, all threads, peak memory", peak, "MiB", "<= 100")


def cpu(bench, args, repeat=5, **options):
    runs = [bench.measure(args, watch=False, **options) for _ in range(repeat)]
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
    if alone := hyperscan_alone(bench, tree):
        bench.row("secrets: Hyperscan alone, files in memory, by processor time", alone, "MB/s")
        bench.row("secrets: time against Hyperscan alone", alone / (megabytes / one), "x")
    else:
        bench.note("the floor of Hyperscan alone does not build here: not compared")
    big = tree / "one.txt"
    single, _ = cpu(bench, [*strake, "--threads", "1", big])
    bench.row("secrets: one large text, by processor time", big.stat().st_size / 1e6 / single, "MB/s", ">= 500")
    empty = bench.work / "secrets-empty"
    empty.mkdir(exist_ok=True)
    runs = [bench.measure([*strake, empty]) for _ in range(50)]
    nothing = [bench.measure(["/bin/true"]) for _ in range(50)]
    bench.row("secrets: start and end of an empty scan, mean of 50", 20 * sum(r.seconds for r in runs), "ms", "<= 5")
    bench.row("secrets: the same of `true`", 20 * sum(r.seconds for r in nothing), "ms")
    bench.row("secrets: an empty scan by processor time, mean of 50", 20 * sum(r.cpu for r in runs), "ms", "<= 5")
    image(bench, tree, strake)
    peer = gitleaks(bench)
    if not peer:
        bench.note("gitleaks is not here and Debian's package cannot be had: not compared")
        return
    form = ["dir", tree] if b" dir " in subprocess.run([peer, "--help"], capture_output=True).stdout else ["detect", "--no-git", "-s", tree]
    theirs = bench.measure([peer, *form, "--no-banner", "-r", bench.work / "gitleaks.json"])
    bench.row("secrets: Gitleaks on the same tree, by processor time", megabytes / theirs.cpu, "MB/s")
    bench.row("secrets: times as fast as Gitleaks, by the clock", theirs.seconds / both, "x", ">= 10")
    bench.row("secrets: times as fast as Gitleaks, by processor time", theirs.cpu / one, "x", ">= 10")
