/* SPDX-License-Identifier: Apache-2.0 */
/* See secret_settings.h: a row a peer's file. */
#include "cli/secret_settings.h"

#include "base/limits.h"
#include "cli/config.h"
#include "io/file.h"
#include "base/banned.h"

typedef int read_fn(struct stk_arena *arena, struct stk_str text, struct stk_str file, struct stk_secret_rules *out,
		    struct stk_err *err);

static int read_file(struct stk_cli *cli, struct stk_str file, read_fn *read, struct stk_secret_rules *out,
		     struct stk_err *err)
{
	struct stk_str text;
	int failed = stk_file_read(cli->arena, file.p, STK_LIMIT_TEXT_FILE, &text, err);
	if (!failed)
		failed = read(cli->arena, text, file, out, err);
	if (failed)
		err->code = STK_EUSAGE; /* nothing is scanned without its settings */
	return failed;
}

/* A mistake in a file that nobody named is one all the same: an exception that means nothing, or a rule. */
static int find_file(struct stk_cli *cli, struct stk_str folder, const char *name, read_fn *read,
		     struct stk_secret_rules *out, struct stk_strs *notices, struct stk_err *err)
{
	struct stk_str file = stk_arena_join(cli->arena, folder, stk_str_from(name));
	if (!stk_file_exists(file.p))
		return 0;
	if (read_file(cli, file, read, out, err) < 0)
		return stk_hint(err, "--no-config reads no file that is not named.");
	if (notices)
		*STK_PUSH(cli->arena, notices) =
			stk_arena_printf(cli->arena, "rules and allow lists of " STK_FMT " count too", STK_ARG(file));
	return 0;
}

int stk_cli_secret_rules(struct stk_cli *cli, const struct stk_secret_sources *sources, struct stk_secret_rules *out,
			 struct stk_strs *notices, struct stk_err *err)
{
	const struct stk_yaml *section = cli->config->root ? stk_yaml_get(cli->config->root, "secrets") : NULL;
	const struct {
		const char *named, *usual;
		read_fn *read;
	} peers[] = {
		{ sources->gitleaks, ".gitleaks.toml", stk_secret_rules_read_gitleaks },
		{ sources->trivy, "trivy-secret.yaml", stk_secret_rules_read_trivy },
	};
	if (section && stk_secret_rules_read_yaml(cli->arena, section, cli->config->file, out, err) < 0)
		return -1;
	for (size_t i = 0; i < STK_LEN(peers); i++) {
		if (peers[i].named && read_file(cli, stk_str_from(peers[i].named), peers[i].read, out, err) < 0)
			return -1;
		if (peers[i].named || sources->no_config)
			continue;
		if (find_file(cli, S(""), peers[i].usual, peers[i].read, out, notices, err) < 0)
			return -1;
		for (size_t k = 0; k < cli->folders.n; k++)
			if (find_file(cli, cli->folders.v[k], peers[i].usual, peers[i].read, out, notices, err) < 0)
				return -1;
	}
	for (size_t i = 0; notices && i < out->notices.n; i++)
		*STK_PUSH(cli->arena, notices) = out->notices.v[i];
	return 0;
}
