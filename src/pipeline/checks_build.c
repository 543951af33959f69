/* SPDX-License-Identifier: Apache-2.0 */
/* How images are built, scanned, pushed and signed by the pipeline. */
#include "pipeline/private.h"
#include "pipeline/rules.h"

#include "base/banned.h"

enum command { BUILD = 1, PUSH = 2, SCAN = 4, SIGN = 8 };

/* What a command or an action does; matched at the start of a command, or anywhere in an action's name. */
static const struct {
	const char *text;
	unsigned does;
} commands[] = {
	{ "docker build", BUILD },
	{ "docker buildx build", BUILD },
	{ "docker buildx bake", BUILD },
	{ "docker image build", BUILD },
	{ "docker compose build", BUILD },
	{ "docker-compose build", BUILD },
	{ "podman build", BUILD },
	{ "buildah bud", BUILD },
	{ "buildah build", BUILD },
	{ "docker push", PUSH },
	{ "docker image push", PUSH },
	{ "podman push", PUSH },
	{ "buildah push", PUSH },
	{ "skopeo copy", PUSH },
	{ "crane push", PUSH },
	{ "docker compose push", PUSH },
	{ "strake image", SCAN },
	{ "strake audit", SCAN },
	{ "trivy image", SCAN },
	{ "trivy i ", SCAN },
	{ "grype ", SCAN },
	{ "docker scout", SCAN },
	{ "snyk container", SCAN },
	{ "clair", SCAN },
	{ "trivy --", SCAN },
	{ "cosign sign", SIGN },
	{ "cosign attest", SIGN },
	{ "notation sign", SIGN },
};
static const struct {
	const char *text;
	unsigned does;
} actions[] = {
	{ "docker/build-push-action", BUILD },
	{ "docker/bake-action", BUILD },
	{ "redhat-actions/buildah-build", BUILD },
	{ "redhat-actions/push-to-registry", PUSH },
	{ "aquasecurity/trivy-action", SCAN },
	{ "anchore/scan-action", SCAN },
	{ "docker/scout-action", SCAN },
	{ "snyk/actions", SCAN },
	{ "strake", SCAN },
	{ "actions/attest-build-provenance", SIGN },
	{ "actions/attest", SIGN },
};

/* Inputs of actions are texts: "false" is how they say no. */
static bool truthy(struct stk_str value)
{
	return value.n && !stk_str_is(value, "false");
}

/* A build action pushes when it is told to. */
static unsigned action_does(const struct stk_workflow_step *step)
{
	unsigned does = 0;
	for (size_t i = 0; i < STK_LEN(actions); i++)
		if (stk_str_contains(step->uses, stk_str_from(actions[i].text)))
			does |= actions[i].does;
	if ((does & BUILD) && truthy(stk_yaml_str(step->with, "push")))
		does |= PUSH;
	return does;
}

/* One command of a script: up to a line's end or an operator. Continuations belong to it. */
static struct stk_str cut_command(struct stk_str *rest)
{
	size_t i = 0;
	while (i < rest->n) {
		char c = rest->p[i];
		if (c == '\\' && i + 1 < rest->n)
			i += 2;
		else if (c == '\n' || c == ';')
			break;
		else if (c == '&' && i + 1 < rest->n && rest->p[i + 1] == '&')
			break;
		else
			i++;
	}
	i = i < rest->n ? i : rest->n;
	struct stk_str command = stk_str_slice(*rest, 0, i);
	size_t next = i < rest->n ? (rest->p[i] == '&' ? i + 2 : i + 1) : i;
	*rest = stk_str_slice(*rest, next, rest->n);
	return stk_str_trim(command);
}

/* Past "sudo", a condition, and assignments that stand before the command. */
static struct stk_str command_word(struct stk_str command)
{
	static const char *const before[] = { "sudo ", "if ", "! ", "time ", "exec " };
	for (size_t i = 0; i < STK_LEN(before); i++)
		command = stk_str_trim(stk_str_strip_prefix(command, stk_str_from(before[i])));
	for (;;) {
		struct stk_str rest = command, word = stk_str_cut_word(&rest);
		size_t equals = stk_str_find_byte(word, '=');
		if (equals == SIZE_MAX || equals == 0 ||
		    stk_str_find_byte(stk_str_slice(word, 0, equals), '-') != SIZE_MAX)
			return command;
		command = stk_str_trim(rest);
	}
}

/* By its first words, once what stands before the program is gone. */
static unsigned command_does(struct stk_str command)
{
	unsigned does = 0;
	command = command_word(command);
	for (size_t i = 0; i < STK_LEN(commands); i++)
		if (stk_str_starts(command, stk_str_from(commands[i].text)))
			does |= commands[i].does;
	bool build = does & BUILD;
	return build && stk_str_contains(command, S("--push")) ? does | PUSH : does;
}

typedef void command_fn(const struct stk_rule *rule, struct stk_workflow_context *c, const struct stk_workflow_job *job,
			const struct stk_workflow_step *step, struct stk_str command);

static void each_command(const struct stk_rule *rule, struct stk_workflow_context *c, command_fn *visit)
{
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t s = 0; s < c->workflow->jobs.v[j].steps.n; s++) {
			const struct stk_workflow_step *step = &c->workflow->jobs.v[j].steps.v[s];
			for (struct stk_str rest = step->script; rest.n;) {
				struct stk_str command = cut_command(&rest);
				if (command.n)
					visit(rule, c, &c->workflow->jobs.v[j], step, command);
			}
		}
}

static struct stk_workflow_place place_of(struct stk_workflow_context *c, const struct stk_workflow_step *step,
					  struct stk_str part)
{
	/* A place has one line: a continued command is pointed at where it begins. */
	struct stk_str rest = part, line = stk_str_cut(&rest, '\n');
	return stk_workflow_script_place(c->workflow, step, (size_t)(part.p - step->script.p),
					 stk_str_trim_right(line).n);
}

/* What all jobs of the workflow do together, and the first step that pushes. */
static unsigned workflow_does(const struct stk_workflow *w, const struct stk_workflow_job **job,
			      struct stk_workflow_place *push)
{
	unsigned does = 0;
	for (size_t j = 0; j < w->jobs.n; j++)
		for (size_t s = 0; s < w->jobs.v[j].steps.n; s++) {
			const struct stk_workflow_step *step = &w->jobs.v[j].steps.v[s];
			unsigned here = action_does(step);
			for (struct stk_str rest = step->script; rest.n;)
				here |= command_does(cut_command(&rest));
			if ((here & PUSH) && !(does & PUSH)) {
				*job = &w->jobs.v[j];
				*push = step->uses.n ? step->uses_at : step->script_at;
			}
			does |= here;
		}
	return does;
}

void stk_check_scan(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	const struct stk_workflow_job *job = NULL;
	struct stk_workflow_place push = { 0 };
	unsigned does = workflow_does(c->workflow, &job, &push);
	if ((does & (BUILD | PUSH)) == (BUILD | PUSH) && !(does & SCAN))
		stk_workflow_add(rule, c, push, job, "job " STK_FMT " pushes an image that nothing scanned",
				 STK_ARG(job->name));
}

void stk_check_signature(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	const struct stk_workflow_job *job = NULL;
	struct stk_workflow_place push = { 0 };
	unsigned does = workflow_does(c->workflow, &job, &push);
	if ((does & PUSH) && !(does & SIGN))
		stk_workflow_add(rule, c, push, job, "job " STK_FMT " pushes an image without signing it",
				 STK_ARG(job->name));
}

/* Ways to run a scan and not to hear its answer. Trivy's own default is one of them. */
static void check_gate_command(const struct stk_rule *rule, struct stk_workflow_context *c,
			       const struct stk_workflow_job *job, const struct stk_workflow_step *step,
			       struct stk_str command)
{
	static const char *const shrugs[] = { "|| true",	"||true",	  "|| :",
					      "|| exit 0",	"--exit-code 0",  "--exit-code=0",
					      "--fail-on none", "--fail-on=none", "--no-fail" };
	if (!(command_does(command) & SCAN))
		return;
	for (size_t i = 0; i < STK_LEN(shrugs); i++)
		if (stk_str_contains(command, stk_str_from(shrugs[i]))) {
			stk_workflow_add(rule, c, place_of(c, step, command), job,
					 "\"%s\" lets the scan pass whatever it finds", shrugs[i]);
			return;
		}
	if (step->may_fail)
		stk_workflow_add(rule, c, place_of(c, step, command), job,
				 "the scan's failure does not stop job " STK_FMT, STK_ARG(job->name));
	else if (stk_str_starts(command_word(command), S("trivy")) && !stk_str_contains(command, S("--exit-code")))
		stk_workflow_add(rule, c, place_of(c, step, command), job,
				 "trivy exits 0 whatever it finds unless --exit-code says otherwise");
}

/* The build action's list of secrets, the trivy action's exit code: inputs that switch the gate off. */
static void check_gate_action(const struct stk_rule *rule, struct stk_workflow_context *c,
			      const struct stk_workflow_job *job, const struct stk_workflow_step *step)
{
	struct stk_str code = stk_yaml_str(step->with, "exit-code"), fail = stk_yaml_str(step->with, "fail-build");
	bool trivy = stk_str_contains(step->uses, S("trivy-action"));
	if (!(action_does(step) & SCAN))
		return;
	if (step->may_fail)
		stk_workflow_add(rule, c, step->uses_at, job, "the scan's failure does not stop job " STK_FMT,
				 STK_ARG(job->name));
	else if (trivy && (!code.n || stk_str_is(code, "0")))
		stk_workflow_add(rule, c, step->uses_at, job,
				 "trivy-action passes whatever it finds unless exit-code is set");
	else if (stk_str_is(fail, "false"))
		stk_workflow_add(rule, c, step->uses_at, job, "fail-build: false lets the scan pass whatever it finds");
}

void stk_check_gate(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	each_command(rule, c, check_gate_command);
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t s = 0; s < c->workflow->jobs.v[j].steps.n; s++)
			check_gate_action(rule, c, &c->workflow->jobs.v[j], &c->workflow->jobs.v[j].steps.v[s]);
}

/* Arguments stand in the process list and in logs; --password-stdin does not. */
static void check_login(const struct stk_rule *rule, struct stk_workflow_context *c, const struct stk_workflow_job *job,
			const struct stk_workflow_step *step, struct stk_str command)
{
	struct stk_str word = command_word(command);
	if (!stk_str_starts(word, S("docker login")) && !stk_str_starts(word, S("podman login")) &&
	    !stk_str_starts(word, S("buildah login")))
		return;
	for (struct stk_str rest = word; rest.n;) {
		struct stk_str argument = stk_str_cut_word(&rest);
		bool letter = stk_str_starts(argument, S("-p")) && !stk_str_starts(argument, S("--"));
		if (letter || stk_str_is(argument, "--password") || stk_str_starts(argument, S("--password="))) {
			stk_workflow_add(rule, c, place_of(c, step, argument), job,
					 "the registry's password is an argument");
			return;
		}
	}
}

void stk_check_login(const struct stk_rule *rule, void *context)
{
	each_command(rule, context, check_login);
}

/* ${{ secrets.X }}, or $X where X sounds like a secret (GitLab's variables). */
static bool names_secret(struct stk_str value)
{
	static const char *const words[] = { "TOKEN",	    "PASSWORD", "PASSWD", "SECRET",
					     "PRIVATE_KEY", "API_KEY",	"APIKEY", "CREDENTIAL" };
	if (stk_str_contains(value, S("secrets.")) && !stk_str_contains(value, S("secrets.GITHUB_TOKEN || ")))
		return stk_str_contains(value, S("${{"));
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_contains_nocase(value, stk_str_from(words[i])))
			return true;
	return false;
}

/* An argument is kept in the image's history, where --secret is not. */
static void check_build_argument(const struct stk_rule *rule, struct stk_workflow_context *c,
				 const struct stk_workflow_job *job, const struct stk_workflow_step *step,
				 struct stk_str command)
{
	if (!(command_does(command) & BUILD))
		return;
	for (struct stk_str rest = command; rest.n;) {
		struct stk_str word = stk_str_cut_word(&rest);
		if (stk_str_is(word, "--build-arg")) {
			rest = stk_str_trim_left(rest);
			word = stk_str_cut_word(&rest);
		} else if (!stk_str_starts(word, S("--build-arg="))) {
			continue;
		}
		/* "${{ secrets.X }}" holds spaces: look as far as the expression goes. */
		size_t close = stk_str_contains(word, S("${{")) ? stk_str_find(rest, S("}}")) : SIZE_MAX;
		struct stk_str whole =
			close == SIZE_MAX ? word : (struct stk_str){ word.p, (size_t)(rest.p - word.p) + close + 2 };
		if (names_secret(whole))
			stk_workflow_add(rule, c, place_of(c, step, word), job,
					 "a secret becomes part of the image's history");
	}
}

void stk_check_build_secrets(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	each_command(rule, c, check_build_argument);
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t s = 0; s < c->workflow->jobs.v[j].steps.n; s++) {
			const struct stk_workflow_step *step = &c->workflow->jobs.v[j].steps.v[s];
			for (struct stk_str rest = stk_yaml_str(step->with, "build-args");
			     (action_does(step) & BUILD) && rest.n;) {
				struct stk_str line = stk_str_trim(stk_str_cut_line(&rest));
				if (names_secret(line))
					stk_workflow_add(rule, c, step->uses_at, &c->workflow->jobs.v[j],
							 "build-args: " STK_FMT " becomes part of the image's history",
							 STK_ARG(line));
			}
		}
}

/* Docker in Docker listens for everybody on the job's network unless it has certificates. */
static void check_variables(const struct stk_rule *rule, struct stk_workflow_context *c,
			    const struct stk_workflow_job *job, const struct stk_yaml *variables)
{
	const struct stk_yaml *folder = stk_yaml_get(variables, "DOCKER_TLS_CERTDIR"),
			      *host = stk_yaml_get(variables, "DOCKER_HOST");
	const struct stk_yaml *bad = folder && folder->type == STK_YAML_SCALAR && !folder->text.n ? folder
				     : host && stk_str_ends(host->text, S(":2375"))		  ? host
												  : NULL;
	if (bad)
		stk_workflow_add(rule, c, stk_workflow_place_of(bad), job,
				 bad == folder ? "DOCKER_TLS_CERTDIR is empty: the daemon listens without TLS"
					       : "DOCKER_HOST speaks to port 2375, without TLS");
}

void stk_check_tls(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	check_variables(rule, c, NULL, c->workflow->variables);
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		check_variables(rule, c, &c->workflow->jobs.v[j], c->workflow->jobs.v[j].variables);
}

static bool moving(struct stk_str reference)
{
	return stk_str_ends(reference, S(":latest")) || stk_str_ends(reference, S(":latest\"")) ||
	       stk_str_ends(reference, S(":latest'"));
}

/* The tags of an action that pushes, one a line or between commas, all move. */
static bool all_move(struct stk_str tags)
{
	bool any = false;
	while (tags.n) {
		struct stk_str line = stk_str_cut_line(&tags);
		while (line.n) {
			struct stk_str tag = stk_str_trim(stk_str_cut(&line, ','));
			if (tag.n && !moving(tag))
				return false;
			any |= tag.n > 0;
		}
	}
	return any;
}

/* What a workflow pushes, as far as it is looked at. */
struct pushes {
	const struct stk_workflow_step *step; /* the first one; NULL: none */
	const struct stk_workflow_job *job;
	struct stk_str shown;
	bool fixed; /* one goes to a tag that stays */
};

/* The first push is shown; one to a tag that stays is enough to let the others be. */
static void look_at_push(struct pushes *p, const struct stk_workflow_job *job, const struct stk_workflow_step *step,
			 struct stk_str shown, bool moves)
{
	p->fixed |= !moves;
	if (p->step)
		return;
	p->step = step;
	p->job = job;
	p->shown = shown;
}

/* Every push of the workflow goes to :latest. */
void stk_check_latest(const struct stk_rule *rule, void *context)
{
	struct stk_workflow_context *c = context;
	struct pushes p = { 0 };
	for (size_t j = 0; j < c->workflow->jobs.n; j++)
		for (size_t s = 0; s < c->workflow->jobs.v[j].steps.n; s++) {
			const struct stk_workflow_job *job = &c->workflow->jobs.v[j];
			const struct stk_workflow_step *step = &job->steps.v[s];
			if (action_does(step) & PUSH)
				look_at_push(&p, job, step, S(""), all_move(stk_yaml_str(step->with, "tags")));
			for (struct stk_str rest = step->script; rest.n;) {
				struct stk_str command = cut_command(&rest);
				if (command_does(command) & PUSH)
					look_at_push(&p, job, step, command, moving(command));
			}
		}
	if (!p.step || p.fixed)
		return;
	stk_workflow_add(rule, c, p.step->uses.n ? p.step->uses_at : place_of(c, p.step, p.shown), p.job,
			 "only :latest is pushed");
}
