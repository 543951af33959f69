# SPDX-License-Identifier: Apache-2.0
"""
Who reaches whom, asked of real Docker Engines of two generations: random topologies of busybox containers, every pair and every port tried over TCP and
UDP, IPv4 and IPv6, from containers, from the host and from a neighbour on the LAN; `strake network --engine`, which asks the engine for its version, has
to have said the same beforehand. Two ports answer in each container, with its name: one that may be published, and one that never is.

Several topologies run on the engine at once and are asked about together: nearly all of the time goes into starting containers, and into waiting for
answers that do not come. What strake says is asked once for each batch; names and ports are a topology's own.
"""
import collections, contextlib, itertools, json, os, random, re, resource, signal, subprocess, time
from concurrent.futures import ThreadPoolExecutor

from _engine import Engine, find, newer, unavailable
from _sockets import Servers
from _tap import main, ok, skip, strake

TOPOLOGIES = int(os.environ.get("STRAKE_TOPOLOGIES", 26))
NEWER_TOPOLOGIES = int(os.environ.get("STRAKE_TOPOLOGIES", 10))
BATCH, STARTERS = 6, 4
HOST_IP, LAN_IP = "10.77.0.1", "10.77.0.2"
HOST_IP6, LAN_IP6 = "fd77::1", "fd77::2"
KINDS = {  # what creates a network of the kind
    "plain": {}, "internal": {"Internal": True}, "no-icc": {"Options": {"com.docker.network.bridge.enable_icc": "false"}}, "ipv6": {"EnableIPv6": True},
    "overlay": {"Driver": "overlay", "Attachable": True}, "overlay-internal": {"Driver": "overlay", "Attachable": True, "Internal": True},
    "macvlan": {"Driver": "macvlan", "IPAM": {"Config": [{"Subnet": "10.77.0.0/24", "IPRange": "10.77.0.64/26"}]}, "Options": {"parent": "lan0"}},
}
BINDS = [None, None, None, "", "0.0.0.0", "127.0.0.1", HOST_IP, "::", HOST_IP6]


class Neighbour:
    """A network namespace on the other end of a cable, with routes to the container networks through the host."""

    def __init__(self, engine):
        self.process = subprocess.Popen(["unshare", "--net", "sleep", "100000"], start_new_session=True)
        while os.readlink(f"/proc/{self.process.pid}/ns/net") == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
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
    def __init__(self, number, name, networks=(), mode="networks", shares=None, bind=None, published="tcp"):
        self.name, self.networks, self.mode, self.shares, self.bind, self.published = name, list(networks), mode, shares, bind, published
        self.open, self.closed, self.host_port = 8000 + number, 9000 + number, 20000 + number

    @classmethod
    def drawn(cls, number, name, rng, networks, others):
        draw, owners = rng.random(), [o for o in others if o.mode == "networks"]
        if draw < 0.08:
            return cls(number, name, mode="host")
        if draw < 0.14:
            return cls(number, name, mode="none")
        if draw < 0.26 and owners:
            return cls(number, name, mode="shared", shares=rng.choice(owners))
        chosen = ["bridge"] if draw < 0.40 else rng.sample(networks, min(len(networks), rng.choice([1, 1, 2])))
        return cls(number, name, chosen, bind=rng.choice(BINDS), published=rng.choice(["tcp", "udp"]))

    def start(self, engine, image):
        mode = {"host": "host", "none": "none", "shared": f"container:{self.shares.name if self.shares else ''}"}.get(self.mode) or self.networks[0]
        port = f"{self.open}/{self.published}"
        publish = {} if self.bind is None else {port: [{"HostIp": self.bind, "HostPort": str(self.host_port)}]}
        engine.api("POST", "/containers/create", {"Image": image, "ExposedPorts": {p: {} for p in publish}, "HostConfig": {"NetworkMode": mode, "PortBindings": publish}}, name=self.name)
        engine.api("POST", f"/containers/{self.name}/start")
        for extra in self.networks[1:]:
            engine.api("POST", f"/networks/{extra}/connect", {"Container": self.name})
        self.note(engine.api("GET", f"/containers/{self.name}/json"))

    def note(self, found):
        """Its process and its addresses, from what the engine says; an overlay network's containers have one more, on docker_gwbridge."""
        self.namespace = found["State"]["Pid"]
        self.addresses = [n[key] for n in found["NetworkSettings"]["Networks"].values() for key in ("IPAddress", "GlobalIPv6Address") if n[key]]
        if any("overlay" in n for n in self.networks):
            own = subprocess.run(["nsenter", "--net", "--target", str(self.namespace), "ip", "-o", "-4", "addr"], capture_output=True, text=True).stdout
            self.addresses = sorted({*self.addresses, *re.findall(r"inet ((?!127)[\d.]+)", own)})

    def describe(self):
        where = self.mode if self.mode != "networks" else "+".join(n.split("-", 1)[-1] for n in self.networks)
        return f"{self.name.split('-')[-1]}({where}{' of ' + self.shares.name if self.shares else ''}{'' if self.bind is None else f' -p {self.bind}/{self.published}'})"


class Topology:
    """Networks {name: kind} and containers, whose names all begin with the topology's."""

    def __init__(self, name, networks, containers):
        self.name, self.networks, self.containers = name, networks, containers

    @classmethod
    def drawn(cls, seed, numbers):
        rng, name, containers = random.Random(seed), f"t{seed}", []
        kinds = [rng.choice(["plain", "plain", "internal", "no-icc", "ipv6"]) for _ in range(rng.choice([1, 2, 2, 3]))]
        networks = {f"{name}-{kind}{i}": kind for i, kind in enumerate(kinds)}
        for i in range(rng.choice([4, 5])):
            containers.append(Container.drawn(next(numbers), f"{name}-c{i}", rng, list(networks), containers))
        return cls(name, networks, containers)

    def gateways(self, engine):
        """Addresses of the host on docker0 and on the topology's own bridges."""
        own = "|".join(engine.api("GET", f"/networks/{name}")["Id"][:12] for name in self.networks)
        return re.findall(rf"(?:docker0|docker_gwbridge|br-(?:{own}))\s+inet6? ([\d.]+|fd[\da-f:]+)", engine.enter("ip", "-o", "addr", text=True).stdout)

    def attempts(self, engine):
        """Every address and port at which a container might answer: (container, its port, protocol, address, port there)."""
        own = self.gateways(engine)
        for c, protocol, port in itertools.product(self.containers, ("tcp", "udp"), ("open", "closed")):
            for address in (c.shares or c).addresses:
                yield c, getattr(c, port), protocol, address, getattr(c, port)
            for address in ["127.0.0.1", "::1", HOST_IP, HOST_IP6, *own]:
                yield c, getattr(c, port), protocol, address, getattr(c, port)
                if port == "open" and c.bind is not None:
                    yield c, c.open, protocol, address, c.host_port


def predicted(found, source, target, protocol, port):
    for way in found.get((source, target), []):
        m = re.search(r"published port .*-> (\d+)/(tcp|udp)|, port (\d+)/(tcp|udp)", way)
        if not m or (int(m[1] or m[3]), m[2] or m[4]) == (port, protocol):
            return True
    return False


def start(engine, image, topologies):
    """Networks one after the other, for the engine gives them their addresses so; containers several at a time, those who share a namespace last."""
    for number, (name, kind) in enumerate((n, k) for t in topologies for n, k in t.networks.items()):
        subnet = {"IPAM": {"Config": [{"Subnet": f"fd00:{number + 1:x}::/64"}]}} if kind == "ipv6" else {}
        engine.api("POST", "/networks/create", {"Name": name, "CheckDuplicate": True, **KINDS[kind], **subnet})
    containers = [c for t in topologies for c in t.containers]
    with ThreadPoolExecutor(STARTERS) as pool:
        for wave in ([c for c in containers if not c.shares], [c for c in containers if c.shares]):
            list(pool.map(lambda c: c.start(engine, image), wave))


def stop(engine, topologies):
    def remove(path, **query):
        with contextlib.suppress(RuntimeError):  # what was never made
            engine.api("DELETE", path, **query)
    with ThreadPoolExecutor(STARTERS) as pool:
        list(pool.map(lambda c: remove(f"/containers/{c.name}", force="true"), [c for t in topologies for c in t.containers]))
        list(pool.map(lambda n: remove(f"/networks/{n}"), [n for t in topologies for n in t.networks]))


def settle(namespaces):
    """Waits for IPv6 addresses that the kernel still makes sure of (IFA_F_TENTATIVE): until then nobody finds those who have them."""
    end = time.monotonic() + 10
    for namespace in namespaces:
        while time.monotonic() < end and any(int(line.split()[4], 16) & 0x40 for line in open(f"/proc/{namespace}/net/if_inet6")):
            time.sleep(0.05)


def compare(engine, topology, tries, answers, found, stderr):
    """One topology: what was reached against what strake said; the number of questions."""
    reached = {(source, tries[i][0].name, tries[i][2], tries[i][1]) for source in answers for i, name in answers[source].items() if name == tries[i][0].name}
    questions = [(s, c.name, protocol, port) for s in answers for c in topology.containers if s != c.name for protocol in ("tcp", "udp") for port in (c.open, c.closed)]
    wrong = [f"{s} -> {c}:{port}/{protocol}: the engine says {(s, c, protocol, port) in reached}; strake: {found.get((s, c))}; "
             f"{[t[3:] for i, t in enumerate(tries) if t[0].name == c and t[1:3] == (port, protocol) and i in answers[s]]}"
             for s, c, protocol, port in questions if ((s, c, protocol, port) in reached) != predicted(found, s, c, protocol, port)]
    ok(not wrong and reached, f"{engine.version}, topology {topology.name}: {' '.join(c.describe() for c in topology.containers)}: {len(questions)} pairs and ports, "
       f"{sum(q in reached for q in questions)} reached", "\n".join(wrong) + "\n" + stderr)
    return len(questions)


def check(engine, neighbour, image, topologies, options=()):
    """Starts topologies, asks everybody about everybody in the same one, and compares; how many pairs and ports that were."""
    servers, containers = None, [c for t in topologies for c in t.containers]
    try:
        start(engine, image, topologies)
        servers = Servers([(c.namespace, c.name, port) for c in containers for port in (c.open, c.closed)])
        answer = strake("network", "--engine", "--host", f"unix://{engine.socket}", "--no-config", *options, "--to", "t*", "--format", "json")
        found = {(row["from"], row["to"]): row["ways"] for row in json.loads(answer.stdout)}
        outside = {"host": engine.process.pid, "lan": neighbour.process.pid}
        if any(kind == "ipv6" for t in topologies for kind in t.networks.values()):
            settle([*outside.values(), *(c.namespace for c in containers)])
        tries = {t: list(t.attempts(engine)) for t in topologies}
        answers = servers.ask({(t, source): (namespace, [a[2:] for a in tries[t]])
                               for t in topologies for source, namespace in {**{c.name: c.namespace for c in t.containers}, **outside}.items()})
        return sum(compare(engine, t, tries[t], {source: got for (of, source), got in answers.items() if of is t}, found, answer.stderr) for t in topologies)
    finally:
        if servers:
            servers.close()
        stop(engine, topologies)


def drawn(seeds):
    """Batches of random topologies."""
    for first in range(0, len(seeds), BATCH):
        numbers = itertools.count()
        yield [Topology.drawn(seed, numbers) for seed in seeds[first:first + BATCH]]


def overlay(numbers):
    """Attachable overlay networks of a swarm of one: two of them, an internal one, and a bridge."""
    networks = {"to-overlay0": "overlay", "to-overlay1": "overlay", "to-overlay-internal2": "overlay-internal", "to-plain3": "plain"}
    first, second, closed, bridge = networks
    plans = [dict(networks=[first], bind=""), dict(networks=[first]), dict(networks=[second], bind="127.0.0.1", published="udp"), dict(networks=[closed]),
             dict(networks=[closed, second]), dict(networks=[bridge], bind="", published="udp")]
    return Topology("to", networks, [Container(next(numbers), f"to-c{i}", **plan) for i, plan in enumerate(plans)])


def macvlan(numbers):
    """One network on the host's own cable, and a bridge; ports of a container on the cable alone are not published."""
    networks = {"tm-macvlan0": "macvlan", "tm-plain1": "plain"}
    lan, bridge = networks
    plans = [dict(networks=[lan]), dict(networks=[lan], bind=""), dict(networks=[bridge], bind=""), dict(networks=[bridge, lan]), dict(mode="host")]
    return Topology("tm", networks, [Container(next(numbers), f"tm-c{i}", **plan) for i, plan in enumerate(plans)])


def mixed(numbers):
    """Containers that have IPv6 on the second of their networks only, and ports on the host's IPv6 addresses."""
    networks = {"ti-plain0": "plain", "ti-ipv61": "ipv6", "ti-internal2": "internal"}
    plain, ipv6, internal = networks
    plans = [dict(networks=[plain, ipv6]), dict(networks=[internal, ipv6]), dict(networks=[plain], bind=HOST_IP6), dict(networks=[plain], bind="::", published="udp"),
             dict(networks=["bridge"], bind=HOST_IP6, published="udp")]
    return Topology("ti", networks, [Container(next(numbers), f"ti-c{i}", **plan) for i, plan in enumerate(plans)])


def has_link(kind):
    """Does the kernel make links of this kind? It is tried on a cable in a network namespace of its own."""
    made = subprocess.run(["unshare", "--net", "sh", "-c", "ip link add name a0 type veth peer name a1 && ip link add link a0 name b0 type " + kind], capture_output=True)
    return made.returncode == 0


def special(engine):
    """Topologies that chance would seldom draw, and those of the drivers that the kernel has."""
    yield mixed(itertools.count(100))
    wanted = [("macvlan", "macvlan mode bridge", macvlan), ("overlay", "vxlan id 7 dstport 4789 local 127.0.0.1", overlay)]
    for driver, link, plan in wanted:
        if not has_link(link):
            skip(f"{engine.version}: {driver}", f"this kernel has no {link.split()[0]}")
            continue
        if driver == "overlay":
            engine.docker("swarm", "init", "--advertise-addr", HOST_IP)
        yield plan(itertools.count(100))
    if not has_link("ipvlan"):
        skip(f"{engine.version}: ipvlan", "this kernel has no ipvlan")


def run(seeds, path=None):
    """An engine, from the folder `path` or as installed, with a topology for each seed and one for each further driver."""
    with Engine(path=path) as engine:
        engine.version = f"Docker {engine.docker('version', '--format', '{{.Server.Version}}')}"
        neighbour, seen, tried = Neighbour(engine), collections.Counter(), 0
        try:
            image = engine.busybox()
            for batch in drawn(seeds):
                tried += check(engine, neighbour, image, batch)
                seen.update(kind for t in batch for kind in t.networks.values())
                seen.update(f"{c.bind}/{c.published}" for t in batch for c in t.containers if c.bind is not None)
                seen.update(n for t in batch for c in t.containers for n in c.networks if n == "bridge")
            for topology in special(engine):
                tried += check(engine, neighbour, image, [topology])
        finally:
            neighbour.stop()
        missing = {"bridge", "plain", "internal", "no-icc", "ipv6", *(f"{bind}/{p}" for bind in ("", "127.0.0.1", "::", HOST_IP6) for p in ("tcp", "udp"))} - set(seen)
        label = f"{engine.version}: {len(seeds)} topologies, {tried} pairs and ports"
        ok(not missing or len(seeds) < 10, label + ("" if missing else ", every kind of network and publication among them"), missing)


def without_proxy(path=None):
    """An engine with --userland-proxy=false, which its API does not tell: an option has to."""
    with Engine("--userland-proxy=false", path=path) as engine:
        engine.version = f"Docker {engine.docker('version', '--format', '{{.Server.Version}}')} without userland proxy"
        neighbour, numbers = Neighbour(engine), itertools.count()
        networks = {"tp-plain0": "plain", "tp-plain1": "plain", "tp-internal2": "internal", "tp-ipv63": "ipv6"}
        first, second, internal, ipv6 = networks
        plans = [dict(networks=[first]), dict(networks=[second], bind=""), dict(networks=[internal]), dict(networks=[second], bind="127.0.0.1"),
                 dict(networks=[ipv6], bind="::", published="udp"), dict(networks=[first], bind=HOST_IP)]
        try:
            check(engine, neighbour, engine.busybox(), [Topology("tp", networks, [Container(next(numbers), f"tp-c{i}", **p) for i, p in enumerate(plans)])], ["--no-userland-proxy"])
        finally:
            neighbour.stop()


def missing_programs():
    return unavailable() or (None if find("busybox") else "busybox is not installed")


def installed_engine():
    run(range(1, TOPOLOGIES + 1))
    without_proxy()


def newer_engine():
    path = newer()
    if not path:
        return skip("network on Docker 28", "its packages cannot be had")
    run(range(101, 101 + NEWER_TOPOLOGIES), path)
    without_proxy(path)


if missing_programs():
    skip("network", missing_programs())
else:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a batch asks on ten thousand sockets at once
    main(installed_engine, newer_engine)
