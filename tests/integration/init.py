# SPDX-License-Identifier: Apache-2.0
"""
The pipelines that `strake init` writes: valid for their systems, actions pinned by digest, no more rights than needed; and every command line in them is
run, with the source step answered by this checkout's program and the package manager and the network by stand-ins.
"""
import json, os, re, shutil, subprocess, tempfile
from pathlib import Path

from _schemas import schema
from _tap import ROOT, STRAKE, main, ok, skip, strake

# What a pipeline's machine has and this test must not touch: each says what it was called with and does nothing.
STAND_INS = {"apt-get": "", "git": "", "install-strake": ""}


def written(folder, system):
    shutil.copytree(ROOT / "examples/hardened", folder, dirs_exist_ok=True)
    p = strake("init", "--ci", system, folder)
    ok(p.returncode == 0 and "STRAKE_SOURCE" in p.stdout, f"{system}: init writes a pipeline and names its variable", p.stdout + p.stderr)
    import yaml
    file = Path(folder) / (".github/workflows/strake.yml" if system == "github" else ".gitlab-ci.yml")
    return file, yaml.load(file.read_text(), Loader=yaml.BaseLoader)


def validate(system, name, document):
    import jsonschema
    rules = schema(name)
    if not rules:
        return skip(f"{system}: the pipeline follows its schema", "the Python package that ships it cannot be had")
    rules = json.loads(rules.read_text())
    errors = [f"{list(e.absolute_path)}: {e.message[:300]}" for e in jsonschema.validators.validator_for(rules)(rules).iter_errors(document)]
    ok(not errors, f"{system}: the pipeline follows its schema", errors)


def typed(file):
    import yaml
    document = yaml.safe_load(file.read_text())
    if True in document:  # YAML 1.1 reads GitHub's "on" as true
        document["on"] = document.pop(True)
    return document


def run(folder, system, lines):
    """Runs the lines as one shell script each; {line: status}."""
    tools = Path(folder) / ".tools"
    tools.mkdir()
    for name in STAND_INS:
        (tools / name).write_text("#!/bin/sh\nexit 0\n")
        (tools / name).chmod(0o755)
    # The database is fetched from the network: everything else of strake is the real program.
    (tools / "strake").write_text(f'#!/bin/sh\n[ "$1 $2" = "db update" ] && exec "{STRAKE}" db update --help\nexec "{STRAKE}" "$@"\n')
    (tools / "strake").chmod(0o755)
    summary = Path(folder) / ".tools/summary"
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "STRAKE_SOURCE": "https://example.com/strake.git", "GITHUB_STEP_SUMMARY": str(summary), "DOCKER_HOST": "unix:///nonexistent"}
    for line in lines:
        line = line.replace("/opt/strake/dev install", "install-strake")
        p = subprocess.run(["bash", "-eo", "pipefail", "-c", line], cwd=folder, env=env, capture_output=True, text=True, timeout=300)
        ok(p.returncode == 0, f"{system}: {line.strip().splitlines()[-1][:70]}", p.stdout + p.stderr)
    return summary


def github():
    with tempfile.TemporaryDirectory() as folder:
        file, document = written(folder, "github")
        validate("github", "github-workflows", typed(file))
        job = document["jobs"]["audit"]
        uses = [s["uses"] for s in job["steps"] if "uses" in s]
        ok(uses and all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", u) for u in uses), "github: actions are pinned by digest", uses)
        ok(document["permissions"] == {"contents": "read"} and "permissions" not in job, "github: the pipeline may read and nothing else")
        ok(all(s["with"]["persist-credentials"] == "false" for s in job["steps"] if "checkout" in s.get("uses", "")), "github: the checkout leaves no credentials")
        summary = run(folder, "github", [s["run"] for s in job["steps"] if "run" in s])
        ok(summary.exists() and "## strake:" in summary.read_text(), "github: the summary gets the report")
        ok((Path(folder) / "strake.html").stat().st_size > 10000, "github: the page is written")
        last = [s["run"] for s in job["steps"] if "run" in s][-1]
        (Path(folder) / "strake.md").unlink()
        p = subprocess.run(["bash", "-eo", "pipefail", "-c", last], cwd=folder, env={**os.environ, "GITHUB_STEP_SUMMARY": str(summary)}, capture_output=True)
        ok(p.returncode == 0, "github: the summary step survives an audit that wrote nothing", p.stderr)
        report = json.loads(strake("audit", "--no-engine", "--fail-on", "none", "--format", "json", ".", cwd=folder).stdout)
        ok(not [f for f in report["findings"] if f["location"].get("file") == ".github/workflows/strake.yml"], "github: strake has nothing to say against its own pipeline")


def gitlab():
    with tempfile.TemporaryDirectory() as folder:
        file, document = written(folder, "gitlab")
        validate("gitlab", "gitlab-ci", typed(file))
        job = document["strake"]
        run(folder, "gitlab", job["before_script"] + job["script"])
        made = [job["artifacts"]["reports"]["codequality"], job["artifacts"]["reports"]["container_scanning"], *job["artifacts"]["paths"]]
        ok(all((Path(folder) / name).exists() for name in made), "gitlab: every artifact is written", made)


main(github, gitlab)
