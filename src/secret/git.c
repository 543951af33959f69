/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Git's object store: loose objects, and packs of version 2 with their deltas (gitformat-pack(5)). Every object is
 * rebuilt once: a pack's deltas form trees below whole objects, which are walked depth first, so that memory holds one
 * chain at a time. Blobs, commits and tags are searched; trees give blobs their names. A secret
 * in several versions of a file is one finding (drop_repeats, stk_secret_git_origins).
 */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "io/digest.h"
#include "io/inflate.h"
#include "secret/history.h"
#include "secret/scan_private.h"
#include "base/banned.h"

enum {
	OBJECT_COMMIT = 1,
	OBJECT_TREE = 2,
	OBJECT_BLOB = 3,
	OBJECT_TAG = 4,
	OBJECT_OFS_DELTA = 6,
	OBJECT_REF_DELTA = 7
};
enum {
	HASH = 20,
	CHAIN = 4096,
	OBJECTS = 2000000,
	ROUNDS = 64,	  /* deltas by name upon deltas by name */
	VERSIONS = 100000 /* findings of one pack that wait for their commits */
};

static const size_t object_limit = STK_MIB(64), chain_limit = STK_MIB(256);

struct object {
	size_t offset, data;	/* in the pack: of its header, of its compressed bytes */
	uint64_t size;		/* inflated */
	size_t base;		/* of a delta by offset */
	struct stk_str base_id; /* of a delta by name */
	uint8_t type;
	uint32_t first_child, next_child; /* + 1 */
	bool visited;
};

struct pack {
	struct stk_secret_scan *scan;	       /* or */
	const struct stk_git_visitor *visitor; /* that sees what is no blob */
	struct stk_arena arena;
	struct stk_str bytes;
	struct {
		struct object *v;
		size_t n, cap;
	} objects;
	struct stk_map by_id; /* 20 bytes -> object + 1, only where deltas by name need it */
	struct stk_map names; /* blob id -> its name in some tree */
	bool need_ids, trees_only;
	size_t held; /* bytes of the chain being rebuilt */
};

static const char *type_name(unsigned type)
{
	static const char *const names[] = { "", "commit", "tree", "blob", "tag" };
	return type < STK_LEN(names) ? names[type] : "";
}

/* Inflates from bytes; *used tells how many went in. NULL on broken or over-large input. The caller frees it. */
static char *inflate_object(struct stk_str bytes, uint64_t size, size_t *used)
{
	if (size > object_limit)
		return NULL;
	char *out = malloc((size_t)size + 1);
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)bytes.p,
		       .avail_in = (unsigned)(bytes.n > UINT32_MAX ? UINT32_MAX : bytes.n),
		       .next_out = (unsigned char *)out,
		       .avail_out = (unsigned)size + 1 };
	if (!out || inflateInit(&z) != Z_OK) {
		free(out);
		return NULL;
	}
	int status = inflate(&z, Z_FINISH);
	*used = z.total_in;
	bool good = status == Z_STREAM_END && z.total_out == size;
	inflateEnd(&z);
	if (good)
		return out;
	free(out);
	return NULL;
}

/* Goes over a compressed object without keeping it. */
static bool skip_object(struct stk_str bytes, size_t *used)
{
	unsigned char out[16384];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)bytes.p,
		       .avail_in = (unsigned)(bytes.n > UINT32_MAX ? UINT32_MAX : bytes.n) };
	int status;
	if (inflateInit(&z) != Z_OK)
		return false;
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		status = inflate(&z, Z_NO_FLUSH);
	} while (status == Z_OK && (z.avail_in || z.avail_out == 0));
	*used = z.total_in;
	inflateEnd(&z);
	return status == Z_STREAM_END;
}

/* SHA-1 of "type size\0content": how git names an object. */
static void object_id(unsigned type, struct stk_str content, uint8_t out[STK_DIGEST_MAX])
{
	STK_BUF head = stk_buf_new(64);
	struct stk_digest digest = { 0 };
	stk_buf_printf(&head, "%s %zu", type_name(type), content.n);
	stk_buf_byte(&head, 0);
	stk_digest_begin(&digest, STK_SHA1);
	stk_digest_add(&digest, stk_buf_str(&head));
	stk_digest_add(&digest, content);
	stk_digest_end(&digest, out);
	stk_digest_free(&digest);
}

/* A little-endian base-128 number, as deltas have their sizes. */
static bool read_size(struct stk_str *rest, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 63; shift += 7) {
		if (!rest->n)
			return false;
		unsigned char c = (unsigned char)rest->p[0];
		*rest = stk_str_slice(*rest, 1, rest->n);
		*out |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			return true;
	}
	return false;
}

/* The bytes of a copy instruction that its low bits announce. */
static bool read_masked(struct stk_str *rest, unsigned mask, unsigned n, uint64_t *out)
{
	*out = 0;
	for (unsigned i = 0; i < n; i++) {
		if (!(mask >> i & 1))
			continue;
		if (!rest->n)
			return false;
		*out |= (uint64_t)(unsigned char)rest->p[0] << (8 * i);
		*rest = stk_str_slice(*rest, 1, rest->n);
	}
	return true;
}

/* Applies a delta; the caller frees what comes out. */
static char *apply_delta(struct stk_str base, struct stk_str delta, size_t *size)
{
	uint64_t base_size, result_size, offset, n;
	if (!read_size(&delta, &base_size) || !read_size(&delta, &result_size) || base_size != base.n ||
	    result_size > object_limit)
		return NULL;
	char *out = malloc((size_t)result_size + 1);
	size_t at = 0;
	while (out && delta.n) {
		unsigned op = (unsigned char)delta.p[0];
		struct stk_str from;
		delta = stk_str_slice(delta, 1, delta.n);
		if (op & 0x80) {
			if (!read_masked(&delta, op, 4, &offset) || !read_masked(&delta, op >> 4, 3, &n))
				break;
			n = n ? n : 0x10000;
			from = offset <= base.n && n <= base.n - offset
				       ? stk_str_slice(base, (size_t)offset, (size_t)(offset + n))
				       : (struct stk_str){ 0 };
		} else {
			n = op;
			from = n && n <= delta.n ? stk_str_slice(delta, 0, (size_t)n) : (struct stk_str){ 0 };
			delta = stk_str_slice(delta, (size_t)(n <= delta.n ? n : delta.n), delta.n);
		}
		if (!from.n || from.n > result_size - at)
			break;
		memcpy(out + at, from.p, from.n);
		at += from.n;
		if (at == result_size && !delta.n) {
			*size = at;
			return out;
		}
	}
	free(out);
	return NULL;
}

/* type and size, then what a delta's base is. */
static bool read_header(const struct pack *pack, size_t offset, struct object *out)
{
	struct stk_str rest = stk_str_slice(pack->bytes, offset, pack->bytes.n - HASH);
	if (!rest.n)
		return false;
	unsigned char c = (unsigned char)rest.p[0];
	uint64_t more = 0;
	*out = (struct object){ .offset = offset, .type = c >> 4 & 7, .size = c & 15 };
	rest = stk_str_slice(rest, 1, rest.n);
	if ((c & 0x80) && (!read_size(&rest, &more) || more > UINT64_MAX >> 8))
		return false;
	out->size |= more << 4;
	if (out->type == OBJECT_OFS_DELTA) {
		uint64_t distance = 0;
		do {
			if (!rest.n || distance > UINT32_MAX)
				return false;
			c = (unsigned char)rest.p[0];
			distance = (distance << 7) + (c & 0x7f) + (c & 0x80 ? 1 : 0);
			rest = stk_str_slice(rest, 1, rest.n);
		} while (c & 0x80);
		if (distance == 0 || distance > offset)
			return false;
		out->base = offset - (size_t)distance;
	} else if (out->type == OBJECT_REF_DELTA) {
		if (rest.n < HASH)
			return false;
		out->base_id = stk_str_slice(rest, 0, HASH);
		rest = stk_str_slice(rest, HASH, rest.n);
	} else if (out->type < OBJECT_COMMIT || out->type > OBJECT_TAG) {
		return false;
	}
	out->data = (size_t)(rest.p - pack->bytes.p);
	return true;
}

/* Headers only, in the pack's order; data is gone over once to find where the next one begins. */
static bool read_objects(struct pack *pack)
{
	const uint8_t *p = (const uint8_t *)pack->bytes.p + 8;
	uint32_t count = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	size_t at = 12, used;
	for (uint32_t i = 0; i < count && i < OBJECTS; i++) {
		struct object object;
		if (!read_header(pack, at, &object) ||
		    !skip_object(stk_str_slice(pack->bytes, object.data, pack->bytes.n), &used))
			return false;
		pack->need_ids |= object.type == OBJECT_REF_DELTA;
		at = object.data + used;
		*STK_PUSH(&pack->arena, &pack->objects) = object;
	}
	return count <= OBJECTS;
}

/* Objects stand in the order of their offsets. */
static struct object *object_at(struct pack *pack, size_t offset)
{
	size_t low = 0, high = pack->objects.n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (pack->objects.v[middle].offset == offset)
			return &pack->objects.v[middle];
		if (pack->objects.v[middle].offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* From the last to the first, so that a base's deltas come in the order of the pack. */
static void link_children(struct pack *pack)
{
	for (size_t i = pack->objects.n; i-- > 0;) {
		struct object *object = &pack->objects.v[i];
		struct object *base = object->type == OBJECT_OFS_DELTA ? object_at(pack, object->base) : NULL;
		if (!base)
			continue;
		object->next_child = base->first_child;
		base->first_child = (uint32_t)i + 1;
	}
}

/* Entries of a tree: "<mode> <name>\0<20 bytes>". */
static void read_tree(struct pack *pack, struct stk_str content)
{
	while (content.n) {
		size_t space = stk_str_find_byte(content, ' '), end = stk_str_find_byte(content, 0);
		if (space == SIZE_MAX || end == SIZE_MAX || space > end || content.n - end - 1 < HASH)
			return;
		struct stk_str id = stk_str_slice(content, end + 1, end + 1 + HASH),
			       name = stk_str_slice(content, space + 1, end);
		if (pack->names.n < OBJECTS && !stk_map_get(&pack->names, id)) {
			struct stk_str *copy = STK_NEW(&pack->arena, struct stk_str, 1);
			*copy = stk_arena_str(&pack->arena, name);
			*stk_map_at(&pack->names, &pack->arena, stk_arena_str(&pack->arena, id)) = copy;
		}
		content = stk_str_slice(content, end + 1 + HASH, content.n);
	}
}

/* "3f2a1b.../settings.py", "commit 3f2a1b...": the id that `git cat-file -p` takes, and a name by which path rules know
   the file. */
static void search_object(struct pack *pack, unsigned type, struct stk_str content)
{
	uint8_t id[STK_DIGEST_MAX];
	STK_ARENA arena = { 0 };
	if (!content.n || !stk_secret_unpacked(pack->scan, content.n))
		return;
	object_id(type, content, id);
	struct stk_str *name = stk_map_get(&pack->names, (struct stk_str){ (const char *)id, HASH });
	struct stk_str hex = stk_hex(&arena, id, HASH);
	struct stk_str label = name && type == OBJECT_BLOB
				       ? stk_arena_printf(&arena, STK_FMT "/" STK_FMT, STK_ARG(hex), STK_ARG(*name))
				       : stk_arena_printf(&arena, "%s " STK_FMT, type_name(type), STK_ARG(hex));
	if (!stk_secret_begin_member(pack->scan, label))
		return;
	stk_secret_piece(pack->scan, content);
	stk_secret_end(pack->scan, true);
}

/* For visitors, who want commits and trees. */
static void show_object(const struct stk_git_visitor *visitor, unsigned type, struct stk_str content)
{
	uint8_t id[STK_DIGEST_MAX];
	if (type != OBJECT_COMMIT && type != OBJECT_TREE)
		return;
	object_id(type, content, id);
	visitor->object(visitor->context, type == OBJECT_COMMIT, (struct stk_str){ (const char *)id, HASH }, content);
}

/* What an object is for in this pass: names, ids, or the search itself. */
static void see(struct pack *pack, size_t index, unsigned type, struct stk_str content)
{
	if (pack->visitor && !pack->trees_only)
		show_object(pack->visitor, type, content);
	else if (pack->trees_only && type == OBJECT_TREE && pack->scan)
		read_tree(pack, content);
	else if (!pack->trees_only && type != OBJECT_TREE)
		search_object(pack, type, content);
	if (!pack->need_ids)
		return;
	uint8_t id[STK_DIGEST_MAX];
	object_id(type, content, id);
	*stk_map_at(&pack->by_id, &pack->arena,
		    stk_arena_str(&pack->arena, (struct stk_str){ (const char *)id, HASH })) =
		(void *)(uintptr_t)(index + 1);
}

static void note_gap(struct pack *pack, const char *why)
{
	if (pack->scan)
		stk_secret_gap(pack->scan, pack->scan->work->top->path, why);
}

static void walk(struct pack *pack, size_t index, unsigned type, struct stk_str content, unsigned depth);

/* A delta against a base that is at hand. Both, and all that is between them and the root, are in memory:
   `held` and the depth bound that. */
static void rebuild(struct pack *pack, size_t index, unsigned type, struct stk_str base, unsigned depth)
{
	struct object *object = &pack->objects.v[index];
	size_t used, size = 0;
	if (object->visited)
		return;
	object->visited = true;
	char *delta = inflate_object(stk_str_slice(pack->bytes, object->data, pack->bytes.n), object->size, &used);
	char *content = delta ? apply_delta(base, (struct stk_str){ delta, (size_t)object->size }, &size) : NULL;
	free(delta);
	if (content && pack->held + size <= chain_limit && depth < CHAIN) {
		pack->held += size;
		walk(pack, index, type, (struct stk_str){ content, size }, depth);
		pack->held -= size;
	} else {
		note_gap(pack, "a git object could not be rebuilt");
	}
	free(content);
}

/* Searches an object, then everything that is a delta against it. */
static void walk(struct pack *pack, size_t index, unsigned type, struct stk_str content, unsigned depth)
{
	see(pack, index, type, content);
	for (uint32_t child = pack->objects.v[index].first_child; child; child = pack->objects.v[child - 1].next_child)
		rebuild(pack, child - 1, type, content, depth + 1);
}

static void walk_whole_objects(struct pack *pack)
{
	/* Deltas hang below the object that they change and are walked with it, so that each
	   base is inflated once. */
	for (size_t i = 0; i < pack->objects.n; i++)
		pack->objects.v[i].visited = false;
	for (size_t i = 0; i < pack->objects.n; i++) {
		struct object *object = &pack->objects.v[i];
		size_t used;
		if (object->type > OBJECT_TAG || (pack->trees_only && !pack->need_ids && object->type != OBJECT_TREE) ||
		    (pack->visitor && !pack->need_ids && object->type == OBJECT_BLOB))
			continue;
		char *content =
			inflate_object(stk_str_slice(pack->bytes, object->data, pack->bytes.n), object->size, &used);
		if (!content) {
			if (!pack->trees_only)
				note_gap(pack, "a git object is broken or larger than 64 MiB");
			continue;
		}
		walk(pack, i, object->type, (struct stk_str){ content, (size_t)object->size }, 0);
		free(content);
	}
}

/* Hangs deltas by name below the objects they name, as far as those are known by now; true when there were any. */
static bool link_by_id(struct pack *pack)
{
	bool any = false;
	for (size_t i = 0; i < pack->objects.n; i++) {
		struct object *object = &pack->objects.v[i];
		if (object->type != OBJECT_REF_DELTA || object->base)
			continue;
		uintptr_t base = (uintptr_t)stk_map_get(&pack->by_id, object->base_id);
		if (!base)
			continue;
		object->base = pack->objects.v[base - 1].offset;
		object->next_child = pack->objects.v[base - 1].first_child;
		pack->objects.v[base - 1].first_child = (uint32_t)i + 1;
		any = true;
	}
	return any;
}

/* A pack has the newest version of a file first: where commits are looked up, all versions stay until the oldest is
 * known, unless a file of thousands of versions has hundreds of secrets. */
static void drop_repeats(struct pack *pack, size_t before)
{
	struct stk_secret_scan *scan = pack->scan;
	if (scan->versions && scan->work->depth == 1 && stk_str_contains(scan->work->top->path, S("objects/pack/")) &&
	    scan->found.n - before <= VERSIONS)
		return;
	struct stk_map seen = { 0 };
	size_t kept = before;
	for (size_t i = before; i < scan->found.n; i++)
		if (stk_map_add(&seen, &pack->arena, scan->found.v[i].fingerprint))
			scan->found.v[kept++] = scan->found.v[i];
	scan->found.n = kept;
}

/* Passes: names of files from the trees; rounds in which deltas by name find their bases; the search. Without
   deltas by name the middle one falls away. */
static void walk_pack(struct pack *pack)
{
	if (!read_objects(pack))
		note_gap(pack, "the git pack is broken: objects behind the fault were not searched");
	link_children(pack);
	pack->trees_only = true;
	if (pack->scan || pack->need_ids)
		walk_whole_objects(pack);
	for (unsigned round = 0; pack->need_ids && round < ROUNDS && link_by_id(pack); round++)
		walk_whole_objects(pack);
	pack->trees_only = pack->need_ids = false;
	walk_whole_objects(pack);
}

bool stk_secret_open_pack(struct stk_secret_scan *scan, struct stk_str bytes)
{
	struct pack pack = { .scan = scan, .bytes = bytes };
	size_t before = scan->found.n;
	if (bytes.n < 12 + HASH)
		return false;
	walk_pack(&pack);
	drop_repeats(&pack, before);
	stk_arena_free(&pack.arena);
	return true;
}

void stk_git_visit_pack(struct stk_str bytes, const struct stk_git_visitor *visitor)
{
	struct pack pack = { .visitor = visitor, .bytes = bytes };
	if (bytes.n < 12 + HASH || !stk_str_starts(bytes, S("PACK")))
		return;
	walk_pack(&pack);
	stk_arena_free(&pack.arena);
}

/* "blob 123\0content", compressed as a whole: the type, or 0. *content lives on the arena. */
static unsigned read_loose(struct stk_arena *arena, struct stk_str bytes, struct stk_str *content)
{
	struct stk_err err;
	if (stk_inflate_zlib(arena, bytes, object_limit, content, &err) < 0)
		return 0;
	struct stk_str head = stk_str_cut(content, 0), word = stk_str_cut(&head, ' ');
	for (unsigned type = OBJECT_COMMIT; type <= OBJECT_TAG; type++)
		if (stk_str_is(word, type_name(type)))
			return type;
	return 0;
}

bool stk_secret_open_object(struct stk_secret_scan *scan, struct stk_str bytes)
{
	STK_ARENA arena = { 0 };
	struct pack pack = { .scan = scan };
	struct stk_str content;
	unsigned type = read_loose(&arena, bytes, &content);
	if (type && type != OBJECT_TREE)
		search_object(&pack, type, content);
	return type != 0;
}

void stk_git_visit_object(struct stk_str bytes, const struct stk_git_visitor *visitor)
{
	STK_ARENA arena = { 0 };
	struct stk_str content;
	unsigned type = read_loose(&arena, bytes, &content);
	if (type)
		show_object(visitor, type, content);
}
