/* SPDX-License-Identifier: Apache-2.0 */
/* CMP-6xx: secrets where others read them, and authentication that is not there. */
#include "base/limits.h"
#include "compose/check_private.h"
#include "text/credential.h"
#include "text/shell_quote.h"
#include "base/banned.h"

static const char weak_values[] =
	"password passwd pass changeme change_me admin administrator root secret example 123456 12345678 1234 test "
	"default "
	"postgres mysql mariadb guest minioadmin qwerty letmein welcome redis mongo rabbitmq toor docker";

/* The values of a service's USER variables, one of which may belong to a PASSWORD. */
static struct stk_map users_of(check *c, const service *s)
{
	struct stk_map users = { 0 };
	for (size_t i = 0; i < s->environment.n; i++)
		if (stk_str_ends(s->environment.v[i].name, S("USER")))
			*stk_map_at(&users, c->report->arena, s->environment.v[i].value) = (void *)s;
	return users;
}

/* Weak passwords are CMP-608's and not told twice. */
static bool is_weak(const struct stk_map *users, const struct stk_compose_variable *variable)
{
	return variable->value.n && stk_credential_name(variable->name) &&
	       (stk_compose_one_of(variable->value, weak_values) || stk_map_get(users, variable->value));
}

/* A form that only a secret has is certain; else the name has to say so as well. What a variable brings is not
   written here. */
static void judge_literal(check *c, const struct stk_rule *rule, service *s, struct stk_str name, const node *value,
			  const char *where)
{
	const char *kind = NULL;
	enum stk_credential_value verdict = stk_credential_value(value->text, &kind);
	if (value->variable || !value->text.n ||
	    (verdict != STK_VALUE_CERTAIN && (verdict == STK_VALUE_NONE || !stk_credential_name(name))))
		return;
	struct stk_finding *f = stk_compose_find(
		c, rule, s, value->place, "service \"" STK_FMT "\": " STK_FMT " holds a secret in clear text (%s)",
		STK_ARG(s->name), STK_ARG(name), where);
	/* What is certain is as bad as the search for secrets says of the same line. */
	if (verdict == STK_VALUE_CERTAIN)
		f->severity = STK_SEV_CRITICAL;
	if (kind)
		stk_finding_evidence(c->report, f, "the value has the form of %s", kind);
	if (stk_str_ends(name, S("PASSWORD")))
		stk_finding_evidence(c->report, f,
				     "many official images read the value from a file when " STK_FMT "_FILE names one",
				     STK_ARG(name));
}

/* Labels and annotations are read by everybody who may list containers. */
static void check_clear_text(const struct stk_rule *rule, void *context)
{
	static const char *const maps[] = { "labels", "annotations" };
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		struct stk_map users = users_of(c, s);
		for (size_t i = 0; i < s->environment.n; i++)
			if (s->environment.v[i].node && s->environment.v[i].has_value &&
			    !is_weak(&users, &s->environment.v[i]))
				judge_literal(c, rule, s, s->environment.v[i].name, s->environment.v[i].node,
					      "environment");
		for (size_t k = 0; k < STK_LEN(maps); k++) {
			const node *map = stk_compose_get(s->node, maps[k]);
			for (uint32_t i = 0; i < stk_compose_count(map); i++)
				judge_literal(c, rule, s, map->entries[i].key, map->entries[i].value, maps[k]);
		}
	}
}

/* ${NAME:-text} and ${NAME-text} with a literal text, for a name that means a secret. */
static void judge_defaults(check *c, const struct stk_rule *rule, service *s, struct stk_str key, const node *value)
{
	struct stk_str rest = value->raw;
	for (size_t at; (at = stk_str_find(rest, S("${"))) != SIZE_MAX;) {
		rest = stk_str_slice(rest, at + 2, rest.n);
		size_t n = 0;
		/* The raw text: once interpolated, nothing tells a default from a value that
		   was set. */
		while (n < rest.n && (stk_is_alnum(rest.p[n]) || rest.p[n] == '_'))
			n++;
		struct stk_str name = stk_str_slice(rest, 0, n), text = stk_str_slice(rest, n, rest.n);
		size_t close = stk_str_find_byte(text, '}');
		bool strict = stk_str_starts(text, S(":-"));
		if (close == SIZE_MAX || (!strict && !stk_str_starts(text, S("-"))))
			continue;
		struct stk_str literal = stk_str_slice(text, strict ? 2 : 1, close);
		/* A default that is a variable again is nobody's sample password. */
		if (!literal.n || stk_str_find_byte(literal, '$') != SIZE_MAX ||
		    (!stk_credential_name(name) && !stk_credential_name(key)))
			continue;
		struct stk_finding *f = stk_compose_find(
			c, rule, s, value->place,
			"without " STK_FMT " being set, the sample value of this file is used", STK_ARG(name));
		/* The rest of the value stays as it is: a URL may hold several variables. */
		stk_compose_fix_inside(c, f, false, "ask for the value", value,
				       stk_arena_printf(c->report->arena, "${" STK_FMT STK_FMT "}", STK_ARG(name),
							STK_ARG(stk_str_slice(text, 0, close))),
				       stk_arena_printf(c->report->arena, "${" STK_FMT ":?set " STK_FMT "}",
							STK_ARG(name), STK_ARG(name)));
	}
}

/* Anywhere in the service: `raw` is there where a variable was replaced. */
static void walk_defaults(check *c, const struct stk_rule *rule, service *s, struct stk_str key, const node *value)
{
	if (value->type < STK_COMPOSE_LIST && value->raw.n)
		judge_defaults(c, rule, s, key, value);
	for (uint32_t i = 0; value->type == STK_COMPOSE_LIST && i < value->n; i++)
		walk_defaults(c, rule, s, key, value->items[i]);
	for (uint32_t i = 0; value->type == STK_COMPOSE_MAP && i < value->n; i++)
		walk_defaults(c, rule, s, value->entries[i].key, value->entries[i].value);
}

static void check_defaults(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s))
		walk_defaults(c, rule, s, S(""), s->node);
}

/* People paste it: a path with a quote in it must not become another command. */
static struct stk_str owner_only(struct stk_arena *arena, struct stk_str path)
{
	STK_BUF command = stk_buf_new(STK_MIB(1));
	stk_buf_add(&command, S("chmod 600 "));
	stk_shell_quote(&command, path);
	return stk_arena_str(arena, stk_buf_str(&command));
}

/* A file that git tracks is with everybody who has the repository; its mode matters no more. */
static void judge_env_file(check *c, const struct stk_rule *rule, service *s, struct stk_str path, struct stk_str name)
{
	struct stk_compose_file file;
	if (!c->file || !c->file(c->file_context, path, &file) || !file.exists ||
	    (!file.tracked && !(file.mode & 0044)))
		return;
	struct stk_finding *f = stk_compose_find(c, rule, s, stk_compose_place_of(s, "environment"),
						 STK_FMT " holds " STK_FMT " and %s", STK_ARG(path), STK_ARG(name),
						 file.tracked ? "is tracked by git" : "can be read by other users");
	stk_finding_fix(c->report, f, false, "let only the owner read it")->command =
		file.tracked ? S("") : owner_only(c->report->arena, path);
}

static void check_env_files(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_map seen = { 0 };
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->environment.n; i++) {
			const struct stk_compose_variable *variable = &s->environment.v[i];
			if (variable->file.n && variable->value.n && stk_credential_name(variable->name) &&
			    stk_map_add(&seen, c->report->arena, variable->file))
				judge_env_file(c, rule, s, variable->file, variable->name);
		}
}

/* `content:` stands in the Compose file itself. */
static void check_objects(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (size_t i = 0; i < c->project->configs.n; i++) {
		const struct stk_compose_object *config = &c->project->configs.v[i];
		const char *kind = NULL;
		for (struct stk_str rest = config->content; rest.n && !config->environment.n;) {
			struct stk_str line = stk_str_cut_line(&rest), value = line, name = stk_str_cut(&value, '=');
			bool named =
				name.n < line.n && stk_credential_name(stk_str_trim(name)) && stk_str_trim(value).n;
			if (!named && stk_credential_value(line, &kind) != STK_VALUE_CERTAIN)
				continue;
			stk_compose_find(c, rule, NULL, config->place,
					 "config \"" STK_FMT "\" holds a secret in clear text", STK_ARG(config->key));
			break;
		}
	}
	for (size_t i = 0; i < c->project->secrets.n; i++) {
		const struct stk_compose_object *secret = &c->project->secrets.v[i];
		if (secret->environment.n)
			stk_compose_find(c, rule, NULL, secret->place,
					 "secret \"" STK_FMT "\" comes from the variable " STK_FMT
					 ", which every child of the shell sees",
					 STK_ARG(secret->key), STK_ARG(secret->environment));
	}
}

static bool has_password_option(struct stk_str word)
{
	static const char *const options[] = { "--password=", "--passwd=",  "--requirepass=", "--token=",
					       "--secret=",   "--api-key=", "--auth-token=" };
	for (size_t i = 0; i < STK_LEN(options); i++)
		if (stk_str_starts_nocase(word, stk_str_from(options[i])) && word.n > stk_str_from(options[i]).n &&
		    word.p[stk_str_from(options[i]).n] != '$')
			return true;
	return false;
}

/* scheme://user:password@host, with a literal password. */
static bool has_url_password(struct stk_str word)
{
	size_t scheme = stk_str_find(word, S("://"));
	if (scheme == SIZE_MAX)
		return false;
	struct stk_str rest = stk_str_slice(word, scheme + 3, word.n), authority = stk_str_cut(&rest, '/');
	size_t at = stk_str_rfind_byte(authority, '@'), colon = stk_str_find_byte(authority, ':');
	return at != SIZE_MAX && colon < at && at > colon + 1 && authority.p[colon + 1] != '$';
}

/* Passwords in arguments, which anybody who may list processes or inspect the container reads.
   One finding for the whole command is enough. */
static void judge_words(check *c, const struct stk_rule *rule, service *s, const node *list, const char *where)
{
	bool mysql = false, wants_value = false;
	for (uint32_t i = 0; i < stk_compose_count(list); i++)
		for (struct stk_str rest = list->items[i]->text, word; (word = stk_str_cut_word(&rest)).n;) {
			mysql |= stk_str_starts(word, S("mysql")) || stk_str_starts(word, S("mariadb"));
			/* -pSECRET is MySQL's way; everywhere else -p is a port, a path or a
			   project. */
			bool short_option = mysql && stk_str_starts(word, S("-p")) && word.n > 2 && word.p[2] != '$' &&
					    !stk_str_starts(word, S("-p\""));
			bool value = wants_value && word.p[0] != '$' && word.p[0] != '-';
			wants_value = stk_str_is(word, "--requirepass") || stk_str_is(word, "requirepass") ||
				      stk_str_is(word, "--password") || stk_str_is(word, "--masterauth");
			if (!short_option && !value && !has_password_option(word) && !has_url_password(word))
				continue;
			stk_compose_find(c, rule, s, list->items[i]->place,
					 "service \"" STK_FMT "\": %s holds a password", STK_ARG(s->name), where);
			return;
		}
}

static void check_commands(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		const node *hooks = stk_compose_get(s->node, "post_start");
		judge_words(c, rule, s, stk_compose_get(s->node, "command"), "the command");
		judge_words(c, rule, s, stk_compose_get(s->node, "entrypoint"), "the entrypoint");
		judge_words(c, rule, s, stk_compose_path(s->node, "healthcheck.test"), "the healthcheck");
		for (uint32_t i = 0; i < stk_compose_count(hooks); i++)
			judge_words(c, rule, s, stk_compose_get(hooks->items[i], "command"), "a hook");
	}
}

static void check_modes(const struct stk_rule *rule, void *context)
{
	check *c = context;
	struct stk_compose_file file;
	for (EACH_SERVICE(c, s)) {
		const node *list = stk_compose_get(s->node, "secrets");
		for (uint32_t i = 0; i < stk_compose_count(list); i++) {
			uint64_t mode;
			const node *value = stk_compose_get(list->items[i], "mode");
			/* Modes stand in octal in the canonical tree, whatever the file wrote. */
			if (value && stk_str_u64(value->text, 8, &mode) && mode & 0004) {
				struct stk_finding *f = stk_compose_find(
					c, rule, s, value->place,
					"service \"" STK_FMT
					"\": every user in the container may read the secret " STK_FMT,
					STK_ARG(s->name), STK_ARG(stk_compose_str(list->items[i], "source")));
				stk_compose_fix_replace(c, f, false, "let owner and group read it", value, S("0440"),
							true);
			}
		}
	}
	/* Compose binds the host's file with its mode, so `mode` above changes nothing for it. */
	for (size_t i = 0; c->file && i < c->project->secrets.n; i++) {
		const struct stk_compose_object *secret = &c->project->secrets.v[i];
		if (!secret->file.n || !c->file(c->file_context, secret->file, &file) || !file.exists ||
		    !(file.mode & 0004))
			continue;
		struct stk_finding *f =
			stk_compose_find(c, rule, NULL, secret->place, "every user of the host may read " STK_FMT,
					 STK_ARG(secret->file));
		stk_finding_fix(c->report, f, false, "let only the owner read it")->command =
			owner_only(c->report->arena, secret->file);
	}
}

/* Settings that switch a protection off: the value is matched without regard to case; "*" is any value, "" an empty
 * one. */
struct setting {
	const char *name, *value, *what;
};

static const struct setting open_doors[] = {
	{ "POSTGRES_HOST_AUTH_METHOD", "trust", "PostgreSQL lets everybody in" },
	{ "MYSQL_ALLOW_EMPTY_PASSWORD", "yes 1 true", "MySQL's root has no password" },
	{ "MARIADB_ALLOW_EMPTY_PASSWORD", "yes 1 true", "MariaDB's root has no password" },
	{ "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", "yes 1 true", "MariaDB's root has no password" },
	{ "ALLOW_EMPTY_PASSWORD", "yes 1 true", "the database accepts an empty password" },
	{ "ALLOW_ANONYMOUS_LOGIN", "yes 1 true", "anonymous users are let in" },
	{ "ALLOW_PLAINTEXT_LISTENER", "yes 1 true", "the broker listens without authentication" },
	{ "xpack.security.enabled", "false", "Elasticsearch asks nobody who he is" },
	{ "DISABLE_SECURITY_PLUGIN", "true", "OpenSearch asks nobody who he is" },
	{ "plugins.security.disabled", "true", "OpenSearch asks nobody who he is" },
	{ "REDIS_PASSWORD", "", "Redis has an empty password" },
	{ "RABBITMQ_DEFAULT_PASS", "guest", "RabbitMQ keeps its well-known password" },
	{ "MINIO_ROOT_PASSWORD", "minioadmin", "MinIO keeps its well-known password" },
	{ "GF_AUTH_ANONYMOUS_ENABLED", "true", "Grafana lets anonymous users in" },
	{ "NEO4J_AUTH", "none", "Neo4j asks nobody who he is" },
};

static const struct setting unchecked[] = {
	{ "NODE_TLS_REJECT_UNAUTHORIZED", "0", "certificates are not checked" },
	{ "PYTHONHTTPSVERIFY", "0", "certificates are not checked" },
	{ "GIT_SSL_NO_VERIFY", "1 true yes", "certificates are not checked" },
	{ "PGSSLMODE", "disable", "the database connection is not encrypted" },
	{ "DOCKER_TLS_CERTDIR", "", "the engine inside listens without TLS" },
};

/* A variable that is not set at all has no value to judge. */
static bool matches(const struct setting *setting, const struct stk_compose_variable *variable)
{
	if (!stk_str_is(variable->name, setting->name) || !variable->has_value)
		return false;
	return *setting->value ? stk_compose_one_of(variable->value, setting->value) : !variable->value.n;
}

static bool is_unchecked(const struct stk_compose_variable *variable)
{
	for (size_t i = 0; i < STK_LEN(unchecked); i++)
		if (matches(&unchecked[i], variable))
			return true;
	return false;
}

/* Takes the setting out; where no other would be left, the key with it. */
static void take_out(check *c, struct stk_finding *f, service *s, const struct stk_compose_variable *variable)
{
	const node *map = stk_compose_get(s->node, "environment");
	size_t others = 0;
	for (size_t i = 0; i < s->environment.n; i++)
		others += s->environment.v[i].node && !is_unchecked(&s->environment.v[i]);
	if (others || (map && map->merged))
		stk_compose_fix_remove(c, f, false, "take the setting out", map, variable->node);
	else
		stk_compose_fix_remove(c, f, false, "take the setting out", s->node, map);
}

static void check_settings(const struct stk_rule *rule, void *context)
{
	check *c = context;
	const struct setting *settings = rule->argument ? unchecked : open_doors;
	size_t n = rule->argument ? STK_LEN(unchecked) : STK_LEN(open_doors);
	for (EACH_SERVICE(c, s))
		for (size_t i = 0; i < s->environment.n; i++) {
			const struct stk_compose_variable *variable = &s->environment.v[i];
			struct stk_compose_place place = variable->node ? variable->node->place : s->place;
			/* 2375 is the engine's port without TLS; 2376 is the one with it. */
			bool engine = rule->argument && stk_str_is(variable->name, "DOCKER_HOST") &&
				      stk_str_starts(variable->value, S("tcp://")) &&
				      stk_str_ends(variable->value, S(":2375"));
			const char *what = engine ? "it talks to an engine without TLS" : NULL;
			for (size_t k = 0; k < n && !what; k++)
				what = matches(&settings[k], variable) ? settings[k].what : NULL;
			if (!what)
				continue;
			struct stk_finding *f =
				stk_compose_find(c, rule, s, place, "service \"" STK_FMT "\": %s (" STK_FMT ")",
						 STK_ARG(s->name), what, STK_ARG(variable->name));
			if (!rule->argument && stk_compose_is_exposed(s)) {
				f->severity = STK_SEV_CRITICAL;
				stk_finding_evidence(c->report, f,
						     "its ports are published, so everybody on the network gets in");
			}
			if (rule->argument && variable->node && !engine)
				take_out(c, f, s, variable);
		}
}

static void check_weak(const struct stk_rule *rule, void *context)
{
	check *c = context;
	for (EACH_SERVICE(c, s)) {
		struct stk_map users = users_of(c, s);
		for (size_t i = 0; i < s->environment.n; i++) {
			const struct stk_compose_variable *variable = &s->environment.v[i];
			if (!is_weak(&users, variable) || !variable->node)
				continue;
			struct stk_finding *f = stk_compose_find(c, rule, s, variable->node->place,
								 "service \"" STK_FMT "\": " STK_FMT
								 " is one of the first values an attacker tries",
								 STK_ARG(s->name), STK_ARG(variable->name));
			if (stk_compose_is_exposed(s)) {
				f->severity = STK_SEV_CRITICAL;
				stk_finding_evidence(c->report, f, "its ports are published");
			}
		}
	}
}

#define SECRET .layer = STK_LAYER_SECRETS

static const struct stk_rule rows[] = {
	{ .id = "CMP-601",
	  .conceal = true,
	  .aliases = { "CIS-4.10" },
	  SECRET,
	  .severity = STK_SEV_HIGH,
	  .title = "a secret in clear text",
	  .why = "It is in version control, in docker inspect, in process lists and in crash reports.",
	  .remedy = "Use secrets: and the image's NAME_FILE variable.",
	  .bad = "environment:\n  DB_PASSWORD: s3cr3t-value",
	  .good = "secrets: [db_password]\nenvironment:\n  DB_PASSWORD_FILE: /run/secrets/db_password",
	  .check = check_clear_text },
	{ .id = "CMP-602",
	  SECRET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a sample value stands in for a secret",
	  .why = "Where the variable is forgotten, production runs with the password of the sample.",
	  .remedy = "Write ${NAME:?set NAME}.",
	  .bad = "POSTGRES_PASSWORD: ${DB_PASSWORD:-devpw42}",
	  .good = "POSTGRES_PASSWORD: ${DB_PASSWORD:?set DB_PASSWORD}",
	  .check = check_defaults },
	{ .id = "CMP-603",
	  SECRET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "an env_file with secrets that others read",
	  .why = "Everybody with the repository or an account on the host has the secrets.",
	  .remedy = "chmod 600, and keep it out of version control.",
	  .bad = "env_file: [.env]",
	  .check = check_env_files },
	{ .id = "CMP-604",
	  SECRET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "a secret in the file or in a variable",
	  .why = "The content of a config is world-readable in the container, and a variable is inherited by every "
		 "child process.",
	  .remedy = "Use secrets with file:.",
	  .bad = "configs:\n  app:\n    content: |\n      PASSWORD=abc123",
	  .check = check_objects },
	{ .id = "CMP-605",
	  .conceal = true,
	  SECRET,
	  .severity = STK_SEV_HIGH,
	  .title = "a password on a command line",
	  .why = "Command lines are in the process list of the host and in docker inspect.",
	  .remedy = "Have the program read it from a file.",
	  .bad = "command: redis-server --requirepass hunter2",
	  .check = check_commands },
	{ .id = "CMP-606",
	  SECRET,
	  .severity = STK_SEV_LOW,
	  .title = "a secret that everybody may read",
	  .why = "Any process in the container, or any user of the host, reads it.",
	  .remedy = "mode: 0440; chmod 600 on the host.",
	  .bad = "secrets:\n  - source: key\n    mode: 0444",
	  .check = check_modes },
	{ .id = "CMP-607",
	  SECRET,
	  .severity = STK_SEV_HIGH,
	  .title = "authentication is off",
	  .why = "Whoever reaches the port has the data.",
	  .remedy = "Set a password.",
	  .bad = "environment:\n  POSTGRES_HOST_AUTH_METHOD: trust",
	  .argument = 0,
	  .check = check_settings },
	{ .id = "CMP-608",
	  .conceal = true,
	  SECRET,
	  .severity = STK_SEV_HIGH,
	  .title = "a password that is tried first",
	  .why = "These values are in every attacker's list.",
	  .remedy = "Use a long random value from a secret.",
	  .bad = "environment:\n  MYSQL_ROOT_PASSWORD: root",
	  .check = check_weak },
	{ .id = "CMP-609",
	  SECRET,
	  .severity = STK_SEV_MEDIUM,
	  .title = "connections are not verified",
	  .why = "Whoever is on the way reads and changes the traffic.",
	  .remedy = "Take the setting out and install the certificate authority.",
	  .bad = "environment:\n  NODE_TLS_REJECT_UNAUTHORIZED: \"0\"",
	  .argument = 1,
	  .check = check_settings },
};

const struct stk_rule_table stk_compose_secret_rules = { "compose", rows, STK_LEN(rows) };
