/* SPDX-License-Identifier: Apache-2.0 */
/* ENV and ARG: values that refer to what has none yet, and secrets in them. */
#include "dockerfile/repair.h"
#include "dockerfile/rules_hadolint.h"
#include "dockerfile/variables.h"

#include "text/credential.h"
#include "base/banned.h"

/* ---- DL3044 ---- */

static bool is_name_byte(char c)
{
	return stk_is_alnum(c) || c == '_';
}

/* The first two pairs of an ENV that refer to a name. */
struct references {
	const struct stk_pair *pairs[2];
};

static void note_reference(struct stk_arena *arena, struct stk_map *map, struct stk_str name,
			   const struct stk_pair *pair)
{
	struct references **slot = (struct references **)stk_map_at(map, arena, name);
	if (!*slot)
		*slot = STK_NEW(arena, struct references, 1);
	if (!(*slot)->pairs[0])
		(*slot)->pairs[0] = pair;
	else if (!(*slot)->pairs[1] && (*slot)->pairs[0] != pair)
		(*slot)->pairs[1] = pair;
}

/* The variables that the value of a pair names, as ${name} or $name. */
static void note_references(struct stk_arena *arena, struct stk_map *map, const struct stk_pair *pair)
{
	struct stk_str value = pair->value.value;
	for (size_t at; (at = stk_str_find_byte(value, '$')) != SIZE_MAX;) {
		value = stk_str_slice(value, at + 1, value.n);
		bool braces = value.n && value.p[0] == '{';
		size_t begin = braces, end = begin;
		while (end < value.n &&
		       (braces ? value.p[end] != '}' && value.p[end] != '$' : is_name_byte(value.p[end])))
			end++;
		if (end > begin && (!braces || (end < value.n && value.p[end] == '}')))
			note_reference(arena, map, stk_str_slice(value, begin, end), pair);
	}
}

/* The pair that refers, and those behind it, get an ENV of their own. */
static void fix_env_reference(struct stk_dockerfile_context *context, struct stk_finding *finding,
			      const struct stk_instruction *at, const struct stk_pair *defined,
			      const struct stk_pair *refers)
{
	struct stk_repair repair = stk_repair_new(context);
	if (refers < defined || refers == at->pairs.v || at->outer)
		return;
	size_t begin = refers[-1].span.end, end = refers->span.begin;
	struct stk_str gap = stk_str_slice(context->file->text, begin, end);
	repair.failed = stk_str_find_byte(gap, '#') != SIZE_MAX; /* a comment would end up between two instructions */
	stk_repair_replace(&repair, begin, end,
			   stk_arena_printf(context->arena, "%s" STK_FMT " ",
					    stk_str_contains(gap, S("\r\n")) ? "\r\n" : "\n", STK_ARG(at->name)));
	stk_repair_offer(&repair, finding, false, "write it as two ENVs");
}

/* above: what ENV and ARG define before it. */
static void check_env_pairs(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			    const struct stk_instruction *at, const struct stk_map *above)
{
	struct stk_map map = { 0 };
	for (size_t i = 0; i < at->pairs.n; i++)
		note_references(context->arena, &map, &at->pairs.v[i]);
	for (size_t k = 0; map.n && k < at->pairs.n; k++) {
		struct stk_str name = at->pairs.v[k].key.value;
		const struct references *found = stk_map_get(&map, name);
		const struct stk_pair *pair = found ? found->pairs[found->pairs[0] == &at->pairs.v[k]] : NULL;
		if (!pair || (stk_like_hadolint(context) ? stk_map_get(above, name) != NULL
							 : stk_variable_declared(context->file, at, name)))
			continue;
		fix_env_reference(context,
				  stk_dockerfile_find_at(context, rule, at, pair->span,
							 "\"" STK_FMT
							 "\" is defined by this very ENV and has no value here yet",
							 STK_ARG(name)),
				  at, &at->pairs.v[k], pair);
		break;
	}
}

static void check_env_reference(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	struct stk_map above = { 0 };
	EACH_INSTRUCTION(at, context)
	{
		if (at->keyword == STK_ENV)
			check_env_pairs(context, rule, at, &above);
		if (stk_like_hadolint(context) && (at->keyword == STK_ENV || at->keyword == STK_ARG))
			stk_hadolint_add_names(context->arena, &above, at);
	}
}

/* ---- DL3064 ---- */

static const char secret_names[] =
	"ACCESS_TOKEN APPLICATION_KEY APP_SECRET AUTH_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY BITTREX_API_KEY BITTREX_API_SECRET CF_PASSWORD "
	"CF_USERNAME CIRCLE_TOKEN CI_DEPLOY_PASSWORD CI_DEPLOY_USER DOCKERHUB_PASSWORD DOCKER_EMAIL DOCKER_PASSWORD DOCKER_USERNAME "
	"FACEBOOK_ACCESS_TOKEN FACEBOOK_APP_ID FACEBOOK_APP_SECRET FIREBASE_API_TOKEN FIREBASE_TOKEN FOSSA_API_KEY GH_ENTERPRISE_TOKEN GH_TOKEN "
	"GITHUB_ENTERPRISE_TOKEN GITHUB_TOKEN HEROKU_API_KEY HEROKU_API_USER NPM_AUTH_TOKEN NPM_TOKEN OKTA_AUTHN_GROUPID OKTA_CLIENT_ORGURL "
	"OKTA_CLIENT_TOKEN OKTA_OAUTH2_CLIENTID OKTA_OAUTH2_CLIENTSECRET OPENAI_API_KEY OS_PASSWORD OS_USERNAME POSTGRES_PASSWORD SLACK_TOKEN "
	"STRIPE_API_KEY STRIPE_DEVICE_NAME TRAVIS_OS_NAME TRAVIS_SECURE_ENV_VARS TRAVIS_SUDO VAULT_CLIENT_KEY VAULT_TOKEN";

/* Hadolint looks for whole names and for these anywhere in the name. */
static bool is_secret_for_hadolint(struct stk_arena *arena, struct stk_str name)
{
	static const char *const parts[] = { "api_key", "client_key", "password", "private",
					     "secret",	"token",      "username" };
	struct stk_str upper = stk_arena_str(arena, name);
	for (size_t i = 0; i < upper.n; i++)
		if (upper.p[i] >= 'a' && upper.p[i] <= 'z')
			((char *)upper.p)[i] = (char)(upper.p[i] - 'a' + 'A');
	if (stk_is_one_of(upper, secret_names))
		return true;
	for (size_t i = 0; i < STK_LEN(parts); i++)
		if (stk_str_contains_nocase(name, stk_str_from(parts[i])))
			return true;
	return false;
}

/* A path says where the secret is, not what it is. */
static bool is_path(struct stk_str value)
{
	return stk_str_starts(value, S("/")) || stk_str_starts(value, S("./")) || stk_str_starts(value, S("~/"));
}

static void fix_secret(struct stk_dockerfile_context *context, struct stk_finding *finding,
		       const struct stk_instruction *at, struct stk_str name)
{
	struct stk_repair repair = stk_repair_new(context);
	repair.failed = at->outer != NULL;
	stk_repair_mount_variable(&repair, at->stage, name);
	stk_repair_offer(&repair, finding, false, STK_REPAIR_MOUNTS);
}

static void check_secret_names(struct stk_dockerfile_context *context, const struct stk_rule *rule,
			       const struct stk_instruction *at)
{
	bool hadolint = stk_like_hadolint(context);
	if (!hadolint && at->keyword == STK_ARG && at->stage == SIZE_MAX)
		return;
	size_t n = hadolint && at->keyword == STK_ARG && at->pairs.n > 1 ? 1 : at->pairs.n; /* it reads one */
	for (size_t i = 0; (at->keyword == STK_ARG || at->keyword == STK_ENV) && i < n; i++) {
		const struct stk_word *key = &at->pairs.v[i].key;
		if (hadolint ? is_secret_for_hadolint(context->arena, key->value)
			     : stk_credential_name(key->value) && !is_path(at->pairs.v[i].value.value))
			fix_secret(context,
				   stk_dockerfile_find_at(context, rule, at, key->span,
							  "\"" STK_FMT
							  "\" looks like a secret, and %s is readable in the image",
							  STK_ARG(key->value), stk_keyword_name(at->keyword)),
				   at, key->value);
	}
}

static void check_secrets(const struct stk_rule *rule, void *data)
{
	struct stk_dockerfile_context *context = data;
	EACH_INSTRUCTION(at, context)
	check_secret_names(context, rule, at->inner && stk_like_hadolint(context) ? at->inner : at);
}

static const struct stk_rule rows[] = {
	{ .id = "DL3044",
	  .layer = STK_LAYER_BUILD,
	  .severity = STK_SEV_HIGH,
	  .title = "ENV refers to a variable that it defines itself",
	  .why = "All values of one ENV are expanded before any of them is set: the reference gives the old value, or nothing.",
	  .remedy = "Divide it into two: ENV BASE=/opt, and on the next line ENV BIN=$BASE/bin.",
	  .fix = "--fix-unsafe divides it before the pair that refers",
	  .bad = "ENV BASE=/opt BIN=$BASE/bin",
	  .good = "ENV BASE=/opt\nENV BIN=$BASE/bin",
	  .url = "https://github.com/hadolint/hadolint/wiki/DL3044",
	  .check = check_env_reference },
	{ .id = "DL3064",
	  .aliases = { "SecretsUsedInArgOrEnv", "DS-0031", "AVD-DS-0031", "DS031", "CIS-DI-0010" },
	  .layer = STK_LAYER_SECRETS,
	  .severity = STK_SEV_HIGH,
	  .title = "a secret in ARG or ENV",
	  .why = "Both stand in the image's configuration and history: whoever can pull the image reads them with \"docker history\".",
	  .remedy =
		  "Write RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN where it is used, and build with --secret id=npm_token,env=NPM_TOKEN; give "
		  "what the program needs to the container at run time. env= needs version 1.10 of the Dockerfile syntax.",
	  .fix = "--fix-unsafe takes it away, mounts the secret in the RUNs that use it, and raises an older # syntax= line to 1.10",
	  .bad = "ARG NPM_TOKEN\nRUN npm ci",
	  .good = "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci",
	  .url = "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
	  .check = check_secrets },
};

const struct stk_rule_table stk_hadolint_variable_rules = { "dockerfile", rows, STK_LEN(rows) };
