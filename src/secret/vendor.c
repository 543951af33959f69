/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See vendor.h. Lists are searched as text, line by line of "MD5  path": they are looked at for
 * the few files only in which something was found.
 */
#include "secret/vendor.h"

#include <string.h>

#include "base/banned.h"

bool stk_secret_vendor_is_list(struct stk_str path)
{
	return stk_str_ends(path, S(".md5sums")) &&
	       (stk_str_starts(path, S("var/lib/dpkg/info/")) || stk_str_starts(path, S("var/lib/dpkg/status.d/")));
}

void stk_secret_vendor_add(struct stk_secret_vendor *vendor, struct stk_arena *arena, struct stk_str bytes)
{
	*STK_PUSH(arena, &vendor->lists) = stk_arena_str(arena, bytes);
}

/* Lines "<32 hexadecimal digits>  path". With merged /usr the record may say "lib/x" of what stands in "usr/lib/x". */
static bool listed(struct stk_str list, struct stk_str path, const char *hex)
{
	struct stk_str merged = stk_str_strip_prefix(path, S("usr/"));
	for (size_t at = 0; at < list.n;) {
		struct stk_str rest = stk_str_slice(list, at, list.n);
		size_t found = stk_str_find(rest, (struct stk_str){ hex, 32 });
		if (found == SIZE_MAX)
			return false;
		struct stk_str line = stk_str_slice(rest, found + 32, rest.n);
		struct stk_str name = stk_str_trim(stk_str_cut_line(&line));
		if (stk_str_eq(name, path) || stk_str_eq(name, merged))
			return true;
		at += found + 32;
	}
	return false;
}

bool stk_secret_vendor_has(const struct stk_secret_vendor *vendor, struct stk_str path, const struct stk_secret *secret)
{
	static const char digits[] = "0123456789abcdef";
	char hex[33];
	if (!secret->has_md5)
		return false;
	for (size_t i = 0; i < 16; i++) {
		hex[2 * i] = digits[secret->md5[i] >> 4];
		hex[2 * i + 1] = digits[secret->md5[i] & 15];
	}
	for (size_t i = 0; i < vendor->lists.n; i++)
		if (listed(vendor->lists.v[i], path, hex))
			return true;
	return false;
}

void stk_secret_vendor_apply(const struct stk_secret_vendor *vendor, struct stk_str prefix, enum stk_confidence least,
			     struct stk_secret *v, size_t *n, size_t *weaker)
{
	size_t kept = 0;
	for (size_t i = 0; i < *n; i++) {
		struct stk_str path = stk_str_slice(v[i].path, prefix.n, stk_str_find_byte(v[i].path, '!'));
		if (stk_secret_vendor_has(vendor, path, &v[i])) {
			v[i].confidence = STK_CONFIDENCE_LOW;
			v[i].note = S("in an unchanged file of a distribution's package");
		}
		if (v[i].confidence < least)
			*weaker += 1;
		else
			v[kept++] = v[i];
	}
	*n = kept;
}
