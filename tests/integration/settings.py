# SPDX-License-Identifier: Apache-2.0
"""
.strake.yaml: every mistake is exit 2 with file, line, column and what was probably meant; docs/config.schema.json tells the same mistakes where a schema can,
and takes whatever strake takes; which folder's settings are in force, and that nobody's ignores work unseen.
"""
import json, tempfile
from pathlib import Path

from _tap import ROOT, main, ok, skip, strake

IGNORE = "ignore:\n  - id: {}\n    reason: x\n"

# (text, place, word of the message, word of the hint or "", can a schema tell?)
MISTAKES = [
    ("fail_on: high\n", "1:1", "unknown key", "fail-on", True),
    ("network:\n  asertions: []\n", "2:3", "unknown key", "assertions", True),
    ("x: high\n", "1:1", "unknown key", "", True),
    ("fail-on: hihg\n", "1:10", "must be critical, high", "high", True),
    ("fail-on: unknown\n", "1:10", "must be critical, high", "", True),
    ("fail-on: [high]\n", "1:10", "must be critical, high", "", True),
    ("fail-on: {imag: high}\n", "1:11", "must be a layer", "image", True),
    ("fail-on: {image: hig}\n", "1:18", "must be critical, high", "high", True),
    ("severity: high\n", "1:11", "must be a list", '["high"]', True),
    ("severity: [high, lwo]\n", "1:18", "must be critical, high", "low", True),
    ("ignore-unfixed: maybe\n", "1:17", "must be true or false", "", True),
    ("environment: productoin\n", "1:14", "must be production or development", "production", True),
    ("environment: [production]\n", "1:14", "must be production or development", "", True),
    ("trusted-registries: docker.io\n", "1:21", "must be a list", '["docker.io"]', True),
    ("trusted-registries: [{a: b}]\n", "1:22", "must be text", "", True),
    ("ignore:\n  id: X\n", "2:3", "must be a list of ignores", "", True),
    ("ignore:\n  - DL3006\n", "2:5", "an ignore is a map with an id", "", True),
    ("ignore:\n  - id: DL3006\n", "2:5", "an ignore needs a reason", "", True),
    ("ignore:\n  - id: DL3006\n    reason: ''\n", "2:5", "an ignore needs a reason", "", True),
    ("ignore:\n  - reason: x\n", "2:5", "an ignore needs an id", "", True),
    ("ignore:\n  - id: DL3006\n    reson: x\n", "3:5", "unknown key", "reason", True),
    (IGNORE.format("DL3006") + "    paths: web/*\n", "4:12", "must be a list", 'paths: ["web/*"]', True),
    (IGNORE.format("DL3006") + "    packages: [[a]]\n", "4:16", "must be text", "", True),
    (IGNORE.format("DL3006") + "    expires: 2027-13-40\n", "4:14", "not a date such as 2027-01-31", "", True),
    (IGNORE.format("DL3006") + "    expires: tomorrow\n", "4:14", "not a date such as 2027-01-31", "", True),
    (IGNORE.format("DL9999"), "2:9", "no rule and no vulnerability has this id", "strake rules", False),
    (IGNORE.format("CMP-1O1"), "2:9", "no rule and no vulnerability has this id", "CMP-101", False),
    (IGNORE.format("SecretUsedInArgOrEnv"), "2:9", "no rule and no vulnerability has this id", "SecretsUsedInArgOrEnv", False),
    ("network:\n  assertions:\n    - \"deny internet -> db\"\n", "3:7", "starts with no verb", "deny: web -> db", True),
    ("network:\n  assertions:\n    - \"deny: internet db\"\n", "3:7", "has no \"->\"", "deny: web -> db", True),
    ("network:\n  assertions:\n    - \"deny: a -> b:70000\"\n", "3:7", "no port from 1 to 65535", "", False),
    ("network:\n  assertions: x\n", "2:15", "must be a list", "", True),
    ("network: x\n", "1:10", "must be a map", "", True),
    ("secrets: 3\n", "1:10", "a mapping is wanted", "", True),
    ("secrets:\n  rulez: []\n", "2:3", "means nothing here", "", True),
    ("fail-on: high\nseverity: [high]\nfail-on: low\n", "3:1", "a second time", "line 1", False),
    ("ignore:\n  - id: DL3006\n    reason: x\n    reason: y\n", "4:5", "a second time", "line 3", False),
    ("network:\n\tassertions: []\n", "2:1", "cannot start any token", "Indent with spaces", False),
    ("fail-on: [high\n", "2:1", "expected ',' or ']'", "", False),
    ("a: b: c\n", "1:5", "mapping values are not allowed", "", False),
    ("\ufefffail_on: high\n", "1:1", "unknown key", "fail-on", True),
    ("fail-on: high\x01\n", "1:14", "control characters", "", False),
    ("# é\nfail-on: é\n", "2:10", "must be critical", "", True),
    ("fail-on: high\n---\nfail-on: low\n", "3:1", "settings are one document", "", False),
    ("- a\n", "1:1", "must be a map of settings", "", True),
    ("high\n", "1:1", "must be a map of settings", "", True),
]

RIGHT = [
    "", "# nothing\n", "fail-on: high\n", "\ufefffail-on: high\n", "fail-on: none\nseverity: [critical, unknown]\nignore-unfixed: true\nenvironment: development\n",
    "fail-on: {image: critical, build: high, runtime: none, network: info, secrets: low, pipeline: medium}\n",
    IGNORE.format("CVE-2024-12345") + "    packages: [libexample, 'pkg:deb/debian/zlib1g@1.2']\n    paths: ['web/**']\n    expires: 2999-01-31\n",
    IGNORE.format("GHSA-aaaa-bbbb-cccc"), IGNORE.format("DLA-3711-1"), IGNORE.format('"DL*"'), IGNORE.format("dl3006"), IGNORE.format("CIS-DI-0001"), IGNORE.format("SC2086"),
    "secrets:\n  rules:\n    - {id: my-token, regex: 'mytok_[a-z]{8}', severity: high}\n  disable: [generic]\nignore:\n  - {id: my-token, reason: x}\n",
    "trusted-registries: [docker.io]\nnetwork:\n  assertions: ['deny: internet ->> db', 'allow only: api -> db:5432', 'require: web -> api:8000/tcp']\n",
]


def mistakes():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text("FROM debian\n")
        for text, place, message, hint, _ in MISTAKES:
            (Path(folder) / ".strake.yaml").write_text(text)
            p = strake("dockerfile", "-q", "Dockerfile", cwd=folder)
            good = p.returncode == 2 and p.stderr.startswith(f"strake: .strake.yaml:{place}: " if place else "strake: .strake.yaml:") and message in p.stderr.splitlines()[0] and hint in p.stderr and not p.stdout
            ok(good, f"a mistake in the settings: {text.strip()!r}", p.stderr + p.stdout)
        (Path(folder) / ".strake.yaml").write_bytes("fail-on: high\n".encode("utf-16"))
        p = strake("dockerfile", "-q", "Dockerfile", cwd=folder)
        ok(p.returncode == 2 and ".strake.yaml:1:1: " in p.stderr, "settings in UTF-16 are a mistake with a place", p.stderr)
        for command in (["audit", "--no-engine"], ["harden"], ["compose"], ["secrets"], ["context"], ["network"]):
            (Path(folder) / ".strake.yaml").write_text("fail_on: high\n")
            p = strake(*command, cwd=folder)
            ok(p.returncode == 2 and ".strake.yaml:1:1: unknown key" in p.stderr, f"... and so it is for strake {command[0]}", p.stderr)
        for text in RIGHT:
            (Path(folder) / ".strake.yaml").write_text(text)
            p = strake("dockerfile", "-q", "--fail-on", "none", "Dockerfile", cwd=folder)
            ok(p.returncode == 0 and not p.stderr, f"settings that are right: {text.strip()[:60]!r}", p.stderr)


def load(text):
    """As a schema sees it: dates are text."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass
    Loader.yaml_implicit_resolvers = {k: [(tag, rx) for tag, rx in v if not tag.endswith(":timestamp")] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    return yaml.load(text.lstrip("\ufeff"), Loader)


def schema():
    try:
        import jsonschema, yaml
    except ImportError:
        return skip("the schema of the settings", "python3-jsonschema and python3-yaml are not installed")
    rules = json.loads((ROOT / "docs/config.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(rules)
    check = jsonschema.Draft202012Validator(rules, format_checker=jsonschema.FormatChecker())
    with tempfile.TemporaryDirectory() as folder:
        strake("init", "--ci", "none", folder)
        written = (Path(folder) / ".strake.yaml").read_text()
    commented = "\n".join(line[2:] if line.startswith("# ") and (":" in line and line[2:].split(":")[0].strip() in ("trusted-registries", "network", "ignore", "assertions") or line.startswith(("#   ", "# ignore"))) else line for line in written.splitlines())
    files = {"what init writes": written, "what init writes, with every example in force": commented, **{str(f.relative_to(ROOT)): f.read_text() for f in ROOT.glob("examples/*/.strake.yaml")}}
    ok(len(files) > 2, "there are examples with settings")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "Dockerfile").write_text("FROM debian\n")
        for name, text in files.items():
            errors = [e.message for e in check.iter_errors(load(text))]
            (Path(folder) / ".strake.yaml").write_text(text)
            p = strake("dockerfile", "-q", "--fail-on", "none", "Dockerfile", cwd=folder)
            ok(not errors and p.returncode == 0, f"the schema and strake take {name}", (errors, p.stderr))
    ok(load(commented).get("ignore") and load(commented).get("network"), "the examples in what init writes are settings", commented)
    for text in RIGHT:
        errors = [e.message for e in check.iter_errors(load(text) or {})]
        ok(not errors, f"the schema takes {text.strip()[:60]!r}", errors)
    for text, _, _, _, tells in MISTAKES:
        if tells:
            ok(list(check.iter_errors(load(text))), f"the schema rejects {text.strip()!r}")


def nearest():
    """The settings nearest to the folder that is looked at; elsewhere than expected they are named."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in ("deploy/web", "other", "here"):
            (root / name).mkdir(parents=True)
        for name in ("deploy/web", "other"):
            (root / name / "Dockerfile").write_text("FROM debian\nADD x /\n")
        (root / ".git").mkdir()
        (root / "deploy/.strake.yaml").write_text("ignore:\n  - {id: DL3020, reason: x, paths: ['web/**']}\n")
        (root / "here/.strake.yaml").write_text("ignore:\n  - {id: DL3006, reason: x}\n")
        told = "strake: settings are those of "

        def run(cwd, *arguments, silent=(), command=("audit", "--no-engine")):
            p = strake(*command, "--fail-on", "none", "--show-suppressed", "--format", "json", *arguments, cwd=root / cwd)
            report = json.loads(p.stdout)
            quiet = {f["id"] for f in report["findings"] if f.get("suppressed")}
            return quiet, [n for n in report["notices"] if n.startswith("settings")], p.stderr

        quiet, notices, error = run(".", "deploy")
        ok(quiet == {"DL3020"} and told + "deploy/.strake.yaml, which has 1 ignore" in error and notices, "the folder's own settings are in force, and a line says so", (quiet, error))
        quiet, _, error = run(".", "deploy/web/")
        ok(quiet == {"DL3020"} and told + "deploy/.strake.yaml" in error, "those of a folder above it too; their paths count from where they stand")
        quiet, notices, error = run("deploy")
        ok(quiet == {"DL3020"} and not notices and "settings" not in error, "in that folder nothing needs to be said", error)
        quiet, notices, error = run("deploy/web")
        ok(quiet == {"DL3020"} and not notices, "nor in a folder below it")
        quiet, _, error = run("here", "../other")
        ok(quiet == {"DL3006"} and told + ".strake.yaml" in error, "a folder without any gets those of the run, and a line says so", (quiet, error))
        quiet, _, error = run("here", "../deploy")
        ok(quiet == {"DL3020"} and told + "../deploy/.strake.yaml" in error, "a folder with its own gets those and no others", (quiet, error))
        quiet, notices, _ = run("here", "--config", ".strake.yaml", "../deploy")
        ok(quiet == {"DL3006"} and not notices, "--config overrides")
        quiet, notices, _ = run(".", "--no-config", "deploy")
        ok(not quiet and not notices, "--no-config reads none")
        p = strake("audit", "--no-engine", "--fail-on", "none", "deploy", cwd=root)
        ok("(1 ignored)" in p.stdout and "DL3020" not in p.stdout, "the overview counts what is ignored; the checklist does not hold it against the deployment", p.stdout)
        p = strake("harden", "deploy", cwd=root)
        ok(told + "deploy/.strake.yaml" in p.stderr and "ADD x /" not in p.stdout, "harden keeps to the same settings", p.stdout + p.stderr)
        (root / "deploy/.strake.yaml").write_text("fail_on: high\n")
        p = strake("audit", "--no-engine", "deploy", cwd=root)
        ok(p.returncode == 2 and "deploy/.strake.yaml:1:1: unknown key" in p.stderr, "a mistake in the folder's own settings is exit 2", p.stderr)
        (root / "deploy/.strake.yaml").write_text("ignore:\n  - {id: DL3020, reason: x, expires: 2020-01-01}\n")
        p = strake("audit", "--no-engine", "--fail-on", "none", "--format", "json", "deploy", cwd=root)
        ids = [f["id"] for f in json.loads(p.stdout)["findings"] if not f.get("suppressed")]
        ok("CFG-001" in ids and "DL3020" in ids, "an expired ignore is a finding, and what it silenced counts again", ids)


def ignore_files():
    """.trivyignore, .dockleignore and .gitleaksignore: those of the folder of the run and of the folder that is looked at add up."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        key = "AK" + "IACG5HK5RKI5PCINEK"
        for name in ("deploy", "other"):
            (root / name).mkdir()
            (root / name / "Dockerfile").write_text("FROM debian\nADD x /\n")
            (root / name / "app.py").write_text(f"a = 1\nk = \"{key}\"\n")
        place = "app.py:aws-access-token:2\n"

        def run(*arguments, cwd=".", command=("audit", "--no-engine")):
            p = strake(*command, "--fail-on", "none", "--show-suppressed", "--format", "json", *arguments, cwd=root / cwd)
            report = json.loads(p.stdout)
            quiet = {(f["id"].removeprefix("SEC-"), f["suppressed"]["by"]) for f in report["findings"] if f.get("suppressed")}
            return quiet, [n for n in report["notices"] if "counts too" in n]

        secrets = ("secrets", "--min-confidence", "low")
        (root / "deploy/.trivyignore").write_text("# why\nDL3020\n")
        (root / "deploy/.gitleaksignore").write_text(place)
        want = {("DL3020", "deploy/.trivyignore:2"), ("aws-access-key-id", "deploy/.gitleaksignore:1")}
        quiet, notices = run("deploy")
        ok(quiet == want, "an audited folder's ignore files count", quiet)
        ok(notices == ["deploy/.trivyignore counts too: 1 ignore", "deploy/.gitleaksignore counts too: 1 ignore"], "and a line each says so", notices)
        quiet, notices = run("./deploy/")
        ok({by for _, by in quiet} == {"./deploy/.trivyignore:2", "./deploy/.gitleaksignore:1"}, "however the folder is written", quiet)
        quiet, notices = run(cwd="deploy")
        ok({rule for rule, _ in quiet} == {rule for rule, _ in want} and not notices, "in that folder nothing needs to be said", (quiet, notices))
        quiet, notices = run("deploy", "--no-config")
        ok(not quiet and not notices, "--no-config reads none", quiet)
        (root / ".dockleignore").write_text("DL3006\n")
        (root / ".gitleaksignore").write_text("app.py:aws-access-token:2\nother/" + place)
        quiet, notices = run("deploy")
        ok(quiet == want | {("DL3006", ".dockleignore:1")}, "those of the run count as well, for what they name", quiet)
        quiet, notices = run("other")
        ok(quiet == {("DL3006", ".dockleignore:1"), ("aws-access-key-id", ".gitleaksignore:2")} and not notices, "another folder's do not", quiet)
        quiet, notices = run("deploy", "other", command=secrets)
        ok({by for _, by in quiet} == {"deploy/.gitleaksignore:1", ".gitleaksignore:2"} and len(notices) == 2, "secrets: each of several folders has its own", (quiet, notices))
        (root / ".gitleaksignore").unlink()
        (root / "deploy/.gitleaksignore").unlink()
        (root / "deploy/.trivyignore").write_text("aws-access-key-id\n")
        quiet, _ = run("deploy", "other", command=secrets)
        ok(quiet == {("aws-access-key-id", "deploy/.trivyignore:1")}, "secrets: a folder's .trivyignore has no say in another", quiet)
        quiet, _ = run("deploy", command=secrets)
        ok(quiet == {("aws-access-key-id", "deploy/.trivyignore:1")}, "secrets: and counts in its own", quiet)
        (root / "lists").mkdir()
        (root / "lists/.gitleaksignore").write_text(place)
        for name in ("lists", "lists/.gitleaksignore"):
            quiet, _ = run("--gitleaks-ignore-path", name, "other", command=secrets)
            ok(quiet == {("aws-access-key-id", "lists/.gitleaksignore:1")}, f"secrets: --gitleaks-ignore-path {name} names files from the target on", quiet)
        quiet, _ = run("--gitleaks-ignore-path", "other", "other", command=secrets)
        ok(not quiet, "secrets: --gitleaks-ignore-path takes a folder without one", quiet)
        p = strake("secrets", "--gitleaks-ignore-path", "nothing", "other", cwd=root)
        ok(p.returncode == 2 and "nothing" in p.stderr, "secrets: a file that is not there is exit 2", p.stderr)
        (root / "deploy/.trivyignore").write_text("DL3020\n")
        (root / ".dockleignore").unlink()
        p = strake("harden", "deploy", cwd=root)
        ok("ADD x /" not in p.stdout and "deploy/.trivyignore counts too" in p.stderr, "harden does not mend what is ignored", p.stdout + p.stderr)
        p = strake("harden", "--no-config", "deploy", cwd=root)
        ok("ADD x /" in p.stdout, "harden --no-config does", p.stdout)
        (root / "deploy/.strake.yaml").write_text("secrets:\n  disable: [aws-access-key-id]\n")
        p = strake("secrets", "deploy", cwd=root)
        ok(p.returncode == 0 and "settings are those of deploy/.strake.yaml" in p.stderr, "secrets: the settings nearest to the folder are in force", p.stderr)
        p = strake("secrets", "deploy", "other", cwd=root)
        ok(p.returncode == 1 and "settings" not in p.stderr, "secrets: of several folders, those of the run", p.stderr)


main(mistakes, schema, nearest, ignore_files)
