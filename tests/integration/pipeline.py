# SPDX-License-Identifier: Apache-2.0
"""The rules about CI pipelines, each on workflows that break it and the same ones mended, through strake audit; what init writes breaks none."""
import json, tempfile
from pathlib import Path

from _tap import main, ok, strake

SHA = "11bd71901bbe5b1630ceea73d27597364c9af683"
HEAD = "on: push\npermissions:\n  contents: read\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n"


def github(*steps, head=HEAD):
    return ".github/workflows/ci.yml", head + "".join(f"      - {step}\n" for step in steps)


def run(*lines):
    return "run: |\n" + "\n".join(f"          {line}" for line in lines)


def gitlab(text):
    return ".gitlab-ci.yml", text


def action(name, *inputs, pin=SHA):
    return f"uses: {name}@{pin}" + ("\n        with:" + "".join(f"\n          {i}" for i in inputs) if inputs else "")


SCANNED = ("docker build -t r/a:1 .", "strake image --fail-on high r/a:1", "docker push r/a:1", "cosign sign r/a@sha256:1")
PUSH = action("docker/build-push-action", "push: true", "tags: r/a:1")
SCAN = action("aquasecurity/trivy-action", "image-ref: r/a:1", "exit-code: '1'")
LOAD = action("docker/build-push-action", "load: true", "tags: r/a:1")
SIGN = run("cosign sign r/a@sha256:1")
JOB = "on: push\npermissions:\n  contents: read\njobs:\n  build:\n    runs-on: x\n    container: {}\n    steps:\n"

# (rule, what, broken, mended)
CASES = [
    ("PIPE-001", "a tag of an action", github("uses: actions/checkout@v4"), github(f"uses: actions/checkout@{SHA} # v4.2.2")),
    ("PIPE-001", "a short commit", github("uses: actions/checkout@11bd719"), github("uses: ./local-action")),
    ("PIPE-001", "a reusable workflow's branch", (".github/workflows/ci.yml", "on: push\npermissions: {}\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@main\n"), (".github/workflows/ci.yml", f"on: push\npermissions: {{}}\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@{SHA}\n")),
    ("PIPE-001", "an image as an action, by tag", github("uses: docker://alpine:3.20"), github("uses: docker://alpine@sha256:" + "0" * 64)),
    ("PIPE-002", "no permissions at all", github("run: make", head="on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"), github("run: make", head="on: push\njobs:\n  a:\n    runs-on: x\n    permissions: {contents: read}\n    steps:\n")),
    ("PIPE-002", "every permission", github("run: make", head="on: push\npermissions: write-all\njobs:\n  a:\n    runs-on: x\n    steps:\n"), github("run: make", head="on: push\npermissions: read-all\njobs:\n  a:\n    runs-on: x\n    steps:\n")),
    ("PIPE-003", "a stranger's branch under pull_request_target", github(action("actions/checkout", "ref: ${{ github.event.pull_request.head.sha }}"), head="on: pull_request_target\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n"),
     github(action("actions/checkout", "ref: ${{ github.event.pull_request.head.sha }}"), head="on: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n")),
    ("PIPE-004", "a title in a script", github('run: echo "${{ github.event.pull_request.title }}"'), github('run: echo "$TITLE"\n        env:\n          TITLE: ${{ github.event.pull_request.title }}')),
    ("PIPE-004", "a branch name in a script", github(run("true", "git checkout ${{ github.head_ref }}")), github(run("git checkout ${{ github.sha }}"))),
    ("PIPE-005", "a password with -p", github("run: docker login -u ci -p ${{ secrets.R }} r"), github("run: echo \"$R\" | docker login -u ci --password-stdin r")),
    ("PIPE-005", "a password with --password", gitlab("image: docker:28\nb:\n  script:\n    - docker login -u ci --password=$R r\n"), gitlab("image: docker:28\nb:\n  script:\n    - echo $R | docker login -u ci --password-stdin r\n")),
    ("PIPE-006", "a secret as a build argument", github("run: docker build --build-arg TOKEN=${{ secrets.T }} ."), github("run: docker build --secret id=t,env=T .")),
    ("PIPE-006", "the same of the build action", github(action("docker/build-push-action", "build-args: |", "  TOKEN=${{ secrets.T }}")), github(action("docker/build-push-action", "secrets: |", "  t=${{ secrets.T }}"))),
    ("PIPE-007", "a job's container without a tag", github("run: make", head=JOB.format("node")), github("run: make", head=JOB.format("node:20.11"))),
    ("PIPE-007", "GitLab's image by latest", gitlab("image: docker:latest\nb:\n  script: [make]\n"), gitlab("image: docker:28.5.2\nb:\n  script: [make]\n")),
    ("PIPE-007", "a service by latest", gitlab("image: docker:28\nb:\n  services: [docker:dind]\n  script: [make]\n"), gitlab("image: docker:28\nb:\n  services: ['docker:28.5-dind']\n  script: [make]\n")),
    ("PIPE-008", "build and push in one script", github(run("docker build -t r/a:1 .", "docker push r/a:1")), github(run(*SCANNED))),
    ("PIPE-008", "the build action that pushes", github(PUSH), github(LOAD, SCAN, PUSH, SIGN)),
    ("PIPE-008", "GitLab", gitlab("image: docker:28\nb:\n  script:\n    - docker build -t r/a:1 .\n    - docker push r/a:1\n"), gitlab("image: docker:28\nb:\n  script:\n" + "".join(f"    - {line}\n" for line in SCANNED))),
    ("PIPE-009", "|| true", github("run: strake image --fail-on high a || true"), github("run: strake image --fail-on high a")),
    ("PIPE-009", "continue-on-error", github("run: grype a --fail-on high\n        continue-on-error: true"), github("run: grype a --fail-on high")),
    ("PIPE-009", "Trivy's action with exit code 0", github(action("aquasecurity/trivy-action", "image-ref: a", "exit-code: '0'")), github(SCAN)),
    ("PIPE-009", "allow_failure", gitlab("image: docker:28\nb:\n  allow_failure: true\n  script: [strake image a]\n"), gitlab("image: docker:28\nb:\n  script: [strake image a]\n")),
    ("PIPE-010", "Docker in Docker without TLS", gitlab("image: docker:28\nvariables:\n  DOCKER_TLS_CERTDIR: \"\"\nb:\n  script: [make]\n"), gitlab("image: docker:28\nvariables:\n  DOCKER_TLS_CERTDIR: /certs\nb:\n  script: [make]\n")),
    ("PIPE-011", "a pushed image without a signature", github(run(*SCANNED[:3])), github(run(*SCANNED))),
    ("PIPE-011", "an attestation signs too", github(LOAD, SCAN, PUSH), github(LOAD, SCAN, PUSH, action("actions/attest-build-provenance", "subject-name: r/a"))),
    ("PIPE-012", "only :latest", github(run("docker build -t r/a:latest .", "docker push r/a:latest")), github(run("docker build -t r/a:latest -t r/a:$SHA .", "docker push r/a:latest", "docker push r/a:$SHA"))),
    ("PIPE-012", "the build action with :latest alone", github(action("docker/build-push-action", "push: true", "tags: r/a:latest")), github(action("docker/build-push-action", "push: true", "tags: r/a:latest,r/a:${{ github.sha }}"))),
]


def ids(path, text):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
        (Path(folder) / path).write_text(text)
        p = strake("audit", "--no-engine", "--no-config", "--no-secrets", "--fail-on", "none", "--format", "json", ".", cwd=folder)
        report = json.loads(p.stdout)
        return [f["id"] for f in report["findings"]], p.stderr, [f["location"].get("line") for f in report["findings"]]


def cases():
    for rule, what, broken, mended in CASES:
        found, error, lines = ids(*broken)
        ok(rule in found and all(lines), f"{rule}: {what}", (found, error, broken[1]))
        found, error, _ = ids(*mended)
        ok(rule not in found, f"{rule}: {what}, mended", (found, error, mended[1]))


def written():
    for system in ("github", "gitlab"):
        with tempfile.TemporaryDirectory() as folder:
            strake("init", "--ci", system, folder)
            p = strake("audit", "--no-engine", "--no-secrets", "--fail-on", "none", "--format", "json", folder)
            found = [f["id"] for f in json.loads(p.stdout)["findings"]]
            ok(p.returncode == 0 and not found, f"what init writes for {system} breaks no rule", (found, p.stderr))


main(cases, written)
