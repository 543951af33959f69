/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The catalogue of secret rules: one row a kind of secret, in rules_*.def. Regular expressions
 * are written in what PCRE2 and Hyperscan both take (no look-around, no back-references) and
 * are compiled for bytes. Adding a rule is adding a row; catalogue_test.c and
 * catalogue_sample_test.c check each one.
 *
 * A rule is a cheap test (keywords or a pattern database), an expression, and then doubts:
 * entropy, allow flags, a validator. Rows carry all of it as data; engine.h finds, filter.h
 * judges.
 */

#include "report/rule.h"

enum stk_confidence { STK_CONFIDENCE_LOW, STK_CONFIDENCE_MEDIUM, STK_CONFIDENCE_HIGH };
/* In lower case, static. */
const char *stk_confidence_name(enum stk_confidence confidence);
/* Reads "low", "medium" or "high", whatever its case. */
bool stk_confidence_parse(struct stk_str name, enum stk_confidence *out);

/* What makes a match worthless for a rule. filter.c says what each means. */
enum {
	STK_ALLOW_REPEAT = 1 << 0,	/* six or more equal characters in a row */
	STK_ALLOW_VARIETY = 1 << 1,	/* fewer than six different characters in sixteen or more */
	STK_ALLOW_SEQUENCE = 1 << 2,	/* "012345", "abcdef", "qwerty" */
	STK_ALLOW_PLACEHOLDER = 1 << 3, /* "example", "changeme", "xxxx" */
	STK_ALLOW_TEMPLATE = 1 << 4,	/* "${X}", "{{ x }}", "vault:..." */
	STK_ALLOW_KNOWN = 1 << 5,	/* values that vendors print in their own documentation */
	STK_ALLOW_RUN = 1 << 6,		/* part of a much longer base64 run */
	STK_ALLOW_EXAMPLE = 1 << 7,	/* ends in EXAMPLE or EXAMPLEKEY */
	STK_ALLOW_PATH = 1 << 8,	/* a path, URL or file name */
	STK_ALLOW_SHA1 = 1 << 9,	/* 40 lower-case hexadecimal digits */
	STK_ALLOW_UUID = 1 << 10,	/* the nil UUID and its like */
	STK_ALLOW_HOST = 1 << 11,	/* a URL to an example host */
	STK_ALLOW_USERINFO = 1 << 12,	/* a URL whose password is the user's name or a well-known default */
	STK_ALLOW_IDENTIFIER = 1 << 13, /* a name of something, not its value */
	STK_ALLOW_NAME = 1 << 14,	/* the variable is about hashes, ids, names, pages */
	STK_ALLOW_WORDS = 1 << 15,	/* made of dictionary words */
	STK_ALLOW_VENDOR = 1 << 16,	/* lock files, minified files, documentation, other people's packages */
	STK_ALLOW_MINIFIED = 1 << 17,	/* a line of more than 2000 bytes */
	STK_ALLOW_WEAK = 1 << 18,	/* a well-known default: low in a configuration, nothing elsewhere */
	STK_ALLOW_YAML = 1 << 19,	/* the match crosses YAML documents, or is a certificate */
	STK_SURE_IN_CONFIG = 1 << 20,	/* not a doubt: a guess elsewhere, medium in what an image runs */
	STK_ALLOW_COMMON = STK_ALLOW_REPEAT | STK_ALLOW_VARIETY | STK_ALLOW_SEQUENCE | STK_ALLOW_PLACEHOLDER |
			   STK_ALLOW_TEMPLATE | STK_ALLOW_KNOWN,
};

/* Bytes that must not stand before the secret. */
enum stk_not_after { STK_NOT_AFTER_NOTHING, STK_NOT_AFTER_ALNUM, STK_NOT_AFTER_BASE64 };

enum stk_verdict { STK_VERDICT_DROP, STK_VERDICT_LOW, STK_VERDICT_KEEP, STK_VERDICT_SURE };

/* What a validator may add to a finding besides its verdict. */
struct stk_secret_detail {
	enum stk_severity severity; /* instead of the rule's; STK_SEV_UNKNOWN: the rule's */
	char note[160];		    /* "expired on 2024-05-01", or "" */
};

/* Looks into a captured secret and the whole match around it: its checksum, its structure. */
typedef enum stk_verdict stk_secret_validator(struct stk_str match, struct stk_str secret,
					      struct stk_secret_detail *detail);

/* Looks at what follows a keyword that ends before text.p[at]: false when the rule's expression can take no match there
 * that goes on so. Cheap, and never wrong about a match (shape.h). */
typedef bool stk_secret_shape(struct stk_str text, size_t at);

/* One row. Also made at run time, of the user's own rules (user.h). */
struct stk_secret_rule {
	const struct stk_rule *row; /* id, aliases, severity, title, why, remedy */
	enum stk_confidence confidence;
	const char *regex; /* NULL: the file's name alone is the finding */
	const char *paths; /* NULL: in every file; otherwise only in files whose path this matches */
	/* One of them stands in every match, space-separated; "\037" is a space in a word. Letters stand for both
	   cases, but in a word with a capital exactly as they are written. NULL: looked for by the expression. */
	const char *keywords;
	unsigned before;	 /* bytes of a match that may stand before its keyword */
	bool name_before;	 /* and nothing but the rest of a name, of one word or two */
	stk_secret_shape *shape; /* what must follow the keyword; or NULL */
	const char *nearby;	 /* letters; must stand somewhere in the same block, in either case; or NULL */
	unsigned width;		 /* bytes of the longest match; 0: no limit */
	unsigned priority;	 /* of two rules for the same bytes the higher one reports */
	float entropy;		 /* least Shannon entropy of the secret, bits a character; 0: any */
	uint32_t allow;		 /* STK_ALLOW_... */
	enum stk_not_after not_after;
	unsigned group; /* capture that holds the secret; 0: the first that took part */
	stk_secret_validator *validate;
	const char *revoke;	/* how to replace it, in a sentence or two */
	const char *supersedes; /* bare ids of rules that say less about the same bytes, space-separated */
	const struct stk_secret_extra *extra; /* of a rule of the user's: allow lists; or NULL */
};

/* The whole catalogue, and the same rows as the report knows them: rules[i].row == &rows[i]. */
extern const struct stk_secret_rule stk_secret_catalogue[];
extern const size_t stk_n_secret_catalogue;
extern const struct stk_rule_table stk_secret_rule_table;

/* The id without "SEC-": what Gitleaks and Trivy users know. */
const char *stk_secret_rule_name(const struct stk_secret_rule *rule);
/* Does the rule look at every file (and belong into the pattern database)? */
bool stk_secret_rule_everywhere(const struct stk_secret_rule *rule);
/* Does the keyword only count as it is written, since it has a capital letter? */
bool stk_secret_keyword_exact(struct stk_str keyword);
