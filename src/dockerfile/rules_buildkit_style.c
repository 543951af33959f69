/* SPDX-License-Identifier: Apache-2.0 */
/* BuildKit's checks of style and form: casing, blank continuations, key value, ports, descriptions. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_buildkit.h"
#include "base/banned.h"

static bool is_upper(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'a' && s.p[i] <= 'z')
			return false;
	return true;
}

static bool is_lower(struct stk_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			return false;
	return true;
}

static struct stk_str cased(struct stk_arena *arena, struct stk_str s, bool lower)
{
	char *out = stk_arena_alloc(arena, s.n, 1);
	for (size_t i = 0; i < s.n; i++)
		out[i] = lower				  ? stk_lower(s.p[i])
			 : s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A')
							  : s.p[i];
	return (struct stk_str){ out, s.n };
}

static void replace(struct stk_dockerfile_context *context, struct stk_finding *finding, struct stk_span span,
		    struct stk_str text, const char *description)
{
	stk_dockerfile_edit(context, stk_finding_fix(context->report, finding, true, description), span.begin, span.end,
			    text);
}

static void check_stage_casing(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_build_stage *stage = &context->file->stages.v[i];
		if (!stage->alias.raw.n || is_lower(stage->alias.raw))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, stage->from, stage->alias.span,
			"the stage name \"" STK_FMT "\" should be lower-case", STK_ARG(stage->alias.raw));
		replace(context, finding, stage->alias.span, cased(context->arena, stage->alias.raw, true),
			"write it in lower case");
	}
}

/* Commands in a stage and FROM count; words of mixed case count for neither side. */
static bool majority_is_lower(const struct stk_dockerfile *file)
{
	size_t lower = 0, upper = 0;
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		if (at->stage == SIZE_MAX || at->keyword == STK_UNKNOWN_KEYWORD)
			continue;
		lower += is_lower(at->name);
		upper += !is_lower(at->name) && is_upper(at->name);
	}
	return lower > upper;
}

static void check_as_casing(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool majority_lower = majority_is_lower(context->file);
	for (size_t i = 0; i < context->file->stages.n; i++) {
		const struct stk_instruction *from = context->file->stages.v[i].from;
		bool lower = is_lower(from->name);
		if (from->words.n != 3 || (!lower && !is_upper(from->name)))
			continue;
		const struct stk_word *as = &from->words.v[1];
		if (lower ? is_lower(as->raw) : is_upper(as->raw))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, from, as->span, "\"" STK_FMT "\" and \"" STK_FMT "\" differ in case",
			STK_ARG(as->raw), STK_ARG(from->name));
		/* Where FROM itself is the odd one, ConsistentInstructionCasing mends it. */
		if (lower == majority_lower)
			replace(context, finding, as->span, lower ? S("as") : S("AS"), "write it like FROM");
	}
}

static void check_casing(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool lower = majority_is_lower(context->file);
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if (at->stage == SIZE_MAX || at->keyword == STK_UNKNOWN_KEYWORD ||
		    (lower ? is_lower(at->name) : is_upper(at->name)))
			continue;
		struct stk_finding *finding = stk_dockerfile_find_at(
			context, rule, at, at->name_span, "\"" STK_FMT "\" should be %s like most of the file",
			STK_ARG(at->name), lower ? "lower-case" : "upper-case");
		replace(context, finding, at->name_span, cased(context->arena, at->name, lower),
			"write it like the others");
	}
}

/* The blank lines inside the continued lines of an instruction, as spans with their line ends. */
static struct stk_span blank_line(const struct stk_dockerfile *file, const struct stk_instruction *at, size_t *from)
{
	while (*from < at->head.end) {
		struct stk_str rest = stk_str_slice(file->text, *from, at->head.end), line = rest;
		size_t begin = *from;
		struct stk_str text = stk_str_cut_line(&line);
		*from = at->head.end - line.n;
		if (!stk_str_trim(text).n && begin > at->head.begin)
			return (struct stk_span){ begin, *from };
		if (line.n == 0)
			break;
	}
	return (struct stk_span){ SIZE_MAX, SIZE_MAX };
}

static void report_blank_lines(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			       const struct stk_instruction *at)
{
	size_t from = at->head.begin;
	struct stk_span first = blank_line(context->file, at, &from);
	if (first.begin == SIZE_MAX)
		return;
	bool buildkit = context->options->compat == STK_COMPAT_BUILDKIT;
	struct stk_span place = { first.begin, first.begin };
	if (buildkit)
		place.begin = place.end = context->file->lines.v[at->head_end_line - 1];
	struct stk_finding *finding =
		stk_dockerfile_find_at(context, rule, at, place, "a blank line inside a continued instruction");
	struct stk_fix *fix = stk_finding_fix(context->report, finding, true, "remove the blank lines");
	for (struct stk_span span = first; span.begin != SIZE_MAX; span = blank_line(context->file, at, &from))
		stk_dockerfile_edit(context, fix, span.begin, span.end, S(""));
}

static void check_empty_continuation(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++)
		if (context->file->instructions.v[i]->empty_continuation)
			report_blank_lines(context, rule, context->file->instructions.v[i]);
}

/* ---- ENV key value ---- */

static bool is_safe_value(struct stk_str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (!stk_is_alnum(value.p[i]) && !stk_str_contains(S("_-./:,@%+=~${}"), stk_str_slice(value, i, i + 1)))
			return false;
	return value.n > 0;
}

/* The value of the old form runs to the end of the line; in the new form its blanks must be quoted. What already is
   quoted as a whole stays; NULL where quotes and escapes are mixed in ways that a mechanical change could get wrong. */
static struct stk_str new_value(struct stk_arena *arena, struct stk_str raw)
{
	if (is_safe_value(raw))
		return raw;
	/* Quoted already, and by one pair: a quote inside would end it. */
	bool wrapped = raw.n >= 2 && (raw.p[0] == '"' || raw.p[0] == '\'') && raw.p[raw.n - 1] == raw.p[0];
	if (wrapped && stk_str_find_byte(stk_str_slice(raw, 1, raw.n - 1), raw.p[0]) == SIZE_MAX &&
	    stk_str_find_byte(raw, '\\') == SIZE_MAX)
		return raw;
	/* In the old form these bytes stand for themselves; in key="value" they would not. */
	for (size_t i = 0; i < raw.n; i++)
		if (raw.p[i] == '"' || raw.p[i] == '\'' || raw.p[i] == '\\' || raw.p[i] == '`')
			return (struct stk_str){ NULL, 0 };
	return stk_arena_printf(arena, "\"" STK_FMT "\"", STK_ARG(raw));
}

static void report_legacy(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			  const struct stk_instruction *at)
{
	const struct stk_pair *pair = &at->pairs.v[0];
	const char *keyword = stk_keyword_name(at->keyword);
	struct stk_finding *finding = stk_dockerfile_find_at(context, rule, at, pair->span,
							     "write %s " STK_FMT "=value instead of the old form "
							     "with a blank",
							     keyword, STK_ARG(pair->key.raw));
	struct stk_str value = new_value(context->arena, pair->value.raw);
	bool one_line = pair->value.span.end - pair->value.span.begin == pair->value.raw.n;
	if (!value.p || !one_line || stk_str_find_byte(pair->key.raw, '"') != SIZE_MAX)
		return;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, true, "write it with \"=\"");
	struct stk_str between = stk_str_slice(context->file->text, pair->key.span.end, pair->value.span.begin);
	/* A value on the next line stays there: the "=" goes to the key, the continuation mark would split them. */
	if (stk_str_find_byte(between, '\n') != SIZE_MAX)
		stk_dockerfile_edit(context, fix, pair->key.span.end, pair->value.span.end,
				    stk_arena_printf(context->arena, "=" STK_FMT, STK_ARG(value)));
	else {
		stk_dockerfile_edit(context, fix, pair->key.span.end, pair->value.span.begin, S("="));
		if (!stk_str_eq(value, pair->value.raw))
			stk_dockerfile_edit(context, fix, pair->value.span.begin, pair->value.span.end, value);
	}
}

static void check_legacy(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		if (at->inner && context->options->compat == STK_COMPAT_NONE)
			at = at->inner;
		if (at->pairs.n && at->pairs.v[0].legacy)
			report_legacy(context, rule, at);
	}
}

/* ---- EXPOSE ---- */

static void check_port_casing(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		for (size_t k = 0; at->keyword == STK_EXPOSE && k < at->words.n; k++) {
			struct stk_str raw = at->words.v[k].raw, protocol = raw;
			stk_str_cut(&protocol, '/');
			if (is_lower(protocol) || stk_str_find_byte(protocol, '$') != SIZE_MAX)
				continue;
			struct stk_finding *finding = stk_dockerfile_find_at(
				context, rule, at, at->words.v[k].span,
				"the protocol of \"" STK_FMT "\" should be lower-case", STK_ARG(raw));
			replace(context, finding, at->words.v[k].span, cased(context->arena, raw, true),
				"write it in lower case");
		}
	}
}

static void check_port_form(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		for (size_t k = 0; at->keyword == STK_EXPOSE && k < at->words.n; k++) {
			struct stk_str raw = at->words.v[k].raw;
			size_t colon = stk_str_rfind_byte(raw, ':');
			/* ${port:-80} has a colon of its own. */
			if (colon == SIZE_MAX || stk_str_find_byte(raw, '$') != SIZE_MAX)
				continue;
			struct stk_finding *finding =
				stk_dockerfile_find_at(context, rule, at, at->words.v[k].span,
						       "EXPOSE names the container's port alone: \"" STK_FMT
						       "\" has an address or a host port",
						       STK_ARG(raw));
			replace(context, finding, at->words.v[k].span, stk_str_slice(raw, colon + 1, raw.n),
				"keep the container's port");
		}
	}
}

/* ---- descriptions ---- */

static bool describes(const struct stk_instruction *at, struct stk_str word)
{
	for (size_t i = 0; i < at->pairs.n; i++)
		if (stk_str_eq(at->pairs.v[i].key.raw, word))
			return true;
	/* Stage names are compared in lower case. */
	return at->keyword == STK_FROM && at->words.n == 3 && is_lower(word) &&
	       stk_str_eq_nocase(at->words.v[2].raw, word);
}

/* A blank line sets it apart; a linter's comment has to stay where it is. */
static void fix_description(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_instruction *at)
{
	struct stk_repair repair = stk_repair_new(context);
	for (size_t i = 0; i < at->comments.n; i++)
		repair.failed |=
			stk_str_contains_nocase(context->file->comments.v[at->comments.first + i].text, S("lint"));
	stk_repair_blank_line_before(&repair, at);
	stk_repair_offer(&repair, finding, true, "set the comment apart by a blank line");
}

static void check_description(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	if (!stk_buildkit_experimental(context, rule))
		return;
	for (size_t i = 0; i < context->file->instructions.n; i++) {
		const struct stk_instruction *at = context->file->instructions.v[i];
		bool named = at->keyword == STK_ARG || (at->keyword == STK_FROM && at->words.n == 3);
		if (!named || !at->comments.n)
			continue;
		/* Only the line right above is taken for a description
		   (InvalidDefinitionDescription). */
		const struct stk_comment *last = &context->file->comments.v[at->comments.first + at->comments.n - 1];
		struct stk_str text = stk_str_trim(last->text);
		if (!text.n || describes(at, stk_str_cut(&text, ' ')))
			continue;
		struct stk_str name = at->keyword == STK_FROM ? at->words.v[2].raw
				      : at->pairs.n	      ? at->pairs.v[0].key.raw
							      : S("name");
		fix_description(context,
				stk_dockerfile_find_at(context, rule, at, at->name_span,
						       "the comment above should begin with \"" STK_FMT
						       "\", or stand apart by a blank line",
						       STK_ARG(name)),
				at);
	}
}

#define URL "https://docs.docker.com/reference/build-checks/"

static const struct stk_rule rows[] = {
	{ .id = "ConsistentInstructionCasing",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "instruction keywords differ in case",
	  .why = "Keywords work in any case; a file that mixes them is harder to read and to search.",
	  .remedy = "Write all keywords in capitals, or all in small letters.",
	  .fix = "--fix writes them as most of the file does",
	  .bad = "FROM alpine:3.20\nrun true",
	  .good = "FROM alpine:3.20\nRUN true",
	  .url = URL "consistent-instruction-casing/",
	  .check = check_casing },
	{ .id = "ExposeInvalidFormat",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "EXPOSE with an address or a host port",
	  .why = "EXPOSE documents the container's ports. Addresses and host ports are chosen when a container is started and have no effect "
		 "here; later versions will refuse them.",
	  .remedy = "Write the container's port alone.",
	  .fix = "--fix keeps the container's port",
	  .bad = "EXPOSE 127.0.0.1:80:80",
	  .good = "EXPOSE 80",
	  .url = URL "expose-invalid-format/",
	  .check = check_port_form },
	{ .id = "ExposeProtoCasing",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "EXPOSE protocol not in lower case",
	  .why = "Tools that compare ports as text take 80/TCP and 80/tcp for different ones.",
	  .remedy = "Write tcp, udp or sctp.",
	  .fix = "--fix writes it in small letters",
	  .bad = "EXPOSE 80/TCP",
	  .good = "EXPOSE 80/tcp",
	  .url = URL "expose-proto-casing/",
	  .check = check_port_casing },
	{ .id = "FromAsCasing",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "\"as\" and FROM differ in case",
	  .why = "Mixed keywords are harder to read.",
	  .remedy = "Write AS like FROM.",
	  .fix = "--fix writes it like FROM",
	  .bad = "FROM alpine:3.20 as base",
	  .good = "FROM alpine:3.20 AS base",
	  .url = URL "from-as-casing/",
	  .check = check_as_casing },
	{ .id = "InvalidDefinitionDescription",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "comment above ARG or FROM is no description of it",
	  .why = "docker build --call=outline shows the comment above ARG and named stages as their description when it begins with their name.",
	  .remedy = "Begin the comment with the name, or set it apart by a blank line.",
	  .fix = "--fix sets it apart by a blank line",
	  .bad = "# the version\nARG VERSION=1",
	  .good = "# VERSION of the application\nARG VERSION=1",
	  .url = URL "invalid-definition-description/",
	  .check = check_description },
	{ .id = "LegacyKeyValueFormat",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "ENV or LABEL without \"=\"",
	  .why = "The old form takes the whole rest of the line as one value, which is easy to misread, and is deprecated.",
	  .remedy = "Write key=value, with quotes where the value has blanks.",
	  .fix = "--fix writes the \"=\", and quotes where they are needed",
	  .bad = "ENV PORT 8080",
	  .good = "ENV PORT=8080",
	  .url = URL "legacy-key-value-format/",
	  .check = check_legacy },
	{ .id = "NoEmptyContinuation",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "blank line inside a continued instruction",
	  .why = "A blank line looks like the end of the instruction; BuildKit will refuse it in a later version.",
	  .remedy = "Remove the blank line, or make it a comment.",
	  .fix = "--fix removes the blank line",
	  .bad = "RUN one && \\\n\n    two",
	  .good = "RUN one && \\\n    two",
	  .url = URL "no-empty-continuation/",
	  .check = check_empty_continuation },
	{ .id = "StageNameCasing",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "stage name not in lower case",
	  .why = "Stage names are compared without regard to case; capitals suggest a difference that is none.",
	  .remedy = "Write the stage's name in lower case.",
	  .fix = "--fix writes it in lower case",
	  .bad = "FROM alpine:3.20 AS Base",
	  .good = "FROM alpine:3.20 AS base",
	  .url = URL "stage-name-casing/",
	  .check = check_stage_casing },
};

const struct stk_rule_table stk_buildkit_style_rules = { "dockerfile", rows, STK_LEN(rows) };
