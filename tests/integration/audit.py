# SPDX-License-Identifier: Apache-2.0
"""strake audit on deployments with images at hand: what is seen only across the layers, in every format, and the speed of many images."""
import json, shutil, tempfile, zlib
from pathlib import Path

from _archive import image
from _tap import ROOT, main, ok, strake


def audit(folder, *options):
    return strake("audit", "--no-engine", "--no-config", *options, folder)


def across_layers():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples/careless", folder, dirs_exist_ok=True)
        image(Path(folder) / "web.tar", "shop-web:latest")
        p = audit(folder, "--format", "json", "--fail-on", "none")
        report = json.loads(p.stdout)
        ids = [f["id"] for f in report["findings"]]
        vulnerable = [f for f in report["findings"] if f["id"] == "AUD-004"]
        ok(p.returncode == 0, "an audit whose images are partly at hand completes", p.stderr)
        ok(len(vulnerable) == 1 and "web" in vulnerable[0]["message"] and "internet" in vulnerable[0]["message"], "vulnerable packages of a reachable service are one finding about it", ids)
        ok(any("CVE-" in path for path in report["paths"]), "an attack path names the vulnerability", report["paths"])
        ok("AUD-001" in ids and "AUD-002" in ids and "AUD-006" in ids, "root, the copied secret and the way to the host are seen")
        ok(not any(f["id"] == "DF-070" for f in report["findings"]), "one finding instead of several about one line")
        state = {i["id"]: i["state"] for i in report["checklist"]}
        ok(state["image-vulnerabilities"] == "not met" and state["image-signed"] == "not checked", "the checklist follows")
        page = audit(folder, "--format", "html", "--fail-on", "none").stdout
        ok("hunter2" not in page and "correct-horse" not in page, "no secret stands in the HTML report")
        p = audit(folder, "--require-images", "--fail-on", "none", "-q")
        ok(p.returncode == 3 and "postgres:latest" in p.stderr, "--require-images: an image that is not at hand ends with 3")


def secret_in_image():
    with tempfile.TemporaryDirectory() as folder:
        key = "ghp_" + "".join("aZ3kQ9xW7bN5mT1vR8cL6yH4pD2sF0gJqUeK"[(7 * i) % 36] for i in range(30))
        body = key + base62_check(key[4:])
        image(Path(folder) / "app.tar", "app:1", files={"srv/settings.ini": f"github_token = {body}\n".encode()})
        report = json.loads(audit(folder, "--format", "json", "--fail-on", "none").stdout)
        found = [f for f in report["findings"] if f["id"].startswith("SEC-") and f["location"].get("path") == "srv/settings.ini"]
        state = {i["id"]: i["state"] for i in report["checklist"]}
        ok(found and state["secrets-image"] == "not met", "a secret in an image's layer is found, and the checklist follows", [f["id"] for f in report["findings"]])


def base62_check(text):
    """The six characters that end a token of GitHub's: the CRC-32 of the others."""
    value, digits = zlib.crc32(text.encode()), ""
    while value:
        value, rest = divmod(value, 62)
        digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits.rjust(6, "0")


def broken_image():
    with tempfile.TemporaryDirectory() as folder:
        image(Path(folder) / "web.tar", "x:1")
        data = (Path(folder) / "web.tar").read_bytes()
        (Path(folder) / "web.tar").write_bytes(data[:len(data) // 2])
        p = audit(folder, "--fail-on", "none")
        ok(p.returncode == 3 and "NOT SCANNED" in p.stdout, "a truncated image is exit 3 and named", p.stdout + p.stderr)


def many_images():
    with tempfile.TemporaryDirectory() as folder:
        services = []
        for i in range(20):
            image(Path(folder) / f"image{i:02}.tar", f"fleet/app{i}:1")
        for i in range(50):
            services.append(f"  s{i:02}:\n    image: fleet/app{i % 20}:1\n    ports: ['{9000 + i}:8080']\n")
        (Path(folder) / "compose.yaml").write_text("services:\n" + "".join(services))
        one = audit(folder, "--format", "json", "--fail-on", "none", "--threads", "1")
        two = audit(folder, "--format", "json", "--fail-on", "none", "--threads", "2")
        report = json.loads(two.stdout)
        ok(sum(t["kind"] == "image" for t in report["targets"]) == 20, "50 services, 20 images: each image is scanned once")
        ok(one.stdout == two.stdout, "the report does not depend on the number of threads")


main(across_layers, secret_in_image, broken_image, many_images)
