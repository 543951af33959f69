/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "# hadolint ignore=DL3008,SC2086 # why": on the line above an instruction. "stage ignore": until the next FROM.
 * "global ignore": in the whole file. Hadolint's grammar and line arithmetic. By default a comment inside a continued
 * instruction silences the line below it, comments directly above an instruction add up, and aliases are taken as
 * codes.
 */
#include "dockerfile/rules_hadolint.h"

#include "base/banned.h"

enum pragma_kind { PRAGMA_NONE, PRAGMA_LINE, PRAGMA_STAGE, PRAGMA_GLOBAL };

struct pragma {
	enum pragma_kind kind;
	uint32_t line;
	struct stk_strs codes;
	struct stk_str reason;
};
struct pragmas {
	struct pragma *v;
	size_t n, cap;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct stk_str *s)
{
	while (s->n && is_blank(s->p[0]))
		*s = stk_str_slice(*s, 1, s->n);
}

/* Takes a word and the blanks behind it; at least one blank where asked. */
static bool take_word(struct stk_str *s, struct stk_str word, bool blank)
{
	if (!stk_str_starts(*s, word))
		return false;
	struct stk_str rest = stk_str_slice(*s, word.n, s->n);
	if (blank && !(rest.n && is_blank(rest.p[0])))
		return false;
	skip_blanks(&rest);
	*s = rest;
	return true;
}

/* D, L, S, C and digits; by default whatever names a rule. */
static struct stk_str take_code(struct stk_str *s, bool strict)
{
	size_t n = 0;
	while (n < s->n && (stk_is_digit(s->p[n]) || stk_str_find_byte(S("DLSC"), s->p[n]) != SIZE_MAX ||
			    (!strict && (stk_is_alnum(s->p[n]) || s->p[n] == '-'))))
		n++;
	struct stk_str code = stk_str_slice(*s, 0, n);
	*s = stk_str_slice(*s, n, s->n);
	return code;
}

/* The codes behind "=", and what stands behind a second "#". False when anything does not fit. */
static bool read_codes(struct stk_arena *arena, struct stk_str text, bool strict, struct stk_strs *codes,
		       struct stk_str *reason)
{
	for (;;) {
		struct stk_str code = take_code(&text, strict);
		if (!code.n)
			return false;
		*STK_PUSH(arena, codes) = code;
		skip_blanks(&text);
		if (!text.n || text.p[0] != ',')
			break;
		text = stk_str_slice(text, 1, text.n);
		skip_blanks(&text);
	}
	if (text.n && text.p[0] != '#')
		return false;
	*reason = stk_str_trim(stk_str_slice(text, 1, text.n));
	return true;
}

static struct pragma read_pragma(struct stk_arena *arena, struct stk_str text, bool strict)
{
	struct pragma pragma = { .kind = PRAGMA_LINE };
	text = stk_str_strip_suffix(text, S("\r"));
	skip_blanks(&text);
	if (!take_word(&text, S("hadolint"), true))
		return (struct pragma){ 0 };
	if (take_word(&text, S("stage"), true))
		pragma.kind = PRAGMA_STAGE;
	else if (take_word(&text, S("global"), true))
		pragma.kind = PRAGMA_GLOBAL;
	if (!take_word(&text, S("ignore"), false) || !take_word(&text, S("="), false) ||
	    !read_codes(arena, text, strict, &pragma.codes, &pragma.reason))
		return (struct pragma){ 0 };
	return pragma;
}

struct stk_strs stk_hadolint_inline_ignore(struct stk_arena *arena, struct stk_str comment)
{
	struct pragma pragma = read_pragma(arena, comment, true);
	return pragma.kind == PRAGMA_LINE ? pragma.codes : (struct stk_strs){ 0 };
}

/* Codes of comments -> the comment that names them first in the file. Case folds but for Hadolint. */
static void add_codes(struct stk_arena *arena, struct stk_map *codes, const struct pragma *pragma, bool strict)
{
	for (size_t i = 0; i < pragma->codes.n; i++) {
		struct stk_str code = pragma->codes.v[i];
		void **first = stk_map_at(codes, arena, strict ? code : stk_arena_lower(arena, code));
		if (!*first)
			*first = (void *)pragma;
	}
}

static const struct pragma *earlier(const struct pragma *a, const struct pragma *b)
{
	return !a || (b && b->line < a->line) ? b : a;
}

static const struct pragma *get_folded(const struct stk_map *codes, struct stk_str name)
{
	char lower[64];
	if (name.n > sizeof lower)
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		lower[i] = stk_lower(name.p[i]);
	return stk_map_get(codes, (struct stk_str){ lower, name.n });
}

/* The first comment that names the finding's rule, by id or alias. */
static const struct pragma *naming(const struct stk_map *codes, const struct stk_finding *finding, bool strict)
{
	const struct stk_rule *rule = finding->rule;
	if (!codes->n)
		return NULL;
	if (strict || !rule)
		return strict ? stk_map_get(codes, finding->id) : get_folded(codes, finding->id);
	const struct pragma *found = get_folded(codes, stk_str_from(rule->id));
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		found = earlier(found, get_folded(codes, stk_str_from(rule->aliases[i])));
	return found;
}

/* The codes that hold for one instruction or stage, kept because a rule's findings stand close together. */
struct answer {
	struct stk_arena arena;
	const void *about;
	struct stk_map codes;
};

struct silencer {
	struct stk_dockerfile_context *context;
	bool strict;
	struct pragmas lines, stages; /* each in order of the lines */
	struct stk_map global;
	struct answer above, line, stage;
};

static void collect(struct silencer *s)
{
	struct stk_arena *arena = s->context->arena;
	for (size_t i = 0; i < s->context->file->comments.n; i++) {
		const struct stk_comment *comment = &s->context->file->comments.v[i];
		if (comment->inside && s->strict)
			continue;
		struct pragma pragma = read_pragma(arena, comment->text, s->strict);
		pragma.line = comment->line;
		if (pragma.kind == PRAGMA_GLOBAL) {
			struct pragma *kept = STK_NEW(arena, struct pragma, 1);
			*kept = pragma;
			add_codes(arena, &s->global, kept, s->strict);
		} else if (pragma.kind) {
			*STK_PUSH(arena, pragma.kind == PRAGMA_STAGE ? &s->stages : &s->lines) = pragma;
		}
	}
}

/* The first pragma that stands on this line or a later one. */
static size_t pragma_from(const struct pragmas *pragmas, uint32_t line)
{
	size_t low = 0, high = pragmas->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pragmas->v[middle].line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The line of the last FROM above a line, or 0. */
static uint32_t stage_begin(const struct stk_dockerfile *file, uint32_t line)
{
	size_t low = 0, high = file->stages.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (file->stages.v[middle].from->line < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? file->stages.v[low - 1].from->line : 0;
}

/* The stage pragma that rules a line: of the regions that FROM lines and stage pragmas (from the line below them on)
 * open, the one that began last before it. */
static const struct pragma *stage_pragma(const struct silencer *s, uint32_t line)
{
	size_t end = line ? pragma_from(&s->stages, line - 1) : 0;
	const struct pragma *last = end ? &s->stages.v[end - 1] : NULL;
	return last && last->line + 1 >= stage_begin(s->context->file, line) ? last : NULL;
}

/* Makes room for the answer to another question; false when it is the same one. */
static bool ask(struct answer *answer, const void *about)
{
	if (answer->about == about)
		return false;
	stk_arena_reset(&answer->arena);
	answer->about = about;
	answer->codes = (struct stk_map){ 0 };
	return true;
}

/* Comments of the unbroken run above an instruction; for Hadolint, the one right above it alone. */
static const struct stk_map *codes_above(struct silencer *s, const struct stk_instruction *at)
{
	uint32_t run = s->strict || !at->comments.n ? 1 : (uint32_t)at->comments.n;
	size_t i = pragma_from(&s->lines, at->line > run ? at->line - run : 0);
	if (ask(&s->above, at))
		for (; i < s->lines.n && s->lines.v[i].line < at->line; i++)
			add_codes(&s->above.arena, &s->above.codes, &s->lines.v[i], s->strict);
	return &s->above.codes;
}

static const struct stk_map *codes_of(const struct silencer *s, struct answer *answer, const struct pragma *pragma)
{
	if (ask(answer, pragma))
		add_codes(&answer->arena, &answer->codes, pragma, s->strict);
	return &answer->codes;
}

/* The comment that hides a finding: one for its stage, one for the whole file, or one right
   above its instruction or its own line. */
static const struct pragma *find_pragma(struct silencer *s, const struct stk_finding *finding)
{
	uint32_t line = finding->location.line;
	const struct stk_instruction *at = stk_dockerfile_instruction_at(s->context->file, line);
	const struct pragma *stage = stage_pragma(s, at ? at->line : line), *found;
	if (stage && naming(codes_of(s, &s->stage, stage), finding, s->strict))
		return stage;
	found = naming(&s->global, finding, s->strict);
	if (at)
		found = earlier(found, naming(codes_above(s, at), finding, s->strict));
	size_t i = line ? pragma_from(&s->lines, line - 1) : s->lines.n;
	if (i < s->lines.n && s->lines.v[i].line + 1 == line)
		found = earlier(found, naming(codes_of(s, &s->line, &s->lines.v[i]), finding, s->strict));
	return found;
}

static void silence(struct silencer *s, size_t first)
{
	struct stk_report *report = s->context->report;
	for (size_t i = first; i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		bool other =
			/* DL1000 is the parser's own refusal: no comment was read by then. */
			finding->target != s->context->target || finding->suppressed ||
			stk_str_is(finding->id, "DL1000");
		const struct pragma *pragma = other ? NULL : find_pragma(s, finding);
		if (!pragma)
			continue;
		finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
		finding->suppressed->by =
			stk_arena_printf(report->arena, STK_FMT ":%u", STK_ARG(s->context->file->name), pragma->line);
		finding->suppressed->reason =
			pragma->reason.n ? stk_arena_str(report->arena, pragma->reason) : S("hadolint comment");
	}
}

void stk_hadolint_pragmas(struct stk_dockerfile_context *context, size_t first)
{
	struct silencer silencer = { context, .strict = stk_like_hadolint(context) };
	if (context->options->disable_ignore_pragma)
		return;
	collect(&silencer);
	if (silencer.lines.n || silencer.stages.n || silencer.global.n)
		silence(&silencer, first);
	stk_arena_free(&silencer.above.arena);
	stk_arena_free(&silencer.line.arena);
	stk_arena_free(&silencer.stage.arena);
}

static void check_pragmas(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->comments.n; i++) {
		const struct stk_comment *comment = &context->file->comments.v[i];
		if (!comment->inside && stk_hadolint_inline_ignore(context->arena, comment->text).n)
			stk_dockerfile_find(context, rule, comment->span, "a comment silences findings here");
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL1001",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "findings are silenced by a comment",
	  .optional = true,
	  .why = "Where a team keeps its exceptions in one place, comments in the files get past it.",
	  .remedy = "Put the exception, with its reason, under \"ignore\" of .strake.yaml.",
	  .bad = "# hadolint ignore=DL3008\nRUN apt-get install -y curl",
	  .good = "RUN apt-get install -y curl=7.88.1-10+deb12u5",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL1001",
	  .check = check_pragmas },
};

const struct stk_rule_table stk_hadolint_pragma_rules = { "dockerfile", rows, STK_LEN(rows) };
