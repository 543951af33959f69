# SPDX-License-Identifier: Apache-2.0
"""Every format of every command that reports: once from the command itself, once through strake convert of its JSON report, from a file and from standard input; filters and exit statuses."""
import json, os, re, shutil, tempfile, xml.etree.ElementTree as xml
from pathlib import Path

from _archive import image
from _tap import ROOT, main, ok, strake

ENVIRONMENT = {**os.environ, "SOURCE_DATE_EPOCH": "1764000000", "DOCKER_HOST": "unix:///nonexistent", "COLUMNS": "100", "NO_COLOR": "1"}
# Each in a copy of the careless example, with an archive of its web image beside it.
COMMANDS = {
    "audit": ["audit", "."],
    "compose": ["compose"],
    "context": ["context", "api"],
    "dockerfile": ["dockerfile", "api/Dockerfile", "web/Dockerfile"],
    "image": ["image", "web.tar"],
    "secrets": ["secrets", "."],
}
# What a format's text must be; formats of one command alone (drawings, Hadolint's) are tested where they belong.
IS = {
    "json": lambda t: json.loads(t)["schema"] == "strake/1", "sarif": lambda t: json.loads(t)["version"] == "2.1.0", "html": lambda t: t.startswith("<!") and t.rstrip().endswith("</html>"),
    "junit": lambda t: xml.fromstring(t).tag == "testsuites", "checkstyle": lambda t: xml.fromstring(t).tag == "checkstyle", "table": lambda t: bool(t.strip()), "summary": lambda t: bool(t.strip()),
    "markdown": lambda t: "|" in t or "#" in t, "csv": lambda t: "," in t.splitlines()[0], "github": lambda t: t.startswith("::"), "gnu": lambda t: re.match(r"\S+:", t), "tty": lambda t: bool(t.strip()),
}


def formats():
    """The formats of the program, from its own refusal of one that does not exist."""
    p = strake("convert", "--format", "no-such-format", "/dev/null", env=ENVIRONMENT)
    text = p.stderr if '"no-such-format": ' in p.stderr else strake("audit", "--no-engine", "--format", "no-such-format", env=ENVIRONMENT).stderr
    return re.search(r'"no-such-format": ([^\n]*)', text)[1].split(", ")


def stream(text):
    """One JSON value, or several behind each other (Codacy's and Code Climate's)."""
    text, decode = text.replace("\0", "\n").strip(), json.JSONDecoder().raw_decode
    while text:
        _, end = decode(text)
        text = text[end:].strip()
    return True


def folder_of(folder):
    shutil.copytree(ROOT / "examples/careless", folder, dirs_exist_ok=True)
    image(Path(folder) / "web.tar", "shop-web:latest")


def matrix():
    with tempfile.TemporaryDirectory() as folder:
        folder_of(folder)
        names = formats()
        ok(len(names) >= 12, "formats are listed", names)
        for command, words in COMMANDS.items():
            whole = strake(*words, "--no-config", "--format", "json", "--fail-on", "none", cwd=folder, env=ENVIRONMENT)
            report = json.loads(whole.stdout)
            (Path(folder) / "report.json").write_text(whole.stdout)
            ok(whole.returncode == 0 and report["findings"], f"{command}: a report with findings", whole.stderr)
            for name in names:
                direct = strake(*words, "--no-config", "--format", name, "--fail-on", "none", cwd=folder, env=ENVIRONMENT)
                again = strake("convert", "--no-config", "--format", name, "--fail-on", "none", "report.json", cwd=folder, env=ENVIRONMENT)
                piped = strake("convert", "--no-config", "--format", name, "--fail-on", "none", "-", stdin=whole.stdout.encode(), cwd=folder, env=ENVIRONMENT)
                good = IS.get(name, stream if direct.stdout.lstrip()[:1] in "[{" else (lambda t: bool(t.strip())))
                try:
                    fine = direct.returncode == 0 and good(direct.stdout)
                except Exception as problem:
                    fine, direct.stderr = False, direct.stderr + repr(problem)
                ok(fine, f"{command} --format {name}", direct.stdout[:500] + direct.stderr)
                own = command == "context" and name == "table"  # lists what would be sent, which no report carries
                same = again.stdout == direct.stdout or own
                ok(again.returncode == 0 and same, f"{command}: convert --format {name} gives the same", difference(direct.stdout, again.stdout) + again.stderr)
                ok(piped.returncode == 0 and piped.stdout == again.stdout, f"{command}: convert --format {name} from standard input", piped.stderr)
            (Path(folder) / "report.json").unlink()


def difference(one, two):
    for i, (a, b) in enumerate(zip(one.splitlines(), two.splitlines())):
        if a != b:
            return f"line {i + 1}:\n- {a[:300]}\n+ {b[:300]}\n"
    return f"{len(one.splitlines())} and {len(two.splitlines())} lines\n"


def filters():
    with tempfile.TemporaryDirectory() as folder:
        folder_of(folder)
        whole = strake("audit", "--no-config", "--format", "json", "--fail-on", "none", ".", cwd=folder, env=ENVIRONMENT).stdout
        (Path(folder) / "report.json").write_text(whole)

        def convert(*options, stdin=None, source="report.json"):
            return strake("convert", "--no-config", *options, source, stdin=stdin, cwd=folder, env=ENVIRONMENT)
        p = convert("--format", "json", "--severity", "critical")
        ok(p.returncode == 1 and {f["severity"] for f in json.loads(p.stdout)["findings"]} == {"critical"}, "convert --severity")
        ok(convert("--severity", "low,info").returncode == 0, "what is not shown does not fail the run")
        p = convert("--format", "json", "--ignore", "AUD-*", "--fail-on", "none")
        ok(not any(f["id"].startswith("AUD-") for f in json.loads(p.stdout)["findings"]), "convert --ignore")
        p = convert("--format", "json", "--ignore", "AUD-*", "--show-suppressed", "--fail-on", "none")
        ok(any(f.get("suppressed", {}).get("by") == "--ignore" for f in json.loads(p.stdout)["findings"]), "convert --show-suppressed")
        p = convert("--format", "json", "--ignore-unfixed", "--fail-on", "none")
        ok(all(f["vulnerability"].get("fixed_version") for f in json.loads(p.stdout)["findings"] if "vulnerability" in f), "convert --ignore-unfixed")
        ok(convert().returncode == 1 and convert("--fail-on", "none").returncode == 0 and convert("--exit-code", "7").returncode == 7, "convert's exit status is that of the findings")
        p = convert("--format", "html=page.html,table", "--output", "text", "--fail-on", "none")
        ok(p.returncode == 0 and (Path(folder) / "page.html").read_text().startswith("<!") and (Path(folder) / "text").read_text(), "convert into several files", p.stderr)
        broken = json.loads(whole)
        broken["incomplete"] = [{"what": "x.tar", "why": "truncated", "target": 0}]
        ok(convert("--fail-on", "none", source="-", stdin=json.dumps(broken).encode()).returncode == 3, "a report with gaps stays one: exit 3")
        for what, text in (("no JSON", b"{"), ("another schema", b'{"schema": "other/1"}'), ("nothing", b""), ("a target that is not there", json.dumps({**broken, "targets": []}).encode())):
            p = convert(source="-", stdin=text)
            ok(p.returncode == 3 and p.stderr.startswith("strake: -: ") and not p.stdout, f"convert of {what} is exit 3", (p.returncode, p.stderr))
        ok(convert(source="missing.json").returncode == 3, "a report that is not there is exit 3")
        ok(strake("convert").returncode == 2 and convert("--format", "htlm").returncode == 2, "no report, or no such format, is exit 2")
        once = convert("--format", "json", "--fail-on", "none").stdout
        ok(convert("--format", "json", "--fail-on", "none", source="-", stdin=once.encode()).stdout == once, "converting JSON to JSON twice changes nothing")


main(matrix, filters)
