# SPDX-License-Identifier: Apache-2.0
"""
An image built by a real Docker Engine with a secret planted in each of twelve ways: all are found, with layer, instruction and Dockerfile line, and
no output shows one. The same image built with care (BuildKit secret mounts) shows none.
Secrets are made up while the test runs, so that no scanner takes this file for a leak.
"""
import base64, hashlib, io, json, os, random, re, shutil, subprocess, sys, tempfile, zipfile, zlib
from pathlib import Path

from _engine import Engine, find, unavailable
from _peers import buildx
from _tap import main, ok, skip, strake

rng = random.Random(7)
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def draw(n, alphabet=ALNUM):
    return "".join(rng.choice(alphabet) for _ in range(n))


def github():
    body, digits, sum_ = draw(30), "", 0
    sum_ = zlib.crc32(body.encode())
    for _ in range(6):
        digits, sum_ = ALNUM[sum_ % 62] + digits, sum_ // 62
    return "gh" + "p_" + body + digits


def aws():
    return "AK" + "IA" + draw(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def gitlab():
    return "gl" + "pat-" + draw(20)


def jar(text):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n")
        z.writestr("conf/app.properties", text)
    return out.getvalue()


def git(folder, *args):
    env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x.internal", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x.internal"}
    subprocess.run(["git", "-C", str(folder), *args], check=True, capture_output=True, env=env)


def make_repository(folder, secret, packed):
    folder.mkdir()
    git(folder, "init", "-q")
    lines = "".join(f"setting_{i} = {i * 7919}\n" for i in range(200))
    for content in (lines, lines + f"token = {secret}\n", lines + "token = from the environment\n"):
        (folder / "settings.txt").write_text(content)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "change")
    if packed:
        git(folder, "gc", "-q", "--aggressive")
    return folder


DOCKERFILE = """FROM base AS builder
COPY npmrc /root/.npmrc

FROM base
ENV DB_PASSWORD={env}
ARG API_TOKEN
RUN test -n "$API_TOKEN"
COPY key.txt /tmp/key.txt
RUN rm /tmp/key.txt
RUN echo "token: {echo}" > /etc/app.conf
COPY --from=builder /root/.npmrc /root/.npmrc
COPY repo /src
COPY app.jar /app/app.jar
COPY data.json /app/data.json
LABEL deploy.token={label}
HEALTHCHECK CMD wget -q --http-password={health} http://localhost/
COPY deploy_key /root/.ssh/id_ed25519
COPY config.json /root/.docker/config.json
"""


def plant(folder):
    """The build context; returns {way: (secret value, rule names, path pattern, instruction pattern, Dockerfile line)}."""
    s = {"env": draw(24), "arg": draw(32), "copied": aws(), "echo": github(), "npmrc": "np" + "m_" + draw(36), "git": gitlab(), "jar": aws(), "base64": github(),
         "label": gitlab(), "health": draw(18), "docker": base64.b64encode(f"ci:{draw(20)}".encode()).decode()}
    (folder / "Dockerfile").write_text(DOCKERFILE.format(**s))
    (folder / "npmrc").write_text(f"//registry.example.com/:_authToken={s['npmrc']}\n")
    (folder / "key.txt").write_text(f"key = {s['copied']}\n")
    make_repository(folder / "repo", s["git"], packed=True)
    (folder / "app.jar").write_bytes(jar(f"aws.key={s['jar']}\n"))
    (folder / "data.json").write_text(json.dumps({"data": base64.b64encode(f"token={s['base64']}\n".encode()).decode()}))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "deploy_key")], check=True)
    (folder / "config.json").write_text(json.dumps({"auths": {"registry.internal": {"auth": s["docker"]}}}))
    return s, {
        "ENV": (s["env"], r"^image:env$", "ENV DB_PASSWORD", 5),
        "ARG": (s["arg"], r"^image:history$", "test -n", 7),
        "COPY, then rm": (s["copied"], r"^tmp/key\.txt$", "COPY", 8),
        "RUN echo": (s["echo"], r"^etc/app\.conf$", "echo", 10),
        ".npmrc of a builder stage": (s["npmrc"], r"^root/\.npmrc$", "COPY", 11),
        "git history": (s["git"], r"^src/\.git/objects/pack/.*\.pack!", "COPY", 12),
        "inside a jar": (s["jar"], r"^app/app\.jar!conf/app\.properties$", "COPY", 13),
        "base64 in JSON": (s["base64"], r"^app/data\.json$", "COPY", 14),
        "LABEL": (s["label"], r"^image:label$", "LABEL", 15),
        "HEALTHCHECK": (s["health"], r"^image:cmd$", "HEALTHCHECK", 16),
        "SSH key": ((folder / "deploy_key").read_text().strip(), r"^root/\.ssh/id_ed25519$", "COPY", 17),
        "docker config": (s["docker"], r"^root/\.docker/config\.json$", "COPY", 18),
    }


def base_image(engine, folder):
    root = folder / "root"
    (root / "bin").mkdir(parents=True)
    shutil.copy(find("busybox") or "/bin/busybox", root / "bin/busybox")
    for name in ("sh", "rm", "echo", "test", "cat", "mkdir", "wget"):
        (root / "bin" / name).symlink_to("busybox")
    for name in ("root/.ssh", "etc", "tmp"):
        (root / name).mkdir(parents=True)
    tar = subprocess.run(["tar", "-C", str(root), "-c", "."], check=True, capture_output=True).stdout
    engine.run("import", "-", "base", input=tar)


def fingerprints(finding, value):
    names = [finding["id"].removeprefix("SEC-")]
    values = [value, value + "\n"] if "\n" in value else [value, f"API_TOKEN={value}"]
    return {hashlib.sha256(b"strake/1" + n.encode() + b"\0" + v.encode()).hexdigest()[:32] for n in names for v in values}


def judge(report, ways, diff_ids, how):
    for way, (value, path, instruction, line) in ways.items():
        hits = [f for f in report["findings"] if f["fingerprint"] in fingerprints(f, value) and re.search(path, f["location"].get("path", ""))]
        place = hits[0]["location"] if hits else {}
        ok(hits, f"{how}: {way} is found", json.dumps([f["message"] + " " + f["location"].get("path", "") for f in report["findings"]], indent=1))
        if not hits:
            continue
        evidence = " | ".join(hits[0].get("evidence", []))
        ok(instruction in evidence, f"{how}: {way} names its instruction", evidence)
        ok(f"Dockerfile:{line}" in evidence, f"{how}: {way} names the Dockerfile's line", evidence)
        if not path.startswith("^image:"):
            index = place.get("layer_index") or place.get("image_layer_index") or 0
            digest = place.get("image_layer") or place.get("layer") or ""
            ok(digest in diff_ids and (not index or diff_ids[index - 1] == digest), f"{how}: {way} names its layer", json.dumps(place))
    deleted = [f for f in report["findings"] if f["location"].get("path") == "tmp/key.txt"]
    ok(deleted and re.search(r"still in layer \d+, deleted in layer \d+", deleted[0]["message"]), f"{how}: the deleted file's layers are told", deleted)


def planted():
    with tempfile.TemporaryDirectory() as temporary, Engine() as engine:
        folder = Path(temporary)
        base_image(engine, folder)
        for name, buildkit in (("classic builder", "0"), ("BuildKit", "1")):
            context = folder / f"context{buildkit}"
            context.mkdir()
            secrets, ways = plant(context)
            if buildkit == "1" and not buildx(engine):
                skip(name, "docker-buildx cannot be had")
                continue
            engine.env["DOCKER_BUILDKIT"] = buildkit
            built = engine.run("build", "-t", "planted", "--build-arg", f"API_TOKEN={secrets['arg']}", context)
            if built.returncode:
                skip(f"{name}", "it cannot build here: " + built.stderr.decode(errors="replace")[-300:].replace("\n", " "))
                continue
            diff_ids = json.loads(engine.docker("inspect", "planted"))[0]["RootFS"]["Layers"]
            archive = folder / f"planted{buildkit}.tar"
            engine.docker("save", "-o", archive, "planted")
            p = strake("secrets", "--format", "json", "--fail-on", "none", "--dockerfile", context / "Dockerfile", archive)
            judge(json.loads(p.stdout), ways, diff_ids, name)
            shown = [strake("secrets", "--format", form, "--fail-on", "none", "--details", "--min-confidence", "low", archive) for form in ("table", "json", "sarif", "markdown")]
            leaks = [v for v, *_ in ways.values() if any(v in q.stdout + q.stderr for q in shown)]
            ok(not leaks, f"{name}: no output shows a secret", leaks)
            live = strake("secrets", "--format", "json", "--fail-on", "none", "--docker-host", engine.env["DOCKER_HOST"], "planted")
            ok(len(json.loads(live.stdout)["findings"]) >= len(ways), f"{name}: the same from the engine itself", live.stderr)
            careful(engine, folder, name, buildkit)


def careful(engine, folder, name, buildkit):
    """Nothing but mounts and files without secrets."""
    if buildkit == "0":
        return
    context = folder / "careful"
    context.mkdir()
    token = github()
    (folder / "token").write_text(token)
    (context / ".dockerignore").write_text(".git\n.env\n")
    (context / ".env").write_text(f"API_TOKEN={token}\n")
    make_repository(context / "repo", token, packed=False)
    (context / "repo/.dockerignore").write_text("")
    (context / "app.txt").write_text("a program\n")
    (context / ".dockerignore").write_text(".env\n**/.git\n")
    (context / "Dockerfile").write_text('FROM base\nENV DB_PASSWORD_FILE=/run/secrets/db\nRUN --mount=type=secret,id=token,target=/run/secrets/token test -n "$(cat /run/secrets/token)"\n'
                                        "COPY . /app\nHEALTHCHECK CMD wget -q http://localhost/\n")
    engine.docker("build", "--secret", f"id=token,src={folder / 'token'}", "-t", "careful", context)
    archive = folder / "careful.tar"
    engine.docker("save", "-o", archive, "careful")
    p = strake("secrets", "--format", "json", "--min-confidence", "low", archive)
    found = [f["message"] + " " + f["location"].get("path", "") for f in json.loads(p.stdout)["findings"]]
    ok(not found and p.returncode == 0, f"{name}: an image built with secret mounts shows none", found or p.stderr)


def contexts():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "a").mkdir()
        for name in (".env", "a/key.txt", "b.txt"):
            (folder / name).write_text(f"key = {aws()}\n")
        (folder / ".dockerignore").write_text(".env\na\n!a/key.txt\n")
        p = strake("secrets", "--format", "json", "--fail-on", "none", "--context", ".", cwd=folder)
        files = sorted(f["location"]["file"] for f in json.loads(p.stdout)["findings"])
        ok(files == ["a/key.txt", "b.txt"], "a build context is what .dockerignore lets through", files)


def repositories():
    with tempfile.TemporaryDirectory() as temporary:
        for packed in (False, True):
            token = gitlab()
            folder = make_repository(Path(temporary) / f"repo{packed}", token, packed)
            p = strake("secrets", "--format", "json", "--fail-on", "none", folder)
            found = [f["location"]["file"] for f in json.loads(p.stdout)["findings"]]
            ok(len(found) == 1 and ".git/objects/" in found[0], f"a secret of an old commit is found ({'packed' if packed else 'loose'})", found)


if why := unavailable():
    skip("images with planted secrets", why)
    main(contexts, repositories)
main(planted, contexts, repositories)
