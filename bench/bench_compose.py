# SPDX-License-Identifier: Apache-2.0
"""Compose projects of 50, 500 and 5,000 services: loading, printing, checking, reachability. Goal: 5,000 in under a second, and time grows with size."""


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


def run(bench):
    tasks = {"load and print": ["compose", "-q", "config", "--format", "json"],
             "load and check": ["compose", "-q", "--no-engine", "--no-config", "--fail-on", "none", "--format", "json"],
             "load, network rules, reachability": ["network", "--no-config", "--fail-on", "none", "--format", "json"]}
    for what, arguments in tasks.items():
        cpu = {}
        for n in (50, 500, 5000):
            folder = bench.work / f"compose-{n}"
            folder.mkdir(exist_ok=True)
            (folder / "compose.yaml").write_text(project(n))
            runs = [bench.measure([bench.strake, *arguments], cwd=folder) for _ in range(3)]
            cpu[n] = min(r.cpu for r in runs)
            bench.row(f"{n} services: {what}", min(r.seconds for r in runs), "s", "<= 1" if n == 5000 else "")
        bench.row(f"    5,000 against 500: times the CPU", cpu[5000] / cpu[500], "x", "<= 15")
        bench.row(f"    5,000: CPU", cpu[5000], "s", "<= 1")
        bench.row(f"    5,000: peak memory", runs[-1].peak_mib, "MiB")
