/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The report: everything one run found, and all that a renderer may look at. Rules add
 * findings, renderers read them; neither knows the other. Strings are views that must live as
 * long as report->arena (copy with stk_arena_str when in doubt).
 *
 * How a run uses it: stk_report_new; stk_report_target for each thing that is looked at; rules
 * call stk_report_add and fill in place, message, evidence and fix; what could not be read is a
 * stk_report_gap. At the end, in this order (src/cli/finish.c): ignores, sort, filter, fixes,
 * conceal, render.
 *
 * One thread at a time. Work that is divided among threads fills a report each, which are
 * merged in a fixed order (stk_report_merge).
 */

#include "base/arena.h"
#include "base/err.h"
#include "report/rule.h"

/* Lines and columns count from 1; columns count bytes; 0 means "not known". The end is exclusive: one past the last
 * byte. */
struct stk_location {
	struct stk_str file; /* a file of the user's, as he named it; empty for findings inside an image */
	uint32_t line, column, end_line, end_column;
	struct stk_str path;	    /* a path inside the image, without leading slash */
	struct stk_str layer;	    /* diffID of the layer: "sha256:..." */
	int32_t layer_index;	    /* counted from 1 at the base; 0: not known */
	struct stk_str instruction; /* the history line that made the layer, or the instruction's keyword */
	struct stk_str commit;	    /* of a repository's history: 40 digits, or empty when not known; and */
	struct stk_str commit_path; /* the file's path in it, empty for the commit's message */
	struct stk_str commit_author, commit_date; /* "Ann <ann@corp.internal>", "2024-05-01T12:00:00Z" */
	struct stk_str service; /* Compose service, container, stage: whatever the target calls its parts */
};

/* One replacement in the original text. An insertion has begin == end. Edits of one fix never overlap. */
struct stk_edit {
	struct stk_str file;
	size_t begin, end; /* byte offsets in the file as read */
	struct stk_str text;
};

/* A repair: edits of files, all of which have to be made, or a command, or only a description. */
struct stk_fix {
	struct stk_str description; /* "add --no-install-recommends" */
	bool safe;		    /* a working deployment stays working with the same result */
	struct {
		struct stk_edit *v;
		size_t n, cap;
	} edits;
	struct stk_str command; /* where the repair is a command to run, else empty */
};

/* A package of the inventory: facts of a package database. */
struct stk_package {
	struct stk_str name, version; /* as installed; version in the scheme's full form, epoch and release included */
	struct stk_str ecosystem;     /* "deb" "apk" "rpm" "pypi" ...: the purl type */
	struct stk_str source_name,
		source_version; /* what it was built from; equal to name and version where not stated */
	struct stk_str architecture, license, maintainer, purl;
	struct stk_str modularity; /* rpm: "name:stream:version:context" of the module it belongs to, or empty */
	struct stk_str namespace;  /* distribution for OS packages: "debian", "alpine" */
	struct stk_str path;	   /* the database or file it was read from, inside the image */
	struct stk_str layer;	   /* diffID, or empty */
	int32_t layer_index;	   /* from 1; 0: not known */
	size_t target;		   /* index in report->targets */
};
struct stk_packages {
	struct stk_package *v;
	size_t n, cap;
};

struct stk_cvss {
	struct stk_str source, vector;
	double score;
};

/* What a finding about a known vulnerability says beyond the common fields. */
struct stk_vulnerability {
	const struct stk_package *package;
	struct stk_str advisory;      /* id of the advisory that matched: "DEBIAN-CVE-2024-1234" */
	struct stk_str fixed_version; /* empty: no fix is known */
	struct stk_str status;	      /* "fixed", "affected", "will_not_fix" ... */
	struct stk_str description;
	struct stk_str severity_source; /* who says so: "debian", "nvd", "cvss" */
	int64_t published, modified;	/* seconds; 0: not known */
	struct {
		struct stk_cvss *v;
		size_t n, cap;
	} cvss;
	struct stk_strs references, cwes;
};

/* Why a finding does not count. */
struct stk_suppression {
	struct stk_str by; /* file:line of what silences it: ".trivyignore:3", "inline comment" */
	struct stk_str reason;
	struct stk_str expires; /* "2027-01-31" or empty */
};

/* One rule at one place. Only id, severity, layer, title and target are always there. */
struct stk_finding {
	const struct stk_rule *rule; /* the row that fired; NULL for vulnerabilities */
	struct stk_str id;
	struct stk_strs aliases;
	enum stk_severity severity; /* after context: may differ from the row's */
	enum stk_guide_layer layer;
	struct stk_str title, message, why, remedy, url;
	struct stk_str fingerprint; /* 32 hexadecimal digits, where the module knows better than place and text */
	struct stk_location location;
	struct stk_strs evidence;		 /* short sentences, in the order of the argument */
	struct stk_fix *fix;			 /* NULL: nothing to apply */
	struct stk_vulnerability *vulnerability; /* NULL: not about a package */
	struct stk_suppression *suppressed;	 /* NULL: counts */
	size_t target;				 /* index in report->targets */
};

/* A label and a value a renderer shows about a target: "OS" "debian 12.5". */
struct stk_fact {
	struct stk_str name, value;
};

/* A layer of an image, for the picture of who brought what. */
struct stk_target_layer {
	struct stk_str digest;	    /* diffID, or the blob's digest */
	struct stk_str instruction; /* the history line that made it, or empty */
	uint64_t size;		    /* bytes as stored */
	size_t packages;	    /* of the inventory that this layer brought */
};

/* What was looked at. Text targets keep their source, for excerpts and for fixes. */
struct stk_target {
	struct stk_str name;		      /* as the user knows it: path, image reference */
	struct stk_str kind;		      /* "image" "dockerfile" "compose" "context" "directory" "network" ... */
	struct stk_str os_family, os_version; /* of an image: "debian" "12.5" */
	bool os_end_of_life;
	struct stk_str text; /* contents of a text file, or empty */
	struct stk_line_cursor {
		uint32_t line;
		size_t offset, n;	  /* the line's bytes; n == SIZE_MAX: not measured */
		size_t bytes, characters; /* from its start to the last column that was counted */
		uint64_t hash;		  /* of the line without blanks at its ends; 0: not computed */
	} * cursor;			  /* where stk_target_line found its last line */
	struct {
		struct stk_fact *v;
		size_t n, cap;
	} facts;
	struct {
		struct stk_target_layer *v;
		size_t n, cap;
	} layers; /* of an image, base first */
};

/* Something that could not be scanned: makes the run exit 3. */
struct stk_gap {
	struct stk_str what, why;
	size_t target;
};

#define STK_ITEM_STATES(X)                                                                                             \
	X(MET, "met")                                                                                                  \
	X(NOT_MET, "not met")                                                                                          \
	X(NOT_APPLICABLE, "not applicable")                                                                            \
	X(NOT_CHECKED, "not checked")

enum stk_item_state {
#define X(name, text) STK_ITEM_##name,
	STK_ITEM_STATES(X)
#undef X
		STK_ITEM_STATE_COUNT,
};

/* An item of the checklist and how the deployment stands to it. */
struct stk_item {
	struct stk_str id; /* "runtime-user" */
	enum stk_guide_layer layer;
	struct stk_str text; /* "Processes do not run as root" */
	enum stk_item_state state;
	struct stk_str reason; /* why not applicable or not checked; else empty */
	size_t findings;       /* how many stand behind "not met" */
	struct stk_strs rules; /* the ids that fired */
};

/* A picture: the network map. */
struct stk_drawing {
	struct stk_str title, svg;
};

/* Filled through the functions below, read directly. Vectors are never NULL where n is not 0;
   packages are pointers, since findings refer to them. */
struct stk_report {
	struct stk_arena *arena;
	struct {
		struct stk_target *v;
		size_t n, cap;
	} targets;
	struct {
		struct stk_finding *v;
		size_t n, cap;
	} findings;
	bool sorted; /* the findings are, as stk_report_sort leaves them */
	struct {
		struct stk_package **v;
		size_t n, cap;
	} packages;
	struct {
		struct stk_gap *v;
		size_t n, cap;
	} incomplete;
	struct stk_strs notices; /* things worth saying that are no finding: an old database */
	struct stk_strs unseen;	 /* images that belong to what was looked at, but were not at hand */
	struct {
		struct stk_item *v;
		size_t n, cap;
	} checklist;	       /* by layer; empty where a command has none */
	struct stk_strs paths; /* attack paths, worst first: "internet -> web:8080, root -> docker.sock -> host" */
	struct {
		struct stk_drawing *v;
		size_t n, cap;
	} drawings;
};

/* An empty report on the arena. */
struct stk_report stk_report_new(struct stk_arena *arena);
/* Adds a target and returns its index. name and kind are not copied. */
size_t stk_report_target(struct stk_report *report, struct stk_str name, const char *kind);
/* Adds a finding for a rule row with everything the row says filled in; the caller sets place, message, evidence, fix.
   The pointer is valid until the next finding is added. */
struct stk_finding *stk_report_add(struct stk_report *report, const struct stk_rule *rule, size_t target);
/* Adds a finding that has no row (a vulnerability). */
struct stk_finding *stk_report_add_bare(struct stk_report *report, struct stk_str id, size_t target);
/* Says that part of a target could not be scanned. "<what>: " at the beginning of why is left out: it is known. */
void stk_report_gap(struct stk_report *report, size_t target, struct stk_str what, struct stk_str why);
/* Adds a piece of evidence to a finding. */
void stk_finding_evidence(struct stk_report *report, struct stk_finding *finding, const char *fmt, ...)
	STK_PRINTF(3, 4);
/* Makes an empty fix for a finding. */
struct stk_fix *stk_finding_fix(struct stk_report *report, struct stk_finding *finding, bool safe,
				const char *description);
/* Adds an edit to a fix; text is copied. */
void stk_fix_edit(struct stk_report *report, struct stk_fix *fix, struct stk_str file, size_t begin, size_t end,
		  struct stk_str text);
/* "met", "not met", "not applicable", "not checked". */
const char *stk_item_state_name(enum stk_item_state state);
/* Appends everything of another report, with its targets numbered on. Nothing is copied: the other report's arena has
   to live on. Packages are told their target's new number. */
void stk_report_merge(struct stk_report *into, const struct stk_report *from);
/* Replaces with asterisks, in the targets' texts, the credentials that findings point at (rules with .conceal):
   whatever a renderer shows of the texts, it cannot show these. For the last step before rendering, since fixes made
   later would write the asterisks. */
void stk_report_conceal(struct stk_report *report);
/* Sorts findings by target, then place, id and message, and drops exact repeats, so that output never depends on the
   order in which rules ran. */
void stk_report_sort(struct stk_report *report);

/* Where to look for the findings of a target, SIZE_MAX for all: in a sorted report they alone, else every finding. */
struct stk_finding_range {
	const struct stk_finding *begin, *end;
};
struct stk_finding_range stk_report_range(const struct stk_report *report, size_t target);
/* Every finding of a target (SIZE_MAX: of all), as `finding`; continue and break as in any loop. */
#define STK_EACH_FINDING(finding, report, number)                                                                      \
	for (struct stk_finding_range finding##_range = stk_report_range((report), (number)),                          \
				      *finding##_once = &finding##_range;                                              \
	     finding##_once; finding##_once = NULL)                                                                    \
		for (const struct stk_finding *finding = finding##_range.begin; finding < finding##_range.end;         \
		     finding++)                                                                                        \
			if ((number) == SIZE_MAX || finding->target == (number))
