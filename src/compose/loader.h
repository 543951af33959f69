/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The steps of loading, in the order in which load.c takes them. Each works on the tree in
 * place and fails with file:line:column. Private to src/compose.
 *
 * For each document of each file: tree, interpolate, extend, include, merge into what is there,
 * unique, validate, lengthen, unique again. For all files together: defaults, checks across
 * keys, paths; at the end normalize, bind, consistency and the typed view. Nearly all are
 * driven by the one table of schema.h.
 */

#include "compose/load.h"
#include "compose/schema.h"
#include "compose/substitute.h"
#include "compose/tree.h"

/* The state of one load, and its counters against bombs (base/limits.h). */
struct stk_compose_loader {
	struct stk_arena *arena;
	const struct stk_compose_options *options;
	struct stk_compose *project;
	struct stk_err *err;
	struct stk_map unset;	    /* a set: variables that were replaced by nothing */
	struct stk_map warned;	    /* a set: what project->warnings holds */
	struct stk_map known_files; /* path -> struct stk_compose_source * */
	size_t bytes_read;
	struct stk_map extended_files;	 /* path -> struct opened * of extends.c */
	size_t files_added, bytes_added; /* as often as include and extends brought them in */
	size_t values_copied;		 /* by extends */
};

/* interpolate.c: replaces variables in every string value and casts those of typed attributes. */
int stk_compose_interpolate(struct stk_compose_loader *l, struct stk_compose_node *node,
			    const struct stk_compose_schema *schema, const struct stk_compose_environment *environment);
/* Reads true/false, and y, yes, on, n, no, off with a warning. */
bool stk_compose_read_bool(struct stk_str text, bool *out);

/* merge.c: *base becomes what `over` says on top of it. keep_place: the result stands where base stood (several -f),
 * not where over stands (extends). */
int stk_compose_merge(struct stk_compose_loader *l, struct stk_compose_node **base, struct stk_compose_node *over,
		      const struct stk_compose_schema *schema);
/* unique.c: of list items with the same key the last one stays, at the first one's place. */
int stk_compose_unique(struct stk_compose_loader *l, struct stk_compose_node *node,
		       const struct stk_compose_schema *schema);
/* longer.c: short forms become long ones. */
int stk_compose_lengthen(struct stk_compose_loader *l, struct stk_compose_node **node,
			 const struct stk_compose_schema *schema);
/* validate.c: the JSON schema. */
int stk_compose_validate(struct stk_compose_loader *l, struct stk_compose_node *root);

/* roles.c: defaults, checks across keys, absolute paths, each over the whole tree. directory is the folder that
 * relative paths start from. */
int stk_compose_defaults(struct stk_compose_loader *l, struct stk_compose_node *node,
			 const struct stk_compose_schema *schema);
int stk_compose_check_roles(struct stk_compose_loader *l, struct stk_compose_node *node,
			    const struct stk_compose_schema *schema);
int stk_compose_resolve_paths(struct stk_compose_loader *l, struct stk_compose_node *node,
			      const struct stk_compose_schema *schema, struct stk_str directory);

/* extends.c and include.c: what other files and services bring in. */
int stk_compose_extend(struct stk_compose_loader *l, struct stk_compose_node *root,
		       const struct stk_compose_source *source, const struct stk_compose_environment *environment,
		       const struct stk_compose_resets *resets, struct stk_str directory);
/* Files that are being included, innermost last. */
struct stk_compose_including {
	const struct stk_compose_including *outer;
	struct stk_str path;
};
int stk_compose_include(struct stk_compose_loader *l, struct stk_compose_node *root,
			const struct stk_compose_environment *environment,
			const struct stk_compose_including *including, struct stk_str directory);

/* load.c */
struct stk_compose_files {
	struct stk_compose_source **v;
	size_t n, cap;
};
/* Reads a file once; place is where it is named, for errors. */
int stk_compose_open(struct stk_compose_loader *l, struct stk_str path, struct stk_compose_place place, bool included,
		     struct stk_compose_source **out);
/* The steps up to the long form for all documents of one file, on top of *root; extends and include where asked for,
 * the schema where asked for. */
struct stk_compose_step {
	const struct stk_compose_environment *environment;
	struct stk_str directory;
	bool extend, include, validate;
	const struct stk_compose_including *including;
	struct stk_compose_resets *resets; /* of the last document; may be NULL */
};
int stk_compose_add_file(struct stk_compose_loader *l, struct stk_compose_source *source,
			 const struct stk_compose_step *step, struct stk_compose_node **root);
/* All files of a project or of an include, with defaults, checks and paths. */
int stk_compose_add_files(struct stk_compose_loader *l, const struct stk_compose_files *files,
			  const struct stk_compose_step *step, bool resolve_paths, struct stk_compose_node **root);

/* normalize.c: the default network, implied dependencies, names of resources, values of bare variables. */
int stk_compose_normalize(struct stk_compose_loader *l, struct stk_compose_node *root,
			  const struct stk_compose_environment *environment);
void stk_compose_resolve_environment(struct stk_compose_loader *l, struct stk_compose_node *root,
				     const struct stk_compose_environment *environment);
/* form.c: the final, typed form. */
int stk_compose_bind(struct stk_compose_loader *l, struct stk_compose_node *root);
/* consistency.c: what has to hold between services and resources. */
int stk_compose_check_consistency(struct stk_compose_loader *l);
/* model.c: fills the typed view from the tree. */
void stk_compose_view(struct stk_compose *project);
/* resolve_env.c: env_file and label_file. */
int stk_compose_resolve_files(struct stk_compose_loader *l, const struct stk_compose_environment *environment);

/* words.c: appends a command's words; NULL, or what is wrong with it. */
const char *stk_compose_split_words(struct stk_arena *arena, struct stk_str text, struct stk_strs *words);
/* short.c: the short forms of ports and volumes. */
int stk_compose_parse_volume(struct stk_compose_loader *l, const struct stk_compose_node *item,
			     struct stk_compose_node **out);
/* Appends one map for each port to list. */
int stk_compose_parse_port(struct stk_compose_loader *l, const struct stk_compose_node *item,
			   struct stk_compose_node *list);
bool stk_compose_is_ip(struct stk_str text);
/* duration as Go prints it ("1m30s"); false when it is none. */
bool stk_compose_duration(struct stk_arena *arena, struct stk_str text, struct stk_str *out, int64_t *nanoseconds);
bool stk_compose_bytes(struct stk_str text, int64_t *out);
/* A number as Go's strconv.ParseFloat reads it: digits may be parted by _, hexadecimal needs an exponent. False for
 * what is none or not finite. */
bool stk_compose_float(struct stk_str text, double *out);

/* Warnings go to project->warnings. */
void stk_compose_warn(struct stk_compose_loader *l, const char *fmt, ...) STK_PRINTF(2, 3);
