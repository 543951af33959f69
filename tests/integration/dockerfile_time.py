# SPDX-License-Identifier: Apache-2.0
"""
Dockerfiles and Compose files of a megabyte, each made of very many of one thing: the time that the rules take grows with the length
of the file, not with its square. What compared every pair of something took minutes for these; a second or two is what a slow machine needs.
"""
import os, resource, subprocess, tempfile
from pathlib import Path

from _tap import main, ok

SIZE, SECONDS = 1_000_000, 10
FROM = "FROM debian:12\n"


def repeat(head, line, tail=""):
    """head, then the line again and again with {0} counted up and {1} one behind, then tail."""
    parts, n, i = [head], len(head), 0
    while n < SIZE:
        parts.append(line.format(i, i - 1 if i else "") if "{" in line else line)
        n += len(parts[-1])
        i += 1
    return "".join(parts) + tail


FILES = {
    "apt-get updates": repeat(FROM, "RUN apt-get update && apt-get install -y curl\n"),
    "apt-get updates in stages": repeat("FROM debian:12 AS s\n", "FROM s{1} AS s{0}\nRUN apt-get update\n"),
    "stages built on one another": repeat("FROM debian:12 AS s\n", "FROM s{1} AS s{0}\nENV A{0}=1\nRUN echo $A{0}\n"),
    "stages of one name": repeat("", "FROM debian:12 AS s\nCOPY --from=s /a /b\n"),
    "stages named by number": repeat(FROM, "FROM scratch\nCOPY --from={0} /a /a\n"),
    "health checks of stages": repeat("", "FROM debian AS s{0}\nHEALTHCHECK NONE\n"),
    "secrets handed from stage to stage": repeat("FROM debian AS s\n", "FROM s{1} AS s{0}\nARG TOKEN{0}=x\nRUN foo $TOKEN{0}\n"),
    "secrets of one ENV": repeat(FROM + "ENV", " SECRET_TOKEN{0}=x{0}", "\n"),
    "secrets of many ARGs": repeat(FROM, "ARG SECRET_TOKEN{0}=abcd{0}\nRUN foo\n"),
    "values put into values": repeat(FROM, "ENV A=$A:{0}\n"),
    "one value in many places": repeat(FROM + "ENV A=" + "a" * (SIZE // 2) + "\n", "WORKDIR $A\n"),
    "variables that nothing sets": repeat(FROM, "RUN echo $UND{0}\nENV X=$FOO{0}\n"),
    "variables that nothing sets, and many that something does": repeat(FROM + "".join(f"ARG AA{i}=1\n" for i in range(20000)), "ENV X=$BB{0}\n"),
    "pairs that name each other": repeat(FROM + "ENV", " A{0}=$A{1}", "\n"),
    "archives and their unpacking": repeat(FROM, "COPY a{0}.tar /b/\nRUN tar xf /b/a{0}.tar\n"),
    "one archive and its unpacking": repeat(FROM, "COPY a.tar /b/\nRUN tar xf /b/a.tar\n"),
    "comments that silence": repeat(FROM, "# hadolint ignore=DL3008\nRUN apt-get install a\n"),
    "comments above one instruction": repeat(FROM, "# hadolint ignore=DL3008\n", "RUN apt-get install a" + "&&apt-get install a" * 9000 + "\n"),
    "comments for the whole file": repeat(FROM, "# hadolint global ignore=DL{0}\nRUN apt-get install a\n"),
    "comments for a stage": repeat(FROM, "# hadolint stage ignore=DL{0}\nRUN apt-get install a\n"),
    "codes in one comment": repeat(FROM + "# hadolint stage ignore=DL1", ",DL{0}", "\n\n" + "RUN apt-get install a\n" * 10000),
    "heredocs of one COPY": repeat(FROM + "COPY", " <<E{0}", " /a\n"),
    "heredocs of one command": repeat(FROM + "RUN cat ", "<<A ", "\n"),
    "commands of one line": repeat(FROM + "RUN apt-get update", "&&apt-get install x", "\n"),
    "commands of one line, in another language": repeat(FROM + "RUN true", "&&cd /ü", "\n"),
    "relative WORKDIRs": repeat(FROM, "WORKDIR a{0}\n"),
    "CMDs": repeat(FROM, "CMD a\n"),
    "users that something creates": repeat(FROM, "ARG A{0}\nRUN useradd -u 1{0} a{0}\nUSER a{0}\n"),
    "nested commands": repeat(FROM + "RUN ", "$(", "\n"),
}
COMPOSE = {
    "secrets of one service": repeat("services:\n  a:\n    image: a\n    environment:\n", "      SECRET_KEY{0}: abcdef{0}\n"),
    "variables that nothing sets, in Compose": repeat("services:\n  a:\n    image: a\n    environment:\n", "      A{0}: ${{B{0}}}\n"),
    "services": repeat("services:\n", "  s{0}: {{image: \"a:1\", privileged: true, network_mode: host}}\n"),
    "services that extend one another": repeat("services:\n  s: {image: a}\n", "  s{0}: {{extends: s{1}}}\n"),
    "ports of one service": repeat("services:\n  a:\n    image: a\n    ports:\n", "      - \"1{0}:80\"\n"),
}
RUNS = [("", ()), ("for Hadolint", ("--compat", "hadolint")), ("for BuildKit", ("--compat", "buildkit")), ("in SARIF", ("--format", "sarif")),
        ("in HTML", ("--format", "html"))]


def program():
    release = Path(os.environ["STRAKE_RELEASE"])
    return (release, 1) if release.exists() else (os.environ["STRAKE"], 10)  # the sanitizers take their time


def run(command, options, file):
    path, slower = program()
    return subprocess.run([path, *command, "--fail-on", "none", *options, "--output", os.devnull, file], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (SECONDS * slower, SECONDS * slower)))


def times():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            file = Path(folder) / "Dockerfile"
            file.write_text(text)
            slow = [f"{what or 'by default'}: {done.returncode} {done.stderr[-300:]}" for what, options in RUNS for done in [run(("dockerfile", "--no-shellcheck", "--all-rules"), options, file)] if done.returncode not in (0, 3)]
            ok(not slow, f"a megabyte of {name}", "\n".join(slow))


def times_of_compose():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in COMPOSE.items():
            file = Path(folder) / "compose.yaml"
            file.write_text(text)
            slow = [f"{options}: {done.returncode} {done.stderr[-300:]}" for options in ((), ("--fix-unsafe", "--diff"))
                    for done in [run(("compose", ), options, file)] if done.returncode not in (0, 3)]
            ok(not slow, f"a megabyte of {name}", "\n".join(slow))


main(times, times_of_compose)
