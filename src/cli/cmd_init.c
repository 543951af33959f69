/* SPDX-License-Identifier: Apache-2.0 */
/* strake init: settings, .dockerignore and a pipeline for a deployment that has none. What exists is left alone. */
#include <stdio.h>
#include <string.h>

#include "audit/discover.h"
#include "cli/commands.h"
#include "cli/templates.h"
#include "io/file.h"
#include "text/path.h"
#include "base/banned.h"

struct init_context {
	const char *ci;
	bool dry_run;
};

static const struct stk_option init_options[] = {
	STK_OPT(0, "ci", TEXT, struct init_context, ci, "SYSTEM",
		"write a pipeline for github, gitlab or none (default: as the folder looks)"),
	STK_OPT('n', "dry-run", FLAG, struct init_context, dry_run, NULL, "say what would be written"),
};

struct writer {
	struct stk_cli *cli;
	const struct init_context *options;
	struct stk_str folder;
	struct stk_err err;
};

/* Writes a file unless it exists. -1 with an error. */
static int write_file(struct writer *w, struct stk_str path, struct stk_str text)
{
	if (stk_file_exists(path.p)) {
		printf("exists   " STK_FMT "\n", STK_ARG(path));
		return 0;
	}
	if (!w->options->dry_run &&
	    (stk_folder_make_above(path, 0777, &w->err) < 0 || stk_file_replace(path.p, text, &w->err) < 0))
		return -1;
	printf("%s " STK_FMT "\n", w->options->dry_run ? "would write" : "wrote   ", STK_ARG(path));
	return 0;
}

/* One .dockerignore for each folder with a Dockerfile. */
static int write_dockerignores(struct writer *w, const struct stk_discovered *found)
{
	const struct stk_strs *files = &found->found[STK_FOUND_DOCKERFILE];
	struct stk_str before = S("");
	for (size_t i = 0; i < files->n; i++) {
		struct stk_str folder = stk_str_through_last(files->v[i], '/');
		struct stk_str path = stk_arena_join(w->cli->arena, folder, S(".dockerignore"));
		/* Files come sorted: Dockerfiles of one folder follow one another. */
		if (i && stk_str_eq(path, before))
			continue;
		before = path;
		if (write_file(w, path, (struct stk_str){ template_dockerignore, sizeof(template_dockerignore) }) < 0)
			return -1;
	}
	return 0;
}

static const struct {
	const char *name, *file, *variables;
	struct stk_str text;
} systems[] = {
	{ "github",
	  ".github/workflows/strake.yml",
	  "the repository's settings (Actions variables)",
	  { template_github, sizeof(template_github) } },
	{ "gitlab",
	  ".gitlab-ci.yml",
	  "the project's settings (CI/CD variables)",
	  { template_gitlab, sizeof(template_gitlab) } },
};

/* The one that is asked for; else GitLab where its file is, else GitHub. */
static int write_pipeline(struct writer *w)
{
	const char *wanted = w->options->ci;
	if (!wanted)
		wanted = stk_file_exists(stk_path_below(w->cli->arena, w->folder, ".gitlab-ci.yml").p) ? "gitlab"
												       : "github";
	for (size_t i = 0; i < STK_LEN(systems); i++)
		if (strcmp(systems[i].name, wanted) == 0) {
			struct stk_str path = stk_path_below(w->cli->arena, w->folder, systems[i].file);
			bool there = stk_file_exists(path.p);
			if (write_file(w, path, systems[i].text) < 0)
				return -1;
			if (!there)
				printf("         set STRAKE_SOURCE, where strake's source is kept, in %s\n",
				       systems[i].variables);
			if (there && i == 1)
				printf("         add a job of its own that runs: strake audit --fail-on high .\n");
		}
	return 0;
}

static int init_main(struct stk_cli *cli, void *data)
{
	const struct init_context *options = data;
	struct writer w = { .cli = cli,
			    .options = options,
			    .folder = stk_str_from(cli->n_arguments ? cli->arguments[0] : ".") };
	struct stk_discovered found;
	if (cli->n_arguments > 1)
		return stk_cli_usage(cli, "takes one folder");
	if (options->ci && strcmp(options->ci, "github") != 0 && strcmp(options->ci, "gitlab") != 0 &&
	    strcmp(options->ci, "none") != 0)
		return stk_cli_usage(cli, "--ci takes github, gitlab or none, not \"%s\"", options->ci);
	if (stk_discover(cli->arena, w.folder.p, &found, &w.err) < 0 ||
	    write_file(&w, stk_path_below(cli->arena, w.folder, ".strake.yaml"),
		       (struct stk_str){ template_strake, sizeof(template_strake) }) < 0 ||
	    write_dockerignores(&w, &found) < 0 || write_pipeline(&w) < 0)
		return stk_cli_error(&w.err);
	fputs("next:    strake audit\n", stdout);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_init = {
	.name = "init",
	.brief = "write settings, a .dockerignore and a pipeline",
	.usage = "[OPTIONS] [FOLDER]",
	.description =
		"Writes a commented .strake.yaml, a .dockerignore beside each Dockerfile that has none, and a pipeline that runs \"strake audit\" "
		"with pinned actions and least permissions. Files that exist are left alone.",
	.examples = "strake init\nstrake init --ci gitlab deploy/",
	.options = init_options,
	.n_options = STK_LEN(init_options),
	.context_size = sizeof(struct init_context),
	.main = init_main,
};
