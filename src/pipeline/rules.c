/* SPDX-License-Identifier: Apache-2.0 */
/* The table of pipeline rules; checks_*.c hold the functions. */
#include "pipeline/rules.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

static const struct stk_rule rows[] = {
	{ .id = "PIPE-001",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_action_pin,
	  .title = "action or reusable workflow not pinned by commit",
	  .why = "A tag or branch can be moved: whoever takes over the action's repository runs code in this pipeline, with its secrets.",
	  .remedy = "Pin to the full commit id and name the version behind it in a comment; let a bot update both.",
	  .bad = "- uses: docker/build-push-action@v6",
	  .good = "- uses: docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83 # v6.18.0" },
	{ .id = "PIPE-002",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_permissions,
	  .title = "workflow token with more rights than it needs",
	  .why = "Without a permissions block the token gets the repository's default, often write to everything: one bad step can push code and packages.",
	  .remedy =
		  "Set \"permissions: contents: read\" for the workflow and add single rights to the job that needs them.",
	  .bad = "permissions: write-all",
	  .good = "permissions:\n  contents: read" },
	{ .id = "PIPE-003",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_CRITICAL,
	  .check = stk_check_untrusted_checkout,
	  .title = "code of a pull request run with the repository's secrets",
	  .why = "pull_request_target and workflow_run hold the secrets of the base repository; building a stranger's branch there hands them over.",
	  .remedy = "Build pull requests under pull_request; keep pull_request_target for jobs that check nothing out.",
	  .bad = "on: pull_request_target\n…\n- uses: actions/checkout@…\n  with:\n    ref: ${{ github.event.pull_request.head.sha }}" },
	{ .id = "PIPE-004",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_HIGH,
	  .check = stk_check_injection,
	  .title = "text of a stranger put into a script",
	  .why = "Expressions are pasted into the script before the shell reads it: a branch name or title such as \"a\"; curl …\" runs.",
	  .remedy = "Hand the value over in env: and use it quoted as \"$NAME\".",
	  .bad = "run: echo \"${{ github.event.pull_request.title }}\"",
	  .good = "env:\n  TITLE: ${{ github.event.pull_request.title }}\nrun: echo \"$TITLE\"" },
	{ .id = "PIPE-005",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_login,
	  .title = "registry password on a command line",
	  .why = "Arguments show up in process lists and in logs with tracing switched on.",
	  .remedy = "Pipe the password into \"docker login --password-stdin\", or use the registry's login action.",
	  .bad = "docker login -u ci -p \"$TOKEN\" registry.example.com",
	  .good = "echo \"$TOKEN\" | docker login -u ci --password-stdin registry.example.com" },
	{ .id = "PIPE-006",
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .check = stk_check_build_secrets,
	  .title = "secret passed to an image build as a build argument",
	  .why = "Build arguments stay in the image's history and in provenance attestations: everybody who pulls the image has them.",
	  .remedy =
		  "Use build secrets (--secret id=NAME,env=NAME, \"secrets:\" of the build action) and RUN --mount=type=secret.",
	  .bad = "docker build --build-arg NPM_TOKEN=${{ secrets.NPM_TOKEN }} .",
	  .good = "docker build --secret id=npm,env=NPM_TOKEN ." },
	{ .id = "PIPE-007",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_LOW,
	  .check = stk_check_image_pin,
	  .title = "job runs in an image without a fixed version",
	  .why = "The job's tools change under it, and whoever controls the tag runs code in the pipeline.",
	  .remedy = "Name a version and its digest: image: docker:28.5.2@sha256:…",
	  .bad = "image: docker:latest" },
	{ .id = "PIPE-008",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_scan,
	  .title = "image is built and pushed without a scan",
	  .why = "Known vulnerabilities and secrets reach the registry unseen.",
	  .remedy = "Scan between build and push, and let findings stop the job: strake image --fail-on high IMAGE." },
	{ .id = "PIPE-009",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_gate,
	  .title = "scan that cannot fail the pipeline",
	  .why = "A scan whose result is thrown away protects nothing: the next step pushes whatever it found.",
	  .remedy =
		  "Let the scanner's exit status count: drop \"|| true\", continue-on-error, allow_failure and exit-code 0; write down accepted findings in .strake.yaml.",
	  .bad = "trivy image app || true",
	  .good = "strake image --fail-on high app" },
	{ .id = "PIPE-010",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_MEDIUM,
	  .check = stk_check_tls,
	  .title = "Docker daemon of the pipeline reachable without TLS",
	  .why = "Everything that reaches the daemon's port is root on the runner.",
	  .remedy = "Leave DOCKER_TLS_CERTDIR at \"/certs\" and use port 2376.",
	  .bad = "DOCKER_TLS_CERTDIR: \"\"" },
	{ .id = "PIPE-011",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_LOW,
	  .check = stk_check_signature,
	  .title = "pushed image is not signed",
	  .why = "Who deploys the image cannot tell whether this pipeline made it.",
	  .remedy =
		  "Sign the pushed digest (cosign sign, or the attestations of the build action) and verify before deploying." },
	{ .id = "PIPE-012",
	  .layer = STK_LAYER_PIPELINE,
	  .severity = STK_SEV_LOW,
	  .check = stk_check_latest,
	  .title = "image pushed only under a moving tag",
	  .why = "Nobody can say later which build runs, or go back to the one before.",
	  .remedy = "Push a tag that never moves (version or commit), and deploy by digest.",
	  .bad = "docker push registry.example.com/app:latest" },
};

const struct stk_rule_table stk_pipeline_rules = { "pipeline", rows, STK_LEN(rows) };

struct stk_finding *stk_workflow_add(const struct stk_rule *rule, struct stk_workflow_context *c,
				     struct stk_workflow_place at, const struct stk_workflow_job *job, const char *fmt,
				     ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, fmt);
	vsnprintf(text, sizeof(text), fmt, arguments);
	va_end(arguments);
	struct stk_finding *finding = stk_report_add(c->report, rule, c->target);
	finding->location = (struct stk_location){ .file = c->workflow->file,
						   .line = at.line,
						   .column = at.column,
						   .end_line = at.end_line,
						   .end_column = at.end_column,
						   .service = job ? job->name : S("") };
	finding->message = stk_arena_str(c->report->arena, stk_str_from(text));
	return finding;
}

struct stk_workflow_place stk_workflow_script_place(const struct stk_workflow *workflow,
						    const struct stk_workflow_step *step, size_t offset, size_t n)
{
	/* Block scalars lose their indentation and quoted ones their escapes: the text is looked for again, from the
	 * right line on. */
	struct stk_str needle = stk_str_slice(step->script, offset, offset + n);
	struct stk_str source = stk_str_slice(workflow->text, step->script_at.begin, step->script_at.end);
	size_t before = 0, at = 0;
	for (size_t i = 0; i < offset; i++)
		before += step->script.p[i] == '\n';
	struct stk_str rest = source;
	for (size_t lines = before + step->literal; rest.n && lines > 0; lines--) {
		stk_str_cut(&rest, '\n');
		at = source.n - rest.n;
	}
	size_t found = needle.n ? stk_str_find(rest, needle) : SIZE_MAX;
	if (found == SIZE_MAX)
		return step->script_at;
	at += found;
	struct stk_workflow_place place = { .line = step->script_at.line,
					    .column = step->script_at.column,
					    .begin = step->script_at.begin + at,
					    .end = step->script_at.begin + at + n };
	for (size_t i = 0; i < at; i++) {
		place.column = source.p[i] == '\n' ? 1 : place.column + 1;
		place.line += source.p[i] == '\n';
	}
	place.end_line = place.line;
	place.end_column = place.column + (uint32_t)n;
	return place;
}

void stk_workflow_check(struct stk_report *report, size_t target, const struct stk_workflow *workflow)
{
	struct stk_workflow_context context = { report, target, workflow };
	for (size_t i = 0; i < STK_LEN(rows); i++)
		rows[i].check(&rows[i], &context);
}
