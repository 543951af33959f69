/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's package header as its databases store it: two big-endian counts, an index of {tag, type, offset, count}
 * entries, and a store of data that the entries point into. Region entries only mark what was signed, so they need no
 * treatment here.
 */
#include "package/rpm.h"

#include <string.h>
#include "base/banned.h"

enum { HEAD = 8, ENTRY = 16, MAX_ENTRIES = 0xffff };

/* Numbers from rpm's rpmtag.h. */
enum tag {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_VENDOR = 1011,
	TAG_LICENSE = 1014,
	TAG_ARCHITECTURE = 1022,
	TAG_SOURCE_RPM = 1044,
	TAG_MODULARITY = 5096,
};

enum type { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8, TYPE_TRANSLATED = 9 };

struct header {
	struct stk_str index, store;
};

uint32_t stk_be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

uint32_t stk_le32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint32_t)u[3] << 24 | (uint32_t)u[2] << 16 | (uint32_t)u[1] << 8 | u[0];
}

/* The two parts of a header. Everything behind works on slices, so that no offset has to be trusted. */
static bool open_header(struct stk_str blob, struct header *out)
{
	if (blob.n < HEAD)
		return false;
	uint64_t entries = stk_be32(blob.p), data = stk_be32(blob.p + 4);
	/* The sum is of 64-bit numbers made from 32-bit ones: it cannot wrap. */
	if (entries > MAX_ENTRIES || HEAD + entries * ENTRY + data > blob.n)
		return false;
	size_t store = HEAD + (size_t)entries * ENTRY;
	out->index = stk_str_slice(blob, HEAD, store);
	out->store = stk_str_slice(blob, store, store + (size_t)data);
	return true;
}

/* The entry with this tag: its type, and the store from where its data begins. */
static bool find(const struct header *h, enum tag tag, uint32_t *type, struct stk_str *data)
{
	for (size_t i = 0; i + ENTRY <= h->index.n; i += ENTRY) {
		const char *entry = h->index.p + i;
		if (stk_be32(entry) != (uint32_t)tag)
			continue;
		*type = stk_be32(entry + 4);
		/* An offset outside gives an empty slice, which the return value refuses. */
		*data = stk_str_slice(h->store, stk_be32(entry + 8), h->store.n);
		return stk_be32(entry + 12) > 0 && data->n;
	}
	return false;
}

/* A string, or the first of several; empty when the entry is absent or not ended by a NUL byte. */
static struct stk_str string(struct stk_arena *arena, const struct header *h, enum tag tag)
{
	uint32_t type;
	struct stk_str data;
	if (!find(h, tag, &type, &data) || (type != TYPE_STRING && type != TYPE_STRINGS && type != TYPE_TRANSLATED))
		return (struct stk_str){ 0 };
	size_t end = stk_str_find_byte(data, '\0');
	if (end == SIZE_MAX)
		return (struct stk_str){ 0 };
	struct stk_str text = stk_str_slice(data, 0, end);
	/* What rpm itself writes where a field is missing. */
	return stk_str_is(text, "(none)") ? (struct stk_str){ 0 } : stk_arena_str(arena, text);
}

/* 0 where it is absent or of another type. */
static uint32_t number(const struct header *h, enum tag tag)
{
	uint32_t type;
	struct stk_str data;
	return find(h, tag, &type, &data) && type == TYPE_INT32 && data.n >= 4 ? stk_be32(data.p) : 0;
}

static struct stk_str with_epoch(struct stk_arena *arena, struct stk_str epoch, struct stk_str version)
{
	if (!epoch.n || stk_str_is(epoch, "0"))
		return version;
	return stk_arena_printf(arena, STK_FMT ":" STK_FMT, STK_ARG(epoch), STK_ARG(version));
}

/* "bash-5.1.8-6.el9.src.rpm". The file's name has no epoch: sources and what is built from them nearly always share it.
 */
void stk_rpm_fill_versions(struct stk_arena *arena, struct stk_package *package, struct stk_str epoch,
			   struct stk_str version, struct stk_str source)
{
	struct stk_str name = stk_str_strip_suffix(stk_str_strip_suffix(source, S(".src.rpm")), S(".nosrc.rpm"));
	size_t release = stk_str_rfind_byte(name, '-');
	size_t before = stk_str_rfind_byte(stk_str_slice(name, 0, release == SIZE_MAX ? 0 : release), '-');
	bool stated = before != SIZE_MAX && before > 0;
	package->version = with_epoch(arena, epoch, version);
	package->source_name = stated ? stk_str_slice(name, 0, before) : package->name;
	package->source_version =
		stated ? with_epoch(arena, epoch, stk_str_slice(name, before + 1, name.n)) : package->version;
}

/* rpm writes and compares them together. */
static struct stk_str version_release(struct stk_arena *arena, const struct header *h)
{
	struct stk_str version = string(arena, h, TAG_VERSION), release = string(arena, h, TAG_RELEASE);
	return version.n && release.n ? stk_arena_printf(arena, STK_FMT "-" STK_FMT, STK_ARG(version), STK_ARG(release))
				      : version;
}

bool stk_rpm_header(struct stk_arena *arena, struct stk_str blob, struct stk_package *out)
{
	struct header h;
	if (!open_header(blob, &h))
		return false;
	struct stk_str version = version_release(arena, &h), epoch = { 0 };
	if (number(&h, TAG_EPOCH))
		epoch = stk_arena_printf(arena, "%u", number(&h, TAG_EPOCH));
	*out = (struct stk_package){
		.name = string(arena, &h, TAG_NAME),
		.ecosystem = S("rpm"),
		.architecture = string(arena, &h, TAG_ARCHITECTURE),
		.license = string(arena, &h, TAG_LICENSE),
		.maintainer = string(arena, &h, TAG_VENDOR),
		.modularity = string(arena, &h, TAG_MODULARITY),
	};
	if (!out->name.n || !version.n)
		return false;
	stk_rpm_fill_versions(arena, out, epoch, version, string(arena, &h, TAG_SOURCE_RPM));
	return true;
}
