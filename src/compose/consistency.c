/* SPDX-License-Identifier: Apache-2.0 */
/* What has to hold between the services that run and the resources they name. When checking, everything that does not
 * is collected; else the first is an error. */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/map.h"
#include "compose/loader.h"
#include "base/banned.h"

typedef struct stk_compose_node node;
typedef const struct stk_compose_service service;

STK_PRINTF(3, 4) static int refuse(struct stk_compose_loader *l, struct stk_compose_place place, const char *fmt, ...)
{
	char text[400];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	if (!l->options->lenient)
		return stk_compose_fail(l->err, place, "%s", text);
	*STK_PUSH(l->arena, &l->project->refusals) =
		(struct stk_compose_refusal){ stk_arena_str(l->arena, stk_str_from(text)), place };
	return 0;
}

static service *find_active(struct stk_compose_loader *l, struct stk_str name)
{
	service *found = stk_compose_service(l->project, name);
	return found && found->active ? found : NULL;
}

/* A context "service:NAME" is what that service builds, so it must build something. */
static int check_contexts(struct stk_compose_loader *l, service *s)
{
	const node *contexts = stk_compose_get(s->build, "additional_contexts");
	for (uint32_t i = 0; i < stk_compose_count(contexts); i++) {
		const node *value = contexts->entries[i].value;
		if (!stk_str_starts(value->text, S("service:")))
			continue;
		struct stk_str name = stk_str_slice(value->text, 8, value->text.n);
		service *other = find_active(l, name);
		if (!other &&
		    refuse(l, value->place,
			   "service \"" STK_FMT "\" declares unknown service \"" STK_FMT "\" as additional context",
			   STK_ARG(s->name), STK_ARG(name)) < 0)
			return -1;
		if (other && !other->build &&
		    refuse(l, value->place,
			   "service \"" STK_FMT "\" declares non-buildable service \"" STK_FMT
			   "\" as additional context",
			   STK_ARG(s->name), STK_ARG(name)) < 0)
			return -1;
	}
	return 0;
}

/* A service that asks for one platform must be built for it, where its build says for which. */
static int check_platforms(struct stk_compose_loader *l, service *s)
{
	const node *platforms = stk_compose_get(s->build, "platforms");
	struct stk_str platform = stk_compose_str(s->node, "platform");
	for (uint32_t i = 0; i < stk_compose_count(platforms); i++)
		if (stk_str_eq(platforms->items[i]->text, platform))
			return 0;
	if (!platform.n || !stk_compose_count(platforms))
		return 0;
	return refuse(l, platforms->place, "service.build.platforms must include service.platform \"" STK_FMT "\"",
		      STK_ARG(platform));
}

/* Something must say where the image comes from; a provider needs none. */
static int check_build(struct stk_compose_loader *l, service *s)
{
	if (!s->build && !s->image.n && !stk_compose_get(s->node, "provider"))
		return refuse(l, s->place, "service \"" STK_FMT "\" has neither an image nor a build context specified",
			      STK_ARG(s->name));
	if (!s->build)
		return 0;
	const node *inline_text = stk_compose_get(s->build, "dockerfile_inline");
	if (inline_text && stk_compose_str(s->build, "dockerfile").n &&
	    refuse(l, inline_text->place,
		   "service \"" STK_FMT "\" declares mutually exclusive dockerfile and dockerfile_inline",
		   STK_ARG(s->name)) < 0)
		return -1;
	return check_contexts(l, s) < 0 || check_platforms(l, s) < 0 ? -1 : 0;
}

/* A network mode replaces networks; both at once contradict each other. */
static int check_networks(struct stk_compose_loader *l, service *s)
{
	if (s->network_mode.n && s->networks.n &&
	    refuse(l, stk_compose_get(s->node, "network_mode")->place,
		   "service \"" STK_FMT "\" declares mutually exclusive network_mode and networks",
		   STK_ARG(s->name)) < 0)
		return -1;
	for (size_t i = 0; i < s->networks.n; i++)
		if (!s->networks.v[i].network &&
		    refuse(l, s->networks.v[i].place, "service \"" STK_FMT "\" refers to undefined network " STK_FMT,
			   STK_ARG(s->name), STK_ARG(s->networks.v[i].name)) < 0)
			return -1;
	if (stk_str_starts(s->network_mode, S("service:")) &&
	    !find_active(l, stk_str_slice(s->network_mode, 8, s->network_mode.n)))
		return refuse(l, stk_compose_get(s->node, "network_mode")->place,
			      "the service that network_mode \"" STK_FMT "\" names does not exist",
			      STK_ARG(s->network_mode));
	return 0;
}

static int check_health(struct stk_compose_loader *l, service *s)
{
	const node *test = stk_compose_path(s->node, "healthcheck.test");
	if (!stk_compose_count(test))
		return 0;
	struct stk_str head = test->items[0]->text;
	if (stk_str_is(head, "CMD") || stk_str_is(head, "CMD-SHELL") || stk_str_is(head, "NONE"))
		return 0;
	return refuse(l, test->place, "healthcheck.test must start either by \"CMD\", \"CMD-SHELL\" or \"NONE\"");
}

/* A dependency must be there and active (its profile switched on), unless it says required:
   false. */
static int check_dependencies(struct stk_compose_loader *l, service *s)
{
	for (size_t i = 0; i < s->depends_on.n; i++) {
		const struct stk_compose_dependency *dependency = &s->depends_on.v[i];
		service *other = stk_compose_service(l->project, dependency->service);
		if (other && (other->active || !dependency->required))
			continue;
		const struct stk_compose_entry *entry =
			stk_compose_entry(stk_compose_get(s->node, "depends_on"), dependency->service);
		if (refuse(l, entry && entry->place.yaml ? entry->place : s->place,
			   "service \"" STK_FMT "\" depends on undefined service \"" STK_FMT "\"", STK_ARG(s->name),
			   STK_ARG(dependency->service)) < 0)
			return -1;
	}
	return 0;
}

static bool has_object(const node *root, const char *kind, struct stk_str key)
{
	return stk_compose_get_str(stk_compose_get(root, kind), key) != NULL;
}

static int check_sources(struct stk_compose_loader *l, service *s, const node *list, const char *kind)
{
	for (uint32_t i = 0; i < stk_compose_count(list); i++) {
		struct stk_str source = stk_compose_str(list->items[i], "source");
		if (!has_object(l->project->root, kind, source) &&
		    refuse(l, list->items[i]->place,
			   "service \"" STK_FMT "\" names \"" STK_FMT "\", which is not among the %s", STK_ARG(s->name),
			   STK_ARG(source), kind) < 0)
			return -1;
	}
	return 0;
}

/* What names something that the top level does not declare; networks are looked at in
   check_networks. */
static int check_references(struct stk_compose_loader *l, service *s)
{
	const node *models = stk_compose_get(s->node, "models");
	for (size_t i = 0; i < s->mounts.n; i++) {
		/* A volume without a source is anonymous and a bind names a path: neither
		   refers to anything. */
		const struct stk_compose_mount *mount = &s->mounts.v[i];
		if (stk_str_is(mount->type, "volume") && mount->source.n && !mount->volume &&
		    refuse(l, mount->node->place, "service \"" STK_FMT "\" refers to undefined volume " STK_FMT,
			   STK_ARG(s->name), STK_ARG(mount->source)) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < stk_compose_count(models); i++)
		if (!has_object(l->project->root, "models", models->entries[i].key) &&
		    refuse(l, models->entries[i].place, "service \"" STK_FMT "\" refers to undefined model " STK_FMT,
			   STK_ARG(s->name), STK_ARG(models->entries[i].key)) < 0)
			return -1;
	return check_sources(l, s, stk_compose_get(s->build, "secrets"), "secrets") < 0 ||
			       check_sources(l, s, stk_compose_get(s->node, "secrets"), "secrets") < 0 ||
			       check_sources(l, s, stk_compose_get(s->node, "configs"), "configs") < 0
		       ? -1
		       : 0;
}

/* Bytes are texts by now, counts are numbers; 0 for what is missing. */
static double number_of(const node *value)
{
	if (!value)
		return 0;
	if (value->type == STK_COMPOSE_INT)
		return (double)value->integer;
	int64_t bytes;
	if (value->type == STK_COMPOSE_STRING && stk_str_i64(value->text, &bytes))
		return (double)bytes;
	return value->type == STK_COMPOSE_FLOAT ? value->number : 0;
}

/* The older attributes and deploy.resources say the same thing twice and must agree. */
static int check_limits(struct stk_compose_loader *l, service *s)
{
	static const struct {
		const char *old, *block, *key;
	} pairs[] = {
		{ "cpus", "deploy.resources.limits", "cpus" },
		{ "mem_limit", "deploy.resources.limits", "memory" },
		{ "mem_reservation", "deploy.resources.reservations", "memory" },
		{ "pids_limit", "deploy.resources.limits", "pids" },
	};
	for (size_t i = 0; i < STK_LEN(pairs); i++) {
		const node *old = stk_compose_get(s->node, pairs[i].old),
			   *block = stk_compose_path(s->node, pairs[i].block);
		if (old && block && number_of(old) != number_of(stk_compose_get(block, pairs[i].key)) &&
		    refuse(l, old->place, "services." STK_FMT ": can't set distinct values on '%s' and '%s.%s'",
			   STK_ARG(s->name), pairs[i].old, pairs[i].block, pairs[i].key) < 0)
			return -1;
	}
	return 0;
}

static int check_scale(struct stk_compose_loader *l, service *s)
{
	const node *scale = stk_compose_get(s->node, "scale"), *replicas = stk_compose_path(s->node, "deploy.replicas");
	node *deploy = stk_compose_get(s->node, "deploy");
	if (scale && replicas && scale->integer != replicas->integer &&
	    refuse(l, scale->place, "services." STK_FMT ": can't set distinct values on 'scale' and 'deploy.replicas'",
		   STK_ARG(s->name)) < 0)
		return -1;
	/* The older key wins in the tree as well, so that what is printed says one number in
	   both places. */
	if (scale && deploy)
		stk_compose_set(l->arena, deploy, S("replicas"), scale->place, (node *)scale);
	const node *count = scale ? scale : replicas;
	if (count && count->integer < 0 &&
	    refuse(l, count->place, "services." STK_FMT ": the number of replicas must not be negative",
		   STK_ARG(s->name)) < 0)
		return -1;
	/* The engine refuses a second container of one name. */
	if (count && count->integer > 1 && s->container_name.n)
		return refuse(l, count->place,
			      "services." STK_FMT ": can't set container_name and more than one replica",
			      STK_ARG(s->name));
	return 0;
}

/* Files that are synchronised must go somewhere; rebuilding and restarting need no place. */
static int check_watch(struct stk_compose_loader *l, service *s)
{
	const node *watch = stk_compose_path(s->node, "develop.watch");
	for (uint32_t i = 0; i < stk_compose_count(watch); i++) {
		struct stk_str action = stk_compose_str(watch->items[i], "action");
		if (!stk_compose_str(watch->items[i], "target").n && !stk_str_is(action, "rebuild") &&
		    !stk_str_is(action, "restart") &&
		    refuse(l, watch->items[i]->place,
			   "services." STK_FMT ".develop.watch: target is required for non-rebuild actions",
			   STK_ARG(s->name)) < 0)
			return -1;
	}
	return 0;
}

/* One mount for each target: the engine refuses a second. */
static int claim(struct stk_compose_loader *l, struct stk_map *targets, struct stk_str target,
		 struct stk_compose_place place)
{
	if (stk_map_add(targets, l->arena, target))
		return 0;
	return refuse(l, place, "target " STK_FMT " is mounted twice", STK_ARG(target));
}

static int check_targets(struct stk_compose_loader *l, service *s)
{
	const node *tmpfs = stk_compose_get(s->node, "tmpfs");
	struct stk_map targets = { 0 };
	for (uint32_t i = 0; i < stk_compose_count(tmpfs); i++) {
		struct stk_str rest = tmpfs->items[i]->text;
		if (claim(l, &targets, stk_str_cut(&rest, ':'), tmpfs->items[i]->place) < 0)
			return -1;
	}
	for (size_t i = 0; i < s->mounts.n; i++)
		if (claim(l, &targets, s->mounts.v[i].target, s->mounts.v[i].node->place) < 0)
			return -1;
	return 0;
}

static int check_secrets(struct stk_compose_loader *l)
{
	for (size_t i = 0; i < l->project->secrets.n; i++) {
		const struct stk_compose_object *secret = &l->project->secrets.v[i];
		if (!secret->external && !secret->file.n && !secret->environment.n &&
		    refuse(l, secret->place, "secret \"" STK_FMT "\" must declare either file or environment",
			   STK_ARG(secret->key)) < 0)
			return -1;
	}
	return 0;
}

/* Depth-first over depends_on without recursion: state 1 while a service is on the path, 2 when it is done. */
struct cycle_walk {
	struct stk_compose_loader *l;
	unsigned char *state;
	size_t *path, *next, depth;
};

/* The part of the path that goes round. */
static int report_cycle(struct cycle_walk *w, size_t at)
{
	const struct stk_compose *project = w->l->project;
	STK_BUF text = stk_buf_new(300);
	size_t begin = 0;
	while (w->path[begin] != at)
		begin++;
	for (size_t i = begin; i < w->depth; i++)
		stk_buf_printf(&text, STK_FMT " -> ", STK_ARG(project->services.v[w->path[i]].name));
	stk_buf_add(&text, project->services.v[at].name);
	return refuse(w->l, project->services.v[at].place, "dependency cycle detected: " STK_FMT,
		      STK_ARG(stk_buf_str(&text)));
}

/* next[d] counts which dependency of path[d] is looked at; a service is on the path at most once, so n places
   suffice. */
static int walk_from(struct cycle_walk *w, size_t start)
{
	const struct stk_compose *project = w->l->project;
	w->path[0] = start;
	w->next[0] = 0;
	w->depth = 1;
	w->state[start] = 1;
	while (w->depth) {
		size_t at = w->path[w->depth - 1], *next = &w->next[w->depth - 1];
		service *s = &project->services.v[at];
		if (*next == s->depends_on.n) {
			w->state[at] = 2;
			w->depth--;
			continue;
		}
		service *other = find_active(w->l, s->depends_on.v[(*next)++].service);
		if (!other)
			continue;
		size_t index = (size_t)(other - project->services.v);
		if (w->state[index] == 1 && report_cycle(w, index) < 0)
			return -1;
		if (w->state[index])
			continue;
		w->state[index] = 1;
		w->path[w->depth] = index;
		w->next[w->depth++] = 0;
	}
	return 0;
}

static int check_cycles(struct stk_compose_loader *l)
{
	size_t n = l->project->services.n;
	struct cycle_walk w = { .l = l,
				.state = STK_NEW(l->arena, unsigned char, n),
				.path = STK_NEW(l->arena, size_t, n + 1),
				.next = STK_NEW(l->arena, size_t, n + 1) };
	for (size_t i = 0; i < n; i++)
		if (!w.state[i] && l->project->services.v[i].active && walk_from(&w, i) < 0)
			return -1;
	return 0;
}

int stk_compose_check_consistency(struct stk_compose_loader *l)
{
	static int (*const checks[])(struct stk_compose_loader *, service *) = {
		check_build, check_networks, check_health, check_dependencies, check_references,
		check_scale, check_limits,   check_watch,  check_targets,
	};
	for (size_t i = 0; i < l->project->services.n; i++)
		for (size_t k = 0; l->project->services.v[i].active && k < STK_LEN(checks); k++)
			if (checks[k](l, &l->project->services.v[i]) < 0)
				return -1;
	return check_secrets(l) < 0 ? -1 : check_cycles(l);
}
