#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hadolint's settings, read from options, environment and configuration file as its own tests have it: the cases of ../shared."""
import json, os, subprocess, sys, tempfile
from pathlib import Path

STRAKE = os.environ["STRAKE"]
CASES = Path(os.environ.get("STRAKE_SHARED", "../shared")) / "cases/hadolint_config.jsonl"
DOCKERFILE = "FROM scratch\n"


def run(case, folder):
    """The exit status and the merged settings that --verbose prints."""
    env = {"PATH": os.environ["PATH"], "HOME": folder, **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}, **case.get("env", {})}
    arguments = list(case.get("argv", []))
    named = "-c" in arguments or "--config" in arguments
    text = case.get("yaml")
    if text is None and case.get("apply"):
        text = json.dumps(case["apply"][0])
    if text is not None or named:
        (Path(folder) / "hadolint.yaml").write_text(text if text is not None else "no-fail: false\n")
    if text is not None and not named:
        arguments += ["--config", "hadolint.yaml"]
    (Path(folder) / "Dockerfile").write_text(DOCKERFILE)
    extra = [] if "Dockerfile" in arguments else ["Dockerfile"]
    p = subprocess.run([STRAKE, "dockerfile", "--compat", "hadolint", "--no-shellcheck", "--verbose", *arguments, *extra],
                       cwd=folder, env=env, capture_output=True, text=True, timeout=60)
    lines = [l[len("strake: "):] for l in p.stderr.splitlines() if l.startswith("strake: {")]
    return p, json.loads(lines[0]) if lines else {}


def judge(case, p, got):
    if case["expect"] == "usage error":
        return p.returncode == 2, f"exit {p.returncode}"
    if case["expect"] == "error":  # said, and gone on without
        return p.returncode in (0, 1) and "hadolint.yaml" in p.stderr, p.stderr
    want = dict(case.get("settings", {}))
    want.pop("verbose", None)  # this test asks for it itself
    got = {k: v for k, v in got.items() if k != "verbose"}
    if case.get("config"):
        got.pop("no-fail", None)
    return got == want, f"want {want} got {got}"


def main():
    if not CASES.exists():
        print("ok - settings # SKIP the cases are not beside this checkout")
        return 0
    for line in CASES.read_text().splitlines():
        case = json.loads(line)
        if case.get("version"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            p, got = run(case, folder)
            good, why = judge(case, p, got)
        print(f"{'ok' if good else 'not ok'} - {case['id']} {case['label']}".replace("#", ""))
        if not good:
            print(f"# {why}")
    return 0


sys.exit(main())
