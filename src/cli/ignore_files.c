/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of ignores that peers keep beside what they look at: those of the folder of the run, which is where Trivy and
 * Dockle look, and those of the folder that is looked at, which is where Gitleaks looks too. They add up; the second
 * kind is told, since a folder that came from somebody else could silence findings.
 */
#include <sys/stat.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "io/file.h"
#include "secret/baseline.h"
#include "base/banned.h"

static bool is_here(const char *folder)
{
	struct stat one, here;
	return stat(folder, &one) == 0 && stat(".", &here) == 0 && one.st_dev == here.st_dev &&
	       one.st_ino == here.st_ino;
}

void stk_cli_find_folders(struct stk_cli *cli)
{
	for (size_t i = 0; cli->command->has_folder && i < cli->n_arguments; i++) {
		struct stk_str name = stk_str_from(cli->arguments[i]);
		if (!stk_file_is_dir(cli->arguments[i]) || is_here(cli->arguments[i]))
			continue;
		while (name.n > 1 && stk_str_ends(name, S("/")))
			name.n--;
		*STK_PUSH(cli->arena, &cli->folders) =
			stk_str_is(name, "/") ? name : stk_arena_join(cli->arena, name, S("/"));
	}
}

static void tell(struct stk_cli *cli, struct stk_str file, size_t n, struct stk_strs *notices)
{
	if (n && notices)
		*STK_PUSH(cli->arena, notices) = stk_arena_printf(cli->arena, STK_FMT " counts too: %zu ignore%s",
								  STK_ARG(file), n, n == 1 ? "" : "s");
}

static int read_ignores(struct stk_cli *cli, struct stk_str path, struct stk_ignores *out, struct stk_err *err)
{
	struct stk_str text;
	if (stk_file_read(cli->arena, path.p, STK_LIMIT_TEXT_FILE, &text, err) < 0) {
		err->code = STK_EUSAGE;
		return -1;
	}
	if (stk_str_ends(path, S(".yaml")) || stk_str_ends(path, S(".yml")))
		return stk_ignores_read_trivy(cli->arena, text, path, out, err);
	return stk_ignores_read_lines(cli->arena, text, path, out, err);
}

/* folder: with its slash, or empty for that of the run. */
static int read_usual(struct stk_cli *cli, struct stk_str folder, struct stk_ignores *out, struct stk_strs *notices,
		      struct stk_err *err)
{
	static const char *const usual[] = { ".trivyignore", ".dockleignore" };
	for (size_t i = 0; i < STK_LEN(usual); i++) {
		struct stk_str file = stk_arena_join(cli->arena, folder, stk_str_from(usual[i]));
		size_t before = out->n;
		if (!stk_file_exists(file.p))
			continue;
		if (read_ignores(cli, file, out, err) < 0)
			return -1;
		/* One of several folders has no say in the others. */
		for (size_t k = before; k < out->n && cli->n_arguments > 1; k++)
			out->v[k].below = folder;
		if (folder.n)
			tell(cli, file, out->n - before, notices);
	}
	return 0;
}

int stk_cli_ignores(struct stk_cli *cli, const struct stk_report_options *options, struct stk_ignores *out,
		    struct stk_strs *notices, struct stk_err *err)
{
	for (size_t i = 0; i < cli->config->ignores.n; i++)
		*STK_PUSH(cli->arena, out) = cli->config->ignores.v[i];
	for (size_t i = 0; i < options->ignores.n; i++)
		*STK_PUSH(cli->arena, out) = (struct stk_ignore){ .id = options->ignores.v[i], .file = S("--ignore") };
	/* Files of peers that lie about count only while nobody names others. */
	bool usual = !options->ignore_files.n && !options->no_config;
	if (usual && read_usual(cli, S(""), out, notices, err) < 0)
		return -1;
	for (size_t i = 0; usual && i < cli->folders.n; i++)
		if (read_usual(cli, cli->folders.v[i], out, notices, err) < 0)
			return -1;
	for (size_t i = 0; i < options->ignore_files.n; i++)
		if (read_ignores(cli, options->ignore_files.v[i], out, err) < 0)
			return -1;
	return 0;
}

static int read_known(struct stk_cli *cli, struct stk_str folder, struct stk_secret_baseline *out,
		      struct stk_strs *notices, struct stk_err *err)
{
	struct stk_str text, file = stk_arena_join(cli->arena, folder, S(".gitleaksignore"));
	if (!stk_file_exists(file.p))
		return 0;
	if (stk_file_read(cli->arena, file.p, STK_LIMIT_TEXT_FILE, &text, err) < 0) {
		err->code = STK_EUSAGE;
		return -1;
	}
	size_t n = stk_secret_baseline_read_ignore(cli->arena, text, file, folder, out);
	if (folder.n)
		tell(cli, file, n, notices);
	return 0;
}

int stk_cli_known_secrets(struct stk_cli *cli, struct stk_secret_baseline *out, struct stk_strs *notices,
			  struct stk_err *err)
{
	if (read_known(cli, S(""), out, notices, err) < 0)
		return -1;
	for (size_t i = 0; i < cli->folders.n; i++)
		if (read_known(cli, cli->folders.v[i], out, notices, err) < 0)
			return -1;
	return 0;
}
