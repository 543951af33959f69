# SPDX-License-Identifier: Apache-2.0
"""
What `strake context --list` says is sent, compared with the walker that BuildKit itself uses (github.com/tonistiigi/fsutil, built with the go command)
on random folders with random .dockerignore files; and --fix: what it says was mended is gone on the second run, and a third one changes nothing.
"""
import os, random, shutil, subprocess, tempfile
from pathlib import Path

from _tap import ROOT, main, ok, skip, strake

TREES = 150
FOLDER = Path(os.environ.get("STRAKE_PEERS", ROOT / "build-test/peers")) / "context-walker"
MAIN = r'''
package main

import (
	"bufio"
	"context"
	"fmt"
	gofs "io/fs"
	"os"
	"path/filepath"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
)

func walk(dir string) error {
	var exclude []string
	if f, err := os.Open(filepath.Join(dir, ".dockerignore")); err == nil {
		exclude, err = ignorefile.ReadAll(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	all, err := fsutil.NewFS(dir)
	if err != nil {
		return err
	}
	some, err := fsutil.NewFilterFS(all, &fsutil.FilterOpt{ExcludePatterns: exclude})
	if err != nil {
		return err
	}
	return some.Walk(context.Background(), "/", func(path string, entry gofs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			fmt.Println(path)
		}
		return err
	})
}

func main() {
	folders := bufio.NewScanner(os.Stdin)
	for folders.Scan() {
		if err := walk(folders.Text()); err != nil {
			fmt.Println("error")
		}
		fmt.Println("--")
	}
}
'''


def walker():
    """The program, built once; None where it cannot be built."""
    program = FOLDER / "walker"
    if program.exists():
        return program
    if not shutil.which("go"):
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "go.mod").write_text("module walker\n\ngo 1.23\n")
    (FOLDER / "main.go").write_text(MAIN)
    for args in (["get", "github.com/tonistiigi/fsutil@v0.0.0-20261103091533-a72de9dcf763", "github.com/moby/patternmatcher@v0.6.1"], ["build", "-p", "1", "-o", "walker", "."]):
        if subprocess.run(["go", *args], cwd=FOLDER, capture_output=True, timeout=900).returncode:
            return None
    return program


def make_tree(rng, folder):
    names = ["a", "b", "ab", "a.md", "b.md", "x.log", ".env", "src", "docs", "deep"]
    parts = ["a", "b", "*", "**", "/", "*.md", "docs", "src", "deep", "**/", "?", "!", ".env", "[ab]", "*.log"]
    folder.mkdir(parents=True)
    for _ in range(rng.randint(3, 14)):
        path = folder.joinpath(*(rng.choice(names) for _ in range(rng.randint(1, 4))))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            kind = rng.random()
            if kind < 0.1:
                path.symlink_to("a")
            elif kind < 0.2:
                path.mkdir(exist_ok=True)
            elif not path.is_dir():
                path.write_text("x")
        except OSError:  # a name is a file already, or a link
            pass
    lines = [rng.choice(["", "", "!", "!", " ", "/", "#"]) + "".join(rng.choice(parts) for _ in range(rng.randint(1, 4))) for _ in range(rng.randint(0, 5))]
    if lines:
        (folder / ".dockerignore").write_text("\n".join(lines) + "\n")


def same_as_buildkit():
    program = walker()
    if not program:
        return skip("context as BuildKit walks it", "the go command or the module is not to be had")
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as base:
        folders = [Path(base) / str(i) for i in range(TREES)]
        for folder in folders:
            make_tree(rng, folder)
        told = subprocess.run([program], input="".join(f"{f}\n" for f in folders), capture_output=True, text=True).stdout.split("--\n")
        wrong = compared = 0
        for folder, text in zip(folders, told):
            want = text.split("\n")[:-1]
            if "error" in want:
                continue
            compared += 1
            got = [line[14:] for line in strake("context", "--list", folder).stdout.splitlines()]
            if sorted(got) != sorted(want):
                wrong += 1
                print(f"# {(folder / '.dockerignore').read_text()!r}: only BuildKit {sorted(set(want) - set(got))}, only strake {sorted(set(got) - set(want))}")
        ok(not wrong and compared > TREES / 2, f"{compared} random folders: what is sent")


def fixes_hold():
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        for name, text in {"Dockerfile": "FROM scratch\nCOPY . /\n", ".env": "A=1\n", "deploy/tls.key": "k\n", ".git/HEAD": "ref\n", "web/node_modules/x/y.js": "x\n",
                           "debug.log": "x\n", ".dockerignore": "# ours\n*.tmp"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        before = strake("context", "--no-config", "--format", "csv", folder)
        strake("context", "--no-config", "--fix", "--format", "csv", folder)
        once = (folder / ".dockerignore").read_text()
        after = strake("context", "--no-config", "--fix", "--format", "csv", folder)
        ok(before.returncode == 1 and before.stdout.count("CTX-") >= 5, "secrets, history, packages and logs are found", before.stdout)
        ok(after.returncode == 0 and "CTX-" not in after.stdout, "and gone when .dockerignore was extended", after.stdout)
        ok((folder / ".dockerignore").read_text() == once and once.startswith("# ours\n*.tmp\n# "), "the next run changes nothing, and what was there stays", once)


def names_stay_on_their_lines():
    with tempfile.TemporaryDirectory() as base:
        for name in (b"a\nb", b"bad\xff", b"c d"):
            open(os.fsencode(base) + b"/" + name, "w").close()
        listed = [line[14:] for line in strake("context", "--list", "--no-config", base).stdout.splitlines()]
        ok(listed == [r"a\nb", r"bad\xff", "c d"], "a path is one line, whatever its bytes are", listed)


main(same_as_buildkit, fixes_hold, names_stay_on_their_lines)
