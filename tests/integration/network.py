# SPDX-License-Identifier: Apache-2.0
"""
Who reaches whom, asked of real Docker Engines of two generations: random topologies of busybox containers, every pair and every port tried over TCP and
UDP, IPv4 and IPv6, from containers, from the host and from a neighbour on the LAN; `strake network --engine`, which asks the engine for its version, has
to have said the same beforehand. Two ports answer in each container, with its name: one that may be published, and one that never is.
"""
import json, os, random, re, signal, subprocess, time

from _engine import Engine, find, newer, unavailable
from _sockets import Servers
from _tap import main, ok, skip, strake

TOPOLOGIES = int(os.environ.get("STRAKE_TOPOLOGIES", 26))
NEWER_TOPOLOGIES = int(os.environ.get("STRAKE_TOPOLOGIES", 10))
HOST_IP, LAN_IP = "10.77.0.1", "10.77.0.2"
HOST_IP6, LAN_IP6 = "fd77::1", "fd77::2"
KINDS = {"plain": [], "internal": ["--internal"], "no-icc": ["-o", "com.docker.network.bridge.enable_icc=false"], "ipv6": ["--ipv6"]}


class Neighbour:
    """A network namespace on the other end of a cable, with routes to the container networks through the host."""

    def __init__(self, engine):
        self.process = subprocess.Popen(["unshare", "--net", "sleep", "100000"], start_new_session=True)
        time.sleep(0.3)
        engine.enter("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1", "netns", self.process.pid, check=True)
        for address in (f"{HOST_IP}/24", f"{HOST_IP6}/64"):
            engine.enter("ip", "addr", "add", address, "dev", "lan0", *(["nodad"] if ":" in address else []), check=True)
        engine.enter("ip", "link", "set", "lan0", "up", check=True)
        for command in (["addr", "add", f"{LAN_IP}/24", "dev", "lan1"], ["addr", "add", f"{LAN_IP6}/64", "dev", "lan1", "nodad"], ["link", "set", "lan1", "up"],
                        ["link", "set", "lo", "up"], ["route", "add", "172.16.0.0/12", "via", HOST_IP], ["route", "add", "192.168.0.0/16", "via", HOST_IP],
                        ["-6", "route", "add", "fd00::/16", "via", HOST_IP6]):
            subprocess.run(["nsenter", "--net", "--target", str(self.process.pid), "ip", *command], check=True, capture_output=True)

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class Container:
    def __init__(self, number, rng, networks, others):
        self.name, self.number = f"c{number}", number
        self.open, self.closed, self.host_port = 8000 + number, 9000 + number, 20000 + number
        self.networks, self.shares, self.mode = [], None, "networks"
        draw = rng.random()
        if draw < 0.08:
            self.mode = "host"
        elif draw < 0.14:
            self.mode = "none"
        elif draw < 0.26 and [o for o in others if o.mode == "networks"]:
            self.mode, self.shares = "shared", rng.choice([o for o in others if o.mode == "networks"])
        elif draw < 0.40:
            self.networks = ["bridge"]
        else:
            self.networks = rng.sample(networks, min(len(networks), rng.choice([1, 1, 2])))
        self.bind = rng.choice([None, None, "", "0.0.0.0", "127.0.0.1", HOST_IP]) if self.mode == "networks" else None
        self.published = rng.choice(["tcp", "udp"])

    def start(self, engine, image):
        network = {"host": "host", "none": "none", "shared": f"container:{self.shares.name if self.shares else ''}"}.get(self.mode) or self.networks[0]
        publish = [] if self.bind is None else ["-p", (f"{self.bind}:" if self.bind else "") + f"{self.host_port}:{self.open}/{self.published}"]
        engine.docker("run", "-d", "--name", self.name, "--network", network, *publish, image)
        for extra in self.networks[1:]:
            engine.docker("network", "connect", extra, self.name)
        found = json.loads(engine.docker("inspect", self.name))[0]
        self.namespace = found["State"]["Pid"]
        self.addresses = [n[key] for n in found["NetworkSettings"]["Networks"].values() for key in ("IPAddress", "GlobalIPv6Address") if n[key]]

    def describe(self):
        where = self.mode if self.mode != "networks" else "+".join(self.networks)
        return f"{self.name}({where}{' of ' + self.shares.name if self.shares else ''}{'' if self.bind is None else f' -p {self.bind}/{self.published}'})"


def attempts(containers, gateways):
    """Every address and port at which a container might answer: (container, its port, protocol, address, port there)."""
    for c in containers:
        owner = c.shares or c
        for protocol in ("tcp", "udp"):
            for port in (c.open, c.closed):
                for address in owner.addresses:
                    yield c, port, protocol, address, port
                for address in ["127.0.0.1", "::1", HOST_IP, HOST_IP6, *gateways]:
                    yield c, port, protocol, address, port
                    if port == c.open and c.bind is not None:
                        yield c, port, protocol, address, c.host_port


def predicted(found, source, target, protocol, port):
    for way in found.get((source, target), []):
        m = re.search(r"published port .*-> (\d+)/(tcp|udp)|, port (\d+)/(tcp|udp)", way)
        if not m or (int(m[1] or m[3]), m[2] or m[4]) == (port, protocol):
            return True
    return False


def create_networks(engine, rng):
    """Networks "KINDnumber" of one to three kinds."""
    networks = []
    for i in range(rng.choice([1, 2, 2, 3])):
        kind = rng.choice(["plain", "plain", "internal", "no-icc", "ipv6"])
        networks.append(f"{kind}{i}")
        engine.docker("network", "create", *KINDS[kind], *(["--subnet", f"fd00:{i + 1}::/64"] if kind == "ipv6" else []), networks[-1])
    return networks


def settle(namespaces):
    """Waits for IPv6 addresses that the kernel still makes sure of: until then nobody finds those who have them."""
    for _ in range(50):
        if not any(subprocess.run(["nsenter", "--net", "--target", str(n), "ip", "-6", "addr", "show", "tentative"], capture_output=True).stdout for n in namespaces):
            return
        time.sleep(0.1)


def check(engine, neighbour, image, seed, drawn):
    """Builds a topology and compares; adds what was in it to `drawn`."""
    rng = random.Random(seed)
    networks, containers, servers = create_networks(engine, rng), [], None
    try:
        for i in range(rng.choice([4, 5])):
            containers.append(Container(i, rng, networks, containers))
            containers[-1].start(engine, image)
        servers = Servers([(c.namespace, c.name, port) for c in containers for port in (c.open, c.closed)])
        gateways = re.findall(r"(?:docker0|br-\w+)\s+inet6? ([\d.]+|fd[\da-f:]+)", engine.enter("ip", "-o", "addr", text=True).stdout)
        answer = strake("network", "--engine", "--host", f"unix://{engine.socket}", "--no-config", "--to", "c*", "--format", "json")
        found = {(row["from"], row["to"]): row["ways"] for row in json.loads(answer.stdout)}
        tries = list(attempts(containers, gateways))
        sources = {**{c.name: c.namespace for c in containers}, "host": engine.process.pid, "lan": neighbour.process.pid}
        if any(n.startswith("ipv6") for n in networks):
            settle(sources.values())
        answers = servers.ask(sources, [t[2:] for t in tries])
        reached = {(source, tries[i][0].name, tries[i][2], tries[i][1]) for source in sources for i, name in answers[source].items() if name == tries[i][0].name}
        questions = [(s, c.name, protocol, port) for s in sources for c in containers if s != c.name for protocol in ("tcp", "udp") for port in (c.open, c.closed)]
        wrong = [f"{s} -> {c}:{port}/{protocol}: the engine says {(s, c, protocol, port) in reached}; strake: {found.get((s, c))}; "
                 f"{[t[3:] for i, t in enumerate(tries) if t[0].name == c and t[1:3] == (port, protocol) and i in answers[s]]}"
                 for s, c, protocol, port in questions if ((s, c, protocol, port) in reached) != predicted(found, s, c, protocol, port)]
        drawn |= {n if n == "bridge" else n[:-1] for c in containers for n in c.networks} | {f"{c.bind}/{c.published}" for c in containers if c.bind is not None}
        ok(not wrong and reached, f"{engine.version}, topology {seed}: {' '.join(c.describe() for c in containers)}: {len(questions)} pairs and ports, "
           f"{sum(q in reached for q in questions)} reached", "\n".join(wrong) + "\n" + answer.stderr)
        return len(questions)
    finally:
        if servers:
            servers.close()
        if containers:
            engine.run("rm", "-f", *(c.name for c in containers))
        engine.run("network", "rm", *networks)


def compare(seeds, path=None):
    """An engine, from the folder `path` or as installed, and a topology for each seed."""
    with Engine(path=path) as engine:
        engine.version = f"Docker {engine.docker('version', '--format', '{{.Server.Version}}')}"
        neighbour, drawn = Neighbour(engine), set()
        try:
            image = engine.busybox()
            tried = sum(check(engine, neighbour, image, seed, drawn) for seed in seeds)
        finally:
            neighbour.stop()
        missing = {"bridge", *KINDS, "/tcp", "/udp", "127.0.0.1/tcp", "127.0.0.1/udp"} - drawn
        label = f"{engine.version}: {len(seeds)} topologies, {tried} pairs and ports"
        ok(not missing or len(seeds) < 10, label + ("" if missing else ", every kind of network and publication among them"), missing)


def missing_programs():
    return unavailable() or (None if find("busybox") else "busybox is not installed")


def installed_engine():
    compare(range(1, TOPOLOGIES + 1))


def newer_engine():
    path = newer()
    if not path:
        return skip("network on Docker 28", "its packages cannot be had")
    compare(range(101, 101 + NEWER_TOPOLOGIES), path)


def macvlan():
    """What was measured of it elsewhere, truth_test.c compares."""
    made = subprocess.run(["unshare", "--net", "sh", "-c", "ip link add a type dummy && ip link add b link a type macvlan"], capture_output=True)
    skip("network with macvlan", "this kernel has no macvlan" if made.returncode else "not drawn by these topologies")


if missing_programs():
    skip("network", missing_programs())
else:
    main(installed_engine, newer_engine, macvlan)
