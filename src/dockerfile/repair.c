/* SPDX-License-Identifier: Apache-2.0 */
/* See repair.h. */
#include <stdarg.h>
#include <stdio.h>

#include "dockerfile/repair.h"
#include "base/banned.h"

/* Instructions that the repairs of one file look at. */
enum { MOST_WORK = 1 << 21 };

struct stk_repair stk_repair_new(struct stk_dockerfile_context *context)
{
	return (struct stk_repair){ .context = context };
}

void stk_repair_offer(struct stk_repair *repair, struct stk_finding *finding, bool safe, const char *fmt, ...)
{
	char description[256];
	va_list args;
	if (repair->failed || !repair->edits.n)
		return;
	va_start(args, fmt);
	(void)vsnprintf(description, sizeof description, fmt, args);
	va_end(args);
	struct stk_fix *fix = stk_finding_fix(repair->context->report, finding, safe, description);
	for (size_t i = 0; i < repair->edits.n; i++)
		stk_dockerfile_edit(repair->context, fix, repair->edits.v[i].begin, repair->edits.v[i].end,
				    repair->edits.v[i].text);
}

void stk_repair_replace(struct stk_repair *repair, size_t begin, size_t end, struct stk_str text)
{
	*STK_PUSH(repair->context->arena, &repair->edits) =
		(struct stk_edit){ .begin = begin, .end = end, .text = text };
}

bool stk_repair_afford(struct stk_repair *repair, size_t work)
{
	size_t *spent = &repair->context->repair_work;
	*spent += work < MOST_WORK ? work : MOST_WORK;
	if (*spent <= MOST_WORK)
		return true;
	*spent = MOST_WORK;
	repair->failed = true;
	return false;
}

static const struct stk_dockerfile *file_of(const struct stk_repair *repair)
{
	return repair->context->file;
}

/* ---- lines ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t line_begin(struct stk_str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* Behind the line end, or the end of the text. */
static size_t line_behind(struct stk_str text, size_t at)
{
	while (at < text.n && text.p[at] != '\n')
		at++;
	return at + (at < text.n);
}

/* How the file ends its lines: as the first one does. */
static struct stk_str line_end(const struct stk_dockerfile *file)
{
	size_t at = stk_str_find_byte(file->text, '\n');
	return at != SIZE_MAX && at > 0 && file->text.p[at - 1] == '\r' ? S("\r\n") : S("\n");
}

/* The keyword, in small letters where the neighbour begins with one. */
static struct stk_str keyword_like(const struct stk_repair *repair, const struct stk_instruction *at,
				   const char *keyword)
{
	bool lower = at->name.n && at->name.p[0] >= 'a' && at->name.p[0] <= 'z';
	return lower ? stk_arena_lower(repair->context->arena, stk_str_from(keyword)) : stk_str_from(keyword);
}

/* The blanks between the line's beginning and the instruction; the first line may have a byte order mark there. */
static struct stk_str indentation(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	size_t begin = at->span.begin;
	while (begin > 0 && is_blank(file->text.p[begin - 1]))
		begin--;
	return stk_str_slice(file->text, begin, at->span.begin);
}

/* The instruction, or the first of the comments directly above that are about it; a directive is about the file. */
static size_t block_begin(const struct stk_dockerfile *file, const struct stk_instruction *at)
{
	size_t begin = at->span.begin;
	for (size_t i = at->comments.n; i-- > 0;) {
		const struct stk_comment *comment = &file->comments.v[at->comments.first + i];
		if (comment->directive || comment->inside)
			break;
		begin = comment->span.begin;
	}
	return begin;
}

void stk_repair_line_before(struct stk_repair *repair, const struct stk_instruction *at, const char *keyword,
			    struct stk_str arguments)
{
	const struct stk_dockerfile *file = file_of(repair);
	struct stk_str name = keyword_like(repair, at, keyword), end = line_end(file), blanks = indentation(file, at);
	size_t begin = block_begin(file, at);
	repair->failed |= at->outer != NULL;
	stk_repair_replace(repair, begin, begin,
			   stk_arena_printf(repair->context->arena, STK_FMT " " STK_FMT STK_FMT STK_FMT, STK_ARG(name),
					    STK_ARG(arguments), STK_ARG(end), STK_ARG(blanks)));
}

void stk_repair_blank_line_before(struct stk_repair *repair, const struct stk_instruction *at)
{
	size_t begin = line_begin(file_of(repair)->text, at->span.begin);
	stk_repair_replace(repair, begin, begin, line_end(file_of(repair)));
}

void stk_repair_line_behind(struct stk_repair *repair, const struct stk_instruction *at, const char *keyword,
			    struct stk_str arguments)
{
	const struct stk_dockerfile *file = file_of(repair);
	struct stk_str name = keyword_like(repair, at, keyword), end = line_end(file), blanks = indentation(file, at);
	size_t behind = line_behind(file->text, at->span.end);
	bool open = behind == 0 || file->text.p[behind - 1] != '\n'; /* the last line has no end */
	repair->failed |= at->outer != NULL;
	for (size_t i = 0; i < at->heredocs.n; i++)
		repair->failed |= !at->heredocs.v[i].terminated;
	stk_repair_replace(repair, behind, behind,
			   stk_arena_printf(repair->context->arena, STK_FMT STK_FMT STK_FMT " " STK_FMT STK_FMT,
					    STK_ARG(open ? end : S("")), STK_ARG(blanks), STK_ARG(name),
					    STK_ARG(arguments), STK_ARG(open ? S("") : end)));
}

void stk_repair_remove_instruction(struct stk_repair *repair, const struct stk_instruction *at)
{
	struct stk_str text = file_of(repair)->text;
	size_t begin = at->span.begin;
	while (begin > 0 && is_blank(text.p[begin - 1]))
		begin--;
	repair->failed |= at->outer != NULL;
	stk_repair_replace(repair, begin, line_behind(text, at->span.end), S(""));
}

/* ---- words ---- */

/* Are there only blanks from here to the line's end, but for one continuation mark? */
static bool ends_line(const struct stk_dockerfile *file, size_t at, bool *continued)
{
	*continued = false;
	for (; at < file->text.n && file->text.p[at] != '\n'; at++) {
		char c = file->text.p[at];
		if (!*continued && (c == '\\' || c == file->escape))
			*continued = true;
		else if (!is_blank(c) && c != '\r')
			return false;
	}
	return true;
}

/* Where the mark stands that continues the line above, blanks before it included; SIZE_MAX when there is none. */
static size_t mark_above(const struct stk_dockerfile *file, size_t begin)
{
	const char *p = file->text.p;
	size_t at = begin;
	if (!at || p[at - 1] != '\n')
		return SIZE_MAX;
	at--;
	while (at > 0 && (is_blank(p[at - 1]) || p[at - 1] == '\r'))
		at--;
	/* The shell's own backslash counts too: with another escape directive, it may stand
	   inside a heredoc or a quoted text. */
	if (!at || (p[at - 1] != '\\' && p[at - 1] != file->escape))
		return SIZE_MAX;
	at--;
	size_t start = line_begin(file->text, at);
	struct stk_str line = stk_str_trim(stk_str_slice(file->text, start, at));
	if (!line.n || line.p[0] == '#')
		return SIZE_MAX;
	while (at > start && is_blank(p[at - 1]))
		at--;
	return at;
}

/* With the word go the blanks before it. A word that has its line for itself takes the line
   along; the last one of a command takes the continuation mark above. */
void stk_repair_remove_word(struct stk_repair *repair, struct stk_span word)
{
	const struct stk_dockerfile *file = file_of(repair);
	size_t begin = word.begin, end = word.end, start = line_begin(file->text, begin);
	bool continued;
	while (begin > start && is_blank(file->text.p[begin - 1]))
		begin--;
	if (begin > start) {
		stk_repair_replace(repair, begin, end, S(""));
	} else if (!ends_line(file, end, &continued)) { /* first on its line: what follows takes its place */
		while (end < file->text.n && is_blank(file->text.p[end]))
			end++;
		stk_repair_replace(repair, word.begin, end, S(""));
	} else if (continued) {
		stk_repair_replace(repair, start, line_behind(file->text, end), S(""));
	} else {
		size_t mark = mark_above(file, start);
		repair->failed |= mark == SIZE_MAX;
		if (mark != SIZE_MAX)
			stk_repair_replace(repair, mark, end, S(""));
	}
}

bool stk_word_is_verbatim(const struct stk_dockerfile *file, const struct stk_run_command *command,
			  const struct stk_shell_word *word)
{
	struct stk_span span = stk_word_span(command, word);
	return span.end - span.begin == word->end - word->begin &&
	       stk_str_eq(stk_str_slice(file->text, span.begin, span.end),
			  stk_str_slice(command->script->shell->text, word->begin, word->end));
}

/* In the JSON form a word stands between quotes of another kind, and other commas round it. */
static bool is_json(const struct stk_repair *repair, struct stk_span word)
{
	const struct stk_dockerfile *file = file_of(repair);
	uint32_t line, column;
	stk_dockerfile_position(file, word.begin, &line, &column);
	const struct stk_instruction *at = stk_dockerfile_instruction_at(file, line);
	return !at || at->json || (at->inner && at->inner->json);
}

void stk_repair_replace_argument(struct stk_repair *repair, const struct stk_run_command *command,
				 const struct stk_shell_word *word, struct stk_str text)
{
	struct stk_span span = stk_word_span(command, word);
	repair->failed |= !stk_word_is_verbatim(file_of(repair), command, word) || is_json(repair, span);
	stk_repair_replace(repair, span.begin, span.end, text);
}

void stk_repair_remove_argument(struct stk_repair *repair, const struct stk_run_command *command,
				const struct stk_shell_word *word)
{
	struct stk_span span = stk_word_span(command, word);
	repair->failed |= !stk_word_is_verbatim(file_of(repair), command, word) || is_json(repair, span);
	if (!repair->failed)
		stk_repair_remove_word(repair, span);
}

void stk_repair_remove_assignment(struct stk_repair *repair, const struct stk_run_command *command,
				  const struct stk_shell_assignment *assignment)
{
	struct stk_str file = file_of(repair)->text;
	struct stk_span span = stk_source_span(command->script->source, assignment->begin, assignment->end);
	repair->failed |= !command->node->words || is_json(repair, span) ||
			  span.end - span.begin != assignment->end - assignment->begin ||
			  !stk_str_starts(stk_str_slice(file, span.begin, span.end), assignment->name);
	while (span.end < file.n && is_blank(file.p[span.end]))
		span.end++;
	stk_repair_replace(repair, span.begin, span.end, S(""));
}

void stk_repair_remove_pair(struct stk_repair *repair, const struct stk_instruction *at, const struct stk_pair *pair)
{
	if (at->pairs.n == 1)
		stk_repair_remove_instruction(repair, at);
	else
		stk_repair_remove_word(repair, pair->span);
}

void stk_repair_add_flag(struct stk_repair *repair, const struct stk_instruction *run, struct stk_str flag)
{
	stk_repair_replace(repair, run->name_span.end, run->name_span.end,
			   stk_arena_printf(repair->context->arena, " " STK_FMT, STK_ARG(flag)));
}

struct stk_str stk_workdir_before(const struct stk_dockerfile *file, const struct stk_instruction *at, bool *any)
{
	*any = at->workdir != NULL;
	struct stk_str path = *any ? at->workdir->words.v[0].raw : S("");
	bool plain = stk_str_starts(path, S("/")) && stk_str_find_byte(path, '$') == SIZE_MAX &&
		     stk_str_find_byte(path, file->escape) == SIZE_MAX && stk_str_find_byte(path, '"') == SIZE_MAX;
	return plain ? path : S("");
}

/* ---- joining RUNs ---- */

bool stk_same_flags(const struct stk_instruction *a, const struct stk_instruction *b)
{
	for (size_t i = 0; i < a->flags.n; i++) {
		bool found = false;
		for (size_t k = 0; k < b->flags.n && !found; k++)
			found = stk_str_eq(a->flags.v[i].name, b->flags.v[k].name) &&
				stk_str_eq(a->flags.v[i].value, b->flags.v[k].value);
		if (!found)
			return false;
	}
	return a->flags.n == b->flags.n;
}

/* A command after which another one finds the same shell, and that no comment or list operator ends. */
static bool is_single_command(const struct stk_run *run, bool first)
{
	const struct stk_instruction *at = run->instruction;
	if (at->json || at->heredocs.n || run->scripts.n != 1 || run->scripts.v[0]->shell->broken || at->broken ||
	    at->outer)
		return false;
	const struct stk_shell *shell = run->scripts.v[0]->shell;
	const struct stk_shell_node *only = shell->root->children;
	for (const struct stk_shell_node *node = only; node; node = node->next)
		if (node->next ? !stk_str_is(node->separator, "&&") : node->separator.n > 0)
			return false;
	/* What a builtin changes for the commands behind it (folder, variables, options) would
	   be lost if it was taken away from them. */
	for (const struct stk_shell_node *node = only; node && first; node = node->next)
		if (node->kind != STK_SHELL_SIMPLE || !node->words ||
		    stk_is_one_of(node->words->text, "cd export set unset umask alias exec exit return trap source . "
						     "eval shopt ulimit pushd popd readonly hash command builtin"))
			return false;
	/* Text behind the last command that the parser did not take is a comment or a mistake. */
	const struct stk_shell_node *last = shell->root->last_child;
	return only && !stk_str_trim(stk_str_slice(shell->text, last->end, shell->text.n)).n;
}

/* The blank lines and comments between two instructions may stand inside a continuation, blank lines better not. */
static void close_gap(struct stk_repair *repair, size_t begin, size_t end)
{
	struct stk_str text = file_of(repair)->text;
	while (begin < end) {
		size_t behind = line_behind(text, begin);
		struct stk_str line = stk_str_slice(text, begin, behind), trimmed = stk_str_trim(line);
		if (behind > end) /* the second instruction's indentation */
			return;
		if (!trimmed.n)
			stk_repair_replace(repair, begin, behind, S(""));
		repair->failed |= stk_str_contains_nocase(trimmed, S("hadolint")) ||
				  stk_str_contains_nocase(trimmed, S("shellcheck"));
		begin = behind;
	}
}

void stk_repair_join(struct stk_repair *repair, const struct stk_run *first, const struct stk_run *second)
{
	const struct stk_dockerfile *file = file_of(repair);
	const struct stk_instruction *a = first->instruction, *b = second->instruction;
	if (!is_single_command(first, true) || !is_single_command(second, false) || a->index + 1 != b->index ||
	    !stk_same_flags(a, b) || !b->shell_text.pieces.n || a->stage != b->stage || a->shell != b->shell) {
		repair->failed = true;
		return;
	}
	struct stk_str blanks = indentation(file, b);
	size_t text = stk_source_span(&b->shell_text, 0, 0).begin;
	struct stk_str between = stk_str_slice(file->text, b->name_span.end, text);
	repair->failed |= stk_str_find_byte(between, '\n') != SIZE_MAX; /* "RUN \" with its command on the next line */
	stk_repair_replace(repair, a->span.end, a->span.end,
			   stk_arena_printf(repair->context->arena, " %c", file->escape));
	/* Comments and blank lines between the two would end up inside of one command. */
	close_gap(repair, line_behind(file->text, a->span.end), b->span.begin);
	stk_repair_replace(repair, b->span.begin, text, blanks.n ? S("&& ") : S("    && "));
}
