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

static bool names(const struct pragma *pragma, const struct stk_finding *finding, bool strict)
{
	for (size_t i = 0; i < pragma->codes.n; i++)
		if (strict || !finding->rule ? stk_str_eq(pragma->codes.v[i], finding->id)
					     : stk_rule_is(finding->rule, pragma->codes.v[i]))
			return true;
	return false;
}

static struct pragmas collect(struct stk_dockerfile_context *context)
{
	struct pragmas out = { 0 };
	bool strict = stk_like_hadolint(context);
	for (size_t i = 0; i < context->file->comments.n; i++) {
		const struct stk_comment *comment = &context->file->comments.v[i];
		if (comment->inside && strict)
			continue;
		struct pragma pragma = read_pragma(context->arena, comment->text, strict);
		pragma.line = comment->line;
		if (pragma.kind)
			*STK_PUSH(context->arena, &out) = pragma;
	}
	return out;
}

/* The stage pragma that rules a line: of the regions that FROM lines and stage pragmas open, the one that began last
 * before it. */
static const struct pragma *stage_pragma(const struct stk_dockerfile *file, const struct pragmas *pragmas,
					 uint32_t line)
{
	const struct pragma *found = NULL;
	uint32_t start = 0;
	for (size_t i = 0; i < pragmas->n; i++) {
		uint32_t begin = pragmas->v[i].line + 1;
		if (pragmas->v[i].kind == PRAGMA_STAGE && begin < line && begin > start) {
			found = &pragmas->v[i];
			start = begin;
		}
	}
	for (size_t i = 0; i < file->stages.n; i++) {
		uint32_t begin = file->stages.v[i].from->line;
		if (begin < line && begin > start) {
			found = NULL;
			start = begin;
		}
	}
	return found;
}

/* Comments of the unbroken run above an instruction, and those inside it above the finding's own line. */
static bool is_above(const struct stk_dockerfile *file, uint32_t pragma_line, uint32_t line, bool strict)
{
	if (pragma_line + 1 == line)
		return true;
	const struct stk_instruction *at = stk_dockerfile_instruction_at(file, line);
	if (!at)
		return false;
	if (pragma_line + 1 == at->line)
		return true;
	for (size_t i = 0; i < at->comments.n && !strict; i++)
		if (file->comments.v[at->comments.first + i].line == pragma_line)
			return true;
	return false;
}

/* The comment that hides a finding: one for its stage, one for the whole file, or one right
   above its instruction. */
static const struct pragma *find_pragma(struct stk_dockerfile_context *context, const struct pragmas *pragmas,
					const struct stk_finding *finding)
{
	bool strict = stk_like_hadolint(context);
	const struct stk_dockerfile *file = context->file;
	const struct stk_instruction *at = stk_dockerfile_instruction_at(file, finding->location.line);
	const struct pragma *stage = stage_pragma(file, pragmas, at ? at->line : finding->location.line);
	if (stage && names(stage, finding, strict))
		return stage;
	for (size_t i = 0; i < pragmas->n; i++) {
		const struct pragma *pragma = &pragmas->v[i];
		bool rules =
			pragma->kind == PRAGMA_GLOBAL ||
			(pragma->kind == PRAGMA_LINE && is_above(file, pragma->line, finding->location.line, strict));
		if (rules && names(pragma, finding, strict))
			return pragma;
	}
	return NULL;
}

void stk_hadolint_pragmas(struct stk_dockerfile_context *context, size_t first)
{
	struct stk_report *report = context->report;
	if (context->options->disable_ignore_pragma)
		return;
	struct pragmas pragmas = collect(context);
	for (size_t i = first; pragmas.n && i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		bool other =
			/* DL1000 is the parser's own refusal: no comment was read by then. */
			finding->target != context->target || finding->suppressed || stk_str_is(finding->id, "DL1000");
		const struct pragma *pragma = other ? NULL : find_pragma(context, &pragmas, finding);
		if (!pragma)
			continue;
		finding->suppressed = STK_NEW(report->arena, struct stk_suppression, 1);
		finding->suppressed->by =
			stk_arena_printf(report->arena, STK_FMT ":%u", STK_ARG(context->file->name), pragma->line);
		finding->suppressed->reason =
			pragma->reason.n ? stk_arena_str(report->arena, pragma->reason) : S("hadolint comment");
	}
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
