/* SPDX-License-Identifier: Apache-2.0 */
/* OSV's range semantics, event by event. */
#include "test.h"

#include "advisory/osv.h"

struct question {
	const char *json, *ecosystem, *version;
	enum stk_verdict verdict;
	const char *fix;
};

static void check(const struct question *q)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *json;
	struct stk_osv_affected affected;
	struct stk_str fix;
	assert_int_equal(stk_json_parse(&arena, stk_str_from(q->json), &json, &err), 0);
	stk_osv_read_affected(&arena, json, &affected);
	affected.ecosystem = stk_str_from(q->ecosystem);
	enum stk_verdict got = stk_osv_judge(&affected, stk_str_from(q->version), &fix);
	if (got != q->verdict)
		print_error("%s in %s: %d\n", q->version, q->json, got);
	assert_int_equal(got, q->verdict);
	if (got == STK_AFFECTED)
		assert_str(fix, q->fix);
}

#define RANGE(events) "{\"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [" events "]}]}"
#define TWO	      "{\"introduced\": \"0\"}, {\"fixed\": \"1.5\"}, {\"introduced\": \"2.0\"}, {\"fixed\": \"2.3\"}"
#define TWO_SHUFFLED  "{\"fixed\": \"2.3\"}, {\"introduced\": \"2.0\"}, {\"fixed\": \"1.5\"}, {\"introduced\": \"0\"}"

CASE(branches_open_and_close)
{
	static const struct question questions[] = {
		{ RANGE(TWO), "PyPI", "1.0", STK_AFFECTED, "1.5" },
		{ RANGE(TWO), "PyPI", "1.5", STK_UNAFFECTED, "" },
		{ RANGE(TWO), "PyPI", "1.9", STK_UNAFFECTED, "" },
		{ RANGE(TWO), "PyPI", "2.0", STK_AFFECTED, "2.3" },
		{ RANGE(TWO), "PyPI", "2.3", STK_UNAFFECTED, "" },
		{ RANGE(TWO_SHUFFLED), "PyPI", "1.0", STK_AFFECTED, "1.5" },
		{ RANGE(TWO_SHUFFLED), "PyPI", "1.9", STK_UNAFFECTED, "" },
		{ RANGE(TWO_SHUFFLED), "PyPI", "2.2.9", STK_AFFECTED, "2.3" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(the_last_affected_is_affected)
{
	static const struct question questions[] = {
		{ RANGE("{\"introduced\": \"1.0\"}, {\"last_affected\": \"1.4\"}"), "PyPI", "1.4", STK_AFFECTED, "" },
		{ RANGE("{\"introduced\": \"1.0\"}, {\"last_affected\": \"1.4\"}"), "PyPI", "1.4.1", STK_UNAFFECTED,
		  "" },
		{ RANGE("{\"introduced\": \"1.0\"}, {\"last_affected\": \"1.4\"}"), "PyPI", "0.9", STK_UNAFFECTED, "" },
		{ RANGE("{\"introduced\": \"1.4\"}, {\"last_affected\": \"1.4\"}"), "PyPI", "1.4", STK_AFFECTED, "" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(zero_is_below_everything)
{
	static const struct question questions[] = {
		{ RANGE("{\"introduced\": \"0\"}, {\"fixed\": \"0\"}"), "Alpine:v3.18", "1.0-r0", STK_UNAFFECTED, "" },
		{ RANGE("{\"introduced\": \"0\"}"), "Debian:12", "0~~", STK_AFFECTED, "" },
		{ RANGE("{\"introduced\": \"1.13.0-0\"}, {\"fixed\": \"1.13.4\"}"), "Go", "v1.13.0-rc1", STK_AFFECTED,
		  "1.13.4" },
		{ RANGE("{\"introduced\": \"1.2.0\"}"), "Go", "go1.3", STK_AFFECTED, "" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(limits_bound_what_is_known)
{
	static const struct question questions[] = {
		{ RANGE("{\"introduced\": \"0\"}, {\"limit\": \"2.0\"}"), "PyPI", "1.9", STK_AFFECTED, "" },
		{ RANGE("{\"introduced\": \"0\"}, {\"limit\": \"2.0\"}"), "PyPI", "2.0", STK_UNAFFECTED, "" },
		{ RANGE("{\"introduced\": \"0\"}, {\"limit\": \"2.0\"}, {\"limit\": \"3.0\"}"), "PyPI", "2.5",
		  STK_AFFECTED, "" },
		{ RANGE("{\"introduced\": \"0\"}, {\"limit\": \"*\"}"), "PyPI", "9", STK_AFFECTED, "" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(what_cannot_be_compared_is_undecided)
{
	static const struct question questions[] = {
		{ RANGE("{\"introduced\": \"0\"}, {\"fixed\": \"not one\"}"), "PyPI", "1.0", STK_UNDECIDED, "" },
		{ RANGE("{\"introduced\": \"0\"}, {\"fixed\": \"1.0\"}"), "Maven", "1.0", STK_UNDECIDED, "" },
		{ RANGE("{\"introduced\": \"0\"}, {\"fixed\": \"1.0\"}"), "PyPI", "dev-main", STK_UNDECIDED, "" },
		{ "{\"versions\": [\"dev-main\"], \"ranges\": [{\"type\": \"ECOSYSTEM\", \"events\": [{\"introduced\": "
		  "\"1\"}]}]}",
		  "PyPI", "dev-main", STK_AFFECTED, "" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(lists_and_absence_of_ranges)
{
	static const struct question questions[] = {
		{ "{}", "PyPI", "1.0", STK_AFFECTED, "" },
		{ "{\"ranges\": [{\"type\": \"GIT\", \"events\": [{\"introduced\": \"0\"}]}]}", "PyPI", "1.0",
		  STK_AFFECTED, "" },
		{ "{\"ranges\": [{\"type\": \"GIT\", \"events\": [{\"introduced\": \"0\"}]}], \"versions\": [\"1.1\"]}",
		  "PyPI", "1.0", STK_UNAFFECTED, "" },
		{ "{\"versions\": [\"1.0.0\"]}", "PyPI", "1.0", STK_AFFECTED, "" },
		{ "{\"versions\": [\"1.0.0\"]}", "npm", "1.0", STK_UNAFFECTED, "" },
		{ "{\"ranges\": [{\"type\": \"SEMVER\", \"events\": [{\"introduced\": \"1.0.0\"}]}]}",
		  "an ecosystem of tomorrow", "1.2.0", STK_AFFECTED, "" },
	};
	for (size_t i = 0; i < STK_LEN(questions); i++)
		check(&questions[i]);
}

CASE(a_record_is_read_whole)
{
	STK_ARENA arena = { 0 };
	struct stk_err err;
	struct stk_json *json;
	struct stk_osv record;
	struct stk_str text = S("{\"id\": \"X-1\", \"modified\": \"2024-01-02T03:04:05Z\", \"published\": "
				"\"0001-01-01T00:00:00Z\", \"aliases\": [\"CVE-1\", 7],"
				"\"withdrawn\": \"2024-01-01T00:00:00Z\", \"database_specific\": {\"cwes\": "
				"[{\"cweId\": \"CWE-1\"}], \"severity\": \"HIGH\"},"
				"\"affected\": [{\"package\": {\"ecosystem\": \"Debian:12\", \"name\": \"a\"}, "
				"\"ecosystem_specific\": {\"urgency\": \"low**\"}}]}");
	assert_int_equal(stk_json_parse(&arena, text, &json, &err), 0);
	assert_int_equal(stk_osv_read(&arena, json, &record, &err), 0);
	assert_int_equal(record.modified, 1704164645);
	assert_int_equal(record.published, 0);
	assert_true(record.withdrawn);
	assert_int_equal(record.aliases.n, 1);
	assert_str(record.cwes.v[0], "CWE-1");
	assert_str(record.word, "HIGH");
	assert_str(record.affected.v[0].word, "low**");
	assert_int_equal(stk_json_parse(&arena, S("[]"), &json, &err), 0);
	assert_int_equal(stk_osv_read(&arena, json, &record, &err), -1);
}
