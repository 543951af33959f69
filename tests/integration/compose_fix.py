#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
The Compose fixer on the bundled deployments and on every valid project of ../shared/cases/compose: the result loads, the model has changed as intended and no
further, the findings that had a fix are gone, a second run edits nothing, and `docker compose config` ($DOCKER_COMPOSE, else Debian sid's package) accepts it.
"""
import json, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

from _peers import peer
from _tap import ROOT

STRAKE = os.environ.get("STRAKE_RELEASE") or os.environ["STRAKE"]
CASES = Path(os.environ.get("STRAKE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "cases/compose"
found = not os.environ.get("DOCKER_COMPOSE") and peer("sid", "docker-compose")
PEER = os.environ.get("DOCKER_COMPOSE") or (found and str(next(found.rglob("cli-plugins/docker-compose"))))
MODES = {"safe": ["--fix"], "unsafe": ["--fix", "--fix-unsafe"], "hardened": ["--harden", "all"]}
LIMIT = int(os.environ.get("COMPOSE_CASES", "100000"))

# What --fix-unsafe --harden all may add, change or take away in a service: key -> how the new value relates to the old one.
ADDED = {"security_opt", "cap_drop", "read_only", "tmpfs", "pids_limit", "logging", "mem_limit", "cpus", "user", "healthcheck", "deploy", "cap_add"}
WEAKENED = {"CMP-203"}  # a host folder made read-only is still found, less severe, with another message
REMOVED = {"pid", "ipc", "userns_mode", "uts", "cgroup", "cgroup_parent", "use_api_socket", "oom_kill_disable", "oom_score_adj", "network_mode", "privileged"}
CHANGED = ADDED | {"ports", "volumes", "restart", "environment", "build", "secrets", "networks", "depends_on", "ulimits", "post_start", "pre_start", "pre_stop"}
MOUNTING = {"propagation", "selinux", "create_host_path"}  # what a fix may change below bind


def run(args, cwd, env):
    return subprocess.run([STRAKE, "compose", *args], cwd=cwd, env=env, capture_output=True, timeout=120)


def model(args, cmd, cwd, env):
    p = run([*args, *cmd, "--format", "json"], cwd, env)
    return json.loads(p.stdout) if p.returncode == 0 else None


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def port_key(port):
    return {k: v for k, v in port.items() if k != "host_ip"}


def volume_key(volume):
    bind = {k: v for k, v in (volume.get("bind") or {}).items() if k not in MOUNTING}
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
        return None if before.startswith(("on-failure", "always")) and after == "on-failure:5" else f"restart: {before} -> {after}"
    if key == "environment":
        return None if all(before.get(k) == v for k, v in after.items()) else f"environment: {before} -> {after}"
    if key == "ulimits":
        bare = lambda value: {k: {s: n for s, n in (v if isinstance(v, dict) else {"single": v}).items() if n != -1} for k, v in value.items()}
        a, b = bare(before), bare(after)
        return None if all(b[k].get(s) == n for k, v in a.items() for s, n in v.items()) else f"ulimits: {before} -> {after}"
    if key in ("post_start", "pre_start", "pre_stop"):
        bare = lambda hooks: [{k: v for k, v in h.items() if k not in ("user", "privileged")} for h in hooks]
        return None if bare(before) == bare(after) else f"{key}: {before} -> {after}"
    if key == "deploy":
        a, b = json.loads(json.dumps(before)), json.loads(json.dumps(after))
        for side in (a, b):
            for k in ("memory", "cpus", "pids"):
                side.get("resources", {}).get("limits", {}).pop(k, None)
            side.get("restart_policy", {}).pop("max_attempts", None)
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


def findings(args, cwd, env):
    p = run([*args, "--no-engine", "--quiet", "--format", "json"], cwd, env)
    if p.returncode not in (0, 1):
        raise RuntimeError(f"exit {p.returncode}: {p.stderr.decode()[:300]}")
    return json.loads(p.stdout)["findings"]


def kind(f):
    return f["id"], f["location"].get("service")


def name(f):
    return *kind(f), f["message"]


def repairable(f, flags):
    return bool((f.get("fix") or {}).get("edits")) and (f["fix"]["safe"] or flags != MODES["safe"])


def remaining(before, left, after, flags):
    """
    The findings of the last report that a fix should have ended; `left` is what the fixing run still reported, in which only fixes of its mode are named.
    A service may have another finding of the rule without a fix; then the message tells them apart.
    """
    stay = {name(f) for f in left if not repairable(f, flags)}
    gone = [f for f in before if name(f) not in stay]
    kinds, names = {kind(f) for f in gone} - {s[:2] for s in stay} - {k for k in map(kind, gone) if k[0] in WEAKENED}, {name(f) for f in gone}
    return sorted({name(f) for f in after if kind(f) in kinds or name(f) in names}, key=str)


def asked(before, old, cwd):
    """The variables that fixed files ask for, with the values that stood in their place."""
    values = {}
    for edit in (e for f in before for e in (f.get("fix") or {}).get("edits", [])):
        m = re.fullmatch(r"\$\{(\w+):\?.*\}", edit["text"])
        if m:
            value = old[(cwd / edit["file"]).resolve()][edit["begin"]:edit["end"]].decode().strip("\"'")
            values[m[1]] = re.sub(r"^\$\{\w+:?-(.*)\}$", r"\1", value)
    return values


def repair(d, cwd, args, cmd, env, flags):
    """Fixes the project in folder d: whether that edited anything, a text that says what is wrong, or None when there is nothing to compare."""
    before = model(args, cmd, cwd, env)
    if before is None:
        return None
    old, first_findings = texts(d), findings(args, cwd, env)
    left = findings([*args, *flags], cwd, env)
    first = texts(d)
    env = {**env, **(asked(first_findings, old, cwd) if flags == MODES["unsafe"] else {})}
    why = compare(before, model(args, cmd, cwd, env))
    if why:
        return why
    for path, text in first.items():
        lost = [l for l in re.findall(rb"#[^\n]*", old.get(path, b"")) if l.strip() not in text]
        if lost:
            return f"lost the comment {lost[0]}"
    still = remaining(first_findings, left, findings(args, cwd, env), flags)
    if still:
        return f"still found: {still}"
    findings([*args, *flags], cwd, env)
    if texts(d) != first:
        return "a second run still edits"
    if PEER and first != old:
        q = subprocess.run([PEER, *args, *cmd], cwd=cwd, env=env, capture_output=True, timeout=60)
        if q.returncode:
            return f"the reference refuses it: {q.stderr.decode()[:300]}"
    return first != old


def environment(home):
    return {"PATH": os.environ["PATH"], "HOME": home, **{k: v for k, v in os.environ.items() if k.startswith(("ASAN_", "UBSAN_", "LSAN_"))}}


def one(case, flags):
    with tempfile.TemporaryDirectory() as up:
        d, src = Path(up) / case["id"], CASES / case["input"]
        if src.is_dir():
            shutil.copytree(src, d)
        else:
            d.mkdir()
            shutil.copy(src, d / "compose.yaml")
        sub = lambda s: s.replace("@DIR@", str(d)).replace("@UP@", up)
        env = {**environment("/root"), **{k: sub(str(v)) for k, v in (case.get("env") or {}).items()}}
        return repair(d, d / case.get("cwd", "."), [*map(sub, case.get("args", []))], [*map(sub, case["cmd"])], env, flags)


def example(source, flags):
    with tempfile.TemporaryDirectory() as up:
        d = Path(up) / source.name
        shutil.copytree(source, d)
        return repair(d, d, [], ["config"], environment(up), flags)


def examples():
    for source in sorted((ROOT / "examples").iterdir()):
        for mode, flags in MODES.items():
            result = example(source, flags)
            good = not isinstance(result, str)
            print(f"{'' if good else 'not '}ok - {mode} fixes of the {source.name} deployment" + ("" if good else f"\n# {result}"))


def main():
    examples()
    if not (CASES / "index.json").exists():
        print("ok - compose fixer # SKIP the cases are not there")
        return
    for mode, flags in MODES.items():
        failed, n, edited = [], 0, 0
        for case in json.loads((CASES / "index.json").read_text())["cases"][:LIMIT]:
            if case["expect"] != "ok" or "--no-interpolate" in case["cmd"] or case.get("stdin") or "-" in case.get("args", []):
                continue
            n += 1
            try:
                result = one(case, flags)
            except RuntimeError as e:
                result = str(e)
            if isinstance(result, str):
                failed.append(f"{case['id']}: {result}")
            edited += result is True
        for line in failed[:20]:
            print("#", line)
        print(f"{'not ' if failed else ''}ok - {mode} fixes of {n} projects, {edited} edited, {len(failed)} wrong")
    sys.stdout.flush()


main()
