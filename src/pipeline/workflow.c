/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From YAML to the model of a workflow: which file is one, what both kinds have in common, and
 * then a reader for each.
 */
#include "pipeline/private.h"

#include "base/banned.h"

bool stk_workflow_path(struct stk_str path, enum stk_workflow_kind *kind)
{
	struct stk_str folder = stk_str_through_last(path, '/'), base = stk_str_after_last(path, '/');
	bool yaml = stk_str_ends(base, S(".yml")) || stk_str_ends(base, S(".yaml"));
	*kind = stk_str_is(base, ".gitlab-ci.yml") ? STK_WORKFLOW_GITLAB : STK_WORKFLOW_GITHUB;
	return *kind == STK_WORKFLOW_GITLAB ||
	       (yaml && (stk_str_is(folder, ".github/workflows/") || stk_str_ends(folder, S("/.github/workflows/"))));
}

struct stk_workflow_place stk_workflow_place_of(const struct stk_yaml *node)
{
	return (struct stk_workflow_place){ node->line,	      node->column, node->end_line,
					    node->end_column, node->begin,  node->end };
}

void stk_workflow_add_script(struct stk_arena *arena, struct stk_workflow_job *job, const struct stk_yaml *scalar,
			     bool may_fail)
{
	struct stk_workflow_step *step = STK_PUSH(arena, &job->steps);
	step->script = scalar->text;
	step->script_at = stk_workflow_place_of(scalar);
	step->literal = scalar->style == STK_YAML_LITERAL || scalar->style == STK_YAML_FOLDED;
	step->may_fail = may_fail;
}

int stk_workflow_parse(struct stk_arena *arena, enum stk_workflow_kind kind, struct stk_str file, struct stk_str text,
		       struct stk_workflow *out, struct stk_err *err)
{
	struct stk_yaml_documents documents = { 0 };
	*out = (struct stk_workflow){ .kind = kind, .file = file, .text = text };
	if (stk_yaml_parse(arena, text, &documents, err) < 0)
		return -1;
	/* GitLab allows a document of inputs before the pipeline. */
	const struct stk_yaml *root = documents.n ? stk_yaml_follow(documents.v[documents.n - 1]) : NULL;
	if (!root || root->type != STK_YAML_MAP)
		return stk_fail(err, STK_EFORMAT, "%u:%u: a workflow is a map", root ? root->line : 1,
				root ? root->column : 1);
	out->root = root;
	if (kind == STK_WORKFLOW_GITHUB)
		stk_github_read(arena, out);
	else
		stk_gitlab_read(arena, out);
	return 0;
}
