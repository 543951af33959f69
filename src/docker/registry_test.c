/* SPDX-License-Identifier: Apache-2.0 */
/* What registries ask for in WWW-Authenticate; the exchange itself is tests/integration/dockerfile_pins.py. */
#include "docker/registry.h"

#include "test.h"

CASE(challenges)
{
	static const struct {
		const char *header, *scheme, *realm, *service, *scope;
	} t[] = {
		{ "Bearer realm=\"https://a/t\",service=\"s, t\",scope=\"repository:a/b:pull\"", "Bearer",
		  "https://a/t", "s, t", "repository:a/b:pull" },
		{ "bearer realm=https://a/t , service=s", "bearer", "", "s", "" },
		{ "Basic realm=\"x\"", "Basic", "", "", "" },
		{ "Basic realm=\"x\", Bearer realm=\"https://a/t\"", "Bearer", "https://a/t", "", "" },
		{ "Bearer realm=\"https://a/t\", Basic realm=\"x\"", "Bearer", "https://a/t", "", "" },
		{ "Bearer realm=\"never closed", "Bearer", "never closed", "", "" },
		{ "Bearer realm=\"a\\", "Bearer", "a\\", "", "" },
		{ "BEARER REALM=\"x\"", "BEARER", "x", "", "" },
	};
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_challenge challenge;
		assert_true(stk_challenge_parse(stk_str_from(t[i].header), &challenge));
		assert_str(challenge.scheme, t[i].scheme);
		assert_str(challenge.service, t[i].service);
		assert_str(challenge.scope, t[i].scope);
		if (*t[i].realm)
			assert_str(challenge.realm, t[i].realm);
	}
}

CASE(no_challenge_we_know)
{
	static const char *const t[] = { "",	       ",,,", "=", "\"", "Negotiate", "Digest realm=\"x\", qop=auth",
					 "realm=\"x\"" };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_challenge challenge;
		if (stk_challenge_parse(stk_str_from(t[i]), &challenge))
			fail_msg("a challenge in: %s", t[i]);
	}
}
