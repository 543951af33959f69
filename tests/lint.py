#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ./dev lint checks: the order in which folders include each other, both compilers' warnings as errors, cppcheck, shellcheck, file lengths, comments of public functions, the format. With --quick, what needs no
compiler and is done in a second (.pre-commit-config.yaml runs it)."""
import os, re, shutil, subprocess, sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A folder may include itself and what stands in its row; docs/architecture.md draws the same.
MAY_INCLUDE = {
    "base": "",
    "io": "base",
    "text": "base",
    "docker": "base io text",
    "report": "base text",
    "network": "base text report",
    "image": "base io text docker",
    "package": "base io text report image",
    "advisory": "base io text report package",
    "dockerfile": "base text report",
    "compose": "base text report network",
    "context": "base io text report",
    "secret": "base io text report image",
    "pipeline": "base text report",
    "audit": "base io text docker report network image package advisory dockerfile compose context secret pipeline",
}
LONGEST = 1200
problems = []


def check_includes():
    for file in sorted(ROOT.glob("src/*/*.[ch]")):
        folder = file.parent.name
        if folder == "cli":
            continue
        allowed = {folder, *MAY_INCLUDE.get(folder, "").split()}
        if folder not in MAY_INCLUDE:
            problems.append(f"{folder}/: tests/lint.py has no row for this folder")
            return
        if file.name.endswith(("_test.c", "_fuzz.c")):
            allowed |= {"io", "text", "report"}
        for number, line in enumerate(file.read_text().splitlines(), 1):
            m = re.match(r'\s*#\s*include\s+"([a-z0-9_]+)/', line)
            if m and m[1] not in allowed:
                problems.append(f"{file.relative_to(ROOT)}:{number}: {folder}/ may not include {m[1]}/")


def check_lengths():
    for file in sorted(ROOT.glob("src/*/*.c")):
        lines = len(file.read_text().splitlines())
        if lines > LONGEST:
            problems.append(f"{file.relative_to(ROOT)}: {lines} lines: two ideas in one file?")
        if not file.name.endswith(("_fuzz.c",)) and '#include "base/banned.h"' not in file.read_text() and not file.name.endswith("_test.c"):
            problems.append(f"{file.relative_to(ROOT)}: base/banned.h must be the last include")


def check_headers():
    """Every public function has a comment, or stands in a group of prototypes below one."""
    for file in sorted(ROOT.glob("src/*/*.h")):
        lines = [line.strip() for line in file.read_text().splitlines()]
        for i, line in enumerate(lines):
            if not re.match(r"[a-z_][\w \*]*\bstk_\w+\(", line) or line.startswith(("static", "typedef", "return")):
                continue
            above = next((at for at in range(i - 1, -1, -1) if not lines[at] or lines[at].startswith(("/*", "*")) or lines[at].endswith("*/")), 0)
            if not lines[above]:
                problems.append(f"{file.relative_to(ROOT)}:{i + 1}: a public function without a comment")


def run(name, *args, env=None):
    print("lint:", name, flush=True)
    p = subprocess.run(args, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if p.returncode:
        problems.append(f"{name}:\n{p.stdout[-6000:]}")


def check_compiler(compiler):
    folder = ROOT / f"build-lint-{compiler}"
    if not (folder / "build.ninja").exists():
        run(f"configure with {compiler}", "meson", "setup", str(folder), "-Dtests=true", "--werror", "--buildtype=debugoptimized", env={"CC": compiler})
    run(f"build with {compiler}", "ninja", "-C", str(folder))


def check_format():
    if shutil.which("clang-format-14"):
        files = subprocess.run(["git", "ls-files", "*.c", "*.h"], cwd=ROOT, capture_output=True, text=True).stdout.split()
        run("format (./dev format mends it)", "clang-format-14", "--dry-run", "--Werror", *files)


def check_slowly():
    check_format()
    for compiler in ("gcc", "clang-14"):
        check_compiler(compiler)
    if shutil.which("cppcheck"):
        run("cppcheck", "cppcheck", "--quiet", "--error-exitcode=1", "--enable=warning,portability", "--inline-suppr", "--suppress=missingIncludeSystem", "--suppress=normalCheckLevelMaxBranches",
            # What 2.10 gets wrong: compound literals in a conditional, values set through pointers. gcc and the sanitizers look there.
            "--suppress=internalAstError", "--suppress=uninitvar", "--suppress=legacyUninitvar", "--suppress=autoVariables", "--suppress=identicalInnerCondition",
            "--std=c11", "-Isrc", "-Itests", "-D__GNUC__=12", "-j", "2", "src")
    scripts = ["dev", ".ci/run", *map(str, sorted((ROOT / "tests/integration").glob("*.sh")))]
    run("shellcheck", "shellcheck", *scripts)


def main():
    check_includes()
    check_lengths()
    check_headers()
    if "--quick" not in sys.argv[1:]:
        check_slowly()
    print("\n".join(problems) if problems else "lint: nothing to complain about")
    return 1 if problems else 0


sys.exit(main())
