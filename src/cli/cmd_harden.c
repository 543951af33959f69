/* SPDX-License-Identifier: Apache-2.0 */
/* strake harden: the repairs of all areas as one diff, or written; and a `docker run` command made harder. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit/docker_run.h"
#include "base/limits.h"
#include "cli/audit_input.h"
#include "cli/commands.h"
#include "cli/config.h"
#include "cli/harden_summary.h"
#include "dockerfile/fix.h"
#include "io/file.h"
#include "secret/baseline.h"
#include "text/edit.h"
#include "text/shell_quote.h"
#include "base/banned.h"

/* A repair may make another one possible (a user that is added, and then owned files); real
   deployments settle in two or three rounds. */
enum { MOST_ROUNDS = 6 };
#define ROLLBACK ".strake-rollback"
#define COPIES	 ROLLBACK "/files" /* beside it stands a .gitignore, which nobody wants copied back */

struct harden_context {
	struct stk_report_options report;
	bool write, unsafe, compose;
};

static const struct stk_option harden_options[] = {
	STK_OPT('w', "write", FLAG, struct harden_context, write, NULL,
		"write the files; what they were is kept in " COPIES "/"),
	STK_OPT(0, "unsafe", FLAG, struct harden_context, unsafe, NULL,
		"also repairs that may change how things run: look at each"),
	STK_OPT(0, "compose", FLAG, struct harden_context, compose, NULL,
		"of a docker run command: print the Compose service"),
};

/* ---- docker run ---- */

static void print_notes(const struct stk_run_notes *notes)
{
	static const char *const words[] = { [STK_RUN_ADDED] = "added",
					     [STK_RUN_CHANGED] = "changed",
					     [STK_RUN_REMOVED] = "removed",
					     [STK_RUN_LEFT] = "left for you" };
	for (size_t kind = 0; kind < STK_LEN(words); kind++)
		for (size_t i = 0; i < notes->n; i++)
			if (notes->v[i].kind == (enum stk_run_note_kind)kind)
				printf("# %s " STK_FMT ": " STK_FMT "\n", words[kind], STK_ARG(notes->v[i].what),
				       STK_ARG(notes->v[i].why));
}

static int harden_command(struct stk_cli *cli, const struct harden_context *context)
{
	struct stk_docker_run run;
	struct stk_run_notes notes = { 0 };
	struct stk_err err;
	STK_BUF out = stk_buf_new(STK_MIB(4));
	if (stk_docker_run_parse(cli->arena, cli->arguments, cli->n_arguments, &run, &err) < 0)
		return stk_cli_error(&err);
	stk_docker_run_harden(cli->arena, &run, context->unsafe, &notes);
	if (context->compose)
		stk_docker_run_compose(&out, &run);
	else
		stk_docker_run_write(&out, &run);
	fwrite(out.p, 1, out.n, stdout);
	putchar('\n');
	print_notes(&notes);
	return STK_EXIT_CLEAN;
}

/* ---- a folder ---- */

/* Texts as they would be stand in input.options.texts: the audit reads those before the disk. */
struct hardening {
	struct stk_cli *cli;
	const struct harden_context *context;
	struct stk_audit_input input;
	struct stk_ignores ignores; /* what is ignored is not mended */
	struct stk_secret_baseline known;
	struct stk_strs notices;
	bool unsafe;		  /* of the rounds under way */
	struct stk_report before; /* any repair */
	struct stk_report report; /* of the last round: what is left */
	struct stk_deployment deployment;
	struct stk_strs made; /* files that --write made, below the folder */
};

/* Takes a new text of a file in; *changed when it differs from what stands there. */
static void take(struct hardening *h, struct stk_str name, struct stk_str text, bool *changed)
{
	struct stk_str path = stk_audit_absolute(h->cli->arena, name);
	for (size_t i = 0; i < h->input.options.texts.n; i++) {
		struct stk_audit_text *known = &h->input.options.texts.v[i];
		if (!stk_str_eq(known->path, path))
			continue;
		*changed |= !stk_str_eq(known->text, text);
		known->text = text;
		return;
	}
	*STK_PUSH(h->cli->arena, &h->input.options.texts) = (struct stk_audit_text){ path, name, text };
	*changed = true;
}

/* Dockerfiles are mended as wholes, since their fixes build on each other. */
static void mend_dockerfiles(struct hardening *h, bool *changed)
{
	for (size_t i = 0; i < h->deployment.dockerfiles.n; i++) {
		const struct stk_deployed_dockerfile *file = &h->deployment.dockerfiles.v[i];
		struct stk_dockerfile_options options = { .now = h->input.options.now,
							  .trusted_registries = h->input.options.trusted_registries,
							  .ignores = &h->ignores };
		struct stk_str before = h->report.targets.v[file->target].text;
		struct stk_str after = stk_dockerfile_fix(h->cli->arena, file->path, before, &options, h->unsafe).text;
		if (!stk_str_eq(before, after))
			take(h, file->path, after, changed);
	}
}

static bool is_dockerfile(void *context, struct stk_str file)
{
	const struct hardening *h = context;
	for (size_t i = 0; i < h->deployment.dockerfiles.n; i++)
		if (stk_str_eq(h->deployment.dockerfiles.v[i].path, file))
			return true;
	return false;
}

/* Audits the folder as it would be. */
static int look(struct hardening *h, struct stk_report *report, struct stk_deployment *deployment, struct stk_err *err)
{
	*report = stk_report_new(h->cli->arena);
	*deployment = (struct stk_deployment){ 0 };
	if (stk_audit(&h->input.options, report, deployment, err) < 0)
		return -1;
	stk_ignores_apply(&h->ignores, report, h->input.options.now);
	stk_secret_baseline_apply(&h->known, report);
	return 0;
}

/* What there is to mend, to tell in the end what was. */
static int look_before(struct hardening *h, struct stk_err *err)
{
	h->input.options.secrets = h->input.secrets;
	if (look(h, &h->before, &h->deployment, err) < 0)
		return -1;
	stk_report_sort(&h->before);
	return 0;
}

/* One look, and what that look would mend. */
static int run_round(struct hardening *h, bool *changed, struct stk_err *err)
{
	struct stk_fixed_file *files;
	size_t n;
	if (look(h, &h->report, &h->deployment, err) < 0)
		return -1;
	*changed = false;
	mend_dockerfiles(h, changed);
	/* All other files: edits of one look, which never overlap within a file. */
	enum stk_fix_mode mode = h->unsafe ? STK_FIX_ALL : STK_FIX_SAFE;
	if (stk_cli_fix_texts(&h->report, mode, is_dockerfile, h, &files, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		take(h, files[i].name, files[i].text, changed);
	return 0;
}

/* Rounds until nothing changes any more, then a last look that also searches for secrets: no repair takes those away.
 */
static int mend(struct hardening *h, bool unsafe, struct stk_err *err)
{
	bool changed = true;
	h->unsafe = unsafe;
	h->input.options.secrets = NULL;
	h->input.options.harden.n = 0;
	if (unsafe)
		*STK_PUSH(h->cli->arena, &h->input.options.harden) = S("all");
	for (unsigned round = 0; changed && round < MOST_ROUNDS; round++)
		if (run_round(h, &changed, err) < 0)
			return -1;
	h->input.options.secrets = h->input.secrets;
	if (look(h, &h->report, &h->deployment, err) < 0)
		return -1;
	stk_report_sort(&h->report);
	return 0;
}

/* Empty where there is no file yet, or none that can be read. */
static struct stk_str on_disk(struct hardening *h, const struct stk_audit_text *file)
{
	struct stk_str text = S("");
	struct stk_err ignored;
	return stk_file_read(h->cli->arena, file->path.p, STK_LIMIT_TEXT_FILE, &text, &ignored) < 0 ? S("") : text;
}

/* How many files would change. */
static size_t print_diff(struct hardening *h)
{
	STK_BUF out = stk_buf_new(STK_LIMIT_OUTPUT);
	size_t n = 0;
	for (size_t i = 0; i < h->input.options.texts.n; i++) {
		const struct stk_audit_text *file = &h->input.options.texts.v[i];
		struct stk_str before = on_disk(h, file);
		n += !stk_str_eq(before, file->text);
		stk_diff_unified(&out, file->name, before, file->text,
				 stk_cli_color(h->context->report.color, STDOUT_FILENO));
	}
	fwrite(out.p ? out.p : "", 1, out.n, stdout);
	return n;
}

/* The file's path below the folder: the copies have to lie as the folder does, or the way back does not lead there. Not
   from the name in the report, which may be written otherwise than the folder ("./app", or absolute). */
static struct stk_str inside(const struct hardening *h, const struct stk_audit_text *file)
{
	struct stk_str folder = stk_audit_absolute(h->cli->arena, stk_str_from(h->input.options.folder));
	folder = stk_str_strip_suffix(folder, S("/")); /* the root's */
	bool is_below = stk_str_starts(file->path, folder) && file->path.n > folder.n && file->path.p[folder.n] == '/';
	return is_below ? stk_str_slice(file->path, folder.n + 1, file->path.n) : file->name;
}

/* Git leaves the folder of copies alone: among them may be what should never have been committed. */
static int hide_copies(struct hardening *h, struct stk_err *err)
{
	struct stk_str file = stk_arena_printf(h->cli->arena, "%s/" ROLLBACK "/.gitignore", h->input.options.folder);
	return stk_file_exists(file.p) ? 0 : stk_file_replace(file.p, S("*\n"), err);
}

/* What the file was goes to the rollback folder before it is replaced. */
static int write_file(struct hardening *h, const struct stk_audit_text *file, struct stk_err *err)
{
	struct stk_str before = on_disk(h, file), name = inside(h, file);
	if (stk_str_eq(before, file->text))
		return 0;
	struct stk_str copy =
		stk_arena_printf(h->cli->arena, "%s/" COPIES "/" STK_FMT, h->input.options.folder, STK_ARG(name));
	bool existed = stk_file_exists(file->path.p);
	/* The oldest copy stays: it is what the file was before any repair. */
	if (existed && !stk_file_exists(copy.p) &&
	    (stk_folder_make_above(copy, 0700, err) < 0 || hide_copies(h, err) < 0 ||
	     stk_file_replace(copy.p, before, err) < 0))
		return -1;
	if (stk_file_replace(file->path.p, file->text, err) < 0)
		return -1;
	if (!existed)
		*STK_PUSH(h->cli->arena, &h->made) = file->name;
	stk_cli_say("strake: %s " STK_FMT, existed ? "mended" : "wrote", STK_ARG(file->name));
	return 0;
}

/* File by file: when one fails, those before it are written, and the copies of all are there. */
static int write_all(struct hardening *h, size_t *n, struct stk_err *err)
{
	for (size_t i = 0; i < h->input.options.texts.n; i++) {
		*n += !stk_str_eq(on_disk(h, &h->input.options.texts.v[i]), h->input.options.texts.v[i].text);
		if (write_file(h, &h->input.options.texts.v[i], err) < 0)
			return -1;
	}
	return 0;
}

/* The shell command that puts everything back. */
static void print_undo(struct hardening *h)
{
	STK_BUF out = stk_buf_new(STK_MIB(4));
	struct stk_str folder = stk_str_from(h->input.options.folder);
	struct stk_str copies = stk_arena_printf(h->cli->arena, STK_FMT "/" COPIES "/.", STK_ARG(folder));
	stk_shell_quote(&out, stk_str_is(folder, ".") ? S(COPIES "/.") : copies);
	stk_buf_byte(&out, ' ');
	stk_shell_quote(&out, folder);
	for (size_t i = 0; i < h->made.n; i++) {
		stk_buf_add(&out, i ? S(" ") : S(" && rm "));
		stk_shell_quote(&out, h->made.v[i]);
	}
	stk_cli_say("strake: to undo: cp -a " STK_FMT, STK_ARG(stk_buf_str(&out)));
}

/* ---- the whole ---- */

static int finish(struct hardening *h, const struct stk_report *harder)
{
	struct stk_err err;
	size_t n = 0;
	if (!h->context->write)
		n = print_diff(h);
	else if (write_all(h, &n, &err) < 0)
		return stk_cli_error(&err);
	if (n && h->context->write)
		print_undo(h);
	const struct stk_harden_summary summary = { .arena = h->cli->arena,
						    .before = &h->before,
						    .left = &h->report,
						    .harder = harder,
						    .options = &h->input.options,
						    .files = n,
						    .written = h->context->write,
						    .details = h->context->report.details };
	stk_harden_summarise(&summary);
	for (size_t i = 0; i < h->report.incomplete.n; i++)
		stk_cli_say("strake: not looked at: " STK_FMT ": " STK_FMT, STK_ARG(h->report.incomplete.v[i].what),
			    STK_ARG(h->report.incomplete.v[i].why));
	return h->report.incomplete.n ? STK_EXIT_INCOMPLETE : STK_EXIT_CLEAN;
}

/* What --unsafe would leave, tried on copies of the mended texts. */
static int try_harder(struct hardening *h, struct stk_report *harder, struct stk_err *err)
{
	struct hardening trial = *h;
	trial.input.options.texts.v = NULL;
	trial.input.options.texts.n = trial.input.options.texts.cap = 0;
	for (size_t i = 0; i < h->input.options.texts.n; i++)
		*STK_PUSH(h->cli->arena, &trial.input.options.texts) = h->input.options.texts.v[i];
	if (mend(&trial, true, err) < 0)
		return -1;
	*harder = trial.report;
	return 0;
}

static int read_ignores(struct hardening *h, struct stk_err *err)
{
	const struct stk_report_options *options = &h->context->report;
	if (stk_cli_ignores(h->cli, options, &h->ignores, &h->notices, err) < 0)
		return -1;
	return options->no_config ? 0 : stk_cli_known_secrets(h->cli, &h->known, &h->notices, err);
}

static int harden_folder(struct stk_cli *cli, const struct harden_context *context)
{
	struct hardening *h = STK_NEW(cli->arena, struct hardening, 1);
	struct stk_report harder;
	struct stk_err err;
	h->cli = cli;
	h->context = context;
	stk_cli_audit_prepare(cli, &context->report, cli->n_arguments ? cli->arguments[0] : ".", &h->input);
	/* Hardening writes files; nothing that is found in an image could be mended there. */
	h->input.options.no_images = true;
	if (read_ignores(h, &err) < 0 ||
	    stk_cli_audit_secrets(cli, &context->report, &h->input, &h->notices, &err) < 0 ||
	    look_before(h, &err) < 0 || mend(h, context->unsafe, &err) < 0 ||
	    (!context->unsafe && try_harder(h, &harder, &err) < 0)) {
		stk_cli_audit_close(&h->input);
		return stk_cli_error(&err);
	}
	stk_progress_end(&h->input.progress);
	struct stk_str notice = stk_config_notice(cli->arena, cli->config);
	if (notice.n)
		*STK_PUSH(cli->arena, &h->notices) = notice;
	for (size_t i = 0; i < h->notices.n && !context->report.quiet; i++)
		stk_cli_say("strake: " STK_FMT, STK_ARG(h->notices.v[i]));
	int status = finish(h, context->unsafe ? NULL : &harder);
	stk_cli_audit_close(&h->input);
	return status;
}

static bool is_command(struct stk_str word)
{
	/* "DOCKER_HOST=… docker run" */
	return stk_str_find_byte(word, '=') != SIZE_MAX || stk_str_is(word, "docker") || stk_str_is(word, "podman") ||
	       stk_str_is(word, "nerdctl") || stk_str_is(word, "sudo");
}

static int harden_main(struct stk_cli *cli, void *data)
{
	const struct harden_context *context = data;
	if (cli->n_arguments && is_command(stk_str_from(cli->arguments[0])))
		return harden_command(cli, context);
	if (context->compose)
		return stk_cli_usage(cli, "--compose belongs to a command: strake harden --compose -- docker run …");
	if (cli->n_arguments > 1)
		return stk_cli_usage(cli, "takes one folder, or \"--\" and a docker run command");
	return harden_folder(cli, context);
}

const struct stk_command stk_command_harden = {
	.name = "harden",
	.brief = "repair a deployment, or a docker run command",
	.usage = "[OPTIONS] [FOLDER | -- docker run …]",
	.description =
		"Puts the repairs of all areas - Dockerfiles, .dockerignore, Compose files - into one unified diff, which patch and git apply take. "
		"--write applies them and keeps what the files were in " COPIES
		"/ . Without --unsafe a working deployment stays working "
		"with the same result. Comments, order and layout survive; a second run changes nothing. What changed, and the worst of "
		"what a person has to decide, is told on standard error; --details tells all of it.\n\n"
		"Given a docker run command behind \"--\", prints it with the options that protect it, and a word on each.",
	.examples = "strake harden\n    show what would change\n"
		    "strake harden --write --unsafe deploy/\n    change it\n"
		    "strake harden -- docker run -d -p 8080:80 nginx:1.27\n    the same command, harder\n",
	.options = harden_options,
	.n_options = STK_LEN(harden_options),
	.context_size = sizeof(struct harden_context),
	.reports = true,
	.has_folder = true,
	.main = harden_main,
};
