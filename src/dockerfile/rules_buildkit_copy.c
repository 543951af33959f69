/* SPDX-License-Identifier: Apache-2.0 */
/* BuildKit's check of COPY and ADD against .dockerignore. */
#include "dockerfile/rules_buildkit.h"
#include "dockerfile/variables.h"
#include "text/dockerignore.h"
#include "text/path.h"
#include "base/banned.h"

static bool is_remote(struct stk_str source)
{
	return stk_str_starts(source, S("http://")) || stk_str_starts(source, S("https://")) ||
	       stk_str_starts(source, S("git@")) || stk_str_starts(source, S("ssh://")) ||
	       stk_str_starts(source, S("git://"));
}

/* The context's root itself is left out only by patterns that leave everything out. */
static bool ignores_all(const struct stk_dockerignore *patterns)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (stk_str_is(patterns->v[i].text, "*") || stk_str_is(patterns->v[i].text, "**") ||
		    stk_str_is(patterns->v[i].text, "**/*"))
			return true;
	return false;
}

static bool is_ignored(const struct stk_dockerignore *patterns, struct stk_str path)
{
	bool ignored = false;
	struct stk_err err;
	if (stk_str_is(path, "."))
		return ignores_all(patterns);
	return stk_dockerignore_match_last(patterns, path, &ignored, &err) == 0 && ignored;
}

static void check_sources(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			  const struct stk_instruction *at, const struct stk_dockerignore *patterns)
{
	for (size_t i = 0; i + 1 < at->words.n; i++) {
		const struct stk_word *word = &at->words.v[i];
		struct stk_lex_result source =
			stk_dockerfile_expand(context->file, at, at->json ? word->value : word->raw);
		if (is_remote(source.text) || stk_str_starts(word->raw, S("<<")) || source.missing.n)
			continue;
		struct stk_str path =
			stk_path_clean(context->arena, stk_arena_join(context->arena, S("/"), source.text));
		path = path.n > 1 ? stk_str_slice(path, 1, path.n) : S(".");
		if (is_ignored(patterns, path))
			stk_dockerfile_find_at(context, rule, at, word->span,
					       "\"" STK_FMT "\" is left out of the build context by .dockerignore",
					       STK_ARG(source.text));
	}
}

static void check_ignored(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct stk_dockerignore patterns = { 0 };
	struct stk_err err;
	if (!context->options->has_dockerignore ||
	    stk_dockerignore_read(context->arena, context->options->dockerignore, &patterns, &err) < 0 ||
	    /* With exceptions BuildKit's check is silent too: it would have to look at the
	       files. */
	    patterns.exceptions)
		return;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if ((at->keyword == STK_COPY || at->keyword == STK_ADD) && !stk_instruction_flag(at, "from") &&
		    !at->broken)
			check_sources(context, rule, at, &patterns);
	}
}

static const struct stk_rule rows[] = {
	{ .id = "CopyIgnoredFile",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "copies a file that .dockerignore leaves out",
	  .why = "The file never reaches the builder: the build stops here, or copies nothing.",
	  .remedy =
		  "The Dockerfile stays as it is: write !tmp/data as the last line of .dockerignore, or do not copy the file.",
	  .bad = "COPY ./tmp/data /data   # .dockerignore: tmp",
	  .good = "COPY ./data /data",
	  .url = "https://docs.docker.com/reference/build-checks/copy-ignored-file/",
	  .check = check_ignored },
};

const struct stk_rule_table stk_buildkit_copy_rules = { "dockerfile", rows, STK_LEN(rows) };
