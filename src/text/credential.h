/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Does the name of a variable, or its value, look like a credential? Shared by the rules for
 * Dockerfiles, Compose files and images, which must agree: one variable may pass through all of
 * them. Cheap and without a database; finding secrets in any text is src/secret's business.
 *
 * Three verdicts about names, because two tools are followed to the letter (so that a team that
 * changes over sees no new or missing findings) and our own rules want fewer false alarms.
 */

#include "base/str.h"

/* BuildKit's SecretsUsedInArgOrEnv: a word between underscores is apikey, auth, credential(s), key, password, pword,
   passwd, secret or token, and none is public, file or version. Case is folded. */
bool stk_credential_name_buildkit(struct stk_str name);
/* Trivy's DS-0031: the same with usr and psw, only "public" excuses; or one of its list of well-known names, also
   behind VITE_ or REACT_APP_. */
bool stk_credential_name_trivy(struct stk_str name);
/* What we hold: one of both says so, or the name ends in a word such as pass, pwd, apitoken; and it does not name a
   file, a path, an address, a version, an id of a public key or a setting about credentials (AUTH_ENABLED, TOKEN_TTL,
   KEY_SIZE). */
bool stk_credential_name(struct stk_str name);

/* Certain values are reported wherever they stand; possible ones only behind a name that says
   credential. */
enum stk_credential_value {
	STK_VALUE_NONE,	    /* empty, a variable, a placeholder, true, false, a path */
	STK_VALUE_POSSIBLE, /* a literal that could be one */
	STK_VALUE_CERTAIN,  /* has a form that only credentials have: AKIA..., ghp_..., a private key,
			       https://user:password@host */
};
/* Judges a literal value. `kind` (may be NULL) gets what a certain one is: "an AWS access key". */
enum stk_credential_value stk_credential_value(struct stk_str value, const char **kind);

/* The same for what only STK_VALUE_CERTAIN matters to: cheaper. */
bool stk_credential_certain(struct stk_str value, const char **kind);

/* Is the base name that of a file that holds credentials: .env, id_rsa, *.pem, .npmrc, .netrc, credentials.json ...?
 * `kind` as above. */
bool stk_credential_file(struct stk_str path, const char **kind);
