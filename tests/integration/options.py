# SPDX-License-Identifier: Apache-2.0
"""The program without the optional libraries: built with the sanitizers, its unit tests of what they would have done."""
import os, re, subprocess

from _tap import ROOT, main, ok

BUILD = ROOT / "build-options"
OFF = ["-Disal=disabled", "-Dhyperscan=disabled"]
GROUPS = ["io/inflate", "io/stream", "image/image", "image/image_fixture", "image/scan", "secret/scan", "secret/catalogue", "secret/catalogue_sample"]


def built():
    """Configured once; ninja sees to changes. Without optimisation: compiling is what takes the time."""
    if not (BUILD / "build.ninja").exists():
        p = subprocess.run(["meson", "setup", BUILD, "-Dtests=true", "-Dbuildtype=debug", "-Db_sanitize=address,undefined", "-Db_lundef=false", "--werror", *OFF],
                           cwd=ROOT, capture_output=True, text=True)
        if not ok(p.returncode == 0, "configured without ISA-L and Hyperscan", p.stdout + p.stderr):
            return False
    p = subprocess.run(["ninja", "-C", BUILD, "strake-unit"], cwd=ROOT, capture_output=True, text=True)
    return ok(p.returncode == 0, "compiles without ISA-L and Hyperscan", p.stdout[-4000:])


def without_optional_libraries():
    if not built():
        return
    linked = subprocess.run(["ldd", BUILD / "strake-unit"], capture_output=True, text=True).stdout
    ok("libisal" not in linked and "libhs" not in linked, "neither is linked", linked)
    for group in GROUPS:
        p = subprocess.run([BUILD / "strake-unit", group], cwd=ROOT, capture_output=True, text=True, env=os.environ, timeout=900)
        failed = re.findall(r"^not ok(?!.*# SKIP).*$", p.stdout, re.M)
        ran = len(re.findall(r"^ok |# SKIP", p.stdout, re.M))
        ok(p.returncode == 0 and ran and not failed, f"{group}: {ran} unit tests", "\n".join(failed) + p.stderr[-3000:])


main(without_optional_libraries)
