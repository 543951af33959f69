# SPDX-License-Identifier: Apache-2.0
"""
BuildKit's own Dockerfile parser as a program to compare with: parser() builds it once with the go command from the module
github.com/moby/buildkit and gives its path, or None when that cannot be done here. It reads file names, one a line, and prints one JSON
object a file: {"error"} or {"instructions"}.
"""
import os, shutil, subprocess
from pathlib import Path

from _tap import ROOT

VERSION = "v0.26.2"
FOLDER = Path(os.environ.get("STRAKE_PEERS", ROOT / "build-test/peers")) / f"buildkit-parser-{VERSION}"

MAIN = r'''
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func row(n *parser.Node) map[string]any {
	m := map[string]any{"name": n.Value, "flags": n.Flags, "json": n.Attributes["json"], "line": n.StartLine, "end_line": n.EndLine}
	args := []string{}
	for x := n.Next; x != nil; x = x.Next {
		if len(x.Children) > 0 {
			m["inner"] = row(x.Children[0])
		} else {
			args = append(args, x.Value)
		}
	}
	heredocs := [][]any{}
	for _, d := range n.Heredocs {
		heredocs = append(heredocs, []any{d.Name, d.Expand, d.Chomp, d.Content})
	}
	m["args"], m["heredocs"] = args, heredocs
	return m
}

func main() {
	names := bufio.NewScanner(os.Stdin)
	for names.Scan() {
		text, _ := os.ReadFile(names.Text())
		out := map[string]any{}
		if r, err := parser.Parse(bytes.NewReader(text)); err != nil {
			out["error"] = err.Error()
		} else {
			rows := []any{}
			for _, n := range r.AST.Children {
				rows = append(rows, row(n))
			}
			out["instructions"] = rows
			if _, _, err := instructions.Parse(r.AST, nil); err != nil {
				out["error"] = err.Error()
			}
		}
		line, _ := json.Marshal(out)
		fmt.Println(string(line))
	}
}
'''


def parser():
    program = FOLDER / "parser"
    if program.exists():
        return str(program)
    go = shutil.which("go")
    if not go:
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "main.go").write_text(MAIN)
    (FOLDER / "go.mod").write_text("module parser\n\ngo 1.24\n")
    for args in (["get", f"github.com/moby/buildkit/frontend/dockerfile/instructions@{VERSION}"], ["build", "-p", "1", "-o", "parser", "."]):
        if subprocess.run([go, *args], cwd=FOLDER, capture_output=True, timeout=900).returncode:
            return None
    return str(program)
