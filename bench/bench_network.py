# SPDX-License-Identifier: Apache-2.0
"""Reachability: a Compose file loaded, judged and drawn at 50, 500 and 5,000 services."""


def teams(services):
    """Teams of 25 services on a network of their own, some on the next team's too, a database and published ports in each."""
    count = max(1, services // 25)
    lines = ["name: bench", "services:"]
    for i in range(services):
        team = i % count
        networks = f"net{team}, net{(team + 1) % count}" if i % 10 == 0 and count > 1 else f"net{team}"
        image = "postgres:16" if i // count == 0 else f"registry.example.com/team{team}/service:{i % 7}"
        lines += [f"  s{i}:", f"    image: {image}", f"    networks: [{networks}]", "    restart: unless-stopped"]
        if i % 50 == 1:
            lines.append(f'    ports: ["{10000 + i}:8080"]')
    lines.append("networks:")
    lines += [f"  net{team}:" for team in range(count)]
    return "\n".join(lines) + "\n"


def flat(services):
    """The worst case for pairs: everybody on one network, everybody published."""
    lines = ["name: bench", "services:"]
    for i in range(services):
        lines += [f"  s{i}:", f"    image: registry.example.com/service:{i}", f'    ports: ["{1024 + i}:80"]']
    return "\n".join(lines) + "\n"


def run(bench):
    before = None
    for services in (50, 500, 5000):
        file = bench.work / f"network-{services}.yaml"
        file.write_text(teams(services))
        seconds = bench.best([bench.strake, "network", "--no-config", "--fail-on", "none", "--format", "json", file])
        bench.row(f"{services} services: load, check, reach, JSON", seconds, "s", "<= 1" if services == 5000 else "")
        if before:
            bench.row(f"    times the services before: 10; times the seconds", seconds / before, "x", "<= 20")
        before = seconds
    loading = bench.best([bench.strake, "compose", "-f", file, "config"])
    bench.row("    of it loading alone (compose config)", loading, "s")
    settings = bench.work / "network-assertions.yaml"
    settings.write_text('network:\n  assertions:\n    - "deny: internet ->> s0"\n    - "deny: * -> s0:5432"\n')
    bench.row("5000 services: two assertions over all of them", bench.best([bench.strake, "network", "-c", settings, "--fail-on", "none", "--format", "csv", file]), "s")
    file = bench.work / "network-flat.yaml"
    file.write_text(flat(5000))
    bench.row("5000 services on one network, all published", bench.best([bench.strake, "network", "--no-config", "--fail-on", "none", "--format", "json", file]), "s")
