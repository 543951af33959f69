/* SPDX-License-Identifier: Apache-2.0 */
/* Whose code runs, and with which rights: pins, permissions, pull requests of strangers, text of strangers. */
#include "pipeline/private.h"
#include "pipeline/rules.h"

#include "base/banned.h"

static bool is_commit(struct stk_str reference)
{
	if (reference.n != 40 && reference.n != 64)
		return false;
	for (size_t i = 0; i < reference.n; i++)
		if (!stk_is_xdigit(reference.p[i]))
			return false;
	return true;
}

static void check_pin(const struct stk_rule *rule, struct stk_workflow_context *c, const struct stk_workflow_job *job,
		      struct stk_str uses, struct stk_workflow_place at)
{
	/* Local actions come with the commit; images pinned by digest are as good. */
	if (!uses.n || stk_str_starts(uses, S("./")) || stk_str_contains(uses, S("@sha256:")))
		return;
	size_t sign = stk_str_rfind_byte(uses, '@');
	struct stk_str reference = sign == SIZE_MAX ? S("") : stk_str_slice(uses, sign + 1, uses.n);
	if (is_commit(reference))
		return;
	struct stk_finding *finding =
		stk_workflow_add(rule, c, at, job, STK_FMT " can change under the pipeline", STK_ARG(uses));
	/* A branch moves with every commit; a tag moves when somebody moves it. */
	bool branch = stk_str_is(reference, "main") || stk_str_is(reference, "master") || !reference.n;
	if (branch)
		finding->severity = STK_SEV_HIGH;
}

void stk_check_action_pin(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	for (size_t j = 0; c->workflow->kind == STK_WORKFLOW_GITHUB && j < c->workflow->jobs.n; j++) {
		const struct stk_workflow_job *job = &c->workflow->jobs.v[j];
		check_pin(rule, c, job, job->calls, job->calls_at);
		for (size_t s = 0; s < job->steps.n; s++)
			check_pin(rule, c, job, job->steps.v[s].uses, job->steps.v[s].uses_at);
	}
}

static bool writes_everything(const struct stk_yaml *permissions)
{
	return permissions && permissions->type == STK_YAML_SCALAR && stk_str_is(permissions->text, "write-all");
}

void stk_check_permissions(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	const struct stk_workflow *w = c->workflow;
	if (w->kind != STK_WORKFLOW_GITHUB)
		return;
	if (writes_everything(w->permissions))
		stk_workflow_add(rule, c, stk_workflow_place_of(w->permissions), NULL,
				 "the token may write everything");
	for (size_t j = 0; j < w->jobs.n; j++) {
		const struct stk_workflow_job *job = &w->jobs.v[j];
		if (writes_everything(job->permissions))
			stk_workflow_add(rule, c, stk_workflow_place_of(job->permissions), job,
					 "the token of job " STK_FMT " may write everything", STK_ARG(job->name));
		/* What the repository's settings give is not in the file, and may be
		   everything. */
		else if (!w->permissions && !job->permissions)
			stk_workflow_add(rule, c, job->at, job, "job " STK_FMT " gets the repository's default rights",
					 STK_ARG(job->name));
	}
}

static bool has_trigger(const struct stk_workflow *w, const char *name)
{
	return stk_strs_has(&w->triggers, stk_str_from(name));
}

/* Does an input of checkout name the head of the pull request? */
static bool takes_head(struct stk_str reference)
{
	static const char *const heads[] = { "github.event.pull_request.head", "github.head_ref",
					     "github.event.workflow_run.head", "refs/pull/" };
	for (size_t i = 0; i < STK_LEN(heads); i++)
		if (stk_str_contains(reference, stk_str_from(heads[i])))
			return true;
	return false;
}

void stk_check_untrusted_checkout(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	/* These two run with the secrets of the repository for a pull request of anybody. */
	if (!has_trigger(c->workflow, "pull_request_target") && !has_trigger(c->workflow, "workflow_run"))
		return;
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t s = 0; s < c->workflow->jobs.v[j].steps.n; s++) {
			const struct stk_workflow_step *step = &c->workflow->jobs.v[j].steps.v[s];
			if (stk_str_starts(step->uses, S("actions/checkout@")) &&
			    (takes_head(stk_yaml_str(step->with, "ref")) ||
			     takes_head(stk_yaml_str(step->with, "repository"))))
				stk_workflow_add(
					rule, c, step->uses_at, &c->workflow->jobs.v[j],
					"checks out the pull request's code where the repository's secrets are at hand");
		}
}

/* Expressions whose value a stranger chooses (GitHub's own list of untrusted input). */
static bool is_strangers_text(struct stk_str expression)
{
	static const char *const whole[] = { "github.head_ref",
					     "github.event.pull_request.title",
					     "github.event.pull_request.body",
					     "github.event.pull_request.head.ref",
					     "github.event.pull_request.head.label",
					     "github.event.pull_request.head.repo.default_branch",
					     "github.event.issue.title",
					     "github.event.issue.body",
					     "github.event.comment.body",
					     "github.event.review.body",
					     "github.event.review_comment.body",
					     "github.event.discussion.title",
					     "github.event.discussion.body",
					     "github.event.workflow_run.head_branch",
					     "github.event.head_commit.message",
					     "github.event.head_commit.author.name",
					     "github.event.head_commit.author.email",
					     "github.event.workflow_run.head_commit.message" };
	for (size_t i = 0; i < STK_LEN(whole); i++)
		if (stk_str_contains(expression, stk_str_from(whole[i])))
			return true;
	return stk_str_contains(expression, S("github.event.commits")) ||
	       stk_str_contains(expression, S("github.event.pages"));
}

static void check_script(const struct stk_rule *rule, struct stk_workflow_context *c,
			 const struct stk_workflow_job *job, const struct stk_workflow_step *step)
{
	for (size_t at = 0; at < step->script.n;) {
		struct stk_str rest = stk_str_slice(step->script, at, step->script.n);
		size_t open = stk_str_find(rest, S("${{"));
		if (open == SIZE_MAX)
			return;
		size_t close = stk_str_find(stk_str_slice(rest, open, rest.n), S("}}"));
		size_t n = close == SIZE_MAX ? rest.n - open : close + 2;
		struct stk_str expression = stk_str_slice(rest, open, open + n);
		if (is_strangers_text(expression))
			stk_workflow_add(rule, c, stk_workflow_script_place(c->workflow, step, at + open, n), job,
					 STK_FMT " is pasted into the script", STK_ARG(expression));
		at += open + n;
	}
}

void stk_check_injection(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	for (size_t j = 0; c->workflow->kind == STK_WORKFLOW_GITHUB && j < c->workflow->jobs.n; j++) {
		const struct stk_workflow_job *job = &c->workflow->jobs.v[j];
		for (size_t s = 0; s < job->steps.n; s++) {
			check_script(rule, c, job, &job->steps.v[s]);
			/* github-script's input is a script too. */
			if (stk_str_starts(job->steps.v[s].uses, S("actions/github-script@"))) {
				const struct stk_yaml *script = stk_yaml_get(job->steps.v[s].with, "script");
				if (script && script->type == STK_YAML_SCALAR)
					check_script(rule, c, job,
						     &(struct stk_workflow_step){
							     .script = script->text,
							     .script_at = stk_workflow_place_of(script),
							     .literal = script->style >= STK_YAML_LITERAL });
			}
		}
	}
}

/* Tags that the next release takes along: "latest", "dind-alpine". Names of releases ("bookworm") stay. */
static bool is_moving(struct stk_str tag)
{
	static const char *const words[] = { "alpine", "cli",  "dev",	 "dind",    "edge", "git",
					     "latest", "main", "master", "nightly", "slim", "stable" };
	struct stk_str rest = tag, first = stk_str_cut(&rest, '-');
	for (size_t i = 0; i < tag.n; i++)
		if (stk_is_digit(tag.p[i]))
			return stk_str_is(first, "latest");
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_is(first, words[i]))
			return true;
	return false;
}

static void check_image(const struct stk_rule *rule, struct stk_workflow_context *c, const struct stk_workflow_job *job,
			const struct stk_workflow_image *image)
{
	/* A variable's value is not known here. */
	if (stk_str_find_byte(image->name, '$') != SIZE_MAX || stk_str_contains(image->name, S("@sha256:")))
		return;
	size_t slash = stk_str_rfind_byte(image->name, '/'), colon = stk_str_rfind_byte(image->name, ':');
	bool tagged = colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash);
	struct stk_str tag = tagged ? stk_str_slice(image->name, colon + 1, image->name.n) : S("latest");
	if (is_moving(tag))
		stk_workflow_add(rule, c, image->at, job, "image " STK_FMT " has no fixed version",
				 STK_ARG(image->name));
}

void stk_check_image_pin(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	for (size_t i = 0; i < c->workflow->images.n; i++)
		check_image(rule, c, NULL, &c->workflow->images.v[i]);
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t i = 0; i < c->workflow->jobs.v[j].images.n; i++)
			check_image(rule, c, &c->workflow->jobs.v[j], &c->workflow->jobs.v[j].images.v[i]);
}
