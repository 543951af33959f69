#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The loader against ../shared/cases/compose_micro: one value in one place, what Docker Compose makes of it."""
import json, os, subprocess, sys, tempfile
from pathlib import Path

STRAKE = os.environ.get("STRAKE_RELEASE") or os.environ["STRAKE"]
MICRO = Path(os.environ.get("STRAKE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "cases/compose_micro"


def quoted(text):
    return json.dumps(text)


# table -> (the Compose file, or files, for an input; where the answer stands in services.s, or under which top-level key)
TABLES = {
    "bool": (lambda v: f"services: {{s: {{image: i, privileged: {v}}}}}", lambda s: bool(s.get("privileged", False))),
    "bytes": (lambda v: f"services: {{s: {{image: i, mem_limit: {v or quoted('')}}}}}", lambda s: s.get("mem_limit")),
    "command_string": (lambda v: f"services: {{s: {{image: i, command: {quoted(v)}}}}}", lambda s: s.get("command")),
    "cpus": (lambda v: f"services: {{s: {{image: i, cpus: {v}}}}}", lambda s: s.get("cpus")),
    "devices": (lambda v: f"services: {{s: {{image: i, devices: [{quoted(v)}]}}}}", lambda s: s.get("devices")),
    "duration": (lambda v: f"services: {{s: {{image: i, healthcheck: {{test: a, interval: {v}}}}}}}", lambda s: s["healthcheck"].get("interval")),
    "env_scalar": (lambda v: f"services:\n  s:\n    image: i\n    environment:\n      K: {v}\n", lambda s: s.get("environment")),
    "extra_hosts": (lambda v: f"services: {{s: {{image: i, extra_hosts: [{quoted(v)}]}}}}", lambda s: s.get("extra_hosts")),
    "gpus": (lambda v: f"services: {{s: {{image: i, gpus: {v}}}}}", lambda s: s.get("gpus")),
    "ports_short": (lambda v: f"services: {{s: {{image: i, ports: [{quoted(v)}]}}}}", lambda s: s.get("ports")),
    "ports_yaml": (lambda v: f"services: {{s: {{image: i, ports: [{v}]}}}}", lambda s: s.get("ports")),
    "restart": (lambda v: f"services: {{s: {{image: i, restart: {v}}}}}", lambda s: s.get("restart")),
    "security_opt": (lambda v: f"services: {{s: {{image: i, security_opt: [{quoted(v)}]}}}}", lambda s: s.get("security_opt")),
    "ulimits": (lambda v: f"services: {{s: {{image: i, ulimits: {v}}}}}", lambda s: s.get("ulimits")),
    "volumes_short": (lambda v: f"services: {{s: {{image: i, volumes: [{quoted(v)}]}}}}\nvolumes: {{vol: , vv: , Vol: , '12': , name.with-dots_1: }}", lambda s: s.get("volumes")),
    "file_mode": (lambda v: f"services: {{s: {{image: i, secrets: [{{source: x, mode: {v}}}]}}}}\nsecrets: {{x: {{file: ./f}}}}", lambda s: s["secrets"][0].get("mode")),
    "project_name": (lambda v: f"name: {quoted(v)}\nservices: {{s: {{image: i}}}}", "name"),
    "env_file": (lambda v: {"compose.yaml": "services: {s: {image: i, env_file: f.env}}", "f.env": v}, lambda s: s.get("environment")),
    "dotenv": (lambda v: {"compose.yaml": "services: {s: {image: i}}\nx-v: ${A-UNSET}", ".env": v}, "x-v"),
    "interpolation": (lambda v: f"services: {{s: {{image: i}}}}\nx-v: {quoted(v)}", "x-v"),
}
# What the tables were made with.
ENVIRONMENT = {"dotenv": {"SH": "shell"}, "env_file": {"SH": "shell"}}


def ask(files, env):
    with tempfile.TemporaryDirectory() as up:
        d = Path(up) / "m"
        d.mkdir()
        for name, text in (files if isinstance(files, dict) else {"compose.yaml": files}).items():
            (d / name).write_bytes(text.encode())
        p = subprocess.run([STRAKE, "compose", "config", "--format", "json"], cwd=d, capture_output=True, timeout=60, env={"PATH": os.environ["PATH"], "HOME": "/root", **env})
        if p.returncode:
            return None, p.stderr.decode()
        return json.loads(p.stdout.decode().replace(str(d), "@DIR@").replace(up, "@UP@")), ""


def undouble(value):
    if isinstance(value, str):
        return value.replace("$$", "$")
    if isinstance(value, list):
        return [undouble(v) for v in value]
    return {k: undouble(v) for k, v in value.items()} if isinstance(value, dict) else value


def main():
    if not MICRO.exists():
        print("ok - compose tables # SKIP they are not there")
        return
    for name, (file, pick) in TABLES.items():
        env = json.loads((MICRO / "interpolation.env.json").read_text()) if name == "interpolation" else ENVIRONMENT.get(name, {})
        wrong, n = [], 0
        for line in (MICRO / f"{name}.jsonl").read_text().splitlines():
            row = json.loads(line)
            n += 1
            text = file(row["in"])
            model, error = ask(text, env)
            if "error" in row:
                if model is not None:
                    wrong.append(f"{row['in']!r}: accepted, the peer says {row['error'][:80]}")
                continue
            got = None if model is None else undouble(model[pick] if isinstance(pick, str) else pick(model["services"]["s"]))
            if model is None or got != row["out"]:
                wrong.append(f"{row['in']!r}: want {row['out']} got {got} {error.strip()[:120]}")
        for line in wrong:
            print("#", line)
        print(f"{'not ' if wrong else ''}ok - {name}: {n - len(wrong)} of {n}")
    sys.stdout.flush()


main()
