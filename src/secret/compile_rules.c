/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs while the program is built: compiles the catalogue's expressions into two Hyperscan databases, for contents and
 * for paths, and writes them to standard output as C. The target is a processor without extensions, so that the program
 * may run elsewhere.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "secret/catalogue.h"
#include "secret/validate.h"
#include "base/banned.h"

/* The catalogue names its validators; compiling does not call them. */
#define NEVER(name)                                                                                                    \
	enum stk_verdict name(struct stk_str match, struct stk_str secret, struct stk_secret_detail *detail)           \
	{                                                                                                              \
		(void)match;                                                                                           \
		(void)secret;                                                                                          \
		(void)detail;                                                                                          \
		return STK_VERDICT_KEEP;                                                                               \
	}
NEVER(stk_secret_atlassian_crc32)
NEVER(stk_secret_aws_key_id)
NEVER(stk_secret_azure_sas)
NEVER(stk_secret_base64_userpass)
NEVER(stk_secret_discord_snowflake)
NEVER(stk_secret_docker_auth)
NEVER(stk_secret_github_crc32)
NEVER(stk_secret_gitlab_routable_crc32)
NEVER(stk_secret_grafana_crc32)
NEVER(stk_secret_jwt_json)
NEVER(stk_secret_npm_crc32)
NEVER(stk_secret_pem_body)
NEVER(stk_secret_putty_key)
NEVER(stk_secret_stripe_mode)

static void write_bytes(const char *name, const unsigned char *bytes, size_t n)
{
	printf("extern const char %s[];\nextern const size_t %s_size;\nconst char %s[] __attribute__((aligned(64))) =",
	       name, name, name);
	for (size_t i = 0; i < n; i++)
		printf("%s\\%o%s", i % 32 ? "" : "\n\"", bytes[i], (i % 32 == 31 || i + 1 == n) ? "\"" : "");
	printf(";\nconst size_t %s_size = %zu;\n", name, n);
}

/* Writes the database as it lies in memory when it is ready for use, so that the program neither copies nor checks it:
 * it holds no pointers, and its place modulo 64 is the same there. */
static int write_ready(const char *name, const char *bytes, size_t n)
{
	size_t size;
	if (hs_serialized_database_size(bytes, n, &size) != HS_SUCCESS)
		return -1;
	void *ready = aligned_alloc(64, (size + 63) & ~(size_t)63);
	if (!ready)
		return -1;
	memset(ready, 0, size);
	if (hs_deserialize_database_at(bytes, n, ready) != HS_SUCCESS)
		return -1;
	write_bytes(name, ready, size);
	return 0;
}

/* What may stand before a keyword need not be checked by the database: a match ends in the same place without it, and
 * the expression itself is asked about every candidate. Half of the time went there. */
static const char *without_lead(const char *regex)
{
	static const char lead[] = "(?i)\\b[\\w.\\-]{0,30}";
	char *rest = NULL;
	if (strncmp(regex, lead, sizeof(lead) - 1) != 0)
		return regex;
	regex += sizeof(lead) - 1;
	return asprintf(&rest, "(?i)%s", regex + (*regex == '?')) < 0 ? NULL : rest;
}

struct patterns {
	const char **regexes;
	unsigned *ids, *flags, n;
	char *has; /* one a rule: '1' or '0' */
};

static void add(struct patterns *patterns, size_t rule, const char *regex, unsigned flags)
{
	patterns->regexes[patterns->n] = regex;
	patterns->flags[patterns->n] = flags;
	patterns->ids[patterns->n++] = (unsigned)rule;
	patterns->has[rule] = '1';
}

static void choose_contents(struct patterns *patterns)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		if (!stk_secret_rule_everywhere(rule))
			continue;
		/* What only counts near a word is searched for by that word. */
		if (rule->nearby)
			add(patterns, i, rule->nearby, HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH);
		else
			add(patterns, i, without_lead(rule->regex), 0);
	}
}

/* Paths are matched by another database; expressions that look ahead are not for it. */
static void choose_paths(struct patterns *patterns)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++)
		if (stk_secret_catalogue[i].paths && !strstr(stk_secret_catalogue[i].paths, "(?!"))
			add(patterns, i, stk_secret_catalogue[i].paths, HS_FLAG_SINGLEMATCH);
}

static int compile(const char *name, void (*choose)(struct patterns *patterns))
{
	size_t n = stk_n_secret_catalogue, size;
	struct patterns patterns = { calloc(n, sizeof(*patterns.regexes)), calloc(n, sizeof(*patterns.ids)),
				     calloc(n, sizeof(*patterns.flags)), 0, calloc(n + 1, 1) };
	if (!patterns.regexes || !patterns.ids || !patterns.flags || !patterns.has)
		return -1;
	/* A digit for each rule of the catalogue, '1' where the database searches it: the
	   program sees at start which rules it has to search itself. */
	memset(patterns.has, '0', n);
	choose(&patterns);
	hs_platform_info_t platform = { .tune = HS_TUNE_FAMILY_GENERIC };
	hs_database_t *database;
	hs_compile_error_t *error;
	char *bytes;
	if (hs_compile_ext_multi(patterns.regexes, patterns.flags, patterns.ids, NULL, patterns.n, HS_MODE_BLOCK,
				 &platform, &database, &error) != HS_SUCCESS) {
		fprintf(stderr, "compile_rules: %s: %s\n",
			error->expression >= 0 ? patterns.regexes[error->expression] : "", error->message);
		return -1;
	}
	if (hs_serialize_database(database, &bytes, &size) != HS_SUCCESS || write_ready(name, bytes, size) < 0)
		return -1;
	printf("extern const char %s_rules[];\nconst char %s_rules[] = \"%s\";\n", name, name, patterns.has);
	return 0;
}

int main(void)
{
	printf("/* Made by compile_rules.c. */\n#include <stddef.h>\n");
	if (compile("stk_secret_database", choose_contents) < 0 ||
	    compile("stk_secret_path_database", choose_paths) < 0)
		return 1;
	return fflush(stdout) != 0;
}
