/* SPDX-License-Identifier: Apache-2.0 */
#include "text/credential.h"
#include "test.h"

CASE(names_by_each_list)
{
	static const struct {
		const char *name;
		bool buildkit, trivy, ours;
	} t[] = {
		{ "API_KEY", true, true, true },	  { "public_key", false, false, false },
		{ "TOKEN_FILE", false, true, false },	  { "KEY_VERSION", false, true, false },
		{ "MONKEY", false, false, false },	  { "DB_PSW", false, true, true },
		{ "DB_PASS", false, false, true },	  { "REACT_APP_GITHUB_TOKEN", true, true, true },
		{ "AZURE_CLIENT_ID", false, true, true }, { "AUTH_ENABLED", true, true, false },
		{ "GPG_KEY", true, true, false },	  { "", false, false, false },
		{ "secret_MESSAGE", true, true, true },	  { "TOKEN_TTL", true, true, false },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_str name = stk_str_from(t[i].name);
		if (stk_credential_name_buildkit(name) != t[i].buildkit ||
		    stk_credential_name_trivy(name) != t[i].trivy || stk_credential_name(name) != t[i].ours)
			fail_msg("%s: %d %d %d", t[i].name, stk_credential_name_buildkit(name),
				 stk_credential_name_trivy(name), stk_credential_name(name));
	}
}

CASE(values_by_form)
{
	static const struct {
		const char *value;
		enum stk_credential_value want;
	} t[] = {
		{ "", STK_VALUE_NONE },
		{ "$TOKEN", STK_VALUE_NONE },
		{ "a${TOKEN}", STK_VALUE_NONE },
		{ "changeme", STK_VALUE_NONE },
		{ "<password>", STK_VALUE_NONE },
		{ "/run/secrets/x", STK_VALUE_NONE },
		{ "hunter2", STK_VALUE_POSSIBLE },
		{ "AKIA"
		  "QYLPMN5HHHFPZAM2",
		  STK_VALUE_CERTAIN },
		{ "postgres://bob:s3cr3t@db/x", STK_VALUE_CERTAIN },
		{ "postgres://bob:$PW@db/x", STK_VALUE_POSSIBLE },
		{ "https://example.com/a@b", STK_VALUE_NONE },
	};
	for (size_t i = 0; i < STK_LEN(t); i++)
		if (stk_credential_value(stk_str_from(t[i].value), NULL) != t[i].want)
			fail_msg("%s", t[i].value);
}

CASE(files_that_hold_credentials)
{
	static const char *const yes[] = { ".env",	 "a/.env.production",	  "id_rsa",
					   "server.key", "home/.aws/credentials", ".npmrc" };
	static const char *const no[] = { ".env.example",  "id_rsa.pub",  "keys.txt",
					  "a.environment", "config.json", "monkey" };
	for (size_t i = 0; i < STK_LEN(yes); i++)
		assert_true(stk_credential_file(stk_str_from(yes[i]), NULL));
	for (size_t i = 0; i < STK_LEN(no); i++)
		assert_false(stk_credential_file(stk_str_from(no[i]), NULL));
}
