/* SPDX-License-Identifier: Apache-2.0 */
/* Small things about texts and places that the parser and the rules share. */
#include <stdint.h>
#include <string.h>

#include "dockerfile/parse.h"
#include "base/banned.h"

static const char *const names[] = {
	[STK_ADD] = "ADD",
	[STK_ARG] = "ARG",
	[STK_CMD] = "CMD",
	[STK_COPY] = "COPY",
	[STK_ENTRYPOINT] = "ENTRYPOINT",
	[STK_ENV] = "ENV",
	[STK_EXPOSE] = "EXPOSE",
	[STK_FROM] = "FROM",
	[STK_HEALTHCHECK] = "HEALTHCHECK",
	[STK_LABEL] = "LABEL",
	[STK_MAINTAINER] = "MAINTAINER",
	[STK_ONBUILD] = "ONBUILD",
	[STK_RUN] = "RUN",
	[STK_SHELL] = "SHELL",
	[STK_STOPSIGNAL] = "STOPSIGNAL",
	[STK_USER] = "USER",
	[STK_VOLUME] = "VOLUME",
	[STK_WORKDIR] = "WORKDIR",
	[STK_UNKNOWN_KEYWORD] = "",
};

const char *stk_keyword_name(enum stk_keyword keyword)
{
	return keyword < STK_LEN(names) ? names[keyword] : "";
}

void stk_dockerfile_position(const struct stk_dockerfile *file, size_t offset, uint32_t *line, uint32_t *column)
{
	size_t low = 0, high = file->lines.n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (file->lines.v[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = (uint32_t)low + 1;
	*column = (uint32_t)(offset - (file->lines.n ? file->lines.v[low] : 0)) + 1;
}

const struct stk_instruction *stk_dockerfile_instruction_at(const struct stk_dockerfile *file, uint32_t line)
{
	size_t low = 0, high = file->instructions.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (file->instructions.v[middle]->end_line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < file->instructions.n && file->instructions.v[low]->line <= line ? file->instructions.v[low] : NULL;
}

/* Index of the piece that holds byte `at`. */
static size_t piece_of(const struct stk_source_text *text, size_t at)
{
	size_t low = 0, high = text->pieces.n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (text->pieces.v[middle].text <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct stk_span stk_source_span(const struct stk_source_text *text, size_t begin, size_t end)
{
	if (!text->pieces.n)
		return (struct stk_span){ 0, 0 };
	struct stk_text_piece first = text->pieces.v[piece_of(text, begin)];
	struct stk_text_piece last = text->pieces.v[piece_of(text, end > begin ? end - 1 : begin)];
	size_t from = first.file + (begin - first.text);
	return (struct stk_span){ from, end > begin ? last.file + (end - last.text) : from };
}

struct stk_source_text stk_source_slice(struct stk_arena *arena, const struct stk_source_text *text, size_t begin,
					size_t end)
{
	struct stk_source_text out = { .text = { text->text.p + begin, end - begin } };
	if (!text->pieces.n)
		return out;
	for (size_t i = piece_of(text, begin); i < text->pieces.n && (text->pieces.v[i].text < end || !out.pieces.n);
	     i++) {
		struct stk_text_piece piece = text->pieces.v[i];
		size_t skip = piece.text < begin ? begin - piece.text : 0;
		*STK_PUSH(arena, &out.pieces) = (struct stk_text_piece){ piece.text + skip - begin, piece.file + skip };
	}
	return out;
}

const struct stk_flag *stk_instruction_flag(const struct stk_instruction *instruction, const char *name)
{
	for (size_t i = 0; i < instruction->flags.n; i++)
		if (stk_str_is(instruction->flags.v[i].name, name))
			return &instruction->flags.v[i];
	return NULL;
}

/* The stages of one name, in order. */
struct stage_numbers {
	size_t *v, n, cap;
};

size_t stk_dockerfile_stage(const struct stk_dockerfile *file, struct stk_str name, size_t limit)
{
	const struct stage_numbers *same = stk_map_get(&file->stage_names, stk_arena_lower(file->arena, name));
	size_t low = 0, high = same ? same->n : 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (same->v[middle] < limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? same->v[low - 1] : SIZE_MAX;
}

bool stk_dockerfile_is_alias(const struct stk_dockerfile *file, struct stk_str name, size_t limit)
{
	uintptr_t first = (uintptr_t)stk_map_get(&file->stage_aliases, name);
	return first && first <= limit;
}

void stk_parse_name_stage(struct stk_dockerfile *file, size_t stage)
{
	const struct stk_word *alias = &file->stages.v[stage].alias;
	struct stk_str name = stk_arena_lower(file->arena, alias->value);
	if (!name.n)
		return;
	void **first = stk_map_at(&file->stage_aliases, file->arena, alias->raw);
	if (!*first)
		*first = (void *)(uintptr_t)(stage + 1);
	struct stage_numbers **same = (struct stage_numbers **)stk_map_at(&file->stage_names, file->arena, name);
	if (!*same)
		*same = STK_NEW(file->arena, struct stage_numbers, 1);
	*STK_PUSH(file->arena, *same) = stage;
}

/* Unicode's White_Space, which is what Go's unicode.IsSpace takes. */
size_t stk_parse_space(struct stk_str s)
{
	static const char *const wide[] = {
		"\xc2\x85",	"\xc2\xa0",	"\xe1\x9a\x80", "\xe2\x80\xa8",
		"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
	};
	if (!s.n)
		return 0;
	if (stk_is_space(s.p[0]))
		return 1;
	if (!(s.p[0] & 0x80))
		return 0;
	/* U+2000 to U+200A; the others of Go's unicode.IsSpace stand in the list. */
	if (s.n >= 3 && memcmp(s.p, "\xe2\x80", 2) == 0 && (unsigned char)s.p[2] >= 0x80 &&
	    (unsigned char)s.p[2] <= 0x8a)
		return 3;
	for (size_t i = 0; i < STK_LEN(wide); i++)
		if (stk_str_starts(s, stk_str_from(wide[i])))
			return strlen(wide[i]);
	return 0;
}

struct stk_str stk_parse_trim(struct stk_str s)
{
	for (size_t n; (n = stk_parse_space(s));)
		s = (struct stk_str){ s.p + n, s.n - n };
	for (;;) {
		size_t take = 0;
		for (size_t n = 1; n <= 3 && n <= s.n && !take; n++)
			if (stk_parse_space((struct stk_str){ s.p + s.n - n, n }) == n)
				take = n;
		if (!take)
			return s;
		s.n -= take;
	}
}

bool stk_parse_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r';
}
