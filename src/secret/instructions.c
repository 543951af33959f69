/* SPDX-License-Identifier: Apache-2.0 */
/*
 * History to Dockerfile lines: see instructions.h. Both lists are walked from their ends, since
 * what differs (a base image's history) is at the beginning.
 */
#include "secret/instructions.h"

#include "base/banned.h"

struct instruction {
	struct stk_str text;
	uint32_t line;
};
struct instructions {
	struct instruction *v;
	size_t n, cap;
};

struct stk_str stk_instruction_text(struct stk_arena *arena, struct stk_str created_by)
{
	struct stk_str text = stk_str_trim(created_by);
	text = stk_str_trim(stk_str_strip_suffix(text, S("# buildkit")));
	if (stk_str_starts(text, S("/bin/sh -c #(nop)")))
		return stk_str_trim(stk_str_slice(text, 17, text.n));
	bool run = stk_str_starts(text, S("RUN "));
	struct stk_str rest = run ? stk_str_trim_left(stk_str_slice(text, 4, text.n)) : text;
	if (rest.n && rest.p[0] == '|') {
		size_t shell = stk_str_find(rest, S("/bin/sh -c "));
		if (shell != SIZE_MAX)
			rest = stk_str_slice(rest, shell, rest.n);
	}
	if (!stk_str_starts(rest, S("/bin/sh -c ")))
		return text;
	return stk_arena_join(arena, S("RUN "), stk_str_trim_left(stk_str_slice(rest, 11, rest.n)));
}

/* Lower case without white space, quotes and backslashes: the builders differ in all of them. */
static struct stk_str squeeze(struct stk_arena *arena, struct stk_str text)
{
	char *out = STK_NEW(arena, char, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i++)
		if (!stk_is_space(text.p[i]) && text.p[i] != '\\' && text.p[i] != '"' && text.p[i] != '[' &&
		    text.p[i] != ']' && text.p[i] != ',')
			out[n++] = stk_lower(text.p[i]);
	return (struct stk_str){ out, n };
}

static struct stk_str keyword_of(struct stk_str text)
{
	struct stk_str rest = stk_str_trim_left(text);
	return stk_str_cut_word(&rest);
}

/* The instructions behind the last FROM, each with its continuation lines and comments inside them left out. */
static void read_last_stage(struct stk_arena *arena, struct stk_str text, struct instructions *out)
{
	uint32_t number = 0;
	while (text.n) {
		struct stk_str line = stk_str_cut_line(&text), whole = stk_str_trim(line);
		uint32_t first = ++number;
		if (!whole.n || whole.p[0] == '#')
			continue;
		while (text.n && stk_str_ends(whole, S("\\"))) {
			struct stk_str next = stk_str_trim(stk_str_cut_line(&text));
			number++;
			if (!next.n || next.p[0] != '#')
				whole = stk_arena_printf(arena, STK_FMT " " STK_FMT,
							 STK_ARG(stk_str_slice(whole, 0, whole.n - 1)), STK_ARG(next));
		}
		if (stk_str_eq_nocase(keyword_of(whole), S("FROM")))
			out->n = 0;
		else
			*STK_PUSH(arena, out) = (struct instruction){ whole, first };
	}
}

/* COPY and ADD of the classic builder name a digest instead of their sources: then the destination decides. */
static bool same(struct stk_arena *arena, struct stk_str written, struct stk_str recorded)
{
	struct stk_str keyword = keyword_of(written);
	if (!stk_str_eq_nocase(keyword, keyword_of(recorded)))
		return false;
	struct stk_str a = squeeze(arena, written), b = squeeze(arena, recorded);
	if (stk_str_eq(a, b))
		return true;
	/* RUN --mount=... is recorded without its mounts. */
	if (stk_str_eq_nocase(keyword, S("RUN")) && b.n > 8 && stk_str_contains(a, stk_str_slice(b, 3, b.n)))
		return true;
	/* HEALTHCHECK &{["CMD-SHELL" "..."] ...} holds the command as it was written. */
	if (stk_str_eq_nocase(keyword, S("HEALTHCHECK"))) {
		size_t command = stk_str_find(a, S("cmd"));
		return command != SIZE_MAX && stk_str_contains(b, stk_str_slice(a, command + 3, a.n));
	}
	if (!stk_str_eq_nocase(keyword, S("COPY")) && !stk_str_eq_nocase(keyword, S("ADD")))
		return false;
	size_t space = stk_str_rfind_byte(stk_str_trim(recorded), ' ');
	struct stk_str to =
		squeeze(arena, stk_str_slice(stk_str_trim(recorded), space == SIZE_MAX ? 0 : space, recorded.n));
	to = stk_str_strip_suffix(to, S("/"));
	return stk_str_ends(stk_str_strip_suffix(a, S("/")), to);
}

void stk_instruction_lines(struct stk_arena *arena, const struct stk_strs *history, struct stk_str dockerfile,
			   uint32_t *lines)
{
	struct instructions written = { 0 };
	read_last_stage(arena, dockerfile, &written);
	size_t below = written.n;
	for (size_t i = history->n; i-- > 0;) {
		struct stk_str recorded = stk_instruction_text(arena, history->v[i]);
		lines[i] = 0;
		for (size_t k = below; k-- > 0;) {
			if (!same(arena, written.v[k].text, recorded))
				continue;
			lines[i] = written.v[k].line;
			below = k;
			break;
		}
	}
}
