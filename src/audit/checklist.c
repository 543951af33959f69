/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checklist: one row for each thing that a careful reviewer would ask, the aspects that
 * have to be looked at to answer it, and the rules that speak against it. A row whose aspects
 * were not all looked at is open, never passed; a row that this version cannot answer says why.
 */
#include "audit/checklist.h"

#include <string.h>

#include "text/glob.h"
#include "base/banned.h"

#define B(name) (1u << STK_ASPECT_##name)
#define ROW(id, layer, needs, rules, text)                                                                             \
	{                                                                                                              \
		id, STK_LAYER_##layer, text, needs, rules, NULL                                                        \
	}
#define UNBUILT(id, layer, text, why)                                                                                  \
	{                                                                                                              \
		id, STK_LAYER_##layer, text, 0, "", why                                                                \
	}

/* In the order of the report: by layer, most important first. */
const struct stk_checklist_row stk_checklist_rows[] = {
	ROW("image-vulnerabilities", IMAGE, B(IMAGE), "CVE AUD-004",
	    "Images have no known vulnerabilities at or above the line"),
	ROW("image-supported", IMAGE, B(IMAGE) | B(DOCKERFILE), "IMG-001 DF-032",
	    "Base images are releases that still get updates"),
	ROW("image-pinned", IMAGE, B(DOCKERFILE) | B(COMPOSE), "DL3006 DL3007 CMP-501 CMP-502 CMP-504 DF-030",
	    "Images are pinned by version and digest"),
	ROW("image-trusted", IMAGE, B(TRUST), "DL3026 CMP-503", "Images come from trusted registries"),
	ROW("image-minimal", IMAGE, B(DOCKERFILE), "DF-022 DF-031 DS-0024",
	    "Images hold what the program needs and no more"),
	ROW("image-user", IMAGE, B(DOCKERFILE), "DL3002 DF-002 AUD-001", "Images run as another user than root"),
	ROW("image-permissions", IMAGE, B(DOCKERFILE), "DF-050 DF-051",
	    "No setuid programs and world-writable files are added"),
	UNBUILT("image-signed", IMAGE, "Images are signed, and verified before they run",
		"signatures are not verified by this version"),
	UNBUILT("image-applications", IMAGE, "Libraries of applications have no known vulnerabilities",
		"packages of languages are not inventoried by this version"),

	ROW("build-valid", BUILD, B(DOCKERFILE), "DF-001 DL1000 DL1001", "Dockerfiles parse as BuildKit reads them"),
	ROW("build-stages", BUILD, B(DOCKERFILE), "DF-020 DF-021", "Build tools and sources stay in earlier stages"),
	ROW("build-context", BUILD, B(CONTEXT), "CTX-* DF-070 AUD-002 CopyIgnoredFile",
	    ".dockerignore keeps secrets and bulk out of the build context"),
	ROW("build-pinned", BUILD, B(DOCKERFILE),
	    "DL3008 DL3013 DL3016 DL3018 DL3028 DL3033 DL3035 DL3037 DL3041 DL3062", "Installed packages are pinned"),
	ROW("build-downloads", BUILD, B(DOCKERFILE), "DF-040 DF-041 DF-042 DF-060 DL3020 DL4006",
	    "Downloads are verified"),
	ROW("build-caches", BUILD, B(DOCKERFILE),
	    "DL3009 DL3015 DL3019 DL3032 DL3036 DL3040 DL3042 DL3060 DS-0017 DF-022",
	    "Package caches are not left in layers"),
	ROW("build-secrets", BUILD, B(DOCKERFILE) | B(COMPOSE),
	    "SecretsUsedInArgOrEnv DF-010 DF-013 CMP-505 CMP-509 PIPE-006",
	    "Secrets reach a build by secret mounts only"),
	ROW("build-isolation", BUILD, B(COMPOSE), "CMP-506 CMP-507",
	    "Builds run without rights of the host and from known sources"),

	ROW("runtime-user", RUNTIME, B(COMPOSE), "CMP-118 CMP-119 AUD-001", "Processes do not run as root"),
	ROW("runtime-privileged", RUNTIME, B(COMPOSE), "CMP-101 CMP-121 CMP-122 CMP-125 CMP-127",
	    "No container is privileged or holds the host's devices"),
	ROW("runtime-socket", RUNTIME, B(COMPOSE), "CMP-201 CMP-202 AUD-006", "No container holds the engine's socket"),
	ROW("runtime-capabilities", RUNTIME, B(COMPOSE), "CMP-102 CMP-103 CMP-104", "Capabilities are dropped"),
	ROW("runtime-new-privileges", RUNTIME, B(COMPOSE), "CMP-105", "Processes cannot gain privileges"),
	ROW("runtime-profiles", RUNTIME, B(COMPOSE), "CMP-106 CMP-107 CMP-108 CMP-109",
	    "seccomp, AppArmor and SELinux stay on"),
	ROW("runtime-namespaces", RUNTIME, B(COMPOSE), "CMP-110 CMP-111 CMP-113 CMP-114 CMP-115 CMP-116",
	    "Containers keep namespaces of their own"),
	ROW("runtime-mounts", RUNTIME, B(COMPOSE), "CMP-203 CMP-204 CMP-205 CMP-206 CMP-208",
	    "Host folders are mounted sparingly and read-only"),
	ROW("runtime-read-only", RUNTIME, B(COMPOSE), "CMP-120 CMP-210 AUD-005", "Root file systems are read-only"),
	ROW("runtime-limits", RUNTIME, B(COMPOSE), "CMP-123 CMP-401 CMP-402 CMP-403",
	    "Memory, CPU and processes are limited"),
	ROW("runtime-health", RUNTIME, B(COMPOSE), "CMP-406", "Health is checked"),
	ROW("runtime-restart", RUNTIME, B(COMPOSE), "CMP-405", "Restarts are bounded"),
	ROW("runtime-logging", RUNTIME, B(COMPOSE), "CMP-407", "Logs are kept and bounded"),
	ROW("runtime-typos", RUNTIME, B(COMPOSE), "CMP-703 CMP-706",
	    "Every protective key is spelt as Compose reads it"),
	UNBUILT("runtime-host", RUNTIME, "The Docker host is configured safely",
		"the host is not audited by this version"),
	UNBUILT("runtime-enforced", RUNTIME, "Least privilege is enforced while containers run",
		"enforcement is not part of this version"),

	ROW("network-stores", NETWORK, B(NETWORK), "NET-001 NET-002 CMP-302",
	    "Data stores cannot be reached from outside"),
	ROW("network-segments", NETWORK, B(NETWORK), "NET-003 NET-004 CMP-307 CMP-309",
	    "Services are segmented into networks"),
	ROW("network-ports", NETWORK, B(NETWORK), "CMP-301 CMP-304 CMP-305 NET-005 NET-006 NET-007 NET-008 AUD-003",
	    "Only ports that must be open are published, on the address that needs them"),
	ROW("network-host", NETWORK, B(NETWORK), "CMP-112", "No service stands on the host's own network"),
	ROW("network-encrypted", NETWORK, B(COMPOSE), "CMP-308 CMP-609",
	    "Traffic between hosts is encrypted and certificates are verified"),
	ROW("network-assertions", NETWORK, B(ASSERTIONS), "NET-901 NET-902",
	    "The project's own network assertions hold"),

	ROW("secrets-files", SECRETS, B(FILES), "SEC-* AUD-002", "No secret stands in a file of the project"),
	ROW("secrets-environment", SECRETS, B(COMPOSE), "CMP-601 CMP-602 CMP-605",
	    "Secrets are not handed over in environment variables or arguments"),
	ROW("secrets-mounts", SECRETS, B(COMPOSE), "CMP-603 CMP-604 CMP-606",
	    "Secrets are mounted as files with tight modes"),
	ROW("secrets-defaults", SECRETS, B(COMPOSE), "CMP-607 CMP-608",
	    "No default passwords, and authentication is on"),
	ROW("secrets-image", SECRETS, B(CONTENTS) | B(DOCKERFILE),
	    "image:SEC-* DF-010 DF-011 DF-012 SecretsUsedInArgOrEnv AUD-002",
	    "No secret stands in an image's layers, configuration or history"),

	ROW("pipeline-scan", PIPELINE, B(WORKFLOW), "PIPE-008 PIPE-009",
	    "Images are scanned before they are pushed, and findings stop the pipeline"),
	ROW("pipeline-pinned", PIPELINE, B(WORKFLOW), "PIPE-001 PIPE-007",
	    "Actions and images of the pipeline are pinned"),
	ROW("pipeline-rights", PIPELINE, B(WORKFLOW), "PIPE-002 PIPE-003 PIPE-004 PIPE-010",
	    "The pipeline has the rights it needs and no more"),
	ROW("pipeline-secrets", PIPELINE, B(WORKFLOW), "PIPE-005 PIPE-006",
	    "The pipeline's secrets stay out of images and command lines"),
	ROW("pipeline-signing", PIPELINE, B(WORKFLOW), "PIPE-011 PIPE-012",
	    "Pushed images are signed and can be told apart"),
};

const size_t stk_n_checklist_rows = STK_LEN(stk_checklist_rows);

static const char *const absent[STK_ASPECT_COUNT] = {
#define X(name, text) text,
	STK_ASPECTS(X)
#undef X
};

bool stk_checklist_names(const struct stk_checklist_row *row, struct stk_str rule)
{
	for (struct stk_str rest = stk_str_from(row->rules); rest.n;)
		if (stk_glob_match(stk_str_cut(&rest, ' '), rule))
			return true;
	return false;
}

bool stk_checklist_rule(const struct stk_checklist_row *row, const struct stk_rule *rule)
{
	bool named = stk_checklist_names(row, stk_str_from(rule->id));
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i] && !named; i++)
		named = stk_checklist_names(row, stk_str_from(rule->aliases[i]));
	return named;
}

static bool speaks_against(struct stk_arena *arena, const struct stk_checklist_row *row,
			   const struct stk_finding *finding, enum stk_severity line)
{
	if (finding->suppressed)
		return false;
	if (finding->vulnerability)
		return finding->severity >= line && stk_checklist_names(row, S("CVE"));
	if (stk_checklist_names(row, finding->id))
		return true;
	/* Secrets inside an image and in the folder have the same rule; a row takes one of them
	   with the prefix "image:". */
	if (finding->location.path.n && stk_checklist_names(row, stk_arena_join(arena, S("image:"), finding->id)))
		return true;
	for (size_t i = 0; i < finding->aliases.n; i++)
		if (stk_checklist_names(row, finding->aliases.v[i]))
			return true;
	return false;
}

/* Thousands of findings of one rule stand together, and a row answers them all alike: but for those that took others in
 * or were given an id of their own. */
struct last {
	const struct stk_rule *rule;
	bool in_image, against;
};

static bool is_as_its_rule(const struct stk_finding *finding)
{
	size_t n = 0;
	if (!finding->rule || finding->vulnerability || finding->suppressed || finding->id.p != finding->rule->id)
		return false;
	while (n < STK_LEN(finding->rule->aliases) && finding->rule->aliases[n])
		n++;
	return n == finding->aliases.n;
}

static bool counts_against(struct stk_arena *arena, const struct stk_checklist_row *row,
			   const struct stk_finding *finding, enum stk_severity line, struct last *last)
{
	bool in_image = finding->location.path.n > 0;
	if (!is_as_its_rule(finding))
		return speaks_against(arena, row, finding, line);
	if (last->rule != finding->rule || last->in_image != in_image)
		*last = (struct last){ finding->rule, in_image, speaks_against(arena, row, finding, line) };
	return last->against;
}

static void count_findings(struct stk_report *report, const struct stk_checklist_row *row, enum stk_severity line,
			   struct stk_item *item)
{
	struct last last = { 0 };
	for (size_t i = 0; i < report->findings.n; i++) {
		const struct stk_finding *finding = &report->findings.v[i];
		if (!counts_against(report->arena, row, finding, line, &last))
			continue;
		item->findings++;
		if (!stk_strs_has(&item->rules, finding->id))
			*STK_PUSH(report->arena, &item->rules) = finding->id;
	}
	stk_strs_sort(&item->rules);
}

/* Met needs a look at something; a part that could not be looked at makes it "not checked", never met. */
static void judge(const struct stk_checklist_row *row, const struct stk_coverage *coverage, struct stk_item *item)
{
	bool looked = false;
	const char *why = row->unchecked;
	struct stk_str missing = S("");
	for (size_t aspect = STK_ASPECT_COUNT; aspect-- > 0;) {
		if (!(row->needs & 1u << aspect))
			continue;
		looked |= coverage->looked[aspect];
		why = absent[aspect];
		if (coverage->missing[aspect].n)
			missing = coverage->missing[aspect];
	}
	if (item->findings) {
		item->state = STK_ITEM_NOT_MET;
	} else if (row->unchecked || missing.n) {
		item->state = STK_ITEM_NOT_CHECKED;
		item->reason = row->unchecked ? stk_str_from(row->unchecked) : missing;
	} else if (!looked) {
		/* Without images nothing is known of them; without Compose files there is nothing to check. */
		bool unknown = row->needs & (B(IMAGE) | B(CONTENTS) | B(TRUST));
		item->state = unknown ? STK_ITEM_NOT_CHECKED : STK_ITEM_NOT_APPLICABLE;
		item->reason = stk_str_from(why);
	} else {
		item->state = STK_ITEM_MET;
	}
}

void stk_checklist_fill(struct stk_report *report, const struct stk_coverage *coverage, enum stk_severity line)
{
	for (size_t i = 0; i < STK_LEN(stk_checklist_rows); i++) {
		const struct stk_checklist_row *row = &stk_checklist_rows[i];
		struct stk_item item = { .id = stk_str_from(row->id),
					 .layer = row->layer,
					 .text = stk_str_from(row->text) };
		count_findings(report, row, line, &item);
		judge(row, coverage, &item);
		*STK_PUSH(report->arena, &report->checklist) = item;
	}
}
