/* SPDX-License-Identifier: Apache-2.0 */
/* strake context: what docker build would send, what must not go in, and the .dockerignore for it. */
#include <stdio.h>

#include "audit/context_copies.h"
#include "base/limits.h"
#include "base/map.h"
#include "cli/commands.h"
#include "context/rules.h"
#include "context/size.h"
#include "dockerfile/dockerfile.h"
#include "io/file.h"
#include "secret/tree.h"
#include "text/path.h"
#include "text/utf8.h"
#include "base/banned.h"

struct context {
	struct stk_report_options report;
	const char *file;
	bool fix, fix_unsafe, diff, tree, list, no_secrets;
	int64_t huge;
};

enum { MEGABYTE = 1000 * 1000, SHOWN_ROWS = 8, SHOWN_DEPTH = 2, TREE_ROWS = 30, TREE_DEPTH = 8 };

#define ROW(letter, name, kind, member, argument, help)                                                                \
	STK_OPT(letter, name, kind, struct context, member, argument, help)

static const struct stk_option context_options[] = {
	ROW('f', "file", TEXT, file, "FILE",
	    "the Dockerfile (default: DIR/Dockerfile); FILE.dockerignore counts before .dockerignore"),
	ROW(0, "tree", FLAG, tree, NULL, "show in depth what the most bytes come from"),
	ROW(0, "list", FLAG, list, NULL, "print every path that is sent, with its size, and nothing else"),
	ROW(0, "huge", NUMBER, huge, "MB", "files from this size on are worth a word (default 50)"),
	ROW(0, "no-secrets", FLAG, no_secrets, NULL, "look at names only, not into files"),
	ROW(0, "fix", FLAG, fix, NULL, "write or extend .dockerignore, each line with its reason"),
	ROW(0, "fix-unsafe", FLAG, fix_unsafe, NULL,
	    "also leave out what the build may need: huge files, files that COPY names"),
	ROW(0, "diff", FLAG, diff, NULL, "show what --fix would write"),
};

static void context_defaults(void *context_)
{
	struct context *context = context_;
	context->report.exit_code = STK_EXIT_FINDINGS;
	context->huge = 50;
}

struct run {
	struct stk_cli *cli;
	struct context *options;
	struct stk_context context;
	struct stk_context_copies copies;
	struct stk_report report;
	struct stk_context_check check;
};

/* The Dockerfile's copies; without a Dockerfile nothing is said about them. */
static int read_dockerfile(struct run *run, struct stk_str path, bool required)
{
	struct stk_str text;
	struct stk_err err;
	if (stk_file_read(run->cli->arena, stk_arena_str(run->cli->arena, path).p, STK_LIMIT_TEXT_FILE, &text, &err) <
	    0)
		return required || err.code != STK_ENOTFOUND ? stk_cli_error(&err) : 0;
	const struct stk_dockerfile *file = stk_dockerfile_parse(run->cli->arena, path, text, NULL);
	stk_context_copies_of(run->cli->arena, file, &run->copies);
	run->check.copies = &run->copies;
	return 0;
}

/* NAME.dockerignore beside the Dockerfile, else the folder's own. */
static int read_and_walk(struct run *run, struct stk_str root, struct stk_str dockerfile)
{
	struct stk_arena *arena = run->cli->arena;
	struct stk_str own = stk_arena_printf(arena, STK_FMT ".dockerignore", STK_ARG(dockerfile)), text = S("");
	bool is_own = stk_file_exists(own.p), exists;
	struct stk_str path = is_own ? own : stk_path_below(arena, root, ".dockerignore");
	struct stk_err err;
	exists = stk_file_read(arena, stk_arena_str(arena, path).p, STK_LIMIT_TEXT_FILE, &text, &err) == 0;
	if (!exists && err.code != STK_ENOTFOUND)
		return stk_cli_error(&err);
	if (stk_context_walk(arena, root, path, exists, text, &run->context, &err) < 0)
		return stk_cli_error(&err);
	run->context.ignore_is_own = is_own;
	return 0;
}

struct wanted_files {
	struct stk_map sent;
};

static bool skip_path(void *context, struct stk_str path, bool directory)
{
	(void)directory;
	return !stk_map_get(&((struct wanted_files *)context)->sent, path);
}

static void add_secret(struct run *run, const struct stk_secret *secret)
{
	struct stk_finding *finding = stk_context_secret(&run->check, secret->path);
	finding->severity = secret->severity;
	finding->location.line = secret->line;
	finding->location.column = secret->column;
	finding->location.end_column = secret->end_column;
	finding->message =
		stk_arena_printf(run->cli->arena, "%s " STK_FMT, secret->rule->row->title, STK_ARG(secret->redacted));
}

/* Looks into the files that are sent and that nothing was said about by name. */
static int scan_secrets(struct run *run)
{
	struct stk_secret_options how = { .least = STK_CONFIDENCE_MEDIUM };
	struct stk_secret_engine *engine;
	struct stk_secret_results results = { 0 };
	struct wanted_files wanted = { 0 };
	struct stk_err err;
	for (size_t i = 0; i < run->context.entries.n;) {
		const struct stk_context_entry *entry = &run->context.entries.v[i];
		bool flagged = stk_context_known(entry);
		/* A folder that is already named as a whole (.git, node_modules) is not read
		   file by file. */
		i = flagged ? entry->next : i + 1;
		if (!flagged)
			*stk_map_at(&wanted.sent, run->cli->arena, entry->path) = &wanted;
	}
	struct stk_secret_tree_options tree = { .skip = skip_path, .context = &wanted };
	if (stk_secret_engine_new(&how, &engine, &err) < 0)
		return stk_cli_error(&err);
	int status = stk_secret_scan_tree(engine, run->cli->arena, stk_arena_str(run->cli->arena, run->context.root).p,
					  S(""), &tree, &results, &err);
	for (size_t i = 0; status == 0 && i < results.found.n; i++)
		if (!results.found.v[i].allowed.n)
			add_secret(run, &results.found.v[i]);
	for (size_t i = 0; i < results.gaps.n; i++)
		stk_report_gap(&run->report, run->check.target, results.gaps.v[i].what, results.gaps.v[i].why);
	stk_secret_engine_free(engine);
	return status < 0 ? stk_cli_error(&err) : 0;
}

static void headline(const struct stk_context *context, struct stk_buf *out)
{
	stk_buf_printf(out, STK_FMT ": %zu file%s, ", STK_ARG(context->root), context->files,
		       context->files == 1 ? "" : "s");
	stk_context_size_text(out, context->size);
	if (context->has_ignore)
		stk_buf_printf(out, "; " STK_FMT " leaves out %zu\n\n", STK_ARG(context->ignore_file),
			       context->left_out);
	else
		stk_buf_add(out, S("; there is no .dockerignore\n\n"));
}

static void render_table(const void *subject, const struct stk_report *report, const struct stk_render_options *options,
			 struct stk_buf *out)
{
	const struct run *run = subject;
	headline(&run->context, out);
	stk_context_tree(&run->context, options, run->options->tree ? TREE_ROWS : SHOWN_ROWS,
			 run->options->tree ? TREE_DEPTH : SHOWN_DEPTH, out);
	stk_buf_byte(out, '\n');
	stk_format_find(S("table"))->render(report, options, out);
}

static const struct stk_command_format context_formats[] = {
	{ "table", "what is sent, and findings", render_table },
};

/* One line a path, whatever is in it: a line break in a name is shown as "\n". */
static void put_path(struct stk_buf *out, struct stk_str path)
{
	for (size_t at; (at = stk_str_find_byte(path, '\n')) != SIZE_MAX; path = stk_str_slice(path, at + 1, path.n)) {
		stk_utf8_printable(out, stk_str_slice(path, 0, at));
		stk_buf_add(out, S("\\n"));
	}
	stk_utf8_printable(out, path);
}

static int print_list(const struct run *run)
{
	STK_BUF out = stk_buf_new(STK_LIMIT_OUTPUT);
	for (size_t i = 0; i < run->context.entries.n; i++) {
		const struct stk_context_entry *entry = &run->context.entries.v[i];
		if (entry->type == STK_CONTEXT_DIRECTORY)
			continue;
		stk_buf_printf(&out, "%12llu  ", (unsigned long long)entry->size);
		put_path(&out, entry->path);
		stk_buf_byte(&out, '\n');
	}
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	return run->context.gaps.n ? STK_EXIT_INCOMPLETE : STK_EXIT_CLEAN;
}

/* Applies fixes; *taken says whether the run is over because only the diff was wanted. */
static int apply_fixes(struct run *run, bool *taken)
{
	const struct context *options = run->options;
	enum stk_fix_mode mode = options->fix_unsafe		 ? STK_FIX_ALL
				 : options->fix || options->diff ? STK_FIX_SAFE
								 : STK_FIX_NONE;
	struct stk_err err;
	size_t mended;
	*taken = options->diff;
	if (stk_cli_fix(&run->report, mode, options->diff, &mended, &err) < 0)
		return stk_cli_error(&err);
	if (mode != STK_FIX_NONE && !options->diff && !options->report.quiet)
		stk_cli_say("strake: %zu finding%s mended in " STK_FMT, mended, mended == 1 ? "" : "s",
			    STK_ARG(run->context.ignore_file));
	return 0;
}

static int look(struct run *run, struct stk_str root)
{
	struct stk_arena *arena = run->cli->arena;
	struct stk_str dockerfile =
		run->options->file ? stk_str_from(run->options->file) : stk_path_below(arena, root, "Dockerfile");
	/* A Dockerfile that was named must be there; the usual one may be missing. */
	int status = read_dockerfile(run, dockerfile, run->options->file != NULL);
	if (!status)
		status = read_and_walk(run, root, dockerfile);
	if (status)
		return status;
	run->check.context = &run->context;
	run->check.huge = (uint64_t)run->options->huge * MEGABYTE;
	run->check.report = &run->report;
	run->check.target = stk_report_target(&run->report, root, "context");
	for (size_t i = 0; i < run->context.gaps.n; i++)
		stk_report_gap(&run->report, run->check.target, run->context.gaps.v[i].what,
			       run->context.gaps.v[i].why);
	return 0;
}

static int context_main(struct stk_cli *cli, void *context_)
{
	struct context *context = context_;
	struct run run = { .cli = cli, .options = context, .report = stk_report_new(cli->arena) };
	bool over;
	if (cli->n_arguments > 1)
		return stk_cli_usage(cli, "one folder at a time");
	if (context->huge < 1 || context->huge > 1000 * MEGABYTE)
		return stk_cli_usage(cli, "--huge takes megabytes, from 1 up");
	int status = look(&run, cli->n_arguments ? stk_str_from(cli->arguments[0]) : S("."));
	if (status)
		return status;
	if (context->list)
		return print_list(&run);
	stk_context_judge(&run.check);
	status = context->no_secrets ? 0 : scan_secrets(&run);
	if (!status)
		status = apply_fixes(&run, &over);
	if (status || over)
		return status;
	cli->subject = &run;
	return stk_cli_finish(cli, &context->report, &run.report);
}

const struct stk_command stk_command_context = {
	.name = "context",
	.brief = "show what a build would send, and what must not go in",
	.usage = "[OPTIONS] [DIR]",
	.description = "Lists what docker build would send of a folder after .dockerignore (or NAME.dockerignore "
		       "beside the Dockerfile), with sizes, and "
		       "reports what must not go in: secrets by name and by content, version control, dependencies, "
		       "editor and pipeline files, logs, "
		       "huge files - and which COPY or ADD would pick each up.\n"
		       "--fix writes or extends .dockerignore; comments and order stay.",
	.examples = "strake context\n"
		    "strake context --tree app\n"
		    "strake context --fix --diff\n"
		    "strake context -f docker/web.Dockerfile --format sarif\n",
	.options = context_options,
	.n_options = STK_LEN(context_options),
	.context_size = sizeof(struct context),
	.formats = context_formats,
	.n_formats = STK_LEN(context_formats),
	.reports = true,
	.has_folder = true,
	.defaults = context_defaults,
	.main = context_main,
};
