/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fixes are edits of the file that owns the value. What is written once and used in several places - behind an anchor,
 * a merge key, extends - is not edited, since that would change other services too; nor is a value that a variable
 * gives. The finding then says where it stands.
 */
#include "base/limits.h"
#include "compose/check_private.h"
#include "base/banned.h"

static struct stk_fix *fix_of(check *c, struct stk_finding *f, bool safe, const char *what)
{
	return f->fix ? f->fix : stk_finding_fix(c->report, f, safe, what);
}

/* Says why there is no fix; returns false. */
static bool decline(check *c, struct stk_finding *f, const node *value, const char *why)
{
	if (value && value->place.yaml && value->place.source)
		stk_finding_evidence(c->report, f, "not repaired automatically: %s (" STK_FMT ":%u)", why,
				     STK_ARG(value->place.source->name), value->place.yaml->line);
	else
		stk_finding_evidence(c->report, f, "not repaired automatically: %s", why);
	return false;
}

static bool is_ours(check *c, struct stk_finding *f, const node *value)
{
	if (!value || !value->place.yaml || !value->place.source)
		return decline(c, f, NULL, "no file holds the value");
	if (value->shared)
		return decline(c, f, value,
			       "the value is shared with other places through an anchor, a merge key or extends");
	if (stk_str_is(value->place.source->path, "-"))
		return decline(c, f, NULL, "the project was read from standard input");
	return true;
}

static void put(check *c, struct stk_finding *f, bool safe, const char *what, const node *at, bool done,
		const struct stk_text_edit *edit)
{
	if (!done) {
		decline(c, f, at, "the text around the value cannot be edited in place");
		return;
	}
	stk_fix_edit(c->report, fix_of(c, f, safe, what), at->place.source->name, edit->begin, edit->end, edit->text);
}

/* A key whose value is zero is not in the model, but stands in the text: there it gets the new value. */
static void add(check *c, struct stk_finding *f, bool safe, const char *what, const node *map, const char *key,
		const struct stk_yaml_value *value, bool inner)
{
	struct stk_text_edit edit;
	if (!is_ours(c, f, map))
		return;
	const struct stk_yaml *yaml = map->place.yaml, *old = stk_yaml_get(yaml, key);
	struct stk_str text = map->place.source->text;
	bool done;
	if (old)
		done = value->type == STK_YAML_SCALAR && stk_yaml_index(yaml, old) != SIZE_MAX &&
		       stk_yaml_replace(c->report->arena, text, old, value->text, value->literal, &edit);
	else
		done = stk_yaml_add_key(c->report->arena, text, yaml, stk_str_from(key), value, inner, &edit);
	put(c, f, safe, what, map, done, &edit);
}

void stk_compose_fix_add_to(check *c, struct stk_finding *f, bool safe, const char *what, const node *map,
			    const char *key, const struct stk_yaml_value *value)
{
	add(c, f, safe, what, map, key, value, true);
}

void stk_compose_fix_add(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			 const struct stk_yaml_value *value)
{
	add(c, f, safe, what, s->node, key, value, false);
}

void stk_compose_fix_items(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			   const struct stk_yaml_value *items, size_t n)
{
	const node *list = stk_compose_get(s->node, key);
	struct stk_yaml_value all = { .type = STK_YAML_LIST, .items = items, .n = n };
	struct stk_text_edit edit;
	if (!n)
		return;
	if (!list) {
		stk_compose_fix_add(c, f, safe, what, s, key, &all);
		return;
	}
	if (!is_ours(c, f, list))
		return;
	const struct stk_yaml *yaml = list->place.yaml;
	if (yaml->type == STK_YAML_SCALAR) { /* tmpfs: /run */
		decline(c, f, list, "the key holds a single value");
		return;
	}
	for (size_t i = 0; i < n; i++)
		put(c, f, safe, what, list,
		    stk_yaml_add_item(c->report->arena, list->place.source->text, yaml, &items[i], &edit), &edit);
}

void stk_compose_fix_item(check *c, struct stk_finding *f, bool safe, const char *what, service *s, const char *key,
			  const char *item, const char *comment)
{
	struct stk_yaml_value one = STK_YAML_TEXT(stk_str_from(item));
	one.comment = stk_str_from(comment);
	stk_compose_fix_items(c, f, safe, what, s, key, &one, 1);
}

void stk_compose_offer_user(struct stk_report *report, struct stk_finding *finding, service *s, struct stk_str user)
{
	check c = { .report = report };
	stk_compose_fix_add(&c, finding, false, "run as an unprivileged user", s, "user", &STK_YAML_TEXT(user));
}

void stk_compose_fix_replace(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			     struct stk_str text, bool literal)
{
	struct stk_text_edit edit;
	if (!is_ours(c, f, value))
		return;
	if (value->variable)
		decline(c, f, value, "a variable gives the value");
	else
		put(c, f, safe, what, value,
		    stk_yaml_replace(c->report->arena, value->place.source->text, value->place.yaml, text, literal,
				     &edit),
		    &edit);
}

void stk_compose_fix_rewrite(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			     struct stk_str text)
{
	struct stk_text_edit edit;
	if (is_ours(c, f, value))
		put(c, f, safe, what, value,
		    stk_yaml_replace(c->report->arena, value->place.source->text, value->place.yaml, text, false,
				     &edit),
		    &edit);
}

static void remove_child(check *c, struct stk_finding *f, bool safe, const char *what, const node *parent,
			 const node *value, bool leading)
{
	struct stk_text_edit edit;
	if (!is_ours(c, f, parent) || !is_ours(c, f, value))
		return;
	const struct stk_yaml *owner = parent->place.yaml;
	size_t i = stk_yaml_index(owner, value->place.yaml);
	if (i == SIZE_MAX || parent->place.source != value->place.source) {
		decline(c, f, value, "it stands in another place than what surrounds it");
		return;
	}
	struct stk_str text = value->place.source->text;
	bool done = owner->type == STK_YAML_MAP ? stk_yaml_remove_key(text, owner, i, &edit)
						: stk_yaml_remove_item(text, owner, i, leading, &edit);
	put(c, f, safe, what, value, done, &edit);
}

void stk_compose_fix_remove(check *c, struct stk_finding *f, bool safe, const char *what, const node *parent,
			    const node *value)
{
	remove_child(c, f, safe, what, parent, value, false);
}

void stk_compose_fix_remove_leading(check *c, struct stk_finding *f, bool safe, const char *what, const node *list,
				    const node *item)
{
	remove_child(c, f, safe, what, list, item, true);
}

void stk_compose_fix_write(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			   struct stk_str text)
{
	if (!is_ours(c, f, value))
		return;
	const struct stk_yaml *yaml = value->place.yaml;
	struct stk_text_edit edit = { yaml->begin, yaml->end, text };
	bool done = yaml->type == STK_YAML_SCALAR && yaml->style != STK_YAML_LITERAL &&
		    yaml->style != STK_YAML_FOLDED && yaml->begin < yaml->end;
	put(c, f, safe, what, value, done, &edit);
}

void stk_compose_fix_exchange(check *c, struct stk_finding *f, bool safe, const char *what, const node *map,
			      const char *key, struct stk_str text)
{
	if (!is_ours(c, f, map) || !is_ours(c, f, stk_compose_get(map, key)))
		return;
	const struct stk_yaml *owner = map->place.yaml, *value = stk_yaml_get(owner, key);
	size_t i = value ? stk_yaml_index(owner, value) : SIZE_MAX;
	if (i == SIZE_MAX) {
		decline(c, f, map, "it stands in another place than what surrounds it");
		return;
	}
	const struct stk_yaml *last = value;
	while (!last->flow && last->type != STK_YAML_SCALAR && last->n)
		last = &last->items[last->n - 1];
	struct stk_text_edit edit = { owner->keys[i].begin, last->end, text };
	put(c, f, safe, what, map, last->type != STK_YAML_ALIAS, &edit);
}

void stk_compose_fix_inside(check *c, struct stk_finding *f, bool safe, const char *what, const node *value,
			    struct stk_str from, struct stk_str to)
{
	if (!is_ours(c, f, value))
		return;
	const struct stk_yaml *yaml = value->place.yaml;
	if (yaml->type != STK_YAML_SCALAR || yaml->style == STK_YAML_LITERAL || yaml->style == STK_YAML_FOLDED) {
		decline(c, f, value, "the text around the value cannot be edited in place");
		return;
	}
	struct stk_str text = stk_str_slice(value->place.source->text, yaml->begin, yaml->end);
	size_t at = stk_str_find(text, from);
	if (at == SIZE_MAX) {
		decline(c, f, value, "a variable gives the value");
		return;
	}
	stk_fix_edit(c->report, fix_of(c, f, safe, what), value->place.source->name, yaml->begin + at,
		     yaml->begin + at + from.n, to);
}
