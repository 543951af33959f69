/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/buf.h"
#include "pipeline/workflow.h"

static struct stk_report check(struct stk_arena *arena, enum stk_workflow_kind kind, const char *text)
{
	struct stk_err err;
	struct stk_workflow workflow;
	struct stk_report report = stk_report_new(arena);
	size_t target = stk_report_target(&report, S("w.yml"), "workflow");
	if (stk_workflow_parse(arena, kind, S("w.yml"), stk_str_from(text), &workflow, &err) < 0)
		fail_msg("%s", err.msg);
	stk_workflow_check(&report, target, &workflow);
	stk_report_sort(&report);
	return report;
}

/* "PIPE-001@5:13 PIPE-002@2:1" in the report's order. */
static void expect(enum stk_workflow_kind kind, const char *text, const char *want)
{
	STK_ARENA arena = { 0 };
	STK_BUF got = stk_buf_new(4096);
	struct stk_report report = check(&arena, kind, text);
	for (size_t i = 0; i < report.findings.n; i++)
		stk_buf_printf(&got, "%s" STK_FMT "@%u:%u", i ? " " : "", STK_ARG(report.findings.v[i].id),
			       report.findings.v[i].location.line, report.findings.v[i].location.column);
	assert_str(stk_buf_str(&got), want);
}

CASE(paths_of_workflows)
{
	enum stk_workflow_kind kind;
	assert_true(stk_workflow_path(S(".github/workflows/a.yml"), &kind) && kind == STK_WORKFLOW_GITHUB);
	assert_true(stk_workflow_path(S("x/.github/workflows/a.yaml"), &kind));
	assert_true(stk_workflow_path(S("x/.gitlab-ci.yml"), &kind) && kind == STK_WORKFLOW_GITLAB);
	assert_false(stk_workflow_path(S("workflows/a.yml"), &kind));
	assert_false(stk_workflow_path(S(".github/workflows/a.txt"), &kind));
}

CASE(a_careful_workflow_has_nothing)
{
	expect(STK_WORKFLOW_GITHUB,
	       "on: push\npermissions:\n  contents: read\njobs:\n  build:\n    runs-on: x\n    steps:\n"
	       "      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v4\n"
	       "      - run: |\n          docker build -t app:1 .\n          strake image --fail-on high app:1\n"
	       "          docker push app:1\n          cosign sign app@sha256:1\n",
	       "");
}

CASE(pins_permissions_and_strangers)
{
	expect(STK_WORKFLOW_GITHUB,
	       "on: [pull_request_target]\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n"
	       "          ref: ${{ github.event.pull_request.head.sha }}\n      - uses: ./local\n      - uses: docker://alpine@sha256:1\n"
	       "      - run: |\n          true\n          echo \"${{ github.event.issue.title }}\"\n",
	       "PIPE-002@3:3 PIPE-001@5:15 PIPE-003@5:15 PIPE-004@12:17");
	expect(STK_WORKFLOW_GITHUB, "permissions: write-all\njobs:\n  a:\n    uses: o/r/.github/workflows/x.yml@main\n",
	       "PIPE-002@1:14 PIPE-001@4:11");
}

CASE(building_and_pushing)
{
	expect(STK_WORKFLOW_GITHUB,
	       "permissions: {}\njobs:\n  a:\n    steps:\n      - run: docker login -u x -p $P r\n"
	       "      - run: docker build --build-arg TOKEN=${{ secrets.T }} -t r/a .\n      - run: docker push r/a:latest\n",
	       "PIPE-005@5:32 PIPE-006@6:39 PIPE-008@7:14 PIPE-011@7:14 PIPE-012@7:14");
	expect(STK_WORKFLOW_GITHUB,
	       "permissions: {}\njobs:\n  a:\n    steps:\n      - run: trivy image a || true\n        shell: bash\n",
	       "PIPE-009@5:14");
	expect(STK_WORKFLOW_GITHUB,
	       "permissions: {}\njobs:\n  a:\n    steps:\n      - run: strake image a\n        continue-on-error: true\n",
	       "PIPE-009@5:14");
}

CASE(gitlab)
{
	expect(STK_WORKFLOW_GITLAB,
	       "image: docker:latest\nvariables:\n  DOCKER_TLS_CERTDIR: \"\"\nbuild:\n  services: [docker:28.5-dind]\n  script:\n"
	       "    - docker build -t $I .\n    - docker push $I\n",
	       "PIPE-007@1:8 PIPE-010@3:23 PIPE-008@8:7 PIPE-011@8:7");
}
