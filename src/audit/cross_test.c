/* SPDX-License-Identifier: Apache-2.0 */
/* Rules across layers, on small deployments that are audited as a whole: one that fires, and the same with one thing
 * mended. */
#include "archive.h"
#include "audit/audit.h"
#include "test.h"

struct file {
	const char *name, *text;
};
struct row {
	const char *id;
	size_t n;
	struct file files[4];
};

static const struct stk_report *audited(struct stk_arena *arena, const struct file *files, size_t n,
					struct stk_deployment *deployment)
{
	static struct stk_report report;
	static const char *const environment[] = { NULL };
	struct stk_err err;
	struct stk_str folder = test_folder(arena, "audit-cross");
	struct stk_audit_options options = { .folder = folder.p,
					     .no_images = true,
					     .no_engine = true,
					     .threads = 1,
					     .now = 1764000000,
					     .environment = environment };
	for (size_t i = 0; i < n && files[i].name; i++)
		test_write(folder, files[i].name, stk_str_from(files[i].text));
	report = stk_report_new(arena);
	*deployment = (struct stk_deployment){ .arena = arena };
	if (stk_audit(&options, &report, deployment, &err) < 0)
		fail_msg("%s", err.msg);
	return &report;
}

static size_t count(const struct stk_report *report, const char *id)
{
	size_t n = 0;
	for (size_t i = 0; i < report->findings.n; i++)
		n += stk_str_is(report->findings.v[i].id, id);
	return n;
}

#define SOCKET "    volumes: ['/var/run/docker.sock:/var/run/docker.sock']\n"

CASE(one_fires_and_one_does_not)
{
	static const struct row t[] = {
		/* Root because nobody says otherwise. */
		{ "AUD-001",
		  1,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20\nCMD [\"x\"]\n" } } },
		{ "AUD-001",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n    user: '1000'\n" },
		    { "Dockerfile", "FROM alpine:3.20\n" } } },
		{ "AUD-001",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20\nUSER 1000\n" } } },
		{ "AUD-001",
		  1,
		  { { "compose.yaml", "services:\n  web:\n    build: {context: ., target: b}\n" },
		    { "Dockerfile", "FROM alpine:3.20 AS b\nFROM b\nUSER 1000\n" } } },
		{ "AUD-001",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20 AS b\nUSER 1000\nFROM b\n" } } },
		/* A secret file that COPY takes along. */
		{ "AUD-002",
		  1,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20\nCOPY . /app\nUSER 1\n" },
		    { ".env", "DB_PASSWORD=Zk3vT9xLb4Nq\n" } } },
		{ "AUD-002",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20\nCOPY . /app\nUSER 1\n" },
		    { ".env", "DB_PASSWORD=Zk3vT9xLb4Nq\n" },
		    { ".dockerignore", ".env\n" } } },
		{ "AUD-002",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n" },
		    { "Dockerfile", "FROM alpine:3.20\nCOPY src /app\nUSER 1\n" },
		    { ".env", "DB_PASSWORD=Zk3vT9xLb4Nq\n" } } },
		/* Ports. */
		{ "AUD-003",
		  1,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:80:8080']\n" },
		    { "Dockerfile", "FROM alpine:3.20\nEXPOSE 80\nUSER 1\n" } } },
		{ "AUD-003",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:80:8080']\n" },
		    { "Dockerfile", "FROM alpine:3.20\nEXPOSE 8000-8090/tcp\nUSER 1\n" } } },
		{ "AUD-003",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:80:8080']\n    expose: ['8080']\n" },
		    { "Dockerfile", "FROM alpine:3.20\nEXPOSE 80\nUSER 1\n" } } },
		{ "AUD-003",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:80:8080']\n" },
		    { "Dockerfile", "FROM alpine:3.20\nUSER 1\n" } } }, /* exposes nothing: says nothing */
		{ "AUD-003",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n    ports: ['127.0.0.1:80:8080']\n" },
		    { "Dockerfile", "FROM alpine:3.20\nARG P=8080\nEXPOSE $P\nUSER 1\n" } } },
		/* A read-only root and an image that writes. */
		{ "AUD-005",
		  1,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: nginx:1.27\n    read_only: true\n    tmpfs: [/var/cache/nginx]\n" } } },
		{ "AUD-005",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: nginx:1.27\n    read_only: true\n    tmpfs: [/var/cache/nginx, /var/run, /run]\n" } } },
		{ "AUD-005", 0, { { "compose.yaml", "services:\n  web:\n    image: nginx:1.27\n" } } },
		/* A way from outside to the host. */
		{ "AUD-006",
		  1,
		  { { "compose.yaml", "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n" SOCKET } } },
		{ "AUD-006",
		  1,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n    privileged: true\n" } } },
		{ "AUD-006",
		  1,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n    cap_add: [sys_admin]\n" } } },
		{ "AUD-006",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n    cap_add: [NET_BIND_SERVICE]\n" } } },
		{ "AUD-006",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n" SOCKET } } }, /* nobody outside reaches it */
		{ "AUD-006",
		  1,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n  agent:\n    image: b:1\n" SOCKET } } }, /* by way of web */
		{ "AUD-006",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    image: a:1\n    ports: ['80:80']\n    networks: [front]\n  agent:\n    image: b:1\n"
		      "    networks: [back]\n" SOCKET "networks: {front: {}, back: {}}\n" } } },
		/* Root beside the data. */
		{ "AUD-007",
		  1,
		  { { "compose.yaml",
		      "services:\n  web:\n    build: .\n    ports: ['80:80']\n  db:\n    image: postgres:17\n" },
		    { "Dockerfile", "FROM alpine:3.20\n" } } },
		{ "AUD-007",
		  0,
		  { { "compose.yaml",
		      "services:\n  web:\n    build: .\n    user: '1'\n    ports: ['80:80']\n  db:\n    image: postgres:17\n" },
		    { "Dockerfile", "FROM alpine:3.20\n" } } },
		{ "AUD-007",
		  0,
		  { { "compose.yaml", "services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n" },
		    { "Dockerfile", "FROM alpine:3.20\n" } } }, /* not reached from outside */
	};
	size_t wrong = 0;
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_ARENA arena = { 0 };
		struct stk_deployment deployment;
		size_t n = count(audited(&arena, t[i].files, STK_LEN(t[i].files), &deployment), t[i].id);
		if (n != t[i].n) {
			print_error("%s fires %zu times, not %zu, on\n%s\n%s\n", t[i].id, n, t[i].n, t[i].files[0].text,
				    t[i].files[1].text ? t[i].files[1].text : "");
			wrong++;
		}
		stk_deployment_close(&deployment);
	}
	assert_int_equal(wrong, 0);
}

/* The layers' own findings about the same thing are evidence of the one that sees across. */
CASE(what_layers_say_alone_is_folded_in)
{
	static const struct file files[] = { { "compose.yaml", "services:\n  web:\n    build: .\n" },
					     { "Dockerfile", "FROM alpine:3.20\nCMD [\"x\"]\n" } };
	STK_ARENA arena = { 0 };
	struct stk_deployment deployment;
	const struct stk_report *report = audited(&arena, files, STK_LEN(files), &deployment);
	assert_int_equal(count(report, "AUD-001"), 1);
	assert_int_equal(count(report, "CMP-118"), 0);
	assert_int_equal(count(report, "DF-002"), 0);
	for (size_t i = 0; i < report->findings.n; i++)
		if (stk_str_is(report->findings.v[i].id, "AUD-001")) {
			assert_true(stk_strs_has(&report->findings.v[i].aliases, S("CMP-118")) &&
				    stk_strs_has(&report->findings.v[i].aliases, S("DF-002")));
			assert_true(report->findings.v[i].evidence.n >= 3);
		}
	stk_deployment_close(&deployment);
}

CASE(attack_paths_name_every_step)
{
	static const struct file files[] = {
		{ "compose.yaml",
		  "services:\n  web:\n    image: a:1\n    ports: ['80:8080']\n  agent:\n    image: b:1\n" SOCKET }
	};
	STK_ARENA arena = { 0 };
	struct stk_deployment deployment;
	const struct stk_report *report = audited(&arena, files, 1, &deployment);
	assert_int_equal(report->paths.n, 1);
	assert_str(report->paths.v[0],
		   "internet \xe2\x86\x92 web:80 \xe2\x86\x92 agent \xe2\x86\x92 docker.sock \xe2\x86\x92 host");
	stk_deployment_close(&deployment);
}

CASE(files_that_cannot_be_read_are_gaps)
{
	static const struct file files[] = { { "compose.yaml", "services:\n  web: [\n" },
					     { "Dockerfile", "FROM alpine:3.20\nUSER 1\n" } };
	STK_ARENA arena = { 0 };
	struct stk_deployment deployment;
	assert_true(audited(&arena, files, STK_LEN(files), &deployment)->incomplete.n > 0);
	stk_deployment_close(&deployment);
}
