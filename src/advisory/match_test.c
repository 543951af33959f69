/* SPDX-License-Identifier: Apache-2.0 */
/* Matching against a database built from tests/fixtures/osv. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "advisory/database_format.h"
#include "advisory/import.h"
#include "advisory/match.h"
#include "base/limits.h"

struct world {
	struct stk_arena arena;
	char *bytes;
	struct stk_database database;
	struct stk_packages packages;
	struct stk_report report;
};

static struct world begin(void)
{
	struct world w = { 0 };
	struct stk_err err;
	struct stk_import import = { .builder = stk_builder_new(NULL) };
	size_t n;
	FILE *memory = open_memstream(&w.bytes, &n);
	assert_int_equal(stk_import_path(&import, "tests/fixtures/osv", &err), 0);
	assert_int_equal(import.broken, 0);
	assert_int_equal(stk_builder_finish(import.builder, 1700000000, 0, memory, &err), 0);
	fclose(memory);
	stk_builder_free(import.builder);
	assert_int_equal(stk_database_open_bytes((struct stk_str){ w.bytes, n }, &w.database, &err), 0);
	return w;
}

static void end(struct world *w)
{
	stk_database_close(&w->database);
	free(w->bytes);
	stk_arena_free(&w->arena);
}

static void add(struct world *w, const char *type, const char *name, const char *version, const char *source,
		const char *source_version)
{
	*STK_PUSH(&w->arena, &w->packages) = (struct stk_package){
		.ecosystem = stk_str_from(type),
		.name = stk_str_from(name),
		.version = stk_str_from(version),
		.source_name = stk_str_from(source ? source : name),
		.source_version = stk_str_from(source_version ? source_version : version),
		.layer = S("sha256:1"),
		.layer_index = 2,
		.path = S("var/lib/dpkg/status"),
	};
}

static void match(struct world *w, const char *id, const char *version)
{
	struct stk_match_os os = { stk_str_from(id), stk_str_from(version), S(""), S("") };
	w->report = stk_report_new(&w->arena);
	stk_report_target(&w->report, S("test"), "image");
	stk_match(&w->database, &os, &w->packages, 0, &w->report);
}

/* "id severity status fixed; ..." of all findings. */
static struct stk_str summary(struct world *w)
{
	STK_BUF out = stk_buf_new(STK_KIB(64));
	for (size_t i = 0; i < w->report.findings.n; i++) {
		const struct stk_finding *f = &w->report.findings.v[i];
		stk_buf_printf(&out, "%s" STK_FMT " %s " STK_FMT " " STK_FMT, i ? "; " : "", STK_ARG(f->id),
			       stk_severity_name(f->severity), STK_ARG(f->vulnerability->status),
			       STK_ARG(f->vulnerability->fixed_version));
	}
	return stk_arena_str(&w->arena, stk_buf_str(&out));
}

CASE(an_update_for_several_cves_is_several_findings)
{
	struct world w = begin();
	add(&w, "deb", "liblantern1", "2.4-3+b1", "lantern", "2.4-3");
	match(&w, "debian", "12");
	assert_str(summary(&w), "CVE-2099-0001 critical fixed 2.4-3+deb12u1; CVE-2099-0002 low fixed 2.4-3+deb12u1; "
				"CVE-2099-0003 info affected ");
	const struct stk_finding *f = &w.report.findings.v[0];
	assert_str(f->title, "Lantern reads past the end of a wick table");
	assert_str(f->message, "liblantern1 2.4-3+b1 has CVE-2099-0001; fixed in 2.4-3+deb12u1");
	assert_str(f->url, "https://security-tracker.debian.org/tracker/CVE-2099-0001");
	assert_int_equal(f->aliases.n, 2);
	assert_str(f->aliases.v[0], "DEBIAN-CVE-2099-0001");
	assert_str(f->aliases.v[1], "DSA-9001-1");
	assert_str(f->vulnerability->severity_source, "debian");
	assert_ptr_equal(f->vulnerability->package, &w.packages.v[0]);
	assert_int_equal(f->location.layer_index, 2);
	/* Ubuntu's word on the CVE, since Debian has none */
	assert_str(w.report.findings.v[1].vulnerability->severity_source, "ubuntu");
	assert_str(w.report.findings.v[1].vulnerability->description, "Lantern follows links out of its folder.");
	assert_int_equal(w.report.incomplete.n, 0);
	end(&w);
}

CASE(packages_of_one_source_share_vulnerabilities_but_not_evidence)
{
	struct world w = begin();
	add(&w, "deb", "lantern-a", "2.4-3", "lantern", NULL);
	add(&w, "deb", "lantern-b", "2.4-3", "lantern", NULL);
	match(&w, "debian", "12");
	assert_int_equal(w.report.findings.n, 6);
	const struct stk_finding *first = &w.report.findings.v[0], *second = &w.report.findings.v[3];
	assert_str(first->id, "CVE-2099-0001");
	assert_str(second->id, "CVE-2099-0001");
	assert_str(first->evidence.v[first->evidence.n - 1], "lantern-a is built from lantern 2.4-3");
	assert_str(second->evidence.v[second->evidence.n - 1], "lantern-b is built from lantern 2.4-3");
	assert_true(first->vulnerability != second->vulnerability);
	end(&w);
}

CASE(a_fixed_or_other_release_is_not_affected)
{
	struct world w = begin();
	add(&w, "deb", "lantern", "2.4-3+deb12u1", NULL, NULL);
	match(&w, "debian", "12.5");
	assert_str(summary(&w), "CVE-2099-0003 info affected ");
	w.packages.n = 0;
	add(&w, "deb", "lantern", "2.1-1", NULL, NULL);
	match(&w, "debian", "11");
	assert_str(summary(&w), "CVE-2099-0001 critical fixed 2.1-1+deb11u2; CVE-2099-0002 low fixed 2.1-1+deb11u2; "
				"CVE-2099-0003 unknown end_of_life ");
	end(&w);
}

CASE(alpine_goes_by_origin_and_zero_means_never)
{
	struct world w = begin();
	add(&w, "apk", "wick-libs", "1.2.3-r3", "wick", NULL);
	match(&w, "alpine", "3.18.4");
	assert_str(summary(&w), "CVE-2099-0005 unknown fixed 1.2.3-r4");
	match(&w, "alpine", "3.19.0");
	assert_str(summary(&w), "");
	assert_int_equal(w.report.incomplete.n, 0);
	end(&w);
}

CASE(an_unknown_release_is_a_gap)
{
	struct world w = begin();
	add(&w, "apk", "wick", "1.2.3-r3", NULL, NULL);
	match(&w, "alpine", "3.99.0");
	assert_int_equal(w.report.incomplete.n, 1);
	assert_str(w.report.incomplete.v[0].what, "1 apk package");
	assert_str(w.report.incomplete.v[0].why,
		   "the advisory database has nothing about alpine 3.99.0; \"strake db update\" may bring it");
	end(&w);
}

CASE(ubuntu_pro_knows_but_does_not_fix_the_free_system)
{
	struct world w = begin();
	add(&w, "deb", "lantern", "1.9-1", NULL, NULL);
	match(&w, "ubuntu", "16.04");
	assert_str(summary(&w), "CVE-2099-0002 low affected ");
	assert_str(w.report.findings.v[0].evidence.v[0], "UBUNTU-CVE-2099-0002 for Ubuntu:Pro:16.04:LTS: fixed in "
							 "1.9-1ubuntu0.1~esm1, for subscribers of Ubuntu Pro");
	add(&w, "deb", "other", "1.0-1~esm3", NULL, NULL);
	match(&w, "ubuntu", "16.04");
	assert_str(summary(&w), "CVE-2099-0002 low fixed 1.9-1ubuntu0.1~esm1");
	end(&w);
}

CASE(two_advisories_of_one_cve_are_one_finding)
{
	struct world w = begin();
	add(&w, "pypi", "candle_wax", "2.0.1", NULL, NULL);
	match(&w, "", "");
	/* the larger of both fixes satisfies both advisories */
	assert_str(summary(&w), "CVE-2099-0006 high fixed 2.0.5");
	const struct stk_finding *f = &w.report.findings.v[0];
	assert_int_equal(f->aliases.n, 2);
	assert_str(f->title, "Candle Wax: code injection");
	assert_str(f->vulnerability->severity_source, "ghsa");
	assert_int_equal(f->vulnerability->references.n, 2);
	assert_int_equal(f->vulnerability->cvss.n, 1);
	assert_str(f->vulnerability->cwes.v[0], "CWE-94");
	w.packages.n = 0;
	add(&w, "pypi", "Candle.Wax", "1.5", NULL, NULL);
	match(&w, "", "");
	assert_str(summary(&w), "");
	end(&w);
}

CASE(no_ranges_mean_every_version)
{
	struct world w = begin();
	add(&w, "pypi", "candle-end", "77", NULL, NULL);
	add(&w, "pypi", "candle-top", "1.9.0", NULL, NULL);
	add(&w, "pypi", "candle-top", "1.9.1", NULL, NULL);
	add(&w, "pypi", "candel", "0.1", NULL, NULL);
	match(&w, "", "");
	assert_str(summary(&w),
		   "PYSEC-2099-2 unknown affected ; PYSEC-2099-3 unknown affected ; MAL-2099-1 critical affected ");
	end(&w);
}

CASE(a_version_that_cannot_be_compared_is_a_gap)
{
	struct world w = begin();
	add(&w, "pypi", "candle-top", "not a version", NULL, NULL);
	match(&w, "", "");
	assert_str(summary(&w), "");
	assert_int_equal(w.report.incomplete.n, 1);
	assert_str(w.report.incomplete.v[0].what, "1 PyPI package");
	end(&w);
}

CASE(listed_versions_need_no_scheme)
{
	struct world w = begin();
	add(&w, "maven", "org.example:torch", "1.1", NULL, NULL);
	match(&w, "", "");
	assert_str(summary(&w), "GHSA-dddd-eeee-ffff unknown affected ");
	end(&w);
}

CASE(red_hat_goes_by_binary_name_main_stream_and_module)
{
	struct world w = begin();
	add(&w, "rpm", "lantern-libs", "1:2.4-4.el9", "lantern", "2.4-4.el9");
	add(&w, "rpm", "gpg-pubkey", "fd431d51-4ae0493b", NULL, NULL);
	match(&w, "rhel", "9.4");
	assert_str(summary(&w), "CVE-2099-0007 high fixed 1:2.4-5.el9");
	w.packages.n = 0;
	add(&w, "rpm", "wick", "1.3-1.el9", NULL, NULL);
	match(&w, "rhel", "9.4");
	assert_str(summary(&w), "");
	w.packages.n = 0;
	add(&w, "rpm", "wick", "1.3-1.module+el9.0+99+abcdef12", NULL, NULL);
	match(&w, "rhel", "9.4");
	assert_str(summary(&w), "CVE-2099-0008 unknown fixed 0:1.3-2.module+el9.0+100+abcdef12");
	match(&w, "centos", "9");
	assert_int_equal(w.report.incomplete.n, 1);
	end(&w);
}

CASE(a_damaged_database_is_a_gap)
{
	struct world w = begin();
	struct stk_database_header *header = (void *)w.bytes;
	struct stk_row_affected *rows = (void *)(w.bytes + header->sections[STK_SECTION_AFFECTED].offset);
	for (size_t i = 0; i < header->sections[STK_SECTION_AFFECTED].n; i++)
		rows[i].advisory = 0xffffff;
	add(&w, "deb", "lantern", "2.4-3", NULL, NULL);
	match(&w, "debian", "12");
	assert_int_equal(w.report.findings.n, 0);
	assert_int_equal(w.report.incomplete.n, 1);
	assert_str(w.report.incomplete.v[0].what, "advisory database");
	end(&w);
}
