/* SPDX-License-Identifier: Apache-2.0 */
/* See shellcheck.h. Shell and variables follow the stages as Hadolint's bridge to ShellCheck has it. */
#include "base/buf.h"
#include "base/limits.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/shellcheck.h"
#include "dockerfile/variables.h"
#include "text/json.h"
#include "text/utf8.h"
#include "base/banned.h"

enum { MOST_NAMES = 1000 };
#define ALL_SCRIPTS STK_MIB(256)

/* What a stage hands on. */
struct state {
	struct stk_str shell; /* path of the program */
	bool set;	      /* by SHELL or a comment */
	struct stk_strs names;
};

struct collector {
	struct stk_dockerfile_context *context;
	struct stk_shellcheck_scripts *out;
	struct state start, now;
	struct state *stages; /* final states */
	bool seen;	      /* a FROM, ARG, ENV or SHELL stood above */
	bool full;
};

static const char *const proxies[] = { "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY",  "NO_PROXY",
				       "ftp_proxy", "http_proxy",  "https_proxy", "no_proxy" };

static bool is_name(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!(stk_is_alpha(name.p[i]) || name.p[i] == '_' || (i && stk_is_digit(name.p[i]))))
			return false;
	return name.n > 0;
}

static void add_name(struct collector *c, struct state *state, struct stk_str name)
{
	if (is_name(name) && state->names.n < MOST_NAMES && !stk_strs_has(&state->names, name))
		*STK_PUSH(c->context->arena, &state->names) = name;
}

static struct state copy_state(struct collector *c, const struct state *state)
{
	struct state copy = { .shell = state->shell, .set = state->set };
	for (size_t i = 0; i < state->names.n; i++)
		*STK_PUSH(c->context->arena, &copy.names) = state->names.v[i];
	return copy;
}

/* "hadolint shell=X" in a comment. */
static bool shell_pragma(struct stk_str text, struct stk_str *shell)
{
	text = stk_str_trim(text);
	if (!stk_str_starts(text, S("hadolint ")) && !stk_str_starts(text, S("hadolint\t")))
		return false;
	text = stk_str_trim_left(stk_str_slice(text, sizeof "hadolint" - 1, text.n));
	if (!stk_str_starts(text, S("shell")))
		return false;
	text = stk_str_trim_left(stk_str_slice(text, sizeof "shell" - 1, text.n));
	if (!stk_str_starts(text, S("=")))
		return false;
	text = stk_str_slice(text, 1, text.n);
	*shell = stk_str_cut_word(&text);
	return shell->n > 0;
}

static void read_comments(struct collector *c, size_t *next, size_t until)
{
	const struct stk_dockerfile *file = c->context->file;
	for (; *next < file->comments.n && file->comments.v[*next].span.begin < until; (*next)++) {
		struct stk_str shell;
		if (file->comments.v[*next].inside || !shell_pragma(file->comments.v[*next].text, &shell))
			continue;
		c->now.shell = shell;
		c->now.set = true;
		if (!c->seen)
			c->start = copy_state(c, &c->now);
	}
}

/* Distributions whose /bin/sh is bash. */
static bool has_bash_as_sh(const struct stk_dockerfile *file, size_t stage)
{
	static const char *const images[] = { "fedora",	     "centos",	  "rockylinux", "almalinux", "amazonlinux",
					      "oraclelinux", "opensuse",  "ubi7",	"ubi8",	     "ubi9",
					      "ubi10",	     "archlinux", "photon" };
	for (unsigned depth = 0; stage < file->stages.n && depth < 1000; depth++) {
		const struct stk_build_stage *at = &file->stages.v[stage];
		stage = at->parent;
		for (size_t i = 0; stage == SIZE_MAX && i < STK_LEN(images); i++)
			if (stk_str_contains(at->reference, stk_str_from(images[i])))
				return true;
	}
	return false;
}

static bool is_skipped(const struct state *state, const struct stk_instruction *run)
{
	struct stk_str text = run->shell_text.text;
	static const char *const heads[] = { "#!/bin/sh",	  "#!/bin/bash",	 "#!/bin/ksh",
					     "#!/usr/bin/env sh", "#!/usr/bin/env bash", "#!/usr/bin/env ksh" };
	if (run->json || !text.n || stk_str_contains_nocase(state->shell, S("pwsh")) ||
	    stk_str_contains_nocase(state->shell, S("powershell")) || stk_str_contains_nocase(state->shell, S("cmd")))
		return true;
	if (!stk_str_starts(text, S("#!")))
		return false;
	for (size_t i = 0; i < STK_LEN(heads); i++)
		if (stk_str_starts(text, stk_str_from(heads[i])))
			return false;
	return true;
}

/* A value that word splitting and globbing leave alone. */
static bool is_plain_value(struct stk_str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (stk_is_space(value.p[i]) || stk_str_contains(S("*?["), stk_str_slice(value, i, i + 1)))
			return false;
	return value.n > 0;
}

/* The shell reads heredocs behind the line that names them; Hadolint leaves them and what follows the marker out. */
static void add_text(struct stk_buf *out, const struct stk_instruction *run, bool hadolint)
{
	struct stk_str text = run->shell_text.text;
	bool with = run->heredocs.n && !run->shell_is_heredoc;
	stk_buf_add(out, with && hadolint ? stk_str_slice(text, 0, stk_str_find(text, S("<<"))) : text);
	stk_buf_byte(out, '\n');
	for (size_t i = 0; with && !hadolint && i < run->heredocs.n; i++) {
		stk_buf_add(out, run->heredocs.v[i].content);
		stk_buf_add(out, run->heredocs.v[i].name);
		stk_buf_byte(out, '\n');
	}
}

static void add_script(struct collector *c, const struct stk_instruction *run, const struct state *state)
{
	const struct stk_dockerfile *file = c->context->file;
	bool hadolint = c->context->options->compat == STK_COMPAT_HADOLINT;
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE * 2);
	struct stk_str program = state->shell, first = run->shell_text.text;
	if (is_skipped(state, run) || (!hadolint && run->shell->kind != STK_RUNS_SHELL && !state->set))
		return;
	if (!hadolint && !state->set && has_bash_as_sh(file, run->stage))
		program = S("/bin/bash");
	if (!hadolint && run->shell_is_heredoc && stk_str_starts(first, S("#!")))
		program = stk_str_slice(stk_str_cut_line(&first), 2, run->shell_text.text.n);
	stk_buf_printf(&text, "#!" STK_FMT "\n", STK_ARG(program));
	struct stk_strs names = copy_state(c, state).names;
	stk_strs_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		struct stk_str value = S("");
		bool plain = hadolint || (stk_variable_value(file, run, names.v[i], &value) && is_plain_value(value));
		stk_buf_printf(&text, plain ? "export " STK_FMT "=1\n" : "export " STK_FMT "=\"$*\"\n",
			       STK_ARG(names.v[i]));
	}
	add_text(&text, run, hadolint);
	c->out->bytes += text.n;
	if (text.overflow || c->out->bytes > ALL_SCRIPTS) {
		c->full = true;
		return;
	}
	*STK_PUSH(c->context->report->arena, c->out) = (struct stk_shellcheck_script){
		c->context->target, file, run, stk_arena_str(c->context->report->arena, stk_buf_str(&text)), names.n + 1
	};
}

static void take(struct collector *c, struct state *state, const struct stk_instruction *at)
{
	if (at->keyword == STK_ARG || at->keyword == STK_ENV)
		for (size_t i = 0; i < at->pairs.n; i++)
			add_name(c, state, at->pairs.v[i].key.value);
	if (at->keyword == STK_SHELL && at->words.n) {
		state->shell = at->words.v[0].value;
		state->set = true;
	}
	if (at->keyword == STK_RUN && !at->broken)
		add_script(c, at, state);
}

static void collect_top(struct collector *c)
{
	const struct stk_dockerfile *file = c->context->file;
	size_t comment = 0;
	for (size_t i = 0; i < file->instructions.n; i++) {
		const struct stk_instruction *at = file->instructions.v[i];
		read_comments(c, &comment, at->span.begin);
		if (at->keyword == STK_FROM) {
			size_t parent = file->stages.v[at->stage].parent;
			c->now = copy_state(c, parent == SIZE_MAX ? &c->start : &c->stages[parent]);
		}
		c->seen |= at->keyword == STK_FROM || at->keyword == STK_ARG || at->keyword == STK_ENV ||
			   at->keyword == STK_SHELL;
		take(c, &c->now, at);
		/* What ONBUILD wraps runs in a later build, on top of this stage. */
		if (at->inner && c->context->options->compat != STK_COMPAT_HADOLINT)
			take(c, &c->now, at->inner);
		if (at->stage < file->stages.n)
			c->stages[at->stage] = c->now;
	}
}

/* Hadolint looks at what is wrapped as at a file of its own. */
static void collect_wrapped(struct collector *c, struct state state)
{
	for (size_t i = 0; i < c->context->file->instructions.n; i++)
		if (c->context->file->instructions.v[i]->inner)
			take(c, &state, c->context->file->instructions.v[i]->inner);
}

bool stk_shellcheck_collect(struct stk_dockerfile_context *context, struct stk_shellcheck_scripts *out)
{
	struct collector c = { .context = context, .out = out, .start.shell = S("/bin/sh") };
	out->at_instruction = context->options->compat == STK_COMPAT_HADOLINT;
	if (out->at_instruction && stk_hadolint_stop(context))
		return true;
	for (size_t i = 0; i < STK_LEN(proxies); i++)
		add_name(&c, &c.start, stk_str_from(proxies[i]));
	c.now = copy_state(&c, &c.start);
	struct state wrapped = copy_state(&c, &c.start);
	c.stages = STK_NEW(context->arena, struct state, context->file->stages.n);
	collect_top(&c);
	if (context->options->compat == STK_COMPAT_HADOLINT)
		collect_wrapped(&c, wrapped);
	return !c.full;
}

/* ---- the answer ---- */

static enum stk_severity severity_of(struct stk_str level)
{
	return stk_str_is(level, "error")     ? STK_SEV_HIGH
	       : stk_str_is(level, "warning") ? STK_SEV_MEDIUM
	       : stk_str_is(level, "info")    ? STK_SEV_LOW
					      : STK_SEV_INFO;
}

/* Byte offset in the RUN's text of a line (from 1, behind the preamble) and a column in characters (from 1). */
static size_t offset_of(struct stk_str text, int64_t line, int64_t column)
{
	struct stk_str rest = text;
	while (line-- > 1 && rest.n)
		stk_str_cut_line(&rest);
	struct stk_str row = rest, at = stk_str_cut_line(&row);
	while (column-- > 1 && at.n) {
		uint32_t unused;
		size_t n = stk_utf8_decode(at, &unused);
		at = stk_str_slice(at, n ? n : 1, at.n);
	}
	return (size_t)(at.p - text.p);
}

/* The byte of the file at a line (from 1, behind the preamble) and column of the script. Heredocs stand behind the
 * shell text there as in the file. */
static size_t place_of(const struct stk_shellcheck_script *script, int64_t line, int64_t column)
{
	const struct stk_instruction *run = script->run;
	struct stk_str rest = run->shell_text.text;
	int64_t lines = 1;
	for (size_t i; (i = stk_str_find_byte(rest, '\n')) != SIZE_MAX; lines++)
		rest = stk_str_slice(rest, i + 1, rest.n);
	if (line > lines && run->heredocs.n && !run->shell_is_heredoc) {
		size_t begin = run->heredocs.v[0].span.begin;
		struct stk_str bodies = stk_str_slice(script->file->text, begin, run->span.end);
		return begin + offset_of(bodies, line - lines, column);
	}
	size_t offset = offset_of(run->shell_text.text, line, column);
	return stk_source_span(&run->shell_text, offset, offset).begin;
}

static void set_place(struct stk_location *at, const struct stk_shellcheck_script *script,
		      const struct stk_json *comment)
{
	int64_t above = (int64_t)script->n_preamble;
	size_t begin = place_of(script, stk_json_int(comment, "line") - above, stk_json_int(comment, "column"));
	size_t end = place_of(script, stk_json_int(comment, "endLine") - above, stk_json_int(comment, "endColumn"));
	stk_dockerfile_position(script->file, begin, &at->line, &at->column);
	stk_dockerfile_position(script->file, end < begin ? begin : end, &at->end_line, &at->end_column);
}

static void add_comment(struct stk_report *report, const struct stk_shellcheck_script *script,
			const struct stk_json *comment, bool at_instruction)
{
	struct stk_arena *arena = report->arena;
	struct stk_str text = script->run->shell_text.text;
	int64_t code = stk_json_int(comment, "code");
	if (stk_json_int(comment, "line") <= (int64_t)script->n_preamble || !text.n)
		return;
	struct stk_finding *finding =
		stk_report_add_bare(report, stk_arena_printf(arena, "SC%lld", (long long)code), script->target);
	finding->severity = severity_of(stk_json_str(comment, "level"));
	finding->layer = STK_LAYER_BUILD;
	finding->title = S("ShellCheck");
	finding->message = stk_arena_str(arena, stk_json_str(comment, "message"));
	finding->url = stk_arena_printf(arena, "https://www.shellcheck.net/wiki/SC%lld", (long long)code);
	finding->location.file = script->file->name;
	finding->location.instruction = S("RUN");
	struct stk_location *at = &finding->location;
	set_place(at, script, comment);
	if (at_instruction) {
		at->line = at->end_line = script->run->line;
		at->column = at->end_column = 1;
	}
}

int stk_shellcheck_report(struct stk_report *report, const struct stk_shellcheck_scripts *scripts,
			  struct stk_str output, struct stk_err *err)
{
	STK_ARENA scratch = { 0 };
	struct stk_json *json;
	if (stk_json_parse(&scratch, output, &json, err) < 0)
		return stk_within(err, "shellcheck's output");
	const struct stk_json *comments = stk_json_list(json, "comments");
	for (size_t i = 0; i < comments->n; i++) {
		struct stk_str file = stk_json_str(&comments->items[i], "file");
		uint64_t index;
		if (stk_str_u64(stk_str_after_last(file, '/'), 10, &index) && index < scripts->n)
			add_comment(report, &scripts->v[index], &comments->items[i], scripts->at_instruction);
	}
	return 0;
}
