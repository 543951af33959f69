/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of rules_*.def, read twice: for the report and for the engine. */
#include "secret/catalogue.h"

#include <assert.h>

#include "secret/shape.h"
#include "secret/validate.h"

#include "base/banned.h"

/* The rest of a variable's name, a closing quote or bracket, a type, the operator, an opening quote. */
#define SEPARATOR                                                                                                      \
	"(?:[\\w \\t.\\-]|:\\w){0,24}(?:\\\\?[\"'\\x60])?[\\])]?\\s{0,3}"                                              \
	"(?::\\s?&?[\\w<>\\[\\]?']{1,16}\\s{1,2})?(?:=>|[:?.+|]{0,3}={1,2}|:|,|>)\\s{0,12}(?:\\\\?[\"'\\x60])?"
/* What may follow a token: anything that could not be part of it. */
#define EDGE "(?:[^\\w+/=.-]|\\.?(?:\\s|\\z))"

#define ALIASES(...)                                                                                                   \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}
#define SEC_ID(name) "SEC-" name

#define WHY_CONTENT                                                                                                    \
	"Whoever can read the file, the image or one of its layers can use the credential; layers are copied to "      \
	"every "                                                                                                       \
	"registry and host, and deleting the file in a later layer does not remove it."
#define REMEDY                                                                                                         \
	" Every copy of the image or repository has it, so replace it even if you delete it here. Then hand it over "  \
	"at run time: "                                                                                                \
	"a BuildKit secret mount (RUN --mount=type=secret,id=...) while building, a Compose `secrets:` entry or a "    \
	"*_FILE "                                                                                                      \
	"variable while running."

static const struct stk_rule rows[] = {
#define RULE(id_, aliases_, severity_, confidence_, title_, revoke_, ...)                                              \
	{ .id = SEC_ID(id_),                                                                                           \
	  .aliases = aliases_,                                                                                         \
	  .layer = STK_LAYER_SECRETS,                                                                                  \
	  .severity = STK_SEV_##severity_,                                                                             \
	  .title = title_,                                                                                             \
	  .why = WHY_CONTENT,                                                                                          \
	  .remedy = revoke_ REMEDY },
#include "secret/rules.def"
#undef RULE
};

#define ALLOW_COMMON	  STK_ALLOW_COMMON
#define ALLOW_REPEAT	  STK_ALLOW_REPEAT
#define ALLOW_VARIETY	  STK_ALLOW_VARIETY
#define ALLOW_SEQUENCE	  STK_ALLOW_SEQUENCE
#define ALLOW_PLACEHOLDER STK_ALLOW_PLACEHOLDER
#define ALLOW_TEMPLATE	  STK_ALLOW_TEMPLATE
#define ALLOW_KNOWN	  STK_ALLOW_KNOWN
#define ALLOW_RUN	  STK_ALLOW_RUN
#define ALLOW_EXAMPLE	  STK_ALLOW_EXAMPLE
#define ALLOW_PATH	  STK_ALLOW_PATH
#define ALLOW_SHA1	  STK_ALLOW_SHA1
#define ALLOW_UUID	  STK_ALLOW_UUID
#define ALLOW_HOST	  STK_ALLOW_HOST
#define ALLOW_USERINFO	  STK_ALLOW_USERINFO
#define ALLOW_IDENTIFIER  STK_ALLOW_IDENTIFIER
#define ALLOW_NAME	  STK_ALLOW_NAME
#define ALLOW_WORDS	  STK_ALLOW_WORDS
#define ALLOW_VENDOR	  STK_ALLOW_VENDOR
#define ALLOW_MINIFIED	  STK_ALLOW_MINIFIED
#define ALLOW_WEAK	  STK_ALLOW_WEAK
#define ALLOW_YAML	  STK_ALLOW_YAML
#define SURE_IN_CONFIG	  STK_SURE_IN_CONFIG
#define NOT_AFTER_ALNUM	  STK_NOT_AFTER_ALNUM
#define NOT_AFTER_BASE64  STK_NOT_AFTER_BASE64

/* The number of a row: __COUNTER__ starts where it starts, so the first use is taken off. */
enum { FIRST_ROW = __COUNTER__ + 1 };

const struct stk_secret_rule stk_secret_catalogue[] = {
#define RULE(id_, aliases_, severity_, confidence_, title_, revoke_, ...)                                              \
	{ .row = &rows[__COUNTER__ - FIRST_ROW],                                                                       \
	  .confidence = STK_CONFIDENCE_##confidence_,                                                                  \
	  .revoke = revoke_,                                                                                           \
	  __VA_ARGS__ },
#include "secret/rules.def"
#undef RULE
};

const size_t stk_n_secret_catalogue = STK_LEN(stk_secret_catalogue);
const struct stk_rule_table stk_secret_rule_table = { "secrets", rows, STK_LEN(rows) };

const char *stk_secret_rule_name(const struct stk_secret_rule *rule)
{
	return rule->row->aliases[0] ? rule->row->aliases[0] : rule->row->id;
}

bool stk_secret_rule_everywhere(const struct stk_secret_rule *rule)
{
	return rule->regex && !rule->paths;
}

bool stk_secret_keyword_exact(struct stk_str keyword)
{
	for (size_t i = 0; i < keyword.n; i++)
		if (keyword.p[i] != stk_lower(keyword.p[i]))
			return true;
	return false;
}

static const char *const confidence_names[] = { "low", "medium", "high" };

const char *stk_confidence_name(enum stk_confidence confidence)
{
	assert(confidence < STK_LEN(confidence_names));
	return confidence_names[confidence];
}

bool stk_confidence_parse(struct stk_str name, enum stk_confidence *out)
{
	for (size_t i = 0; i < STK_LEN(confidence_names); i++) {
		if (stk_str_eq_nocase(name, stk_str_from(confidence_names[i]))) {
			*out = (enum stk_confidence)i;
			return true;
		}
	}
	return false;
}
