#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Measure: bench/run.py [NAME...]   (./dev bench)

Each bench_NAME.py beside this file has `run(bench)`. Everything is compared within one run, so that ratios hold on any machine:
    bench.best([args], repeat=3)       best wall-clock seconds of a command (output thrown away)
    bench.measure([args])              .seconds .cpu .peak_mib .status .stdout of one run
    bench.row("what", value, "unit", goal="<= 1.25")    one line of the result; the goal is judged, never enforced
    bench.work                         a folder for generated inputs, kept between runs (build/bench)
"""
import contextlib, importlib.util, os, subprocess, sys, threading, time
from pathlib import Path
from types import SimpleNamespace

ROOT = Path(__file__).resolve().parent.parent


class Peak:
    """A process's peak memory, looked at while it runs: the kernel's own figure at its end counts what Python had when it forked."""
    kib = 0

    def watch(self, pid):
        threading.Thread(target=self.look, args=(pid,), daemon=True).start()

    def look(self, pid):
        with contextlib.suppress(OSError, ValueError, IndexError):
            while True:
                self.kib = max(self.kib, int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]))
                time.sleep(0.01)


class Bench:
    def __init__(self):
        self.root, self.strake = ROOT, str(Path(os.environ.get("STRAKE_RELEASE", ROOT / "build/strake")).resolve())
        self.work = ROOT / "build/bench"
        self.work.mkdir(parents=True, exist_ok=True)
        self.shared = ROOT.parent / "shared"
        self.env = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}

    def measure(self, args, stdin=None, cwd=None, env=None, ok=(0, 1), watch=True):
        """watch: look at the memory while it runs, which costs the process up to a tenth of its time."""
        begin, peak = time.monotonic(), Peak()
        with open(self.work / "stdout", "wb") as out, open(self.work / "stderr", "wb") as err:
            p = subprocess.Popen([str(a) for a in args], stdin=open(stdin, "rb") if stdin else subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd, env={**self.env, **(env or {})})
            if watch:
                peak.watch(p.pid)
            _, status, usage = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begin
        if ok is not None and p.returncode not in ok:
            raise RuntimeError(f"{' '.join(map(str, args))}: exit {p.returncode}: {(self.work / 'stderr').read_text(errors='replace')[:500]}")
        return SimpleNamespace(seconds=seconds, cpu=usage.ru_utime + usage.ru_stime, peak_mib=(peak.kib or usage.ru_maxrss) / 1024, status=p.returncode, stdout=self.work / "stdout")

    def best(self, args, repeat=3, **options):
        return min(self.measure(args, **options).seconds for _ in range(repeat))

    def row(self, what, value, unit="", goal=""):
        verdict = ""
        if goal:
            sign, limit = goal.split()[:2]
            good = value <= float(limit) if sign == "<=" else value >= float(limit)
            verdict = f"   goal {goal}: {'met' if good else 'MISSED'}"
        number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 1 else f"{value:.2f}"
        print(f"  {what:<64} {number:>10} {unit:<8}{verdict}", flush=True)

    def note(self, text):
        print(f"  {text}", flush=True)


def main():
    wanted, bench = sys.argv[1:], Bench()
    for file in sorted(Path(__file__).parent.glob("bench_*.py")):
        name = file.stem[6:]
        if wanted and name not in wanted:
            continue
        spec = importlib.util.spec_from_file_location(file.stem, file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        print(f"{name}: {(module.__doc__ or '').strip().splitlines()[0] if module.__doc__ else ''}", flush=True)
        module.run(bench)


main()
