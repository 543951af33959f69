/* SPDX-License-Identifier: Apache-2.0 */
/* compose-spec: include. Each included file is a project of its own, with its folder and its .env. */
#include "project.h"
#include "test.h"

#include "base/buf.h"
#include "base/limits.h"

#define SUB(sub) "include: [sub/c.yaml]\n%% sub/c.yaml\n" sub
#define OWN	 "services: {own: {image: i}}\n"

CASE(resources_are_copied)
{
	static const struct test_compose rows[] = {
		{ SUB("services: {w: {image: i}}\n"), "services.w.image", "\"i\"" },
		{ OWN SUB("services: {w: {image: i}}\n"), "services.own.image", "\"i\"" },
		{ SUB("services: {w: {image: i, volumes: ['vol:/d']}}\nvolumes: {vol: {driver: d}}\n"),
		  "volumes.vol.driver", "\"d\"" },
		{ SUB("services: {w: {image: i, networks: [n]}}\nnetworks: {n: }\n"), "networks.n.name", "\"p_n\"" },
		{ SUB("services: {w: {image: i, secrets: [s]}}\nsecrets: {s: {file: f}}\n"), "secrets.s.file",
		  "\"/p/sub/f\"" },
		{ SUB("services: {w: {image: i}}\nname: other\n"), "name", "\"p\"" },
		{ SUB("services: {w: {image: i}}\nx-a: 1\n"), "x-a", "(none)" },
		{ SUB("services: {w: {image: i}}\n"), "include", "(none)" },
		{ OWN "include: []\n", "services.own.image", "\"i\"" },
		{ OWN "include:\n", "services.own.image", "\"i\"" },
		/* the included and the including share the default network */
		{ OWN SUB("services: {w: {image: i}}\n"), "services.w.networks", "{\"default\":null}" },
	};
	check_compose(rows);
}

CASE(folders_and_variables_are_the_items_own)
{
	static const struct test_compose rows[] = {
		{ SUB("services: {w: {build: x}}\n"), "services.w.build.context", "\"/p/sub/x\"" },
		{ "include: [{path: sub/c.yaml, project_directory: other}]\n%% sub/c.yaml\nservices: {w: {build: x}}\n",
		  "services.w.build.context", "\"/p/other/x\"" },
		{ SUB("services: {w: {image: '${V}'}}\n%% sub/.env\nV=sub\n"), "services.w.image", "\"sub\"" },
		{ SUB("services: {w: {image: '${V}'}}\n%% sub/.env\nV=sub\n%% .env\nV=outer\n"), "services.w.image",
		  "\"outer\"" },
		{ "include: [{path: sub/c.yaml, env_file: e}]\n%% sub/c.yaml\nservices: {w: {image: '${V}'}}\n%% sub/.env\nV=sub\n"
		  "%% e\nV=named\n",
		  "services.w.image", "\"named\"" },
		{ "include: [{path: sub/c.yaml, env_file: [e, f]}]\n%% sub/c.yaml\nservices: {w: {image: '${V}'}}\n"
		  "%% e\nV=first\n%% f\nV=second\n",
		  "services.w.image", "\"second\"" },
		/* nothing leaks back */
		{ "services: {own: {image: 'a${V}'}}\n" SUB("services: {w: {image: i}}\n%% sub/.env\nV=sub\n"),
		  "services.own.image", "\"a\"" },
		{ "include: ['${D:-sub}/c.yaml']\n%% sub/c.yaml\nservices: {w: {image: i}}\n", "services.w.image",
		  "\"i\"" },
	};
	check_compose(rows);
}

CASE(lists_of_paths_and_layers_of_includes)
{
	static const struct test_compose rows[] = {
		{ "include: [{path: [a.yaml, b.yaml]}]\n%% a.yaml\nservices: {w: {image: a, user: u}}\n%% b.yaml\n"
		  "services: {w: {image: b}}\n",
		  "services.w.image", "\"b\"" },
		{ SUB("include: [d/e.yaml]\nservices: {w: {image: i}}\n%% sub/d/e.yaml\nservices: {x: {build: .}}\n"),
		  "services.x.build.context", "\"/p/sub/d\"" },
		/* no override file of an included one */
		{ SUB("services: {w: {image: i}}\n%% sub/compose.override.yaml\nservices: {w: {image: j}}\n"),
		  "services.w.image", "\"i\"" },
		/* a later -f file changes what was included */
		{ SUB("services: {w: {image: i, cap_add: [A]}}\n%% compose.override.yaml\nservices: {w: {cap_add: [B]}}\n"),
		  "services.w.cap_add", "[\"A\",\"B\"]" },
		/* the same resource, word for word, twice */
		{ "services: {w: {image: i}}\nvolumes: {v: {driver: d}}\n" SUB(
			  "services: {x: {image: i}}\nvolumes: {v: {driver: d}}\n"),
		  "services.x.image", "\"i\"" },
	};
	check_compose(rows);
}

CASE(what_cannot_be_included)
{
	static const struct test_compose rows[] = {
		{ "include: [none.yaml]\n", NULL, "compose.yaml:1:11: /p/none.yaml: no such file" },
		{ "include: [{path: none.yaml}]\n", NULL, "compose.yaml:1:18: /p/none.yaml: no such file" },
		{ "include: sub/c.yaml\n", NULL, "compose.yaml:1:10: include must be a list" },
		{ "include: [{path: c.yaml, env_file: e}]\n%% c.yaml\n" OWN, NULL,
		  "compose.yaml:1:36: /p/e: no such file" },
		{ "include: [{path: c.yaml, env_file: e}]\n%% c.yaml\n" OWN "%% e\nA B=1\n", NULL,
		  "compose.yaml:1:36: /p/e: line 1" },
		{ "include: [c.yaml]\n%% c.yaml\n" OWN "%% .env\n'\n", NULL, "line 1" },
		{ "include: ['https://h/c.yaml']\n", NULL, "compose.yaml:1:11: not fetched" },
		{ "include: ['git@h:r.git']\n", NULL, "compose.yaml:1:11: not fetched" },
		{ "services: {w: {image: a}}\n" SUB("services: {w: {image: b}}\n"), NULL,
		  "compose.yaml:2:11: services.w conflicts with the included file's" },
		{ SUB("services: {w: {imagee: i}}\n"), NULL, "sub/c.yaml:1:16: unknown key \"imagee\"" },
		{ SUB("services: {w: *anchor}\n"), NULL, "sub/c.yaml:1:15: " },
		{ "include: [[a]]\n", NULL, "compose.yaml:1:11: " },
		{ "include: [1]\n", NULL, "compose.yaml:1:11: " },
	};
	check_compose(rows);
}

CASE(circles_are_named)
{
	static const struct test_compose rows[] = {
		{ "include: [compose.yaml]\n", NULL,
		  "compose.yaml:1:11: include cycle: /p/compose.yaml is being included already" },
		{ SUB("include: [../compose.yaml]\n"), NULL, "sub/c.yaml:1:11: include cycle: /p/compose.yaml" },
		{ SUB("include: [d.yaml]\n%% sub/d.yaml\ninclude: [c.yaml]\n"), NULL,
		  "sub/d.yaml:1:11: include cycle: /p/sub/c.yaml" },
		{ "include: [{path: [a.yaml, compose.yaml]}]\n%% a.yaml\n" OWN, NULL,
		  "include cycle: /p/compose.yaml" },
	};
	check_compose(rows);
}

/* Each file includes the next one twice: 2^60 files, were it not for the ceiling. */
CASE(a_tower_of_includes_is_refused)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(1));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("include: [f0, f0]\n"));
	for (int i = 0; i < 60; i++)
		stk_buf_printf(&text, "%%%% f%d\ninclude: [f%d, f%d]\n", i, i + 1, i + 1);
	stk_buf_add(&text, S("%% f60\nservices: {a: {image: i}}\n"));
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_non_null(strstr(err.msg, "more than 1000 files"));
}

CASE(a_chain_of_includes_is_bounded)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(1));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("include: [f0]\n"));
	for (int i = 0; i < 200; i++)
		stk_buf_printf(&text, "%%%% f%d\ninclude: [f%d]\n", i, i + 1);
	stk_buf_add(&text, S("%% f200\nservices: {a: {image: i}}\n"));
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), -1);
	assert_non_null(strstr(err.msg, "more than 64 deep"));
}

CASE(an_alias_bomb_is_refused)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(1));
	struct stk_compose *project;
	struct stk_err err;
	stk_buf_add(&text, S("x-0: &a0 [z, z, z, z, z, z, z, z, z]\n"));
	for (int i = 1; i < 20; i++)
		stk_buf_printf(&text, "x-%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1,
			       i - 1, i - 1, i - 1);
	stk_buf_byte(&text, 0);
	assert_int_equal(test_load(&arena, stk_buf_str(&text).p, NULL, &project, &err), -1);
	assert_int_equal(err.code, STK_ELIMIT);
	assert_non_null(strstr(err.msg, "compose.yaml:"));
	assert_non_null(strstr(err.msg, "aliases expand to more than"));
}
