/* SPDX-License-Identifier: Apache-2.0 */
#include "secret/filter.h"

#include "base/banned.h"

static bool among(struct stk_str word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stk_str_eq_nocase(word, stk_str_from(list[i])))
			return true;
	return false;
}

/* What the name of one folder says. */
static unsigned folder_class(struct stk_str name)
{
	static const char *const tests[] = { "examples", "example",  "samples",	 "sample",    "tests",	   "test",
					     "testdata", "fixtures", "fixture",	 "__tests__", "__mocks__", "spec",
					     "specs",	 "testing",  "selftest", "test-data", "test_data" };
	static const char *const vendor[] = { "doc",	       "man",		"info",
					      "locale",	       "locales",	"i18n",
					      "licenses",      "node_modules",	"bower_components",
					      "site-packages", "dist-packages", "vendor",
					      "third_party",   "gems",		"zoneinfo" };
	if (among(name, tests, STK_LEN(tests)))
		return STK_PATH_TEST | STK_PATH_VENDOR;
	return among(name, vendor, STK_LEN(vendor)) || stk_str_ends(name, S(".dist-info")) ? STK_PATH_VENDOR : 0;
}

static unsigned file_class(struct stk_str name)
{
	static const char *const locks[] = {
		"package-lock.json",  "npm-shrinkwrap.json", "yarn.lock",     "pnpm-lock.yaml", "go.sum",
		"cargo.lock",	      "poetry.lock",	     "composer.lock", "gemfile.lock",	"pipfile.lock",
		"packages.lock.json", "flake.lock",	     "uv.lock",	      "bun.lock",	"deno.lock",
		"mix.lock",	      "pubspec.lock",	     "podfile.lock",  "sha256sums",	"md5sums",
		"checksums.txt"
	};
	static const char *const ends[] = { ".min.js", ".min.css", ".map", ".po",      ".pot",
					    ".mo",     ".lock",	   ".sum", ".md5sums", ".svg" };
	unsigned class = among(name, locks, STK_LEN(locks)) ? STK_PATH_VENDOR : 0;
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (stk_str_ends(name, stk_str_from(ends[i])))
			class |= STK_PATH_VENDOR;
	if (stk_str_starts_nocase(name, S("dockerfile")) || stk_str_starts_nocase(name, S("containerfile")) ||
	    stk_str_ends(name, S(".dockerfile")) || stk_str_ends(name, S(".Dockerfile")))
		class |= STK_PATH_DOCKERFILE | STK_PATH_CONFIG;
	bool yaml = stk_str_ends(name, S(".yaml")) || stk_str_ends(name, S(".yml"));
	if (yaml)
		class |= STK_PATH_YAML;
	if (yaml && stk_str_contains_nocase(name, S("compose")))
		class |= STK_PATH_CONFIG;
	if (stk_str_starts(name, S(".env")) || stk_str_ends(name, S(".env")) || stk_str_starts(name, S("image:")))
		class |= STK_PATH_CONFIG;
	return class;
}

unsigned stk_secret_path_class(struct stk_str path)
{
	unsigned class = 0;
	struct stk_str rest = path;
	size_t member = stk_str_rfind_byte(path, '!');
	while (rest.n) {
		struct stk_str part = stk_str_cut(&rest, '/');
		class |= rest.n ? folder_class(part) : file_class(part);
	}
	/* "app.jar!config.yaml": the member's own name. */
	if (member != SIZE_MAX && stk_str_find_byte(stk_str_slice(path, member, path.n), '/') == SIZE_MAX)
		class |= file_class(stk_str_slice(path, member + 1, path.n));
	return class;
}
