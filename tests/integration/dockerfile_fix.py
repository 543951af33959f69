# SPDX-License-Identifier: Apache-2.0
"""
Several hundred Dockerfiles put together at random, the same ones each time: --fix and --fix-unsafe leave files that parse as well as before,
in which no finding with such a fix is left, and which a second run leaves as they are.
"""
import json, tempfile
from pathlib import Path

from _dockerfiles import generated
from _tap import main, ok, strake


def errors(files):
    own = strake("eval", "dockerfile", stdin="\n".join(json.dumps({"file": str(f)}) for f in files).encode()).stdout.splitlines()
    return [len(json.loads(line)["errors"]) for line in own]


def mend(files, *options):
    return strake("dockerfile", "--no-shellcheck", "--all-rules", "--fail-on", "none", *options, *files)


def repairs():
    for option in ("--fix", "--fix-unsafe"):
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for name, text in generated(300):
                files.append(Path(folder) / name)
                files[-1].write_bytes(text)
            original, before = [f.read_bytes() for f in files], errors(files)
            run = mend(files, option, "--format", "json")
            once, after = [f.read_bytes() for f in files], errors(files)
            changed = sum(a != b for a, b in zip(original, once))
            worse = [f.name for f, a, b in zip(files, before, after) if b > a]
            ok(run.returncode == 0 and changed > 200 and not worse, f"{option}: {changed} of {len(files)} files changed, none parses worse", run.stderr + " ".join(worse))
            left = [f"{x['location']['file']}:{x['location']['line']} {x['id']}" for x in json.loads(run.stdout)["findings"]
                    if x.get("fix") and (x["fix"]["safe"] or option == "--fix-unsafe")]
            ok(not left, f"{option}: no finding with such a fix is left", "\n".join(left[:20]))
            mend(files, option, "-o", "/dev/null")
            unstable = [f.name for f, text in zip(files, once) if f.read_bytes() != text]
            ok(not unstable, f"{option} a second time changes nothing", " ".join(unstable[:20]))


main(repairs)
