#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""KICS's 111 Compose samples: where KICS fires, a rule of ours with that query among its aliases fires in the same file, and where it does not, none does, but for
the differences that are meant (docs/deviations/compose.md)."""
import json, os, subprocess, sys
from pathlib import Path

STRAKE = os.environ.get("STRAKE_RELEASE") or os.environ["STRAKE"]
CASES = Path(os.environ.get("STRAKE_SHARED", Path(__file__).resolve().parents[3] / "shared")) / "cases/kics_compose"

# Queries that a rule answers though it is not named after them.
ALSO = {"container_traffic_not_bound_to_host_interface": {"CMP-302"}, "container_capabilities_unrestricted": {"CMP-103", "CMP-104"}}
# (query, verdict of KICS, ours): why we differ on purpose.
MEANT = {
    ("no_new_privileges_not_set", "miss", "hit"): "security_opt is absent, which KICS asks about in another query",
    ("security_opt_not_set", "miss", "hit"): "security_opt is there, but without no-new-privileges",
    ("security_opt_not_set", "hit", "miss"): "privileged containers are told about the greater evil",
    ("privileged_ports_mapped_in_container", "hit", "miss"): "80 and 443, and ports inside the container, are no ports of the host that matter",
    ("volume_has_sensitive_host_directory", "hit", "miss"): "a path in the container is no folder of the host",
    ("shared_volumes_between_containers", "hit", "miss"): "the volume is used once",
    ("memory_not_limited", "miss", "hit"): "KICS looks only where version asks for it",
    ("cpus_not_limited", "miss", "hit"): "KICS looks only where version asks for it",
    ("pids_limit_not_set", "miss", "hit"): "KICS looks only where version is below 3",
    ("container_capabilities_unrestricted", "miss", "hit"): "cap_drop without ALL keeps capabilities",
    ("container_traffic_not_bound_to_host_interface", "miss", "hit"): "an address in published: is none; that is host_ip",
    ("default_seccomp_profile_disabled", "hit", "miss"): "label:seccomp:unconfined is a label, no profile",
    ("shared_host_ipc_namespace", "miss", "hit"): "shareable is told as information",
    ("healthcheck_not_set", "miss", "hit"): "another service of the file has none",
    ("restart_policy_on_failure_not_set_to_5", "hit", "miss"): "fewer than five restarts are a limit as well",
    ("restart_policy_on_failure_not_set_to_5", "miss", "hit"): "restart: always, or without end",
}


def main():
    if not (CASES / "index.json").exists():
        print("ok - KICS samples # SKIP they are not there")
        return
    agree, meant, refused, wrong = 0, 0, 0, []
    for query in json.loads((CASES / "index.json").read_text())["queries"]:
        for sample in query["samples"]:
            p = subprocess.run([STRAKE, "compose", "--no-engine", "--no-config", "--quiet", "--fail-on", "none", "--format", "json", CASES / sample["file"]],
                               capture_output=True, timeout=60)
            try:
                report = json.loads(p.stdout)
            except ValueError:
                wrong.append(f"{sample['file']}: {p.stderr.decode()[:200]}")
                continue
            alias = "kics:" + query["query"]
            fired = any(alias in f.get("aliases", []) or f["id"] in ALSO.get(query["query"], ()) for f in report["findings"])
            verdict = "hit" if fired else "miss"
            if report["incomplete"]:
                refused += 1
                if not any(why in report["incomplete"][0]["why"] for why in ("ranges of different length", "services.image must be a mapping")):
                    wrong.append(f"{sample['file']}: not loaded: {report['incomplete']}")
            elif verdict == sample["expect"]:
                agree += 1
            elif (query["query"], sample["expect"], verdict) in MEANT:
                meant += 1
            else:
                wrong.append(f"{sample['file']}: KICS {sample['expect']}, we {verdict}")
    for line in wrong:
        print("#", line)
    print(f"{'not ' if wrong else ''}ok - {agree} samples agree, {meant} differ as meant, {refused} are refused by Compose itself, {len(wrong)} differ")
    sys.stdout.flush()


main()
