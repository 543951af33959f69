/* SPDX-License-Identifier: Apache-2.0 */
/* See project.h. */
#include "project.h"

#include "base/limits.h"
#include "text/json.h"
#include "test.h"

static bool next_file(struct stk_str *rest, struct stk_str *name, struct stk_str *text)
{
	if (!rest->n)
		return false;
	*name = stk_str_starts(*rest, S("%% ")) ? stk_str_slice(stk_str_cut_line(rest), 3, SIZE_MAX)
						: S("compose.yaml");
	size_t end = stk_str_starts(*rest, S("%% ")) ? 0 : stk_str_find(*rest, S("\n%% "));
	*text = stk_str_slice(*rest, 0, end == SIZE_MAX ? rest->n : end ? end + 1 : 0);
	*rest = stk_str_slice(*rest, text->n, rest->n);
	return true;
}

static int read_part(void *context, struct stk_arena *arena, const char *path, struct stk_str *out, struct stk_err *err)
{
	struct stk_str rest = stk_str_from(context), name;
	while (next_file(&rest, &name, out)) {
		const char *folder = stk_str_starts(name, S("/")) ? "" : "/p/";
		if (stk_str_is(stk_arena_printf(arena, "%s" STK_FMT, folder, STK_ARG(name)), path))
			return 0;
	}
	return stk_fail(err, STK_ENOTFOUND, "%s: no such file", path);
}

int test_load(struct stk_arena *arena, const char *files, const struct stk_compose_options *options,
	      struct stk_compose **out, struct stk_err *err)
{
	static const char *const environment[] = { "HOME=/root", NULL };
	struct stk_compose_options all = options ? *options : (struct stk_compose_options){ 0 };
	all.environment = all.environment ? all.environment : environment;
	all.directory = all.directory ? all.directory : "/p";
	all.read = read_part;
	all.read_context = (void *)files;
	return stk_compose_load(arena, &all, out, err);
}

struct stk_report *test_report(struct stk_arena *arena, const char *files, const struct stk_compose_options *options,
			       struct stk_compose_check check)
{
	struct stk_compose_options lenient = options ? *options : (struct stk_compose_options){ 0 };
	struct stk_report *report = STK_NEW(arena, struct stk_report, 1);
	struct stk_compose *project;
	struct stk_err err;
	lenient.lenient = true;
	if (test_load(arena, files, &lenient, &project, &err) < 0)
		fail_msg("%s\n%s", err.msg, files);
	*report = stk_report_new(arena);
	check.report = report;
	check.project = project;
	check.targets = STK_NEW(arena, size_t, project->sources.n);
	for (size_t i = 0; i < project->sources.n; i++)
		check.targets[i] = stk_report_target(report, project->sources.v[i]->name, "compose");
	stk_compose_check(&check);
	stk_report_sort(report);
	return report;
}

static void write_node(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_compose_node *node)
{
	switch (node->type) {
	case STK_COMPOSE_NULL:
		stk_json_write_null(w);
		return;
	case STK_COMPOSE_BOOL:
		stk_json_write_bool(w, node->boolean);
		return;
	case STK_COMPOSE_INT:
		stk_json_write_int(w, node->integer);
		return;
	case STK_COMPOSE_FLOAT:
		stk_json_write_double(w, node->number);
		return;
	case STK_COMPOSE_LIST:
		stk_json_begin_array(w);
		for (uint32_t i = 0; i < node->n; i++)
			write_node(w, arena, node->items[i]);
		stk_json_end_array(w);
		return;
	case STK_COMPOSE_MAP:
		stk_json_begin_object(w);
		for (uint32_t i = 0; i < node->n; i++) {
			stk_json_key_str(w, node->entries[i].key);
			write_node(w, arena, node->entries[i].value);
		}
		stk_json_end_object(w);
		return;
	default:
		stk_json_write_str(w, stk_compose_text(arena, node));
	}
}

struct stk_str test_value(struct stk_arena *arena, const struct stk_compose_node *root, const char *path)
{
	const struct stk_compose_node *at = root;
	for (struct stk_str rest = stk_str_from(path); rest.n && at;) {
		struct stk_str key = stk_str_cut(&rest, '.');
		uint64_t i;
		if (at->type != STK_COMPOSE_LIST)
			at = stk_compose_get_str(at, key);
		else
			at = stk_str_u64(key, 10, &i) && i < at->n ? at->items[i] : NULL;
	}
	if (!at)
		return S("(none)");
	STK_BUF out = stk_buf_new(STK_MIB(1));
	struct stk_json_writer w = stk_json_writer(&out, 0);
	write_node(&w, arena, at);
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* "file:1:2: " must stand at the start, what follows anywhere. */
static bool is_refusal(const struct stk_err *err, const char *want)
{
	struct stk_str words = stk_str_from(want), got = stk_str_from(err->msg), place = S("");
	size_t end = stk_str_find(words, S(": "));
	if (end != SIZE_MAX && end && stk_is_digit(words.p[end - 1])) {
		place = stk_str_slice(words, 0, end + 2);
		words = stk_str_slice(words, end + 2, words.n);
	}
	return stk_str_starts(got, place) &&
	       (stk_str_contains(got, words) || stk_str_contains(stk_str_from(err->hint), words));
}

void test_compose_rows(const struct test_compose *rows, size_t n, const struct stk_compose_options *options,
		       const char *file, int line)
{
	size_t failed = 0;
	for (size_t i = 0; i < n; i++) {
		const struct test_compose *row = &rows[i];
		STK_ARENA arena = { 0 };
		struct stk_compose *project;
		struct stk_err err;
		bool loaded = test_load(&arena, row->files, options, &project, &err) == 0;
		struct stk_str got =
			loaded ? test_value(&arena, project->root, row->path ? row->path : "") : stk_str_from(err.msg);
		if (loaded ? row->path && stk_str_is(got, row->want) : !row->path && is_refusal(&err, row->want))
			continue;
		failed++;
		print_error("row %zu:\n%s\n%s" STK_FMT "\nwant %s\n", i, row->files,
			    loaded ? "got  " : "refused: ", STK_ARG(got), row->want);
		if (!loaded && err.hint[0])
			print_error("hint: %s\n", err.hint);
	}
	if (failed)
		_fail(file, line);
}
