# SPDX-License-Identifier: Apache-2.0
"""
strake harden -- docker run …: command lines as people type them; the hardened command keeps what was asked for, the Compose service loads, and some of both are run by a
real engine.
"""
import json, re, shlex, shutil, subprocess, tempfile
from pathlib import Path

from _engine import Engine, unavailable
from _tap import main, ok, skip, strake

COMMON = ["--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--memory=512m", "--cpus=1", "--pids-limit=512", "--log-opt=max-size=10m", "--log-opt=max-file=3"]

# (command line, words that the hardened command has, words that it has not, text of a note, does the Compose service load?)
LINES = [
    ("docker run -d --name web -p 8080:80 nginx:1.27", ["--detach", "--name=web", "--publish=127.0.0.1:8080:80", "--cap-add=CHOWN", "--cap-add=NET_BIND_SERVICE", "--cap-add=SETUID"], ["--publish=8080:80", "--cap-add=DAC_OVERRIDE"], "the image's root process needs it", True),
    ("docker run -it --rm alpine:3.20 sh", ["--interactive", "--tty", "--rm", "alpine:3.20", "sh"], [], "no --user", True),
    ("docker run --rm \\\n  -v \"/home/me/a b\":/src \\\n  -w /src node:20 npm test", ["--volume=/home/me/a b:/src", "--workdir=/src", "npm", "test"], [], "", True),
    ("docker run -v /var/run/docker.sock:/var/run/docker.sock:ro traefik:v3", ["--volume=/var/run/docker.sock:/var/run/docker.sock:ro"], [], "root on the host, :ro or not", True),
    ("docker run -v /:/host:ro app:1", ["--volume=/:/host:ro"], [], "all files of the host", True),
    ("docker run -v /etc:/e app:1", ["--volume=/etc:/e"], [], "can be changed", True),
    ("docker run -v /etc/localtime:/etc/localtime:ro app:1", ["--volume=/etc/localtime:/etc/localtime:ro"], [], "", True),
    ("docker run -v data:/data:rw,z -v ./conf:/etc/app:ro app:1", ["--volume=data:/data:rw,z", "--volume=./conf:/etc/app:ro"], [], "", True),
    ("docker run --mount type=bind,source=/srv/data,target=/data,readonly app:1", ["--mount=type=bind,source=/srv/data,target=/data,readonly"], [], "", True),
    ("docker run --mount src=db,dst=/var/lib/postgresql/data postgres:17", ["--mount=src=db,dst=/var/lib/postgresql/data", "--cap-add=FOWNER"], [], "becomes a user of its own", True),
    ("docker run --tmpfs /run:size=1m,mode=1777 --read-only -u 1000:1000 app:1", ["--tmpfs=/run:size=1m,mode=1777", "--read-only", "--user=1000:1000"], [], "", True),
    ("docker run -p 8000-8005:8000-8005 app:1", ["--publish=127.0.0.1:8000-8005:8000-8005"], [], "only this machine reaches it", True),
    ("docker run -p 127.0.0.1:5432:5432/tcp -p 53:53/udp -p 9000 app:1", ["--publish=127.0.0.1:5432:5432/tcp", "--publish=127.0.0.1:53:53/udp", "--publish=127.0.0.1::9000"], [], "", True),
    ("docker run -p published=8080,target=80,protocol=udp app:1", ["--publish=127.0.0.1:8080:80/udp"], [], "", True),
    ("docker run -p '[::]:8080:80' -p 0.0.0.0:81:81 -p 192.0.2.7:82:82 app:1", ["--publish=[::1]:8080:80", "--publish=127.0.0.1:81:81", "--publish=192.0.2.7:82:82"], [], "", True),
    ("docker run -dp80:80 app:1", ["--detach", "--publish=127.0.0.1:80:80"], [], "", True),
    ("docker run -P app:1", ["--publish-all"], [], "opens every exposed port", True),
    ("docker run --env-file .env -e DEBUG -e TOKEN=abc -e 'A=b $c \"d\"' app:1", ["--env-file=.env", "--env=DEBUG", "--env=TOKEN=abc", '--env=A=b $c "d"'], [], "--env=TOKEN=…", True),
    ("docker run --net=backend --network-alias db --ip 10.1.2.3 app:1", ["--network=backend", "--network-alias=db", "--ip=10.1.2.3"], [], "", True),
    ("docker run --network host --pid=host --ipc host --uts host app:1", ["--network=host", "--pid=host", "--ipc=host", "--uts=host"], [], "shows and signals every process", True),
    ("docker run --gpus all nvidia/cuda:12 nvidia-smi", ["--gpus=all", "nvidia-smi"], [], "", True),
    ("docker run --privileged --cap-add SYS_ADMIN docker:27-dind", ["--privileged", "--cap-add=SYS_ADMIN"], ["--cap-drop=ALL"], "root in the container is root outside", True),
    ("docker run --cap-add=NET_ADMIN --cap-drop=all wg:1", ["--cap-add=NET_ADMIN", "--cap-drop=all"], ["--cap-drop=ALL"], "", True),
    ("docker run redis@sha256:e422889e156ebea83856b6ff973bfe0c86bce867d80def228044eeecf925592b redis-server --save 60 1", ["--cap-add=SETGID", "redis-server", "--save", "60", "1"], [], "", True),
    ("docker run -itd --restart=always -m 1g --cpus=.5 app:1", ["--restart=on-failure:5", "--memory=1g", "--cpus=.5"], ["--memory=512m", "--cpus=1"], "a process that keeps dying", True),
    ("docker run --restart unless-stopped --stop-timeout 5 --stop-signal SIGINT app:1", ["--restart=unless-stopped", "--stop-timeout=5"], [], "", True),
    ("docker run --security-opt seccomp:unconfined --security-opt apparmor=unconfined app:1", ["--security-opt=seccomp:unconfined", "--security-opt=apparmor=unconfined"], [], "allows every system call", True),
    ("docker run --health-cmd 'curl -f http://localhost/ || exit 1' --health-interval=5s --health-retries 2 app:1", ["--health-cmd=curl -f http://localhost/ || exit 1", "--health-interval=5s"], [], "", True),
    ("docker run --entrypoint /bin/sh app:1 -c \"echo 'hi there' && ls $HOME\"", ["--entrypoint=/bin/sh", "-c", "echo 'hi there' && ls $HOME"], [], "", True),
    ("docker run --ulimit nofile=1024:2048 --ulimit nproc=64 --shm-size=1g --device /dev/fuse app:1", ["--ulimit=nofile=1024:2048", "--device=/dev/fuse"], [], "", True),
    ("docker run --label a=b -l c=d -h h --add-host db:10.0.0.1 --dns 1.1.1.1 app:1", ["--label=a=b", "--label=c=d", "--hostname=h"], [], "", True),
    ("docker run --log-driver json-file --log-opt max-size=1m app:1", ["--log-opt=max-size=1m"], ["--log-opt=max-size=10m"], "", True),
    ("docker run --rm=false -t=false -i=true --init app:1", ["--interactive", "--init"], ["--rm", "--tty"], "", True),
    ("docker run app", ["app"], [], "the image can change with every pull", True),
    ("docker container run --rm hello-world:1", ["docker", "container", "run", "--rm"], [], "", True),
    ("docker --context prod -H tcp://192.0.2.1:2376 run --rm app:1", ["docker", "--context", "prod", "-H", "tcp://192.0.2.1:2376", "run"], [], "", True),
    ("sudo -u me docker run --rm -- app:1", ["sudo", "-u", "me", "docker", "run", "app:1"], [], "", True),
    ("DOCKER_BUILDKIT=1 docker create --name one app:1", ["DOCKER_BUILDKIT=1", "docker", "create", "--name=one"], [], "", True),
    ("podman run --rm --replace --name x docker.io/library/alpine:3.20 true", ["podman", "run", "docker.io/library/alpine:3.20", "true"], [], "", None),
]
REFUSED = [("docker run", "names no image"), ("docker run -v", "needs a value"), ("docker run --nosuchflag app", "no option --nosuchflag"), ("docker run --publsh 80:80 app", "--publish"), ("docker run -Z app", "no option -Z"),
           ("docker build .", 'not a "docker run" command')]


def harden(words, *options):
    p = strake("harden", *options, "--", *words)
    command = p.stdout.split("\n\n")[0]
    return p, shlex.split(command.replace("\\\n", " ")) if p.returncode == 0 and "--compose" not in options else command


def lines():
    for line, has, lacks, note, loads in LINES:
        words = shlex.split(line.replace("\\\n", ""))
        p, hard = harden(words)
        name = " ".join(line.split())[:90]
        missing, extra = [w for w in has if w not in hard], [w for w in lacks if w in hard]
        ok(p.returncode == 0 and not missing and not extra and note in p.stdout, f"hardened: {name}", (missing, extra, p.stdout, p.stderr))
        notes = [n for n in p.stdout.split("\n\n")[1].splitlines() if n]
        untold = [w for w in COMMON if w in hard and not any(n.startswith(f"# added {w}: ") for n in notes) and w not in has]
        ok(not untold, f"... with a word on each flag that was added: {name}", (untold, notes))
        again, twice = harden(hard)
        ok(twice == hard and "# added" not in again.stdout and "# changed" not in again.stdout, f"... and a second time nothing changes: {name}", again.stdout)
        p, service = harden(words, "--compose")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "compose.yaml").write_text(p.stdout)
            (Path(folder) / ".env").write_text("")
            p = strake("compose", "config", cwd=folder)
        if loads is not None:
            ok((p.returncode == 0) == loads, f"... as a Compose service: {name}", p.stderr + service)
    for line, why in REFUSED:
        p, _ = harden(shlex.split(line))
        ok(p.returncode == 2 and why in p.stderr and not p.stdout, f"refused: {line}", p.stdout + p.stderr)


def compose():
    """What Compose writes in other words."""
    import yaml
    words = shlex.split("docker run --mount type=bind,src=/a,dst=/b,ro,bind-propagation=rslave -v data:/d --ulimit nofile=1:2 --ulimit nproc=3 --network back --network-alias db --health-cmd 'x || y' --health-retries 2"
                        " --gpus all --stop-timeout 7 --entrypoint 'a b' -e 'X=$Y' --log-opt max-size=1m --cidfile /tmp/id app:1 c '$d'")
    project = yaml.safe_load(harden(words, "--compose")[0].stdout)
    service = project["services"]["app"]
    wanted = {"volumes": [{"type": "bind", "source": "/a", "target": "/b", "read_only": True, "bind": {"propagation": "rslave"}}, "data:/d"], "ulimits": {"nofile": {"soft": 1, "hard": 2}, "nproc": {"soft": 3, "hard": 3}},
              "networks": {"back": {"aliases": ["db"]}}, "healthcheck": {"test": "x || y", "retries": 2}, "gpus": "all", "stop_grace_period": "7s", "entrypoint": ["a b"], "environment": ["X=$$Y"], "command": ["c", "$$d"],
              "logging": {"options": {"max-size": "1m"}}}
    wrong = {k: (service.get(k), v) for k, v in wanted.items() if service.get(k) != v}
    ok(not wrong, "options that Compose says otherwise", wrong)
    ok(project["networks"] == {"back": {"external": True}} and project["volumes"] == {"data": {"name": "data"}}, "networks and volumes are those of the engine", project)
    ok("# no key of Compose for --cidfile=/tmp/id" in harden(words, "--compose")[0].stdout, "an option without a key becomes a comment")


def engine():
    reason = unavailable() or (None if shutil.which("busybox") else "busybox-static is not installed")
    if reason:
        return skip("hardened commands under a real engine", reason)
    with Engine() as real, tempfile.TemporaryDirectory() as folder:
        shutil.copy(shutil.which("busybox"), Path(folder) / "busybox")
        (Path(folder) / "Dockerfile").write_text("FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\nENV PATH=/bin\nCMD [\"/bin/busybox\", \"true\"]\n")
        real.docker("build", "-t", "box:1", folder)
        (Path(folder) / "env").write_text("FROM_FILE=yes\n")
        (Path(folder) / "page").write_text("hello from the volume\n")

        def run(line, *options):
            p, hard = harden(shlex.split(line), *options)
            q = subprocess.run(hard, env=real.env, capture_output=True, text=True, timeout=120)
            return hard, q
        hard, q = run("docker run --rm -i box:1 busybox grep -E '^(CapEff|NoNewPrivs)' /proc/self/status")
        ok("CapEff:\t0000000000000000" in q.stdout and "NoNewPrivs:\t1" in q.stdout, "no capabilities and no new privileges", q.stdout + q.stderr)
        hard, q = run(f"docker run --rm --env-file {folder}/env -e 'A=b $c \"d\"' box:1 sh -c 'echo \"$FROM_FILE $A\"'")
        ok(q.stdout == 'yes b $c "d"\n', "environment and quotes arrive as they were typed", q.stdout + q.stderr)
        hard, q = run(f"docker run --rm --mount type=bind,source={folder},target=/data,readonly -v {folder}/page:/page:ro box:1 busybox cat /data/page /page")
        ok(q.stdout == "hello from the volume\n" * 2, "mounts of both forms", q.stdout + q.stderr)
        hard, q = run("docker run --rm box:1 sh -c 'busybox id -u; busybox touch /x 2>&1; busybox touch /tmp/x && echo room'", "--unsafe")
        ok(q.stdout.startswith("10001\n") and "Read-only file system" in q.stdout and q.stdout.endswith("room\n"), "--unsafe: another user, a read-only root, room in /tmp", q.stdout + q.stderr)
        hard, q = run("docker run --rm --entrypoint /bin/busybox box:1 sh -c 'exit 7'")
        ok(q.returncode == 7, "the entrypoint, and the program's own exit status", q.stdout + q.stderr)
        hard, q = run("docker run -d --name web -p 18080:8080 -v " + folder + "/page:/www/page:ro box:1 busybox httpd -f -p 8080 -h /www")
        state = json.loads(real.docker("inspect", "web"))[0]
        limits = state["HostConfig"]
        ok(q.returncode == 0 and state["State"]["Running"] and limits["PortBindings"] == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18080"}]}, "a server that is published on this machine alone", (q.stderr, limits["PortBindings"]))
        ok(limits["Memory"] == 512 << 20 and limits["NanoCpus"] == 10**9 and limits["PidsLimit"] == 512 and limits["CapDrop"] == ["ALL"] and limits["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}, "with every limit in force", limits)
        answer = real.enter("busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:18080/page")
        ok(answer.stdout == b"hello from the volume\n", "which answers", answer)


main(lines, compose, engine)
