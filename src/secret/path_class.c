/* SPDX-License-Identifier: Apache-2.0 */
/* What the names of folders and files say: a row a name. */
#include "secret/filter.h"

#include "base/banned.h"

enum where { FOLDER, FILE_NAME, FILE_START, FILE_END };

struct name_row {
	enum where where;
	struct stk_str name;
	unsigned class;
};

#define ROW(where, name, class)                                                                                        \
	{                                                                                                              \
		where, { name, sizeof(name) - 1 }, class                                                               \
	}
#define TEST	   (STK_PATH_TEST | STK_PATH_VENDOR)
#define PACKAGE	   (STK_PATH_PACKAGE | STK_PATH_VENDOR)
#define VENDOR	   STK_PATH_VENDOR
#define DOCKERFILE (STK_PATH_DOCKERFILE | STK_PATH_CONFIG)
#define FIELDS	   STK_PATH_FIELDS

static const struct name_row names[] = {
	ROW(FOLDER, "examples", TEST),
	ROW(FOLDER, "example", TEST),
	ROW(FOLDER, "samples", TEST),
	ROW(FOLDER, "sample", TEST),
	ROW(FOLDER, "tests", TEST),
	ROW(FOLDER, "test", TEST),
	ROW(FOLDER, "testdata", TEST),
	ROW(FOLDER, "fixtures", TEST),
	ROW(FOLDER, "fixture", TEST),
	ROW(FOLDER, "__tests__", TEST),
	ROW(FOLDER, "__mocks__", TEST),
	ROW(FOLDER, "spec", TEST),
	ROW(FOLDER, "specs", TEST),
	ROW(FOLDER, "testing", TEST),
	ROW(FOLDER, "selftest", TEST),
	ROW(FOLDER, "test-data", TEST),
	ROW(FOLDER, "test_data", TEST),
	ROW(FOLDER, "unittests", TEST),
	ROW(FOLDER, "node_modules", PACKAGE),
	ROW(FOLDER, "bower_components", PACKAGE),
	ROW(FOLDER, "site-packages", PACKAGE),
	ROW(FOLDER, "dist-packages", PACKAGE),
	ROW(FOLDER, "vendor", PACKAGE),
	ROW(FOLDER, "third_party", PACKAGE),
	ROW(FOLDER, "gems", PACKAGE),
	ROW(FOLDER, "doc", VENDOR),
	ROW(FOLDER, "man", VENDOR),
	ROW(FOLDER, "info", VENDOR),
	ROW(FOLDER, "locale", VENDOR),
	ROW(FOLDER, "locales", VENDOR),
	ROW(FOLDER, "i18n", VENDOR),
	ROW(FOLDER, "licenses", VENDOR),
	ROW(FOLDER, "zoneinfo", VENDOR),
	ROW(FILE_NAME, "package-lock.json", VENDOR),
	ROW(FILE_NAME, "npm-shrinkwrap.json", VENDOR),
	ROW(FILE_NAME, "pnpm-lock.yaml", VENDOR),
	ROW(FILE_NAME, "packages.lock.json", VENDOR),
	ROW(FILE_NAME, "sha256sums", VENDOR),
	ROW(FILE_NAME, "md5sums", VENDOR),
	ROW(FILE_NAME, "checksums.txt", VENDOR),
	ROW(FILE_END, ".min.js", VENDOR),
	ROW(FILE_END, ".min.css", VENDOR),
	ROW(FILE_END, ".map", VENDOR),
	ROW(FILE_END, ".po", VENDOR),
	ROW(FILE_END, ".pot", VENDOR),
	ROW(FILE_END, ".mo", VENDOR),
	ROW(FILE_END, ".lock", VENDOR),
	ROW(FILE_END, ".sum", VENDOR),
	ROW(FILE_END, ".md5sums", VENDOR),
	ROW(FILE_END, ".svg", VENDOR),
	ROW(FILE_NAME, "test.js", TEST),
	ROW(FILE_NAME, "tests.py", TEST),
	ROW(FILE_START, "test_", TEST),
	ROW(FILE_END, ".test.js", TEST),
	ROW(FILE_END, ".test.ts", TEST),
	ROW(FILE_END, ".spec.js", TEST),
	ROW(FILE_END, ".spec.ts", TEST),
	ROW(FILE_END, "_test.go", TEST),
	ROW(FILE_END, "_test.py", TEST),
	ROW(FILE_END, "_spec.rb", TEST),
	ROW(FILE_END, "_test.rb", TEST),
	ROW(FILE_START, "dockerfile", DOCKERFILE),
	ROW(FILE_START, "containerfile", DOCKERFILE),
	ROW(FILE_END, ".dockerfile", DOCKERFILE),
	ROW(FILE_START, ".env", STK_PATH_CONFIG),
	ROW(FILE_END, ".env", STK_PATH_CONFIG),
	ROW(FILE_START, "image:", STK_PATH_CONFIG),
	ROW(FILE_NAME, "image:history", DOCKERFILE),
	ROW(FILE_END, ".yaml", FIELDS),
	ROW(FILE_END, ".yml", FIELDS),
	ROW(FILE_END, ".json", FIELDS),
	ROW(FILE_END, ".xml", FIELDS),
	ROW(FILE_END, ".config", FIELDS),
	ROW(FILE_END, ".conf", FIELDS),
	ROW(FILE_END, ".plist", FIELDS),
	ROW(FILE_END, ".tf", FIELDS),
	ROW(FILE_END, ".tfvars", FIELDS),
	ROW(FILE_END, ".toml", FIELDS),
	ROW(FILE_END, ".tfstate", FIELDS),
	ROW(FILE_END, ".tmpl", FIELDS),
	ROW(FILE_END, ".tpl", FIELDS),
	ROW(FILE_END, ".hcl", FIELDS),
	ROW(FILE_END, ".props", FIELDS),
	ROW(FILE_END, ".bicep", FIELDS),
};

static unsigned class_of(struct stk_str name, bool folder)
{
	unsigned class = 0;
	for (size_t i = 0; i < STK_LEN(names); i++) {
		const struct name_row *row = &names[i];
		if ((row->where == FOLDER) != folder || row->name.n > name.n)
			continue;
		struct stk_str part = row->where == FILE_START ? stk_str_slice(name, 0, row->name.n)
				      : row->where == FILE_END ? stk_str_slice(name, name.n - row->name.n, name.n)
							       : name;
		if (stk_lower(part.p[0]) == row->name.p[0] && stk_str_eq_nocase(part, row->name))
			class |= row->class;
	}
	if (folder && stk_str_ends(name, S(".dist-info")))
		class |= STK_PATH_VENDOR;
	/* A Compose file may be called anything with "compose" in it. */
	if (!folder && (class & FIELDS) && stk_str_contains_nocase(name, S("compose")))
		class |= STK_PATH_CONFIG;
	return class;
}

unsigned stk_secret_path_class(struct stk_str path)
{
	unsigned class = 0;
	for (struct stk_str rest = path; rest.n;) {
		struct stk_str part = stk_str_cut(&rest, '/');
		/* "app.jar!config.yaml", "app.jar!tests/x": what stands behind the sign is the member's. */
		size_t member = stk_str_rfind_byte(part, '!');
		class |= class_of(stk_str_slice(part, member == SIZE_MAX ? 0 : member + 1, part.n), rest.n > 0);
	}
	return class;
}
