# SPDX-License-Identifier: Apache-2.0
"""
Images of real tools: tar archives as Python's tarfile reads them; one image through skopeo, podman and umoci in all their forms; a Docker Engine's own,
by name, id, save and export; and engines that break off.
"""
import contextlib, gzip, hashlib, http.server, io, json, os, random, shutil, socketserver, stat, subprocess, tarfile, tempfile, threading
from pathlib import Path

import _engine
from _tap import main, ok, skip, strake

TYPES = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.CONTTYPE: "file", tarfile.GNUTYPE_SPARSE: "file", tarfile.LNKTYPE: "hardlink", tarfile.SYMTYPE: "symlink",
         tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block", tarfile.DIRTYPE: "dir", tarfile.FIFOTYPE: "fifo"}


@contextlib.contextmanager
def folder():
    path = Path(tempfile.mkdtemp(prefix="strake-image-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def ask(target, verb="tree", platform="", env=None):
    answer = strake("eval", "image", stdin=f"{verb}\t{target}\t{platform}\n".encode("utf-8", "surrogateescape"), env=env)
    if answer.returncode:
        raise RuntimeError(answer.stderr)
    return json.loads(answer.stdout)


def sha256(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def printable(name):
    """As the program writes names that are no UTF-8: each such byte as U+FFFD."""
    return "".join("\ufffd" if "\udc80" <= c <= "\udcff" else c for c in name)


def by_python(path):
    """The last entry of every name as tarfile reads the archive: name to (type, size, mode, uid, gid, mtime, link, digest)."""
    tree = {}
    with tarfile.open(path) as tar:
        for member in tar:
            kind = TYPES[member.type]
            data = tar.extractfile(member).read() if kind == "file" else None
            link = os.path.normpath(member.linkname).lstrip("/") if kind == "hardlink" else member.linkname if kind == "symlink" else ""
            name = os.path.normpath(member.name).lstrip("/")
            tree[printable(name)] = (kind, len(data) if data is not None else 0, member.mode & 0o7777, member.uid, member.gid, int(member.mtime // 1), printable(link),
                                     sha256(data) if data is not None else "")
    return tree


def by_strake(answer):
    """The same of an answer; hard links without what they share with their target."""
    tree = {}
    for e in answer.get("tree", []):
        own = e["type"] != "hardlink"
        tree[e["path"]] = (e["type"], e["size"] if own else 0, e["mode"], e["uid"], e["gid"], e["mtime"], e.get("link", ""), e.get("digest", "") if own else "")
    return tree


def same(got, want, name, links=False):
    """Do trees agree? Of hard links only type and target count."""
    short = lambda t: {k: (v[0], v[6]) if v[0] == "hardlink" else v for k, v in t.items() if k not in ("", ".")}
    got, want = short(got), short(want)
    wrong = [f"{k}: got {got.get(k)}, want {want.get(k)}" for k in sorted(got.keys() | want.keys()) if got.get(k) != want.get(k)]
    return ok(not wrong, name, "\n".join(wrong[:20]))


def make_tree(root):
    """A small system with one of everything."""
    for name in ("etc", "usr/bin", "var/empty", "deep/" + "/".join(f"folder-number-{i:03}" for i in range(25))):
        (root / name).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\n")
    (root / "etc/empty").touch()
    (root / ("etc/" + "n" * 100)).write_text("a name of a hundred bytes")
    (root / ("etc/" + "m" * 200)).write_text("and of two hundred")
    (root / "etc/\u00fcmlaut \u2603").write_text("snow")
    (root / "usr/bin/su").write_bytes(bytes(range(256)) * 1000)
    os.chmod(root / "usr/bin/su", 0o4755)
    os.link(root / "usr/bin/su", root / "usr/bin/su-too")
    (root / "bin").symlink_to("usr/bin")
    (root / "etc/long-link").symlink_to("x" * 180)
    os.mkfifo(root / "var/pipe")
    with open(root / "var/sparse", "wb") as f:
        for at in (0, 1 << 20, 5 << 20):
            f.seek(at)
            f.write(b"data" * 100)
        f.truncate(6 << 20)
    if os.geteuid() == 0:
        os.mknod(root / "var/null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.chown(root / "etc/passwd", 3000000, 70000)


def tar_formats():
    with folder() as work:
        root = work / "root"
        make_tree(root)
        forms = {"v7": ["--format=v7"], "ustar": ["--format=ustar"], "gnu": ["--format=gnu"], "pax": ["--format=posix"], "old sparse": ["--format=gnu", "--sparse"],
                 **{f"pax sparse {v}": ["--format=posix", "--sparse", f"--sparse-version={v}"] for v in ("0.0", "0.1", "1.0")}}
        for name, options in forms.items():
            path = work / "x.tar"
            # Names and owners that a form cannot hold are left out of it, with tar's exit status 2.
            subprocess.run(["tar", "--sort=name", *options, "-cf", path, "-C", root, "."], capture_output=True)
            same(by_strake(ask(path)), by_python(path), f"a tar archive of form {name}")
        for program, suffix in (("gzip", "gz"), ("xz", "xz"), ("bzip2", "bz2"), ("zstd", "zst")):
            if not shutil.which(program):
                skip(f"an archive compressed by {program}", f"{program} is not installed")
                continue
            packed = work / "packed"
            packed.write_bytes(subprocess.run([program, "-c", work / "x.tar"], capture_output=True, check=True).stdout)
            same(by_strake(ask(packed)), by_python(work / "x.tar"), f"an archive compressed by {program}")
        answer = ask(root)
        ok(answer["kind"] == "root file system", "a directory is a root file system", answer)
        want = by_python(work / "x.tar")
        mine = by_strake(answer)
        for tree in (mine, want):  # a directory knows no hard links
            tree.pop("usr/bin/su-too")
        same(mine, want, "a directory as its archive")


def random_archives():
    """Archives of tarfile's three writers with names given twice, odd types and sizes round a block."""
    with folder() as work:
        good = True
        for seed in range(60):
            dice = random.Random(seed)
            path = work / f"{seed}.tar"
            with tarfile.open(path, "w", format=dice.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])) as tar:
                used = {}
                for i in range(dice.randrange(1, 40)):
                    kind = dice.choice([tarfile.REGTYPE] * 4 + [tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
                    name = dice.choice(["a", "b", "file-" + str(i), "x" * dice.randrange(1, 99), "./c", "/d"])
                    if used.setdefault(os.path.normpath(name).lstrip("/"), kind) != kind and tarfile.DIRTYPE in (kind, used[os.path.normpath(name).lstrip("/")]):
                        continue
                    info = tarfile.TarInfo(name)
                    info.type, info.mode, info.uid, info.gid, info.mtime = kind, dice.randrange(0o10000), dice.randrange(1 << 20), dice.randrange(1 << 20), dice.randrange(1 << 31)
                    data = b""
                    if kind == tarfile.REGTYPE:
                        data = dice.randbytes(dice.choice([0, 1, 511, 512, 513, 5000, 140000]))
                        info.size = len(data)
                    elif kind == tarfile.SYMTYPE:
                        info.linkname = dice.choice(["a", "/etc/x", "no such thing"])
                    tar.addfile(info, io.BytesIO(data))
            mine, want = by_strake(ask(path)), by_python(path)
            for tree in (mine, want):
                tree.pop("", None)
                tree.pop(".", None)
            if mine != want:
                good = False
                same(mine, want, f"random archive {seed}")
        ok(good, "sixty random archives as tarfile reads them")


def add_layer(entries):
    """Entries: name to bytes, None (a folder), or a text (a symbolic link); ("hard", target) a hard link."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, what in entries:
            info = tarfile.TarInfo(name)
            info.mode = 0o755 if what is None else 0o644
            if what is None:
                info.type = tarfile.DIRTYPE
            elif isinstance(what, str):
                info.type, info.linkname, info.mode = tarfile.SYMTYPE, what, 0o777
            elif isinstance(what, tuple):
                info.type, info.linkname = tarfile.LNKTYPE, what[1]
            else:
                info.size = len(what)
            tar.addfile(info, io.BytesIO(what if isinstance(what, bytes) else b""))
    data = out.getvalue().rstrip(b"\0")
    return data + bytes(-len(data) % 512 + 1024)  # no filling up to a record: skopeo 1.9 loses it when it writes zstd:chunked


def make_layout(path, layers):
    blobs = path / "blobs/sha256"
    blobs.mkdir(parents=True)

    def blob(data, kind):
        (blobs / hashlib.sha256(data).hexdigest()).write_bytes(data)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": sha256(data), "size": len(data)}

    config = {"os": "linux", "architecture": "amd64", "config": {"Cmd": ["/bin/sh"]}, "rootfs": {"type": "layers", "diff_ids": [sha256(l) for l in layers]},
              "history": [{"created_by": f"layer {i}"} for i in range(len(layers))]}
    manifest = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": blob(json.dumps(config).encode(), "config.v1+json"),
                "layers": [blob(gzip.compress(l, mtime=0), "layer.v1.tar+gzip") for l in layers]}
    entry = {**blob(json.dumps(manifest).encode(), "manifest.v1+json"), "annotations": {"org.opencontainers.image.ref.name": "sample"}}
    (path / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    (path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


LAYERS = [
    [("etc", None), ("etc/passwd", b"root\n"), ("etc/old", b"old"), ("usr", None), ("usr/bin", None), ("usr/bin/tool", b"tool" * 100000), ("usr/bin/tool2", ("hard", "usr/bin/tool")),
     ("bin", "usr/bin"), ("opt", None), ("opt/a", None), ("opt/a/x", b"x"), ("opt/b", b"file")],
    [("etc", None), ("etc/.wh.old", b""), ("etc/passwd", b"root\nuser\n"), ("opt", None), ("opt/a", None), ("opt/a/.wh..wh..opq", b""), ("opt/a/new", b"new")],
    [("opt", None), ("opt/b", None), ("opt/b/inner", b"inner"), ("usr", None), ("usr/bin", None), ("usr/bin/tool", b"replaced")],
]


def run(*args):
    p = subprocess.run([str(a) for a in args], capture_output=True)
    if p.returncode:
        raise RuntimeError(" ".join(map(str, args)) + ": " + p.stderr.decode(errors="replace")[-600:])
    return p.stdout


def files_of(answer):
    """What every form of one image must agree on: paths, types, sizes, digests, layers."""
    return {e["path"]: (e["type"], e["size"], e.get("digest"), e.get("link"), e["layer"]) for e in answer["tree"] if e["path"]}


def check_form(name, target, want, ident=None):
    answer = ask(target)
    good = "error" not in answer and not answer["gaps"] and files_of(answer) == want and (not ident or answer["id"] == ident)
    return ok(good, name, {k: v for k, v in answer.items() if k != "tree"})


def real_tools():
    with folder() as work:
        make_layout(work / "oci", [add_layer(l) for l in LAYERS])
        first = ask(work / "oci")
        want = files_of(first)
        ok(not first["gaps"] and want["etc/passwd"][4] == 2 and "etc/old" not in want and "opt/a/x" not in want and want["opt/b"][0] == "dir", "an OCI layout", first)
        if shutil.which("umoci") and os.geteuid() == 0:
            run("umoci", "unpack", "--image", f"{work}/oci:sample", work / "bundle")
            tree = ask(work / "bundle/rootfs")
            unpacked = {p: v[0].replace("hardlink", "file") for p, v in files_of(tree).items()}
            ok(unpacked == {p: v[0].replace("hardlink", "file") for p, v in want.items()}, "the merged tree is what umoci unpacks", unpacked)
        else:
            skip("the merged tree is what umoci unpacks", "umoci is not installed, or not root")
        if not shutil.which("skopeo"):
            skip("skopeo's forms", "skopeo is not installed")
            return
        policy = work / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        copy = lambda *args: run("skopeo", "--policy", policy, "copy", "-q", *args)
        source = f"oci:{work}/oci:sample"
        copy(source, f"docker-archive:{work}/skopeo.tar:sample:1")
        check_form("skopeo's docker-archive", work / "skopeo.tar", want)
        check_form("skopeo's docker-archive, by tag", f"{work}/skopeo.tar:sample:1", want)
        copy(source, f"oci-archive:{work}/skopeo-oci.tar:sample")
        check_form("skopeo's oci-archive", work / "skopeo-oci.tar", want, first["id"])
        copy(source, f"dir:{work}/dir")
        check_form("skopeo's dir", work / "dir", want, first["id"])
        for form in ("zstd", "zstd:chunked"):
            target = work / form.replace(":", "-")
            p = subprocess.run(["skopeo", "--policy", policy, "copy", "-q", "--dest-compress-format", form, "--dest-compress", source, f"dir:{target}"], capture_output=True)
            if p.returncode:
                skip(f"layers of {form}", "this skopeo does not write them")
            else:
                check_form(f"layers of {form}", target, want)
        if not shutil.which("podman") or os.geteuid():
            skip("podman's forms", "podman is not installed, or not root")
            return
        podman = ["podman", "--root", work / "podman", "--runroot", work / "podman-run", "--storage-driver", "vfs"]
        run(*podman, "load", "-q", "-i", work / "skopeo.tar")
        for form in ("docker-archive", "oci-archive", "docker-dir", "oci-dir"):
            run(*podman, "save", "-q", "--format", form, "-o", work / f"podman-{form}", "localhost/sample:1" if b"localhost/sample" in run(*podman, "images") else "docker.io/library/sample:1")
            check_form(f"podman's {form}", work / f"podman-{form}", want)


def through_a_pipe():
    with folder() as work:
        make_layout(work / "oci", [add_layer(l) for l in LAYERS])
        want = files_of(ask(work / "oci"))
        run("tar", "-cf", work / "x.tar", "-C", work / "oci", ".")
        for name, command in (("plain", ["cat"]), ("compressed", ["gzip", "-c"])):
            pipe = work / f"pipe-{name}"
            os.mkfifo(pipe)
            writer = subprocess.Popen(["sh", "-c", 'exec "$0" "$@" > "$PIPE"', *command, work / "x.tar"], env={**os.environ, "PIPE": str(pipe)})
            check_form(f"an archive through a pipe, {name}", pipe, want)
            writer.wait()


def docker_engine():
    why = _engine.unavailable()
    if why or not Path("/bin/busybox").exists():
        skip("a Docker Engine's images", why or "no /bin/busybox")
        return
    with folder() as work, _engine.Engine() as engine:
        engine.busybox("base:1", "RUN echo one > /one && mkdir /gone && echo x > /gone/x\nRUN rm -r /gone && ln -s one two && ln one three")
        (work / "Dockerfile").write_text("FROM base:1\nRUN echo two > /one\nLABEL a=b\n")
        engine.docker("build", "-q", "-t", "child:2", "-t", "child:alias", work)
        ident = engine.docker("inspect", "-f", "{{.Id}}", "child:2")
        env = {**os.environ, "DOCKER_HOST": engine.env["DOCKER_HOST"]}
        first = ask("child:2", env=env)
        ok(first.get("kind") == "engine" and first["id"] == ident and not first["gaps"], "an engine's image by name", first)
        want = files_of(first)
        ok(want["one"][1] == 4 and "gone" not in want and want["two"][0] == "symlink" and want["three"][0] == "hardlink", "its merged tree", want)
        inspected = engine.docker("inspect", "-f", "{{json .RootFS.Layers}}", "child:2")
        ok([l["diffID"] for l in first["layers"]] == json.loads(inspected), "its layers' diffIDs", inspected)
        history = engine.docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", "child:2").splitlines()
        ok(first["layers"][-1]["instruction"] == history[1], "the history line of its last layer", (first["layers"], history))
        for name in (ident, ident[7:19], "child", "child:alias", "docker:child:2"):
            answer = ask(name, env=env)
            if name == "child":
                ok("reference does not exist" in answer.get("error", "") or "No such image" in answer.get("error", ""), "a tag that the engine has not", answer)
            else:
                ok(answer.get("id") == ident, f"by {name.split(':')[0] if name != ident else 'id'}: {len(name)} letters", answer.get("error"))
        engine.docker("save", "-o", work / "both.tar", "base:1", "child:2")
        answer = ask(work / "both.tar")
        ok("several images" in answer.get("error", "") and "child:2" in answer["hint"] and "base:1" in answer["hint"], "two images in an archive are listed", answer)
        check_form("one of two by its tag", f"{work}/both.tar:child:2", want, ident)
        run("gzip", work / "both.tar")
        check_form("the same, compressed", f"{work}/both.tar.gz:child:2", want, ident)
        container = engine.docker("create", "child:2")
        with open(work / "export.tar", "wb") as out:
            subprocess.run(["docker", "export", container], env=engine.env, stdout=out, check=True)
        exported = {p: v[:1] + v[2:3] for p, v in files_of(ask(work / "export.tar")).items() if p.split("/")[0] not in ("dev", "etc", "proc", "sys", ".dockerenv")}
        merged = {p: v[:1] + v[2:3] for p, v in want.items()}
        # Which of several hard links is the file depends on the order of names.
        flat = lambda t: {p: (v[0].replace("hardlink", "file"), v[1]) for p, v in t.items() if p.split("/")[0] not in ("dev", "etc", "proc", "sys")}
        ok(flat(exported) == flat(merged), "the merged tree is what docker export writes", (flat(exported).items() ^ flat(merged).items()))
        size = (work / "export.tar").stat().st_size
        with open(work / "export.tar", "r+b") as f:
            f.truncate(size // 2)
        answer = ask(work / "export.tar")
        ok(answer.get("gaps") or "error" in answer, "an export that broke off is not whole", answer)


class Broken(http.server.BaseHTTPRequestHandler):
    """An engine that has image "x" and sends what the test says."""
    body, length, protocol_version = b"", None, "HTTP/1.1"

    def do_GET(self):
        if self.path.endswith("/json"):
            body, status = (b'{"Id": "sha256:00"}', 200) if "/missing/" not in self.path else (b'{"message": "No such image: missing"}', 404)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_response(200)
        if self.length is None:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(self.body), self.body))
            if self.finish_body:
                self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True

    def handle(self):
        with contextlib.suppress(BrokenPipeError):
            super().handle()

    finish_body = False

    def log_message(self, *_):
        pass

    def address_string(self):
        return "unix"


class UnixServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    def get_request(self):
        request, _ = super().get_request()
        return request, ("unix", 0)


def broken_engines():
    with folder() as work:
        make_layout(work / "oci", [add_layer(l) for l in LAYERS])
        run("tar", "-cf", work / "x.tar", "-C", work / "oci", ".")
        whole = (work / "x.tar").read_bytes()
        server = UnixServer(f"{work}/engine.sock", Broken)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {**os.environ, "DOCKER_HOST": f"unix://{work}/engine.sock", "TMPDIR": str(work)}
        try:
            Broken.body, Broken.finish_body = whole, True
            ok(not ask("x", env=env).get("gaps", True), "an engine that sends all", ask("x", env=env).get("error"))
            Broken.finish_body = False
            ok("error" in ask("x", env=env), "a body that stops without its end", ask("x", env=env).get("error"))
            written = len(whole.rstrip(b"\0"))
            for n in (written - 600, written // 2, 700):
                Broken.body, Broken.finish_body = whole[:n], True
                answer = ask("x", env=env)
                ok("error" in answer or answer["gaps"], f"a body cut after {n} bytes", answer)
            Broken.body = b""
            ok("error" in ask("x", env=env), "an empty body")
            answer = ask("missing", env=env)
            ok("No such image" in answer.get("error", "") and "docker pull" in answer.get("hint", ""), "an image that the engine has not", answer)
            ok(sorted(p.name for p in work.iterdir()) == ["engine.sock", "oci", "x.tar"], "no temporary file is left behind")
        finally:
            server.shutdown()
            server.server_close()
        env["DOCKER_HOST"] = f"unix://{work}/no-such.sock"
        answer = ask("nginx:1.27", env=env)
        ok("no-such.sock" in answer.get("error", "") and "running" in answer.get("hint", ""), "an engine that is not there", answer)
        (work / "ssh").mkdir()
        env["DOCKER_HOST"] = "ssh://host"
        ok("ssh" in ask("nginx:1.27", env=env).get("hint", ""), "an engine behind ssh", ask("nginx:1.27", env=env))


def newcomers():
    """What the command says, and how it ends, when what it is given cannot be scanned."""
    with folder() as work:
        make_layout(work / "oci", [add_layer(l) for l in LAYERS])
        make_layout(work / "empty", [])
        run("tar", "-cf", work / "whole.tar", "-C", work / "oci", ".")
        whole = (work / "whole.tar").read_bytes().rstrip(b"\0")
        (work / "cut.tar").write_bytes(whole[: len(whole) * 2 // 3])
        (work / "notes.txt").write_text("not an image\n" * 100)
        (work / "none").touch()
        broken = bytearray(whole + bytes(-len(whole) % 512 + 1024))
        at = broken.find(b"\x1f\x8b\x08") + 20
        broken[at] ^= 255
        (work / "broken.tar").write_bytes(broken)
        for name, target, options, status, words in (
                ("a missing file", "no-such.tar", [], 3, ["no-such.tar", "No such file"]),
                ("a file that is no image", "notes.txt", [], 3, ["notes.txt", "not a container image", "docker save"]),
                ("an empty file", "none", [], 3, ["the file is empty"]),
                ("a truncated archive", "cut.tar", [], 3, ["cut.tar", "broke off"]),
                ("a broken layer", "broken.tar", [], 3, ["not scanned: layer ", "gzip"]),
                ("an image for another platform", "oci", ["--platform", "linux/s390x"], 3, ["linux/s390x", "linux/amd64"]),
                ("a platform that is none", "oci", ["--platform", "what is this"], 2, ["OS/ARCHITECTURE"]),
                ("a name without an engine", "nginx:1.27", [], 3, ["nginx:1.27", "docker save", "DOCKER_HOST"]),
                ("a name in capitals", "Nginx:1.27", [], 3, ["small letters: nginx:1.27"]),
                ("an address", "https://example.org/x.tar", [], 3, ["download it"]),
                ("a severity that is none", "whole.tar", ["--severity", "hihg"], 2, ["critical, high, medium"]),
                ("a format that is none", "whole.tar", ["--format", "jsn"], 2, ['did you mean "json"']),
                ("an image without layers", "empty", [], 0, ["empty"]),
                ("a whole image", "whole.tar", [], 0, [])):
            env = {k: v for k, v in os.environ.items() if k != "DOCKER_HOST"}
            if name == "a name without an engine" and Path("/var/run/docker.sock").exists():
                skip(name, "there is an engine here")
                continue
            answer = strake("image", "--fail-on", "none", *options, target, cwd=work, env=env)
            ok(answer.returncode == status and all(w in answer.stderr for w in words), name, f"exit {answer.returncode}\n{answer.stderr}")
        piped = strake("image", "--fail-on", "none", "-", stdin=(work / "whole.tar").read_bytes())
        ok(piped.returncode == 0, "an archive on standard input", piped.stderr)


main(newcomers, tar_formats, random_archives, real_tools, through_a_pipe, docker_engine, broken_engines)
