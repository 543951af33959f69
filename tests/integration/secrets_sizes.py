# SPDX-License-Identifier: Apache-2.0
"""Huge and hostile files finish in bounded memory, and what is in them is found all the same. Measured on the release build."""
import bz2, gzip, hashlib, io, json, lzma, os, random, subprocess, tarfile, tempfile, zipfile
from pathlib import Path

from _tap import ROOT, main, ok, skip

RELEASE = os.environ.get("STRAKE_RELEASE", str(ROOT / "build/strake"))
MEMORY = 300  # MiB
rng = random.Random(3)


def aws():
    return "AK" + "IA" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))


def scan(*args, stdin=None):
    """Findings, gaps and the peak of memory in MiB."""
    with tempfile.TemporaryFile() as out:
        p = subprocess.Popen([RELEASE, "secrets", "--format", "json", "--fail-on", "none", *map(str, args)], stdin=stdin or subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        report = json.load(out)
    return report["findings"], report["incomplete"], usage.ru_maxrss / 1024


def measured(peak, what):
    """The figure itself, for who reads the log."""
    print(f"# {what}: peak {peak:.0f} MiB", flush=True)


def sparse():
    with tempfile.TemporaryDirectory() as folder:
        file, secret = Path(folder) / "disk.img", aws()
        with open(file, "wb") as f:
            f.truncate(10 << 30)
            f.seek(7 << 30)
            f.write(f" key={secret} ".encode())
        found, gaps, peak = scan(folder)
        measured(peak, "10 GB sparse")
        ok(peak < MEMORY and not gaps, f"a sparse file of 10 GB takes less than {MEMORY} MiB", f"{peak:.0f} MiB, {gaps}")
        ok(len(found) == 1, "what stands between its holes is found", found)


def one_line():
    with tempfile.TemporaryDirectory() as folder:
        file, secret = Path(folder) / "bundle.js", aws()
        with open(file, "w") as f:
            chunk = "var a=function(b){return b+1},c={d:'e',f:[1,2,3]};" * 20000
            for i in range(500):
                f.write(chunk)
                if i == 300:
                    f.write(f"k='{secret}';")
        found, gaps, peak = scan(folder)
        measured(peak, "500 MB in one line")
        ok(peak < MEMORY and not gaps, f"a line of {file.stat().st_size >> 20} MiB takes less than {MEMORY} MiB", f"{peak:.0f} MiB, {gaps}")
        ok(len(found) == 1 and found[0]["location"]["line"] == 1, "what stands in it is found", found)


def zeros():
    """The same without holes, through a pipe."""
    p = subprocess.Popen(["head", "-c", "2G", "/dev/zero"], stdout=subprocess.PIPE)
    found, gaps, peak = scan("-", stdin=p.stdout)
    p.stdout.close()
    p.wait()
    measured(peak, "2 GB of zeros")
    ok(peak < MEMORY and not found and not gaps, f"2 GB of zeros on standard input take less than {MEMORY} MiB", f"{peak:.0f} MiB {gaps}")


def wrap(name, data, form):
    out = io.BytesIO()
    if form == 0:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr(name, data)
    elif form == 1:
        with tarfile.open(fileobj=out, mode="w:gz") as t:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
    else:
        out.write(gzip.compress(data))
    return out.getvalue()


def nested():
    with tempfile.TemporaryDirectory() as folder:
        data, shallow = f"key={aws()}\n".encode(), None
        for depth in range(60):
            data = wrap(f"level{depth}.bin", data, depth % 3)
            if depth == 2:
                shallow = data
        (Path(folder) / "deep.zip").write_bytes(data)
        found, gaps, peak = scan(folder)
        measured(peak, "archives nested sixty deep")
        ok(peak < MEMORY and gaps and not found, "archives nested sixty deep end as a gap, in bounded memory", f"{peak:.0f} MiB {gaps}")
        (Path(folder) / "deep.zip").write_bytes(shallow)
        found, gaps, peak = scan(folder)
        ok(len(found) == 1 and not gaps, "archives nested three deep are looked into", (found, gaps))


def bomb():
    with tempfile.TemporaryDirectory() as folder:
        inner = wrap("zeros", bytes(64 << 20), 0)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
            for i in range(200):
                z.writestr(f"{i}.zip", inner)
        (Path(folder) / "bomb.zip").write_bytes(out.getvalue())
        found, gaps, peak = scan(folder)
        measured(peak, "an archive that unpacks to 12 GiB")
        ok(peak < 2 * MEMORY and any("4 GiB" in g["why"] for g in gaps), "an archive that unpacks to 12 GiB ends as a gap, in bounded memory", f"{peak:.0f} MiB {gaps}")


def broken():
    """Compressed files that were cut off: in a folder and in an image's layer; among test data they are counted only."""
    from _archive import image as save
    with tempfile.TemporaryDirectory() as folder:
        text = f"key={aws()}\n".encode() + rng.randbytes(800000).hex().encode()
        cut = {form: pack(text)[:-100000] for form, pack in (("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress))}
        tree = Path(folder) / "tree"
        for place in ("data", "testdata"):
            (tree / place).mkdir(parents=True)
            for form, data in cut.items():
                (tree / place / f"log.{form}").write_bytes(data)
        (tree / "data/names.txt").write_text("BZhou, Li\n")
        found, gaps, _ = scan(tree)
        where = sorted(f["location"]["file"].removeprefix(f"{tree}/") for f in found)
        ok(where == sorted(f"{place}/log.{form}!log" for place in ("data", "testdata") for form in cut), "what could be read of files that were cut off is searched", found)
        ok(sorted(g["what"].removeprefix(f"{tree}/") for g in gaps) == [f"data/log.{form}" for form in sorted(cut)] and all("truncated" in g["why"] for g in gaps), "each is a gap", gaps)
        p = subprocess.run([RELEASE, "secrets", tree], capture_output=True, text=True)
        ok(p.returncode == 3 and "3 broken archives among test data" in p.stderr, "the scan is incomplete; those among test data are counted", p.stderr)
        save(Path(folder) / "app.tar", "app:1", files={f"srv/log.{form}": data for form, data in cut.items()})
        found, gaps, _ = scan(Path(folder) / "app.tar")
        ok(len(found) == 3 and sorted(g["what"] for g in gaps) == [f"srv/log.{form}" for form in sorted(cut)], "the same in an image's layer", (found, gaps))
        (tree / "data/bomb.bz2").write_bytes(bz2.compress(bytes(200 << 20)))
        found, gaps, peak = scan(tree / "data/bomb.bz2")
        ok(len(gaps) == 1 and "a thousand times its size" in gaps[0]["why"] and peak < MEMORY, "a compressed file of two hundred megabytes of zeros ends as a gap", (gaps, peak))


def image():
    """Layers are searched by threads of their own: a large file of a layer, and many small ones, wait in bounded memory; all threads say the same."""
    with tempfile.TemporaryDirectory() as folder:
        layer, secrets = Path(folder) / "layer.tar", [aws(), aws()]
        chunk = b"var a=function(b){return b+1},c={d:'e',f:[1,2,3]};" * 20000
        with tarfile.open(layer, "w") as t:
            big = Path(folder) / "big"
            with open(big, "wb") as f:
                for i in range(300):
                    f.write(chunk)
                f.write(f"k='{secrets[0]}';".encode())
            t.add(big, "srv/bundle.js")
            big.unlink()
            for i in range(20000):
                data = b"some text\n" * (i % 100) + (f"key={secrets[1]}\n".encode() if i % 5000 == 1 else b"")
                info = tarfile.TarInfo(f"srv/d{i % 100}/f{i}")
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
        with open(layer, "rb") as f:
            diff_id = hashlib.file_digest(f, "sha256").hexdigest()
        config = json.dumps({"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": [f"sha256:{diff_id}"]}}).encode()
        with tarfile.open(Path(folder) / "image.tar", "w") as t:
            t.add(layer, "layer.tar")
            for name, data in (("config.json", config), ("manifest.json", b'[{"Config":"config.json","RepoTags":["a:1"],"Layers":["layer.tar"]}]')):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
        layer.unlink()
        found, gaps, peak = scan("--threads", 4, f"docker-archive:{folder}/image.tar")
        measured(peak, "an image of 300 MB, four threads")
        ok(peak < MEMORY and not gaps, f"an image with a file of 300 MB and 20,000 others takes less than {MEMORY} MiB", f"{peak:.0f} MiB {gaps}")
        ok(len(found) == 5, "what stands at its end, and in four of the others, is found", len(found))
        ok(scan("--threads", 1, f"docker-archive:{folder}/image.tar")[0] == found, "one thread reports the same in the same order")


if not Path(RELEASE).exists():
    skip("sizes", "the release build is not there")
    main()
main(sparse, one_line, zeros, nested, bomb, broken, image)
