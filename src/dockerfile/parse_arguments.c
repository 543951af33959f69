/* SPDX-License-Identifier: Apache-2.0 */
/* What stands behind the keyword of each instruction, and what BuildKit's instructions package refuses there. */
#include "dockerfile/parse.h"
#include "text/nearest.h"
#include "base/banned.h"

/* Where errors about what is missing point: the keyword itself. */
static struct stk_str keyword_text(const struct stk_parse_line *l)
{
	return l->instruction->name;
}

/* One word with everything; an error when there is nothing. */
static void parse_text(struct stk_parse_line *l)
{
	if (!l->rest.n)
		stk_parse_error(l, keyword_text(l), "%s requires exactly one argument",
				stk_keyword_name(l->instruction->keyword));
	else
		*STK_PUSH(l->parser->arena, &l->instruction->words) = stk_parse_word(l, l->rest);
}

static struct stk_source_text slice_of(struct stk_parse_line *l, struct stk_str text)
{
	size_t begin = (size_t)(text.p - l->line->text.p);
	return stk_source_slice(l->parser->arena, l->line, begin, begin + text.n);
}

static void not_strings(struct stk_parse_line *l, struct stk_str text)
{
	stk_parse_error(l, text, "the JSON form takes an array of strings only");
}

/* RUN, CMD, ENTRYPOINT, SHELL and what follows HEALTHCHECK CMD. */
static void parse_command(struct stk_parse_line *l, struct stk_str text)
{
	struct stk_instruction *instruction = l->instruction;
	struct stk_source_text joined;
	switch (stk_parse_json_form(l, text, &joined)) {
	case STK_PARSE_JSON:
		instruction->shell_text = joined;
		return;
	case STK_PARSE_NOT_STRINGS:
		not_strings(l, text);
		return;
	case STK_PARSE_NO_JSON:
		break;
	}
	if (!text.n) {
		if (instruction->keyword == STK_HEALTHCHECK)
			stk_parse_error(l, keyword_text(l), "HEALTHCHECK CMD lacks its command");
		else
			stk_parse_error(l, keyword_text(l), "%s requires at least one argument",
					stk_keyword_name(instruction->keyword));
		return;
	}
	*STK_PUSH(l->parser->arena, &instruction->words) =
		(struct stk_word){ .raw = text, .value = text, .span = stk_parse_span(l, text) };
	instruction->shell_text = slice_of(l, text);
}

/* The shell form would need a shell to read it, so there is only the JSON form. */
static void parse_shell(struct stk_parse_line *l)
{
	parse_command(l, l->rest);
	if (l->instruction->broken)
		return;
	if (!l->instruction->json)
		stk_parse_error(l, l->rest, "SHELL takes the JSON form, such as [\"/bin/bash\", \"-c\"]");
	else if (!l->instruction->words.n)
		stk_parse_error(l, keyword_text(l), "SHELL requires at least one argument");
}

/* Words, or an array: COPY, ADD and VOLUME, whose paths may hold blanks in the JSON form. */
static void parse_maybe_json_list(struct stk_parse_line *l)
{
	struct stk_source_text joined;
	switch (stk_parse_json_form(l, l->rest, &joined)) {
	case STK_PARSE_JSON:
		return;
	case STK_PARSE_NOT_STRINGS:
		not_strings(l, l->rest);
		return;
	case STK_PARSE_NO_JSON:
		stk_parse_list(l, l->rest);
	}
}

static void parse_copy(struct stk_parse_line *l)
{
	parse_maybe_json_list(l);
	struct stk_instruction *instruction = l->instruction;
	struct stk_heredoc marker;
	if (instruction->broken)
		return;
	if (instruction->words.n < 2)
		stk_parse_error(l, keyword_text(l), "%s requires a source and a destination",
				stk_keyword_name(instruction->keyword));
	else if (stk_parse_heredoc_marker(l->parser->arena, instruction->words.v[instruction->words.n - 1].raw,
					  &marker))
		stk_parse_error(l, l->rest, "%s cannot take a heredoc as its destination",
				stk_keyword_name(instruction->keyword));
}

/* An empty path meets the grammar: the error is one of content. */
static void parse_volume(struct stk_parse_line *l)
{
	parse_maybe_json_list(l);
	if (!l->instruction->words.n && !l->instruction->broken)
		stk_parse_error(l, keyword_text(l), "VOLUME requires at least one argument");
	for (size_t i = 0; i < l->instruction->words.n; i++)
		if (!stk_str_trim(l->instruction->words.v[i].value).n)
			stk_parse_error_semantic(l, l->rest, "VOLUME cannot be an empty string");
}

/* "name=value" or "name" alone (ARG); equals is where the first "=" stands in the word, or SIZE_MAX. */
static void add_pair(struct stk_parse_line *l, const struct stk_word *word, size_t equals)
{
	bool split = equals != SIZE_MAX;
	*STK_PUSH(l->parser->arena, &l->instruction->pairs) = (struct stk_pair){
		.key = stk_parse_word(l, stk_str_slice(word->raw, 0, equals)),
		.value = split ? stk_parse_word(l, stk_str_slice(word->raw, equals + 1, word->raw.n))
			       : (struct stk_word){ .raw = S("") },
		.has_value = split,
		.span = word->span,
	};
	if (!equals)
		stk_parse_error(l, word->raw, "%s names cannot be blank", stk_keyword_name(l->instruction->keyword));
}

/* "ENV name the rest is the value", from before there was a "=": one pair, and the value keeps its blanks. */
static void parse_legacy_pair(struct stk_parse_line *l)
{
	size_t end = 0;
	while (end < l->rest.n && !stk_parse_is_blank(l->rest.p[end]))
		end++;
	size_t value = end;
	while (value < l->rest.n && stk_parse_is_blank(l->rest.p[value]))
		value++;
	if (value >= l->rest.n) {
		stk_parse_error(l, l->rest, "%s must have two arguments", stk_keyword_name(l->instruction->keyword));
		return;
	}
	*STK_PUSH(l->parser->arena, &l->instruction->pairs) = (struct stk_pair){
		.key = stk_parse_word(l, stk_str_slice(l->rest, 0, end)),
		.value = stk_parse_word(l, stk_str_slice(l->rest, value, l->rest.n)),
		.has_value = true,
		.legacy = true,
		.span = stk_parse_span(l, l->rest),
	};
}

/* The first word decides the form, as in BuildKit: "ENV a b=c" is one variable, with the value "b=c". */
static void parse_pairs(struct stk_parse_line *l)
{
	struct stk_words *words = &l->instruction->words;
	stk_parse_quoted_list(l, l->rest);
	if (!words->n) {
		stk_parse_error(l, keyword_text(l), "%s requires at least one argument",
				stk_keyword_name(l->instruction->keyword));
		return;
	}
	if (l->instruction->keyword != STK_ARG && stk_str_find_byte(words->v[0].raw, '=') == SIZE_MAX) {
		parse_legacy_pair(l);
		return;
	}
	for (size_t i = 0; i < words->n; i++) {
		size_t equals = stk_str_find_byte(words->v[i].raw, '=');
		if (equals == SIZE_MAX && l->instruction->keyword != STK_ARG)
			stk_parse_error(l, words->v[i].raw, "can't find = in \"" STK_FMT "\": it must be name=value",
					STK_ARG(words->v[i].raw));
		else
			add_pair(l, &words->v[i], equals);
	}
}

/* ^[a-z][a-z0-9-_.]*$ after folding. */
static bool is_stage_name(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!(stk_is_alpha(name.p[i]) ||
		      (i && (stk_is_digit(name.p[i]) || name.p[i] == '-' || name.p[i] == '_' || name.p[i] == '.'))))
			return false;
	return name.n > 0;
}

static void parse_from(struct stk_parse_line *l)
{
	stk_parse_list(l, l->rest);
	struct stk_words *words = &l->instruction->words;
	if (words->n != 1 && !(words->n == 3 && stk_str_eq_nocase(words->v[1].raw, S("as"))))
		stk_parse_error(l, l->rest.n ? l->rest : keyword_text(l),
				"FROM takes an image, or an image, AS and a name");
	else if (words->n == 3 && !is_stage_name(words->v[2].raw))
		stk_parse_error_semantic(l, words->v[2].raw,
					 "\"" STK_FMT
					 "\" is no stage name: it must start with a letter and hold letters, "
					 "digits, \"-\", \"_\" and \".\" only",
					 STK_ARG(words->v[2].raw));
}

/* Port[-port][/proto], with an address and a host port before it. The container's ports are what matters. */
static bool is_port_number(struct stk_str text)
{
	uint64_t number;
	struct stk_str to = text, from = stk_str_cut(&to, '-');
	return stk_str_u64(from, 10, &number) && (from.n == text.n || stk_str_u64(to, 10, &number));
}

/* [[IP:]HOST:]CONTAINER[/PROTOCOL], each side a number or a range. EXPOSE publishes nothing, so
   BuildKit takes a host's port and forgets it. */
static bool is_port(struct stk_str text)
{
	struct stk_str protocol = text, port = stk_str_cut(&protocol, '/');
	if (port.n < text.n && !stk_str_eq_nocase(protocol, S("tcp")) && !stk_str_eq_nocase(protocol, S("udp")) &&
	    !stk_str_eq_nocase(protocol, S("sctp")))
		return false;
	size_t colon = stk_str_rfind_byte(port, ':');
	struct stk_str host = colon == SIZE_MAX ? S("") : stk_str_slice(port, 0, colon);
	struct stk_str container = colon == SIZE_MAX ? port : stk_str_slice(port, colon + 1, port.n);
	size_t inner = stk_str_rfind_byte(host, ':');
	struct stk_str host_port = inner == SIZE_MAX ? host : stk_str_slice(host, inner + 1, host.n);
	return is_port_number(container) && (!host_port.n || is_port_number(host_port));
}

static void parse_expose(struct stk_parse_line *l)
{
	stk_parse_list(l, l->rest);
	struct stk_words *words = &l->instruction->words;
	if (!words->n)
		stk_parse_error(l, keyword_text(l), "EXPOSE requires at least one argument");
	for (size_t i = 0; i < words->n; i++)
		if (stk_str_find_byte(words->v[i].raw, '$') == SIZE_MAX && !is_port(words->v[i].value))
			stk_parse_error(l, words->v[i].raw,
					"\"" STK_FMT "\" is no port: it must be PORT[-PORT][/tcp|/udp]",
					STK_ARG(words->v[i].raw));
}

static void check_health_flags(struct stk_parse_line *l)
{
	for (size_t i = 0; i < l->instruction->flags.n; i++) {
		const struct stk_flag *flag = &l->instruction->flags.v[i];
		double duration;
		uint64_t number;
		bool retries = stk_str_is(flag->name, "retries");
		if (!flag->known || !flag->value.n)
			continue;
		/* Zero stands for the default; anything else below a millisecond is refused
		   (the engine's own limit). */
		bool good = retries ? stk_str_u64(flag->value, 10, &number) && number <= INT32_MAX
				    : stk_parse_duration(flag->value, &duration) &&
					      (duration >= 1e6 || (duration <= 0 && duration >= 0));
		if (good)
			continue;
		stk_parse_error(l, l->line->text,
				retries ? "--" STK_FMT ": not a whole number"
					: "--" STK_FMT ": not a duration such as 30s or 1m30s",
				STK_ARG(flag->name));
		l->parser->file->errors.v[l->parser->file->errors.n - 1].span = flag->value_span;
	}
}

/* [flags] CMD command, or NONE; flags are off l->rest already. */
static void parse_healthcheck(struct stk_parse_line *l)
{
	size_t end = 0;
	while (end < l->rest.n && !stk_is_space(l->rest.p[end]))
		end++;
	struct stk_str type = stk_str_slice(l->rest, 0, end),
		       text = stk_str_trim_left(stk_str_slice(l->rest, end, l->rest.n));
	if (!type.n) {
		stk_parse_error(l, keyword_text(l), "HEALTHCHECK requires CMD or NONE");
		return;
	}
	*STK_PUSH(l->parser->arena, &l->instruction->words) = stk_parse_word(l, type);
	if (stk_str_eq_nocase(type, S("none"))) {
		if (text.n)
			stk_parse_error(l, text, "HEALTHCHECK NONE takes no arguments");
	} else if (stk_str_eq_nocase(type, S("cmd"))) {
		parse_command(l, text);
		check_health_flags(l);
	} else {
		stk_parse_error(l, type, "HEALTHCHECK takes CMD or NONE, not \"" STK_FMT "\"", STK_ARG(type));
	}
}

/* The inner instruction is parsed on the same logical line, from behind the keyword on. */
static void parse_onbuild(struct stk_parse_line *l)
{
	struct stk_parser *parser = l->parser;
	if (!l->rest.n) {
		stk_parse_error(l, keyword_text(l), "ONBUILD requires an instruction");
		return;
	}
	if (l->instruction->outer) /* refused by BuildKit; a rule reports it, and nesting ends here */
		return;
	struct stk_source_text *line = STK_NEW(parser->arena, struct stk_source_text, 1);
	*line = slice_of(l, l->rest);
	struct stk_instruction *inner = STK_NEW(parser->arena, struct stk_instruction, 1);
	inner->outer = l->instruction;
	inner->span = inner->head = stk_parse_span(l, l->rest);
	inner->line = l->instruction->line;
	inner->end_line = inner->head_end_line = l->instruction->end_line;
	l->instruction->inner = inner;
	stk_parse_instruction(parser, inner, line);
}

/* The nearest keyword is looked for in capitals, as keywords may be written in any case. */
static void parse_unknown(struct stk_parse_line *l)
{
	struct stk_strs known = { 0 };
	for (int i = 0; i < STK_UNKNOWN_KEYWORD; i++)
		*STK_PUSH(l->parser->arena, &known) = stk_str_from(stk_keyword_name((enum stk_keyword)i));
	stk_parse_error(l, keyword_text(l), "unknown instruction: " STK_FMT, STK_ARG(l->instruction->name));
	struct stk_str upper = stk_arena_str(l->parser->arena, l->instruction->name);
	for (size_t i = 0; i < upper.n; i++)
		if (upper.p[i] >= 'a' && upper.p[i] <= 'z')
			((char *)upper.p)[i] = (char)(upper.p[i] - 'a' + 'A');
	struct stk_str near = stk_nearest(upper, &known);
	if (near.n)
		l->parser->file->errors.v[l->parser->file->errors.n - 1].hint =
			stk_arena_printf(l->parser->arena, "did you mean " STK_FMT "?", STK_ARG(near));
}

void stk_parse_arguments(struct stk_parse_line *l)
{
	switch (l->instruction->keyword) {
	case STK_ADD:
	case STK_COPY:
		parse_copy(l);
		break;
	case STK_ARG:
	case STK_ENV:
	case STK_LABEL:
		parse_pairs(l);
		break;
	case STK_CMD:
	case STK_ENTRYPOINT:
	case STK_RUN:
		parse_command(l, l->rest);
		break;
	case STK_EXPOSE:
		parse_expose(l);
		break;
	case STK_FROM:
		parse_from(l);
		break;
	case STK_HEALTHCHECK:
		parse_healthcheck(l);
		break;
	case STK_MAINTAINER:
	case STK_STOPSIGNAL:
	case STK_USER:
	case STK_WORKDIR:
		parse_text(l);
		break;
	case STK_ONBUILD:
		parse_onbuild(l);
		break;
	case STK_SHELL:
		parse_shell(l);
		break;
	case STK_VOLUME:
		parse_volume(l);
		break;
	case STK_UNKNOWN_KEYWORD:
		parse_unknown(l);
		break;
	}
}
