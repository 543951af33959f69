/* SPDX-License-Identifier: Apache-2.0 */
/* Hadolint's view of a file, and what the rules that carry its ids share. */
#include <stdlib.h>

#include "dockerfile/rules_hadolint.h"

#include "base/limits.h"
#include "text/utf8.h"
#include "base/banned.h"

bool stk_like_hadolint(const struct stk_dockerfile_context *context)
{
	return context->options->compat == STK_COMPAT_HADOLINT;
}

/* ---- images ---- */

/* What stands before the first "/" behind the first ".". */
static struct stk_str registry_of(struct stk_str image)
{
	size_t dot = stk_str_find_byte(image, '.');
	if (dot == SIZE_MAX)
		return (struct stk_str){ 0 };
	size_t slash = stk_str_find_byte(stk_str_slice(image, dot, image.n), '/');
	return slash == SIZE_MAX ? (struct stk_str){ 0 } : stk_str_slice(image, 0, dot + slash);
}

/* Where a or b first stands outside of ${…}: Hadolint takes tag and digest apart without
   expanding variables, so ${X:-y} has no tag. */
size_t stk_hadolint_outside_braces(struct stk_str s, char a, char b)
{
	size_t depth = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '{' && i && s.p[i - 1] == '$')
			depth++;
		else if (s.p[i] == '}' && depth)
			depth--;
		else if (!depth && (s.p[i] == a || s.p[i] == b))
			return i;
	}
	return SIZE_MAX;
}

struct stk_hadolint_image stk_hadolint_from(const struct stk_dockerfile *file, size_t stage)
{
	struct stk_hadolint_image image = { 0 };
	if (stage >= file->stages.n)
		return image;
	const struct stk_build_stage *from = &file->stages.v[stage];
	struct stk_str text = from->image.raw;
	image.registry = registry_of(text);
	if (image.registry.p)
		text = stk_str_slice(text, image.registry.n + 1, text.n);
	size_t end = stk_hadolint_outside_braces(text, ':', '@');
	image.name = stk_str_slice(text, 0, end);
	if (end != SIZE_MAX && text.p[end] == ':') {
		text = stk_str_slice(text, end + 1, text.n);
		end = stk_hadolint_outside_braces(text, '@', '@');
		image.tag = stk_str_slice(text, 0, end);
	}
	if (end != SIZE_MAX)
		image.digest = stk_str_slice(text, end + 1, text.n);
	image.alias = from->alias.raw;
	if (from->platform)
		image.platform = from->platform->value;
	return image;
}

bool stk_hadolint_image_eq(const struct stk_hadolint_image *a, const struct stk_hadolint_image *b)
{
	return stk_str_eq(a->platform, b->platform) && stk_str_eq(a->registry, b->registry) &&
	       stk_str_eq(a->name, b->name) && stk_str_eq(a->tag, b->tag) && stk_str_eq(a->digest, b->digest) &&
	       stk_str_eq(a->alias, b->alias);
}

struct stk_str stk_hadolint_stage_name(const struct stk_hadolint_image *image)
{
	return image->alias.n ? image->alias : image->name;
}

/* For Hadolint: the stages that look like the last one, and all that some FROM names. */
static void mark_kept_for_hadolint(struct stk_arena *arena, const struct stk_dockerfile *file, bool *kept)
{
	struct stk_hadolint_image last = stk_hadolint_from(file, file->stages.n - 1);
	struct stk_map names = { 0 };
	for (size_t i = 0; i < file->stages.n; i++)
		*stk_map_at(&names, arena, stk_hadolint_from(file, i).name) = kept;
	for (size_t i = 0; i < file->stages.n; i++) {
		struct stk_hadolint_image image = stk_hadolint_from(file, i);
		kept[i] = stk_hadolint_image_eq(&image, &last) || (image.alias.n && stk_map_get(&names, image.alias));
	}
}

bool stk_stage_is_kept(struct stk_dockerfile_context *context, size_t stage)
{
	const struct stk_dockerfile *file = context->file;
	if (stage >= file->stages.n)
		return true;
	if (!context->kept) {
		bool *kept = STK_NEW(context->arena, bool, file->stages.n);
		if (stk_like_hadolint(context))
			mark_kept_for_hadolint(context->arena, file, kept);
		else
			for (size_t at = file->stages.n - 1; at != SIZE_MAX; at = file->stages.v[at].parent)
				kept[at] = true;
		context->kept = kept;
	}
	return context->kept[stage];
}

const struct stk_flag *stk_hadolint_flag(const struct stk_dockerfile_context *context, const struct stk_instruction *at,
					 const char *name)
{
	const struct stk_flag *flag = stk_instruction_flag(at, name);
	bool is_path = flag && stk_like_hadolint(context) && flag->span.end > stk_hadolint_paths_at(context->file, at);
	return is_path ? NULL : flag;
}

void stk_hadolint_add_names(struct stk_arena *arena, struct stk_map *names, const struct stk_instruction *at)
{
	for (size_t i = 0; i < at->pairs.n; i++)
		*stk_map_at(names, arena, at->pairs.v[i].key.value) = (void *)at;
}

/* ---- texts ---- */

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

struct stk_str stk_hadolint_unquote(struct stk_str s)
{
	while (s.n && is_quote(s.p[0]))
		s = stk_str_slice(s, 1, s.n);
	while (s.n && is_quote(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool stk_is_archive_name(struct stk_str name)
{
	static const char *const endings[] = { ".tar", ".Z",	".bz2", ".gz",	".lz",	".lzma", ".tZ", ".tb2",
					       ".tbz", ".tbz2", ".tgz", ".tlz", ".tpz", ".txz",	 ".xz" };
	size_t dot = stk_str_rfind_byte(name, '.');
	if (dot == SIZE_MAX || name.n - dot > 5)
		return false;
	for (size_t i = 0; i < STK_LEN(endings); i++)
		if (stk_str_ends(name, stk_str_from(endings[i])))
			return true;
	return false;
}

bool stk_is_windows_absolute(struct stk_str path)
{
	return path.n > 1 && stk_is_alpha(path.p[0]) && path.p[1] == ':';
}

/* ---- fixes ---- */

void stk_fix_insert_behind(struct stk_dockerfile_context *context, struct stk_finding *finding,
			   const struct stk_run_command *command, const struct stk_shell_word *word, bool safe,
			   const char *text)
{
	/* JSON strings would have to be quoted, and escapes decoded from backquotes have no place of their own. */
	if (word->quoted || context->file->text.n == 0)
		return;
	struct stk_span span = stk_word_span(command, word);
	if (span.end - span.begin != word->end - word->begin ||
	    !stk_str_eq(stk_str_slice(context->file->text, span.begin, span.end), word->text))
		return;
	bool json = span.end < context->file->text.n && context->file->text.p[span.end] == '"';
	struct stk_str add = stk_str_trim(stk_str_from(text));
	struct stk_fix *fix = stk_finding_fix(context->report, finding, safe,
					      stk_arena_printf(context->arena, "add " STK_FMT, STK_ARG(add)).p);
	if (json)
		stk_dockerfile_edit(context, fix, span.end + 1, span.end + 1,
				    stk_arena_printf(context->arena, ", \"" STK_FMT "\"", STK_ARG(add)));
	else
		stk_dockerfile_edit(context, fix, span.end, span.end, stk_str_from(text));
}

/* Does the text end in a way that lets "&& command" follow? */
static bool can_be_continued(const struct stk_shell *shell)
{
	const struct stk_shell_node *last = shell->root->last_child;
	if (shell->broken || !last || stk_str_is(last->separator, "&"))
		return false;
	for (size_t i = 0; i < shell->commands.n; i++) {
		const struct stk_shell_node *command = shell->commands.v[i];
		if (stk_is_one_of(command->name, "exit return trap") ||
		    (command->words && stk_str_is(command->words->text, "exec")))
			return false;
		/* Behind a heredoc's marker the line goes on, but its end is not where the
		   command ends. */
		for (const struct stk_shell_redirect *redirect = command->redirects; redirect;
		     redirect = redirect->next)
			if (redirect->body.p || stk_str_starts(redirect->operator, S("<<")))
				return false;
	}
	return true;
}

/* The blanks that begin the line on which the byte stands. */
static struct stk_str indentation_at(struct stk_str text, size_t at)
{
	size_t begin = at < text.n ? at : text.n;
	while (begin > 0 && text.p[begin - 1] != '\n')
		begin--;
	size_t end = begin;
	while (end < text.n && (text.p[end] == ' ' || text.p[end] == '\t'))
		end++;
	return stk_str_slice(text, begin, end);
}

void stk_fix_append_command(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_run *run, bool safe, const char *command)
{
	const struct stk_instruction *at = run->instruction;
	if (at->json || run->scripts.n != 1 || (at->heredocs.n && !at->shell_is_heredoc) ||
	    !can_be_continued(run->scripts.v[0]->shell))
		return;
	struct stk_str file = context->file->text;
	const struct stk_shell_node *last = run->scripts.v[0]->shell->root->last_child;
	size_t end = stk_source_span(run->scripts.v[0]->source, last->begin, last->end).end;
	/* A RUN on several lines goes on as its author wrote it: on a line of its own, with the
	   same indentation. */
	struct stk_str indentation = indentation_at(file, end);
	struct stk_fix *fix = stk_finding_fix(context->report, finding, safe,
					      stk_arena_printf(context->arena, "end the RUN with \"%s\"", command).p);
	struct stk_str text;
	if (at->shell_is_heredoc) {
		struct stk_str blanks = at->heredocs.v[0].chomp || indentation.n ? indentation : S("");
		text = stk_arena_printf(context->arena, "\n" STK_FMT "%s", STK_ARG(blanks), command);
	} else if (at->line != at->end_line && indentation.n) {
		text = stk_arena_printf(context->arena, " %c\n" STK_FMT "&& %s", context->file->escape,
					STK_ARG(indentation), command);
	} else {
		text = stk_arena_printf(context->arena, " && %s", command);
	}
	stk_dockerfile_edit(context, fix, end, end, text);
}

void stk_fix_remove_instruction(struct stk_dockerfile_context *context, struct stk_finding *finding,
				const struct stk_instruction *at, bool safe, const char *description)
{
	struct stk_str text = context->file->text;
	size_t begin = at->span.begin, end = at->span.end;
	while (begin > 0 && (text.p[begin - 1] == ' ' || text.p[begin - 1] == '\t'))
		begin--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	end += end < text.n;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, safe, description);
	stk_dockerfile_edit(context, fix, begin, end, S(""));
}

/* ---- findings as Hadolint has them ---- */

/* Severities that differ from the rows'. */
static const struct {
	const char *id;
	enum stk_severity severity;
} severities[] = {
	{ "DL3000", STK_SEV_HIGH }, { "DL3002", STK_SEV_MEDIUM }, { "DL3020", STK_SEV_HIGH },
	{ "DL3048", STK_SEV_INFO }, { "DL3064", STK_SEV_MEDIUM }, { "DL4000", STK_SEV_HIGH },
};

static void move_to_instruction(const struct stk_dockerfile *file, struct stk_finding *finding)
{
	const struct stk_instruction *at = stk_dockerfile_instruction_at(file, finding->location.line);
	if (at)
		finding->location.line = at->line;
	finding->location.column = 1;
	finding->location.end_line = finding->location.line;
	finding->location.end_column = 1;
	for (size_t i = 0; i < STK_LEN(severities); i++)
		if (stk_str_is(finding->id, severities[i].id))
			finding->severity = severities[i].severity;
}

/* Hadolint's parser counts characters, and a tab up to the next multiple of eight. */
static void count_characters(const struct stk_dockerfile *file, struct stk_finding *finding)
{
	struct stk_location *at = &finding->location;
	size_t begin = at->line && at->line <= file->lines.n ? file->lines.v[at->line - 1] : 0;
	struct stk_str before = stk_str_slice(file->text, begin, begin + (at->column ? at->column - 1 : 0));
	uint32_t column = 1, c = 0;
	while (before.n) {
		size_t n = stk_utf8_decode(before, &c);
		column = c == '\t' ? (column + 7) / 8 * 8 + 1 : column + 1;
		before = stk_str_slice(before, n ? n : 1, before.n);
	}
	at->column = at->end_column = column;
}

/* Rules of labels report once for each label of the schema; all others once an instruction. */
static struct stk_str name_of_report(struct stk_arena *arena, const struct stk_finding *finding)
{
	bool label = stk_is_one_of(finding->id, "DL3049 DL3051 DL3052 DL3053 DL3054 DL3055 DL3056 DL3058");
	return stk_arena_printf(arena, STK_FMT " %u " STK_FMT, STK_ARG(finding->id), finding->location.line,
				STK_ARG(label ? finding->message : S("")));
}

void stk_hadolint_collapse(struct stk_dockerfile_context *context, size_t first)
{
	struct stk_report *report = context->report;
	struct stk_map reported = { 0 };
	size_t kept = first;
	for (size_t i = first; i < report->findings.n; i++) {
		struct stk_finding *finding = &report->findings.v[i];
		if (stk_str_is(finding->id, "DL1000"))
			count_characters(context->file, finding);
		else if (!stk_str_starts(finding->id, S("SC")))
			move_to_instruction(context->file, finding);
		if (stk_map_add(&reported, context->arena, name_of_report(context->arena, finding)))
			report->findings.v[kept++] = *finding;
	}
	report->findings.n = kept;
}
