# SPDX-License-Identifier: Apache-2.0
"""
Images of Docker Engines of two generations, over a unix socket, TCP and TLS: the legacy archive of 20.10, the OCI-style one of 28, and 28 with
containerd's image store, where an image's id is its manifest's digest; and of Podman, which speaks the same language. By name, id, short id and
digest; several images in one archive.
"""
import json, os, shutil, subprocess, tarfile, tempfile, time
from pathlib import Path

import _engine
from _tap import STRAKE, main, ok, skip

OLD, NEW = "Docker 20.10", "Docker 28"


def ask(engine, target, host=None, verb="tree", **variables):
    """What `strake eval image` says of a target, inside the engine's network."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("DOCKER_")}
    env |= {"DOCKER_HOST": host or engine.env["DOCKER_HOST"], "DOCKER_CONFIG": engine.env["DOCKER_CONFIG"], **variables}
    p = engine.enter(STRAKE, "eval", "image", input=f"{verb}\t{target}\t\n".encode(), env=env)
    if p.returncode:
        raise RuntimeError(p.stderr.decode())
    return json.loads(p.stdout)


def paths(answer):
    return {e["path"]: (e["type"], e["size"], e.get("digest"), e["layer"]) for e in answer.get("tree", []) if e["path"]}


def build(engine, work):
    """Two images, the second on top of the first; the tree of the second as it must be."""
    engine.busybox("base:1", "RUN echo one > /one && mkdir /gone && echo x > /gone/x\nRUN rm -r /gone")
    (work / "Dockerfile").write_text("FROM base:1\nRUN echo three > /one\nLABEL a=b\n")
    engine.docker("build", "-q", "-t", "child:2", "-t", "mirror.local:5000/team/child:3", work)


def check_images(engine, label, work):
    inspected = json.loads(engine.docker("inspect", "child:2"))[0]
    ident, diff_ids = inspected["Id"], inspected["RootFS"]["Layers"]
    first = ask(engine, "child:2")
    tree = paths(first)
    ok(first.get("kind") == "engine" and not first["gaps"] and [l["diffID"] for l in first["layers"]] == diff_ids, f"{label}: by name", {k: v for k, v in first.items() if k != "tree"})
    ok(tree.get("one", (0, 0))[1] == 6 and "gone" not in tree and "bin/busybox" in tree, f"{label}: the merged tree", sorted(tree))
    names = {"id": ident, "id without algorithm": ident.removeprefix("sha256:"), "short id": ident.removeprefix("sha256:")[:12], "name with a registry": "mirror.local:5000/team/child:3"}
    if inspected.get("RepoDigests"):
        names["digest"] = next(d for d in inspected["RepoDigests"] if d.startswith("child@"))
        names["tag and digest"] = names["digest"].replace("child@", "child:2@")
    for what, name in names.items():
        answer = ask(engine, name)
        ok(paths(answer) == tree and not answer.get("gaps"), f"{label}: by {what}", answer.get("error"))
    answer = ask(engine, "child:99")
    ok("child:99" in answer.get("error", "") + answer.get("hint", "") and "docker pull" in answer.get("hint", ""), f"{label}: a tag it has not", answer)
    for what, saved in {"a name": ["child:2"], "an id": [ident], "two names": ["base:1", "child:2"]}.items():
        archive = work / "saved.tar"
        engine.docker("save", "-o", archive, *saved)
        target = f"{archive}:child:2" if len(saved) > 1 else archive
        ok(paths(ask(engine, target)) == tree, f"{label}: docker save of {what}", ask(engine, target).get("error"))
    answer = ask(engine, archive)
    ok("several images" in answer.get("error", "") and all(n in answer["hint"] for n in saved), f"{label}: two images in an archive are listed", answer)
    with tarfile.open(archive) as tar:
        return tar.getnames()


def old_engine():
    with tempfile.TemporaryDirectory() as work, _engine.Engine("-H", "tcp://127.0.0.1:2375") as engine:
        build(engine, Path(work))
        names = check_images(engine, OLD, Path(work))
        ok(any(n.endswith("/layer.tar") for n in names), f"{OLD} writes the legacy archive", names)
        tree = paths(ask(engine, "child:2"))
        ok(paths(ask(engine, "child:2", "tcp://127.0.0.1:2375")) == tree, f"{OLD}: over tcp")
        ok(paths(ask(engine, "child:2", "http://127.0.0.1:2375/")) == tree, f"{OLD}: the same written as http")
        answer = ask(engine, "child:2", "tcp://127.0.0.1:2375", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=work)
        ok(f"{work}/ca.pem" in answer.get("error", "") and "DOCKER_CERT_PATH" in answer.get("hint", ""), "TLS without certificates", answer)
        (Path(work) / "ca.pem").touch()
        answer = ask(engine, "child:2", "tcp://127.0.0.1:2375", DOCKER_CERT_PATH=work)
        ok("error" in answer and "DOCKER_TLS_VERIFY" in answer.get("hint", ""), "TLS where none is spoken", answer)
        answer = ask(engine, "child:2", "tcp://127.0.0.1:9")
        ok("127.0.0.1:9" in answer.get("error", "") and "running" in answer.get("hint", ""), "a port where nobody listens", answer)


def certificates(folder):
    """A certificate authority, a server's and a client's certificate, and another authority that knows neither."""
    run = lambda *args: subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, cwd=folder)
    for name in ("ca", "other"):
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-subj", f"/CN={name}", "-keyout", f"{name}-key.pem", "-out", f"{name}.pem")
    for name, extra in (("server", "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth"), ("client", "extendedKeyUsage=clientAuth")):
        (folder / "extra").write_text(extra)
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout", f"{name}-key.pem", "-out", f"{name}.csr")
        run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-days", 2, "-extfile", "extra", "-out", f"{name}.pem")
    for target, authority in (("good", "ca"), ("bad", "other")):
        (folder / target).mkdir()
        for source, name in ((authority, "ca"), ("client", "cert"), ("client-key", "key")):
            shutil.copy(folder / f"{source}.pem", folder / target / f"{name}.pem")


def new_engine():
    path = _engine.newer()
    if not path:
        return skip(f"{NEW}'s images", "its packages cannot be had")
    with tempfile.TemporaryDirectory() as work:
        certificates(Path(work))
        tls = ["--tlsverify", "--tlscacert", f"{work}/ca.pem", "--tlscert", f"{work}/server.pem", "--tlskey", f"{work}/server-key.pem"]
        with _engine.Engine("-H", "tcp://127.0.0.1:2376", *tls, path=path) as engine:
            build(engine, Path(work))
            names = check_images(engine, NEW, Path(work))
            ok("oci-layout" in names and not any(n.endswith("/layer.tar") for n in names), f"{NEW} writes the OCI-style archive", names)
            host, tree = "tcp://127.0.0.1:2376", paths(ask(engine, "child:2"))
            answer = ask(engine, "child:2", host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=f"{work}/good")
            ok(paths(answer) == tree, f"{NEW}: over TLS with certificates of both sides", answer.get("error"))
            ok(paths(ask(engine, "child:2", host, DOCKER_CERT_PATH=f"{work}/good")) == tree, f"{NEW}: over TLS without verification")
            answer = ask(engine, "child:2", host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=f"{work}/bad")
            ok("certificate" in answer.get("error", "") and "DOCKER_CERT_PATH" in answer.get("hint", ""), "a server that another authority vouches for", answer)
            answer = ask(engine, "child:2", host)
            ok("HTTPS" in answer.get("error", "") and "DOCKER_TLS_VERIFY=1" in answer.get("hint", ""), "no TLS where it is wanted", answer)
            (Path(work) / "good/cert.pem").unlink()
            (Path(work) / "good/key.pem").unlink()
            answer = ask(engine, "child:2", host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=f"{work}/good")
            ok("error" in answer and "DOCKER_CERT_PATH" in answer.get("hint", ""), "an engine that wants a client's certificate", answer)


def containerd_store():
    path = _engine.newer()
    if not path:
        return skip(f"{NEW} with containerd's store", "its packages cannot be had")
    with tempfile.TemporaryDirectory() as work, _engine.Engine("--feature", "containerd-snapshotter=true", path=path) as engine:
        build(engine, Path(work))
        names = check_images(engine, f"{NEW} with containerd's store", Path(work))
        ok("oci-layout" in names and "manifest.json" in names, "its archive has both forms", names)


def podman():
    if not shutil.which("podman"):
        return skip("Podman's images", "podman is not installed")
    with tempfile.TemporaryDirectory() as work:
        command = ["podman", "--root", f"{work}/root", "--runroot", f"{work}/run", "--storage-driver", "vfs"]
        shutil.copy("/bin/busybox", work)
        (Path(work) / "Containerfile").write_text("FROM scratch\nCOPY busybox /bin/busybox\n")
        ident = subprocess.run([*command, "build", "-q", "-t", "sample:1", work], check=True, capture_output=True, text=True).stdout.strip()
        socket = Path(work) / "podman.sock"
        service = subprocess.Popen([*command, "system", "service", "--time", "0", f"unix://{socket}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            for _ in range(100):
                if socket.exists():
                    break
                time.sleep(0.1)
            env = {**os.environ, "DOCKER_HOST": f"unix://{socket}"}
            for name in ("sample:1", "localhost/sample:1", ident, ident[:12]):
                p = subprocess.run([STRAKE, "eval", "image"], input=f"tree\t{name}\t\n".encode(), capture_output=True, env=env)
                answer = json.loads(p.stdout)
                ok("bin/busybox" in paths(answer) and answer["id"] == "sha256:" + ident and not answer["gaps"], f"Podman: by {name[:18]}", answer.get("error"))
        finally:
            service.terminate()
            service.wait()
            subprocess.run([*command, "rmi", "--all", "--force"], capture_output=True)


def unavailable():
    return _engine.unavailable() or ("no /bin/busybox" if not Path("/bin/busybox").exists() else None) or ("openssl is not installed" if not shutil.which("openssl") else None)


if unavailable():
    skip("images of real engines", unavailable())
else:
    main(old_engine, new_engine, containerd_store, podman)
