/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See digest.h. EVP is used rather than SHA256_Update and its kin, which OpenSSL 3 has deprecated.
 */
#include "io/digest.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

static const struct algorithm {
	const char *name;
	size_t bytes;
} algorithms[] = {
#define X(name, text, bytes) { text, bytes },
	STK_DIGESTS(X)
#undef X
};

/* Fetching walks OpenSSL's providers, so it is done once; an EVP_MD may be shared by threads. */
static const EVP_MD *fetch(enum stk_digest_kind kind)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static EVP_MD *fetched[STK_DIGEST_KINDS];
	pthread_mutex_lock(&lock);
	if (!fetched[kind])
		fetched[kind] = EVP_MD_fetch(NULL, algorithms[kind].name, NULL);
	const EVP_MD *md = fetched[kind];
	pthread_mutex_unlock(&lock);
	if (!md)
		abort(); /* an OpenSSL without SHA-256 is no OpenSSL */
	return md;
}

void stk_digest_begin(struct stk_digest *digest, enum stk_digest_kind kind)
{
	if (!digest->context)
		digest->context = EVP_MD_CTX_new();
	digest->kind = kind;
	if (!digest->context || !EVP_DigestInit_ex2(digest->context, fetch(kind), NULL))
		abort();
}

void stk_digest_add(struct stk_digest *digest, struct stk_str bytes)
{
	assert(digest->context); /* begun, and not freed since */
	if (!EVP_DigestUpdate(digest->context, bytes.p, bytes.n))
		abort();
}

size_t stk_digest_end(struct stk_digest *digest, uint8_t out[static STK_DIGEST_MAX])
{
	unsigned n = 0;
	assert(digest->context);
	if (!EVP_DigestFinal_ex(digest->context, out, &n))
		abort();
	assert(n == algorithms[digest->kind].bytes);
	return n;
}

static struct stk_str text_of(struct stk_arena *arena, enum stk_digest_kind kind, const uint8_t *raw, size_t n)
{
	return stk_arena_printf(arena, "%s:" STK_FMT, algorithms[kind].name, STK_ARG(stk_hex(arena, raw, n)));
}

struct stk_str stk_digest_end_text(struct stk_digest *digest, struct stk_arena *arena)
{
	uint8_t raw[STK_DIGEST_MAX];
	size_t n = stk_digest_end(digest, raw);
	return text_of(arena, digest->kind, raw, n);
}

void stk_digest_free(struct stk_digest *digest)
{
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
}

size_t stk_digest_of(enum stk_digest_kind kind, struct stk_str bytes, uint8_t out[static STK_DIGEST_MAX])
{
	struct stk_digest digest = { 0 };
	stk_digest_begin(&digest, kind);
	stk_digest_add(&digest, bytes);
	size_t n = stk_digest_end(&digest, out);
	stk_digest_free(&digest);
	return n;
}

struct stk_str stk_digest_text(struct stk_arena *arena, enum stk_digest_kind kind, struct stk_str bytes)
{
	uint8_t raw[STK_DIGEST_MAX];
	size_t n = stk_digest_of(kind, bytes, raw);
	return text_of(arena, kind, raw, n);
}

struct stk_str stk_hex(struct stk_arena *arena, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *in = bytes;
	char *out = stk_arena_alloc(arena, n * 2 + 1, 1);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	return (struct stk_str){ out, n * 2 };
}

bool stk_digest_parse(struct stk_str text, enum stk_digest_kind *kind, struct stk_str *hex)
{
	struct stk_str rest = text, name = stk_str_cut(&rest, ':');
	/* OCI's image-spec registers these two; whatever else has a colon in it is not ours to
	   trust. */
	for (unsigned i = STK_SHA256; i <= STK_SHA512; i++) {
		if (!stk_str_is(name, algorithms[i].name) || rest.n != 2 * algorithms[i].bytes)
			continue;
		for (size_t k = 0; k < rest.n; k++)
			/* Upper-case digits are refused, as image-spec does: one digest has one
			   spelling. */
			if (!stk_is_digit(rest.p[k]) && (rest.p[k] < 'a' || rest.p[k] > 'f'))
				return false;
		*kind = i;
		*hex = rest;
		return true;
	}
	return false;
}
