/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Asking a registry what a tag means now (OCI distribution specification 1.1, "Pulling manifests"). Nothing is pulled.
 */

#include "base/arena.h"
#include "base/err.h"
#include "text/reference.h"

/*
 * The digest that the reference's tag ("latest" without one) has in its registry: "sha256:" and 64 digits, of the index
 * where the image is for several platforms. Anonymously, or with what "auths" of Docker's config.json says about the
 * registry; credential helpers are not asked. TLS is needed but for registries on this machine (localhost, 127.*,
 * [::1]). STK_ENOTFOUND: the registry has no such image or does not say so to us; STK_EFORMAT: its answer is no digest.
 */
int stk_registry_digest(struct stk_arena *arena, const struct stk_reference *reference, struct stk_str *digest,
			struct stk_err *err);

/* One challenge of a WWW-Authenticate header, taken apart. Slices of the header; escapes in quotes stay as they are. */
struct stk_challenge {
	struct stk_str scheme, realm, service, scope;
};
/* The Bearer challenge of a header's value, else its Basic one; false when it has neither. */
bool stk_challenge_parse(struct stk_str header, struct stk_challenge *out);
