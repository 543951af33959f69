#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The Compose fixer on every valid project of ../shared/cases/compose: the result loads, the model has changed as intended and no further, a second run leaves no
edit to make. Where the reference implementation is given in $DOCKER_COMPOSE, it has to accept the result too."""
import json, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

STRAKE = os.environ.get("STRAKE_RELEASE") or os.environ["STRAKE"]
CASES = Path(os.environ.get("STRAKE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "cases/compose"
PEER = os.environ.get("DOCKER_COMPOSE")
LIMIT = int(os.environ.get("COMPOSE_CASES", "100000"))

# What --fix-unsafe --harden all may add, change or take away in a service: key -> how the new value relates to the old one.
ADDED = {"security_opt", "cap_drop", "read_only", "tmpfs", "pids_limit", "logging", "mem_limit", "cpus", "user", "healthcheck", "deploy"}
REMOVED = {"pid", "ipc", "userns_mode", "uts", "cgroup", "use_api_socket", "oom_kill_disable", "oom_score_adj", "network_mode", "privileged"}
CHANGED = ADDED | {"ports", "volumes", "restart", "environment", "build", "secrets", "networks", "depends_on"}


def run(args, cwd, env):
    return subprocess.run([STRAKE, "compose", *args], cwd=cwd, env=env, capture_output=True, timeout=120)


def model(case, cwd, env, sub):
    p = run([*map(sub, case.get("args", [])), *map(sub, case["cmd"]), "--format", "json"], cwd, env)
    return json.loads(p.stdout) if p.returncode == 0 else None


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def port_key(port):
    return {k: v for k, v in port.items() if k != "host_ip"}


def volume_key(volume):
    bind = {k: v for k, v in (volume.get("bind") or {}).items() if k != "propagation"}
    return {**{k: v for k, v in volume.items() if k != "read_only"}, "bind": bind}


def wrong(key, before, after):
    """Why this change of a service's key is not one of the intended ones, or None."""
    if before == after:
        return None
    if before is None:
        return None if key in ADDED else f"{key} was added"
    if after is None:
        return None if key in REMOVED else f"{key} went"
    if key not in CHANGED | REMOVED:
        return f"{key} changed from {before} to {after}"
    if key == "ports":
        return None if list(map(port_key, before)) == list(map(port_key, after)) else f"ports changed: {before} -> {after}"
    if key == "volumes":
        return None if list(map(volume_key, before)) == list(map(volume_key, after)) else f"volumes changed: {before} -> {after}"
    if key in ("security_opt", "cap_drop"):
        lost = [x for x in before if x not in after and not re.search("unconfined|disable|spc_t|no-new-privileges.false", x)]
        new = [x for x in after if x not in before and x not in ("ALL", "no-new-privileges:true")]
        return f"{key}: lost {lost}, got {new}" if lost or new else None
    if key == "tmpfs":
        return None if len(after) >= len(before) and all(any(a.startswith(b) for a in after) for b in before) else f"tmpfs: {before} -> {after}"
    if key == "restart":
        return None if before.startswith("on-failure") and after == "on-failure:5" else f"restart: {before} -> {after}"
    if key == "environment":
        return None if all(before.get(k) == v for k, v in after.items()) else f"environment: {before} -> {after}"
    if key == "deploy":
        a, b = json.loads(json.dumps(before)), json.loads(json.dumps(after))
        for side in (a, b):
            for k in ("memory", "cpus", "pids"):
                side.get("resources", {}).get("limits", {}).pop(k, None)
        return None if a == b else f"deploy: {before} -> {after}"
    return None


def compare(before, after):
    if before is None or after is None:
        return "does not load" if before is not None else None
    for top in sorted(set(before) | set(after)):
        if top not in ("services", "networks") and before.get(top) != after.get(top):
            return f"{top} changed"
    if set(before["services"]) != set(after["services"]):
        return "services differ"
    for name, old in before["services"].items():
        new = after["services"][name]
        joined = old.get("network_mode") and not new.get("network_mode")
        for key in sorted(set(old) | set(new)):
            if key == "networks" and joined:
                continue
            why = wrong(key, old.get(key), new.get(key))
            if why:
                return f"{name}: {why}"
    return None


def texts(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def one(case, flags):
    with tempfile.TemporaryDirectory() as up:
        d, src = Path(up) / case["id"], CASES / case["input"]
        if src.is_dir():
            shutil.copytree(src, d)
        else:
            d.mkdir()
            shutil.copy(src, d / "compose.yaml")
        sub = lambda s: s.replace("@DIR@", str(d)).replace("@UP@", up)
        env = {"PATH": os.environ["PATH"], "HOME": "/root", **{k: sub(str(v)) for k, v in (case.get("env") or {}).items()}}
        env.update({k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))})
        cwd = d / case.get("cwd", ".")
        before = model(case, cwd, env, sub)
        if before is None:
            return None
        fix = [*map(sub, case.get("args", [])), "--no-engine", "--quiet", "--format", "json", *flags]
        old = texts(d)
        p = run(fix, cwd, env)
        if p.returncode not in (0, 1):
            return f"exit {p.returncode}: {p.stderr.decode()[:300]}"
        fired = {(f["id"], f["message"]) for f in json.loads(p.stdout)["findings"] if f.get("fix")}
        first = texts(d)
        why = compare(before, model(case, cwd, env, sub))
        if why:
            return why
        for path, text in first.items():
            lost = [l for l in re.findall(rb"#[^\n]*", old.get(path, b"")) if l.strip() not in text]
            if lost:
                return f"lost the comment {lost[0]}"
        for _ in range(3):
            last = texts(d)
            p = run(fix, cwd, env)
            if texts(d) == last:
                break
        else:
            return "a fourth run still edits"
        if PEER and first != old:
            q = subprocess.run([PEER, *map(sub, case.get("args", [])), *map(sub, case["cmd"])], cwd=cwd, env={**env, "HOME": "/root"}, capture_output=True, timeout=60)
            if q.returncode:
                return f"the reference refuses it: {q.stderr.decode()[:300]}"
        return first != old


def main():
    if not (CASES / "index.json").exists():
        print("ok - compose fixer # SKIP the cases are not there")
        return
    edited = {}
    for name, flags in (("safe", ["--fix"]), ("unsafe", ["--fix-unsafe"]), ("hardened", ["--harden", "all"])):
        failed, n, edited[name] = [], 0, 0
        for case in json.loads((CASES / "index.json").read_text())["cases"][:LIMIT]:
            if case["expect"] != "ok" or "--no-interpolate" in case["cmd"] or case.get("stdin") or "-" in case.get("args", []):
                continue
            n += 1
            result = one(case, flags)
            if isinstance(result, str):
                failed.append(f"{case['id']}: {result}")
            edited[name] += result is True
        for line in failed[:20]:
            print("#", line)
        print(f"{'not ' if failed else ''}ok - {name} fixes of {n} projects, {edited[name]} edited, {len(failed)} wrong")
    sys.stdout.flush()


main()
