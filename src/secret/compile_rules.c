/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs while the program is built: compiles the catalogue's keywords (expressions where a rule has none) and paths into
 * two Hyperscan databases, and writes them to standard output as C. The target is a processor without extensions, so
 * that the program may run elsewhere.
 *
 * Keywords and not expressions: literals alone are found about twice as fast, the database fits into a processor's
 * second cache, and keywords are so rare that PCRE2 can be asked about each.
 */
#include <hs/hs.h>
#include <limits.h>
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

enum { PATTERNS = 4096 };

/* Numbered from 0; a pattern's number is what a match tells. */
static struct patterns {
	const char *regexes[PATTERNS];
	size_t rules[PATTERNS], lengths[PATTERNS]; /* of the keyword; 0: an expression */
	unsigned ids[PATTERNS], flags[PATTERNS], n;
} patterns;

static void add(size_t rule, const char *regex, unsigned flags, size_t length)
{
	if (patterns.n == PATTERNS || !regex || length > UCHAR_MAX || rule > USHRT_MAX) {
		fprintf(stderr, "compile_rules: too many patterns, or one that is too long\n");
		exit(1);
	}
	patterns.regexes[patterns.n] = regex;
	patterns.flags[patterns.n] = flags;
	patterns.rules[patterns.n] = rule;
	patterns.lengths[patterns.n] = length;
	patterns.ids[patterns.n] = patterns.n;
	patterns.n++;
}

/* The keyword as an expression that matches just it. */
static void add_keyword(size_t rule, struct stk_str keyword)
{
	char *regex = malloc(keyword.n * 4 + 1), *end = regex;
	for (size_t i = 0; regex && i < keyword.n; i++)
		end += snprintf(end, 5, "\\x%02x", keyword.p[i] == '\037' ? ' ' : (unsigned char)keyword.p[i]);
	add(rule, regex, stk_secret_keyword_exact(keyword) ? 0 : HS_FLAG_CASELESS, keyword.n);
}

static void choose_contents(void)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		const struct stk_secret_rule *rule = &stk_secret_catalogue[i];
		/* What only counts near a word is searched for by that word. */
		struct stk_str rest = stk_str_from(rule->keywords ? rule->keywords : rule->nearby);
		if (!stk_secret_rule_everywhere(rule))
			continue;
		if (!rest.n)
			add(i, rule->regex, 0, 0);
		while (rest.n)
			add_keyword(i, stk_str_cut(&rest, ' '));
	}
}

/* Paths are matched by another database; expressions that look ahead are not for it. */
static void choose_paths(void)
{
	for (size_t i = 0; i < stk_n_secret_catalogue; i++)
		if (stk_secret_catalogue[i].paths && !strstr(stk_secret_catalogue[i].paths, "(?!"))
			add(i, stk_secret_catalogue[i].paths, HS_FLAG_SINGLEMATCH, 0);
}

/* The patterns' rules and lengths; and a digit for each rule of the catalogue, '1' where the database searches it: the
 * program sees at start which rules it has to search itself. */
static void write_patterns(const char *name)
{
	printf("extern const unsigned short %s_rule[];\nconst unsigned short %s_rule[] = {", name, name);
	for (unsigned i = 0; i < patterns.n; i++)
		printf("%s%zu,", i % 20 ? " " : "\n", patterns.rules[i]);
	printf("\n};\nextern const unsigned char %s_length[];\nconst unsigned char %s_length[] = {", name, name);
	for (unsigned i = 0; i < patterns.n; i++)
		printf("%s%zu,", i % 20 ? " " : "\n", patterns.lengths[i]);
	printf("\n};\nextern const char %s_rules[];\nconst char %s_rules[] = \"", name, name);
	for (size_t rule = 0; rule < stk_n_secret_catalogue; rule++) {
		bool has = false;
		for (unsigned i = 0; i < patterns.n; i++)
			has |= patterns.rules[i] == rule;
		putchar(has ? '1' : '0');
	}
	printf("\";\n");
}

static int compile(const char *name, void (*choose)(void))
{
	size_t size;
	patterns.n = 0;
	choose();
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
	write_patterns(name);
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
