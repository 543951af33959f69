/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs (the purl specification's canonical form, as used in CycloneDX and SPDX):
 * pkg:type/namespace/name@version?qualifiers. Qualifiers come sorted from the caller.
 */
#include "text/purl.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

/* Letters, digits, ".", "-", "_", "~" and the colon stand for themselves; `keep` may name one more. */
static void add_encoded(struct stk_buf *out, struct stk_str text, char keep)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (stk_is_alnum(c) || c == '.' || c == '-' || c == '_' || c == '~' || c == ':' || c == keep)
			stk_buf_byte(out, c);
		else
			stk_buf_printf(out, "%%%02X", (unsigned char)c);
	}
}

struct stk_str stk_purl_format(struct stk_arena *arena, const struct stk_purl *purl)
{
	STK_BUF out = stk_buf_new(STK_KIB(64));
	char separator = '?';
	stk_buf_add(&out, S("pkg:"));
	stk_buf_add(&out, purl->type);
	stk_buf_byte(&out, '/');
	add_encoded(&out, purl->namespace, '/');
	if (purl->namespace.n)
		stk_buf_byte(&out, '/');
	add_encoded(&out, purl->name, ':');
	if (purl->version.n)
		stk_buf_byte(&out, '@');
	add_encoded(&out, purl->version, ':');
	for (size_t i = 0; i < purl->n_qualifiers; i++) {
		if (!purl->qualifiers[i].value.n)
			continue;
		stk_buf_printf(&out, "%c%s=", separator, purl->qualifiers[i].key);
		add_encoded(&out, purl->qualifiers[i].value, '/');
		separator = '&';
	}
	return stk_arena_str(arena, stk_buf_str(&out));
}
