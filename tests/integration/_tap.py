# SPDX-License-Identifier: Apache-2.0
"""TAP for the integration scripts: ok(), skip(), and a main() that turns exceptions into failures."""
import os, subprocess, sys, traceback
from pathlib import Path

ROOT = Path(os.environ.get("ROOT", Path(__file__).resolve().parent.parent.parent))
STRAKE = os.environ.get("STRAKE", str(ROOT / "build/strake"))
SHARED = Path(os.environ.get("STRAKE_SHARED", ROOT.parent / "shared"))
failed = 0


def ok(good, name, detail=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'not ok'} - {name}", flush=True)
    if not good and detail:
        print("# " + str(detail)[:6000].replace("\n", "\n# "), flush=True)
    return bool(good)


def skip(name, why):
    print(f"ok - {name} # SKIP {why}", flush=True)


def strake(*args, stdin=None, cwd=None, env=None, timeout=300):
    """Runs the program: an object with returncode, stdout and stderr (text)."""
    p = subprocess.run([STRAKE, *map(str, args)], input=stdin, capture_output=True, cwd=cwd, env=env, timeout=timeout)
    p.stdout, p.stderr = p.stdout.decode("utf-8", "surrogateescape"), p.stderr.decode("utf-8", "surrogateescape")
    return p


def main(*tests):
    """Runs each function; one that raises counts as a failed test."""
    for test in tests:
        try:
            test()
        except Exception:
            ok(False, test.__name__, traceback.format_exc())
    sys.exit(1 if failed else 0)
