/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval dockerfile: how a Dockerfile parses, to compare with BuildKit's parser. */
#include "base/limits.h"
#include "cli/eval.h"
#include "dockerfile/dockerfile.h"
#include "io/file.h"
#include "text/json.h"
#include "base/banned.h"

/* The words of an instruction as BuildKit's own parser dumps them, for comparing the two. */
static void put_strings(struct stk_json_writer *w, const struct stk_instruction *at)
{
	stk_json_key(w, "args");
	stk_json_begin_array(w);
	bool pairs = at->keyword == STK_ENV || at->keyword == STK_LABEL;
	for (size_t i = 0; pairs && i < at->pairs.n; i++) {
		stk_json_write_str(w, at->pairs.v[i].key.raw);
		stk_json_write_str(w, at->pairs.v[i].value.raw);
		stk_json_write_str(w, at->pairs.v[i].legacy ? S("") : S("="));
	}
	for (size_t i = 0; !pairs && i < at->words.n; i++)
		stk_json_write_str(w, at->json ? at->words.v[i].value : at->words.v[i].raw);
	stk_json_end_array(w);
}

static void put_flags(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_instruction *at)
{
	stk_json_key(w, "flags");
	stk_json_begin_array(w);
	for (size_t i = 0; i < at->flags.n; i++)
		stk_json_write_str(w, stk_arena_printf(arena, "--" STK_FMT "%s" STK_FMT, STK_ARG(at->flags.v[i].name),
						       at->flags.v[i].has_value ? "=" : "",
						       STK_ARG(at->flags.v[i].value)));
	stk_json_end_array(w);
}

static void put_heredocs(struct stk_json_writer *w, const struct stk_instruction *at)
{
	stk_json_key(w, "heredocs");
	stk_json_begin_array(w);
	for (size_t i = 0; i < at->heredocs.n; i++) {
		const struct stk_heredoc *heredoc = &at->heredocs.v[i];
		stk_json_begin_array(w);
		stk_json_write_str(w, heredoc->name);
		stk_json_write_bool(w, heredoc->expand);
		stk_json_write_bool(w, heredoc->chomp);
		stk_json_write_str(w, heredoc->content);
		stk_json_end_array(w);
	}
	stk_json_end_array(w);
}

static void put_instruction(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_instruction *at)
{
	stk_json_begin_object(w);
	stk_json_put_str(w, "name", at->name);
	stk_json_put_int(w, "line", at->line);
	stk_json_put_int(w, "end_line", at->end_line);
	stk_json_put_bool(w, "json", at->json);
	put_flags(w, arena, at);
	put_strings(w, at);
	put_heredocs(w, at);
	if (at->inner) {
		stk_json_key(w, "inner");
		put_instruction(w, arena, at->inner);
	}
	stk_json_end_object(w);
}

static void put_file(struct stk_json_writer *w, struct stk_arena *arena, const struct stk_dockerfile *file)
{
	stk_json_begin_object(w);
	stk_json_key(w, "errors");
	stk_json_begin_array(w);
	for (size_t i = 0; i < file->errors.n; i++)
		stk_json_write_str(w, file->errors.v[i].message);
	stk_json_end_array(w);
	stk_json_key(w, "instructions");
	stk_json_begin_array(w);
	for (size_t i = 0; i < file->instructions.n; i++)
		put_instruction(w, arena, file->instructions.v[i]);
	stk_json_end_array(w);
	stk_json_end_object(w);
}

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	(void)context;
	struct stk_json *question;
	struct stk_err err;
	struct stk_str text;
	if (stk_json_parse(arena, line, &question, &err) < 0) {
		stk_buf_add(out, S("invalid"));
		return;
	}
	const struct stk_json *inlined = stk_json_get(question, "dockerfile");
	struct stk_str path = stk_arena_str(arena, stk_json_str(question, "file"));
	if (inlined)
		text = inlined->text;
	else if (stk_file_read(arena, path.p, STK_LIMIT_TEXT_FILE, &text, &err) < 0) {
		stk_buf_add(out, S("invalid"));
		return;
	}
	struct stk_json_writer w = stk_json_writer(out, 0);
	put_file(&w, arena, stk_dockerfile_parse(arena, S("Dockerfile"), text, NULL));
}

const struct stk_eval_area stk_eval_dockerfile = { .name = "dockerfile",
						   .form = "JSON {dockerfile} or {file} -> JSON {errors, instructions}",
						   .answer = answer };
