/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-7xx: what in the file does not do what it seems to do. */
#include "compose/check_private.h"
#include "base/banned.h"

static void check_refusals(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->refusals.n; i++)
		stk_compose_find(c, rule, NULL, c->project->refusals.v[i].place, STK_FMT,
				 STK_ARG(c->project->refusals.v[i].message));
}

static bool is_container_name(struct stk_str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!stk_is_alnum(name.p[i]) && (i == 0 || (name.p[i] != '_' && name.p[i] != '.' && name.p[i] != '-')))
			return false;
	return name.n > 1;
}

static void check_names(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_map seen = { 0 };
	for (EACH_SERVICE(c, s)) {
		if (!s->container_name.n)
			continue;
		service **before = (service **)stk_map_at(&seen, c->report->arena, s->container_name);
		if (*before)
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "container_name"),
					 "services \"" STK_FMT "\" and \"" STK_FMT "\" claim one container name",
					 STK_ARG((*before)->name), STK_ARG(s->name));
		else if (!is_container_name(s->container_name))
			stk_compose_find(c, rule, s, stk_compose_place_of(s, "container_name"),
					 "the engine refuses the container name \"" STK_FMT "\"",
					 STK_ARG(s->container_name));
		*before = s;
	}
}

/* Looked for in the files and not in the tree, from which the loader has dropped it. */
static void check_version(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->sources.n; i++) {
		const struct stk_compose_source *source = c->project->sources.v[i];
		for (size_t d = 0; d < source->documents.n; d++) {
			const struct stk_yaml *root = stk_yaml_follow(source->documents.v[d]);
			for (size_t k = 0; root->type == STK_YAML_MAP && k < root->n; k++) {
				struct stk_text_edit edit;
				if (!stk_str_is(root->keys[k].text, "version"))
					continue;
				struct stk_finding *f = stk_compose_find(
					c, rule, NULL, (struct stk_compose_place){ source, &root->keys[k] },
					"the top-level key \"version\" is obsolete and ignored");
				/* An included file is somebody else's. */
				if (!source->included && stk_yaml_remove_key(source->text, root, k, &edit))
					stk_fix_edit(c->report, stk_finding_fix(c->report, f, true, "take it out"),
						     source->name, edit.begin, edit.end, edit.text);
			}
		}
	}
}

static bool protects(struct stk_str key)
{
	return stk_compose_one_of(key, "cap_add cap_drop security_opt read_only privileged user userns_mode pids_limit "
				       "mem_limit tmpfs internal no_new_privileges");
}

static void check_unknown(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->unknown.n; i++) {
		const struct stk_compose_unknown *u = &c->project->unknown.v[i];
		struct stk_finding *f =
			u->nearest.n
				? stk_compose_find(c, rule, NULL, u->place,
						   "unknown key \"" STK_FMT "\" in " STK_FMT "; did you mean \"" STK_FMT
						   "\"?",
						   STK_ARG(u->key), STK_ARG(u->path), STK_ARG(u->nearest))
				: stk_compose_find(c, rule, NULL, u->place, "unknown key \"" STK_FMT "\" in " STK_FMT,
						   STK_ARG(u->key), STK_ARG(u->path));
		if (protects(u->nearest)) {
			f->severity = STK_SEV_HIGH;
			stk_finding_evidence(c->report, f, "the protection that was meant is not there");
		}
	}
}

/* Is the deployment one for a swarm? */
static bool for_swarm(service *s)
{
	static const char *const keys[] = { "deploy.mode", "deploy.placement.constraints", "deploy.update_config",
					    "deploy.endpoint_mode" };
	for (size_t i = 0; i < STK_LEN(keys); i++)
		if (stk_compose_path(s->node, keys[i]))
			return true;
	return false;
}

/* A file with a version is likely to be run by docker-compose 1.x too, which reads deploy only
   with --compatibility. With mem_limit or cpus beside it, both readers are served. */
static void check_old_limits(const struct stk_rule *rule, void *context)
{
	check *c = context;
	if (!c->project->version)
		return;
	for (EACH_SERVICE(c, s)) {
		const node *limits = stk_compose_path(s->node, "deploy.resources.limits");
		if (limits && !for_swarm(s) && !stk_compose_get(s->node, "mem_limit") &&
		    !stk_compose_get(s->node, "cpus"))
			stk_compose_find(c, rule, s, limits->place,
					 "docker-compose 1.x ignores the limits of service \"" STK_FMT "\"",
					 STK_ARG(s->name));
	}
}

static void check_swarm(const struct stk_rule *rule, void *context)
{
	static const char *const keys[] = { "privileged", "security_opt",  "userns_mode",  "pid",  "ipc",
					    "devices",	  "cgroup_parent", "network_mode", "tmpfs" };
	check *c = context;
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; for_swarm(s) && i < STK_LEN(keys); i++)
			if (stk_compose_get(s->node, keys[i]))
				stk_compose_find(c, rule, s, stk_compose_place_of(s, keys[i]),
						 "service \"" STK_FMT "\": docker stack deploy ignores %s",
						 STK_ARG(s->name), keys[i]);
}

static bool has_item(const struct stk_yaml *list, const struct stk_yaml *item)
{
	for (size_t i = 0; i < list->n; i++)
		if (stk_str_eq(list->items[i].text, item->text))
			return true;
	return false;
}

/* <<: takes keys over that are not there; a list of the same key replaces, though it is mostly
   meant to add. Only those lists whose loss takes protection away. */
static void judge_merge(check *c, const struct stk_rule *rule, service *s, const struct stk_yaml *own,
			const struct stk_yaml *merged)
{
	static const char *const keys[] = { "security_opt", "cap_drop", "tmpfs" };
	for (size_t k = 0; k < STK_LEN(keys); k++) {
		const struct stk_yaml *ours = stk_yaml_get(own, keys[k]), *theirs = stk_yaml_get(merged, keys[k]);
		if (!ours || !theirs || ours == theirs || ours->type != STK_YAML_LIST || theirs->type != STK_YAML_LIST)
			continue;
		for (size_t i = 0; i < theirs->n; i++) {
			if (has_item(ours, &theirs->items[i]))
				continue;
			struct stk_finding *f = stk_compose_find(
				c, rule, s, (struct stk_compose_place){ s->node->place.source, ours },
				"service \"" STK_FMT "\": its %s replaces that of the merged mapping, \"" STK_FMT
				"\" is lost",
				STK_ARG(s->name), keys[k], STK_ARG(theirs->items[i].text));
			stk_finding_evidence(c->report, f,
					     "YAML merges mappings, not lists; the mapping stands in line %u",
					     theirs->line);
			break;
		}
	}
}

static void check_merges(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const struct stk_yaml *own = s->node->place.yaml;
		const struct stk_yaml *merged = own && own->type == STK_YAML_MAP ? stk_yaml_get(own, "<<") : NULL;
		if (merged && merged->type == STK_YAML_MAP)
			judge_merge(c, rule, s, own, merged);
		for (size_t i = 0; merged && merged->type == STK_YAML_LIST && i < merged->n; i++)
			judge_merge(c, rule, s, own, stk_yaml_follow(&merged->items[i]));
	}
}

#define RUN .layer = STK_LAYER_RUNTIME

static const struct stk_rule rows[] = {
	{ .id = "CMP-700",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "Docker Compose refuses the project",
	  .why = "It does not start as it stands, so what is checked here is not what will run.",
	  .remedy = "Correct what is said.",
	  .bad = "depends_on: [nobody]",
	  .check = check_refusals },
	{ .id = "CMP-701",
	  .aliases = { "dclint:no-duplicate-container-names", "dclint:service-container-name-regex" },
	  RUN,
	  .severity = STK_SEV_LOW,
	  .title = "a container name that clashes or is refused",
	  .why = "One of the services does not start.",
	  .remedy = "Take container_name out.",
	  .bad = "container_name: web",
	  .check = check_names },
	{ .id = "CMP-702",
	  .aliases = { "dclint:no-version-field" },
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "obsolete version key",
	  .why = "It does nothing, but makes some checkers see another file.",
	  .remedy = "Take it out.",
	  .bad = "version: \"3.8\"",
	  .check = check_version },
	{ .id = "CMP-703",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a key that nobody knows",
	  .why = "What it was meant to do, a protection perhaps, is not done; newer Compose refuses the file.",
	  .remedy = "Correct the name.",
	  .bad = "cap_drops: [ALL]",
	  .good = "cap_drop: [ALL]",
	  .check = check_unknown },
	{ .id = "CMP-704",
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "limits that old docker-compose ignores",
	  .why = "Without --compatibility version 1 applies no limit at all.",
	  .remedy = "Use Compose v2.",
	  .bad = "deploy:\n  resources:\n    limits:\n      memory: 1g",
	  .check = check_old_limits },
	{ .id = "CMP-705",
	  RUN,
	  .severity = STK_SEV_INFO,
	  .title = "a setting that a swarm ignores",
	  .why = "A protection that is written here does not exist there.",
	  .remedy = "Set it in the image or on the nodes.",
	  .bad = "deploy:\n  mode: global\nsecurity_opt: [\"no-new-privileges:true\"]",
	  .check = check_swarm },
	{ .id = "CMP-706",
	  RUN,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a list replaces the hardening it was merged with",
	  .why = "The service looks hardened through its anchor, but its own list takes the anchor's place.",
	  .remedy = "Repeat the anchor's items.",
	  .bad = "<<: *hardening\nsecurity_opt: [\"apparmor:app\"]",
	  .check = check_merges },
};

const struct stk_rule_table stk_compose_file_rules = { "compose", rows, STK_LEN(rows) };
