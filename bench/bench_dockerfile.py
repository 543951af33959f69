# SPDX-License-Identifier: Apache-2.0
"""Linting Dockerfiles: 1,000 files in one process, against linters of npm where they are installed"""
import random, shutil

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
    """Files of 8 to 25 instructions, the same every time."""
    chance = random.Random(1)
    folder.mkdir(exist_ok=True)
    files = []
    for i in range(n):
        steps = [f"FROM {chance.choice(BASES)}", *(chance.choice(STEPS) for _ in range(chance.randint(7, 24)))]
        files.append(folder / f"{i}.Dockerfile")
        files[-1].write_text("# syntax=docker/dockerfile:1\n" + "\n\n".join(steps) + "\n")
    return files


def run(bench):
    files = corpus(bench.work / "dockerfiles", 1000)
    options = ["--no-shellcheck", "--no-config", "--fail-on", "none", "-f", "json"]
    one = bench.best([bench.strake, "dockerfile", *options, files[0]], repeat=10)
    many = bench.best([bench.strake, "dockerfile", *options, *files], repeat=5)
    used = bench.measure([bench.strake, "dockerfile", *options, *files])
    bench.row("one file, start to end", one * 1000, "ms", "<= 5")
    bench.row("1,000 files in one process", len(files) / many, "files/s", ">= 10000")
    bench.row("their report, peak memory", used.peak_mib, "MiB")
    for peer, args in (("dockerfilelint", []), ("dockerlinter", ["-f"])):
        program = shutil.which(peer)
        if not program:
            bench.note(f"{peer}: not installed, not compared")
            continue
        few = files[:20]
        seconds = bench.measure(["sh", "-c", 'p=$1; shift; for f; do "$p" "$f"; done', "sh", program, *few], ok=None).seconds / len(few)
        bench.row(f"{peer}, seconds a file, against strake's one file", seconds / one, "times")
