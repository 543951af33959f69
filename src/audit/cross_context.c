/* SPDX-License-Identifier: Apache-2.0 */
/* Secret files that the context sends and a COPY takes. */
#include "audit/cross_private.h"

#include <unistd.h>

#include "text/path.h"
#include "base/banned.h"

/* The file's path below the context's folder; false when it is not below. */
static bool inside(struct stk_arena *arena, struct stk_str folder, struct stk_str file, struct stk_str *out)
{
	char here[4096] = "";
	struct stk_str absolute = file;
	if (!stk_str_starts(file, S("/"))) {
		if (!getcwd(here, sizeof(here)))
			return false;
		absolute = stk_path_clean(arena, stk_arena_printf(arena, "%s/" STK_FMT, here, STK_ARG(file)));
	}
	if (!stk_str_starts(absolute, folder) || absolute.n <= folder.n + 1 || absolute.p[folder.n] != '/')
		return false;
	*out = stk_str_slice(absolute, folder.n + 1, absolute.n);
	return true;
}

/* A COPY or ADD from the context whose source is the whole folder, the file itself, or a folder above it. */
static bool takes(struct stk_arena *arena, const struct stk_instruction *copy, struct stk_str file)
{
	if ((copy->keyword != STK_COPY && copy->keyword != STK_ADD) || stk_instruction_flag(copy, "from") ||
	    copy->words.n < 2)
		return false;
	for (size_t i = 0; i + 1 < copy->words.n; i++) {
		/* A leading slash means the root of the context (Dockerfile reference, COPY). */
		struct stk_str source = stk_path_clean(arena, copy->words.v[i].value);
		source = stk_str_strip_prefix(source, S("/"));
		if (!source.n || stk_str_is(source, ".") || stk_str_eq(source, file) ||
		    stk_str_is(copy->words.v[i].value, "*") ||
		    (stk_str_starts(file, source) && file.p[source.n] == '/'))
			return true;
	}
	return false;
}

static const struct stk_deployed_context *context_of(const struct stk_deployment *d, struct stk_str folder)
{
	for (size_t i = 0; i < d->contexts.n; i++)
		if (stk_str_eq(d->contexts.v[i].folder, folder))
			return &d->contexts.v[i];
	return NULL;
}

/* One secret file and one Dockerfile: the first COPY that takes the file is reported, the
   others would say the same. */
static void check_file(const struct stk_rule *rule, struct stk_cross *c, const struct stk_deployed_dockerfile *file,
		       struct stk_str folder, struct stk_str secret)
{
	struct stk_arena *arena = c->report->arena;
	const struct stk_deployed_context *sent = context_of(c->deployment, folder);
	struct stk_str path;
	struct stk_err ignored_error;
	bool ignored = false;
	if (!inside(arena, folder, secret, &path))
		return;
	if (sent && stk_dockerignore_match(&sent->ignore, path, &ignored, &ignored_error) == 0 && ignored)
		return;
	for (size_t i = 0; i < file->facts->instructions.n; i++) {
		const struct stk_instruction *copy = file->facts->instructions.v[i];
		if (!takes(arena, copy, path))
			continue;
		struct stk_finding *finding = stk_report_add(c->report, rule, file->target);
		stk_dockerfile_position(file->facts, copy->head.begin, &finding->location.line,
					&finding->location.column);
		stk_dockerfile_position(file->facts, copy->head.end, &finding->location.end_line,
					&finding->location.end_column);
		finding->location.file = file->path;
		finding->message = stk_arena_printf(arena, STK_FMT " gets into the image through %s", STK_ARG(secret),
						    stk_keyword_name(copy->keyword));
		stk_finding_evidence(c->report, finding,
				     sent && sent->ignore_file.n ? STK_FMT " does not leave " STK_FMT " out"
								 : "there is no .dockerignore" STK_FMT "" STK_FMT,
				     STK_ARG(sent && sent->ignore_file.n ? sent->ignore_file : S("")),
				     STK_ARG(sent && sent->ignore_file.n ? path : S("")));
		stk_finding_evidence(c->report, finding, STK_FMT ":%u: " STK_FMT, STK_ARG(file->path), copy->line,
				     STK_ARG(stk_str_slice(file->facts->text, copy->head.begin, copy->head.end)));
		stk_cross_fold(c, (size_t)(finding - c->report->findings.v), "CTX-001", SIZE_MAX, S(""), secret);
		return;
	}
}

void stk_cross_context_secret(const struct stk_rule *rule, void *context)
{
	struct stk_cross *c = context;
	for (size_t f = 0; f < c->deployment->dockerfiles.n; f++) {
		const struct stk_deployed_dockerfile *file = &c->deployment->dockerfiles.v[f];
		size_t slash = stk_str_rfind_byte(file->absolute, '/');
		struct stk_str folder = stk_str_slice(file->absolute, 0, slash == SIZE_MAX ? 0 : slash);
		/* Compose may build it with another folder as its context. */
		for (size_t s = 0; s < c->deployment->services.n; s++) {
			const struct stk_compose_node *node =
				c->deployment->services.v[s].dockerfile == file
					? stk_compose_get(c->deployment->services.v[s].facts->build, "context")
					: NULL;
			if (node && node->type == STK_COMPOSE_STRING)
				folder = node->text;
		}
		for (size_t e = 0; e < c->deployment->env_files.n; e++)
			check_file(rule, c, file, folder, c->deployment->env_files.v[e]);
	}
}
