/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Message digests over OpenSSL: algorithms are fetched once a process, a context is reused. For
 * names by content (OCI digests, cache files, docker contexts) and for identifying known files;
 * no passwords, no signatures.
 *
 * A digest belongs to one thread; several may be at work in several threads. A failure of
 * OpenSSL itself ends the process, since nothing that is reported could be trusted then.
 */

#include "base/arena.h"
#include "base/err.h"

/* Name, OpenSSL's and OCI's name, bytes of the result. MD5 and SHA-1 only because package
   databases and git write them. */
#define STK_DIGESTS(X)                                                                                                 \
	X(SHA256, "sha256", 32)                                                                                        \
	X(SHA512, "sha512", 64)                                                                                        \
	X(SHA1, "sha1", 20)                                                                                            \
	X(MD5, "md5", 16)

enum stk_digest_kind {
#define X(name, text, bytes) STK_##name,
	STK_DIGESTS(X)
#undef X
		STK_DIGEST_KINDS,
};

enum { STK_DIGEST_MAX = 64 }; /* bytes of the longest */

/* Zeroed: no context yet. After stk_digest_end the struct can be begun again; stk_digest_free
   lets the context go. */
struct stk_digest {
	void *context; /* EVP_MD_CTX */
	enum stk_digest_kind kind;
};

/* Starts a digest; may be called again on the same struct to start anew, with another algorithm
   too. Zeroed structs are valid. */
void stk_digest_begin(struct stk_digest *digest, enum stk_digest_kind kind);
/* Feeds the next bytes, between begin and end. */
void stk_digest_add(struct stk_digest *digest, struct stk_str bytes);
/* The raw bytes; returns how many. */
size_t stk_digest_end(struct stk_digest *digest, uint8_t out[static STK_DIGEST_MAX]);
/* "sha256:<hex>", as OCI writes digests. */
struct stk_str stk_digest_end_text(struct stk_digest *digest, struct stk_arena *arena);
/* Frees the context; a zeroed struct is fine. */
void stk_digest_free(struct stk_digest *digest);

/* All at once: the raw bytes of one text; returns how many. */
size_t stk_digest_of(enum stk_digest_kind kind, struct stk_str bytes, uint8_t out[static STK_DIGEST_MAX]);
/* All at once, as "sha256:<hex>". */
struct stk_str stk_digest_text(struct stk_arena *arena, enum stk_digest_kind kind, struct stk_str bytes);
/* Lower-case hexadecimal. */
struct stk_str stk_hex(struct stk_arena *arena, const void *bytes, size_t n);

/* Takes an OCI digest apart: "sha256" or "sha512", a colon, and exactly as many lower-case hexadecimal digits as the
   algorithm gives. False for everything else, so that a digest that passes is safe in a path. */
bool stk_digest_parse(struct stk_str text, enum stk_digest_kind *kind, struct stk_str *hex);
