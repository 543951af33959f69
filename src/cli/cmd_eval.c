/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval AREA: answers single questions read from standard input, one a line, for scripts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/eval.h"
#include "base/limits.h"
#include "base/banned.h"

static const struct stk_eval_area *const areas[] = {
	&stk_eval_cvss, &stk_eval_dockerfile, &stk_eval_dockerignore,	 &stk_eval_image,
	&stk_eval_osv,	&stk_eval_versions,   &stk_eval_vulnerabilities,
};

static const struct stk_eval_area *find_area(const char *name)
{
	for (size_t i = 0; i < STK_LEN(areas); i++)
		if (strcmp(areas[i]->name, name) == 0)
			return areas[i];
	return NULL;
}

static void answer_line(const struct stk_eval_area *area, void *context, struct stk_str line)
{
	STK_ARENA arena = { 0 };
	STK_BUF out = stk_buf_new(STK_MIB(64));
	area->answer(context, &arena, line, &out);
	stk_buf_byte(&out, '\n');
	fwrite(out.p, 1, out.n, stdout);
}

/* One answer per line of standard input, for tests that hold strake's readers against other
   programs' on many inputs. */
static int eval_main(struct stk_cli *cli, void *unused)
{
	(void)unused;
	const struct stk_eval_area *area = cli->n_arguments == 1 ? find_area(cli->arguments[0]) : NULL;
	if (!area)
		return cli->n_arguments == 1 ? stk_cli_usage(cli, "no area is called \"%s\"", cli->arguments[0])
					     : stk_cli_usage(cli, "name one area");
	struct stk_err err;
	void *context = NULL;
	if (area->open && area->open(cli->arena, &context, &err) < 0)
		return stk_cli_error(&err);
	char *line = NULL;
	size_t cap = 0;
	for (ssize_t n; (n = getline(&line, &cap, stdin)) >= 0;) {
		struct stk_str text = { line, (size_t)n };
		answer_line(area, context, stk_str_cut_line(&text));
	}
	free(line);
	if (area->close)
		area->close(context);
	return STK_EXIT_CLEAN;
}

const struct stk_command stk_command_eval = {
	.name = "eval",
	.brief = "answer single questions, one a line",
	.usage = "AREA < QUESTIONS",
	/* One area a line, sorted. */
	.description =
		"Reads questions from standard input, one a line, and prints one answer a line; what makes no sense is "
		"answered \"invalid\".\n\n"
		"cvss: a CVSS vector (2.0, 3.0, 3.1, 4.0) -> its score\n"
		"dockerignore: JSON {patterns, path} -> ignored or included\n"
		"image, separated by tabs: tree IMAGE [PLATFORM], verify IMAGE [PLATFORM] -> JSON of layers, gaps and files\n"
		"osv: JSON {ecosystem, ranges, versions, version} of an OSV record -> affected or unaffected\n"
		"versions, separated by tabs: compare SCHEME A B -> -1, 0 or 1; satisfies SCHEME CONSTRAINT VERSION, "
		"valid SCHEME VERSION -> true or false\n"
		"vulnerabilities: JSON {os, os_version, type, name, version, source, source_version} -> ID=FIX of each, none, or unknown\n",
	.examples = "echo CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H | strake eval cvss",
	.main = eval_main,
};
