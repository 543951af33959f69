# SPDX-License-Identifier: Apache-2.0
"""Compose projects of 50, 500 and 5,000 services: loading, printing, checking, reachability. Goal: 5,000 in under a second, and time grows with size."""
import shutil, subprocess

SIZES = (50, 500, 5000)
WHOLE = "load, check, reachability, checklist (audit)"
TASKS = {WHOLE: ["audit", "-q", "--no-engine", "--no-config", "--fail-on", "none", "--threads", "1", "."],
         "load and print": ["compose", "-q", "config", "--format", "json"],
         "load and check": ["compose", "-q", "--no-engine", "--no-config", "--fail-on", "none", "--format", "json"],
         "load, network rules, reachability": ["network", "--no-config", "--fail-on", "none", "--format", "json"]}


def project(n):
    lines = ["x-common: &common", "  restart: unless-stopped", "  security_opt: [\"no-new-privileges:true\"]", "services:"]
    for i in range(n):
        lines += [f"  s{i}:", "    <<: *common", f"    image: registry.example.com/team/app{i % 40}:1.{i % 9}", "    environment:", f"      URL: http://s{(i * 7) % n}:8080",
                  "      MODE: ${MODE:-production}", "    ports:", f"      - \"127.0.0.1:{10000 + i}:8080\"", "    volumes:", f"      - data{i % 50}:/data",
                  f"    networks: [n{i % 20}]", "    deploy: {resources: {limits: {memory: 256m, cpus: \"0.5\"}}}"]
        if i:
            lines += ["    depends_on:", f"      - s{i // 2}"]
    lines += ["volumes:"] + [f"  data{i}: " for i in range(50)] + ["networks:"] + [f"  n{i}: " for i in range(20)]
    return "\n".join(lines) + "\n"


def make_floor(bench):
    """A program that takes libyaml's events of a file and keeps nothing; None where it cannot be built."""
    program = bench.work / "floor_yaml"
    source = str(bench.root / "bench/floor_yaml.c")
    built = shutil.which("cc") and subprocess.run(["cc", "-O2", "-o", str(program), source, "-lyaml"]).returncode == 0
    return program if built else None


def run(bench):
    folders = {n: bench.work / f"compose-{n}" for n in SIZES}
    for n, folder in folders.items():
        folder.mkdir(exist_ok=True)
        (folder / "compose.yaml").write_text(project(n))
    floor = make_floor(bench)
    events = min(bench.measure([floor, folders[5000] / "compose.yaml"]).cpu for _ in range(5)) if floor else None
    for what, arguments in TASKS.items():
        cpu = {}
        for n, folder in folders.items():
            runs = [bench.measure([bench.strake, *arguments], cwd=folder, ok=(0, 1, 3)) for _ in range(3)]
            cpu[n] = min(r.cpu for r in runs)
            bench.row(f"{n} services: {what}", min(r.seconds for r in runs), "s", "<= 1" if n == 5000 else "")
        bench.row("    5,000 against 500: times the CPU", cpu[5000] / cpu[500], "x", "<= 15")
        bench.row("    5,000: CPU", cpu[5000], "s", "<= 1")
        if events:
            bench.row("    5,000: CPU against libyaml's events of the file alone", cpu[5000] / events, "x")
        bench.row("    5,000: peak memory", runs[-1].peak_mib, "MiB")
    if events:
        bench.row("floor: libyaml's events of 5,000 services, CPU", events, "s")
