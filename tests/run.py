#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run all tests: unit groups, fuzz corpora, golden folders, integration scripts, conformance cases.

  tests/run.py [--bless] [FILTER...]     only what holds one of the FILTERs in its name

Golden: tests/golden/AREA/CASE/ holds `cmd` (shell text, run in that folder with $STRAKE), `stdout`, optionally `stderr`, `status` (0 when absent).
Integration: tests/integration/*.py and *.sh print TAP lines ("ok - name", "not ok - name", "ok - name # SKIP why") and may take minutes.
Conformance: rows of tests/conformance.json {area: least percentage}, when ../shared stands beside the checkout.
The last line is "N passed, N failed, N skipped".
"""
import concurrent.futures, difflib, json, os, re, subprocess, sys, time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(os.environ.get("STRAKE_BUILD", ROOT / "build-test"))
ENV = {**os.environ, "STRAKE": str(BUILD / "strake"), "STRAKE_RELEASE": str(ROOT / "build/strake"), "ROOT": str(ROOT), "LC_ALL": "C.UTF-8", "TZ": "UTC",
       "NO_COLOR": "1", "COLUMNS": "100", "STRAKE_SHARED": str(ROOT.parent / "shared"), "PYTHONDONTWRITEBYTECODE": "1",
       "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:exitcode=99:allocator_may_return_null=1", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99"}
for name in ("DOCKER_HOST", "XDG_CONFIG_HOME", "STRAKE_DB"):
    ENV.pop(name, None)
ENV["HOME"] = str(BUILD / "home")
ENV["XDG_CACHE_HOME"] = str(BUILD / "home/.cache")

bless = "--bless" in sys.argv
filters = [a for a in sys.argv[1:] if not a.startswith("--")]
counts = {"passed": 0, "failed": 0, "skipped": 0}
failures = []


def wanted(name):
    # A script's file name is as good as its test's name.
    return not filters or any(f.removesuffix(".py") in name for f in filters)


def count(kind, name, detail=""):
    counts[kind] += 1
    if kind == "failed":
        failures.append(name)
        print(f"FAILED {name}\n{detail}".rstrip(), flush=True)
    elif kind == "skipped":
        print(f"skipped {name}: {detail}", flush=True)


def tap(name, text, status, seconds):
    """Counts the TAP lines of a program's output; a program that ends badly or says nothing has failed too."""
    seen = failed = 0
    for line in text.splitlines():
        m = re.match(r"(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(SKIP)\b\s*(.*))?", line)
        if not m:
            continue
        seen += 1
        label = f"{name}: {m[2].strip()}"
        if m[3]:
            count("skipped", label, m[4] or "see the test")
        elif m[1]:
            failed += 1
            count("failed", label)
        else:
            counts["passed"] += 1
    if failed or (status != 0 and not failed) or not seen:
        tail = "\n".join(text.splitlines()[-80:])
        if not failed:
            count("failed", name, f"exit status {status}\n{tail}")
        else:
            print(tail, flush=True)
    print(f"# {name}: {seen} tests, {seconds:.1f} s", flush=True)


def run(args, cwd=ROOT, timeout=1500, env=ENV):
    begin = time.monotonic()
    try:
        p = subprocess.run(args, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        text, status = p.stdout.decode("utf-8", "replace"), p.returncode
    except subprocess.TimeoutExpired as e:
        text, status = (e.stdout or b"").decode("utf-8", "replace") + "\ntimed out", 124
    return text, status, time.monotonic() - begin


def unit(group):
    text, status, seconds = run([str(BUILD / "strake-unit"), group], timeout=600)
    return lambda: tap(f"unit {group}", text, status, seconds)


def corpus(target):
    files = sorted((ROOT / "fuzz/corpus" / target).glob("*"))
    text, status, seconds = run([str(BUILD / f"fuzz-{target}"), *map(str, files)], timeout=600)
    def done():
        if status == 0:
            counts["passed"] += 1
        else:
            count("failed", f"fuzz corpus {target}", "\n".join(text.splitlines()[-40:]))
    return done


def golden(case):
    name = f"golden {case.relative_to(ROOT / 'tests/golden')}"
    p = subprocess.run(["sh", "-c", (case / "cmd").read_text()], cwd=case, env=ENV, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
    problems = []
    want_status = int((case / "status").read_text()) if (case / "status").exists() else 0
    if bless and p.returncode != 99:
        (case / "stdout").write_bytes(p.stdout)
        if (case / "stderr").exists():
            (case / "stderr").write_bytes(p.stderr)
        (case / "status").unlink(missing_ok=True)
        if p.returncode:
            (case / "status").write_text(f"{p.returncode}\n")
    else:
        if p.returncode != want_status:
            problems.append(f"exit status {p.returncode}, not {want_status}\n{p.stderr.decode('utf-8', 'replace')}")
        for stream, got in (("stdout", p.stdout), ("stderr", p.stderr)):
            file = case / stream
            want = file.read_bytes() if file.exists() else None if stream == "stderr" else b""
            if want is not None and want != got:
                diff = difflib.unified_diff(want.decode("utf-8", "replace").splitlines(), got.decode("utf-8", "replace").splitlines(), f"{stream} wanted", f"{stream} got", lineterm="")
                problems.append("\n".join(diff))
    def done():
        if problems:
            count("failed", name, "\n".join(problems))
        else:
            counts["passed"] += 1
    return done


def integration(script):
    text, status, seconds = run([sys.executable if script.suffix == ".py" else "sh", str(script)])
    return lambda: tap(f"integration {script.stem}", text, status, seconds)


def conformance(area, least):
    tool = ROOT.parent / "shared/tools/conform"
    if not tool.exists():
        return lambda: count("skipped", f"conform {area}", "../shared is not beside this checkout")
    text, status, seconds = run([sys.executable, str(tool), area, "--strake", str(ROOT / "build/strake"), "--min", str(least)])
    def done():
        print("# " + text.strip().replace("\n", "\n# "), flush=True)
        if status == 0:
            counts["passed"] += 1
        else:
            count("failed", f"conform {area}", f"below {least} %")
    return done


def main():
    (BUILD / "home").mkdir(parents=True, exist_ok=True)
    groups = subprocess.run([str(BUILD / "strake-unit"), "--list"], capture_output=True, text=True, env=ENV, check=True).stdout.split()
    jobs = [(unit, (g,)) for g in groups if wanted(f"unit {g}")]
    jobs += [(corpus, (d.name,)) for d in sorted((ROOT / "fuzz/corpus").glob("*")) if wanted(f"fuzz corpus {d.name}")]
    jobs += [(golden, (c.parent,)) for c in sorted((ROOT / "tests/golden").rglob("cmd")) if wanted(f"golden {c.parent.relative_to(ROOT / 'tests/golden')}")]
    areas = json.loads((ROOT / "tests/conformance.json").read_text())
    jobs += [(conformance, row) for row in sorted(areas.items()) if wanted(f"conform {row[0]}")]
    slow = [s for s in sorted((ROOT / "tests/integration").glob("*")) if s.suffix in (".py", ".sh") and not s.name.startswith("_") and wanted(f"integration {s.stem}")]
    if bless:
        jobs, slow = [j for j in jobs if j[0] is golden], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for done in [pool.submit(f, *a) for f, a in jobs]:
            done.result()()
    for script in slow:  # they start daemons and networks: one at a time
        integration(script)()
    if failures:
        print("failed:\n  " + "\n  ".join(failures))
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped", flush=True)
    return 1 if counts["failed"] or not counts["passed"] else 0


sys.exit(main())
