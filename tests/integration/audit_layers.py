# SPDX-License-Identifier: Apache-2.0
"""strake audit, finding by finding of those that are seen only across layers: a deployment that has it, and the same with one thing mended."""
import json, tempfile
from pathlib import Path

from _archive import image
from _tap import main, ok, strake

BASE = "FROM debian:12\nEXPOSE 8080\n{}CMD [\"x\"]\n"
ROOT_USER, USER = BASE.format(""), BASE.format("USER 1000\n")
WEB = "services:\n  web:\n    build: .\n"
SOCKET = "    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']\n"
OPEN = "    ports: ['8080:8080']\n"
SECRET = "DB_PASSWORD=Zk3vT9xLb4Nq\n"
COPIES = BASE.format("COPY . /app\nUSER 1000\n")


def audit(files, images=(), options=()):
    """The report of a folder with these files and image archives (name, tag, user), and what the terminal shows of it."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for name, tag, user in images:
            image(Path(folder) / name, tag, user)
        run = lambda *more: strake("audit", "--no-engine", "--no-config", "--fail-on", "none", *options, *more, ".", cwd=folder)
        p = run("--format", "json")
        return json.loads(p.stdout), run().stdout


def found(report, rule, text=""):
    return [f for f in report["findings"] if f["id"] == rule and text in f["message"]]


def pair(name, rule, bad, good, text="", evidence=(), folded=(), images=()):
    """The rule fires once on the bad deployment, with this evidence and in place of the folded findings; never on the good one."""
    report, _ = audit(bad, images)
    hits = found(report, rule, text)
    ok(len(hits) == 1, f"{rule} sees {name}", [(f["id"], f["message"]) for f in report["findings"]])
    told = "\n".join(hits[0].get("evidence", [])) if hits else ""
    ok(all(e in told for e in evidence), f"{rule} ({name}) tells its evidence", told)
    left = [f["id"] for f in report["findings"] if f["id"] in folded]
    ok(hits and not left and all(f in hits[0]["aliases"] for f in folded), f"{rule} ({name}) stands for what each layer says", (left, hits))
    report, _ = audit(good, images)
    ok(not found(report, rule), f"{rule} does not fire once that is mended ({name})", [f["message"] for f in found(report, rule)])


def root():
    pair("an image that runs as root under Compose without user:", "AUD-001", {"compose.yaml": WEB, "Dockerfile": ROOT_USER}, {"compose.yaml": WEB, "Dockerfile": USER},
         evidence=["Dockerfile:1: the stage that is built has no USER", "compose.yaml:2: service web sets no user:"], folded=["CMP-118", "DF-002"])
    pair("root in one stage, another is built", "AUD-001", {"compose.yaml": "services:\n  web:\n    build: {context: ., target: a}\n", "Dockerfile": "FROM debian:12 AS a\nUSER root\nFROM a\nUSER 1000\n"},
         {"compose.yaml": "services:\n  web:\n    build: {context: ., target: b}\n", "Dockerfile": "FROM debian:12 AS a\nUSER root\nFROM a AS b\nUSER 1000\n"}, evidence=["Dockerfile:2: USER root"])
    report, _ = audit({"compose.yaml": WEB + "    user: '1000'\n", "Dockerfile": BASE.format("USER root\n")})
    eased = found(report, "DL3002")
    ok(len(eased) == 1 and eased[0]["severity"] == "low" and "compose.yaml:4: service web runs as 1000" in eased[0]["evidence"][0],
       "a Dockerfile's root weighs little where Compose starts every service of it as somebody else", eased)
    report, _ = audit({"compose.yaml": WEB + "    user: '0'\n", "Dockerfile": BASE.format("USER root\n")})
    ok([f["severity"] for f in found(report, "DL3002")] == ["high"], "... and all where Compose says root too")
    report, _ = audit({"compose.yaml": WEB + "    user: '1000'\n  job:\n    build: .\n", "Dockerfile": BASE.format("USER root\n")})
    ok(len(found(report, "AUD-001", "job")) == 1 and not found(report, "AUD-001", "web"), "... and where one service of two sets none, that one is told")


def secret():
    pair("a secret file that COPY takes along", "AUD-002", {"compose.yaml": WEB, "Dockerfile": COPIES, ".env": SECRET}, {"compose.yaml": WEB, "Dockerfile": COPIES, ".env": SECRET, ".dockerignore": ".env\n"},
         evidence=["there is no .dockerignore", "Dockerfile:3: COPY . /app", "DB_PASSWORD"], folded=["CTX-001", "SEC-env-secret-assignment"])
    pair("a .dockerignore that forgets it", "AUD-002", {"compose.yaml": WEB, "Dockerfile": COPIES, ".env": SECRET, ".dockerignore": "*.md\n"},
         {"compose.yaml": WEB, "Dockerfile": COPIES.replace("COPY . ", "COPY src "), ".env": SECRET, "src/x": "", ".dockerignore": "*.md\n"}, evidence=[".dockerignore does not leave .env out"])


def ports():
    pair("a published port that the image does not expose", "AUD-003", {"compose.yaml": WEB + "    ports: ['127.0.0.1:90:9090']\n", "Dockerfile": USER}, {"compose.yaml": WEB + "    ports: ['127.0.0.1:90:8080']\n", "Dockerfile": USER},
         text="port 9090", evidence=["compose.yaml:4: publishes 9090", "Dockerfile:1: the stage that is built exposes other ports"])
    image_only = "services:\n  web:\n    image: web:1\n    user: '1'\n    ports: ['127.0.0.1:80:{}']\n"
    pair("the same of an image at hand", "AUD-003", {"compose.yaml": image_only.format(9090)}, {"compose.yaml": image_only.format(8080)}, images=[("web.tar", "web:1", "1000")])


TWO = "services:\n  inner:\n    image: inner:1\n    networks: [back]\n  web:\n    image: web:1\n{}    networks: [front]\nnetworks: {{front: {{}}, back: {{}}}}\n"
IMAGES = [("a-inner.tar", "inner:1", "1000"), ("web.tar", "web:1", "1000")]


def vulnerable():
    pair("known vulnerabilities of a service that the internet reaches", "AUD-004", {"compose.yaml": TWO.format(OPEN)}, {"compose.yaml": TWO.format("")}, text="service web",
         evidence=["CVE-2023-5363 (high) in libssl3 3.0.9-1, openssl 3.0.9-1"], images=IMAGES)
    report, shown = audit({"compose.yaml": TWO.format(OPEN)}, IMAGES)
    severities = {(f["target"], f["id"]): f["severity"] for f in report["findings"] if f["id"] == "CVE-2023-5363"}
    reached = {t["name"]: t.get("facts", {}).get("Reached from", "") for t in report["targets"] if t["kind"] == "image"}
    ok(len(set(severities.values())) == 1 and reached == {"web.tar": "internet, as service web", "a-inner.tar": ""}, "the same vulnerability keeps its severity; the report says which image outsiders reach", (severities, reached))
    lines = [line for line in shown.splitlines() if "  high     AUD-004" in line or "  high     CVE-2023-5363" in line]
    ok(len(lines) == 5 and "AUD-004" in lines[0] and "web.tar" in lines[1] and "a-inner.tar" in lines[4], "the reachable image's stand above the inner one's", shown)
    ok(not found(report, "CMP-118"), "an image at hand that names a user answers for it where Compose does not")
    _, shown = audit({"compose.yaml": TWO.format("")}, IMAGES)
    ok("AUD-004" not in shown and shown.index("a-inner.tar") < shown.index("web.tar"), "without a published port the order is that of the images")


def read_only():
    nginx = "services:\n  web:\n    image: nginx:1.27\n    read_only: true\n    tmpfs: [{}]\n"
    pair("a read-only root where the image writes", "AUD-005", {"compose.yaml": nginx.format("/var/cache/nginx")}, {"compose.yaml": nginx.format("/var/cache/nginx, /var/run")}, text="/var/run")
    pair("the same of an image that is built on it", "AUD-005", {"compose.yaml": WEB + "    read_only: true\n    tmpfs: [/var/run]\n", "Dockerfile": "ARG V=1.27\nFROM nginx:$V AS base\nFROM base\nUSER 1\n"},
         {"compose.yaml": WEB + "    read_only: true\n    tmpfs: [/var/run]\n", "Dockerfile": "FROM nginx:1.27 AS base\nFROM debian:12\nCOPY --from=base /etc/nginx /x\nUSER 1\n"}, text="/var/cache/nginx")


def paths():
    web = "services:\n  web:\n    image: web:1\n{}" + SOCKET
    images = [("web.tar", "web:1", "")]
    pair("the way from the internet to the host", "AUD-006", {"compose.yaml": web.format(OPEN)}, {"compose.yaml": web.format("    ports: ['127.0.0.1:8080:8080']\n")},
         text="internet → web:8080, root, CVE-2023-5363 (high) → docker.sock → host", images=images, folded=["CMP-201"],
         evidence=["compose.yaml:4: the internet reaches web through port 8080", "web runs as root", "web.tar: CVE-2023-5363 (high) in libssl3 3.0.9-1", "compose.yaml:5: service \"web\" gets the engine's socket"])
    report, shown = audit({"compose.yaml": web.format(OPEN)}, images)
    ok(report["paths"][0] == "internet → web:8080, root, CVE-2023-5363 (high) → docker.sock → host" and "Attack paths\n  " + report["paths"][0] in shown, "the path is a sentence of the overview", shown[:400])
    for what, key, door, rule in (("all rights", "    privileged: true\n", "privileged", "CMP-101"), ("a capability", "    cap_add: [CAP_SYS_MODULE]\n", "SYS_MODULE", "CMP-102"),
                                  ("a folder of the host", "    volumes: ['/etc:/host']\n", "the host's /etc, writable", "CMP-203"), ("Compose's own socket", "    use_api_socket: true\n", "docker.sock", "CMP-202")):
        text = "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n" + key
        pair(what, "AUD-006", {"compose.yaml": text}, {"compose.yaml": text.replace(key, "")}, text=f"internet → web:80 → {door} → host", folded=[rule], evidence=["compose.yaml:5"])
    for what, key in (("a folder of the host, read-only", "    volumes: ['/etc:/host:ro']\n"), ("tracing without the host's processes", "    cap_add: [SYS_PTRACE]\n")):
        report, _ = audit({"compose.yaml": "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n" + key})
        ok(not found(report, "AUD-006"), f"{what} is no way to the host")
    base = "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n"
    report, _ = audit({"compose.yaml": base, "compose.override.yaml": "services:\n  web:\n    privileged: true\n"})
    hits = found(report, "AUD-006")
    ok(len(hits) == 1 and hits[0]["aliases"] == ["CMP-101"] and any("compose.override.yaml:3" in e for e in hits[0]["evidence"]), "what an override file adds is part of the path", hits)
    pair("root beside the data", "AUD-007", {"compose.yaml": WEB + OPEN + "  db:\n    image: postgres:17\n", "Dockerfile": ROOT_USER}, {"compose.yaml": WEB + OPEN + "  db:\n    image: postgres:17\n", "Dockerfile": USER},
         text="internet → web:8080, root → db", evidence=["web reaches db on network"])


def one_truth():
    """A rule has one severity, whichever command runs it."""
    text = "services:\n  web:\n    image: a:1\n    environment:\n      DATABASE_URL: postgres://shop:hunter2-shop@db:5432/shop\n      API_TOKEN: sesame-9812-open\n"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "compose.yaml").write_text(text)
        one = {}
        for command in (["audit", "--no-engine", "."], ["compose"], ["secrets", "."]):
            p = strake(*command, "--no-config", "--fail-on", "none", "--format", "json", cwd=folder)
            for f in json.loads(p.stdout)["findings"]:
                if f["id"].startswith(("SEC-", "CMP-6")):
                    one.setdefault((f["id"], f["location"]["line"]), {})[command[0]] = f["severity"]
    ok(len(one) >= 3 and all(len(set(v.values())) == 1 for v in one.values()), "a finding has one severity in audit, compose and secrets", one)
    ok(one.get(("CMP-601", 5), {}).get("audit") == "critical" and "audit" not in one[("SEC-postgres-url", 5)], "two findings about a line are one in the audit", one)


main(root, secret, ports, vulnerable, read_only, paths, one_truth)
