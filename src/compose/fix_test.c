/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixes as texts: what a rule's fixes make of a file, and that nothing of the rule is left to fix in it. Rows without a
 * result name the reason that is given instead.
 */
#include "project.h"
#include "test.h"

#include "compose/check.h"
#include "text/edit.h"

/* Only what ends in "there" exists; "link" leads out of the project. */
static bool file_facts(void *context, struct stk_str path, struct stk_compose_file *out)
{
	(void)context;
	*out = (struct stk_compose_file){ .exists = !stk_str_ends(path, S("missing")), .mode = 0600, .real = path };
	if (stk_str_ends(path, S("link")))
		out->real = S("/etc");
	return true;
}

static struct stk_report *check(struct stk_arena *arena, const char *files)
{
	return test_report(arena, files, NULL, (struct stk_compose_check){ .file = file_facts });
}

/* The first file with the edits of these rules; an edit that several findings share is made once, and edits that touch
 * one another fail the test. */
static struct stk_str fixed(struct stk_arena *arena, struct stk_str text, const struct stk_report *report,
			    const char *ids)
{
	struct stk_text_edits edits = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *f = &report->findings.v[i];
		for (size_t k = 0; stk_is_one_of(f->id, ids) && f->fix && k < f->fix->edits.n; k++) {
			const struct stk_edit *from = &f->fix->edits.v[k];
			struct stk_text_edit edit = { from->begin, from->end, from->text };
			bool known = !stk_str_is(from->file, "compose.yaml");
			for (size_t e = 0; e < edits.n && !known; e++) {
				known = edits.v[e].begin == edit.begin && edits.v[e].end == edit.end &&
					stk_str_eq(edits.v[e].text, edit.text);
				if (!known && stk_text_edits_clash(&edits.v[e], &edit))
					fail_msg("edits clash: " STK_FMT, STK_ARG(f->message));
			}
			if (!known)
				*STK_PUSH(arena, &edits) = edit;
		}
	}
	return stk_text_edits_apply(arena, text, &edits);
}

static struct stk_str why_not(const struct stk_report *report, const char *ids)
{
	for (size_t i = 0; i < report->findings.n; i++)
		for (size_t k = 0; stk_is_one_of(report->findings.v[i].id, ids) && k < report->findings.v[i].evidence.n;
		     k++)
			if (stk_str_starts(report->findings.v[i].evidence.v[k], S("not repaired automatically: ")))
				return stk_str_slice(report->findings.v[i].evidence.v[k], 28, SIZE_MAX);
	return S("(no reason)");
}

struct row {
	const char *ids, *files, *want; /* want: compose.yaml afterwards; without a line end, the reason for no fix */
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		STK_ARENA arena = { 0 };
		struct stk_str text = stk_str_from(rows[i].files), want = stk_str_from(rows[i].want);
		text = stk_str_slice(text, 0, stk_str_find(text, S("%% ")));
		const struct stk_report *report = check(&arena, rows[i].files);
		struct stk_str got = fixed(&arena, text, report, rows[i].ids);
		if (!stk_str_ends(want, S("\n"))) {
			assert_true(stk_str_eq(got, text));
			assert_str(why_not(report, rows[i].ids), rows[i].want);
			continue;
		}
		assert_str(got, rows[i].want);
		struct stk_str rest = stk_str_slice(stk_str_from(rows[i].files), text.n, SIZE_MAX);
		const struct stk_report *after = check(&arena, stk_arena_join(&arena, got, rest).p);
		assert_str(fixed(&arena, got, after, rows[i].ids), rows[i].want);
	}
}
#define CHECK(rows) check_rows((rows), STK_LEN(rows))

#define WEB(lines) "services:\n  web:\n    image: i\n" lines

CASE(options_of_a_list_go_whatever_their_order)
{
	static const char relaxed[] = "CMP-106 CMP-107 CMP-108 CMP-109";
	static const struct row rows[] = {
		{ relaxed, WEB("    security_opt: [seccomp:unconfined, apparmor:unconfined, label:user:u]\n"),
		  WEB("    security_opt: [label:user:u]\n") },
		{ relaxed, WEB("    security_opt: [a:b, seccomp:unconfined, label:disable]\n"),
		  WEB("    security_opt: [a:b]\n") },
		{ relaxed, WEB("    security_opt: [seccomp:unconfined, a:b, apparmor:unconfined]\n"),
		  WEB("    security_opt: [a:b]\n") },
		{ relaxed, WEB("    security_opt: [seccomp:unconfined, apparmor:unconfined, a:b, label:disable]\n"),
		  WEB("    security_opt: [a:b]\n") },
		{ relaxed, WEB("    security_opt: [seccomp:unconfined, apparmor:unconfined]\n"),
		  WEB("    security_opt: [no-new-privileges:true]\n") },
		{ relaxed,
		  WEB("    security_opt:\n      - seccomp:unconfined # why\n      - systempaths=unconfined\n      - a:b\n"),
		  WEB("    security_opt:\n      - a:b\n") },
	};
	CHECK(rows);
}

CASE(mounts_are_written_as_all_rules_want_them)
{
	static const char mounts[] = "CMP-203 CMP-204 CMP-205 CMP-206 CMP-208 CMP-209";
	static const struct row rows[] = {
		{ mounts, WEB("    volumes: [/srv/../etc/:/h]\n"), WEB("    volumes: [/srv/../etc/:/h:ro]\n") },
		{ mounts, WEB("    volumes:\n      - /usr:/h:Z,rshared # note\n"),
		  WEB("    volumes:\n      - \"/usr:/h:rprivate,ro\" # note\n") },
		{ mounts, WEB("    volumes:\n      - ./link:/h\n"), WEB("    volumes:\n      - \"./link:/h:ro\"\n") },
		{ mounts, WEB("    volumes:\n      - ./sub/..:/h\n"),
		  WEB("    volumes:\n      - \"./sub/..:/h:ro\"\n") },
		{ mounts, WEB("    volumes: ['./a.conf:/h']\n"), WEB("    volumes: ['./a.conf:/h:ro']\n") },
		{ "CMP-209", WEB("    volumes:\n      - ./missing:/h # note\n      - data:/d\nvolumes: {data: }\n"),
		  WEB("    volumes:\n      - type: bind\n        source: \"./missing\"\n        target: /h\n"
		      "        bind: {create_host_path: false} # note\n      - data:/d\nvolumes: {data: }\n") },
		{ "CMP-209", WEB("    volumes: [/missing:/h:ro]\n"),
		  WEB("    volumes: [{type: bind, source: /missing, target: /h, read_only: true, bind: "
		      "{create_host_path: false}}]\n") },
		{ "CMP-209", WEB("    volumes: [\"${V:-/missing}:/h\"]\n"), "a variable gives the value" },
		{ "CMP-209",
		  WEB("    volumes:\n      - {type: bind, source: /missing, target: /h, bind: {create_host_path: true}}\n"),
		  WEB("    volumes:\n      - {type: bind, source: /missing, target: /h, bind: {create_host_path: false}}\n") },
	};
	CHECK(rows);
}

CASE(a_label_that_stands_alone_takes_its_mapping_along)
{
	static const char labels[] = "CMP-203 CMP-206";
	static const struct row rows[] = {
		{ labels,
		  WEB("    volumes:\n      - {type: bind, source: /usr, target: /h, read_only: true, bind: {selinux: z}}\n"),
		  WEB("    volumes:\n      - {type: bind, source: /usr, target: /h, read_only: true}\n") },
		{ labels, WEB("    volumes:\n      - {type: bind, source: /usr, target: /h, bind: {selinux: z}}\n"),
		  WEB("    volumes:\n      - {type: bind, source: /usr, target: /h, read_only: true}\n") },
		{ labels,
		  WEB("    volumes:\n      - type: bind\n        source: /usr\n        target: /h\n        bind:\n"
		      "          selinux: Z # why\n"),
		  WEB("    volumes:\n      - type: bind\n        source: /usr\n        target: /h\n        read_only: true # why\n") },
		{ labels,
		  WEB("    volumes:\n      - type: bind\n        source: /usr\n        target: /h\n        bind:\n"
		      "          selinux: Z\n          propagation: private\n"),
		  WEB("    volumes:\n      - type: bind\n        source: /usr\n        target: /h\n        bind:\n"
		      "          propagation: private\n        read_only: true\n") },
	};
	CHECK(rows);
}

CASE(settings_go_and_what_they_leave_empty_with_them)
{
	static const struct row rows[] = {
		{ "CMP-609", WEB("    environment:\n      PGSSLMODE: disable\n      A: b\n"),
		  WEB("    environment:\n      A: b\n") },
		{ "CMP-609",
		  WEB("    environment:\n      PGSSLMODE: disable\n      GIT_SSL_NO_VERIFY: \"1\"\n    user: u\n"),
		  WEB("    user: u\n") },
		{ "CMP-506", "services:\n  web:\n    build:\n      context: .\n      entitlements: [network.host]\n",
		  "services:\n  web:\n    build:\n      context: .\n" },
		{ "CMP-506",
		  "services:\n  web:\n    build:\n      context: .\n      entitlements: [network.host, security.insecure, device]\n",
		  "services:\n  web:\n    build:\n      context: .\n      entitlements: [device]\n" },
	};
	CHECK(rows);
}

CASE(values_are_replaced_in_their_place)
{
	static const struct row rows[] = {
		{ "CMP-404", WEB("    ulimits: {nofile: -1, nproc: {soft: 9000, hard: -1}}\n"),
		  WEB("    ulimits: {nofile: 65536, nproc: {soft: 9000, hard: 9000}}\n") },
		{ "CMP-405", WEB("    deploy: {restart_policy: {condition: on-failure}}\n"),
		  WEB("    deploy: {restart_policy: {condition: on-failure, max_attempts: 5}}\n") },
		{ "CMP-405", WEB("    deploy: {restart_policy: {condition: on-failure, max_attempts: 9}}\n"),
		  WEB("    deploy: {restart_policy: {condition: on-failure, max_attempts: 5}}\n") },
		{ "CMP-405", WEB("    restart: always # why\n"), WEB("    restart: on-failure:5 # why\n") },
		{ "CMP-407", WEB("    logging: {driver: none}\n"), WEB("    logging: {driver: local}\n") },
		{ "CMP-125", WEB("    post_start:\n      - command: x\n        user: root\n        privileged: true\n"),
		  WEB("    post_start:\n      - command: x\n        privileged: false\n") },
		{ "CMP-111 CMP-116", WEB("    ipc: shareable\n    cgroup_parent: x\n    user: u\n"),
		  WEB("    user: u\n") },
		{ "CMP-310",
		  WEB("    networks: [n]\nnetworks:\n  n: {driver: overlay, attachable: true, driver_opts: "
		      "{com.docker.network.bridge.gateway_mode_ipv4: nat-unprotected}}\n"),
		  WEB("    networks: [n]\nnetworks:\n  n: {driver: overlay, attachable: false, driver_opts: "
		      "{com.docker.network.bridge.gateway_mode_ipv4: nat}}\n") },
		{ "CMP-306", WEB("    ports: [22:22]\n"), WEB("    ports: [\"22:22\"]\n") },
		{ "CMP-123", WEB("    oom_kill_disable: true\n    user: u\n"), WEB("    user: u\n") },
	};
	CHECK(rows);
}

CASE(what_is_written_once_and_used_twice_is_not_edited)
{
	static const char shared[] = "the value is shared with other places through an anchor, a merge key or extends "
				     "(compose.yaml:1)";
	static const struct row rows[] = {
		{ "CMP-106",
		  "x-o: &o [seccomp:unconfined, a:b]\nservices: {a: {image: i, security_opt: *o}, b: {image: i, security_opt: *o}}\n",
		  shared },
		{ "CMP-101", "x-c: &c {privileged: true}\nservices: {a: {<<: *c, image: i}, b: {<<: *c, image: i}}\n",
		  shared },
		{ "CMP-101", "services: {a: {image: i, privileged: \"${P:-true}\"}}\n",
		  "a variable gives the value (compose.yaml:1)" },
	};
	CHECK(rows);
}
