/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pax extended headers (POSIX.1-2001, "pax Extended Header"): records "LENGTH KEY=VALUE\n",
 * where the length counts the whole record, its own digits included. Values may hold anything,
 * NUL and newlines too, so the length is what is believed, after it has been checked.
 */
#include <string.h>

#include "base/limits.h"
#include "io/tar_private.h"
#include "base/banned.h"

void stk_pax_init(struct stk_pax *pax)
{
	*pax = (struct stk_pax){ 0 };
	struct stk_buf *const texts[] = { &pax->path, &pax->link, &pax->capability, &pax->sparse_name,
					  &pax->sparse_map };
	for (size_t i = 0; i < STK_LEN(texts); i++)
		*texts[i] = stk_buf_new(STK_LIMIT_TAR_META);
}

void stk_pax_free(struct stk_pax *pax)
{
	struct stk_buf *const texts[] = { &pax->path, &pax->link, &pax->capability, &pax->sparse_name,
					  &pax->sparse_map };
	for (size_t i = 0; i < STK_LEN(texts); i++)
		stk_buf_free(texts[i]);
}

/* Where a key's text is kept; NULL for keys that are numbers. */
static struct stk_buf *text_of(struct stk_pax *pax, enum stk_pax_key key)
{
	switch (key) {
	case STK_PAX_PATH:
		return &pax->path;
	case STK_PAX_LINK:
		return &pax->link;
	case STK_PAX_CAPABILITY:
		return &pax->capability;
	case STK_PAX_SPARSE_NAME:
		return &pax->sparse_name;
	default:
		return NULL;
	}
}

void stk_pax_set(struct stk_pax *pax, enum stk_pax_key key, struct stk_str value)
{
	struct stk_buf *text = text_of(pax, key);
	stk_buf_clear(text);
	stk_buf_add(text, value);
	pax->has[key] = true;
}

/* A local value wins over a global one, and an empty local one hides it. */
static void inherit(struct stk_pax *pax, const struct stk_pax *globals, enum stk_pax_key key)
{
	if (pax->has[key] || pax->hidden[key] || !globals->has[key])
		return;
	struct stk_buf *text = text_of(pax, key);
	if (text) {
		/* text_of takes no const, and what it gives is only read. */
		stk_pax_set(pax, key, stk_buf_str(text_of((struct stk_pax *)(uintptr_t)globals, key)));
		return;
	}
	pax->has[key] = true;
	switch (key) {
	case STK_PAX_SIZE:
		pax->size = globals->size;
		break;
	case STK_PAX_UID:
		pax->uid = globals->uid;
		break;
	case STK_PAX_GID:
		pax->gid = globals->gid;
		break;
	default:
		pax->mtime = globals->mtime;
	}
}

void stk_pax_start(struct stk_pax *pax, const struct stk_pax *globals)
{
	if (globals) {
		for (unsigned key = 0; key < STK_PAX_KEYS; key++)
			inherit(pax, globals, key);
		return;
	}
	memset(pax->has, 0, sizeof(pax->has));
	memset(pax->hidden, 0, sizeof(pax->hidden));
	pax->sparse = pax->sparse_sized = false;
	pax->sparse_major = pax->sparse_minor = pax->sparse_real_size = 0;
	stk_buf_clear(&pax->sparse_map);
}

/* A decimal number with an optional fraction, which is dropped towards the past. */
static bool parse_time(struct stk_str value, int64_t *out)
{
	struct stk_str fraction = value, whole = stk_str_cut(&fraction, '.');
	if (!stk_str_i64(whole, out))
		return false;
	if (stk_str_starts(whole, S("-")) && stk_str_trim(fraction).n && *out > INT64_MIN)
		*out -= 1;
	return true;
}

/* Numbers above INT64_MAX are refused here, so that later sums of two of them cannot wrap. key
   == STK_PAX_KEYS: a number of the sparse family, which has no `has`. */
static int take_number(struct stk_pax *pax, enum stk_pax_key key, uint64_t *place, struct stk_str name,
		       struct stk_str value, struct stk_err *err)
{
	if (!stk_str_u64(value, 10, place) || *place > INT64_MAX)
		return stk_fail(err, STK_EFORMAT, STK_FMT " is no number: \"" STK_FMT "\"", STK_ARG(name),
				STK_ARG(stk_str_slice(value, 0, 40)));
	if (key < STK_PAX_KEYS)
		pax->has[key] = true;
	return 0;
}

/* GNU.sparse.*: 0.0 writes offset and numbytes record by record, 0.1 one "map" with commas;
   both end up in the same list. 1.0 says major=1 and puts its map in front of the data. */
static int take_sparse(struct stk_pax *pax, struct stk_str key, struct stk_str value, struct stk_err *err)
{
	struct stk_str name = stk_str_strip_prefix(key, S("GNU.sparse."));
	pax->sparse = true;
	if (stk_str_is(name, "name")) {
		stk_pax_set(pax, STK_PAX_SPARSE_NAME, value);
	} else if (stk_str_is(name, "offset") || stk_str_is(name, "numbytes") || stk_str_is(name, "map")) {
		if (pax->sparse_map.n)
			stk_buf_byte(&pax->sparse_map, ',');
		stk_buf_add(&pax->sparse_map, value);
	} else if (stk_str_is(name, "size") || stk_str_is(name, "realsize")) {
		pax->sparse_sized = true;
		return take_number(pax, STK_PAX_KEYS, &pax->sparse_real_size, key, value, err);
	} else if (stk_str_is(name, "major") || stk_str_is(name, "minor")) {
		return take_number(pax, STK_PAX_KEYS,
				   stk_str_is(name, "major") ? &pax->sparse_major : &pax->sparse_minor, key, value,
				   err);
	}
	return 0;
}

/* The keys that matter for what a file is and may do. Unknown ones, and SCHILY.xattr of other
   attributes, are passed over. */
static int take_record(struct stk_pax *pax, struct stk_str key, struct stk_str value, struct stk_err *err)
{
	static const struct {
		const char *name;
		enum stk_pax_key key;
	} keys[] = {
		{ "path", STK_PAX_PATH },
		{ "linkpath", STK_PAX_LINK },
		{ "size", STK_PAX_SIZE },
		{ "uid", STK_PAX_UID },
		{ "gid", STK_PAX_GID },
		{ "mtime", STK_PAX_MTIME },
		{ "SCHILY.xattr.security.capability", STK_PAX_CAPABILITY },
	};
	if (stk_str_starts(key, S("GNU.sparse.")))
		return take_sparse(pax, key, value, err);
	for (size_t i = 0; i < STK_LEN(keys); i++) {
		if (!stk_str_is(key, keys[i].name))
			continue;
		pax->hidden[keys[i].key] = !value.n; /* an empty value takes an earlier one back */
		if (!value.n) {
			pax->has[keys[i].key] = false;
			return 0;
		}
		if (text_of(pax, keys[i].key)) {
			stk_pax_set(pax, keys[i].key, value);
			return 0;
		}
		if (keys[i].key == STK_PAX_MTIME) {
			pax->has[STK_PAX_MTIME] = parse_time(value, &pax->mtime);
			return 0;
		}
		uint64_t *place = keys[i].key == STK_PAX_SIZE  ? &pax->size
				  : keys[i].key == STK_PAX_UID ? &pax->uid
							       : &pax->gid;
		return take_number(pax, keys[i].key, place, key, value, err);
	}
	return 0;
}

int stk_pax_parse(struct stk_pax *pax, struct stk_str text, struct stk_err *err)
{
	while (text.n) {
		uint64_t length;
		size_t space = stk_str_find_byte(text, ' ');
		/* Twenty digits hold any 64-bit length. The shortest record is "5 a=\n": a
		   length that leaves no room for "=" and the newline is broken. */
		if (space > 20 || !stk_str_u64(stk_str_slice(text, 0, space), 10, &length) || length > text.n ||
		    length < space + 3 || text.p[length - 1] != '\n')
			return stk_fail(err, STK_EFORMAT, "broken record length");
		struct stk_str value = stk_str_slice(text, space + 1, (size_t)length - 1),
			       key = stk_str_cut(&value, '=');
		if (take_record(pax, key, value, err) < 0)
			return -1;
		text = stk_str_slice(text, (size_t)length, SIZE_MAX);
	}
	return 0;
}
