# SPDX-License-Identifier: Apache-2.0
"""
The tutorial's commands, run in order in a copy of the careless example, and the README's: what they show is what is printed. "…" alone on a line stands for what is left
out; with --renew the pages get what the program prints now, as many lines as they showed.
"""
import os, re, shlex, shutil, subprocess, sys, tempfile
from pathlib import Path

from _tap import ROOT, STRAKE, main, ok

PAGE = ROOT / "docs/tutorial.md"
BLOCK = re.compile(r"^```\n\$ (strake [^\n]*)\n(.*?)^```$", re.M | re.S)
ENVIRONMENT = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1764000000", "DOCKER_HOST": "unix:///nonexistent"}


def run(command, folder):
    """What a terminal shows: notices about this machine aside."""
    p = subprocess.run([STRAKE, *shlex.split(command)[1:]], cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return [line for line in p.stdout.splitlines() if not re.match(r"strake: (no advisory database|images not scanned|\S+: \d+ images? could)", line)]


def differs(shown, real):
    """The first line of the tutorial that the output has not, or None."""
    at, free = 0, False
    for line in shown:
        if line.strip() == "…":
            free = True
            continue
        found = next((i for i in range(at, len(real)) if real[i].rstrip() == line.rstrip()), None) if free else at if at < len(real) and real[at].rstrip() == line.rstrip() else None
        if found is None:
            return line
        at, free = found + 1, False
    return None if free or at == len(real) else "(the output goes on)"


def tutorial():
    text = PAGE.read_text()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples/careless", folder, dirs_exist_ok=True)

        def look(match):
            shown, real = match[2].splitlines(), run(match[1], folder)
            if "--renew" in sys.argv:
                whole = shown[-1] != "…" or len(real) < len(shown)
                kept = real if whole else real[:len(shown) - 1] + ["…"]
                return f"```\n$ {match[1]}\n" + "".join(line + "\n" for line in kept) + "```"
            wrong = differs(shown, real)
            ok(wrong is None, f"the tutorial's {match[1]} prints what it shows", f"not printed: {wrong}\n" + "\n".join(real))
            return match[0]
        renewed = BLOCK.sub(look, text)
    if "--renew" in sys.argv:
        PAGE.write_text(renewed)
    ok(len(BLOCK.findall(text)) >= 4, "the tutorial has its commands")


def tour():
    blocks = BLOCK.findall((ROOT / "README.md").read_text())
    for command, shown in blocks:
        real = run(command, ROOT)
        wrong = differs(shown.splitlines() + ["…"], real)
        ok(wrong is None, f"the README's {command} prints what it shows", f"not printed: {wrong}\n" + "\n".join(real))
    ok(len(blocks) >= 2, "the README has its commands")


def other_commands():
    """Blocks for the shell: each strake command in them is one that the program takes."""
    known = subprocess.run([STRAKE, "--help"], capture_output=True, text=True).stdout
    for file in (PAGE, ROOT / "README.md"):
        blocks = "\n".join(re.findall(r"^```.*?^```", file.read_text(), re.M | re.S))
        for name in set(re.findall(r"^(?:\$ )?strake ([a-z]+)", blocks, re.M)):
            ok(re.search(rf"^ +{name}\b", known, re.M), f"{file.name}: strake {name} is a command")


main(tutorial, tour, other_commands)
