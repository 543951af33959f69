/* SPDX-License-Identifier: Apache-2.0 */
/* COPY and ADD. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "text/nearest.h"

#include "base/banned.h"

/* The paths of COPY and ADD. Hadolint takes them as typed, and reads some flags as the first of them. */
static struct stk_words paths_of(const struct stk_dockerfile_context *context, const struct stk_instruction *at)
{
	size_t begin = stk_hadolint_paths_at(context->file, at);
	struct stk_words words = { 0 };
	if (!stk_like_hadolint(context) || (at->json && begin == SIZE_MAX))
		return at->words;
	for (size_t i = 0; i < at->words.n && begin == SIZE_MAX; i++) {
		struct stk_word *word = STK_PUSH(context->arena, &words);
		*word = at->words.v[i];
		word->value = word->raw;
	}
	struct stk_str text = stk_str_slice(context->file->text, begin, at->span.end), path;
	while ((path = stk_str_cut_word(&text)).n)
		if (path.n > 1 || path.p[0] != context->file->escape)
			*STK_PUSH(context->arena, &words) =
				(struct stk_word){ .raw = path, .value = path, .span = at->name_span };
	return words;
}

static const struct stk_word *destination(const struct stk_words *paths)
{
	return paths->n > 1 ? &paths->v[paths->n - 1] : NULL;
}

static struct stk_str base_name(struct stk_str path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '/' || path.p[i] == '\\')
			return stk_hadolint_unquote(stk_str_slice(path, i + 1, path.n));
	return stk_hadolint_unquote(path);
}

/* ---- DL3010 ---- */

/* An archive that a COPY put into the image. */
struct archive {
	struct stk_str name;
	const struct stk_instruction *copy;
	struct stk_span span;
	bool reported;
};
struct archives {
	struct archive *v;
	size_t n, cap;
	struct stk_map by_name; /* -> struct same_archives, of the stage that is looked at */
};
/* Those of one name; all before `next` are reported. */
struct same_archives {
	size_t *v, n, cap, next;
};

static void note_archive(struct stk_arena *arena, struct archives *out, const struct stk_instruction *copy,
			 const struct stk_word *word)
{
	struct stk_str name = base_name(word->value);
	struct same_archives **same = (struct same_archives **)stk_map_at(&out->by_name, arena, name);
	if (!*same)
		*same = STK_NEW(arena, struct same_archives, 1);
	*STK_PUSH(arena, *same) = out->n;
	*STK_PUSH(arena, out) = (struct archive){ .name = name, .copy = copy, .span = word->span };
}

static void note_archives(struct stk_dockerfile_context *context, struct archives *out,
			  const struct stk_instruction *copy)
{
	struct stk_words paths = paths_of(context, copy);
	const struct stk_word *to = destination(&paths);
	if (!to || stk_hadolint_flag(context, copy, "from"))
		return;
	if (stk_is_archive_name(stk_hadolint_unquote(to->value))) {
		note_archive(context->arena, out, copy, to);
		return;
	}
	for (size_t i = 0; i + 1 < paths.n; i++)
		if (stk_is_archive_name(stk_hadolint_unquote(paths.v[i].value)))
			note_archive(context->arena, out, copy, &paths.v[i]);
}

/* tar's first argument may be letters without a hyphen (tar xf). Hadolint looks for an x in any
   flag. */
static bool unpacks(const struct stk_run_command *command, bool hadolint)
{
	if (stk_command_is_any(command, "unzip gunzip bunzip2 unlzma unxz zgz uncompress zcat gzcat"))
		return true;
	if (!stk_command_is(command, "tar"))
		return false;
	if (stk_command_argument(command, "--extract --get"))
		return true;
	for (size_t i = 0; i < command->n_arguments; i++) {
		struct stk_str text = command->arguments[i]->text;
		bool letters =
			stk_str_starts(text, S("-")) ? hadolint || !stk_str_starts(text, S("--")) : !hadolint && i == 0;
		if (letters && stk_str_find_byte(text, 'x') != SIZE_MAX)
			return true;
	}
	return false;
}

static void report_archives(struct archives *archives, struct stk_str name)
{
	struct same_archives *same = stk_map_get(&archives->by_name, name);
	while (same && same->next < same->n)
		archives->v[same->v[same->next++]].reported = true;
}

static void match_archives(struct stk_dockerfile_context *context, struct archives *archives, const struct stk_run *run)
{
	EACH_COMMAND(command, run)
	{
		if (!unpacks(command, stk_like_hadolint(context)))
			continue;
		for (size_t a = 0; a < command->n_arguments; a++)
			if (!stk_shell_is_flag(command->arguments[a]))
				report_archives(archives, base_name(command->arguments[a]->text));
	}
}

static void check_archives(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	const struct stk_runs *runs = stk_dockerfile_runs(context);
	struct archives archives = { 0 };
	size_t next = 0, last = context->file->stages.n ? context->file->stages.n - 1 : SIZE_MAX;
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_FROM)
			archives.by_name = (struct stk_map){ 0 };
		else if (at->keyword == STK_COPY)
			note_archives(context, &archives, at);
		else if (at->keyword == STK_RUN)
			match_archives(context, &archives, &runs->v[next++]);
	}
	const struct stk_instruction *done = NULL;
	for (size_t i = 0; i < archives.n; i++) {
		const struct archive *archive = &archives.v[i];
		/* Hadolint forgets what it found with every FROM. */
		if (!archive->reported || archive->copy == done ||
		    (stk_like_hadolint(context) && archive->copy->stage != last))
			continue;
		done = archive->copy;
		stk_dockerfile_find_at(context, rule, archive->copy, archive->span,
				       "a later RUN unpacks " STK_FMT
				       ": ADD does so by itself, without keeping the archive",
				       STK_ARG(archive->name));
	}
}

/* ---- DL3020 ---- */

static bool is_remote(struct stk_str source, bool hadolint)
{
	if (stk_str_starts(source, S("http://")) || stk_str_starts(source, S("https://")))
		return true;
	return !hadolint && (stk_str_starts(source, S("git@")) || stk_str_starts(source, S("git://")) ||
			     stk_str_starts(source, S("ssh://")) || stk_str_find_byte(source, '$') != SIZE_MAX);
}

/* The history of an image that the classic builder made shows "file:<hash> in /". */
static bool is_history(const struct stk_instruction *at)
{
	struct stk_str first = at->words.v[0].value;
	return stk_str_starts(first, S("file:")) || stk_str_starts(first, S("multi:")) ||
	       stk_str_starts(first, S("dir:"));
}

static bool wants_add(struct stk_str source, bool hadolint)
{
	source = stk_hadolint_unquote(source);
	return stk_is_archive_name(source) || is_remote(source, hadolint) ||
	       (!hadolint && stk_str_contains(source, S(".tar")));
}

static void fix_add(struct stk_dockerfile_context *context, struct stk_finding *finding,
		    const struct stk_instruction *at)
{
	for (size_t i = 0; i + 1 < at->words.n; i++)
		if (wants_add(at->words.v[i].value, false) || stk_str_starts(at->words.v[i].value, S("git")))
			return;
	for (size_t i = 0; i < at->flags.n; i++)
		if (!stk_is_one_of(at->flags.v[i].name, "chown chmod link exclude"))
			return;
	struct stk_fix *fix = stk_finding_fix(context->report, finding, true, "use COPY");
	bool lower = at->name.n && at->name.p[0] == 'a';
	stk_dockerfile_edit(context, fix, at->name_span.begin, at->name_span.end, lower ? S("copy") : S("COPY"));
}

static void check_add(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	bool hadolint = stk_like_hadolint(context);
	EACH_INSTRUCTION(at, context)
	{
		struct stk_words paths = paths_of(context, at);
		if (at->keyword != STK_ADD || paths.n < 2 || (!hadolint && is_history(at)))
			continue;
		/* The last path is where they go. */
		const struct stk_word *plain = NULL;
		for (size_t i = 0; i + 1 < paths.n && !plain; i++)
			if (!wants_add(paths.v[i].value, hadolint))
				plain = &paths.v[i];
		bool mixed = false; /* one archive or address among the sources needs ADD */
		for (size_t i = 0; i + 1 < paths.n; i++)
			mixed |= wants_add(paths.v[i].value, hadolint);
		if (!plain || (mixed && !hadolint))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, at, at->name_span,
					       "use COPY for files and folders; ADD is for archives and addresses");
		fix_add(context, finding, at);
	}
}

/* ---- DL3021 ---- */

static void check_many_sources(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		struct stk_words paths = paths_of(context, at);
		const struct stk_word *to = destination(&paths);
		bool hadolint = stk_like_hadolint(context);
		if (at->keyword != STK_COPY || paths.n < 3 || stk_str_ends(stk_hadolint_unquote(to->value), S("/")) ||
		    (!hadolint && is_history(at)))
			continue;
		struct stk_finding *finding =
			stk_dockerfile_find_at(context, rule, at, to->span,
					       "the destination of several sources is a folder: end it with \"/\"");
		/* Quoted or escaped: the byte behind the word is not behind its text. */
		if (at->json || to->raw.n != to->value.n)
			continue;
		struct stk_fix *fix =
			stk_finding_fix(context->report, finding, true, "end the destination with a slash");
		stk_dockerfile_edit(context, fix, to->span.end, to->span.end, S("/"));
	}
}

/* ---- DL3022, DL3023 ---- */

static bool is_stage_number(struct stk_str text, size_t limit, bool hadolint)
{
	size_t n = 0;
	uint64_t number;
	while (n < text.n && stk_is_digit(text.p[n]))
		n++;
	if (!n || (!hadolint && n != text.n) || !stk_str_u64(stk_str_slice(text, 0, n), 10, &number))
		return false;
	return number < limit;
}

/* The stage of an instruction counted from 1: how many FROMs stand above. */
static size_t stages_so_far(const struct stk_instruction *at)
{
	return at->stage == SIZE_MAX ? 0 : at->stage + 1;
}

static bool is_known_source(const struct stk_dockerfile_context *context, const struct stk_instruction *at,
			    struct stk_str source)
{
	bool hadolint = stk_like_hadolint(context);
	if (stk_str_find_byte(stk_hadolint_unquote(source), ':') != SIZE_MAX ||
	    is_stage_number(source, stages_so_far(at), hadolint))
		return true;
	/* What holds a slash or a digest is an image of a registry; a variable may be anything. */
	if (!hadolint && (stk_str_find_byte(source, '$') != SIZE_MAX || stk_str_find_byte(source, '/') != SIZE_MAX ||
			  stk_str_find_byte(source, '@') != SIZE_MAX))
		return true;
	return hadolint ? stk_dockerfile_is_alias(context->file, source, stages_so_far(at))
			: stk_dockerfile_stage(context->file, source, stages_so_far(at)) != SIZE_MAX;
}

/* The stage above whose name is nearest, where one is near. */
static void fix_copy_source(struct stk_dockerfile_context *context, struct stk_finding *finding,
			    const struct stk_instruction *at, const struct stk_flag *from)
{
	struct stk_repair repair = stk_repair_new(context);
	struct stk_strs names = { 0 };
	for (size_t i = 0; i < at->stage && i < context->file->stages.n; i++)
		if (context->file->stages.v[i].alias.value.n)
			*STK_PUSH(context->arena, &names) = context->file->stages.v[i].alias.value;
	struct stk_str near = stk_nearest(from->value, &names);
	repair.failed = !near.n || from->value_span.end - from->value_span.begin != from->value.n;
	stk_repair_replace(&repair, from->value_span.begin, from->value_span.end, near);
	stk_repair_offer(&repair, finding, false, "write --from=" STK_FMT, STK_ARG(near));
}

static void check_copy_source(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_hadolint_flag(context, at, "from") : NULL;
		if (from && !is_known_source(context, at, from->value))
			fix_copy_source(context,
					stk_dockerfile_find_at(context, rule, at, from->value_span,
							       "\"" STK_FMT "\" is no stage above this line",
							       STK_ARG(from->value)),
					at, from);
	}
}

static void check_copy_from_self(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		const struct stk_flag *from = at->keyword == STK_COPY ? stk_hadolint_flag(context, at, "from") : NULL;
		if (!from || at->stage == SIZE_MAX)
			continue;
		struct stk_str alias = context->file->stages.v[at->stage].alias.value;
		if (alias.n && (stk_like_hadolint(context) ? stk_str_eq(alias, from->value)
							   : stk_str_eq_nocase(alias, from->value)))
			stk_dockerfile_find_at(context, rule, at, from->value_span, "a stage cannot copy from itself");
	}
}

/* ---- DL3045 ---- */

static bool is_absolute(struct stk_str path)
{
	return stk_str_starts(path, S("/")) || stk_str_starts(path, S("$")) || stk_is_windows_absolute(path);
}

/* "/" is where most base images are, so the files land where they did. */
static void fix_relative(struct stk_dockerfile_context *context, struct stk_finding *finding,
			 const struct stk_instruction *at)
{
	struct stk_repair repair = stk_repair_new(context);
	repair.failed = at->stage == SIZE_MAX;
	stk_repair_line_before(&repair, at, "WORKDIR", S("/"));
	stk_repair_offer(&repair, finding, false, "write WORKDIR / before it");
}

static void check_relative_destination(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct stk_map set = { 0 }; /* stages with a WORKDIR, by Hadolint's names */
	struct stk_str stage = S("");
	EACH_INSTRUCTION(at, context)
	{
		struct stk_words paths = at->keyword == STK_COPY ? paths_of(context, at) : (struct stk_words){ 0 };
		const struct stk_word *to = destination(&paths);
		if (at->keyword == STK_FROM) {
			struct stk_hadolint_image image = stk_hadolint_from(context->file, at->stage);
			stage = stk_hadolint_stage_name(&image);
			if (stk_map_get(&set, image.name))
				*stk_map_at(&set, context->arena, stage) = at;
		} else if (at->keyword == STK_WORKDIR) {
			*stk_map_at(&set, context->arena, stage) = at;
		} else if (to && !is_absolute(stk_hadolint_unquote(to->value)) && !stk_map_get(&set, stage)) {
			fix_relative(context,
				     stk_dockerfile_find_at(context, rule, at, to->span,
							    "the destination is relative, and no WORKDIR says to what"),
				     at);
		}
	}
}

/* ---- DL3067 ---- */

static void check_whole_system(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	{
		struct stk_words paths = paths_of(context, at);
		const struct stk_word *to = destination(&paths);
		if (at->keyword != STK_COPY || !to || !stk_hadolint_flag(context, at, "from") ||
		    !stk_str_is(stk_hadolint_unquote(to->value), "/"))
			continue;
		for (size_t i = 0; i + 1 < paths.n; i++)
			if (stk_str_is(stk_hadolint_unquote(paths.v[i].value), "/")) {
				stk_dockerfile_find_at(context, rule, at, paths.v[i].span,
						       "this copies the whole file system of another image");
				break;
			}
	}
}

static const struct stk_rule rows[] = {
	{ .id = "DL3010",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_LOW,
	  .title = "archive copied and unpacked in two steps",
	  .why = "The archive stays in the layer of the COPY beside what was unpacked from it.",
	  .remedy = "Use ADD, which unpacks local archives by itself; or unpack in a build stage or from a bind mount.",
	  .bad = "COPY app.tar.gz /\nRUN tar -xzf /app.tar.gz",
	  .good = "ADD app.tar.gz /",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3010",
	  .check = check_archives },
	{ .id = "DL3020",
	  .aliases = { "DS-0005", "AVD-DS-0005", "DS005", "CIS-DI-0009" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "ADD where COPY does",
	  .why = "ADD also unpacks archives and fetches addresses: a file of the wrong kind changes what is built, without a word.",
	  .remedy = "Use COPY for files and folders.",
	  .fix = "--fix writes COPY",
	  .bad = "ADD . /app",
	  .good = "COPY . /app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3020",
	  .check = check_add },
	{ .id = "DL3021",
	  .aliases = { "DS-0011", "AVD-DS-0011", "DS011" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "several sources, and a destination that is no folder",
	  .why = "The build is refused.",
	  .remedy = "End the destination with \"/\".",
	  .fix = "--fix ends the destination with a slash",
	  .bad = "COPY a b /app",
	  .good = "COPY a b /app/",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3021",
	  .check = check_many_sources },
	{ .id = "DL3022",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "COPY --from an unknown stage",
	  .why = "What is no stage is taken for an image: Docker fetches one of that name from the registry, whoever published it.",
	  .remedy = "Name a stage above, or write the image with its tag: --from=busybox:1.37.",
	  .fix = "--fix-unsafe writes the stage whose name is nearest",
	  .bad = "FROM golang:1.25 AS build\nFROM alpine:3.20\nCOPY --from=biuld /app /app",
	  .good = "FROM golang:1.25 AS build\nFROM alpine:3.20\nCOPY --from=build /app /app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3022",
	  .check = check_copy_source },
	{ .id = "DL3023",
	  .aliases = { "DS-0006", "AVD-DS-0006", "DS006" },
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "a stage copies from itself",
	  .why = "The build is refused: the stage would have to be finished before it is.",
	  .remedy = "Name another stage, or use RUN cp.",
	  .bad = "FROM alpine:3.20 AS app\nCOPY --from=app /a /b",
	  .good = "FROM alpine:3.20 AS app\nRUN cp /a /b",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3023",
	  .check = check_copy_from_self },
	{ .id = "DL3045",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_MEDIUM,
	  .title = "relative destination without WORKDIR",
	  .why = "The files land in whatever folder the base image happens to have set.",
	  .remedy = "Write WORKDIR /app on a line before it, or an absolute path.",
	  .fix = "--fix-unsafe adds WORKDIR /, which base images have as a rule",
	  .bad = "FROM alpine:3.20\nCOPY app .",
	  .good = "FROM alpine:3.20\nWORKDIR /app\nCOPY app .",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3045",
	  .check = check_relative_destination },
	{ .id = "DL3067",
	  .layer = STK_LAYER_IMAGE,
	  .severity = STK_SEV_MEDIUM,
	  .title = "the whole file system of another image is copied",
	  .why = "Everything comes along: package caches, keys, histories, tools an attacker likes; and none of it is known as a package source.",
	  .remedy = "Copy what is needed, or build FROM that image.",
	  .bad = "COPY --from=build / /",
	  .good = "COPY --from=build /app /app",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3067",
	  .check = check_whole_system },
};

const struct stk_rule_table stk_hadolint_copy_rules = { "dockerfile", rows, STK_LEN(rows) };
