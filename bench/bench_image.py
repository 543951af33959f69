# SPDX-License-Identifier: Apache-2.0
"""Reading images: time against the floor of inflating and hashing the same layers, peak memory against size"""
import hashlib, json, subprocess, tarfile
from pathlib import Path

# Folders of the machine at hand, as layers: real names, sizes and contents.
PARTS = [("/etc", "/usr/share/doc", "/var/lib/dpkg"), ("/usr/bin", "/usr/sbin"), ("/usr/lib", "/usr/share")]
LIMITS = [60 << 20, 300 << 20, 700 << 20]  # uncompressed


def sha256(path):
    """In pieces: a program measured later inherits this one's peak memory."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def make_layer(path, folders, limit):
    """A gzip layer of the folders' files, up to a size; returns its diffID."""
    seen = 0
    plain = path.with_suffix(".tar")
    with tarfile.open(plain, "w") as tar:
        for folder in folders:
            for file in sorted(Path(folder).rglob("*")):
                if seen > limit:
                    break
                if file.is_symlink() or file.is_dir() or (file.is_file() and file.stat().st_size):
                    try:
                        tar.add(file, arcname=str(file)[1:], recursive=False)
                        seen += file.lstat().st_size
                    except OSError:
                        pass
    digest = sha256(plain)
    with open(path, "wb") as out:
        subprocess.run(["gzip", "-6nc", plain], stdout=out, check=True)
    plain.unlink()
    return "sha256:" + digest


def blob(layout, data):
    name = hashlib.sha256(data).hexdigest()
    (layout / "blobs/sha256" / name).write_bytes(data)
    return {"digest": "sha256:" + name, "size": len(data)}


def make_layout(layout, layers):
    (layout / "blobs/sha256").mkdir(parents=True, exist_ok=True)
    descriptors, diff_ids = [], []
    for path, diff_id in layers:
        name = sha256(path)
        target = layout / "blobs/sha256" / name
        if not target.exists():
            target.hardlink_to(path)
        descriptors.append({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "sha256:" + name, "size": path.stat().st_size})
        diff_ids.append(diff_id)
    config = blob(layout, json.dumps({"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": []}).encode())
    manifest = blob(layout, json.dumps({"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config}, "layers": descriptors}).encode())
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest}]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')


def images(bench):
    """Three layouts of one, two and three of the layers; the last has more than 300 MB of gzip."""
    state = bench.work / "image-layers.json"
    paths = [bench.work / f"layer{i}.gz" for i in range(len(PARTS))]
    if not state.exists():
        bench.note("making layers of this machine's own files (once)")
        state.write_text(json.dumps([make_layer(path, *part) for path, *part in zip(paths, PARTS, LIMITS)]))
    layers = list(zip(paths, json.loads(state.read_text())))
    for n in range(1, len(layers) + 1):
        make_layout(bench.work / f"image{n}", layers[:n])
    return [(bench.work / f"image{n}", paths[:n]) for n in range(1, len(layers) + 1)]


def make_floor(bench):
    program = bench.work / "floor"
    source = str(bench.root / "bench/floor.c")
    for extra in (["-lisal"], ["-DNO_ISAL", "-lz"]):
        if subprocess.run(["cc", "-O2", "-o", program, source, *extra, "-lcrypto", "-lpthread"], capture_output=True).returncode == 0:
            return program
    raise RuntimeError("the floor program does not build")


def alternate(bench, commands, repeat):
    """Best of several rounds in turn, so that a busy machine is unfair to all alike."""
    best = [1e9] * len(commands)
    for _ in range(repeat):
        for i, args in enumerate(commands):
            best[i] = min(best[i], bench.measure(args).seconds)
    return best


def run(bench):
    made = images(bench)
    floor = make_floor(bench)
    scan = [bench.strake, "image", "--fail-on", "none", "--no-progress"]
    for layout, layers in made:
        size = sum(p.stat().st_size for p in layers) / 1e6
        bench.row(f"peak memory of strake image, {size:.0f} MB of gzip", bench.measure([*scan, layout]).peak_mib, "MiB", "<= 64")
    one, many, ours, shell = alternate(bench, [[floor, *layers], [floor, "-t", *layers], [*scan, layout],
                                               ["sh", "-c", 'for f; do gzip -dc "$f" | sha256sum; done', "sh", *layers]], 3)
    bench.row(f"strake image, {size:.0f} MB of gzip", ours, "s")
    bench.row("  against the floor on one thread", ours / one, "x", "<= 1.25")
    bench.row("  against the floor on three threads", ours / many, "x", "<= 1.25")
    bench.row("  against gzip -dc | sha256sum", ours / shell, "x")
