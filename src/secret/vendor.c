/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See vendor.h. Lists are searched as text, line by line of "MD5  path": they are looked at for
 * the few files only in which something was found.
 */
#include "secret/vendor.h"

#include "io/digest.h"
#include "text/base64.h"

#include "base/banned.h"

typedef bool lists(const struct stk_secret_record *record, struct stk_str path, const struct stk_secret_digests *d);

struct stk_secret_record {
	lists *lists;
	struct stk_str folder; /* that the record's paths start from, with its slash; or empty */
	struct stk_str text;
};

/* The line of the text that byte `at` stands in. */
static struct stk_str line_at(struct stk_str text, size_t at)
{
	size_t begin = at;
	while (begin > 0 && text.p[begin - 1] != '\n')
		begin--;
	struct stk_str rest = stk_str_slice(text, begin, text.n);
	return stk_str_cut_line(&rest);
}

/* The place of the next occurrence from *at on; moves *at behind it. SIZE_MAX: none. */
static size_t next(struct stk_str text, struct stk_str word, size_t *at)
{
	size_t found = stk_str_find(stk_str_slice(text, *at, text.n), word);
	size_t place = found == SIZE_MAX ? SIZE_MAX : *at + found;
	*at = found == SIZE_MAX ? text.n : place + word.n;
	return place;
}

/* Lines "<32 hexadecimal digits>  path". With merged /usr the record may say "lib/x" of what stands in "usr/lib/x". */
static bool dpkg_lists(const struct stk_secret_record *record, struct stk_str path, const struct stk_secret_digests *d)
{
	STK_ARENA arena = { 0 };
	struct stk_str hex = stk_hex(&arena, d->md5, sizeof(d->md5)), merged = stk_str_strip_prefix(path, S("usr/"));
	for (size_t at = 0, found; (found = next(record->text, hex, &at)) != SIZE_MAX;) {
		struct stk_str rest = stk_str_slice(record->text, at, record->text.n);
		struct stk_str name = stk_str_trim(stk_str_cut_line(&rest));
		if (stk_str_eq(name, path) || stk_str_eq(name, merged))
			return true;
	}
	return false;
}

/* Lines "path,sha256=<base64 of the URL alphabet without padding>,size", paths from the folder that the wheel was
 * installed in; those with a comma stand in quotes. */
static bool wheel_lists(const struct stk_secret_record *record, struct stk_str path, const struct stk_secret_digests *d)
{
	STK_BUF sum = stk_buf_new(128);
	stk_buf_add(&sum, S(",sha256="));
	stk_base64_encode(&sum, d->sha256, sizeof(d->sha256), true);
	struct stk_str name = stk_str_strip_prefix(path, record->folder);
	if (stk_str_contains(record->text, S(".dist-info/direct_url.json,")) || (record->folder.n && name.n == path.n))
		return false;
	for (size_t at = 0, found; (found = next(record->text, stk_buf_str(&sum), &at)) != SIZE_MAX;) {
		struct stk_str line = line_at(record->text, found);
		struct stk_str listed = stk_str_slice(line, 0, (size_t)(record->text.p + found - line.p));
		listed = stk_str_strip_suffix(stk_str_strip_prefix(listed, S("\"")), S("\""));
		if (stk_str_eq(listed, name))
			return true;
	}
	return false;
}

/* The last line before byte `at` that starts with this letter and a colon, without them. */
static struct stk_str field_before(struct stk_str text, size_t at, char letter)
{
	while (at > 0) {
		struct stk_str line = line_at(text, at - 1);
		at = (size_t)(line.p - text.p);
		if (line.n >= 2 && line.p[0] == letter && line.p[1] == ':')
			return stk_str_slice(line, 2, line.n);
		if (!line.n)
			break; /* another package's */
	}
	return (struct stk_str){ 0 };
}

/* F:folder, R:file, Z:Q1<base64 of a SHA-1>, a line each. */
static bool apk_lists(const struct stk_secret_record *record, struct stk_str path, const struct stk_secret_digests *d)
{
	STK_ARENA arena = { 0 };
	STK_BUF sum = stk_buf_new(128);
	stk_buf_add(&sum, S("\nZ:Q1"));
	stk_base64_encode(&sum, d->sha1, sizeof(d->sha1), false);
	for (size_t at = 0, found; (found = next(record->text, stk_buf_str(&sum), &at)) != SIZE_MAX;) {
		struct stk_str folder = field_before(record->text, found, 'F');
		struct stk_str name = field_before(record->text, found, 'R');
		if (stk_str_eq(stk_arena_printf(&arena, STK_FMT "%s" STK_FMT, STK_ARG(folder), folder.n ? "/" : "",
						STK_ARG(name)),
			       path))
			return true;
	}
	return false;
}

/* Reads records such as the one at this path, or NULL; *folder: how much of the path their own paths start from. */
static lists *kind_of(struct stk_str path, size_t *folder)
{
	static const struct {
		const char *start, *end;
		lists *lists;
	} kinds[] = {
		{ "var/lib/dpkg/info/", ".md5sums", dpkg_lists },
		{ "var/lib/dpkg/status.d/", ".md5sums", dpkg_lists },
		{ "lib/apk/db/", "installed", apk_lists },
		{ "usr/lib/apk/db/", "installed", apk_lists },
	};
	*folder = 0;
	for (size_t i = 0; i < STK_LEN(kinds); i++)
		if (stk_str_starts(path, stk_str_from(kinds[i].start)) &&
		    stk_str_ends(path, stk_str_from(kinds[i].end)))
			return kinds[i].lists;
	if (!stk_str_ends(path, S(".dist-info/RECORD")))
		return NULL;
	size_t slash = stk_str_rfind_byte(stk_str_strip_suffix(path, S("/RECORD")), '/');
	*folder = slash == SIZE_MAX ? 0 : slash + 1;
	return wheel_lists;
}

bool stk_secret_vendor_is_list(struct stk_str path)
{
	size_t folder;
	return kind_of(path, &folder) != NULL;
}

void stk_secret_vendor_add(struct stk_secret_vendor *vendor, struct stk_arena *arena, struct stk_str path,
			   struct stk_str bytes)
{
	size_t folder;
	lists *kind = kind_of(path, &folder);
	if (kind)
		*STK_PUSH(arena, &vendor->records) =
			(struct stk_secret_record){ .lists = kind,
						    .folder = stk_arena_str(arena, stk_str_slice(path, 0, folder)),
						    .text = stk_arena_str(arena, bytes) };
}

bool stk_secret_vendor_has(const struct stk_secret_vendor *vendor, struct stk_str path, const struct stk_secret *secret)
{
	for (size_t i = 0; secret->digests.known && i < vendor->records.n; i++)
		if (vendor->records.v[i].lists(&vendor->records.v[i], path, &secret->digests))
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
			v[i].note = S("in an unchanged file of an installed package");
		}
		if (v[i].confidence < least)
			*weaker += 1;
		else
			v[kept++] = v[i];
	}
	*n = kept;
}
