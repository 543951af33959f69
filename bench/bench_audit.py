# SPDX-License-Identifier: Apache-2.0
"""A folder with 50 services and 20 images in archives: one audit against the sum of the single scans, on one thread and on all, and the progress line."""
import hashlib, io, json, os, pty, select, shutil, subprocess, tarfile, time
from pathlib import Path

IMAGES, SERVICES = 20, 50


def tree(bench):
    """Files of a real system: this machine's programs, its package database, text."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder in ("/usr/lib/python3", "/usr/share/perl", "/usr/share/doc", "/usr/sbin", "/etc/ssl"):
            if Path(folder).exists():
                tar.add(folder, arcname=folder[1:], filter=lambda i: i if i.isfile() or i.isdir() else None)
            if out.tell() > 60 << 20:
                break
        for name in ("/etc/os-release", "/var/lib/dpkg/status"):
            if Path(name).exists():
                tar.add(os.path.realpath(name), arcname=name[1:])
    return out.getvalue()


def image(path, base, number):
    own = io.BytesIO()
    with tarfile.open(fileobj=own, mode="w") as tar:
        for i in range(50):
            text = "".join(f"setting_{number}_{i}_{k} = {hashlib.md5(f'{number}{i}{k}'.encode()).hexdigest()}\n" for k in range(2000)).encode()
            info = tarfile.TarInfo(f"srv/app/{i}.conf")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
    layers = [base, own.getvalue()]
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"User": "", "ExposedPorts": {"8080/tcp": {}}},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]}, "history": [{"created_by": "base"}, {"created_by": "COPY app"}]}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": [f"fleet/app{number}:1"], "Layers": ["0/layer.tar", "1/layer.tar"]}]).encode()
    with tarfile.open(path, "w") as tar:
        for name, data in (("config.json", config), ("manifest.json", manifest), ("0/layer.tar", layers[0]), ("1/layer.tar", layers[1])):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def fleet(bench):
    folder = bench.work / "fleet"
    if (folder / "compose.yaml").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    base = tree(bench)
    for i in range(IMAGES):
        image(folder / f"image{i:02}.tar", base, i)
    services = "".join(f"  s{i:02}:\n    image: fleet/app{i % IMAGES}:1\n    ports: ['{9000 + i}:8080']\n    networks: [n{i % 5}]\n" for i in range(SERVICES))
    (folder / "compose.yaml").write_text("services:\n" + services + "networks:\n" + "".join(f"  n{i}:\n" for i in range(5)))
    return folder


def on_terminal(command, env):
    """What a command draws on a terminal."""
    pid, terminal = pty.fork()
    if not pid:
        os.environ.update(env, TERM="xterm")
        out = os.open(os.devnull, os.O_WRONLY)
        os.dup2(out, 1)
        os.execv(command[0], command)
    text = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.waitpid(pid, 0)
    return text.decode("utf-8", "replace")


def run(bench):
    folder = fleet(bench)
    size = sum(f.stat().st_size for f in folder.glob("*.tar")) / 2**20
    options = ["--no-engine", "--fail-on", "none", "--format", "json", "-q"]
    bench.measure([bench.strake, "audit", *options, folder])  # the files are in memory from here on
    one, all_ = (bench.measure([bench.strake, "audit", *options, "--threads", str(n), folder]) for n in (1, os.cpu_count()))
    single = [bench.measure([bench.strake, "image", "--scanners", "vuln,secret", "--fail-on", "none", "--format", "json", "-q", f]) for f in sorted(folder.glob("*.tar"))]
    single += [bench.measure([bench.strake, "compose", "--fail-on", "none", "--format", "json", "-q", folder / "compose.yaml"]), bench.measure([bench.strake, "network", "--fail-on", "none", "--format", "json", folder / "compose.yaml"])]
    seconds, cpu = sum(m.seconds for m in single), sum(m.cpu for m in single)
    bench.row(f"audit of {SERVICES} services and {IMAGES} images ({size:.0f} MiB)", all_.seconds, "s")
    bench.row("sum of the single scans", seconds, "s")
    bench.row("audit against the sum, wall clock", all_.seconds / seconds, "x", "<= 1.0")
    bench.row("audit against the sum, processor time", all_.cpu / cpu, "x", "<= 1.1")
    bench.row("processors kept busy", all_.cpu / all_.seconds, f"of {os.cpu_count()}")
    bench.row("all processors against one thread, wall clock", all_.seconds / one.seconds, "x", "<= 0.9")
    bench.row("peak memory", all_.peak_mib, "MiB")
    shown = on_terminal([bench.strake, "audit", "--no-engine", "--fail-on", "none", "--format", "json", str(folder)], bench.env)
    drawn = [line for line in shown.replace("\r", "\n").split("\n") if "%" in line]
    bench.row("times that progress was drawn on a terminal", len(drawn), "", ">= 3")
    print("   e.g. " + (drawn[len(drawn) // 2].replace("\033[K", "") if drawn else "nothing"))
