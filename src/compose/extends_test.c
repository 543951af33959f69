/* SPDX-License-Identifier: Apache-2.0 */
/* compose-spec: extends. What the base gives, what it does not, and what is no extension. */
#include "project.h"
#include "test.h"

#include "base/buf.h"
#include "base/limits.h"

CASE(a_service_of_the_same_file)
{
	static const struct test_compose rows[] = {
		{ "services: {a: {image: i, user: u}, b: {extends: a, user: v}}\n", "services.b.image", "\"i\"" },
		{ "services: {a: {image: i, user: u}, b: {extends: {service: a}, user: v}}\n", "services.b.user",
		  "\"v\"" },
		{ "services: {a: {image: i}, b: {extends: a}}\n", "services.b.extends", "(none)" },
		/* in whatever order they stand */
		{ "services: {b: {extends: a}, a: {extends: z, user: u}, z: {image: i}}\n", "services.b.image",
		  "\"i\"" },
		/* by the rules of merging */
		{ "services: {a: {image: i, ports: [80], cap_add: [A]}, b: {extends: a, cap_add: [B]}}\n",
		  "services.b.cap_add", "[\"A\",\"B\"]" },
		{ "services: {a: {image: i, command: x}, b: {extends: a, command: y}}\n", "services.b.command",
		  "[\"y\"]" },
		{ "services: {a: {image: i, cap_add: [A]}, b: {extends: a, cap_add: !override [B]}}\n",
		  "services.b.cap_add", "[\"B\"]" },
		{ "services: {a: {image: i, cap_add: [A]}, b: {extends: a, cap_add: !override [B]}}\n",
		  "services.a.cap_add", "[\"A\"]" },
		{ "services: {a: {image: i, user: u}, b: {extends: a, user: !reset null}}\n", "services.b.user",
		  "(none)" },
		{ "services: {a: {image: i, profiles: [p]}, b: {extends: a}, c: {image: j}}\n", "services.b",
		  "(none)" },
	};
	check_compose(rows);
}

#define FILE(base) "services: {w: {extends: {file: sub/base.yaml, service: a}}}\n%% sub/base.yaml\n" base

CASE(a_service_of_another_file)
{
	static const struct test_compose rows[] = {
		{ FILE("services: {a: {image: i}}\n"), "services.w.image", "\"i\"" },
		/* paths are relative to the file that says them */
		{ FILE("services: {a: {image: i, volumes: ['./d:/d']}}\n"), "services.w.volumes.0.source",
		  "\"/p/sub/d\"" },
		{ FILE("services: {a: {build: ctx}}\n"), "services.w.build.context", "\"/p/sub/ctx\"" },
		{ FILE("services: {a: {image: i, env_file: e}}\n%% sub/e\nA=1\n"), "services.w.environment",
		  "{\"A\":\"1\"}" },
		/* the base may extend on */
		{ FILE("services: {a: {extends: b, user: u}, b: {image: j}}\n"), "services.w.image", "\"j\"" },
		/* nothing but the one service comes along */
		{ FILE("services: {a: {image: i}, b: {image: j}}\n"), "services.b", "(none)" },
		{ FILE("services: {a: {image: i, networks: [n]}}\nnetworks: {n: }\n"), NULL, "undefined network n" },
		{ FILE("services: {a: {image: i, volumes: ['vol:/d']}}\nvolumes: {vol: }\n"), NULL,
		  "undefined volume vol" },
		{ FILE("services: {a: {image: i, depends_on: [b]}, b: {image: j}}\n"), NULL,
		  "depends on undefined service \"b\"" },
		/* of other services nothing is checked, of the base everything */
		{ FILE("services: {a: {image: i}, b: {imagee: j}}\n"), "services.w.image", "\"i\"" },
		{ FILE("services: {a: {image: i, imagee: j}}\n"), NULL, "sub/base.yaml:1:26: unknown key \"imagee\"" },
		{ FILE("services: {a: {image: '${I:-d}'}}\n"), "services.w.image", "\"d\"" },
	};
	check_compose(rows);
}

CASE(what_cannot_be_extended)
{
	static const struct test_compose rows[] = {
		{ "services: {a: {image: i, extends: nobody}}\n", NULL,
		  "compose.yaml:1:35: service \"nobody\" not found" },
		{ FILE("services: {b: {image: i}}\n"), NULL,
		  "compose.yaml:1:32: service \"a\" not found in sub/base.yaml" },
		{ FILE("volumes: {a: }\n"), NULL, "compose.yaml:1:32: sub/base.yaml has no services" },
		{ "services: {w: {extends: {file: none.yaml, service: a}}}\n", NULL,
		  "compose.yaml:1:32: /p/none.yaml: no such file" },
		{ "services: {w: {extends: {file: f}}}\n", NULL, "compose.yaml:1:25: extends.service is required" },
		{ "services: {w: {image: i, extends: {}}}\n", NULL, "compose.yaml:1:35: extends.service is required" },
		{ "services: {w: {image: i, extends: [a]}}\n", NULL, "compose.yaml:1:35: " },
		{ "services: {w: {extends: {file: [f], service: a}}}\n", NULL,
		  "compose.yaml:1:32: extends.file must be a string" },
		{ "services: {w: {extends: {file: 'https://h/f.yaml', service: a}}}\n", NULL,
		  "compose.yaml:1:32: not fetched" },
		{ FILE("services: {a: {image: i\n"), NULL, "sub/base.yaml:" },
		{ FILE("services: {a: [1]}\n"), NULL, "sub/base.yaml:1:15: services.a must be a mapping" },
	};
	check_compose(rows);
}

CASE(circles_are_named)
{
	static const struct test_compose rows[] = {
		{ "services: {a: {extends: a}}\n", NULL, "compose.yaml:1:25: circle: a is extended by a" },
		{ "services: {a: {extends: b}, b: {extends: a}}\n", NULL,
		  "circle: a is extended by b is extended by a" },
		{ FILE("services: {a: {extends: {file: ../compose.yaml, service: w}}}\n"), NULL,
		  "circle: w is extended by a is extended by w" },
	};
	check_compose(rows);
}

CASE(a_chain_of_files_is_bounded)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(1));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("services: {a: {extends: {file: f0, service: a}}}\n"));
	for (int i = 0; i < 200; i++)
		stk_buf_printf(&text, "%%%% f%d\nservices: {a: {extends: {file: f%d, service: a}}}\n", i, i + 1);
	stk_buf_add(&text, S("%% f200\nservices: {a: {image: i}}\n"));
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), -1);
	assert_non_null(strstr(err.msg, "extend one another"));
}

/* Services that each extend the same large file: the work is bounded, not services times bytes. */
CASE(a_file_is_not_read_again_for_each_service)
{
	enum { SERVICES = 3000, LINES = 3000 };
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(4));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("services:\n"));
	for (int i = 0; i < SERVICES; i++)
		stk_buf_printf(&text, "  s%d: {extends: {file: f, service: a}}\n", i);
	stk_buf_add(&text, S("%% f\nservices:\n  a: {image: i}\n"));
	for (int i = 0; i < LINES; i++)
		stk_buf_printf(&text, "  t%d: {image: i, user: u, cap_add: [A], hostname: h}\n", i);
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), 0);
	assert_int_equal(project->services.n, SERVICES);
	assert_true(arena.total < STK_MIB(64));
}

CASE(what_services_take_over_is_bounded)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(4));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("services:\n  a:\n    image: i\n    cap_add: [c0"));
	for (int i = 1; i < 2000; i++)
		stk_buf_printf(&text, ", c%d", i);
	stk_buf_add(&text, S("]\n"));
	for (int i = 0; i < 2000; i++)
		stk_buf_printf(&text, "  s%d: {extends: a}\n", i);
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_non_null(strstr(err.msg, "take over more than"));
}
