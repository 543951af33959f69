/* SPDX-License-Identifier: Apache-2.0 */
/* GitHub Actions' workflow syntax, as far as the rules ask. */
#include "pipeline/private.h"

#include "base/banned.h"

static void add_image(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *node)
{
	node = node && node->type == STK_YAML_MAP ? stk_yaml_get(node, "image") : node;
	if (node && node->type == STK_YAML_SCALAR && node->text.n)
		*STK_PUSH(arena, &job->images) = (struct stk_workflow_image){ node->text, stk_workflow_place_of(node) };
}

/* A step may fail when it says so with anything but a plain false. */
static bool may_fail(const struct stk_yaml *map)
{
	const struct stk_yaml *value = stk_yaml_get(map, "continue-on-error");
	bool on;
	return value && (!stk_yaml_bool(value, &on) || on);
}

static void read_step(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *map,
		      bool job_may_fail)
{
	const struct stk_yaml *uses = stk_yaml_get(map, "uses"), *run = stk_yaml_get(map, "run");
	bool tolerant = job_may_fail || may_fail(map);
	if (run && run->type == STK_YAML_SCALAR)
		stk_workflow_add_script(arena, job, run, tolerant);
	if (uses && uses->type == STK_YAML_SCALAR)
		/* An action that is also a script cannot be: GitHub refuses it. */
		*STK_PUSH(arena, &job->steps) = (struct stk_workflow_step){ .uses = uses->text,
									    .uses_at = stk_workflow_place_of(uses),
									    .with = stk_yaml_get(map, "with"),
									    .may_fail = tolerant };
}

static void read_job(struct stk_arena *arena, struct stk_workflow *workflow, const struct stk_yaml *key,
		     const struct stk_yaml *map)
{
	struct stk_workflow_job *job = STK_PUSH(arena, &workflow->jobs);
	job->name = key->text;
	job->at = stk_workflow_place_of(key);
	job->permissions = stk_yaml_get(map, "permissions");
	job->variables = stk_yaml_get(map, "env");
	const struct stk_yaml *uses = stk_yaml_get(map, "uses"), *services = stk_yaml_get(map, "services"),
			      *steps = stk_yaml_get(map, "steps");
	if (uses && uses->type == STK_YAML_SCALAR) {
		job->calls = uses->text;
		job->calls_at = stk_workflow_place_of(uses);
	}
	add_image(arena, job, stk_yaml_get(map, "container"));
	for (size_t i = 0; services && services->type == STK_YAML_MAP && i < services->n; i++)
		add_image(arena, job, stk_yaml_follow(&services->items[i]));
	for (size_t i = 0; steps && steps->type == STK_YAML_LIST && i < steps->n; i++) {
		const struct stk_yaml *step = stk_yaml_follow(&steps->items[i]);
		if (step->type == STK_YAML_MAP)
			read_step(arena, job, step, may_fail(map));
	}
}

/* on: push / on: [push, pull_request] / on: {push: …}. YAML 1.1 readers may see the key as a boolean; here it stays
 * text. */
static void read_triggers(struct stk_arena *arena, struct stk_workflow *workflow)
{
	const struct stk_yaml *on = stk_yaml_get(workflow->root, "on");
	if (!on)
		return;
	if (on->type == STK_YAML_SCALAR)
		*STK_PUSH(arena, &workflow->triggers) = on->text;
	for (size_t i = 0; i < on->n; i++) {
		const struct stk_yaml *name = on->type == STK_YAML_MAP ? &on->keys[i] : stk_yaml_follow(&on->items[i]);
		if (name->type == STK_YAML_SCALAR)
			*STK_PUSH(arena, &workflow->triggers) = name->text;
	}
}

void stk_github_read(struct stk_arena *arena, struct stk_workflow *workflow)
{
	const struct stk_yaml *jobs = stk_yaml_get(workflow->root, "jobs");
	workflow->permissions = stk_yaml_get(workflow->root, "permissions");
	workflow->variables = stk_yaml_get(workflow->root, "env");
	read_triggers(arena, workflow);
	for (size_t i = 0; jobs && jobs->type == STK_YAML_MAP && i < jobs->n; i++) {
		const struct stk_yaml *job = stk_yaml_follow(&jobs->items[i]);
		if (job->type == STK_YAML_MAP)
			read_job(arena, workflow, &jobs->keys[i], job);
	}
}
