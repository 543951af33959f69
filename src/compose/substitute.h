/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * ${VARIABLES}: compose-spec's interpolation, and the .env files that feed it. Texts only;
 * where variables stand in a project is interpolate.c's.
 */

#include "base/arena.h"
#include "base/err.h"
#include "base/map.h"

/* Names and values; an earlier one is the stronger where two are merged. */
struct stk_compose_environment {
	struct stk_map values; /* name -> struct stk_str * */
};

/* Sets or replaces. The bytes of name and value must live as long as the environment. */
void stk_compose_environment_set(struct stk_arena *arena, struct stk_compose_environment *environment,
				 struct stk_str name, struct stk_str value);
/* Adds what is not there yet. */
void stk_compose_environment_merge(struct stk_arena *arena, struct stk_compose_environment *into,
				   const struct stk_compose_environment *from);
/* False when the variable is not set. */
bool stk_compose_environment_get(const struct stk_compose_environment *environment, struct stk_str name,
				 struct stk_str *value);

/* Looks a variable up; false when it is not set. */
typedef bool stk_compose_lookup_fn(void *context, struct stk_str name, struct stk_str *value);

struct stk_compose_substitution {
	stk_compose_lookup_fn *lookup;
	void *context;
	struct stk_arena *arena;
	struct stk_map
		*unset; /* a set that gets the names that were replaced by nothing because they are unset; or NULL */
	bool lenient;	/* a required variable that is not set counts as one that is merely unset */
	bool replaced;	/* out: a variable (or $$) was found */
};

/*
 * Replaces $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:+other}, ${NAME+other}, ${NAME:?error},
 * ${NAME?error} and $$; defaults nest and are evaluated whether they are needed or not, as Compose 2.40 does. Errors:
 * STK_EFORMAT with the template or the missing variable, STK_ELIMIT when nested deeper than STK_LIMIT_DEPTH.
 */
int stk_compose_substitute(struct stk_compose_substitution *s, struct stk_str text, struct stk_str *out,
			   struct stk_err *err);

/*
 * Reads a .env or env_file: KEY=value lines with quotes, escapes, comments, "export" and expansion (godotenv as Compose
 * has it), or with raw lines that are taken as they are. `outer` is asked first when values are expanded and for bare
 * names; then the variables read before. Errors name the line.
 */
int stk_compose_dotenv(struct stk_arena *arena, struct stk_str text, bool raw, stk_compose_lookup_fn *outer,
		       void *context, struct stk_compose_environment *out, struct stk_err *err);
