/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Values of ARG and ENV variables as BuildKit sees them at a place of the file: ENV before ARG,
 * stages inherit from the stage their FROM names, ARG without a value takes the build argument,
 * then the global ARG, then the predefined platform argument.
 *
 * The parser fills the table in the order of the file; questions name an instruction and are
 * answered as of just before it.
 */

#include "dockerfile/lex.h"

/* The variable's value just before this instruction (NULL: among the global ARGs, at the end of them). False when it
 * has none. */
bool stk_variable_value(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_str name,
			struct stk_str *value);
/* Is it declared there, even without a value? */
bool stk_variable_declared(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_str name);
/* Does an ARG or ENV anywhere in the file set it? */
bool stk_variable_declared_anywhere(const struct stk_dockerfile *file, struct stk_str name);
/* Names of all variables that have a value there. Returns how many names it looked at. */
size_t stk_variable_names(const struct stk_dockerfile *file, const struct stk_instruction *at, struct stk_strs *out);
/* The text with variables put in and quotes taken away, as BuildKit expands the arguments of this instruction.
   Variables without a value give nothing, and stand in .missing. */
struct stk_lex_result stk_dockerfile_expand(const struct stk_dockerfile *file, const struct stk_instruction *at,
					    struct stk_str text);
/* The same, but variables without a value stay as typed. */
struct stk_lex_result stk_dockerfile_expand_known(const struct stk_dockerfile *file, const struct stk_instruction *at,
						  struct stk_str text);
/* Is it one of BUILDPLATFORM, TARGETARCH ...: arguments that BuildKit sets without being asked? */
bool stk_variable_is_platform(struct stk_str name);

/* Used by the parser: the table of a file's variables, filled instruction by instruction in order. */
struct stk_scope *stk_scope_new(struct stk_arena *arena, const struct stk_variables *build_args);
/* Called at each FROM, and for each instruction behind it. */
void stk_scope_add_stage(struct stk_dockerfile *file);
void stk_scope_add(struct stk_dockerfile *file, const struct stk_instruction *instruction);
