# SPDX-License-Identifier: Apache-2.0
"""
What a team that uses Gitleaks has written down counts the same: fingerprints with commits in .gitleaksignore, and allow lists with commits. Against
Gitleaks itself, where its package can be had, else against what it is known to say.
"""
import json, os, random, subprocess, tempfile
from pathlib import Path

from _peers import peer
from _tap import main, ok, skip, strake

rng = random.Random(11)


def key():
    return "AK" + "IA" + "".join(rng.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))


def gitleaks():
    """Debian's package that knows the present form of configurations."""
    for release in ("trixie", "sid"):
        program = (peer(release, "gitleaks") or Path("/nowhere")) / "usr/bin/gitleaks"
        if program.is_file() and "  dir " in subprocess.run([program, "--help"], capture_output=True, text=True).stdout:
            return program
    return None


class Repository:
    def __init__(self, folder):
        self.folder, self.minute = folder, 0
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *args):
        when = f"2025-03-01T{10 + self.minute // 60:02}:{self.minute % 60:02}:00Z"
        env = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@corp.internal",
               "GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@corp.internal", "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        return subprocess.run(["git", "-C", str(self.folder), *args], check=True, capture_output=True, text=True, env=env).stdout.strip()

    def write(self, name, lines):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(line + "\n" for line in lines))

    def commit(self, *args):
        self.minute += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"change {self.minute}", *args)
        return self.git("rev-parse", "HEAD")


def leaks(program, folder, config=None):
    """Gitleaks' report of a repository's history, oldest commit first."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        args = [program, "detect", "--source", ".", "--no-banner", "--report-path", report.name, "--exit-code", "0"]
        subprocess.run([*map(str, args), *(["--config", str(config)] if config else [])], cwd=folder, check=True, capture_output=True)
        return json.loads(Path(report.name).read_text() or "[]")[::-1]


def findings(folder, *args, **kw):
    p = strake("secrets", "--format", "json", "--show-secrets", "--show-suppressed", "--min-confidence", "high", *args, cwd=folder, **kw)
    return p, json.loads(p.stdout)["findings"]


def open_findings(folder, *args):
    return [f for f in findings(folder, *args)[1] if "suppressed" not in f]


def history(found):
    return {(f["location"]["commit"], f["location"]["commit_path"], f["location"]["line"]) for f in found if "commit_path" in f["location"]}


def said(found):
    return [(f["location"]["file"], f["location"].get("line"), f["evidence"]) for f in found]


def ignore(folder, lines):
    (folder / ".gitleaksignore").write_text("".join(line + "\n" for line in lines))


def example(folder):
    """A file that grows around its secret, a copy of another, one that was amended away, one that still stands."""
    r = Repository(folder)
    first, second, third = key(), key(), key()
    body = [f"setting_{i} = {i * 7919}" for i in range(50)]
    r.write("app.py", [*body, f'key = "{first}"'])
    r.commit()
    r.write("app.py", ["# top", *body, f'key = "{first}"'])
    r.commit()
    r.write("app.py", ["# top", *body, f'key = "{first}"', "end = 1"])
    r.commit()
    (folder / "app.py").unlink()
    r.write("d/conf.py", [f"k = '{second}'"])
    r.commit()
    r.write("d/conf.py", [f"k = '{second}'", "more = 1"])
    r.write("d/conf2.py", [f"k = '{second}'", "more = 1"])
    r.commit()
    r.write("amended.py", [f"k = '{third}'"])
    r.commit()
    r.commit("--amend")
    return r


def fingerprints():
    program = gitleaks()
    if not program:
        return skip("Gitleaks' fingerprints", "its package cannot be had")
    with tempfile.TemporaryDirectory() as tmp:
        r = example(Path(tmp) / "repo")
        for form in ("loose", "packed"):
            if form == "packed":
                r.git("gc", "-q", "--aggressive")
            (r.folder / ".gitleaksignore").unlink(missing_ok=True)
            lines = [leak["Fingerprint"] for leak in leaks(program, r.folder)]
            ok(len(lines) == 4, f"{form}: Gitleaks finds four", lines)
            ignore(r.folder, lines)
            p, found = findings(r.folder)
            ok(p.returncode == 0 and not [f for f in found if "suppressed" not in f], f"{form}: all of its fingerprints ignored, nothing is left", p.stdout)
            ok(len(history(found)) == 3 and len(found) == 6, f"{form}: one finding a secret and file of the history", said(found))
            ok({f["suppressed"]["by"].split(":")[0] for f in found} == {".gitleaksignore"}, f"{form}: the report says which line", found)
            for i in range(len(lines)):
                ignore(r.folder, lines[:i] + lines[i + 1:])
                ok(open_findings(r.folder), f"{form}: without line {i + 1} something is left")
            ignore(r.folder, [line.replace(line[:40], "0" * 40) for line in lines])
            ok(len(open_findings(r.folder)) == 5, f"{form}: another commit's do not count", said(open_findings(r.folder)))
        # A secret that is not committed does not hide behind one that was, in the same place.
        ignore(r.folder, lines)
        r.write("amended.py", [f"k = '{key()}'"])
        left = open_findings(r.folder)
        ok([f["location"]["file"] for f in left] == ["amended.py"], "a new secret on an ignored line is told", said(left))
        r.git("checkout", "-q", "amended.py")
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{r.folder}", f"{tmp}/shallow"], check=True, capture_output=True)
        ignore(Path(tmp) / "shallow", lines)
        found = findings(Path(tmp) / "shallow")[1]
        ok(found and not [f for f in found if "suppressed" not in f], "in a shallow clone the place decides", said(found))
        ok(not [f for f in found if "commit" in f["location"]] and any("shallow clone" in str(f["evidence"]) for f in found), "and no commit is blamed", said(found))


def allow_lists():
    program = gitleaks()
    with tempfile.TemporaryDirectory() as tmp:
        r = example(Path(tmp) / "repo")
        everything = {c for c, _, _ in history(findings(r.folder)[1])}
        of = {path: commit for commit, path, _ in history(findings(r.folder)[1])}
        extend, rule = "[extend]\nuseDefault = true\n", "[[rules]]\nid = \"aws-access-token\"\n[[rules.allowlists]]\n"
        both = 'condition = "AND"\n'
        for name, toml, want in (
            ("a list of commits", f'{extend}[[allowlists]]\ncommits = ["{of["app.py"]}"]\n', {"d/conf.py", "amended.py"}),
            ("two commits", f'{extend}[[allowlists]]\ncommits = ["{of["app.py"]}", "{of["amended.py"]}"]\n', {"d/conf.py"}),
            ("commits of a rule", f'{extend}{rule}commits = ["{of["d/conf.py"]}"]\n', {"app.py", "amended.py"}),
            ("a path of the history", f"{extend}[[allowlists]]\npaths = ['''^d/''']\n", {"app.py", "amended.py"}),
            ("commit and path", f'{extend}{rule}{both}commits = ["{of["app.py"]}"]\npaths = ["^app"]\n', {"d/conf.py", "amended.py"}),
            ("commit and another path", f'{extend}{rule}{both}commits = ["{of["app.py"]}"]\npaths = ["^d/"]\n', {"app.py", "d/conf.py", "amended.py"}),
            ("nobody's commit", f'{extend}[[allowlists]]\ncommits = ["{"0" * 40}"]\n', {"app.py", "d/conf.py", "amended.py"}),
        ):
            config = Path(tmp) / "gitleaks.toml"
            config.write_text(toml)
            found = findings(r.folder, "--gitleaks-config", config)[1]
            got = {path for _, path, _ in history(found)}
            ok(got == want, f"{name}: {sorted(want)}", said(found))
            if program and name != "commit and path":  # 8.26 overlooks a rule's list that wants both, against its documentation
                peers = {leak["File"] for leak in leaks(program, r.folder, config)} - {"d/conf2.py"}
                ok(peers == want, f"{name}: Gitleaks agrees", peers)
        gone = findings(r.folder, "--gitleaks-config", config)[1]
        (r.folder / ".strake.yaml").write_text(f"secrets:\n  allow:\n    - commits: [{of['amended.py']}]\n")
        found = findings(r.folder)[1]
        ok(len(found) == len(gone) - 2 and "amended.py" not in {f["location"].get("commit_path") or f["location"]["file"] for f in found},
           ".strake.yaml: the commit's finding and the file's in the working tree", said(found))
        (r.folder / ".strake.yaml").write_text(f"secrets:\n  allow:\n    - commits: [{of['amended.py'][:12]}]\n")
        p = strake("secrets", cwd=r.folder)
        ok(p.returncode == 2 and "40 hexadecimal digits" in p.stderr, ".strake.yaml: a shortened commit is an error", p.stderr)
        ok(len(everything) == 3, "three commits brought something in")


def change(r, files, secrets):
    """One commit: a file is made, grows or shrinks at its ends, gets a secret, loses its own, or goes."""
    name = rng.choice(["a.txt", "b/c.txt", "b/d.txt", "e.md"])
    lines = files.setdefault(name, [])
    kind = rng.choice(["top", "end", "end", "secret", "lose", "gone"])
    if kind == "secret" and len(secrets) < 12:
        secrets.append(key())
        lines.insert(rng.randint(0, len(lines)), f"value {rng.randint(0, 10**9)} {secrets[-1]}")
    elif kind == "lose":
        files[name] = [line for line in lines if "AKIA" not in line]
    elif kind == "gone":
        files[name] = []
    else:
        lines.insert(0 if kind == "top" else len(lines), f"line {rng.randint(0, 10**9)}")
    if files[name]:
        r.write(name, files[name])
    else:
        (r.folder / name).unlink(missing_ok=True)
    r.commit()


def differential():
    program = gitleaks()
    if not program:
        return skip("random histories", "Gitleaks' package cannot be had")
    for n in range(6):
        with tempfile.TemporaryDirectory() as tmp:
            r, files, secrets = Repository(Path(tmp) / "repo"), {}, []
            for i in range(40):
                if i == 25:
                    r.git("checkout", "-q", "-b", "side")
                if i == 32:
                    r.git("checkout", "-q", "main")
                    files = {f.relative_to(r.folder).as_posix(): f.read_text().splitlines() for f in r.folder.rglob("*") if f.is_file() and ".git" not in f.parts}
                change(r, files, secrets)
            if n % 2:
                r.git("gc", "-q")
            first = {}
            for leak in leaks(program, r.folder):
                first.setdefault((leak["Secret"], leak["File"]), (leak["Date"], leak["Commit"], leak["File"], leak["StartLine"]))
                first[leak["Secret"], leak["File"]] = min(first[leak["Secret"], leak["File"]], (leak["Date"], leak["Commit"], leak["File"], leak["StartLine"]))
            got, want = history(findings(r.folder)[1]), {entry[1:] for entry in first.values()}
            ok(got == want, f"history {n}: {len(want)} secrets, each with the commit, path and line that Gitleaks names", f"only ours {got - want}\nonly Gitleaks' {want - got}")


def command_lines():
    """What stands in pipelines: it works, or says what to write instead."""
    program = gitleaks()
    with tempfile.TemporaryDirectory() as tmp:
        r, out = example(Path(tmp) / "repo"), Path(tmp) / "out"
        p = strake("secrets", "--source", ".", "--redact", "--no-banner", "--verbose", "--report-format", "sarif", "--report-path", out, "--exit-code", "7", cwd=r.folder)
        ok(p.returncode == 7 and json.loads(out.read_text())["version"] == "2.1.0" and not p.stdout, "a pipeline's line with SARIF", p.stderr)
        p = strake("secrets", "--no-git", "--source", str(r.folder), "-v", "-l", "debug", "--redact=20", "--no-color", "--max-decode-depth", "3", "-r", f"{out}.json")
        report = json.loads(Path(f"{out}.json").read_text())
        ok(p.returncode == 1 and {leak["File"] for leak in report} == {f"{r.folder}/{name}" for name in ("amended.py", "d/conf.py", "d/conf2.py")}, "--no-git, and a report in Gitleaks' form by its name", (p.stderr, report))
        p = strake("secrets", "-f", "json", "-r", f"{out}.2", "--min-confidence", "high", cwd=r.folder)
        ok(json.loads(Path(f"{out}.2").read_text())["schema"] == "strake/1", "--format json stays strake's", p.stderr)
        strake("secrets", "--report-format", "json", "--report-path", f"{out}.3", "--min-confidence", "high", cwd=r.folder)
        report = json.loads(Path(f"{out}.3").read_text())
        if program:
            theirs = {leak["Fingerprint"]: leak for leak in leaks(program, r.folder) if leak["File"] != "d/conf2.py"}
            ours = {leak["Fingerprint"]: leak for leak in report if leak["Commit"]}
            ok(set(ours) == set(theirs), "the fingerprints of the history are Gitleaks'", (ours, list(theirs)))
            keys = ("RuleID", "StartLine", "EndLine", "File", "Commit", "Author", "Email", "Date")
            ok(all(ours[f][k] == theirs[f][k] for f in ours for k in keys), "and so are rule, lines, file, commit, author and date", (ours, theirs))
            ok(all(set(ours[f]) >= set(theirs[f]) - {"Link"} for f in ours), "no key is missing", (ours, theirs))
        p = strake("secrets", "--baseline-path", f"{out}.3", "--min-confidence", "high", cwd=r.folder)
        ok(p.returncode == 0, "it serves as a baseline", p.stdout)
        config = Path(tmp) / "g.toml"
        config.write_text("[extend]\nuseDefault = true\n[[allowlists]]\npaths = ['.*']\n")
        p = strake("secrets", "-c", config, cwd=r.folder)
        ok(p.returncode == 0, "-c takes Gitleaks' configuration", p.stdout + p.stderr)
        (r.folder / ".gitleaks.toml").write_text(config.read_text())
        p = strake("secrets", r.folder.name, cwd=tmp)
        ok(p.returncode == 0 and "repo/.gitleaks.toml count too" in p.stderr, "a target's .gitleaks.toml counts, and a line says so", p.stdout + p.stderr)
        p = strake("secrets", "--no-config", r.folder.name, cwd=tmp)
        ok(p.returncode == 1 and "count too" not in p.stderr, "--no-config does without", p.stderr)
        p = strake("secrets", "--enable-rule", "github-pat", "--no-config", cwd=r.folder)
        ok(p.returncode == 0, "--enable-rule", p.stdout)
        (r.folder / ".gitleaks.toml").unlink()
        (r.folder / "trivy-secret.yaml").write_text("enable-builtin-rules: [github-pat]\n")
        p = strake("secrets", cwd=r.folder)
        ok(p.returncode == 0 and "trivy-secret.yaml count too" in p.stderr, "trivy-secret.yaml counts as well", p.stdout + p.stderr)
        p = strake("secrets", "--secret-config", "/dev/null", cwd=r.folder)
        ok(p.returncode == 1, "--secret-config names another", p.stdout + p.stderr)
        for args, told in ((["detect", "--source", "."], "a command of Gitleaks'"), (["dir", "."], "a command of Gitleaks'"), (["stdin"], "- is standard input"), (["protect", "--staged"], "git diff --cached | strake secrets -"),
                           (["--log-opts=main..side"], "git diff main..."), (["--pre-commit"], "git diff | strake secrets -"), (["-s", "."], "-s is --severity here"), (["--source", ".", "d"], "beside --source"),
                           (["--report-template", "x"], "--format json"), (["--redact", "--show-secrets"], "opposite things")):
            p = strake("secrets", *args, cwd=r.folder)
            ok(p.returncode == 2 and told in p.stderr and not p.stdout, f"strake secrets {' '.join(args)}: {told}", p.stderr)
        p = strake("secrets", "--pipe", "--report-format", "junit", stdin=f"k = {key()}\n".encode())
        ok(p.returncode == 1 and "<testsuites" in p.stdout, "--pipe reads standard input", p.stdout + p.stderr)


main(command_lines, fingerprints, allow_lists, differential)
