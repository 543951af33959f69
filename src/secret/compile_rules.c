/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs while the program is built: compiles the catalogue's expressions into one Hyperscan database and writes it to
 * standard output as C. The target is a processor without extensions, so that the program may run elsewhere.
 */
#include <hs/hs.h>
#include <stdio.h>
#include <stdlib.h>

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
NEVER(stk_secret_github_crc32)
NEVER(stk_secret_gitlab_routable_crc32)
NEVER(stk_secret_grafana_crc32)
NEVER(stk_secret_jwt_json)
NEVER(stk_secret_npm_crc32)
NEVER(stk_secret_pem_body)
NEVER(stk_secret_putty_key)
NEVER(stk_secret_stripe_mode)

static void write_bytes(const unsigned char *bytes, size_t n)
{
	printf("const char stk_secret_database[] __attribute__((aligned(64))) =");
	for (size_t i = 0; i < n; i++)
		printf("%s\\%o%s", i % 32 ? "" : "\n\"", bytes[i], (i % 32 == 31 || i + 1 == n) ? "\"" : "");
	printf(";\nconst size_t stk_secret_database_size = %zu;\n", n);
}

int main(void)
{
	size_t n = 0, size;
	const char **regexes = calloc(stk_n_secret_catalogue, sizeof(*regexes));
	unsigned *ids = calloc(stk_n_secret_catalogue, sizeof(*ids)),
		 *flags = calloc(stk_n_secret_catalogue, sizeof(*flags));
	if (!regexes || !ids || !flags)
		return 1;
	for (size_t i = 0; i < stk_n_secret_catalogue; i++) {
		if (!stk_secret_rule_everywhere(&stk_secret_catalogue[i]))
			continue;
		/* What only counts near a word is searched for by that word. */
		regexes[n] =
			stk_secret_catalogue[i].nearby ? stk_secret_catalogue[i].nearby : stk_secret_catalogue[i].regex;
		flags[n] = stk_secret_catalogue[i].nearby ? HS_FLAG_CASELESS | HS_FLAG_SINGLEMATCH : 0;
		ids[n++] = (unsigned)i;
	}
	hs_platform_info_t platform = { .tune = HS_TUNE_FAMILY_GENERIC };
	hs_database_t *database;
	hs_compile_error_t *error;
	char *bytes;
	if (hs_compile_ext_multi(regexes, flags, ids, NULL, (unsigned)n, HS_MODE_BLOCK, &platform, &database, &error) !=
	    HS_SUCCESS) {
		fprintf(stderr, "compile_rules: %s: %s\n", error->expression >= 0 ? regexes[error->expression] : "",
			error->message);
		return 1;
	}
	if (hs_serialize_database(database, &bytes, &size) != HS_SUCCESS)
		return 1;
	printf("/* Made by compile_rules.c. */\n#include <stddef.h>\n"
	       "extern const char stk_secret_database[];\nextern const size_t stk_secret_database_size;\n"
	       "extern const unsigned char stk_secret_database_rules[];\n");
	write_bytes((const unsigned char *)bytes, size);
	printf("const unsigned char stk_secret_database_rules[] =\n\"");
	for (size_t i = 0; i < stk_n_secret_catalogue; i++)
		putchar(stk_secret_rule_everywhere(&stk_secret_catalogue[i]) ? '1' : '0');
	printf("\";\n");
	return fflush(stdout) != 0;
}
