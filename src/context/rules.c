/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CTX rules. Each looks at the files that a build would send, and at the COPY instructions that
 * could take them: what is sent and not copied costs time, what is copied is in the image. A
 * repair is a line at the end of .dockerignore, where it wins over every earlier one.
 */
#include "context/rules.h"

#include "base/buf.h"
#include "base/limits.h"
#include "context/names.h"
#include "context/size.h"
#include "text/path.h"
#include "base/banned.h"

enum { MOST_FINDINGS_A_RULE = 100 };

static struct stk_str full_path(const struct stk_context_check *check, struct stk_str path)
{
	if (stk_str_is(check->context->root, "."))
		return path;
	struct stk_str root = stk_str_strip_suffix(check->context->root, S("/"));
	return stk_arena_printf(check->report->arena, STK_FMT "/" STK_FMT, STK_ARG(root), STK_ARG(path));
}

/* A pattern for .dockerignore with every special character quoted. */
static struct stk_str quoted(struct stk_arena *arena, struct stk_str path)
{
	STK_BUF out = stk_buf_new(path.n * 2 + 1);
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] == '*' || path.p[i] == '?' || path.p[i] == '[' || path.p[i] == ']' || path.p[i] == '\\' ||
		    (i == 0 && (path.p[i] == '#' || path.p[i] == '!')))
			stk_buf_byte(&out, '\\');
		stk_buf_byte(&out, path.p[i]);
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}

/* Sets the fix: a line with its reason at the end of .dockerignore. Equal lines of several findings are written once.
 */
static void add_line(struct stk_context_check *check, struct stk_finding *finding, struct stk_str pattern,
		     struct stk_str comment, bool safe)
{
	const struct stk_context *context = check->context;
	bool unended = context->ignore_text.n && context->ignore_text.p[context->ignore_text.n - 1] != '\n';
	struct stk_fix *fix = stk_finding_fix(check->report, finding, safe, "leave it out with .dockerignore");
	struct stk_str text = unended ? stk_arena_printf(check->report->arena, "\n# " STK_FMT "\n" STK_FMT,
							 STK_ARG(comment), STK_ARG(pattern))
				      : stk_arena_printf(check->report->arena, "# " STK_FMT "\n" STK_FMT "\n",
							 STK_ARG(comment), STK_ARG(pattern));
	stk_fix_edit(check->report, fix, context->ignore_file, context->ignore_text.n, context->ignore_text.n, text);
}

static bool source_takes(struct stk_arena *scratch, struct stk_str source, struct stk_str path, bool *by_name)
{
	struct stk_dockerignore pattern = { 0 };
	bool taken = false;
	struct stk_str clean = stk_path_clean(scratch, stk_arena_join(scratch, S("/"), source));
	clean = stk_str_slice(clean, 1, clean.n);
	if (!clean.n || stk_str_is(clean, ".")) {
		*by_name = false;
		return true;
	}
	/* What is named stands below the path: the folder's content is taken in part. */
	if (stk_str_starts(clean, path) && clean.n > path.n && clean.p[path.n] == '/') {
		*by_name = true;
		return true;
	}
	if (clean.p[0] == '!' || stk_dockerignore_add(scratch, clean, 0, &pattern, NULL) < 0 || !pattern.n ||
	    stk_dockerignore_match_last(&pattern, path, &taken, NULL) < 0)
		return false;
	*by_name = taken && stk_str_eq(clean, path);
	return taken;
}

/* Does --exclude keep a path out of what a source takes? Its patterns are relative to the source; where that is a glob,
 * to each folder or file that fits it. */
static bool is_excluded(struct stk_arena *scratch, const struct stk_context_copy *copy, struct stk_str source,
			struct stk_str path)
{
	struct stk_dockerignore patterns = { 0 };
	struct stk_str clean = stk_path_clean(scratch, stk_arena_join(scratch, S("/"), source)), inside = path;
	bool out = false;
	for (size_t parts = 0; clean.n > 1 && parts < clean.n; parts++)
		if (clean.p[parts] == '/' && stk_str_find_byte(inside, '/') != SIZE_MAX)
			stk_str_cut(&inside, '/');
	for (size_t i = 0; i < copy->excludes.n; i++)
		if (stk_dockerignore_add(scratch, copy->excludes.v[i], 0, &patterns, NULL) < 0)
			return false;
	return patterns.n && stk_dockerignore_match_last(&patterns, inside, &out, NULL) == 0 && out;
}

const struct stk_context_copy *stk_context_copied(const struct stk_context_copies *copies, struct stk_str path,
						  bool *by_name)
{
	STK_ARENA scratch = { 0 };
	const struct stk_context_copy *first = NULL;
	bool named = false;
	for (size_t i = 0; copies && i < copies->n; i++)
		for (size_t k = 0; k < copies->v[i].sources.n; k++) {
			bool this_one = false;
			struct stk_str source = copies->v[i].sources.v[k];
			if (!source_takes(&scratch, source, path, &this_one) ||
			    is_excluded(&scratch, &copies->v[i], source, path))
				continue;
			first = first && !(this_one && !named) ? first : &copies->v[i];
			named |= this_one;
		}
	*by_name = named;
	return first;
}

/* Says which instruction takes it; true when one names it, and leaving it out would break the build. */
static bool say_copied(struct stk_context_check *check, struct stk_finding *finding, struct stk_str path)
{
	bool by_name = false;
	if (!check->copies)
		return false;
	const struct stk_context_copy *copy = stk_context_copied(check->copies, path, &by_name);
	if (copy)
		stk_finding_evidence(check->report, finding, STK_FMT ":%u \"" STK_FMT "\" copies it into the image",
				     STK_ARG(copy->file), copy->line, STK_ARG(copy->text));
	else
		stk_finding_evidence(check->report, finding,
				     "no COPY or ADD takes it, but it is sent to the builder and stays in its cache");
	return by_name;
}

static struct stk_finding *at_path(const struct stk_rule *rule, struct stk_context_check *check, struct stk_str path)
{
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = full_path(check, path);
	return finding;
}

static struct stk_str amount(struct stk_arena *arena, const struct stk_context_entry *entry)
{
	STK_BUF text = stk_buf_new(STK_KIB(1));
	stk_context_size_text(&text, entry->size);
	if (entry->type == STK_CONTEXT_DIRECTORY)
		stk_buf_printf(&text, " in %u file%s", entry->files, entry->files == 1 ? "" : "s");
	return stk_arena_str(arena, stk_buf_str(&text));
}

/* Is the last part of a pattern more than stars, so that whoever wrote it meant what fits it? */
static bool is_specific(const struct stk_ignore_pattern *pattern)
{
	size_t slash = stk_str_rfind_byte(pattern->text, '/');
	for (size_t i = slash == SIZE_MAX ? 0 : slash + 1; i < pattern->text.n; i++)
		if (pattern->text.p[i] != '*')
			return true;
	return false;
}

/* The exception that brings an entry back by its name, on purpose, or NULL. */
static const struct stk_ignore_pattern *kept_by(const struct stk_context *context, struct stk_str path)
{
	for (size_t i = context->patterns.n; i > 0 && context->patterns.exceptions; i--) {
		const struct stk_ignore_pattern *pattern = &context->patterns.v[i - 1];
		if (pattern->exception && context->decided[i - 1] && is_specific(pattern) &&
		    stk_context_names(pattern, path))
			return pattern;
	}
	return NULL;
}

/* Would the pattern also leave out what an exception of the same file brings back? */
static bool undoes_exceptions(const struct stk_context_check *check, struct stk_str pattern)
{
	STK_ARENA scratch = { 0 };
	struct stk_dockerignore one = { 0 };
	bool out;
	if (!check->kept.n || stk_dockerignore_add(&scratch, pattern, 0, &one, NULL) < 0)
		return false;
	for (size_t i = 0; i < check->kept.n; i++)
		if (stk_dockerignore_match(&one, check->context->entries.v[check->kept.v[i]].path, &out, NULL) == 0 &&
		    out)
			return true;
	return false;
}

static void report_name(const struct stk_rule *rule, struct stk_context_check *check,
			const struct stk_context_entry *entry, const struct stk_context_name *name)
{
	struct stk_arena *arena = check->report->arena;
	struct stk_finding *finding = at_path(rule, check, entry->path);
	finding->message = stk_arena_printf(arena, "%s \"" STK_FMT "\" (" STK_FMT ") is part of the build context",
					    name->what, STK_ARG(entry->path), STK_ARG(amount(arena, entry)));
	bool needed = say_copied(check, finding, entry->path);
	const struct stk_ignore_pattern *kept = kept_by(check->context, entry->path);
	if (kept)
		stk_finding_evidence(check->report, finding, STK_FMT ":%u \"" STK_FMT "\" brings it back by its name",
				     STK_ARG(check->context->ignore_file), kept->line, STK_ARG(kept->source));
	/* A general line would take with it what exceptions name: then only this path is left out. */
	struct stk_str pattern = stk_str_from(name->pattern);
	if (!kept && undoes_exceptions(check, pattern))
		pattern = quoted(arena, entry->path);
	add_line(check, finding, pattern, stk_str_from(name->comment), !needed && !kept);
}

/* Findings by name for the rule; what stands below a folder that is known by its name belongs to it. */
static void check_names(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	const struct stk_context *context = check->context;
	size_t found = 0;
	for (size_t i = 0; i < context->entries.n;) {
		const struct stk_context_entry *entry = &context->entries.v[i];
		const struct stk_context_name *name = check->names[i];
		i = name ? entry->next : i + 1;
		if (!name || !stk_str_is(stk_str_from(name->rule), rule->id) ||
		    (entry->type == STK_CONTEXT_DIRECTORY && !entry->files))
			continue;
		if (found++ < MOST_FINDINGS_A_RULE)
			report_name(rule, check, entry, name);
	}
	if (found > MOST_FINDINGS_A_RULE)
		*STK_PUSH(check->report->arena, &check->report->notices) = stk_arena_printf(
			check->report->arena, "%s: %zu more are not listed", rule->id, found - MOST_FINDINGS_A_RULE);
}

bool stk_context_known(const struct stk_context_entry *entry)
{
	return stk_context_name_of(entry) != NULL;
}

static void check_huge(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	for (size_t i = 0; i < check->context->entries.n;) {
		const struct stk_context_entry *entry = &check->context->entries.v[i];
		bool known = check->names[i];
		i = known ? entry->next : i + 1;
		if (entry->type != STK_CONTEXT_FILE || entry->size < check->huge || known)
			continue;
		struct stk_finding *finding = at_path(rule, check, entry->path);
		finding->message = stk_arena_printf(check->report->arena, "\"" STK_FMT "\" has " STK_FMT,
						    STK_ARG(entry->path), STK_ARG(amount(check->report->arena, entry)));
		/* Whether the build needs it, only its author knows: the fix is not safe either way. */
		say_copied(check, finding, entry->path);
		add_line(check, finding, quoted(check->report->arena, entry->path), S("Large: sent with every build."),
			 false);
	}
}

/* Of the whole context, so that whatever is sent is in the image. */
static bool copies_everything(const struct stk_context_copies *copies, const struct stk_context_copy **which)
{
	for (size_t i = 0; copies && i < copies->n; i++)
		for (size_t k = 0; k < copies->v[i].sources.n; k++) {
			struct stk_str source = copies->v[i].sources.v[k];
			if (stk_str_is(source, ".") || stk_str_is(source, "./") || stk_str_is(source, "/") ||
			    stk_str_is(source, "*")) {
				*which = &copies->v[i];
				return true;
			}
		}
	return false;
}

static void check_missing(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	const struct stk_context_copy *copy;
	if (check->context->has_ignore || !copies_everything(check->copies, &copy))
		return;
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = copy->file;
	finding->location.line = copy->line;
	finding->message = stk_arena_printf(check->report->arena,
					    "\"" STK_FMT "\" takes the whole folder, and there is no .dockerignore",
					    STK_ARG(copy->text));
	add_line(check, finding, S("**/.git"), stk_str_from("Version control: history, branches, deleted files."),
		 true);
}

static struct stk_finding *at_pattern(const struct stk_rule *rule, struct stk_context_check *check,
				      const struct stk_ignore_pattern *pattern)
{
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = check->context->ignore_file;
	finding->location.line = pattern->line;
	return finding;
}

static void check_broken(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	if (!check->context->ignore_error.n)
		return;
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = check->context->ignore_file;
	finding->message = stk_arena_printf(check->report->arena, STK_FMT ": the build stops here",
					    STK_ARG(check->context->ignore_error));
}

/* The first entry that is sent below the root and would fit the pattern if it looked at every depth. */
static const struct stk_context_entry *deeper(const struct stk_context *context,
					      const struct stk_ignore_pattern *pattern)
{
	STK_ARENA scratch = { 0 };
	struct stk_dockerignore deep = { 0 };
	if (stk_str_find_byte(pattern->text, '/') != SIZE_MAX || stk_str_starts(pattern->text, S("**")) ||
	    stk_str_is(pattern->text, "*") ||
	    stk_dockerignore_add(&scratch, stk_arena_join(&scratch, S("**/"), pattern->text), 0, &deep, NULL) < 0 ||
	    !deep.n)
		return NULL;
	for (size_t i = 0; i < context->entries.n; i++) {
		bool matches = false;
		/* matched anew for each path: nothing of a parent's match is known here. */
		bool *own = STK_NEW(&scratch, bool, 1);
		/* At the top stands only what an exception brings back: the pattern did reach that. */
		if (stk_str_find_byte(context->entries.v[i].path, '/') == SIZE_MAX)
			continue;
		if (stk_dockerignore_step(&deep, context->entries.v[i].path, NULL, own, &matches, NULL, NULL) == 0 &&
		    matches)
			return &context->entries.v[i];
	}
	return NULL;
}

static void check_depth(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	for (size_t i = 0; i < check->context->patterns.n; i++) {
		const struct stk_ignore_pattern *pattern = &check->context->patterns.v[i];
		const struct stk_context_entry *entry = pattern->exception ? NULL : deeper(check->context, pattern);
		if (!entry)
			continue;
		struct stk_finding *finding = at_pattern(rule, check, pattern);
		finding->message = stk_arena_printf(
			check->report->arena, "\"" STK_FMT "\" means the top folder only: \"" STK_FMT "\" is sent",
			STK_ARG(pattern->source), STK_ARG(entry->path));
		add_line(check, finding, stk_arena_join(check->report->arena, S("**/"), pattern->text),
			 stk_arena_printf(check->report->arena, "\"" STK_FMT "\" at every depth.",
					  STK_ARG(pattern->text)),
			 false);
	}
}

/* Patterns that do not do what their author seems to have meant. At most one reason each, the
   surest first. */
static void check_effect(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	const struct stk_context *context = check->context;
	for (size_t i = 0; i < context->patterns.n; i++) {
		const struct stk_ignore_pattern *pattern = &context->patterns.v[i];
		const char *why = NULL;
		if (pattern->source.n > 1 && stk_str_contains(pattern->source, S(" #")))
			why = "there are no comments behind a pattern: the \"#\" is part of the name";
		else if (pattern->source.p[0] == '#')
			why = "a comment starts in the first column: this one is a pattern";
		else if (stk_str_contains(pattern->source, S("[!")))
			why = "\"[!\" does not negate here; write \"[^\"";
		else if (pattern->exception && context->named[i] && !context->decided[i])
			why = "this exception brings nothing back: what it names is not left out before it, or by a "
			      "pattern for a part of it";
		if (!why)
			continue;
		struct stk_finding *finding = at_pattern(rule, check, pattern);
		finding->message =
			stk_arena_printf(check->report->arena, "\"" STK_FMT "\": %s", STK_ARG(pattern->source), why);
	}
}

static void check_shadowed(const struct stk_rule *rule, void *context_)
{
	struct stk_context_check *check = context_;
	if (!check->context->ignore_is_own || check->context->patterns.n || check->context->ignore_error.n)
		return;
	struct stk_finding *finding = stk_report_add(check->report, rule, check->target);
	finding->location.file = check->context->ignore_file;
	finding->message = stk_arena_printf(
		check->report->arena, STK_FMT " holds no pattern and stands in for .dockerignore: nothing is left out",
		STK_ARG(check->context->ignore_file));
}

static const struct stk_rule rows[] = {
	{ .id = "CTX-001",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "Secret in the build context",
	  .why = "What is sent to the builder stays in its cache, and one broad COPY puts it into a layer, where "
		 "everybody who pulls the image "
		 "reads it, also after it was deleted in a later one.",
	  .remedy = "Leave it out with .dockerignore, and hand it to the build with --secret where the build needs it.",
	  .bad = "COPY . /app",
	  .good = "RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci",
	  .check = check_names },
	{ .id = "CTX-002",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "File of the build context holds a secret",
	  .why = "What is sent to the builder stays in its cache, and one broad COPY puts it into a layer.",
	  .remedy = "Take the secret out of the file and change it, or leave the file out with .dockerignore." },
	{ .id = "CTX-003",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Version control in the build context",
	  .why = "History holds every file that was ever committed, deleted secrets and other branches among them.",
	  .remedy = "Leave it out with .dockerignore; a commit's id can be given with --build-arg.",
	  .check = check_names },
	{ .id = "CTX-004",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "Installed dependencies in the build context",
	  .why = "They make every build slower, and a broad COPY puts packages of this machine over those the build "
		 "installed.",
	  .remedy = "Leave them out with .dockerignore.",
	  .check = check_names },
	{ .id = "CTX-005",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "Editor settings in the build context",
	  .why = "They change without the program changing, which throws the build's cache away, and tell about their "
		 "author's machine.",
	  .remedy = "Leave them out with .dockerignore.",
	  .check = check_names },
	{ .id = "CTX-006",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_INFO,
	  .title = "Pipeline or deployment files in the build context",
	  .why = "They tell an attacker inside the container how it is built and deployed, and what stands beside it.",
	  .remedy = "Leave them out with .dockerignore.",
	  .check = check_names },
	{ .id = "CTX-007",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "Huge file in the build context",
	  .why = "It is sent with every build that starts without it in the builder's cache.",
	  .remedy = "Leave it out with .dockerignore, or fetch it in the build.",
	  .check = check_huge },
	{ .id = "CTX-008",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_LOW,
	  .title = "Logs or data in the build context",
	  .why = "Logs, dumps and databases hold what users sent: addresses, tokens, passwords.",
	  .remedy = "Leave them out with .dockerignore.",
	  .check = check_names },
	{ .id = "CTX-009",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "No .dockerignore, and everything is copied",
	  .why = "Whatever lands in the folder - a key, a dump, a .env - is in the next image.",
	  .remedy = "Write a .dockerignore, or copy the folders that are needed; strake context --fix writes one.",
	  .bad = "COPY . /app",
	  .good = "COPY src/ package.json /app/",
	  .check = check_missing },
	{ .id = "CTX-010",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = ".dockerignore cannot be read",
	  .why = "The build fails; builders that do not fail send everything.",
	  .remedy = "Mend the pattern.",
	  .bad = "[a-",
	  .good = "[a-z]*",
	  .check = check_broken },
	{ .id = "CTX-011",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "Pattern reaches the top folder only",
	  .why = "Unlike in .gitignore a pattern without \"**/\" does not look into folders: what it should leave out "
		 "further down is sent.",
	  .remedy = "Write \"**/\" before it.",
	  .bad = "node_modules",
	  .good = "**/node_modules",
	  .check = check_depth },
	{ .id = "CTX-012",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_LOW,
	  .title = "Pattern does not do what it says",
	  .why = "Somebody believes that something is left out, or comes back; it is not so.",
	  .remedy = "Mend the line, or remove it.",
	  .bad = "secrets # not for the image",
	  .good = "# not for the image\nsecrets",
	  .check = check_effect },
	{ .id = "CTX-013",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Empty ignore file of a Dockerfile stands in for .dockerignore",
	  .why = "NAME.dockerignore replaces .dockerignore, and an empty one switches it off.",
	  .remedy = "Remove it, or write the patterns into it.",
	  .check = check_shadowed },
};

const struct stk_rule_table stk_context_rules = { "context", rows, STK_LEN(rows) };

void stk_context_judge(struct stk_context_check *check)
{
	const struct stk_context *context = check->context;
	check->names = STK_NEW(check->report->arena, const struct stk_context_name *, context->entries.n);
	for (uint32_t i = 0; i < context->entries.n; i++) {
		check->names[i] = stk_context_name_of(&context->entries.v[i]);
		if (kept_by(context, context->entries.v[i].path))
			*STK_PUSH(check->report->arena, &check->kept) = i;
	}
	for (size_t i = 0; i < STK_LEN(rows); i++)
		if (rows[i].check)
			rows[i].check(&rows[i], check);
}

struct stk_finding *stk_context_secret(struct stk_context_check *check, struct stk_str path)
{
	struct stk_finding *finding = at_path(stk_rule_find(&stk_context_rules, S("CTX-002")), check, path);
	say_copied(check, finding, path);
	/* Unlike a key by its name, a source file with a password in it is mostly needed: the secret has to go, not the
	 * file. */
	add_line(check, finding, quoted(check->report->arena, path), S("Holds a secret."), false);
	return finding;
}
