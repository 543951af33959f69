/* SPDX-License-Identifier: Apache-2.0 */
/* Which of our own rules, and of Trivy's, fire on what. */
#include <time.h>

#include "dockerfile/commands.h"
#include "dockerfile/rules_test.h"
#include "base/buf.h"
#include "base/limits.h"
#include "test.h"

static const struct stk_rule_table *const tables[] = {
	&stk_dockerfile_trivy_rules, &stk_own_base_rules,   &stk_own_download_rules, &stk_own_final_rules,
	&stk_own_permission_rules,   &stk_own_secret_rules, &stk_own_user_rules,
};

/* Does the check find something? *programs: which programs the text runs. */
static bool finds(const struct stk_rule *rule, const char *text, uint64_t *programs)
{
	STK_ARENA arena = { 0 };
	struct stk_report report = stk_report_new(&arena);
	struct stk_dockerfile_options options = { .all_rules = true, .has_context = true, .now = 1764000000 };
	struct stk_str whole = stk_str_from(text);
	if (!stk_str_contains(whole, S("FROM ")))
		whole = stk_arena_printf(&arena, "FROM alpine:3.20\n%s\n", text);
	struct stk_dockerfile_context context = {
		.report = &report,
		.target = stk_report_target(&report, S("Dockerfile"), "dockerfile"),
		.arena = &arena,
		.file = stk_dockerfile_parse(&arena, S("Dockerfile"), whole, NULL),
		.options = &options,
	};
	rule->check(rule, &context);
	*programs = stk_dockerfile_runs(&context)->programs;
	return report.findings.n > 0;
}

static bool fires(const struct stk_rule *rule, const char *text)
{
	uint64_t programs;
	return finds(rule, text, &programs);
}

/* A check that names programs is not asked about files that run none of them: it must not find anything there. */
static void check_programs(const struct stk_rule *rule, const char *text)
{
	uint64_t programs;
	if (text && finds(rule, text, &programs) && !(programs & stk_program_bits(stk_str_from(rule->programs))))
		fail_msg("%s finds something in \"%s\", which runs none of \"%s\"", rule->id, text, rule->programs);
}

CASE(checks_find_nothing_where_their_programs_do_not_run)
{
	for (size_t t = 0; t < stk_n_dockerfile_tables; t++)
		for (size_t i = 0; i < stk_dockerfile_tables[t]->n; i++) {
			const struct stk_rule *rule = &stk_dockerfile_tables[t]->rows[i];
			for (size_t o = 0; rule->programs && o < stk_n_dockerfile_tables; o++)
				for (size_t k = 0; k < stk_dockerfile_tables[o]->n; k++) {
					check_programs(rule, stk_dockerfile_tables[o]->rows[k].bad);
					check_programs(rule, stk_dockerfile_tables[o]->rows[k].good);
				}
		}
}

static const struct stk_rule *row(const char *id)
{
	for (size_t t = 0; t < STK_LEN(tables); t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			if (strcmp(tables[t]->rows[i].id, id) == 0)
				return &tables[t]->rows[i];
	fail_msg("no rule %s", id);
	return NULL;
}

CASE(cases_beside_the_examples)
{
	static const struct {
		const char *id;
		bool want;
		const char *text;
	} t[] = {
		{ "DF-002", false, "FROM a AS b\nUSER 1\nFROM b\nRUN x" },
		{ "DF-002", true, "FROM a AS b\nUSER 1\nFROM c" },
		{ "DF-002", false, "FROM gcr.io/distroless/static:nonroot" },
		{ "DF-010", true,
		  "LABEL key=AKIA"
		  "QYLPMN5HHHFPZAM2" },
		{ "DF-010", true, "RUN mysql --password=hunter22 -e x" },
		{ "DF-010", false, "RUN mysql --password=$PW -e x" },
		{ "DF-010", false, "ENV TOKEN=" },
		{ "DF-010", false, "ENV API_KEY=changeme" },
		{ "DF-010", true, "RUN git clone https://me:s3cr3t@example.com/x" },
		{ "DF-011", false, "COPY --from=build /x/.env /y" },
		{ "DF-011", false, "COPY .env.example /y" },
		{ "DF-011", true, "COPY keys /secrets\nENV GOOGLE_APPLICATION_CREDENTIALS=/secrets/a.json" },
		{ "DF-012", false, "COPY .npmrc ." },
		{ "DF-011", true, "COPY .npmrc .\nONBUILD RUN rm .npmrc" },
		{ "DF-012", false, "COPY .npmrc .\nONBUILD RUN rm .npmrc" },
		{ "DF-012", false, "FROM a AS b\nCOPY .npmrc .\nFROM c\nRUN rm .npmrc" },
		{ "DF-012", false, "RUN rm .npmrc\nCOPY .npmrc ." },
		{ "DF-012", true, "COPY .npmrc a/x\nRUN rm a/x" },
		{ "DF-013", false, "RUN --mount=type=secret,id=t,env=NPM_TOKEN npm ci --x=$NPM_TOKEN" },
		{ "DF-013", false, "RUN echo $NPM_TOKEN" },
		{ "DF-020", false, "FROM a AS build\nRUN apk add gcc\nFROM b" },
		{ "DF-020", false, "RUN apk add --virtual .deps gcc && x && apk del .deps" },
		{ "DF-021", false, "FROM golang\nRUN go build" },
		{ "DF-022", false, "RUN npm ci && npm cache clean --force" },
		{ "DF-030", false, "FROM scratch AS b\nFROM b" },
		{ "DF-031", false, "FROM python:3.12-slim" },
		{ "DF-032", true, "FROM python:3.9-buster" },
		{ "DF-032", false, "FROM $X" },
		{ "DF-040", true, "RUN wget -qO- https://x.example/y | sudo bash -s" },
		{ "DF-040", true, "RUN bash <(curl -s https://x.example/y)" },
		{ "DF-040", true, "RUN curl x | tee y | sh" },
		{ "DF-040", false, "RUN curl x | tar xz" },
		{ "DF-040", false, "RUN curl x > y && sh y" },
		{ "DF-041", true, "RUN curl https://x.example/y | tar xz" },
		{ "DF-041", false, "RUN curl -f http://localhost/health -o x" },
		{ "DF-041", false, "RUN curl -I https://x.example/y" },
		{ "DF-042", false, "ADD https://example.com/a.git#v1 /x" },
		{ "DF-050", true, "RUN chmod o+w /x" },
		{ "DF-050", true, "COPY --chmod=0666 a b" },
		{ "DF-050", false, "RUN chmod +x /x && chmod o-w /y && chmod 1777 /tmp && chmod a=rx /z" },
		{ "DF-050", false, "RUN chmod go= /x" },
		{ "DF-051", true, "RUN install -m 4755 a b" },
		{ "DF-051", true, "RUN chmod g+s /x" },
		{ "DF-051", false, "RUN chmod u-s /x && chmod a-s /y" },
		{ "DF-060", true, "RUN GIT_SSL_NO_VERIFY=1 git clone x" },
		{ "DF-060", true, "RUN npm config set strict-ssl false" },
		{ "DF-060", true, "RUN git config --global http.sslVerify false" },
		{ "DF-060", false, "RUN npm config set strict-ssl true" },
		{ "DF-070", false, "COPY --from=x . ." },
		{ "DS-0004", true, "EXPOSE 80 22/TCP" },
		{ "DS-0017", false, "RUN apt-get update && apt-get install x" },
		{ "DS-0030", false, "WORKDIR /process" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (fires(row(t[i].id), t[i].text) != t[i].want)
			fail_msg("%s %s on: %s", t[i].id, t[i].want ? "does not fire" : "fires", t[i].text);
}

/* Ten thousand copies and ten thousand RUNs: each copy meets the removal of its own, not those of all others. What
 * looked at every pair took a minute and more under the sanitizers. */
CASE(ten_thousand_copies_and_removals)
{
	STK_ARENA arena = { 0 };
	STK_BUF text = stk_buf_new(STK_MIB(4));
	struct timespec from, to;
	stk_buf_add(&text, S("FROM a:1\n"));
	for (int i = 0; i < 10000; i++)
		stk_buf_printf(&text, "RUN chmod 777 /x%d\nCOPY .npmrc /d%d/\n%s", i, i,
			       i % 2 ? "RUN rm /d/.npmrc\n" : "");
	stk_buf_add(&text, S("COPY .npmrc /e/\n"));
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from), 0);
	struct stk_report *report = test_dockerfile_check(&arena, stk_arena_str(&arena, stk_buf_str(&text)).p, NULL);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to), 0);
	assert_int_equal(test_count_findings(report, "DF-012"), 10000);
	assert_int_equal(test_count_findings(report, "DF-011"), 1);
	assert_in_range(to.tv_sec - from.tv_sec, 0, 15);
}

CASE(expansions_that_the_builder_refuses)
{
	static const struct test_dockerfile_row t[] = {
		{ "DF-001", "3", "FROM a:1\nARG V=1.2\nENV A=${V#1\\.}\nUSER 1\n" },
		{ "DF-001", "", "FROM a:1\nARG V=1.2\nENV A=${V#1\\*}\nUSER 1\n" },
		{ "DF-001", "3", "FROM a:1\nARG V=1.2\nCOPY ${V/\\./x} /y\nUSER 1\n" },
		{ "DF-001", "2", "FROM a:1\nWORKDIR ${V\nUSER 1\n" },
		{ "DF-001", "2", "FROM a:1\nLABEL a=${V:=x}\nUSER 1\n" },
		{ "DF-001", "", "FROM a:1\nLABEL a=${V:?must be given}\nUSER 1\n" },
		{ "DF-001", "", "FROM a:1\nRUN echo ${V#1\\.}\nUSER 1\n" },
	};
	test_dockerfile_rows(t, STK_LEN(t), NULL);
}
