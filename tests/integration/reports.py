# SPDX-License-Identifier: Apache-2.0
"""
Every format against its published schema - SARIF 2.1.0, JUnit, GitLab's, Checkstyle's shape - from reports that are real, empty, and as nasty and large as
foreign files can make them.
"""
import csv, io, json, re, shutil, subprocess, tempfile, xml.etree.ElementTree as ElementTree
from pathlib import Path

from _schemas import schema
from _tap import ROOT, main, ok, skip, strake

NASTY = ["plain", "a|b`c`<script>alert(1)</script>", "]]>&amp;<!--", "tab\tand\nline\r\nbreaks", "\u202eright to left\u202c", "nul\u0000bell\u0007escape\u001b[31m", "\ufffe\uffff\U0001f4a9",
         '"quoted", with; commas', "=cmd|' /C calc'!A0", "::error::%0A%25", "é" * 900, "x" * 5000, "", "@everyone #1 [a](javascript:alert(1))"]


def synthetic(n):
    """A report with every kind of finding, n of each."""
    severities = ["critical", "high", "medium", "low", "info", "unknown"]
    targets = [{"name": "app:1", "kind": "image", "os": {"family": "debian", "version": "12", "end_of_life": False}, "facts": {}, "layers": [{"digest": "sha256:1", "size": 7, "packages": 2}]}]
    targets += [{"name": f"folder/{i}/Dockerfile", "kind": "dockerfile", "facts": {}, "layers": []} for i in range(70)]
    findings = []
    for i in range(n):
        text = NASTY[i % len(NASTY)]
        findings.append({"id": f"CVE-2024-{i}", "aliases": [f"GHSA-{k}" for k in range(i % 30)], "severity": severities[i % 6], "layer": "image", "target": 0, "title": text, "message": text,
                         "location": {"path": "var/lib/dpkg/status", "layer_index": 1}, "url": "https://example.com/" + str(i), "package": {"name": f"p{i % 50}", "version": "1:2~3", "target": 0, "ecosystem": "deb"},
                         "vulnerability": {"fixed_version": text[:50], "description": text, "references": ["https://example.com/a b", "ftp://x", text]}})
        findings.append({"id": f"DF-{i % 40:03}", "aliases": [], "severity": severities[i % 6], "layer": "build", "target": 1 + i % 70, "title": "t", "message": text, "remedy": text,
                         "location": {"file": f"folder/{i % 70}/Dockerfile", "line": i + 1, "column": 1, "end_line": i + 1, "end_column": 1 + i % 2}, "evidence": [text],
                         "fix": {"description": text, "safe": True, "edits": [{"file": f"folder/{i % 70}/Dockerfile", "begin": 0, "end": 0, "text": text}]}})
    return {"schema": "strake/1", "targets": targets, "findings": findings, "packages": [], "incomplete": [{"target": 0, "what": text, "why": text} for text in NASTY], "notices": NASTY,
            "unseen": ["a:1"], "checklist": [{"id": "i", "layer": "runtime", "text": t, "state": s, "findings": 1, "rules": ["R"]} for t in NASTY for s in ("met", "not met", "not applicable", "not checked")],
            "paths": NASTY * 5}


def reports(folder):
    """Names and files of JSON reports."""
    real = Path(folder) / "real.json"
    real.write_text(strake("audit", "--no-engine", "--fail-on", "none", "--format", "json", ".", cwd=ROOT / "examples/careless").stdout)
    for name, report in (("empty", {"schema": "strake/1", "targets": [], "findings": [], "packages": [], "incomplete": [], "notices": []}), ("small", synthetic(20)), ("large", synthetic(1500))):
        (Path(folder) / f"{name}.json").write_text(json.dumps(report))
    yield "real", real
    for name in ("empty", "small", "large"):
        yield name, Path(folder) / f"{name}.json"


def convert(file, name):
    p = strake("convert", file, "--format", name, "--fail-on", "none")
    if p.returncode not in (0, 3):
        raise RuntimeError(f"{name}: {p.stderr}")
    return p.stdout


def errors_of(document, rules):
    import jsonschema
    errors = jsonschema.validators.validator_for(rules)(rules, format_checker=jsonschema.FormatChecker()).iter_errors(document)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for _, e in zip(range(8), errors)]


def json_formats(name, file):
    own = json.loads((ROOT / "docs/report.schema.json").read_text())
    ok(not (wrong := errors_of(json.loads(convert(file, "json")), own)), f"{name}: json follows docs/report.schema.json", wrong)
    for fmt in ("sarif", "hadolint-sarif"):
        rules, document = schema("sarif"), json.loads(convert(file, fmt))
        if rules:
            ok(not (wrong := errors_of(document, json.loads(rules.read_text()))), f"{name}: {fmt} follows the schema of SARIF 2.1.0", wrong)
        else:
            skip(f"{name}: {fmt} follows the schema", "the Go module that ships it cannot be had")
    sarif = json.loads(convert(file, "sarif"))["runs"][0]
    known = [r["id"] for r in sarif["tool"]["driver"].get("rules", [])]
    ok(all(known[r["ruleIndex"]] == r["ruleId"] for r in sarif["results"] if "ruleIndex" in r) and len(known) == len(set(known)), f"{name}: SARIF's results point at their rules")
    for fmt in ("trivy", "hadolint", "sonarqube"):
        json.loads(convert(file, fmt))
    ok(True, f"{name}: the other JSON formats are JSON")


# What GitLab's documentation asks of a code quality report, and version 15 of its security report schemas of container scanning.
CODE_QUALITY = {"type": "array", "items": {"type": "object", "required": ["description", "check_name", "fingerprint", "severity", "location"], "properties": {
    "description": {"type": "string"}, "check_name": {"type": "string"}, "fingerprint": {"type": "string", "minLength": 1}, "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
    "location": {"type": "object", "required": ["path"], "properties": {"path": {"type": "string", "minLength": 1, "pattern": "^(?!\\./|/)"}},
                 "anyOf": [{"required": ["lines"], "properties": {"lines": {"required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}}}},
                           {"required": ["positions"], "properties": {"positions": {"required": ["begin"], "properties": {"begin": {"required": ["line"]}}}}}]}}}}
TOOL = {"type": "object", "required": ["id", "name", "version", "vendor"], "properties": {"id": {"minLength": 1}, "name": {"minLength": 1}, "version": {"minLength": 1}, "vendor": {"required": ["name"]}}}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
LINK = {"type": "object", "required": ["url"], "properties": {"url": {"type": "string", "pattern": "^(https?|ftp)://.+", "format": "uri"}}}
CONTAINER_SCANNING = {"type": "object", "required": ["version", "scan", "vulnerabilities"], "properties": {
    "version": {"pattern": r"^\d+\.\d+\.\d+$"},
    "scan": {"required": ["analyzer", "scanner", "type", "start_time", "end_time", "status"], "properties": {"analyzer": TOOL, "scanner": TOOL, "type": {"const": "container_scanning"}, "start_time": TIME, "end_time": TIME, "status": {"enum": ["success", "failure"]}}},
    "vulnerabilities": {"type": "array", "items": {"type": "object", "required": ["id", "identifiers", "location"], "properties": {
        "id": {"type": "string", "minLength": 1}, "name": {"type": "string", "maxLength": 255}, "description": {"type": "string", "maxLength": 1048576},
        "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]}, "solution": {"type": "string", "maxLength": 7000},
        "identifiers": {"type": "array", "minItems": 1, "maxItems": 20, "items": {"required": ["type", "name", "value"], "properties": {"type": {"minLength": 1}, "name": {"minLength": 1}, "value": {"minLength": 1}, "url": LINK["properties"]["url"]}}},
        "links": {"type": "array", "items": LINK},
        "location": {"required": ["dependency", "operating_system", "image"], "properties": {"operating_system": {"type": "string", "minLength": 1, "maxLength": 255}, "image": {"type": "string", "minLength": 1},
                     "dependency": {"required": ["package", "version"], "properties": {"package": {"required": ["name"]}}}}}}}}}}


def gitlab_formats(name, file):
    quality, scanning = json.loads(convert(file, "gitlab_codeclimate")), json.loads(convert(file, "gitlab-container-scanning"))
    ok(not (wrong := errors_of(quality, CODE_QUALITY)), f"{name}: gitlab_codeclimate has what GitLab asks for", wrong)
    prints = [i["fingerprint"] for i in quality]
    ok(len(prints) == len(set(prints)), f"{name}: its fingerprints are unique")
    ok(not (wrong := errors_of(scanning, CONTAINER_SCANNING)), f"{name}: gitlab-container-scanning has what GitLab asks for", wrong)
    ids = [v["id"] for v in scanning["vulnerabilities"]]
    ok(len(ids) == len(set(ids)), f"{name}: its ids are unique")


def xml_formats(name, file):
    junit, rules = convert(file, "junit"), schema("junit")
    if rules and shutil.which("xmllint"):
        p = subprocess.run(["xmllint", "--noout", "--schema", str(rules), "-"], input=junit.encode(), capture_output=True)
        ok(p.returncode == 0, f"{name}: junit follows the schema of Jenkins", p.stderr.decode()[-1500:])
    else:
        skip(f"{name}: junit follows the schema of Jenkins", "xmllint or the Python package that ships the schema cannot be had")
    for suite in ElementTree.fromstring(junit):
        cases = suite.findall("testcase")
        if int(suite.get("tests")) != len(cases) or int(suite.get("failures")) != len(suite.findall("testcase/failure")):
            return ok(False, f"{name}: junit counts right", suite.get("name"))
    root = ElementTree.fromstring(convert(file, "checkstyle"))
    wrong = [e.attrib for e in root.iter("error") if e.get("severity") not in ("error", "warning", "info", "ignore") or not e.get("message", "x") or not e.get("line", "").isdigit()]
    ok(root.tag == "checkstyle" and root.get("version") and all(f.tag == "file" and f.get("name") for f in root) and not wrong, f"{name}: checkstyle has the shape that Checkstyle writes", wrong[:3])


def text_formats(name, file):
    rows = list(csv.reader(io.StringIO(convert(file, "csv"), newline="")))
    ok(len({len(r) for r in rows}) == 1, f"{name}: csv has as many fields in each line", [r for r in rows if len(r) != len(rows[0])][:2])
    ok(not any(cell[:1] in "=+-@\t\r" for row in rows[1:] for cell in row if cell), f"{name}: no cell of the csv is a formula", [c for r in rows for c in r if c[:1] in "=+-@" and c][:3])
    text = convert(file, "markdown")
    ok(len(text.encode()) < 65536, f"{name}: markdown fits a pull-request comment", len(text))
    ok(not re.search(r"(?<!\\)(<script|@everyone|\]\(javascript)", text), f"{name}: markdown holds nobody else's markup")
    lines = convert(file, "github").split("\n")[:-1]
    ok(all(re.match(r"::(error|warning|notice) \w+=[^:,]*(,\w+=[^:,]*)*::[^\x00-\x08\x0b-\x1f]*$", line) for line in lines), f"{name}: github lines are annotations", [x for x in lines if not x.startswith("::")][:3])


def all_formats():
    with tempfile.TemporaryDirectory() as folder:
        for name, file in reports(folder):
            for test in (json_formats, gitlab_formats, xml_formats, text_formats):
                test(name, file)
        p = strake("convert", Path(folder) / "small.json", "--format", "json", "--fail-on", "none")
        ok(p.returncode == 3, "a report with gaps stays exit 3 when it is converted")


main(all_formats)
