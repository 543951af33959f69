# SPDX-License-Identifier: Apache-2.0
"""Published schemas, from packages that ship them: fetched once into the build folder, None when they cannot be had."""
import json, os, shutil, subprocess, tarfile, zipfile
from pathlib import Path

from _tap import ROOT

FOLDER = ROOT / "build-test/schemas"


def go_module(module, path):
    """The text of a file of a Go module."""
    if not shutil.which("go"):
        return None
    env = {**os.environ, "GOPATH": str(FOLDER / "go"), "GOFLAGS": "-modcacherw", "HOME": os.environ.get("HOME", "/root")}
    p = subprocess.run(["go", "mod", "download", "-json", module], cwd=FOLDER, env=env, capture_output=True, timeout=300)
    return (Path(json.loads(p.stdout)["Dir"]) / path).read_text() if p.returncode == 0 else None


def python_package(requirement, member, *options):
    """The text of the member of a Python package's archive whose name ends so."""
    folder = FOLDER / "pip" / requirement.replace("=", "-")
    if not folder.is_dir() and subprocess.run(["pip", "download", "-q", "--no-deps", *options, "-d", str(folder), requirement], capture_output=True, timeout=600).returncode:
        return None
    for file in folder.glob("*"):
        archive = zipfile.ZipFile(file) if file.suffix == ".whl" else tarfile.open(file)
        names = archive.namelist() if file.suffix == ".whl" else archive.getnames()
        for name in names:
            if name.endswith(member):
                return (archive.open(name) if file.suffix == ".whl" else archive.extractfile(name)).read().decode()
    return None


SOURCES = {
    "sarif": lambda: go_module("github.com/securego/gosec/v2@v2.30.0", "report/sarif/testdata/sarif-schema-2.1.0.json"),
    "junit": lambda: python_package("pytest==9.2.0", "testing/example_scripts/junit-10.xsd", "--no-binary", ":all:"),
    "github-workflows": lambda: python_package("check-jsonschema==0.39.0", "vendor/github-workflows.json"),
    "gitlab-ci": lambda: python_package("check-jsonschema==0.39.0", "vendor/gitlab-ci.json"),
}


def schema(name):
    """The file with a schema of SOURCES, or None."""
    file = FOLDER / name
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        try:
            text = SOURCES[name]()
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
            text = None
        if text is None:
            return None
        file.write_text(text)
    return file
