/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judging a match: is this a credential, or does it only look like one? Private to this folder.
 * Pure functions of the match, its surroundings and its path; most of what a scanner does right
 * or wrong is here.
 */

#include "secret/engine.h"

/* What a path says about a file. */
enum {
	STK_PATH_TEST = 1 << 0,	  /* tests, fixtures, examples */
	STK_PATH_VENDOR = 1 << 1, /* other people's packages, documentation, lock and minified files */
	STK_PATH_CONFIG =
		1 << 2, /* .env, Dockerfile, Compose file, an image's configuration: defaults in it are live */
	STK_PATH_DOCKERFILE = 1 << 3,
	STK_PATH_PACKAGE = 1 << 4, /* inside an installed package of a language */
	STK_PATH_MANUAL = 1 << 6,  /* written for readers: documentation, a package's description */
	STK_PATH_FIELDS = 1 << 5,  /* a format in which names and values stand in fields of their own */
};
unsigned stk_secret_path_class(struct stk_str path);
/* Is it somebody else's test or manual? Nothing in it is a credential of this team's. */
bool stk_secret_is_strangers(unsigned path_class);

/* What the judge looks at. Views into the text that was searched. */
struct stk_secret_match {
	const struct stk_secret_rule *rule;
	struct stk_str path;
	unsigned path_class;
	bool binary;
	struct stk_str text;	     /* what was searched */
	struct stk_secret_span span; /* in it */
};

/* What it says of a match that is kept. */
struct stk_secret_judgement {
	enum stk_confidence confidence;
	enum stk_severity severity;
	struct stk_str name; /* of the variable; points into the text */
	struct stk_secret_detail detail;
	bool weak;
};

/* False when the match is to be forgotten. */
bool stk_secret_judge(const struct stk_secret_match *match, struct stk_secret_judgement *out);
/* The line of text that byte `at` stands in, without its end. */
struct stk_str stk_secret_line(struct stk_str text, size_t at);
