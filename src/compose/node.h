/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The tree that a project is loaded into. Unlike text/yaml.h's, values are resolved (YAML 1.2
 * core schema as go-yaml reads it), aliases and merge keys are expanded, and trees of several
 * files are merged into one; every value still knows the place that it came from.
 *
 * Nodes may be changed while a project is loaded and only read afterwards. What extends takes
 * over is cloned (stk_compose_clone), so that a change at one place is not one at another;
 * `shared` remembers where a text is used twice, for fixes.
 */

#include "base/arena.h"
#include "text/yaml.h"

/* One file that took part. */
struct stk_compose_source {
	struct stk_str name; /* as the user would name it: relative to the folder of the run where that is shorter */
	struct stk_str path; /* absolute; empty for standard input */
	struct stk_str text;
	bool included; /* reached through include or extends, not named by the user */
	struct stk_yaml_documents documents;
};

/* Where a value or key stands: line, column and bytes are those of `yaml`. Values that the loader made up (defaults)
 * have yaml == NULL. */
struct stk_compose_place {
	const struct stk_compose_source *source;
	const struct stk_yaml *yaml;
};

enum stk_compose_type {
	STK_COMPOSE_NULL,
	STK_COMPOSE_BOOL,
	STK_COMPOSE_INT,
	STK_COMPOSE_FLOAT,
	STK_COMPOSE_STRING,
	STK_COMPOSE_TIME,
	STK_COMPOSE_LIST,
	STK_COMPOSE_MAP
};

struct stk_compose_entry;

/* One value; `type` says which member of the union counts. */
struct stk_compose_node {
	enum stk_compose_type type;
	bool variable; /* its text held a variable that was replaced */
	bool shared;   /* its text is used in several places: behind an alias, a merge key or extends */
	bool merged;   /* several files contributed */
	struct stk_compose_place place;
	struct stk_str text; /* of a string or time; of other scalars as written */
	struct stk_str raw;  /* a string before variables were replaced; empty where there were none */
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct stk_compose_node **items;   /* of a list */
		struct stk_compose_entry *entries; /* of a map, in the order in which the keys came */
	};
	uint32_t n, cap;
	uint32_t *slots; /* of a large map: hash index, entry number + 1 */
	uint32_t n_slots;
};

/* A key and its value. */
struct stk_compose_entry {
	struct stk_str key;
	struct stk_compose_place place; /* of the key */
	struct stk_compose_node *value; /* never NULL */
};

/* The value of a key, or NULL (also when map is NULL or no map). */
struct stk_compose_node *stk_compose_get(const struct stk_compose_node *map, const char *key);
struct stk_compose_node *stk_compose_get_str(const struct stk_compose_node *map, struct stk_str key);
struct stk_compose_entry *stk_compose_entry(const struct stk_compose_node *map, struct stk_str key);
/* Follows keys: stk_compose_path(service, "deploy.resources.limits.memory"). NULL when a step is missing. */
struct stk_compose_node *stk_compose_path(const struct stk_compose_node *node, const char *path);
/* Makes room for n items or entries of a list or map, where it is known how many will come. */
void stk_compose_reserve(struct stk_arena *arena, struct stk_compose_node *node, size_t n);
/* Sets or replaces a key; a new one goes to the end. */
void stk_compose_set(struct stk_arena *arena, struct stk_compose_node *map, struct stk_str key,
		     struct stk_compose_place place, struct stk_compose_node *value);
/* Takes a key out; the order of the others stays. No key, no change. */
void stk_compose_remove(struct stk_compose_node *map, struct stk_str key);
/* Puts an item at a list's end. */
void stk_compose_append(struct stk_arena *arena, struct stk_compose_node *list, struct stk_compose_node *item);

/* A node on the arena with that place; of a list or map an empty one. */
struct stk_compose_node *stk_compose_new(struct stk_arena *arena, enum stk_compose_type type,
					 struct stk_compose_place place);
struct stk_compose_node *stk_compose_new_str(struct stk_arena *arena, struct stk_str text,
					     struct stk_compose_place place);
struct stk_compose_node *stk_compose_new_int(struct stk_arena *arena, int64_t value, struct stk_compose_place place);
struct stk_compose_node *stk_compose_new_bool(struct stk_arena *arena, bool value, struct stk_compose_place place);
/* A deep copy; marks every node of the copy and of the original as shared when `share` is set. */
struct stk_compose_node *stk_compose_clone(struct stk_arena *arena, struct stk_compose_node *node, bool share);
/* Equal in type and value, whatever the places and the order of keys. */
bool stk_compose_equal(const struct stk_compose_node *a, const struct stk_compose_node *b);

/* The text of a string, or of another scalar as Go's fmt prints it; empty for lists, maps, null and NULL. */
struct stk_str stk_compose_text(struct stk_arena *arena, const struct stk_compose_node *node);
/* Of a string only; empty for everything else. */
struct stk_str stk_compose_str(const struct stk_compose_node *map, const char *key);
bool stk_compose_is_true(const struct stk_compose_node *node);
/* Number of items or entries; 0 for NULL and scalars. */
size_t stk_compose_count(const struct stk_compose_node *node);
/* From 1; 0 where the place is not known. */
uint32_t stk_compose_line(struct stk_compose_place place);
uint32_t stk_compose_column(struct stk_compose_place place);
