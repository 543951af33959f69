/* SPDX-License-Identifier: Apache-2.0 */
/* Which files, which variables, which name; the run starts in /p. */
#include "project.h"
#include "test.h"

#define FILE(name, image) "%% " name "\nservices: {w: {image: " image "}}\n"
#define IMAGE		  "services.w.image"

CASE(the_usual_names_in_their_order)
{
	static const struct test_compose rows[] = {
		{ FILE("compose.yml", "b") FILE("compose.yaml", "a"), IMAGE, "\"a\"" },
		{ FILE("docker-compose.yaml", "d") FILE("docker-compose.yml", "c"), IMAGE, "\"c\"" },
		{ FILE("docker-compose.yml", "c") FILE("compose.yml", "b"), IMAGE, "\"b\"" },
		/* of overrides the first is .yml; families mix */
		{ FILE("compose.yaml", "a") FILE("compose.override.yaml", "y") FILE("compose.override.yml", "x"), IMAGE,
		  "\"x\"" },
		{ FILE("compose.yaml", "a") FILE("docker-compose.override.yml", "z"), IMAGE, "\"z\"" },
		{ FILE("compose.override.yaml", "a"), NULL, "no configuration file provided" },
		{ FILE("other.yaml", "a"), NULL, "no configuration file provided" },
	};
	check_compose(rows);
}

CASE(folders_are_searched_upwards)
{
	static const struct test_compose rows[] = {
		{ FILE("compose.yaml", "up"), IMAGE, "\"up\"" },
		{ FILE("compose.yaml", "up") FILE("compose.override.yml", "over"), IMAGE, "\"over\"" },
		{ FILE("compose.yaml", "up") FILE("q/compose.yml", "nearer"), IMAGE, "\"nearer\"" },
		{ "services: {w: {build: x}}\n", "services.w.build.context", "\"/p/x\"" },
	};
	struct stk_compose_options options = { .directory = "/p/q/r" };
	check_compose_with(rows, &options);
}

static void check_run(const char *const *environment, const struct stk_strs *files, const struct stk_strs *env_files,
		      const struct test_compose *row)
{
	struct stk_compose_options options = { .environment = environment };
	options.files = files ? *files : options.files;
	options.env_files = env_files ? *env_files : options.env_files;
	test_compose_rows(row, 1, &options, __FILE__, __LINE__);
}

CASE(variables_name_files)
{
	static const struct {
		const char *environment[3];
		struct test_compose row;
	} rows[] = {
		{ { "COMPOSE_FILE=a:b" },
		  { FILE("a", "one") FILE("b", "two") FILE("compose.yaml", "no"), IMAGE, "\"two\"" } },
		{ { "COMPOSE_FILE=a,b", "COMPOSE_PATH_SEPARATOR=," },
		  { FILE("a", "one") FILE("b", "two"), IMAGE, "\"two\"" } },
		{ { "COMPOSE_FILE=none" }, { FILE("compose.yaml", "no"), NULL, "/p/none: no such file" } },
		{ { NULL },
		  { "%% .env\nCOMPOSE_FILE=b\n" FILE("b", "two") FILE("compose.yaml", "no"), IMAGE, "\"two\"" } },
		{ { "V=process" }, { "%% .env\nV=file\n" FILE("compose.yaml", "'${V}'"), IMAGE, "\"process\"" } },
		{ { "W=1" }, { "%% .env\nV=file\n" FILE("compose.yaml", "'${V}'"), IMAGE, "\"file\"" } },
		{ { "COMPOSE_DISABLE_ENV_FILE=true" },
		  { "%% .env\nV=file\n" FILE("compose.yaml", "'x${V}'"), IMAGE, "\"x\"" } },
		{ { "COMPOSE_ENV_FILES=e" },
		  { "%% .env\nV=file\n%% e\nV=other\n" FILE("compose.yaml", "'${V}'"), IMAGE, "\"other\"" } },
		{ { "COMPOSE_ENV_FILES=e" }, { FILE("compose.yaml", "i"), NULL, "couldn't find env file: /p/e" } },
		{ { NULL }, { "%% .env\nA B=1\n" FILE("compose.yaml", "i"), NULL, "/p/.env: line 1" } },
		{ { "COMPOSE_PROJECT_NAME=mine" },
		  { "name: theirs\n"
		    "services: {w: {image: i}}\n",
		    "name", "\"mine\"" } },
		{ { "COMPOSE_PROJECT_NAME=Mine" }, { FILE("compose.yaml", "i"), NULL, "invalid project name" } },
		{ { NULL },
		  { "name: My Name!\n"
		    "services: {w: {image: '${COMPOSE_PROJECT_NAME}'}}\n",
		    IMAGE, "\"myname\"" } },
		{ { NULL }, { FILE("compose.yaml", "i"), "name", "\"p\"" } },
		{ { NULL }, { FILE("/compose.yaml", "i"), NULL, "project name must not be empty" } },
		{ { "COMPOSE_PROFILES=q" },
		  { "services: {w: {image: i}, v: {image: j, profiles: [q]}}\n", "services.v.image", "\"j\"" } },
		{ { NULL }, { "services: {w: {image: i}, v: {image: j, profiles: [q]}}\n", "services.v", "(none)" } },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++)
		check_run(rows[i].environment, NULL, NULL, &rows[i].row);
}

CASE(named_files_are_taken_as_they_are)
{
	static const char *const environment[] = { "HOME=/root", NULL };
	struct stk_str names[] = { S("d/a.yaml"), S("b.yaml") };
	struct stk_strs files = { names, 2, 2 }, one = { names, 1, 1 }, absent = { names + 1, 1, 1 };
	const struct test_compose rows[] = {
		{ FILE("d/a.yaml", "one") FILE("b.yaml", "two") FILE("d/compose.override.yaml", "no"), IMAGE,
		  "\"two\"" },
		/* paths of all files start at the folder of the first */
		{ "%% d/a.yaml\nservices: {w: {image: i}}\n%% b.yaml\nservices: {w: {build: x}}\n",
		  "services.w.build.context", "\"/p/d/x\"" },
	};
	check_run(environment, &files, NULL, &rows[0]);
	check_run(environment, &files, NULL, &rows[1]);
	const struct test_compose env = { "%% .env\nV=here\n%% d/.env\nV=there\n" FILE("d/a.yaml", "'${V}'"), IMAGE,
					  "\"there\"" };
	check_run(environment, &one, NULL, &env);
	const struct test_compose missing = { FILE("d/a.yaml", "one"), NULL, "/p/b.yaml: no such file" };
	check_run(environment, &absent, NULL, &missing);
}
