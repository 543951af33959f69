#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write files as C arrays: embed.py OUTPUT.h NAME=FILE...   gives `static const char NAME[]` without a terminator for each."""
import sys
from pathlib import Path

out = ["/* Made by tools/embed.py. */", "#pragma once"]
for pair in sys.argv[2:]:
    name, file = pair.split("=", 1)
    data = Path(file).read_bytes()
    rows = [",".join(str(b if b < 128 else b - 256) for b in data[i:i + 32]) for i in range(0, len(data), 32)]
    out.append(f"static const char {name}[{len(data)}] = {{\n" + ",\n".join(rows) + "\n};")
Path(sys.argv[1]).write_text("\n".join(out) + "\n")
