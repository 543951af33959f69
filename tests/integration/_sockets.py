# SPDX-License-Identifier: Apache-2.0
"""
Who answers whom between network namespaces: one process that opens its sockets in the namespaces of others, so that nothing has to run in the containers.

    servers = Servers([(namespace, name, port), ...])           # each port over TCP and UDP, IPv4 and IPv6; answers with the name
    answered = servers.ask({"host": (namespace, [(protocol, address, port), ...])})     # {"host": {number of a try: name that answered}}

A namespace is the process id of one that lives in it.
"""
import contextlib, ctypes, os, select, socket, struct, time

CLONE_NEWNET = 0x40000000
IP_PKTINFO = 8
IPV6_PKTINFO, IPV6_RECVPKTINFO = socket.IPV6_PKTINFO, socket.IPV6_RECVPKTINFO
libc = ctypes.CDLL(None, use_errno=True)
QUIET, AGAIN, LONGEST = 1.6, 0.6, 20  # seconds without an answer that end the asking; when datagrams are sent again; the end in any case


@contextlib.contextmanager
def inside(process):
    """Sockets opened in here belong to that process's network namespace."""
    with open(f"/proc/{os.getpid()}/ns/net") as own, open(f"/proc/{process}/ns/net") as there:
        if libc.setns(there.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            if libc.setns(own.fileno(), CLONE_NEWNET):
                os._exit(1)  # nothing after this would run where it thinks


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Servers:
    def __init__(self, places):
        self.poll, self.known, self.sockets = select.epoll(), {}, []
        for namespace, name, port in places:
            with inside(namespace):
                for version in (socket.AF_INET, socket.AF_INET6):
                    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                        self.listen(version, kind, name.encode(), port)

    def listen(self, version, kind, name, port):
        s = socket.socket(version, kind)
        s.setblocking(False)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if version == socket.AF_INET6:
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        s.bind(("", port))
        if kind == socket.SOCK_STREAM:
            s.listen(1000)
            self.add(s, lambda: self.accept(s, name))
        else:
            s.setsockopt(*((socket.IPPROTO_IPV6, IPV6_RECVPKTINFO) if version == socket.AF_INET6 else (socket.IPPROTO_IP, IP_PKTINFO)), 1)
            self.add(s, lambda: self.reply(s, name))

    def add(self, s, then):
        self.sockets.append(s)
        self.watch(s, then)

    def watch(self, s, then):
        self.known[s.fileno()] = then
        self.poll.register(s.fileno(), select.EPOLLIN)

    def accept(self, s, name):
        with contextlib.suppress(OSError):
            peer, _ = s.accept()
            peer.sendall(name)
            peer.close()

    def reply(self, s, name):
        """Answers from the very address that was asked, as a server that minds its several addresses does."""
        with contextlib.suppress(OSError):
            data, ancillary, _, sender = s.recvmsg(64, 256)
            for level, kind, value in ancillary:
                if (level, kind) == (socket.IPPROTO_IP, IP_PKTINFO):
                    ancillary = [(level, kind, struct.pack("=I4s4s", 0, value[4:8], bytes(4)))]
                elif (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO):
                    ancillary = [(level, kind, value[:16] + struct.pack("=I", 0))]
            s.sendmsg([name], ancillary, 0, sender)

    def ask(self, sources):
        """Every try of every source, all at once: {source: {number of the try: name that answered}}."""
        self.answers, clients, datagrams = {source: {} for source in sources}, [], []
        for source, (namespace, tries) in sources.items():
            with inside(namespace):
                for number, (protocol, address, port) in enumerate(tries):
                    s = socket.socket(family(address), socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM)
                    s.setblocking(False)
                    clients.append(s)
                    self.watch(s, lambda s=s, source=source, number=number: self.hear(s, source, number))
                    if protocol == "udp":
                        datagrams.append((s, (address, port)))
                    else:
                        s.connect_ex((address, port))
                    if number % 32 == 0:
                        self.turn(0)
        self.heard = begin = time.monotonic()
        for delay in (0, AGAIN, 2 * AGAIN):
            while time.monotonic() < begin + delay:
                self.turn(0.05)
            for sent, (s, target) in enumerate(datagrams):
                with contextlib.suppress(OSError):
                    s.sendto(b"who", target)
                if sent % 8 == 0:
                    self.turn(0)
        while time.monotonic() < min(self.heard + QUIET, begin + LONGEST):
            self.turn(0.05)
        for s in clients:
            if s.fileno() in self.known:
                self.forget(s)
        return self.answers

    def turn(self, seconds):
        """What has come, some at a time: the selectors module would make room for all of ten thousand sockets on every call."""
        for number, _ in self.poll.poll(seconds, 256):
            if number in self.known:
                self.known[number]()

    def hear(self, s, source, number):
        try:
            name = s.recv(64)
        except OSError:  # refused or unreachable; a datagram sent again may fare better
            name = b""
        if name and number not in self.answers[source]:
            self.answers[source][number] = name.decode()
            self.heard = time.monotonic()
        if s.type == socket.SOCK_STREAM:
            self.forget(s)

    def forget(self, s):
        del self.known[s.fileno()]
        self.poll.unregister(s.fileno())
        s.close()

    def close(self):
        for s in self.sockets:
            self.forget(s)
        self.poll.close()
