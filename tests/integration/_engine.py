# SPDX-License-Identifier: Apache-2.0
"""
A real Docker Engine for one test script, in mount and network namespaces of its own and a folder of its own, stopped by its own process id.

    with Engine() as engine:
        engine.docker("build", "-t", "x", folder)      # output as text; raises on failure
        env = engine.env                               # DOCKER_HOST for other programs
        engine.api("POST", "/networks/create", {...})  # the Engine API itself: no client program for each question
        engine.enter("ip", "addr")                     # a command inside the engine's network namespace

The engine has a /run of its own with its socket as /run/docker.sock: a container that mounts /var/run/docker.sock gets this engine's.

unavailable() says in a word why no engine can be started here, or None; newer() finds the programs of a second one.
"""
import http.client, json, os, shutil, signal, socket, subprocess, tempfile, time, urllib.parse
from pathlib import Path

import _peers


def unavailable():
    if os.geteuid() != 0:
        return "a Docker Engine needs root"
    for program in ("dockerd", "docker", "containerd", "runc", "unshare", "nsenter", "ip"):
        if not find(program):
            return f"{program} is not installed"
    return None


def find(program):
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def newer():
    """A folder of Docker 28's programs from Debian sid, for Engine(path=...), or None."""
    folder = _peers.CACHE / "docker-28"
    wanted = {"docker.io": ["usr/sbin/dockerd", "usr/sbin/docker-proxy"], "docker-cli": ["usr/bin/docker"], "containerd": ["usr/bin/containerd", "usr/bin/containerd-shim-runc-v2"]}
    folder.mkdir(parents=True, exist_ok=True)
    for package, files in wanted.items():
        found = _peers.peer("sid", package)
        if not found:
            return None
        for file in files:
            (folder / Path(file).name).unlink(missing_ok=True)
            (folder / Path(file).name).symlink_to(found / file)
    return str(folder)


class Engine:
    def __init__(self, *options, dockerd="dockerd", path=None):
        """options: further options of dockerd; path: folders to search first (another release's docker)."""
        self.options, self.dockerd, self.path = options, dockerd, path

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="strake-engine-"))
        self.socket = self.folder / "docker.sock"
        search = (self.path + ":" if self.path else "") + os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        (self.folder / "client").mkdir()
        self.env = {**os.environ, "PATH": search, "DOCKER_HOST": f"unix://{self.socket}", "DOCKER_CONFIG": str(self.folder / "client"), "DOCKER_BUILDKIT": "0"}
        command = ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", f'ip link set lo up && mount -t tmpfs run /run && ln -s {self.socket} /run/docker.sock && exec "$@"',
                   "sh", shutil.which(self.dockerd, path=search),
                   "--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec", "-H", f"unix://{self.socket}", "-p", f"{self.folder}/pid", *self.options]
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env={**self.env, "DOCKER_HOST": ""}, start_new_session=True)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            if self.socket.exists() and subprocess.run(["docker", "version"], env=self.env, capture_output=True).returncode == 0:
                return self
            time.sleep(0.1)
        text = (self.folder / "log").read_text(errors="replace")[-2000:]
        self.__exit__()
        raise RuntimeError("dockerd did not start:\n" + text)

    def __exit__(self, *_):
        if self.process.poll() is None:
            names = subprocess.run(["docker", "ps", "-aq"], env=self.env, capture_output=True, text=True).stdout.split()
            if names:
                subprocess.run(["docker", "rm", "-f", *names], env=self.env, capture_output=True)
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)  # dockerd and the containerd that it started
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *args, **options):
        return subprocess.run(["docker", *map(str, args)], env=self.env, capture_output=True, **options)

    def docker(self, *args, **options):
        """A docker command's standard output as text; an error with what it said when it fails."""
        p = self.run(*args, **options)
        if p.returncode:
            raise RuntimeError(f"docker {' '.join(map(str, args))}: {p.stderr.decode(errors='replace')}{p.stdout.decode(errors='replace')[-1500:]}")
        return p.stdout.decode(errors="replace").strip()

    def api(self, method, path, body=None, **query):
        """A request to the Engine API: the reply's JSON, or None without one; an error with what the engine says."""
        connection = http.client.HTTPConnection("docker", timeout=300)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(str(self.socket))
        try:
            connection.request(method, path + "?" + urllib.parse.urlencode(query), None if body is None else json.dumps(body), {"Content-Type": "application/json"})
            reply = connection.getresponse()
            text = reply.read()
        finally:
            connection.close()
        if reply.status >= 400:
            raise RuntimeError(f"{method} {path}: {text.decode(errors='replace')}")
        return json.loads(text) if text.strip() else None

    def enter(self, *args, **options):
        """Runs a command in the engine's network namespace (the "host" its containers see)."""
        return subprocess.run(["nsenter", "--net", "--target", str(self.process.pid), *map(str, args)], capture_output=True, **options)

    def busybox(self, tag="busybox:local", extra=""):
        """An image of nothing but a static busybox and its shell."""
        folder = self.folder / "busybox"
        folder.mkdir(exist_ok=True)
        shutil.copy("/bin/busybox", folder / "busybox")
        (folder / "Dockerfile").write_text(f'FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\nENV PATH=/bin\n{extra}\nCMD ["/bin/busybox","sleep","1000000"]\n')
        self.docker("build", "-q", "-t", tag, folder)
        return tag
