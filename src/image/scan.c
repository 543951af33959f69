/* SPDX-License-Identifier: Apache-2.0 */
/* The scan: layers from the base up, their entries through whiteouts and tree to the visitors. OCI image-spec 1.1,
 * layer.md. */
#include "image/scan.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "image/scanner.h"
#include "base/banned.h"

/* A hostile image could make a gap an entry; what is beyond a thousand adds nothing to
   "incomplete". */
enum { MOST_GAPS = 1000 };

void stk_scan_add_gap(struct stk_scan *scan, struct stk_str what, const char *why)
{
	if (scan->gaps.n >= MOST_GAPS)
		return;
	struct stk_scan_gap *gap = STK_PUSH(scan->arena, &scan->gaps);
	gap->what = stk_arena_str(scan->arena, what);
	gap->why = stk_arena_str(scan->arena, stk_str_from(why));
}

struct stk_str stk_scanner_place(struct stk_scanner *s, struct stk_str path)
{
	if (!s->whiteouts)
		return stk_arena_str(s->arena, path.n ? path : s->image->name);
	return stk_arena_printf(s->arena, "layer %d%s" STK_FMT, s->layer->index, path.n ? ", " : "", STK_ARG(path));
}

static void add_gap(struct stk_scanner *s, struct stk_str path, const char *why)
{
	if (s->scan->gaps.n < MOST_GAPS)
		stk_scan_add_gap(s->scan, stk_scanner_place(s, path), why);
}

struct stk_entry *stk_scan_keep_late(struct stk_scan *scan, const struct stk_entry *entry)
{
	struct stk_scanner *s = scan->scanner;
	struct stk_entry *kept = stk_tree_keep(s->tree, entry);
	if (kept)
		return kept;
	/* The tree is full, which is a gap by the end; the visitor still gets its copy. */
	kept = STK_NEW(s->arena, struct stk_entry, 1);
	*kept = *entry;
	kept->path = stk_arena_str(s->arena, entry->path);
	kept->link = stk_arena_str(s->arena, entry->link);
	kept->capability = stk_arena_str(s->arena, entry->capability);
	return kept;
}

struct stk_entry *stk_scan_keep(struct stk_scan *scan, const struct stk_entry *entry)
{
	struct stk_scanner *s = scan->scanner;
	if (!s->kept || entry != s->current)
		s->kept = stk_scan_keep_late(scan, entry);
	return s->kept;
}

const struct stk_entry *stk_scan_find(const struct stk_scan *scan, struct stk_str path)
{
	return stk_tree_find(scan->tree, path);
}

static int compare_paths(const void *a, const void *b)
{
	return stk_str_compare((*(const struct stk_entry *const *)a)->path,
			       (*(const struct stk_entry *const *)b)->path);
}

void stk_scan_walk(const struct stk_scan *scan, void (*visit)(void *context, const struct stk_entry *entry),
		   void *context)
{
	STK_ARENA arena = { 0 };
	struct {
		const struct stk_entry **v;
		size_t n, cap;
	} all = { 0 };
	for (const struct stk_node *node = stk_tree_first(scan->tree); node; node = stk_tree_after(node))
		if (node->live && node->entry)
			*STK_PUSH(&arena, &all) = node->entry;
	if (all.n)
		qsort(all.v, all.n, sizeof(*all.v), compare_paths);
	for (size_t i = 0; i < all.n; i++)
		visit(context, all.v[i]);
}

/* Reads blocks until all is there: in place when the first holds everything. */
static int gather(struct stk_scanner *s, const struct stk_entry *entry, uint32_t whole, uint32_t blocks,
		  struct stk_contents *contents, struct stk_str *all, struct stk_err *err)
{
	struct stk_str block;
	uint64_t offset = 0;
	int more;
	*all = S("");
	stk_buf_clear(&s->whole);
	while ((more = contents->next(contents, &block, err)) > 0) {
		for (size_t i = 0; blocks && i < s->n_visitors; i++)
			if (blocks >> i & 1 && s->visitors[i].block)
				s->visitors[i].block(s->visitors[i].context, s->scan, entry, offset, block);
		/* Files smaller than a block, which most are, are not copied. */
		if (whole && offset == 0 && block.n == entry->size)
			*all = block;
		else if (whole)
			stk_buf_add(&s->whole, block);
		offset += block.n;
	}
	if (!all->n)
		*all = stk_buf_str(&s->whole);
	return more;
}

/* Hands the contents to all who asked, in one reading. A file too large to be kept whole is a
   gap, but those who read in blocks still get all of it. */
int stk_scanner_deliver(struct stk_scanner *s, const struct stk_entry *entry, uint32_t whole, uint32_t blocks,
			struct stk_contents *contents, struct stk_err *err)
{
	enum { WORTH_KEEPING = 8 << 20 };
	_Static_assert(STK_MOST_VISITORS <= 32, "a bit for each visitor");
	struct stk_str all;
	int failed = gather(s, entry, whole, blocks, contents, &all, err);
	if (!failed && s->whole.overflow)
		add_gap(s, entry->path, "too large to be looked at in one piece");
	for (size_t i = 0; i < s->n_visitors; i++) {
		const struct stk_visitor *v = &s->visitors[i];
		if (whole >> i & 1 && v->whole && !failed && !s->whole.overflow)
			v->whole(v->context, s->scan, entry, all);
		if (blocks >> i & 1 && v->done)
			v->done(v->context, s->scan, entry, !failed);
	}
	if (s->whole.cap > WORTH_KEEPING)
		stk_buf_free(&s->whole);
	return failed;
}

bool stk_scanner_fits(struct stk_scanner *s, const struct stk_visitor *visitor, const struct stk_entry *entry)
{
	uint64_t limit = visitor->limit ? visitor->limit : STK_LIMIT_WHOLE_FILE;
	if (entry->size > limit)
		add_gap(s, entry->path, "too large to be looked at in one piece");
	return entry->size <= limit;
}

/* One bit a visitor, in two sets: who wants the file whole, who in blocks. */
static void ask(struct stk_scanner *s, const struct stk_entry *entry, uint32_t *whole, uint32_t *blocks)
{
	for (size_t i = 0; i < s->n_visitors; i++) {
		const struct stk_visitor *v = &s->visitors[i];
		enum stk_want want = v->wants(v->context, s->scan, entry);
		if (want == STK_WANT_WHOLE && (entry->type != STK_TAR_FILE || stk_scanner_fits(s, v, entry)))
			*whole |= 1U << i;
		else if (want == STK_WANT_BLOCKS)
			*blocks |= 1U << i;
	}
}

static int visit_entry(struct stk_scanner *s, const struct stk_entry *entry, struct stk_contents *contents,
		       struct stk_err *err)
{
	uint32_t whole = 0, blocks = 0;
	assert(!s->current); /* entries do not nest */
	s->current = entry;
	s->kept = NULL;
	if (s->options && s->options->keep_all)
		stk_scan_keep(s->scan, entry);
	ask(s, entry, &whole, &blocks);
	int failed = 0;
	if (entry->type == STK_TAR_FILE && (whole || blocks))
		failed = stk_scanner_deliver(s, entry, whole, blocks, contents, err);
	else if (entry->type == STK_TAR_HARDLINK && (whole || blocks))
		*STK_PUSH(s->arena, &s->links) = (struct stk_wanted_link){
			.entry = stk_scan_keep(s->scan, entry),
			.target = stk_arena_str(s->arena, entry->link),
			.before = s->ordinal,
			.whole = whole,
			.blocks = blocks,
		};
	s->current = NULL;
	s->kept = NULL;
	return failed;
}

/* True when somebody has kept entries because of it: what was found in the tree before is old. */
static bool tell_change(struct stk_scanner *s, struct stk_str path, enum stk_tar_type type)
{
	bool kept = false;
	for (size_t i = 0; i < s->n_visitors; i++)
		if (s->visitors[i].changes)
			kept |= s->visitors[i].changes(s->visitors[i].context, s->scan, path, type);
	return kept;
}

/* ".wh.name" hides what lower layers have; ".wh..wh..opq" all they have in its folder; other names that start with
   ".wh..wh." are what AUFS kept for itself. True when the entry is one of these and no part of the image. */
static bool take_whiteout(struct stk_scanner *s, struct stk_str name)
{
	STK_ARENA arena = { 0 };
	struct stk_place place;
	/* Nearly every name ends here. */
	if (!stk_str_contains(name, S(".wh.")))
		return false;
	struct stk_str path = stk_member_name(&arena, name), rest = path, part = S("");
	while (rest.n) {
		part = stk_str_cut(&rest, '/');
		if (rest.n && stk_str_starts(part, S(".wh."))) {
			if (!stk_str_starts(part, S(".wh..wh.")))
				stk_note(s->arena, &s->scan->notes, "layer %d: " STK_FMT ": below a whiteout, ignored",
					 s->layer->index, STK_ARG(path));
			return true;
		}
	}
	if (!stk_str_starts(part, S(".wh.")))
		return false;
	struct stk_str hidden = stk_str_slice(part, 4, part.n), folder = stk_str_slice(path, 0, path.n - part.n);
	/* ".wh..wh..opq" without its ".wh.". */
	bool opaque = stk_str_is(hidden, ".wh..opq");
	if (!opaque && stk_str_starts(hidden, S(".wh.")))
		return true;
	if (!hidden.n || stk_str_is(hidden, ".") || stk_str_is(hidden, "..")) {
		stk_note(s->arena, &s->scan->notes, "layer %d: " STK_FMT ": a whiteout of nothing, ignored",
			 s->layer->index, STK_ARG(path));
		return true;
	}
	struct stk_str target = opaque ? folder : stk_arena_join(&arena, folder, hidden);
	tell_change(s, S(""), STK_TAR_OTHER);
	if (stk_tree_resolve(s->tree, target, opaque, &place, NULL) == 0 &&
	    stk_tree_whiteout(s->tree, &place, opaque, s->layer->index))
		stk_note(s->arena, &s->scan->notes,
			 "layer %d: " STK_FMT ": both there and whited out by the same layer; it stays",
			 s->layer->index, STK_ARG(target));
	return true;
}

static void keep_text(struct stk_buf *buf, struct stk_str text)
{
	stk_buf_clear(buf);
	stk_buf_add(buf, text);
}

/* path and link are resolved: what the archive wrote is in from. */
static struct stk_entry entry_of(const struct stk_tar_entry *from, struct stk_str path, struct stk_str link,
				 int32_t layer)
{
	bool is_link = from->type == STK_TAR_HARDLINK || from->type == STK_TAR_SYMLINK;
	return (struct stk_entry){
		.path = path,
		.link = is_link ? link : S(""),
		.type = from->type,
		.mode = from->mode,
		.uid = from->uid,
		.gid = from->gid,
		.size = from->size,
		.mtime = from->mtime,
		.device_major = from->device_major,
		.device_minor = from->device_minor,
		.capability = from->capability,
		.layer = layer,
	};
}

int stk_scanner_entry(struct stk_scanner *s, const struct stk_tar_entry *from, struct stk_contents *contents,
		      struct stk_err *err)
{
	struct stk_place place;
	struct stk_err why;
	s->ordinal++;
	s->scan->entries++;
	s->scan->bytes += from->size;
	if (from->type == STK_TAR_OTHER) {
		stk_note(s->arena, &s->scan->notes, "layer %d: " STK_FMT ": an entry of unknown type '%c', ignored",
			 s->layer->index, STK_ARG(stk_str_slice(from->name, 0, 200)),
			 from->flag >= ' ' && from->flag < 127 ? from->flag : '?');
		return 0;
	}
	if (s->whiteouts && take_whiteout(s, from->name))
		return 0;
	struct stk_str link = from->link;
	if (from->type == STK_TAR_HARDLINK)
		link = stk_tree_resolve(s->tree, from->link, false, &place, NULL) == 0 ? place.path : S("");
	keep_text(&s->link, link);
	if (stk_tree_resolve(s->tree, from->name, false, &place, &why) < 0) {
		add_gap(s, stk_str_slice(from->name, 0, 200), why.msg);
		return 0;
	}
	/* place.path is the tree's and is overwritten by the next resolve, which a visitor may
	   cause. */
	keep_text(&s->path, place.path);
	place.path = stk_buf_str(&s->path);
	struct stk_entry entry = entry_of(from, place.path, stk_buf_str(&s->link), s->layer->index);
	/* "./" is the root itself, and only a directory can be that. */
	if (!entry.path.n && entry.type != STK_TAR_DIR)
		return 0;
	if (tell_change(s, entry.path, entry.type) && stk_tree_resolve(s->tree, from->name, false, &place, &why) < 0)
		return 0;
	stk_tree_lay(s->tree, &place, &entry);
	return visit_entry(s, &entry, contents, err);
}

struct tar_contents {
	struct stk_contents base;
	struct stk_tar *tar;
};

static int next_of_tar(struct stk_contents *contents, struct stk_str *block, struct stk_err *err)
{
	return stk_tar_read(((struct tar_contents *)contents)->tar, block, err);
}

static void show_progress(struct stk_scanner *s, uint64_t in_layer)
{
	if (s->options && s->options->progress)
		s->options->progress(s->options->context, s->before + in_layer, s->total);
}

static int scan_entries(struct stk_scanner *s, struct stk_layer_stream *stream, struct stk_err *err)
{
	struct stk_tar *tar = stk_tar_new(stream->reader);
	struct tar_contents contents = { { next_of_tar }, tar };
	struct stk_tar_entry entry;
	int more;
	while ((more = stk_tar_next(tar, &entry, err)) > 0) {
		if (stk_scanner_entry(s, &entry, &contents.base, err) < 0) {
			more = -1;
			break;
		}
		show_progress(s, stk_layer_consumed(stream));
	}
	stk_tar_free(tar);
	return more;
}

static int scan_archive(struct stk_scanner *s, struct stk_layer *layer, struct stk_err *err)
{
	struct stk_layer_stream stream;
	struct stk_str diff_id = S("");
	bool verify = !s->options || !s->options->unverified;
	if (layer->absent)
		return stk_fail(err, STK_ENOTFOUND,
				"not available: a foreign layer, which is kept elsewhere (its URLs are not fetched)");
	if (stk_layer_open(s->image, layer, verify, &stream, err) < 0)
		return -1;
	if (stk_layer_lies(&stream))
		stk_note(s->arena, &s->scan->notes, "layer %d: its media type is " STK_FMT ", its compression is %s",
			 layer->index, STK_ARG(layer->media_type), stk_compression_name(stream.form));
	int failed = scan_entries(s, &stream, err);
	if (!failed)
		failed = stk_layer_verify(&stream, s->arena, &diff_id, err);
	if (!failed && !layer->diff_id.n)
		layer->diff_id = diff_id;
	stk_layer_close(&stream);
	return failed;
}

static void scan_layer(struct stk_scanner *s, struct stk_layer *layer)
{
	struct stk_err err = { 0 };
	s->layer = layer;
	s->ordinal = 0;
	s->links.n = 0;
	int failed = s->image->kind == STK_IMAGE_ROOTFS ? stk_scanner_folder(s, &err) : scan_archive(s, layer, &err);
	if (failed && layer->diff_id.n)
		stk_within(&err, STK_FMT, STK_ARG(layer->diff_id));
	if (failed)
		add_gap(s, S(""), err.msg);
	/* Also after a failure: targets may stand before the place where the layer broke. */
	stk_scanner_links(s);
	s->before += layer->size;
	show_progress(s, 0);
	for (size_t i = 0; i < s->n_visitors; i++)
		if (s->visitors[i].layer)
			s->visitors[i].layer(s->visitors[i].context, s->scan, layer);
}

int stk_image_scan(struct stk_arena *arena, struct stk_image *image, const struct stk_visitor *visitors,
		   size_t n_visitors, const struct stk_scan_options *options, struct stk_scan *scan,
		   struct stk_err *err)
{
	struct stk_scanner *s = STK_NEW(arena, struct stk_scanner, 1);
	if (n_visitors > STK_MOST_VISITORS)
		return stk_fail(err, STK_EUSAGE, "more than %d visitors", STK_MOST_VISITORS);
	*scan = (struct stk_scan){ .arena = arena, .image = image, .scanner = s };
	*s = (struct stk_scanner){ .arena = arena,
				   .scan = scan,
				   .image = image,
				   .visitors = visitors,
				   .n_visitors = n_visitors,
				   .options = options,
				   .whole = stk_buf_new(STK_LIMIT_WHOLE_FILE),
				   .path = stk_buf_new(STK_LIMIT_TAR_META),
				   .link = stk_buf_new(STK_LIMIT_TAR_META),
				   .whiteouts =
					   image->kind != STK_IMAGE_ROOTFS && image->kind != STK_IMAGE_ROOTFS_ARCHIVE };
	s->tree = scan->tree = stk_tree_new(arena, options && options->keep_all);
	for (size_t i = 0; i < image->layers.n; i++)
		s->total += image->layers.v[i].size;
	for (size_t i = 0; i < image->layers.n; i++)
		scan_layer(s, &image->layers.v[i]);
	if (s->tree->full)
		stk_scan_add_gap(scan, image->name, "more files and links than a scan can keep in mind");
	stk_buf_free(&s->whole);
	stk_buf_free(&s->path);
	stk_buf_free(&s->link);
	return 0;
}
