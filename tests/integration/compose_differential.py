#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The loader against the real `docker compose config` 2.40 (Debian sid's package): generated projects over every key, merged with -f, extends, include,
!reset and !override, variables, .env files and COMPOSE_* settings. Both have to print the same model, or both have to refuse.

    COMPOSE_PART=1.0 compose_differential.py    everything, some ten minutes; by default a fixed sample
    COMPOSE_ONLY=ports compose_differential.py  cases whose name holds this
"""
import concurrent.futures, itertools, json, os, random, shutil, subprocess, sys, tempfile
from pathlib import Path

from _compose_projects import projects
from _compose_values import SERVICE, TEMPLATES, TOP
from _peers import peer
from _tap import STRAKE, main, ok, skip

STRAKE = os.environ.get("STRAKE_RELEASE") or STRAKE
PART, ONLY = float(os.environ.get("COMPOSE_PART", "0.006")), os.environ.get("COMPOSE_ONLY", "")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/home/nobody", "FULL": "full", "EMPTY": "", "YES": "yes", "NUMBER": "7", "SIZE": "32m", "TIME": "15s", "PORT": "9090", "VOLUME": "v1"}
SANITIZERS = {k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}
FILES = {
    "a.env": "A=1\nB=${FULL}\n# note\nC='single $FULL' \nexport D=\"x\\ty\"\n", "b.env": "B=two\nE\nFULL\nF=a # b\nG=a#b\n", "raw.env": "A='q' # x\nB=$FULL\n", "sub/c.env": "A=c\nH: colon\n",
    "quoted.env": "A=\"a\nb\"\nB='c\nd'\nC=\"$FULL\"\nD=$UNSET-x\nE=${UNSET:-d}\nF=  padded  \nG=\nH=\"\"\n", "a.labels": "l1=a\nl2=${FULL}\n", "b.labels": "l2=b\nl3=c\n", "f": "secret\n", "x.json": "{}\n",
}
COMMON = """networks: {n1: , n2: {driver: bridge}}
volumes: {v1: , v2: {name: two}}
secrets: {s1: {file: ./f}, s2: {environment: FULL}}
configs: {c1: {file: ./f}, c2: {content: x}}
models: {m1: {model: ai/m}, m2: {model: ai/n}}
"""


def service(name, body):
    return f"  {name}:\n" + "".join(f"    {line}\n" for line in body)


def attribute(key, value):
    return [f"{key}: {value}"]


def image(key):
    return [] if key in ("image", "build", "provider") else ["image: i"]


def project(services):
    return "services:\n  other: {image: o, ports: ['1:1']}\n  third: {image: t}\n" + "".join(services) + COMMON


# A case: name, and how it takes part in a project of several: files -> list of texts of services; what is alike stands together.
class Case:
    def __init__(self, name, kind, *parts):
        self.name, self.kind, self.parts = name, kind, parts


def build(kind, cases):
    """Files of a project that holds these cases (of one kind), and the arguments."""
    names = [f"s{i}" for i in range(len(cases))]
    if kind == "single":
        return {"compose.yaml": project(service(n, image(c.parts[0]) + attribute(*c.parts)) for n, c in zip(names, cases))}, []
    if kind in ("merge", "reset"):
        base = project(service(n, image(c.parts[0]) + attribute(c.parts[0], c.parts[1])) for n, c in zip(names, cases))
        over = "services:\n" + "".join(service(n, attribute(c.parts[0], c.parts[2])) for n, c in zip(names, cases))
        return {"compose.yaml": base, "over.yaml": over}, ["-f", "compose.yaml", "-f", "over.yaml"]
    if kind == "extend":
        base = project(service(n, image(c.parts[0]) + attribute(c.parts[0], c.parts[1])) for n, c in zip(names, cases))
        over = project(service(n, [f"extends: {{file: sub/base.yaml, service: {n}}}"] + (attribute(c.parts[0], c.parts[2]) if c.parts[2] is not None else [])) for n, c in zip(names, cases))
        return {"compose.yaml": over, "sub/base.yaml": base}, []
    if kind == "local":
        bodies = []
        for n, c in zip(names, cases):
            bodies += [service(n + "b", image(c.parts[0]) + attribute(c.parts[0], c.parts[1])), service(n, [f"extends: {n}b"] + attribute(c.parts[0], c.parts[2]))]
        return {"compose.yaml": project(bodies)}, []
    if kind in ("top", "topmerge"):
        uses, one, two = {}, {}, {}
        for n, c in zip(names, cases):
            uses.setdefault(c.parts[0], []).append(f"'{n}:/{n}'" if c.parts[0] == "volumes" else n)
            one.setdefault(c.parts[0], []).append(f"  {n}: {c.parts[1]}\n")
            two.setdefault(c.parts[0], []).append(f"  {n}: {c.parts[-1]}\n")
        head = "services:\n" + service("s", ["image: i", *(f"{k}: [{', '.join(v)}]" for k, v in uses.items())])
        text = lambda part: head + "".join(f"{k}:\n" + "".join(v) for k, v in part.items())
        if kind == "top":
            return {"compose.yaml": text(one)}, []
        return {"compose.yaml": text(one), "over.yaml": text(two)}, ["-f", "compose.yaml", "-f", "over.yaml"]
    if kind == "template":
        return {"compose.yaml": "services: {s: {image: i}}\n" + "".join(f"x-{n}: {json.dumps(c.parts[0], ensure_ascii=False)}\n" for n, c in zip(names, cases))}, []
    if kind == "include":
        inner = project(service(n, image(c.parts[0]) + attribute(*c.parts)) for n, c in zip(names, cases))
        return {"compose.yaml": "include: [sub/inner.yaml]\nservices: {s: {image: i}}\n", "sub/inner.yaml": inner}, []
    assert kind == "whole" and len(cases) == 1
    return cases[0].parts[0], list(cases[0].parts[1])


class Runner:
    def __init__(self, compose):
        self.compose, self.wrong, self.n = compose, [], 0

    def ask(self, program, arguments, folder, env, stdin):
        p = subprocess.run([*program, *arguments, "config", "--format", "json"], cwd=folder, capture_output=True, timeout=120, env=env, input=stdin.encode() if stdin is not None else b"")
        return (json.loads(p.stdout) if p.returncode == 0 else None), p.stderr.decode(errors="replace")

    def both(self, kind, cases):
        files, arguments = build(kind, cases)
        more = cases[0].parts[2] if kind == "whole" and len(cases[0].parts) > 2 else {}
        with tempfile.TemporaryDirectory() as up:
            folder = Path(up) / "p"
            for name, text in {**FILES, **files}.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text)
            for extra in ("sub/a.env", "sub/b.env", "sub/raw.env", "sub/quoted.env", "sub/sub/c.env", "sub/a.labels", "sub/b.labels", "sub/f"):
                (folder / extra).parent.mkdir(parents=True, exist_ok=True)
                if not (folder / extra).exists():
                    (folder / extra).write_text(FILES[extra[4:]] + ("X=sub\n" if extra.endswith(".env") else ""))
            env = {**ENVIRONMENT, **more.get("env", {})}
            cwd = folder / more.get("cwd", ".")
            theirs = self.ask([str(self.compose)], arguments, cwd, env, more.get("stdin"))
            ours = self.ask([STRAKE, "compose"], arguments, cwd, {**env, **SANITIZERS}, more.get("stdin"))
            return files, theirs, ours

    def check(self, kind, cases):
        """Compares a project of these cases; where something differs or is refused, its halves."""
        files, (want, why), (got, error) = self.both(kind, cases)
        if want is not None and want == got:
            return []
        if len(cases) > 1:
            half = len(cases) // 2
            return self.check(kind, cases[:half]) + self.check(kind, cases[half:])
        if "ERROR: AddressSanitizer" in error or "runtime error" in error:
            return [(cases[0].name, files, error[:3000])]
        if (want is None) == (got is None) and (want is None or want == got):
            return []
        if want is None and any(words in why for words in MEANT):
            return []
        if want is None:
            return [(cases[0].name, files, f"accepted, the peer refuses: {why.strip()[-300:]}")]
        if got is None:
            return [(cases[0].name, files, f"refused: {error.strip()[-300:]}")]
        return [(cases[0].name, files, difference(want, got, ""))]


def difference(want, got, path):
    if type(want) is type(got) and isinstance(want, dict):
        for k in sorted(set(want) | set(got)):
            if want.get(k, "<absent>") != got.get(k, "<absent>") or (k in want) != (k in got):
                return difference(want.get(k, "<absent>"), got.get(k, "<absent>"), f"{path}.{k}")
    if type(want) is type(got) and isinstance(want, list) and len(want) == len(got):
        for i, (a, b) in enumerate(zip(want, got)):
            if a != b:
                return difference(a, b, f"{path}[{i}]")
    return f"{path}: want {json.dumps(want)[:300]} got {json.dumps(got)[:300]}"


# What is meant to differ (docs/deviations/compose.md): the peer's errors that are crashes or broken printing, and one directive.
MEANT = ("json: error calling MarshalJSON for type types.SSHKey", "goroutine", "found incompatible YAML document")


def cases():
    out = []
    for key, values in SERVICE.items():
        for v in values:
            out.append(Case(f"single {key}: {v}", "single", key, v))
            out.append(Case(f"include {key}: {v}", "include", key, v))
            out.append(Case(f"extend {key}: {v}", "extend", key, v, None))
            out.append(Case(f"reset {key}: {v}", "reset", key, v, "!reset null"))
        for a, b in itertools.product(values, values):
            for kind in ("merge", "extend", "local"):
                out.append(Case(f"{kind} {key}: {a} <- {b}", kind, key, a, b))
            out.append(Case(f"override {key}: {a} <- {b}", "reset", key, a, f"!override {b}"))
    for key, values in TOP.items():
        out += [Case(f"top {key}: {v}", "top", key, v) for v in values]
        out += [Case(f"topmerge {key}: {a} <- {b}", "topmerge", key, a, b) for a, b in itertools.product(values, values)]
    out += [Case(f"template {t}", "template", t) for t in TEMPLATES]
    return out + [Case(f"whole {name}", "whole", files, arguments, more) for name, files, arguments, more in projects()]


def sample(everything):
    """Singles and templates weigh more than pairs, of which there are a hundred times as many."""
    chosen = random.Random(20240)
    weight = {"single": 8, "template": 30, "top": 8, "include": 2, "reset": 1, "topmerge": 0.5, "whole": 8}
    return [c for c in everything if ONLY in c.name and (PART >= 1 or chosen.random() < PART * weight.get(c.kind, 0.5))]


def groups(chosen, size):
    """Cases of one kind and key together, so that what is refused costs few runs."""
    by = {}
    for c in chosen:
        by.setdefault(c.kind, []).append(c)
    for kind, members in by.items():
        step = 1 if kind == "whole" else size
        for i in range(0, len(members), step):
            yield kind, members[i:i + step]


def test_generated():
    folder = peer("sid", "docker-compose")
    found = [p for p in folder.rglob("docker-compose") if p.is_file() and os.access(p, os.X_OK)] if folder else []
    if not found:
        skip("the loader against docker compose", "its package cannot be had")
        return
    runner = Runner(found[0])
    chosen = sample(cases())
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("COMPOSE_THREADS", "2"))) as pool:
        wrong = [w for part in pool.map(lambda g: runner.check(*g), groups(chosen, 12)) for w in part]
    if os.environ.get("COMPOSE_WRONG"):
        Path(os.environ["COMPOSE_WRONG"]).write_text("".join(json.dumps([n, w, f]) + "\n" for n, f, w in wrong))
    ok(not wrong, f"the loader against docker compose: {len(chosen)} generated cases, {len(wrong)} differ", "\n".join(f"{n}: {w}" for n, _, w in wrong[:40]))


main(test_generated)
