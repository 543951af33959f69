/* SPDX-License-Identifier: Apache-2.0 */
/* GitLab's .gitlab-ci.yml, as far as the rules ask. Keys of the top level that are no keyword are jobs. */
#include "pipeline/private.h"

#include "base/banned.h"

static const char *const keywords[] = { "after_script", "before_script", "cache", "default", "image",	  "include",
					"pages",	"services",	 "spec",  "stages",  "variables", "workflow" };

static bool is_keyword(struct stk_str name)
{
	for (size_t i = 0; i < STK_LEN(keywords); i++)
		if (stk_str_is(name, keywords[i]))
			return true;
	return false;
}

static bool image_of(const struct stk_yaml *node, struct stk_workflow_image *out)
{
	node = node && node->type == STK_YAML_MAP ? stk_yaml_get(node, "name") : node;
	if (!node || node->type != STK_YAML_SCALAR || !node->text.n)
		return false;
	*out = (struct stk_workflow_image){ node->text, stk_workflow_place_of(node) };
	return true;
}

/* image: and services: of a map. */
static void add_images(struct stk_arena *arena, struct stk_workflow_images *list, const struct stk_yaml *map)
{
	struct stk_workflow_image image;
	const struct stk_yaml *services = stk_yaml_get(map, "services");
	if (image_of(stk_yaml_get(map, "image"), &image))
		*STK_PUSH(arena, list) = image;
	for (size_t i = 0; services && services->type == STK_YAML_LIST && i < services->n; i++)
		if (image_of(stk_yaml_follow(&services->items[i]), &image))
			*STK_PUSH(arena, list) = image;
}

static bool may_fail(const struct stk_yaml *map)
{
	const struct stk_yaml *value = stk_yaml_get(map, "allow_failure");
	bool on;
	return value && (value->type == STK_YAML_MAP || (stk_yaml_bool(value, &on) && on));
}

/* script: text, or a list of texts and of lists (from anchors). */
static void add_scripts(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *node,
			bool tolerant, unsigned depth)
{
	/* Lists within lists come from anchors, seldom more than one deep; a cycle of aliases
	   must end. */
	if (!node || depth > 4)
		return;
	if (node->type == STK_YAML_SCALAR && !stk_yaml_is_null(node))
		stk_workflow_add_script(arena, job, node, tolerant);
	for (size_t i = 0; node->type == STK_YAML_LIST && i < node->n; i++)
		add_scripts(arena, job, stk_yaml_follow(&node->items[i]), tolerant, depth + 1);
}

static void read_job(struct stk_arena *arena, struct stk_workflow *workflow, const struct stk_yaml *key,
		     const struct stk_yaml *map)
{
	static const char *const scripts[] = { "before_script", "script", "after_script" };
	struct stk_workflow_job *job = STK_PUSH(arena, &workflow->jobs);
	job->name = key->text;
	job->at = stk_workflow_place_of(key);
	job->variables = stk_yaml_get(map, "variables");
	add_images(arena, &job->images, map);
	for (size_t i = 0; i < STK_LEN(scripts); i++)
		add_scripts(arena, job, stk_yaml_get(map, scripts[i]), may_fail(map), 0);
}

void stk_gitlab_read(struct stk_arena *arena, struct stk_workflow *workflow)
{
	const struct stk_yaml *root = workflow->root, *defaults = stk_yaml_get(root, "default");
	workflow->variables = stk_yaml_get(root, "variables");
	add_images(arena, &workflow->images, root);
	if (defaults)
		add_images(arena, &workflow->images, defaults);
	for (size_t i = 0; i < root->n; i++) {
		const struct stk_yaml *map = stk_yaml_follow(&root->items[i]);
		if (map->type == STK_YAML_MAP &&
		    (!is_keyword(root->keys[i].text) || stk_str_is(root->keys[i].text, "pages")))
			read_job(arena, workflow, &root->keys[i], map);
	}
}
