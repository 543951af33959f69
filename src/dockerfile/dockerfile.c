/* SPDX-License-Identifier: Apache-2.0 */
/* From a file's bytes to instructions: physical lines, directives, comments, continuations; one instruction at a time.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/parse.h"
#include "base/banned.h"

void stk_parse_error_at(struct stk_dockerfile *file, struct stk_instruction *instruction, struct stk_span span,
			bool semantic, struct stk_str message)
{
	*STK_PUSH(file->arena, &file->errors) = (struct stk_syntax_error){
		.message = message, .hint = S(""), .span = span, .instruction = instruction, .semantic = semantic
	};
	if (!instruction)
		return;
	instruction->broken = true;
	if (instruction->outer)
		((struct stk_instruction *)instruction->outer)->broken = true;
}

static struct stk_str format(struct stk_arena *arena, const char *fmt, va_list args)
{
	char text[512];
	int n = vsnprintf(text, sizeof text, fmt, args);
	return stk_arena_str(arena, (struct stk_str){ text, n < 0		      ? 0
							    : (size_t)n < sizeof text ? (size_t)n
										      : sizeof text - 1 });
}

void stk_parse_error(struct stk_parse_line *l, struct stk_str where, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct stk_str message = format(l->parser->arena, fmt, args);
	va_end(args);
	stk_parse_error_at(l->parser->file, l->instruction, stk_parse_span(l, where), false, message);
}

void stk_parse_error_semantic(struct stk_parse_line *l, struct stk_str where, const char *fmt, ...)
{
	va_list args;
	va_start(args, fmt);
	struct stk_str message = format(l->parser->arena, fmt, args);
	va_end(args);
	stk_parse_error_at(l->parser->file, l->instruction, stk_parse_span(l, where), true, message);
}

/* ---- physical lines ---- */

bool stk_parse_next_line(struct stk_parser *parser, struct stk_str *out)
{
	struct stk_str text = parser->file->text;
	if (parser->at >= text.n)
		return false;
	const char *begin = text.p + parser->at, *newline = memchr(begin, '\n', text.n - parser->at);
	size_t end = newline ? (size_t)(newline - text.p) : text.n;
	*STK_PUSH(parser->arena, &parser->file->lines) = parser->at;
	*out = stk_str_slice(text, parser->at, end);
	while (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	parser->at = newline ? end + 1 : end;
	parser->line++;
	return true;
}

static size_t offset_of(const struct stk_parser *parser, struct stk_str s)
{
	return (size_t)(s.p - parser->file->text.p);
}

static struct stk_str trim_left(struct stk_str s)
{
	for (size_t n; (n = stk_parse_space(s));)
		s = stk_str_slice(s, n, s.n);
	return s;
}

static void add_comment(struct stk_parser *parser, struct stk_str line, bool directive, bool inside)
{
	size_t begin = offset_of(parser, line);
	*STK_PUSH(parser->arena, &parser->file->comments) = (struct stk_comment){
		.text = stk_str_slice(line, 1, line.n),
		.span = { begin, begin + line.n },
		.line = parser->line,
		.directive = directive,
		.inside = inside,
	};
}

/* ---- directives ---- */

/* ^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$ */
static bool split_directive(struct stk_str line, struct stk_str *name, struct stk_str *value)
{
	struct stk_str rest = stk_str_trim_left(stk_str_slice(line, 1, line.n));
	size_t n = 0;
	while (n < rest.n && (n ? stk_is_alnum(rest.p[n]) : stk_is_alpha(rest.p[n])))
		n++;
	*name = stk_str_slice(rest, 0, n);
	rest = stk_str_trim_left(stk_str_slice(rest, n, rest.n));
	if (!n || !rest.n || rest.p[0] != '=')
		return false;
	*value = stk_str_trim(stk_str_slice(rest, 1, rest.n));
	return value->n > 0;
}

static struct stk_directive *directive_of(struct stk_dockerfile *file, struct stk_str name)
{
	return stk_str_eq_nocase(name, S("syntax"))   ? &file->directives.syntax
	       : stk_str_eq_nocase(name, S("escape")) ? &file->directives.escape
	       : stk_str_eq_nocase(name, S("check"))  ? &file->directives.check
						      : NULL;
}

/* Takes a comment at the top as a directive; false when it is an ordinary comment. */
static bool take_directive(struct stk_parser *parser, struct stk_str line)
{
	struct stk_dockerfile *file = parser->file;
	struct stk_str name, value;
	struct stk_directive *directive = split_directive(line, &name, &value) ? directive_of(file, name) : NULL;
	if (!directive)
		return false;
	size_t begin = offset_of(parser, line);
	struct stk_span span = { begin, begin + line.n };
	if (directive->value.p) {
		stk_parse_error_at(
			file, NULL, span, false,
			stk_arena_printf(parser->arena, "the directive \"" STK_FMT "\" is given twice", STK_ARG(name)));
		return true;
	}
	*directive = (struct stk_directive){ value, { offset_of(parser, value), offset_of(parser, value) + value.n } };
	if (directive != &file->directives.escape)
		return true;
	if (value.n == 1 && (value.p[0] == '\\' || value.p[0] == '`'))
		file->escape = value.p[0];
	else
		stk_parse_error_at(file, NULL, span, false, S("the escape directive takes \\ or `"));
	return true;
}

/* ---- logical lines ---- */

/* Takes the escape character that continues a line off it; false when the line ends the instruction. */
static bool continues(struct stk_str *line, char escape)
{
	size_t n = line->n;
	while (n && (line->p[n - 1] == ' ' || line->p[n - 1] == '\t'))
		n--;
	if (!n || line->p[n - 1] != escape || (n > 1 && line->p[n - 2] == escape))
		return false;
	line->n = n - 1;
	return true;
}

struct line_builder {
	struct stk_source_text text;
	struct stk_buf joined;
	bool several;
	size_t end; /* of the last physical line, in the file */
};

static void add_part(struct stk_parser *parser, struct line_builder *b, struct stk_str part)
{
	if (b->several)
		stk_buf_add(&b->joined, part);
	*STK_PUSH(parser->arena, &b->text.pieces) =
		(struct stk_text_piece){ b->several ? b->joined.n - part.n : 0, offset_of(parser, part) };
}

/* The lines that follow a continuation mark. */
static void read_continued(struct stk_parser *parser, struct stk_instruction *instruction, struct line_builder *b)
{
	struct stk_str line;
	bool more = true;
	while (more && stk_parse_next_line(parser, &line)) {
		b->end = offset_of(parser, line) + line.n;
		struct stk_str start = trim_left(line);
		if (start.n && start.p[0] == '#') {
			add_comment(parser, start, false, true);
		} else if (!start.n) {
			instruction->empty_continuation = true;
		} else {
			more = continues(&line, parser->file->escape);
			add_part(parser, b, line);
		}
	}
}

/* The logical line that begins with `first`, whose continuation mark is gone when there was one. */
static struct stk_source_text *read_logical(struct stk_parser *parser, struct stk_instruction *instruction,
					    struct stk_str first, bool continued, size_t first_end)
{
	struct line_builder b = { .end = first_end, .several = continued };
	struct stk_source_text *out = STK_NEW(parser->arena, struct stk_source_text, 1);
	if (continued) {
		b.joined = stk_buf_new(STK_LIMIT_TEXT_FILE + 1);
		add_part(parser, &b, first);
		read_continued(parser, instruction, &b);
		b.text.text = stk_arena_str(parser->arena, stk_buf_str(&b.joined));
		stk_buf_free(&b.joined);
	} else {
		add_part(parser, &b, first);
		b.text.text = first;
	}
	instruction->span = instruction->head = (struct stk_span){ offset_of(parser, first), b.end };
	instruction->head_end_line = instruction->end_line = parser->line;
	*out = b.text;
	return out;
}

/* ---- instructions ---- */

static enum stk_keyword keyword_of(struct stk_str name)
{
	for (int i = 0; name.n && i < STK_UNKNOWN_KEYWORD; i++) {
		const char *known = stk_keyword_name((enum stk_keyword)i);
		if (known[0] == (name.p[0] & ~0x20) && stk_str_eq_nocase(name, stk_str_from(known)))
			return (enum stk_keyword)i;
	}
	return STK_UNKNOWN_KEYWORD;
}

void stk_parse_instruction(struct stk_parser *parser, struct stk_instruction *instruction,
			   const struct stk_source_text *line)
{
	struct stk_parse_line l = { .parser = parser, .instruction = instruction, .line = line };
	struct stk_str text = stk_parse_trim(line->text);
	size_t n = 0;
	while (n < text.n && !stk_parse_is_blank(text.p[n]))
		n++;
	instruction->name = stk_str_slice(text, 0, n);
	instruction->name_span = stk_parse_span(&l, instruction->name);
	instruction->keyword = keyword_of(instruction->name);
	l.rest = stk_parse_trim(stk_str_slice(text, n, text.n));
	stk_parse_flags(&l);
	size_t begin = (size_t)(l.rest.p - line->text.p);
	instruction->arguments = stk_source_slice(parser->arena, line, begin, begin + l.rest.n);
	if (instruction->keyword != STK_UNKNOWN_KEYWORD)
		stk_parse_check_flags(&l);
	stk_parse_arguments(&l);
}

/* The run of comments that ends on the line above. */
static void attach_comments(struct stk_parser *parser, struct stk_instruction *instruction)
{
	const struct stk_comment *v = parser->file->comments.v;
	size_t end = parser->file->comments.n, first = end;
	uint32_t line = instruction->line;
	while (first && !v[first - 1].inside && !v[first - 1].directive && v[first - 1].line + 1 == line) {
		first--;
		line--;
	}
	instruction->comments.first = first;
	instruction->comments.n = end - first;
}

static void read_instruction(struct stk_parser *parser, struct stk_str first, size_t first_end)
{
	bool continued = continues(&first, parser->file->escape);
	struct stk_instruction *instruction = STK_NEW(parser->arena, struct stk_instruction, 1);
	instruction->line = parser->line;
	attach_comments(parser, instruction);
	struct stk_source_text *line = read_logical(parser, instruction, first, continued, first_end);
	if (!stk_parse_trim(line->text).n) {
		stk_parse_error_at(parser->file, NULL, instruction->span, true,
				   S("nothing follows the continuation mark"));
		return;
	}
	struct stk_str lead = trim_left(line->text);
	instruction->span.begin = instruction->head.begin =
		stk_source_span(line, (size_t)(lead.p - line->text.p), line->text.n).begin;
	*STK_PUSH(parser->arena, &parser->file->instructions) = instruction;
	stk_parse_instruction(parser, instruction, line);
	uint32_t lines = parser->line;
	stk_parse_heredocs(parser, instruction, line);
	if (parser->line > lines) {
		struct stk_str last =
			stk_str_slice(parser->file->text, parser->file->lines.v[parser->line - 1], parser->at);
		instruction->end_line = parser->line;
		instruction->span.end = offset_of(parser, last) + stk_str_cut_line(&last).n;
		if (instruction->inner) {
			instruction->inner->span.end = instruction->span.end;
			instruction->inner->end_line = instruction->end_line;
		}
	}
}

static void read_file(struct stk_parser *parser)
{
	struct stk_str line;
	bool directives = true;
	while (stk_parse_next_line(parser, &line)) {
		size_t end = offset_of(parser, line) + line.n;
		if (parser->line == 1)
			line = stk_str_strip_prefix(line, S("\xef\xbb\xbf"));
		line = trim_left(line);
		if (line.n && line.p[0] == '#') {
			/* A "#!" line may stand above the directives. */
			bool shebang = parser->line == 1 && line.n > 1 && line.p[1] == '!';
			directives = directives && (shebang || take_directive(parser, line));
			add_comment(parser, line, directives && !shebang, false);
			continue;
		}
		directives = false;
		if (line.n)
			read_instruction(parser, line, end);
	}
}

/* What the byte order mark of another encoding says. */
static const char *other_encoding(struct stk_str text)
{
	static const struct {
		const char *mark;
		size_t n;
		const char *name;
	} marks[] = {
		{ "\xff\xfe\0\0", 4, "UTF-32" },
		{ "\0\0\xfe\xff", 4, "UTF-32" },
		{ "\xff\xfe", 2, "UTF-16" },
		{ "\xfe\xff", 2, "UTF-16" },
	};
	for (size_t i = 0; i < STK_LEN(marks); i++)
		if (stk_str_starts(text, (struct stk_str){ marks[i].mark, marks[i].n }))
			return marks[i].name;
	return NULL;
}

struct stk_dockerfile *stk_dockerfile_parse(struct stk_arena *arena, struct stk_str name, struct stk_str text,
					    const struct stk_variables *build_args)
{
	struct stk_dockerfile *file = STK_NEW(arena, struct stk_dockerfile, 1);
	file->arena = arena;
	file->name = name;
	file->text = text;
	file->escape = '\\';
	struct stk_parser parser = { .arena = arena, .file = file };
	const char *encoding = other_encoding(text);
	if (encoding)
		stk_parse_error_at(file, NULL, (struct stk_span){ 0, 0 }, false,
				   stk_arena_printf(arena, "the file is %s; BuildKit reads UTF-8 only", encoding));
	else
		read_file(&parser);
	if (!file->instructions.n && !encoding)
		stk_parse_error_at(file, NULL, (struct stk_span){ 0, 0 }, true, S("the file holds no instructions"));
	stk_parse_stages(file, build_args);
	return file;
}
