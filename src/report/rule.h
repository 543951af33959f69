/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A rule is one row: what it is called, how bad it is, what to tell people, and the function
 * that looks. Tables are const and sorted by id; src/cli/rules.c lists every table of the
 * program.
 *
 * The row is the only place for a rule's words: `strake explain`, `strake rules`, docs/rules,
 * SARIF's help and the findings are made from it. A check of the same kind in two other tools
 * is one row with two aliases, so that people who come from either find it.
 */

#include "base/str.h"

#define STK_SEVERITIES(X)                                                                                              \
	X(UNKNOWN, "unknown")                                                                                          \
	X(INFO, "info")                                                                                                \
	X(LOW, "low")                                                                                                  \
	X(MEDIUM, "medium")                                                                                            \
	X(HIGH, "high")                                                                                                \
	X(CRITICAL, "critical")

enum stk_severity {
#define X(name, text) STK_SEV_##name,
	STK_SEVERITIES(X)
#undef X
		STK_SEV_COUNT,
};

/* The layers of the guide; a finding belongs to the one where it is mended. */
#define STK_LAYERS(X)                                                                                                  \
	X(IMAGE, "image")                                                                                              \
	X(BUILD, "build")                                                                                              \
	X(RUNTIME, "runtime")                                                                                          \
	X(NETWORK, "network")                                                                                          \
	X(SECRETS, "secrets")                                                                                          \
	X(PIPELINE, "pipeline")

enum stk_guide_layer {
#define X(name, text) STK_LAYER_##name,
	STK_LAYERS(X)
#undef X
		STK_LAYER_COUNT,
};

struct stk_rule;

/* Looks at the facts behind `context` (a type of the module's own) and emits findings for `rule`. */
typedef void stk_check_fn(const struct stk_rule *rule, void *context);

struct stk_rule {
	const char *id;		/* the name people know: "DL3008", "CMP-R01" */
	const char *aliases[6]; /* the same check in other tools: "DS-0002", "CIS-DI-0001", BuildKit's names */
	enum stk_guide_layer layer;
	enum stk_severity severity;
	const char *title;    /* one line, no full stop: "apt-get install without pinned versions" */
	const char *why;      /* what goes wrong, or what an attacker gains */
	const char *remedy;   /* what to do */
	const char *fix;      /* what repairing does: "--fix adds -y", or NULL */
	const char *bad;      /* an example that fires, or NULL */
	const char *good;     /* the same, mended, or NULL */
	const char *url;      /* where to read on, or NULL */
	bool conceal;	      /* the place is a credential's value: excerpts show asterisks there */
	bool optional;	      /* off unless asked for by name or with --all-rules */
	int argument;	      /* for checks that serve several rows */
	const char *programs; /* divided by spaces: the check finds nothing in a target that runs none of them, and need
				 not be asked */
	stk_check_fn *check;  /* NULL where findings come from a parser or an external program */
};

struct stk_rule_table {
	const char *area; /* "dockerfile", "compose", ... */
	const struct stk_rule *rows;
	size_t n;
};

/* In lower case, static. */
const char *stk_severity_name(enum stk_severity severity);
/* Reads a severity name, whatever its case; false for anything else. "negligible" and "none" count as info. */
bool stk_severity_parse(struct stk_str name, enum stk_severity *out);
const char *stk_layer_name(enum stk_guide_layer layer);
/* Is `name` the rule's id or one of its aliases (case folded)? */
bool stk_rule_is(const struct stk_rule *rule, struct stk_str name);
/* The row of a table with this id or alias, or NULL. */
const struct stk_rule *stk_rule_find(const struct stk_rule_table *table, struct stk_str name);
