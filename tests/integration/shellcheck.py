#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ShellCheck's findings where the program is installed: one process for a whole run, the true words in continued RUNs and heredocs, the instruction's line as Hadolint has it."""
import json, os, shutil, tempfile
from pathlib import Path

from _tap import main, ok, skip, strake

TEXT = """FROM debian:12
RUN set -e; \\
    # a comment, $x
    echo $foo "\u00e9" $bar
RUN <<EOF
set -e
\techo \u00e9 $qux
EOF

RUN cat <<EOT > /x && echo $quux
body
\t\u00e9 $(cat $inner)
EOT

"""


def places():
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        wrapper = top / "bin/shellcheck"
        wrapper.parent.mkdir()
        wrapper.write_text(f'#!/bin/sh\necho run >> "{top}/count"\nexec "{shutil.which("shellcheck")}" "$@"\n')
        wrapper.chmod(0o755)
        files = [top / f"{i}.Dockerfile" for i in range(20)]
        for f in files:
            f.write_text(TEXT)
        env = {**os.environ, "PATH": f"{top}/bin:{os.environ['PATH']}"}
        found = json.loads(strake("dockerfile", "--fail-on", "none", "-f", "json", *files, env=env).stdout)["findings"]
        ok((top / "count").read_text() == "run\n", "one process for all files")
        lines = TEXT.encode().split(b"\n")
        words = [(x["location"]["line"], lines[x["location"]["line"] - 1][x["location"]["column"] - 1:x["location"]["end_column"] - 1].decode())
                 for x in found if x["id"] == "SC2086" and x["location"]["file"] == str(files[0])]
        ok(words == [(4, "$foo"), (4, "$bar"), (7, "$qux"), (10, "$quux"), (12, "$inner")], "the true words", words)
        ok(not [x for x in found if x["id"] in ("SC1044", "SC1072")], "heredocs have their ends")
        theirs = json.loads(strake("dockerfile", "--compat", "hadolint", "-f", "json", files[0], env=env).stdout)
        ok({(x["line"], x["column"]) for x in theirs if x["code"] == "SC2086"} == {(2, 1), (5, 1)}, "at the instruction, as Hadolint has them", theirs)
        files[0].write_text(TEXT + "RUNX $foo\n")
        theirs = json.loads(strake("dockerfile", "--compat", "hadolint", "-f", "json", files[0], env=env).stdout)
        ok([x["code"] for x in theirs] == ["DL1000"], "nothing about a file that Hadolint does not read", theirs)


if __name__ == "__main__":
    if shutil.which("shellcheck"):
        main(places)
    else:
        skip("ShellCheck's findings", "shellcheck is not installed")
