# SPDX-License-Identifier: Apache-2.0
"""
Who reaches whom, asked of a real Docker Engine: random topologies of busybox containers, every pair and every port tried, from containers, from the host
and from a neighbour on the LAN; `strake network --engine` has to have said the same beforehand.
Each container listens on two ports and answers with its name: one that may be published, and one that never is.
"""
import json, os, random, re, signal, subprocess, sys, time

from _engine import Engine, find, unavailable
from _tap import main, ok, skip, strake

TOPOLOGIES = int(os.environ.get("STRAKE_TOPOLOGIES", 26))
HOST_IP, LAN_IP = "10.77.0.1", "10.77.0.2"


class Neighbour:
    """A network namespace on the other end of a cable, with routes to the container networks through the host."""

    def __init__(self, engine):
        self.process = subprocess.Popen(["unshare", "--net", "sleep", "100000"], start_new_session=True)
        time.sleep(0.3)
        engine.enter("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "lan1", "netns", self.process.pid, check=True)
        engine.enter("ip", "addr", "add", f"{HOST_IP}/24", "dev", "lan0", check=True)
        engine.enter("ip", "link", "set", "lan0", "up", check=True)
        for command in (["ip", "addr", "add", f"{LAN_IP}/24", "dev", "lan1"], ["ip", "link", "set", "lan1", "up"], ["ip", "link", "set", "lo", "up"],
                        ["ip", "route", "add", "172.16.0.0/12", "via", HOST_IP], ["ip", "route", "add", "192.168.0.0/16", "via", HOST_IP]):
            subprocess.run(["nsenter", "--net", "--target", str(self.process.pid), *command], check=True, capture_output=True)

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

    def start(self, engine, image):
        network = {"host": "host", "none": "none", "shared": f"container:{self.shares.name if self.shares else ''}"}.get(self.mode) or self.networks[0]
        publish = [] if self.bind is None else ["-p", (f"{self.bind}:" if self.bind else "") + f"{self.host_port}:{self.open}"]
        serve = " & ".join(f"nc -ll -p {port} -e echo {self.name}" for port in (self.open, self.closed))
        engine.docker("run", "-d", "--name", self.name, "--network", network, *publish, image, "sh", "-c", f"{serve} & sleep 100000")
        for extra in self.networks[1:]:
            engine.docker("network", "connect", extra, self.name)
        found = json.loads(engine.docker("inspect", self.name))[0]
        self.addresses = [n["IPAddress"] for n in found["NetworkSettings"]["Networks"].values() if n["IPAddress"]]

    def describe(self):
        where = self.mode if self.mode != "networks" else "+".join(self.networks)
        return f"{self.name}({where}{' of ' + self.shares.name if self.shares else ''}{'' if self.bind is None else ' -p ' + self.bind})"


def attempts(containers, gateways):
    """Every address and port at which a container might answer: (container, its port, address, port there)."""
    for c in containers:
        owner = c.shares or c
        for port in (c.open, c.closed):
            for address in owner.addresses:
                yield c, port, address, port
            for address in ["127.0.0.1", HOST_IP, *gateways]:
                yield c, port, address, port
                if port == c.open and c.bind is not None:
                    yield c, port, address, c.host_port


def script(tries):
    """All of them at once: a line "N" for each that the right container answered."""
    lines = [f'[ "$(busybox nc -w 2 {address} {port} </dev/null 2>/dev/null)" = {c.name} ] && echo {i} &' for i, (c, _, address, port) in enumerate(tries)]
    return "\n".join(lines) + "\nwait\n"


def predicted(found, source, target, port):
    for way in found.get((source, target), []):
        m = re.search(r"published port .*-> (\d+)/tcp|, port (\d+)/tcp", way)
        if not m or int(m[1] or m[2]) == port:
            return True
    return False


def check(engine, neighbour, image, seed):
    rng = random.Random(seed)
    networks = []
    for i in range(rng.choice([1, 2, 2, 3])):
        name, kind = f"n{i}", rng.choice(["plain", "plain", "internal", "no-icc"])
        engine.docker("network", "create", *{"internal": ["--internal"], "no-icc": ["-o", "com.docker.network.bridge.enable_icc=false"]}.get(kind, []), name)
        networks.append(name)
    containers = []
    try:
        for i in range(rng.choice([4, 5])):
            containers.append(Container(i, rng, networks, containers))
            containers[-1].start(engine, image)
        gateways = re.findall(r"(?:docker0|br-\w+)\s+inet ([\d.]+)", engine.enter("ip", "-4", "-o", "addr", text=True).stdout)
        answer = strake("network", "--engine", "--host", f"unix://{engine.socket}", "--no-config", "--to", "c*", "--format", "json")
        found = {(row["from"], row["to"]): row["ways"] for row in json.loads(answer.stdout)}
        wrong, tried = [], 0
        tries = list(attempts(containers, gateways))
        text = script(tries)
        sources = [(c.name, lambda c=c: engine.run("exec", "-i", c.name, "sh", input=text.encode())) for c in containers]
        sources.append(("host", lambda: engine.enter("sh", input=text.encode())))
        sources.append(("lan", lambda: subprocess.run(["nsenter", "--net", "--target", str(neighbour.process.pid), "sh"], input=text.encode(), capture_output=True)))
        for source, ask in sources:
            answers = {int(n) for n in ask().stdout.split()}
            for c in containers:
                for port in (c.open, c.closed):
                    if source == c.name:
                        continue
                    tried += 1
                    real = any(i in answers for i, t in enumerate(tries) if t[0] is c and t[1] == port)
                    if real != predicted(found, source, c.name, port):
                        wrong.append(f"{source} -> {c.name}:{port}: the engine says {real}; strake: {found.get((source, c.name))}")
        ok(not wrong and tried, f"topology {seed}: {' '.join(c.describe() for c in containers)}: {tried} pairs and ports", "\n".join(wrong) + "\n" + answer.stderr)
    finally:
        if containers:
            engine.run("rm", "-f", *(c.name for c in containers))
        engine.run("network", "rm", *networks)


def topologies():
    why = unavailable() or (None if find("busybox") else "busybox is not installed")
    if why:
        return skip("network", why)
    with Engine() as engine:
        neighbour = Neighbour(engine)
        try:
            image = engine.busybox()
            for seed in range(1, TOPOLOGIES + 1):
                check(engine, neighbour, image, seed)
        finally:
            neighbour.stop()


main(topologies)
