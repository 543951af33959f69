/* SPDX-License-Identifier: Apache-2.0 */
/* Heredocs of RUN, COPY and ADD: every word of the form [N]<<[-]NAME announces one. */
#include "base/buf.h"
#include "dockerfile/lex.h"
#include "dockerfile/parse.h"
#include "base/banned.h"

static struct stk_lex_result lex_words(struct stk_arena *arena, struct stk_str text, bool raw)
{
	/* BuildKit uses the backslash here whatever the escape directive says. */
	struct stk_lex_options options = { .escape = '\\', .raw_quotes = raw, .raw_escapes = raw, .keep_unset = true };
	return stk_lex(arena, text, &options);
}

static size_t count_quotes(struct stk_str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '"' || s.p[i] == '\'';
	return n;
}

/* ^(\d*)<<(-?)\s*([^<]*)$ */
bool stk_parse_heredoc_marker(struct stk_arena *arena, struct stk_str word, struct stk_heredoc *out)
{
	size_t i = 0;
	while (i < word.n && stk_is_digit(word.p[i]))
		i++;
	if (i + 2 > word.n || word.p[i] != '<' || word.p[i + 1] != '<')
		return false;
	i += 2;
	bool chomp = i < word.n && word.p[i] == '-';
	struct stk_str name = stk_str_trim_left(stk_str_slice(word, i + chomp, word.n));
	if (!name.n || stk_str_find_byte(name, '<') != SIZE_MAX)
		return false;
	struct stk_lex_options raw = { .escape = '\\', .raw_quotes = true, .keep_unset = true };
	struct stk_lex_options bare = { .escape = '\\', .keep_unset = true };
	struct stk_lex_result with = stk_lex(arena, name, &raw), without = stk_lex(arena, name, &bare);
	if (without.error || without.words.n != 1 || with.words.n != 1)
		return false;
	*out = (struct stk_heredoc){
		.name = without.words.v[0].text,
		.chomp = chomp,
		.expand = count_quotes(with.words.v[0].text) == count_quotes(without.words.v[0].text),
	};
	return true;
}

/* ONBUILD RUN may hold one as well; the JSON form never does. */
static bool can_hold_heredoc(const struct stk_instruction *instruction)
{
	if (instruction->keyword == STK_ONBUILD)
		return instruction->inner && instruction->inner->keyword != STK_ONBUILD &&
		       can_hold_heredoc(instruction->inner);
	return !instruction->json &&
	       (instruction->keyword == STK_RUN || instruction->keyword == STK_COPY || instruction->keyword == STK_ADD);
}

static struct stk_str without_tabs(struct stk_str line)
{
	while (line.n && line.p[0] == '\t')
		line = stk_str_slice(line, 1, line.n);
	return line;
}

/* "<<-": without the tabs that each line begins with. */
static struct stk_str chomped(struct stk_arena *arena, struct stk_str content)
{
	STK_BUF out = stk_buf_new(content.n + 1);
	while (content.n) {
		size_t end = stk_str_find_byte(content, '\n');
		end = end == SIZE_MAX ? content.n : end + 1;
		stk_buf_add(&out, without_tabs(stk_str_slice(content, 0, end)));
		content = stk_str_slice(content, end, content.n);
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* Reads lines off the file up to the delimiter. Without one, all the rest is the body and terminated stays
   false. */
static void read_body(struct stk_parser *parser, struct stk_heredoc *heredoc)
{
	struct stk_str line;
	size_t begin = parser->at, end = parser->at;
	while (!heredoc->terminated && stk_parse_next_line(parser, &line)) {
		heredoc->terminated = stk_str_eq(heredoc->chomp ? without_tabs(line) : line, heredoc->name);
		if (!heredoc->terminated)
			end = parser->at;
	}
	heredoc->span = (struct stk_span){ begin, end };
	heredoc->content = stk_str_slice(parser->file->text, begin, end);
	heredoc->body = heredoc->chomp ? chomped(parser->arena, heredoc->content) : heredoc->content;
}

/* A RUN that is nothing but one heredoc runs its body. */
static void take_body(struct stk_parser *parser, struct stk_instruction *instruction)
{
	const struct stk_heredoc *heredoc = &instruction->heredocs.v[0];
	struct stk_heredoc marker;
	if (instruction->keyword != STK_RUN || instruction->heredocs.n != 1 ||
	    !stk_parse_heredoc_marker(parser->arena, instruction->arguments.text, &marker))
		return;
	instruction->shell_is_heredoc = true;
	instruction->shell_text = (struct stk_source_text){ .text = heredoc->body };
	size_t text = 0, file = heredoc->span.begin;
	for (struct stk_str rest = heredoc->content; rest.n;) {
		size_t end = stk_str_find_byte(rest, '\n');
		struct stk_str line = stk_str_slice(rest, 0, end == SIZE_MAX ? rest.n : end + 1);
		struct stk_str kept = heredoc->chomp ? without_tabs(line) : line;
		if (heredoc->chomp || !text)
			*STK_PUSH(parser->arena, &instruction->shell_text.pieces) =
				(struct stk_text_piece){ text, file + (line.n - kept.n) };
		text += kept.n;
		file += line.n;
		rest = stk_str_slice(rest, line.n, rest.n);
	}
}

void stk_parse_heredocs(struct stk_parser *parser, struct stk_instruction *instruction,
			const struct stk_source_text *line)
{
	if (!can_hold_heredoc(instruction) || !stk_str_contains(line->text, S("<<")))
		return;
	struct stk_lex_result words = lex_words(parser->arena, line->text, true);
	struct stk_instruction *holder = instruction->inner ? instruction->inner : instruction;
	for (size_t i = 0; i < words.words.n; i++) {
		struct stk_heredoc heredoc;
		if (!stk_parse_heredoc_marker(parser->arena, words.words.v[i].text, &heredoc))
			continue;
		heredoc.marker = stk_source_span(line, words.words.v[i].begin, words.words.v[i].end);
		read_body(parser, &heredoc);
		*STK_PUSH(parser->arena, &holder->heredocs) = heredoc;
		if (!heredoc.terminated) {
			struct stk_parse_line l = { .parser = parser, .instruction = holder, .line = line };
			stk_parse_error(&l, line->text, "the heredoc \"" STK_FMT "\" is not terminated",
					STK_ARG(heredoc.name));
			parser->file->errors.v[parser->file->errors.n - 1].span = heredoc.marker;
		}
	}
	if (holder->heredocs.n)
		take_body(parser, holder);
}
