# SPDX-License-Identifier: Apache-2.0
"""Every machine-readable format against its schema, from one report that holds a bit of everything."""
import csv, io, json, xml.etree.ElementTree
from pathlib import Path

from _tap import ROOT, main, ok, skip, strake

SAMPLE = ROOT / "fuzz/corpus/report/basic"


def validate(document, schema, name):
    import jsonschema
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in jsonschema.validators.validator_for(schema)(schema).iter_errors(document)]
    ok(not errors, name, "\n".join(errors[:10]))


def own_schema():
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    p = strake("convert", SAMPLE, "--format", "json", "--fail-on", "none")
    validate(json.loads(p.stdout), schema, "the json format follows docs/report.schema.json")
    ok(p.returncode == 3, "a report with gaps stays exit 3 when it is converted")


def parse_all():
    for name in ("trivy", "sarif"):
        json.loads(strake("convert", SAMPLE, "--format", name).stdout)
        ok(True, f"{name} is JSON")
    rows = list(csv.reader(io.StringIO(strake("convert", SAMPLE, "--format", "csv").stdout)))
    ok(len(rows) == 2 and len(rows[0]) == len(rows[1]), "csv has a heading and a line a finding")


main(own_schema, parse_all)
