/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/discover.h"
#include "io/file.h"

static void put(const char *path, const char *text)
{
	struct stk_err err;
	if (stk_file_replace(path, stk_str_from(text), &err) < 0)
		fail_msg("%s", err.msg);
}

CASE(names_of_dockerfiles)
{
	static const struct {
		const char *name;
		bool is;
	} t[] = {
		{ "Dockerfile", true },
		{ "Containerfile", true },
		{ "Dockerfile.prod", true },
		{ "web.dockerfile", true },
		{ "Dockerfile.dockerignore", false },
		{ "Dockerfile.md", false },
		{ ".dockerfile", false },
		{ "dockerfiles", false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		assert_int_equal(stk_is_dockerfile_name(stk_str_from(t[i].name)), t[i].is);
}

CASE(a_folder_with_a_bit_of_everything)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_discovered found;
	char folder[] = "/tmp/strake-discover-XXXXXX", here[512];
	assert_non_null(mkdtemp(folder));
	assert_non_null(getcwd(here, sizeof(here)));
	assert_int_equal(chdir(folder), 0);
	mkdir("web", 0755), mkdir("node_modules", 0755), mkdir(".github", 0755), mkdir(".github/workflows", 0755),
		mkdir("oci", 0755);
	put("compose.yaml", ""), put("docker-compose.yml", ""), put("web/Dockerfile", ""), put("web/.dockerignore", ""),
		put(".env", "");
	put("node_modules/Dockerfile", ""), put(".github/workflows/ci.yml", ""), put("oci/oci-layout", "{}"),
		put("oci/index.json", "{}");
	put("x.tar", "no archive"), put(".env.example", "");
	assert_int_equal(stk_discover(&arena, ".", &found, &err), 0);
	static const char *const want[STK_DISCOVERED_COUNT] = { "web/Dockerfile",	    "compose.yaml",
								"web/.dockerignore",	    ".env",
								".github/workflows/ci.yml", "oci" };
	for (size_t kind = 0; kind < STK_DISCOVERED_COUNT; kind++) {
		assert_int_equal(found.found[kind].n, 1);
		assert_str(found.found[kind].v[0], want[kind]);
	}
	assert_int_equal(chdir(here), 0);
	assert_int_equal(stk_discover(&arena, "/nowhere/at/all", &found, &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
}
