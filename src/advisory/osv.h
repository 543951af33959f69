/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * OSV records (schema 1.7, ossf.github.io/osv-schema): JSON to a struct, and the question
 * whether a version is affected. What a record lacks is empty; what the schema does not know is
 * ignored. Strings are views of the JSON tree, which has to stay.
 *
 * For building databases, and for `strake eval`; scans read rows of the database instead.
 */

#include "advisory/range.h"
#include "text/json.h"

struct stk_osv_event {
	enum stk_event_kind kind;
	struct stk_str version;
};

struct stk_osv_range {
	enum stk_range_type type;
	struct {
		struct stk_osv_event *v;
		size_t n, cap;
	} events;
};

/* A CVSS vector, or a vendor's word. */
struct stk_osv_severity {
	struct stk_str type, score;
};
struct stk_osv_severities {
	struct stk_osv_severity *v;
	size_t n, cap;
};

/* One element of "affected": a package of an ecosystem, and which of its versions. */
struct stk_osv_affected {
	struct stk_str ecosystem, name;
	struct {
		struct stk_osv_range *v;
		size_t n, cap;
	} ranges;
	struct stk_strs versions;
	struct stk_osv_severities severities;
	struct stk_str word; /* the vendor's: Debian's urgency, Ubuntu's priority */
};

struct stk_osv {
	struct stk_str id, summary, details;
	struct stk_str word;	     /* database_specific.severity: "MODERATE" */
	int64_t published, modified; /* seconds; 0: not known */
	bool withdrawn;
	struct stk_strs aliases, upstream, related, references, cwes;
	struct stk_osv_severities severities;
	struct {
		struct stk_osv_affected *v;
		size_t n, cap;
	} affected;
};

/* Reads one record; its strings are the JSON's. An error when it has no id or is no object. */
int stk_osv_read(struct stk_arena *arena, const struct stk_json *json, struct stk_osv *out, struct stk_err *err);
/* Reads the ranges and versions of one element of "affected". */
void stk_osv_read_affected(struct stk_arena *arena, const struct stk_json *json, struct stk_osv_affected *out);
/* Is the version affected? As stk_judge_end's. */
enum stk_verdict stk_osv_judge(const struct stk_osv_affected *affected, struct stk_str version, struct stk_str *fix);
