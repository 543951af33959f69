/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "context/names.h"
#include "context/rules.h"
#include "context/size.h"
#include "io/file.h"

/* A folder made of paths; one that ends in "/" is a directory, "a>b" a link, a number behind "=" the size. */
static struct stk_str make_folder(struct stk_arena *a, const char *const *paths)
{
	char name[] = "/tmp/strake-context-XXXXXX";
	assert_non_null(mkdtemp(name));
	struct stk_str root = stk_arena_str(a, stk_str_from(name));
	for (size_t i = 0; paths[i]; i++) {
		struct stk_str size = stk_str_from(paths[i]), path = stk_str_cut(&size, '='), link = path,
			       from = stk_str_cut(&link, '>');
		struct stk_str full = stk_arena_printf(a, STK_FMT "/" STK_FMT, STK_ARG(root), STK_ARG(from));
		uint64_t bytes = 0;
		stk_str_u64(size, 10, &bytes);
		for (size_t k = root.n + 1; k < full.n; k++)
			if (full.p[k] == '/')
				mkdir(stk_arena_str(a, stk_str_slice(full, 0, k)).p, 0700);
		if (link.n) {
			assert_int_equal(symlink(stk_arena_str(a, link).p, full.p), 0);
		} else if (full.p[full.n - 1] != '/') {
			int fd = open(full.p, O_CREAT | O_WRONLY, 0600);
			assert_true(fd >= 0 && ftruncate(fd, (off_t)bytes) == 0);
			close(fd);
		}
	}
	return root;
}

static void remove_folder(struct stk_arena *a, struct stk_str path)
{
	struct stk_context all;
	struct stk_err err;
	if (stk_context_walk(a, path, S(""), false, S(""), &all, &err) < 0)
		return;
	for (size_t i = all.entries.n; i > 0; i--)
		remove(stk_arena_printf(a, STK_FMT "/" STK_FMT, STK_ARG(path), STK_ARG(all.entries.v[i - 1].path)).p);
	remove(path.p);
}

static struct stk_context walk(struct stk_arena *a, struct stk_str root, const char *ignore)
{
	struct stk_context context;
	struct stk_err err;
	if (stk_context_walk(a, root, S(".dockerignore"), true, stk_str_from(ignore), &context, &err) < 0)
		fail_msg("%s", err.msg);
	return context;
}

static void assert_sent(struct stk_arena *a, const struct stk_context *context, const char *want)
{
	STK_BUF got = stk_buf_new(1 << 16);
	for (size_t i = 0; i < context->entries.n; i++)
		if (context->entries.v[i].type != STK_CONTEXT_DIRECTORY)
			stk_buf_printf(&got, "%s" STK_FMT, got.n ? " " : "", STK_ARG(context->entries.v[i].path));
	assert_str(stk_arena_str(a, stk_buf_str(&got)), want);
}

CASE(walks_as_the_builders_do)
{
	STK_ARENA a = { 0 };
	static const char *const paths[] = { "src/a.c=10", "src/deep/b.c=5", "docs/x.md=1", "docs/keep/y.md=2",
					     "link>src",   "empty/",	     ".env=3",	    NULL };
	struct stk_str root = make_folder(&a, paths);
	struct stk_context all = walk(&a, root, ""), some = walk(&a, root, "docs\n!docs/keep\n.env\n"),
			   none = walk(&a, root, "**\n");
	assert_sent(&a, &all, ".env docs/keep/y.md docs/x.md link src/a.c src/deep/b.c");
	assert_int_equal(all.size, 21);
	assert_int_equal(all.files, 6);
	assert_sent(&a, &some, "docs/keep/y.md link src/a.c src/deep/b.c");
	assert_int_equal(some.size, 17);
	assert_sent(&a, &none, "");
	const struct stk_context_entry *src = stk_context_find(&some, S("src"));
	assert_non_null(src);
	assert_int_equal(src->size, 15);
	assert_int_equal(src->files, 2);
	assert_null(stk_context_find(&some, S("docs/x.md")));
	remove_folder(&a, root);
}

CASE(exceptions_with_wildcards_reach_into_folders)
{
	STK_ARENA a = { 0 };
	static const char *const paths[] = { "v/a/b/c.go=1", "v/x.txt=1", NULL };
	struct stk_str root = make_folder(&a, paths);
	struct stk_context context = walk(&a, root, "v\n!**/*.go\n");
	assert_sent(&a, &context, "v/a/b/c.go");
	remove_folder(&a, root);
}

CASE(names_of_what_must_not_go_in)
{
	static const struct {
		const char *path;
		enum stk_context_type type;
		const char *rule;
	} t[] = {
		{ "a/.env", STK_CONTEXT_FILE, "CTX-001" },
		{ ".env.example", STK_CONTEXT_FILE, NULL },
		{ ".env.local", STK_CONTEXT_FILE, "CTX-001" },
		{ "deploy/id_ed25519", STK_CONTEXT_FILE, "CTX-001" },
		{ "id_ed25519.pub", STK_CONTEXT_FILE, NULL },
		{ ".git", STK_CONTEXT_DIRECTORY, "CTX-003" },
		{ ".gitignore", STK_CONTEXT_FILE, NULL },
		{ "web/node_modules", STK_CONTEXT_DIRECTORY, "CTX-004" },
		{ "node_modules", STK_CONTEXT_FILE, NULL },
		{ "ca.pem", STK_CONTEXT_FILE, NULL },
		{ "tls/server.pem", STK_CONTEXT_FILE, "CTX-001" },
		{ "x/.config/gcloud", STK_CONTEXT_DIRECTORY, "CTX-001" },
		{ "main.c", STK_CONTEXT_FILE, NULL },
		{ "compose.prod.yaml", STK_CONTEXT_FILE, "CTX-006" },
		{ "app.log", STK_CONTEXT_FILE, "CTX-008" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_context_entry entry = { .path = stk_str_from(t[i].path), .type = t[i].type };
		const struct stk_context_name *name = stk_context_name_of(&entry);
		if (t[i].rule ? !name || strcmp(name->rule, t[i].rule) != 0 : name != NULL)
			fail_msg("%s: %s", t[i].path, name ? name->rule : "nothing");
	}
}

CASE(which_copy_takes_a_path)
{
	STK_ARENA a = { 0 };
	struct stk_context_copies copies = { 0 };
	static const char *const sources[] = { "package*.json", "./src/", "conf/tls.pem" };
	for (size_t i = 0; i < STK_LEN(sources); i++) {
		struct stk_context_copy *copy = STK_PUSH(&a, &copies);
		copy->line = (uint32_t)i + 1;
		*STK_PUSH(&a, &copy->sources) = stk_str_from(sources[i]);
	}
	static const struct {
		const char *path;
		uint32_t line;
		bool by_name;
	} t[] = {
		{ "package-lock.json", 1, false },
		{ "src/x/.env", 2, false },
		{ "conf/tls.pem", 3, true },
		{ "conf", 3, true },
		{ "conf/other.pem", 0, false },
		{ "sub/package.json", 0, false },
		{ "srcs/a", 0, false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		bool by_name;
		const struct stk_context_copy *copy = stk_context_copied(&copies, stk_str_from(t[i].path), &by_name);
		if ((copy ? copy->line : 0) != t[i].line || by_name != t[i].by_name)
			fail_msg("%s: line %u, by name %d", t[i].path, copy ? copy->line : 0, by_name);
	}
}

CASE(sizes)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} t[] = {
		{ 0, "0 B" },		{ 999, "999 B" },     { 1000, "1.0 kB" },
		{ 999949, "999.9 kB" }, { 999999, "1.0 MB" }, { 12345678, "12.3 MB" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		STK_BUF out = stk_buf_new(64);
		stk_context_size_text(&out, t[i].bytes);
		assert_str(stk_buf_str(&out), t[i].text);
	}
}

/* Every finding as "RULE path by line safe", with the line its fix would add. */
static void assert_findings(struct stk_arena *a, struct stk_context *context, const struct stk_context_copies *copies,
			    const char *want)
{
	struct stk_report report = stk_report_new(a);
	struct stk_context_check check = { .context = context, .copies = copies, .huge = 1 << 30, .report = &report };
	check.target = stk_report_target(&report, context->root, "context");
	stk_context_judge(&check);
	STK_BUF got = stk_buf_new(1 << 16);
	for (size_t i = 0; i < report.findings.n; i++) {
		const struct stk_finding *f = &report.findings.v[i];
		stk_buf_printf(&got, "%s" STK_FMT, got.n ? " | " : "", STK_ARG(f->id));
		if (f->location.line)
			stk_buf_printf(&got, " line %u", f->location.line);
		if (!f->fix)
			continue;
		struct stk_str text = f->fix->edits.v[0].text;
		stk_str_cut_line(&text);
		stk_buf_printf(&got, " %s " STK_FMT, f->fix->safe ? "adds" : "may add", STK_ARG(stk_str_trim(text)));
	}
	assert_str(stk_arena_str(a, stk_buf_str(&got)), want);
}

/* What an exception names is in the context on purpose: no safe fix takes it out again, nor does a line for others. */
CASE(fixes_respect_exceptions)
{
	STK_ARENA a = { 0 };
	static const char *const paths[] = { "certs/public.pem=1", "deploy/tls.pem=1", "src/.env.local=1", NULL };
	struct stk_str root = make_folder(&a, paths);
	struct stk_context none = walk(&a, root, "*.tmp\n"),
			   kept = walk(&a, root, "certs\nsrc\n!certs/public.pem\n!src/.env.local\n"),
			   broad = walk(&a, root, "*\n!src/**\n");
	assert_findings(&a, &none, NULL, "CTX-001 adds **/*.pem | CTX-001 adds **/*.pem | CTX-001 adds **/.env.*");
	assert_findings(&a, &kept, NULL,
			"CTX-001 may add **/*.pem | CTX-001 adds deploy/tls.pem | CTX-001 may add **/.env.*");
	assert_findings(&a, &broad, NULL, "CTX-001 adds **/.env.*");
	remove_folder(&a, root);
}

CASE(exceptions_that_bring_nothing_back)
{
	STK_ARENA a = { 0 };
	static const char *const paths[] = { "docs/a=1", "b=1", NULL };
	struct stk_str root = make_folder(&a, paths);
	struct stk_context absent = walk(&a, root, "docs\n!keep.tmp\n"), never_out = walk(&a, root, "docs\n!b\n"),
			   trap = walk(&a, root, "docs/a\n!docs\n"), works = walk(&a, root, "docs\n!docs/a\n");
	assert_findings(&a, &absent, NULL, "");
	assert_findings(&a, &never_out, NULL, "CTX-012 line 2");
	assert_findings(&a, &trap, NULL, "CTX-012 line 2");
	assert_findings(&a, &works, NULL, "");
	remove_folder(&a, root);
}

CASE(excluded_from_a_copy)
{
	STK_ARENA a = { 0 };
	struct stk_context_copies copies = { 0 };
	struct stk_context_copy *copy = STK_PUSH(&a, &copies);
	copy->line = 1;
	*STK_PUSH(&a, &copy->sources) = S(".");
	*STK_PUSH(&a, &copy->sources) = S("conf/");
	*STK_PUSH(&a, &copy->excludes) = S("*.log");
	*STK_PUSH(&a, &copy->excludes) = S("**/*.pem");
	static const struct {
		const char *path;
		bool taken;
	} t[] = { { "a.log", false }, { "src/a.log", true }, { "src/tls.pem", false }, { "src/main.c", true } };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		bool by_name;
		if (!stk_context_copied(&copies, stk_str_from(t[i].path), &by_name) != !t[i].taken)
			fail_msg("%s", t[i].path);
	}
	copies.v[0].sources.n = 0;
	*STK_PUSH(&a, &copies.v[0].sources) = S("conf/");
	bool by_name;
	assert_null(stk_context_copied(&copies, S("conf/a.log"), &by_name));
	assert_non_null(stk_context_copied(&copies, S("conf/deep/a.log"), &by_name));
}
