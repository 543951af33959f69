/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Finding credentials in bytes. An engine holds the compiled rules and is shared between threads; a scan belongs to one
 * thread, takes texts, streams or pieces, looks through encodings and archives, and collects what it found. Nothing
 * here prints, and nothing keeps a secret's value unless `show` was asked for: findings carry a redacted form and a
 * hash.
 *
 *     stk_secret_engine_new(&options, &engine, &err);
 *     scan = stk_secret_scan_new(engine, arena);
 *     stk_secret_scan_text(scan, path, text);          any number of times
 *     for each scan->found ...                           stk_secret_report() makes findings of them
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"
#include "io/stream.h"
#include "report/report.h"
#include "secret/catalogue.h"

struct stk_secret_engine;

struct stk_secret_options {
	enum stk_confidence least;	     /* weaker findings are counted, not kept */
	bool show;			     /* keep values, for --show-secrets */
	bool no_inline;			     /* do not honour "strake:allow" comments */
	const struct stk_secret_rules *user; /* rules of the user's, or NULL: secret/user.h */
	unsigned threads;		     /* that search an image's layers; 0: one a processor */
};

/* Prepares the rules. The pattern database that was compiled with the program is used when this machine takes it; rules
   of the user's, and all rules where it does not, are found by keyword. STK_EUSAGE names the user's rule whose
   expression is wrong. */
int stk_secret_engine_new(const struct stk_secret_options *options, struct stk_secret_engine **out,
			  struct stk_err *err);
void stk_secret_engine_free(struct stk_secret_engine *engine);
/* "hyperscan 5.4.0" or "pcre2 10.42": what matches. */
const char *stk_secret_engine_name(const struct stk_secret_engine *engine);

/* Of the whole file it was found in (the outermost), when that was all here. */
struct stk_secret_digests {
	bool known;
	uint8_t md5[16], sha1[20], sha256[32];
};

/* A credential that was found. Texts live on the scan's arena. */
struct stk_secret {
	const struct stk_secret_rule *rule;
	enum stk_severity severity;
	enum stk_confidence confidence;
	struct stk_str path;		   /* as given; members of archives behind "!": "app.jar!conf/db.properties" */
	uint32_t line, column, end_column; /* from 1, columns in bytes, end exclusive; line 0: of the file as a whole */
	uint64_t offset;		   /* of the secret in its file (or in its member), and */
	size_t length;			   /* how many bytes stand for it there */
	struct stk_str name;		   /* the variable it is assigned to, or empty */
	struct stk_str redacted;	   /* "ghp_…x9": never more than six characters of it */
	struct stk_str
		fingerprint;	 /* 32 hexadecimal digits: the same for the same secret under the same rule, anywhere */
	struct stk_str value;	 /* only when options.show */
	struct stk_str encoding; /* "base64", "base64, percent": what it was wrapped in; or empty */
	struct stk_str note;	 /* what its structure says: "expired on 2024-05-01" */
	struct stk_str origin;	 /* "app.py of commit 3f2a.., by Ann <ann@corp.internal> on 2024-05-01"; or empty */
	/* The same for programs, of what stands in a repository's history: the commit's 40 digits, empty where it is
	   not known (also where a shallow clone's history begins with it), and the file's path in it. */
	struct stk_str commit, commit_path, commit_author, commit_date;
	uint32_t age; /* of that commit among those of its repository, 1 the oldest; 0: no commit has it */
	/* Allow lists that ask for a commit, or for a path that only the commit tells; NULL where none does. */
	const struct stk_secret_conditions *conditions;
	struct stk_str allowed; /* the comment that allows it, "strake:allow"; or empty */
	bool weak;		/* a well-known default value */
	struct stk_secret_digests digests;
};

/* Something that could not be searched, or not to its end. */
struct stk_secret_gap {
	struct stk_str what, why;
};

/* One thread's search; `found` and `gaps` grow with every text. */
struct stk_secret_scan {
	struct stk_arena *arena;
	const struct stk_secret_engine *engine;
	struct {
		struct stk_secret *v;
		size_t n, cap;
	} found;
	struct {
		struct stk_secret_gap *v;
		size_t n, cap;
	} gaps;			      /* what could not be looked into */
	size_t weaker;		      /* findings below options.least */
	size_t spoilt;		      /* archives among test data that break off: no gaps, since they are meant to */
	uint64_t bytes;		      /* looked at, decoded and unpacked ones included */
	bool versions;		      /* keep a secret in each version of a file that a git pack has: for
					 stk_secret_git_origins, which wants the oldest; else one a pack is kept */
	struct stk_secret_work *work; /* private */
};

/* found and gaps live on the arena. */
struct stk_secret_scan *stk_secret_scan_new(const struct stk_secret_engine *engine, struct stk_arena *arena);
void stk_secret_scan_free(struct stk_secret_scan *scan);

/* One text in memory. The path decides which rules apply ("image:env", "image:label", "image:history" and "image:cmd"
   are the parts of an image's configuration); it is copied. */
void stk_secret_scan_text(struct stk_secret_scan *scan, struct stk_str path, struct stk_str text);
/* A stream, which is closed. Read errors become gaps. */
void stk_secret_scan_stream(struct stk_secret_scan *scan, struct stk_str path, struct stk_stream *stream);
/* The same in pieces, as an image's layers come: begin, any number of pieces, end. complete: false when the bytes broke
 * off. */
void stk_secret_begin(struct stk_secret_scan *scan, struct stk_str path);
void stk_secret_piece(struct stk_secret_scan *scan, struct stk_str bytes);
void stk_secret_end(struct stk_secret_scan *scan, bool complete);
/* Says that n bytes of zeros follow, without handing them over (a hole in a file). */
void stk_secret_hole(struct stk_secret_scan *scan, uint64_t n);

/* options.least */
enum stk_confidence stk_secret_engine_least(const struct stk_secret_engine *engine);
/* A .git directory is one finding, however many of its files say so: true from the second on. */
bool stk_secret_repeats_git(struct stk_map *seen, struct stk_arena *arena, const struct stk_secret *secret);

/* The fingerprint of a secret under a rule's bare name, as struct stk_secret has it. out holds 33 bytes. */
void stk_secret_fingerprint(const char *rule_name, struct stk_str value, char out[33]);
/* First and last characters of a long value; of a short one nothing but eight asterisks. */
struct stk_str stk_secret_redact(struct stk_arena *arena, struct stk_str value);
/* Adds one finding to a report: title, message, evidence and remedy, but not the place in a file or layer, which only
   the caller knows: it fills in location.file or location.path and layer. */
struct stk_finding *stk_secret_report(struct stk_report *report, size_t target, const struct stk_secret *secret);
