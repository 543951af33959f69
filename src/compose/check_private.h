/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the rule files share: short names, finding helpers and fixes. Private to rules_*.c,
 * check.c and fix.c.
 *
 * The typedefs break the tree's custom of writing `struct` for the sake of some hundred check
 * functions, whose heads would not fit a line otherwise; they are visible in these files alone.
 */

#include "compose/check.h"
#include "text/yaml_edit.h"

typedef struct stk_compose_check check;
typedef struct stk_compose_node node;
typedef const struct stk_compose_service service;

/* for (EACH_SERVICE(c, s)) */
#define EACH_SERVICE(c, s)                                                                                             \
	service *s = (c)->project->services.v, *s##_end = s ? s + (c)->project->services.n : s;                        \
	s < s##_end;                                                                                                   \
	s++

/* Adds a finding at a place; where the place is not known, at the service's name, and without a service at the first
 * file's start. */
struct stk_finding *stk_compose_find(check *c, const struct stk_rule *rule, service *s, struct stk_compose_place place,
				     const char *fmt, ...) STK_PRINTF(5, 6);
/* The place of a service's key or, when it has none, of the service. */
struct stk_compose_place stk_compose_place_of(service *s, const char *key);
/* Does it publish a port that other machines reach? */
bool stk_compose_is_exposed(service *s);
/* Is it a database, cache or queue, by its image's name or its ports? */
bool stk_compose_is_data_store(service *s);
bool stk_compose_one_of(struct stk_str text, const char *words); /* words: "a b c"; case folded */
/* Is it "root", "0" or one of them with a group? */
bool stk_compose_is_root(struct stk_str user);
/* The user that a well-known image becomes, where Compose may name it from the start, or NULL: a folder of the host may
 * belong to somebody else. */
const char *stk_compose_own_user(service *s);
/* The image's facts, or NULL; counts what could not be looked at. */
const struct stk_compose_image *stk_compose_image_of(check *c, service *s);
bool stk_compose_hardens(const check *c, service *s);

/* Fixes (fix.c). Each adds to the finding one edit of the file that owns the value, or evidence that says why nothing
 * can be offered. */
void stk_compose_fix_add(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			 const struct stk_yaml_value *value);
/* Adds a key to any map of the tree. */
void stk_compose_fix_add_to(check *c, struct stk_finding *f, bool safe, const char *what, const node *map,
			    const char *key, const struct stk_yaml_value *value);
void stk_compose_fix_item(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			  const char *item, const char *comment);
/* Several items of one list. */
void stk_compose_fix_items(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			   const struct stk_yaml_value *items, size_t n);
void stk_compose_fix_replace(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			     struct stk_str text, bool literal);
/* The same where the new text keeps the variables of the old one. */
void stk_compose_fix_rewrite(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			     struct stk_str text);
void stk_compose_fix_remove(check *c, struct stk_finding *f, bool safe, const char *what, const node *parent,
			    const node *value);
/* The same for an item that goes together with all before it, while some behind it stay. */
void stk_compose_fix_remove_leading(check *c, struct stk_finding *f, bool safe, const char *what, const node *list,
				    const node *item);
/* Puts YAML, which may have several lines, in the place of a scalar. */
void stk_compose_fix_write(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			   struct stk_str text);
/* Puts YAML in the place of a key and its value. */
void stk_compose_fix_exchange(check *c, struct stk_finding *f, bool safe, const char *what, const node *map,
			      const char *key, struct stk_str text);
/* Replaces bytes inside a scalar's text as it stands in the file: the first `from` becomes `to`. */
void stk_compose_fix_inside(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			    struct stk_str from, struct stk_str to);
