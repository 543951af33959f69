/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Shell text as facts: POSIX 1003.1-2017 XCU 2 with bash's additions ([[ ]], (( )), arrays, process substitution,
 * here-strings, brace expansion, extended globs, select, coproc). It never fails: text that a shell would refuse is
 * marked `broken` at the first offending byte, and parsing goes on behind it, so that what can be read is there.
 * Nesting is bounded by STK_LIMIT_DEPTH. Positions are byte offsets into the text given; inside backquotes with escapes
 * they are those of the whole substitution.
 */

#include "base/arena.h"

struct stk_shell_node;

enum stk_shell_part_kind {
	STK_SHELL_LITERAL,    /* text, backslashes undone */
	STK_SHELL_SINGLE,     /* '...' and $'...', decoded */
	STK_SHELL_DOUBLE,     /* "...": its content are `parts` */
	STK_SHELL_PARAMETER,  /* $x ${x} ${x:-y}: `name`, and the text behind the name in `parts` */
	STK_SHELL_COMMAND,    /* $(...) or `...`: `commands` */
	STK_SHELL_ARITHMETIC, /* $((...)) $[...]: expansions inside are `parts` */
	STK_SHELL_GLOB,	      /* * ? [set] */
	STK_SHELL_EXTGLOB,    /* @(a|b): expansions inside are `parts` */
	STK_SHELL_BRACE,      /* {a,b} {1..3}: likewise */
	STK_SHELL_PROCESS,    /* <(...) >(...): `commands` */
};

/* A piece of a word. Parts and nodes are singly linked lists: they are made in order and never
   taken apart. */
struct stk_shell_part {
	enum stk_shell_part_kind kind;
	bool backquoted; /* a command substitution in its old form */
	size_t begin, end;
	struct stk_str text;		 /* of literals: the value; of others as written */
	struct stk_str name;		 /* of a parameter */
	struct stk_shell_part *parts;	 /* first of the parts inside, or NULL */
	struct stk_shell_node *commands; /* a list node, or NULL */
	struct stk_shell_part *next;
};

/* One word as the shell would see it before expansion. */
struct stk_shell_word {
	size_t begin, end;
	/* The value as far as it is known: quotes removed, pieces joined. Expansions are written so: $x and ${x} as
	   ${x}, ${x:-y} as it stands, $(a b) as ${ab} (${} when it is more than one command), `a` and $((1)) as ${VAR};
	   globs as typed; brace expansions, extended globs and process substitutions as nothing. */
	struct stk_str text;
	bool literal; /* neither expansion nor glob: text is the value */
	bool quoted;  /* a quote or backslash occurs */
	struct stk_shell_part *parts;
	struct stk_shell_word *next;
};

/* NAME=value before a command, or alone. */
struct stk_shell_assignment {
	size_t begin, end;
	struct stk_str name;
	bool append;		       /* += */
	struct stk_shell_word *values; /* one word, or an array's members; NULL for NAME= */
	struct stk_shell_assignment *next;
};

/* One redirection or here-document. */
struct stk_shell_redirect {
	size_t begin, end;
	struct stk_str descriptor;     /* "2", "{fd}", or empty */
	struct stk_str operator;       /* "<" ">" ">>" "<<" "<<-" "<<<" "<&" ">&" "<>" ">|" "&>" "&>>" */
	struct stk_shell_word *target; /* file name, descriptor, here-document delimiter; NULL when missing */
	struct stk_str body;	       /* of a here-document, as it stands */
	struct stk_shell_part *parts;  /* of a here-document that is expanded */
	struct stk_shell_redirect *next;
};

enum stk_shell_kind {
	STK_SHELL_SIMPLE,     /* assignments, words, redirects */
	STK_SHELL_LIST,	      /* children with their separators: ";" "&" "\n" "&&" "||" */
	STK_SHELL_PIPELINE,   /* two children or more, or negated, or timed */
	STK_SHELL_SUBSHELL,   /* ( list ): one child */
	STK_SHELL_GROUP,      /* { list; }: one child */
	STK_SHELL_IF,	      /* condition, body, condition, body, ..., [else body]: lists */
	STK_SHELL_FOR,	      /* words: name, then the values; one child: the body. Also select */
	STK_SHELL_LOOP,	      /* while or until: condition and body */
	STK_SHELL_CASE,	      /* words: the subject, then all patterns; children: the bodies */
	STK_SHELL_FUNCTION,   /* words: the name; one child */
	STK_SHELL_CONDITION,  /* [[ words ]] */
	STK_SHELL_EXPRESSION, /* (( expansions )) and the head of for ((;;)) */
};

/* A command, simple or compound, or a list of them. Which members mean something stands with
   the kinds. */
struct stk_shell_node {
	enum stk_shell_kind kind;
	bool negated; /* of a pipeline: ! */
	size_t begin, end;
	struct stk_str separator; /* what stands behind it in its list or pipeline: ";" "&" "\n" "&&" "||" "|" "|&", or
				     empty */
	struct stk_shell_node *parent; /* NULL for the outermost list and for the lists of substitutions */
	struct stk_shell_node *children, *last_child, *next;
	struct stk_shell_word *words;
	struct stk_shell_assignment *assignments;
	struct stk_shell_redirect *redirects;

	/* Of a simple command. */
	struct stk_str name; /* value of the command word when it is literal, else empty. For busybox, builtin, command,
				run and exec the name of what they run */
	const struct stk_shell_word *name_word; /* the word that gave the name */
	struct stk_shell_word **arguments;	/* the words behind the first, redirections taken out */
	size_t n_arguments;
};

/* The parse of one text. */
struct stk_shell {
	struct stk_str text;
	struct stk_shell_node *root; /* a list */
	/* Every simple command, also those inside substitutions, functions and here-documents: outer before nested,
	 * left to right. */
	struct {
		struct stk_shell_node **v;
		size_t n, cap;
	} commands;
	size_t n_pipes; /* pipe operators anywhere */
	bool broken;	/* no shell would take it */
	size_t broken_at;
	const char *broken_why; /* "unexpected word", ... */
};

/* Parses shell text. The result and all in it live on the arena and refer to text. */
const struct stk_shell *stk_shell_parse(struct stk_arena *arena, struct stk_str text);

enum stk_shell_dialect { STK_SHELL_POSIX, STK_SHELL_BASH, STK_SHELL_POWERSHELL, STK_SHELL_CMD, STK_SHELL_OTHER };

/* What the program of a SHELL instruction or of a "#!" line speaks: `program` is a path or a name, with or without
 * ".exe". */
enum stk_shell_dialect stk_shell_dialect_of(struct stk_str program);

/* Has the command an argument whose value is exactly this? */
bool stk_shell_has_argument(const struct stk_shell_node *command, struct stk_str value);
/* Does an argument give this flag? "--name" and "--name=value" give "name"; "-xyz" gives "x", "y" and "z". The
 * argument, or NULL. */
const struct stk_shell_word *stk_shell_flag(const struct stk_shell_node *command, struct stk_str flag);
/* Is the argument "-x", "-xyz" or "--name"? "-" and "--" are not. */
bool stk_shell_is_flag(const struct stk_shell_word *argument);
