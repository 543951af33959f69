/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Ignores: what the user decided to live with, why, and until when. Read from files of several
 * dialects into one list, applied to a report before it is filtered and rendered. Suppressed
 * findings stay in the report, with who silenced them: nothing disappears without a trace.
 *
 * Comments inside Dockerfiles (hadolint ignore=) are the Dockerfile module's.
 */

#include "report/report.h"
#include "text/yaml.h"

/* One ignore. All three of id, paths and packages must fit for it to hold. */
struct stk_ignore {
	struct stk_str id;	  /* rule, alias or vulnerability; "*" and "?" stand for any bytes */
	struct stk_strs paths;	  /* globs on the file, or on the path inside an image; empty: anywhere */
	struct stk_strs packages; /* names, or purls with or without version; empty: any */
	struct stk_str reason;
	int64_t expires; /* first second in which it no longer holds; 0: never */
	struct stk_str expires_text;
	/* Paths count from the folder of the settings, both absolute; empty: as the user names files in this run. */
	struct stk_str folder, here;
	struct stk_str
		below;	     /* a folder with its slash, as the run names it: only what stands there; empty: anywhere */
	struct stk_str file; /* where it is written, for "ignored by" and for the finding about an expired one */
	uint32_t line;
};

struct stk_ignores {
	struct stk_ignore *v;
	size_t n, cap;
};

/* .trivyignore, .dockleignore: an id a line, "#" comments, optionally "exp:YYYY-MM-DD". */
int stk_ignores_read_lines(struct stk_arena *arena, struct stk_str text, struct stk_str file, struct stk_ignores *out,
			   struct stk_err *err);
/* .trivyignore.yaml: sections vulnerabilities, misconfigurations, secrets, licenses of {id, paths, purls, expired_at,
 * statement}. */
int stk_ignores_read_trivy(struct stk_arena *arena, struct stk_str text, struct stk_str file, struct stk_ignores *out,
			   struct stk_err *err);
/* The list under `ignore:` of .strake.yaml: {id, paths, packages, reason, expires}; reason is required. */
int stk_ignores_read_list(struct stk_arena *arena, const struct stk_yaml *list, struct stk_str file,
			  struct stk_ignores *out, struct stk_err *err);
/* Marks what is ignored at the time now. An expired ignore that would have silenced something is itself a finding
 * (CFG-001). */
void stk_ignores_apply(const struct stk_ignores *ignores, struct stk_report *report, int64_t now);

extern const struct stk_rule_table stk_config_rules;
