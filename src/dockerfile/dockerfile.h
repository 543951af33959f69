/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Dockerfiles as facts. The grammar is BuildKit's (frontend/dockerfile/parser and
 * instructions): directives, continuations with comments and blank lines inside, heredocs, JSON
 * form with its fallback, flags, ONBUILD. After a broken instruction parsing goes on with the
 * next one; what is wrong stands in `errors`. Every piece of text knows the bytes of the file
 * it came from.
 *
 * Parsing judges nothing but the grammar. Order: stk_dockerfile_parse, then read; variables.h
 * answers what a variable is at a place, shell.h what the text of a RUN does, both on demand.
 *
 * Everything is on the arena given, pointers between facts included; facts are read-only but
 * for what is parsed on first use, so one thread at a time.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* Bytes [begin, end) of the file. */
struct stk_span {
	size_t begin, end;
};

/* Text put together from pieces of the file: continuations, comments and JSON escapes are gone. Byte i of the text
   belongs to the last piece whose `text` is not above i, and stands at piece.file + (i - piece.text) in the file. */
struct stk_text_piece {
	size_t text, file;
};
struct stk_source_text {
	struct stk_str text;
	struct {
		struct stk_text_piece *v;
		size_t n, cap;
	} pieces;
};

struct stk_word {
	struct stk_str raw;   /* as typed, quotes, escapes and variables kept, continuations joined */
	struct stk_str value; /* quotes and escapes taken away, variables as typed; of the JSON form: decoded */
	struct stk_span span;
};
struct stk_words {
	struct stk_word *v;
	size_t n, cap;
};

/* key=value of ENV, LABEL, ARG. */
struct stk_pair {
	struct stk_word key, value; /* value: empty words where there is none */
	bool has_value;		    /* false for `ARG name` */
	bool legacy;		    /* `ENV key value`, without "=" */
	struct stk_span span;
};
struct stk_pairs {
	struct stk_pair *v;
	size_t n, cap;
};

/* --name=value or --name before the arguments of an instruction. */
struct stk_flag {
	struct stk_str name; /* without dashes, as typed: flags are case-sensitive */
	struct stk_str value;
	bool has_value;
	bool known; /* BuildKit knows it on this instruction */
	struct stk_span span, value_span;
};
struct stk_flags {
	struct stk_flag *v;
	size_t n, cap;
};

/* One RUN --mount. Values are as typed. */
struct stk_mount {
	struct stk_str type; /* lower case; "bind" when not stated */
	struct stk_str source, target, from, id, env;
	const struct stk_flag *flag;
};
struct stk_mounts {
	struct stk_mount *v;
	size_t n, cap;
};

struct stk_heredoc {
	struct stk_str name;	/* the terminator, unquoted */
	struct stk_str content; /* bytes of the file between the instruction and the terminator line */
	struct stk_str body;	/* content without the leading tabs that <<- takes away */
	bool chomp;		/* <<- */
	bool expand;		/* the name is not quoted: variables are expanded */
	bool terminated;
	struct stk_span span;	/* of content */
	struct stk_span marker; /* of <<NAME in the instruction */
};
struct stk_heredocs {
	struct stk_heredoc *v;
	size_t n, cap;
};

/* The interpreter that shell forms run under. */
enum stk_interpreter { STK_RUNS_SHELL, STK_RUNS_POWERSHELL, STK_RUNS_CMD, STK_RUNS_OTHER };
/* What SHELL has set, or the default; shared by the instructions it holds for. */
struct stk_shell_setting {
	enum stk_interpreter kind;
	struct stk_strs words;		      /* {"/bin/sh", "-c"} when not set */
	const struct stk_instruction *set_by; /* the SHELL instruction, or NULL for the default */
};

enum stk_keyword {
	STK_ADD,
	STK_ARG,
	STK_CMD,
	STK_COPY,
	STK_ENTRYPOINT,
	STK_ENV,
	STK_EXPOSE,
	STK_FROM,
	STK_HEALTHCHECK,
	STK_LABEL,
	STK_MAINTAINER,
	STK_ONBUILD,
	STK_RUN,
	STK_SHELL,
	STK_STOPSIGNAL,
	STK_USER,
	STK_VOLUME,
	STK_WORKDIR,
	STK_UNKNOWN_KEYWORD,
};

struct stk_shell; /* shell.h */
struct stk_scope; /* variables.h */

/* One instruction. Spans are bytes of the file; texts are joined over continuations. */
struct stk_instruction {
	enum stk_keyword keyword;
	struct stk_str name; /* the keyword as typed */
	struct stk_span name_span;
	struct stk_span
		span; /* keyword to the last byte, heredocs and their terminators included, without the newline */
	struct stk_span head;	 /* the same without heredocs */
	size_t index;		 /* in file->instructions; a wrapped one has its ONBUILD's */
	uint32_t line, end_line; /* of span, from 1 */
	uint32_t head_end_line;	 /* of head: BuildKit reports empty continuations there */
	bool empty_continuation; /* a blank line stands inside a continuation */
	size_t stage;		 /* index of its stage, SIZE_MAX before the first FROM */
	struct stk_flags flags;
	struct stk_source_text arguments; /* everything behind keyword and flags, trimmed */
	bool json;			  /* exec form: words are the decoded strings */
	/* FROM: image [AS alias]. COPY, ADD: sources and destination, heredoc markers included. EXPOSE, VOLUME: each.
	   ENV, LABEL, ARG: each as typed. USER, WORKDIR, STOPSIGNAL, MAINTAINER: one. RUN, CMD, ENTRYPOINT, SHELL: the
	   strings of the JSON form, or one word with the whole shell form. HEALTHCHECK: CMD or NONE, then like CMD. */
	struct stk_words words;
	struct stk_pairs pairs;	      /* ENV, LABEL, ARG */
	struct stk_mounts mounts;     /* RUN */
	struct stk_heredocs heredocs; /* RUN, COPY, ADD */
	/* RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD: what a shell is given. Exec form: the strings joined with one space. A
	   RUN that is nothing but one heredoc: its body. */
	struct stk_source_text shell_text;
	bool shell_is_heredoc;		       /* shell_text is a heredoc's body */
	const struct stk_shell_setting *shell; /* in effect here */
	/* The last WORKDIR before it, in its stage or one that this builds on; or NULL */
	const struct stk_instruction *workdir;
	struct stk_instruction *inner; /* ONBUILD: the wrapped instruction (own words, flags; line and shell set too) */
	const struct stk_instruction *outer; /* of a wrapped instruction: its ONBUILD */
	struct {
		size_t first, n;
	} comments;			/* of `file->comments`: the unbroken run directly above */
	bool broken;			/* an error stands about it: rules that need its details leave it alone */
	const struct stk_shell *script; /* shell_text, parsed on first use; NULL until then */
};
struct stk_instructions {
	struct stk_instruction **v;
	size_t n, cap;
};

/* One FROM and what follows it up to the next. */
struct stk_build_stage {
	struct stk_instruction *from;
	struct stk_word image;		 /* as typed; .value unquoted, variables kept */
	struct stk_word alias;		 /* empty without AS */
	const struct stk_flag *platform; /* --platform, or NULL */
	struct stk_str reference;	 /* image with global ARGs put in, without quotes; missing ones give "" */
	bool resolved;			 /* every variable of the image had a value or a default */
	size_t parent;			 /* the earlier stage that `image` names, or SIZE_MAX */
	size_t first, n;		 /* its instructions in file->instructions, FROM included */
};
struct stk_build_stages {
	struct stk_build_stage *v;
	size_t n, cap;
};

/* One comment line. */
struct stk_comment {
	struct stk_str text;  /* behind the "#", as typed, without the line's end */
	struct stk_span span; /* from the "#" */
	uint32_t line;
	bool directive; /* one of the parser directives at the top that has an effect */
	bool inside;	/* within a continued instruction */
};
struct stk_comments {
	struct stk_comment *v;
	size_t n, cap;
};

/* Something that BuildKit would refuse. */
struct stk_syntax_error {
	struct stk_str message; /* lower-case sentence without full stop */
	struct stk_str hint;	/* what to do, or empty */
	struct stk_span span;
	struct stk_instruction *instruction; /* NULL: about the file or a directive */
	bool semantic; /* the grammar is met, the content is not: a stage name, a duration, a port */
};
struct stk_syntax_errors {
	struct stk_syntax_error *v;
	size_t n, cap;
};

struct stk_directive {
	struct stk_str value;
	struct stk_span span;
}; /* p == NULL: absent */

/* A variable and its value: a build argument of the command line. */
struct stk_variable {
	struct stk_str name, value;
};
struct stk_variables {
	struct stk_variable *v;
	size_t n, cap;
};

/* One file. */
struct stk_dockerfile {
	struct stk_arena *arena;
	struct stk_str name, text; /* the file as read, BOM included */
	char escape;		   /* '\\' or '`' */
	struct {
		struct stk_directive syntax, escape, check;
	} directives;
	struct stk_instructions instructions; /* in order; broken ones too */
	struct stk_build_stages stages;
	struct stk_map stage_names; /* in lower case -> the stages of that name: see stk_dockerfile_stage */
	struct stk_map
		stage_aliases; /* as typed -> the first struct stk_build_stage of that name has this number + 1 */
	struct stk_comments comments; /* all of them, in order */
	struct stk_syntax_errors errors;
	struct {
		size_t *v;
		size_t n, cap;
	} lines;		 /* offsets of the lines' first bytes */
	struct stk_scope *scope; /* variables: see variables.h */
};

/* Parses a Dockerfile; never fails, see `errors`. name and text must live as long as the arena. build_args may be NULL.
 */
struct stk_dockerfile *stk_dockerfile_parse(struct stk_arena *arena, struct stk_str name, struct stk_str text,
					    const struct stk_variables *build_args);

/* The keyword in capitals: "RUN"; "" for an unknown one. */
const char *stk_keyword_name(enum stk_keyword keyword);
/* Line and column, counted from 1, of a byte of the file. */
void stk_dockerfile_position(const struct stk_dockerfile *file, size_t offset, uint32_t *line, uint32_t *column);
/* The instruction at top level on whose lines, heredocs included, a line lies; or NULL. */
const struct stk_instruction *stk_dockerfile_instruction_at(const struct stk_dockerfile *file, uint32_t line);
/* The bytes of the file that bytes [begin, end) of a text came from. */
struct stk_span stk_source_span(const struct stk_source_text *text, size_t begin, size_t end);
/* Bytes [begin, end) of a text as a text of its own. */
struct stk_source_text stk_source_slice(struct stk_arena *arena, const struct stk_source_text *text, size_t begin,
					size_t end);
/* The flag with this name, or NULL. */
const struct stk_flag *stk_instruction_flag(const struct stk_instruction *instruction, const char *name);
/* The stage with this name (case folded) among the first `limit`, or SIZE_MAX; the last one of a name wins. */
size_t stk_dockerfile_stage(const struct stk_dockerfile *file, struct stk_str name, size_t limit);
/* Is one of the first `limit` stages called so, letter for letter? */
bool stk_dockerfile_is_alias(const struct stk_dockerfile *file, struct stk_str name, size_t limit);
