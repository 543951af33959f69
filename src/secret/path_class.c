/* SPDX-License-Identifier: Apache-2.0 */
/* What the names of folders and files say: a row a name, in lower case. */
#include "secret/filter.h"

#include "base/banned.h"

struct name_row {
	struct stk_str name;
	unsigned class;
};

#define ROW(name, class)                                                                                               \
	{                                                                                                              \
		{ name, sizeof(name) - 1 }, class                                                                      \
	}
#define TEST	   (STK_PATH_TEST | STK_PATH_VENDOR)
#define PACKAGE	   (STK_PATH_PACKAGE | STK_PATH_VENDOR)
#define VENDOR	   STK_PATH_VENDOR
#define MANUAL	   STK_PATH_MANUAL
#define CONFIG	   STK_PATH_CONFIG
#define DOCKERFILE (STK_PATH_DOCKERFILE | STK_PATH_CONFIG)
#define FIELDS	   STK_PATH_FIELDS

static const struct name_row folders[] = {
	ROW("examples", TEST),
	ROW("example", TEST),
	ROW("samples", TEST),
	ROW("sample", TEST),
	ROW("tests", TEST),
	ROW("test", TEST),
	ROW("testdata", TEST),
	ROW("fixtures", TEST),
	ROW("fixture", TEST),
	ROW("__tests__", TEST),
	ROW("__mocks__", TEST),
	ROW("spec", TEST),
	ROW("specs", TEST),
	ROW("testing", TEST),
	ROW("selftest", TEST),
	ROW("test-data", TEST),
	ROW("test_data", TEST),
	ROW("unittests", TEST),
	ROW("test-fixtures", TEST),
	ROW("test_fixtures", TEST),
	ROW("testfixtures", TEST),
	ROW("node_modules", PACKAGE),
	ROW("bower_components", PACKAGE),
	ROW("site-packages", PACKAGE),
	ROW("dist-packages", PACKAGE),
	ROW("vendor", PACKAGE),
	ROW("third_party", PACKAGE),
	ROW("third-party", PACKAGE),
	ROW("_vendor", PACKAGE),
	ROW("gems", PACKAGE),
	ROW(".m2", PACKAGE),
	ROW(".nuget", PACKAGE),
	ROW("doc", VENDOR | MANUAL),
	ROW("docs", MANUAL),
	ROW("man", VENDOR | MANUAL),
	ROW("info", VENDOR),
	ROW("locale", VENDOR),
	ROW("locales", VENDOR),
	ROW("i18n", VENDOR),
	ROW("licenses", VENDOR),
	ROW("zoneinfo", VENDOR),
};

/* Files by their whole name, by its start and by its end. */
static const struct name_row files[] = {
	ROW("package-lock.json", VENDOR),
	ROW("npm-shrinkwrap.json", VENDOR),
	ROW("pnpm-lock.yaml", VENDOR),
	ROW("packages.lock.json", VENDOR),
	ROW("sha256sums", VENDOR),
	ROW("md5sums", VENDOR),
	ROW("checksums.txt", VENDOR),
	ROW("test.js", TEST),
	ROW("tests.py", TEST),
	ROW("image:history", DOCKERFILE),
	ROW("metadata", MANUAL), /* of a wheel: its README */
	ROW("pkg-info", MANUAL),
	ROW("news", MANUAL),
	ROW("changes", MANUAL),
};

static const struct name_row starts[] = {
	ROW("test_", TEST),    ROW("dockerfile", DOCKERFILE), ROW("containerfile", DOCKERFILE), ROW(".env", CONFIG),
	ROW("image:", CONFIG), ROW("readme", MANUAL),	      ROW("changelog", MANUAL),
};

static const struct name_row ends[] = {
	ROW(".min.js", VENDOR),
	ROW(".min.css", VENDOR),
	ROW(".map", VENDOR),
	ROW(".po", VENDOR),
	ROW(".pot", VENDOR),
	ROW(".mo", VENDOR),
	ROW(".lock", VENDOR),
	ROW(".sum", VENDOR),
	ROW(".md5sums", VENDOR),
	ROW(".svg", VENDOR),
	ROW("-test.js", TEST),
	ROW("-test.ts", TEST),
	ROW(".md", MANUAL),
	ROW(".mdx", MANUAL),
	ROW(".rst", MANUAL),
	ROW(".adoc", MANUAL),
	ROW(".test.js", TEST),
	ROW(".test.ts", TEST),
	ROW(".spec.js", TEST),
	ROW(".spec.ts", TEST),
	ROW("_test.go", TEST),
	ROW("_test.py", TEST),
	ROW("_spec.rb", TEST),
	ROW("_test.rb", TEST),
	ROW(".dockerfile", DOCKERFILE),
	ROW(".env", CONFIG),
	ROW(".yaml", FIELDS),
	ROW(".yml", FIELDS),
	ROW(".json", FIELDS),
	ROW(".xml", FIELDS),
	ROW(".config", FIELDS),
	ROW(".conf", FIELDS),
	ROW(".plist", FIELDS),
	ROW(".tf", FIELDS),
	ROW(".tfvars", FIELDS),
	ROW(".toml", FIELDS),
	ROW(".tfstate", FIELDS),
	ROW(".tmpl", FIELDS),
	ROW(".tpl", FIELDS),
	ROW(".hcl", FIELDS),
	ROW(".props", FIELDS),
	ROW(".bicep", FIELDS),
	ROW(".sh", FIELDS),
};

/* A byte tells most names apart, so it is compared first: this is done for every part of every path. */
static bool is(const struct name_row *row, const char *p)
{
	size_t last = row->name.n - 1;
	return stk_lower(p[last]) == row->name.p[last] &&
	       stk_str_eq_nocase((struct stk_str){ p, row->name.n }, row->name);
}

/* "vault@v1.12.0" is a module in the Go toolchain's cache; Cargo keeps crates below the name of their index. */
static bool is_cache(struct stk_str folder)
{
	size_t at = stk_str_find(folder, S("@v"));
	return (at != SIZE_MAX && at && at + 2 < folder.n && stk_is_digit(folder.p[at + 2])) ||
	       stk_str_starts(folder, S("index.crates.io-")) || stk_str_starts(folder, S("github.com-1ecc"));
}

static unsigned class_of_folder(struct stk_str name)
{
	unsigned class = (stk_str_ends(name, S(".dist-info")) ? VENDOR : 0) | (is_cache(name) ? PACKAGE : 0);
	for (size_t i = 0; i < STK_LEN(folders); i++)
		if (folders[i].name.n == name.n && is(&folders[i], name.p))
			class |= folders[i].class;
	return class;
}

static unsigned class_of_file(struct stk_str name)
{
	unsigned class = 0;
	for (size_t i = 0; i < STK_LEN(files); i++)
		if (files[i].name.n == name.n && is(&files[i], name.p))
			class |= files[i].class;
	for (size_t i = 0; i < STK_LEN(starts); i++)
		if (starts[i].name.n <= name.n && is(&starts[i], name.p))
			class |= starts[i].class;
	for (size_t i = 0; i < STK_LEN(ends); i++)
		if (ends[i].name.n <= name.n && is(&ends[i], name.p + name.n - ends[i].name.n))
			class |= ends[i].class;
	/* A Compose file may be called anything with "compose" in it. */
	if ((class & FIELDS) && stk_str_contains_nocase(name, S("compose")))
		class |= CONFIG;
	return class;
}

unsigned stk_secret_path_class(struct stk_str path)
{
	unsigned class = 0;
	struct stk_str before = { 0 };
	for (struct stk_str rest = path, part; rest.n; before = part) {
		part = stk_str_cut(&rest, '/');
		/* "app.jar!config.yaml", "app.jar!tests/x": what stands behind the sign is the member's. */
		size_t member = stk_str_rfind_byte(part, '!');
		bool in_wheel = stk_str_contains(part, S(".whl!"));
		part = stk_str_slice(part, member == SIZE_MAX ? 0 : member + 1, part.n);
		unsigned own = rest.n ? class_of_folder(part) : class_of_file(part);
		/* What a distribution documents, below usr/share/doc and usr/share/man. */
		bool shared = rest.n && (own & MANUAL) && stk_str_is(before, "share");
		class |= own | (in_wheel || shared ? PACKAGE : 0);
	}
	return class;
}

bool stk_secret_is_strangers(unsigned path_class)
{
	return (path_class & STK_PATH_PACKAGE) && (path_class & (STK_PATH_TEST | STK_PATH_MANUAL));
}
