/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of severities, layers and rules. A rule answers to its own id and to the ids that other
 * tools have for the same thing.
 */
#include "report/rule.h"

#include "base/banned.h"

static const char *const severity_names[] = {
#define X(name, text) [STK_SEV_##name] = text,
	STK_SEVERITIES(X)
#undef X
};

static const char *const layer_names[] = {
#define X(name, text) [STK_LAYER_##name] = text,
	STK_LAYERS(X)
#undef X
};

const char *stk_severity_name(enum stk_severity severity)
{
	return severity < STK_SEV_COUNT ? severity_names[severity] : "unknown";
}

bool stk_severity_parse(struct stk_str name, enum stk_severity *out)
{
	for (size_t i = 0; i < STK_LEN(severity_names); i++) {
		if (stk_str_eq_nocase(name, stk_str_from(severity_names[i]))) {
			*out = (enum stk_severity)i;
			return true;
		}
	}
	if (!stk_str_eq_nocase(name, S("negligible")) && !stk_str_eq_nocase(name, S("none")))
		return false;
	*out = STK_SEV_INFO;
	return true;
}

const char *stk_layer_name(enum stk_guide_layer layer)
{
	return layer < STK_LAYER_COUNT ? layer_names[layer] : "image";
}

bool stk_rule_is(const struct stk_rule *rule, struct stk_str name)
{
	if (stk_str_eq_nocase(stk_str_from(rule->id), name))
		return true;
	for (size_t i = 0; i < STK_LEN(rule->aliases) && rule->aliases[i]; i++)
		if (stk_str_eq_nocase(stk_str_from(rule->aliases[i]), name))
			return true;
	return false;
}

const struct stk_rule *stk_rule_find(const struct stk_rule_table *table, struct stk_str name)
{
	for (size_t i = 0; i < table->n; i++)
		if (stk_rule_is(&table->rows[i], name))
			return &table->rows[i];
	return NULL;
}
