#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run one libFuzzer target of build-fuzz: fuzz/run.py [NAME [SECONDS]]. New inputs go to build-fuzz/corpus, never into the repository."""
import os, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
targets = sorted(p.name[5:] for p in (ROOT / "build-fuzz").glob("fuzz-*") if p.is_file() and os.access(p, os.X_OK))
if len(sys.argv) < 2 or sys.argv[1] not in targets:
    print("targets: " + " ".join(targets))
    sys.exit(0 if len(sys.argv) < 2 else 2)
name, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "60"
work = ROOT / "build-fuzz/corpus" / name
work.mkdir(parents=True, exist_ok=True)
seeds = ROOT / "fuzz/corpus" / name
dictionary = ROOT / "fuzz/dictionaries" / f"{name}.dict"
args = [str(ROOT / "build-fuzz" / f"fuzz-{name}"), f"-max_total_time={seconds}", "-timeout=25", "-rss_limit_mb=2560", "-print_final_stats=1",
        f"-artifact_prefix={ROOT}/build-fuzz/{name}-", str(work)] + ([str(seeds)] if seeds.is_dir() else [])
if dictionary.exists():
    args.insert(1, f"-dict={dictionary}")
sys.exit(subprocess.run(args).returncode)
