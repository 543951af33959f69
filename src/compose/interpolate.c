/* SPDX-License-Identifier: Apache-2.0 */
/* Variables in values. Keys are never interpolated. */
#include "compose/loader.h"
#include "base/banned.h"

struct walk {
	struct stk_compose_loader *l;
	struct stk_compose_substitution substitution;
};

/* The words that compose-go's cast takes, in any case: those of YAML 1.1, but not "1" and "0". */
bool stk_compose_read_bool(struct stk_str text, bool *out)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{ "true", true }, { "false", false }, { "y", true },   { "yes", true },
		{ "on", true },	  { "n", false },     { "no", false }, { "off", false },
	};
	for (size_t i = 0; i < STK_LEN(words); i++)
		if (stk_str_eq_nocase(text, stk_str_from(words[i].word))) {
			*out = words[i].value;
			return true;
		}
	return false;
}

static bool cast_int(struct stk_compose_node *node)
{
	int64_t value;
	if (!stk_str_i64(node->text, &value))
		return false;
	node->type = STK_COMPOSE_INT;
	node->integer = value;
	return true;
}

static bool cast_float(struct stk_compose_node *node)
{
	double value;
	if (!stk_compose_float(node->text, &value))
		return false;
	node->type = STK_COMPOSE_FLOAT;
	node->number = value;
	return true;
}

/* A variable brings text; where the schema wants another type it is converted here, as Compose
   does before it validates. */
static int cast(struct walk *w, struct stk_compose_node *node, enum stk_compose_cast how)
{
	bool value;
	switch (how) {
	case STK_CAST_BOOL:
		if (!stk_compose_read_bool(node->text, &value))
			return stk_compose_fail(w->l->err, node->place, "invalid boolean: \"" STK_FMT "\"",
						STK_ARG(node->text));
		if (!stk_str_eq_nocase(node->text, S("true")) && !stk_str_eq_nocase(node->text, S("false")))
			stk_compose_warn(w->l,
					 "\"" STK_FMT "\" for boolean is not supported by YAML 1.2, please use `%s`",
					 STK_ARG(node->text), value ? "true" : "false");
		node->type = STK_COMPOSE_BOOL;
		node->boolean = value;
		return 0;
	case STK_CAST_INT:
		return cast_int(node) ? 0
				      : stk_compose_fail(w->l->err, node->place, "not a whole number: \"" STK_FMT "\"",
							 STK_ARG(node->text));
	case STK_CAST_FLOAT:
		return cast_float(node) ? 0
					: stk_compose_fail(w->l->err, node->place, "not a number: \"" STK_FMT "\"",
							   STK_ARG(node->text));
	default:
		return 0;
	}
}

/* Every text is a template, also one without a dollar sign. `raw` keeps the template: rules tell a secret that
   a variable brings from one that is written down. */
static int replace(struct walk *w, struct stk_compose_node *node, const struct stk_compose_schema *schema)
{
	struct stk_err err;
	struct stk_str text;
	if (stk_compose_substitute(&w->substitution, node->text, &text, &err) < 0) {
		stk_compose_fail(w->l->err, node->place, "%s", err.msg);
		if (err.hint[0])
			stk_hint(w->l->err, "%s", err.hint);
		w->l->err->code = err.code;
		return -1;
	}
	if (w->substitution.replaced) {
		node->variable = true;
		node->raw = node->text;
		node->text = text;
	}
	return schema ? cast(w, node, (enum stk_compose_cast)schema->cast) : 0;
}

/* Tree and schema side by side: the schema says which values are to be cast. */
static int walk(struct walk *w, struct stk_compose_node *node, const struct stk_compose_schema *schema)
{
	if (node->type == STK_COMPOSE_STRING)
		return replace(w, node, schema);
	for (uint32_t i = 0; node->type == STK_COMPOSE_LIST && i < node->n; i++)
		if (walk(w, node->items[i], schema ? schema->items : NULL) < 0)
			return -1;
	for (uint32_t i = 0; node->type == STK_COMPOSE_MAP && i < node->n; i++)
		if (walk(w, node->entries[i].value, stk_compose_schema_of(schema, node->entries[i].key)) < 0)
			return -1;
	return 0;
}

static bool look_up(void *context, struct stk_str name, struct stk_str *value)
{
	return stk_compose_environment_get(context, name, value);
}

int stk_compose_interpolate(struct stk_compose_loader *l, struct stk_compose_node *node,
			    const struct stk_compose_schema *schema, const struct stk_compose_environment *environment)
{
	struct walk w = { .l = l };
	w.substitution = (struct stk_compose_substitution){ .lookup = look_up,
							    .context = (void *)environment,
							    .arena = l->arena,
							    .unset = &l->unset,
							    .lenient = l->options->lenient };
	return walk(&w, node, schema);
}
