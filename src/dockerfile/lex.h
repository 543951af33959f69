/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Variables and quotes in Dockerfile words, as BuildKit's frontend/dockerfile/shell/lex.go
 * processes them. Not a shell: RUN's text is shell.h's.
 */

#include "dockerfile/dockerfile.h"

/* Where values come from: false when the name has none. */
typedef bool stk_lookup_fn(void *context, struct stk_str name, struct stk_str *value);

/* How the text is to be processed; zeroed but for escape is what most instructions want. */
struct stk_lex_options {
	char escape;
	bool raw_quotes;       /* keep quotes */
	bool raw_escapes;      /* keep escape characters */
	bool keep_unset;       /* leave variables without a value as they are typed */
	stk_lookup_fn *lookup; /* NULL: nothing has a value */
	void *context;
};

struct stk_lex_word {
	struct stk_str text;
	size_t begin, end;
}; /* bytes of the source it came from */

struct stk_lex_result {
	struct stk_str text; /* everything, blanks kept */
	struct {
		struct stk_lex_word *v;
		size_t n, cap;
	} words;		 /* divided at unquoted blanks, also those that values brought */
	struct stk_strs missing; /* names without a value, each once, in order */
	struct stk_strs used;	 /* names with a value */
	bool gap;		 /* somewhere nothing stands for a name without a value: no default either */
	bool demands;		 /* the error is ${name:?word} without a value: another build may have one */
	const char *error;	 /* NULL when all went well; then text is what was typed */
};

/* Processes one text. What is produced is bounded by STK_LIMIT_TEXT_FILE and nesting by STK_LIMIT_DEPTH: beyond, error
 * is set. */
struct stk_lex_result stk_lex(struct stk_arena *arena, struct stk_str source, const struct stk_lex_options *options);
