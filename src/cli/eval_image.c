/* SPDX-License-Identifier: Apache-2.0 */
/* strake eval image: what an image's source, layers and merged tree are, as one line of JSON. */
#include "cli/eval.h"
#include "image/scan.h"
#include "text/json.h"
#include "base/banned.h"

/* Digests files; the text hangs on the kept entry. */
struct hashing {
	struct stk_digest digest;
	bool begun;
};

static enum stk_want want_files(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	(void)context;
	(void)scan;
	return entry->type == STK_TAR_FILE ? STK_WANT_BLOCKS : STK_WANT_NOTHING;
}

static void hash_block(void *context, struct stk_scan *scan, const struct stk_entry *entry, uint64_t offset,
		       struct stk_str block)
{
	struct hashing *hashing = context;
	(void)scan;
	(void)entry;
	(void)offset;
	if (!hashing->begun)
		stk_digest_begin(&hashing->digest, STK_SHA256);
	hashing->begun = true;
	stk_digest_add(&hashing->digest, block);
}

static void hash_done(void *context, struct stk_scan *scan, const struct stk_entry *entry, bool complete)
{
	struct hashing *hashing = context;
	if (!hashing->begun)
		stk_digest_begin(&hashing->digest, STK_SHA256);
	hashing->begun = false;
	struct stk_str *text = STK_NEW(scan->arena, struct stk_str, 1);
	*text = stk_digest_end_text(&hashing->digest, scan->arena);
	if (complete)
		stk_scan_keep(scan, entry)->user = text;
}

static enum stk_want want_nothing(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	(void)context;
	(void)scan;
	(void)entry;
	return STK_WANT_NOTHING;
}

static void write_entry(void *context, const struct stk_entry *entry)
{
	static const char *const types[] = { "file", "hardlink", "symlink", "char", "block", "dir", "fifo" };
	struct stk_json_writer *w = context;
	const struct stk_entry *source = entry->target ? entry->target : entry;
	const struct stk_str *digest = source->user;
	stk_json_begin_object(w);
	stk_json_put_str(w, "path", entry->path);
	stk_json_put_text(w, "type", types[entry->type]);
	stk_json_put_int(w, "layer", entry->layer);
	stk_json_put_int(w, "size", (int64_t)source->size);
	stk_json_put_int(w, "mode", source->mode);
	stk_json_put_int(w, "uid", (int64_t)source->uid);
	stk_json_put_int(w, "gid", (int64_t)source->gid);
	stk_json_put_int(w, "mtime", source->mtime);
	stk_json_put_str_if(w, "link", entry->link);
	if (digest)
		stk_json_put_str(w, "digest", *digest);
	if (entry->type == STK_TAR_CHAR || entry->type == STK_TAR_BLOCK) {
		stk_json_put_int(w, "major", entry->device_major);
		stk_json_put_int(w, "minor", entry->device_minor);
	}
	if (entry->capability.n)
		stk_json_put_int(w, "capability", (int64_t)entry->capability.n);
	stk_json_end_object(w);
}

static void write_layers(struct stk_json_writer *w, const struct stk_image *image)
{
	stk_json_key(w, "layers");
	stk_json_begin_array(w);
	for (size_t i = 0; i < image->layers.n; i++) {
		const struct stk_layer *layer = &image->layers.v[i];
		stk_json_begin_object(w);
		stk_json_put_str(w, "diffID", layer->diff_id);
		stk_json_put_str_if(w, "digest", layer->digest);
		stk_json_put_str_if(w, "instruction", layer->instruction);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
}

static void write_image(struct stk_json_writer *w, const struct stk_image *image, const struct stk_scan *scan,
			bool tree)
{
	stk_json_put_text(w, "kind", stk_image_kind_name(image->kind));
	stk_json_put_str(w, "id", image->id);
	stk_json_put_str_if(w, "manifest", image->manifest_digest);
	stk_json_put_str(w, "os", image->os);
	stk_json_put_str(w, "architecture", image->architecture);
	stk_json_put_strs(w, "tags", &image->tags);
	write_layers(w, image);
	stk_json_put_int(w, "entries", (int64_t)scan->entries);
	stk_json_put_int(w, "bytes", (int64_t)scan->bytes);
	stk_json_key(w, "gaps");
	stk_json_begin_array(w);
	for (size_t i = 0; i < scan->gaps.n; i++) {
		stk_json_begin_object(w);
		stk_json_put_str(w, "what", scan->gaps.v[i].what);
		stk_json_put_str(w, "why", scan->gaps.v[i].why);
		stk_json_end_object(w);
	}
	stk_json_end_array(w);
	stk_json_put_strs(w, "image_notes", &image->notes);
	stk_json_put_strs(w, "scan_notes", &scan->notes);
	if (!tree)
		return;
	stk_json_key(w, "tree");
	stk_json_begin_array(w);
	stk_scan_walk(scan, write_entry, w);
	stk_json_end_array(w);
}

static void write_error(struct stk_json_writer *w, const struct stk_err *err)
{
	stk_json_put_text(w, "error", err->msg);
	if (err->hint[0])
		stk_json_put_text(w, "hint", err->hint);
}

static void answer(void *context, struct stk_arena *arena, struct stk_str line, struct stk_buf *out)
{
	struct stk_str verb = stk_str_cut(&line, '\t'), target = stk_arena_str(arena, stk_str_cut(&line, '\t'));
	bool tree = stk_str_is(verb, "tree");
	struct hashing hashing = { 0 };
	const struct stk_visitor visitor = {
		.context = &hashing, .wants = tree ? want_files : want_nothing, .block = hash_block, .done = hash_done
	};
	const struct stk_image_options options = { .platform = line.n ? stk_arena_str(arena, line).p : NULL };
	const struct stk_scan_options scanning = { .keep_all = tree };
	struct stk_json_writer w = stk_json_writer(out, 0);
	struct stk_image image;
	struct stk_scan scan;
	struct stk_err err = { 0 };
	(void)context;
	if (!tree && !stk_str_is(verb, "verify")) {
		stk_buf_add(out, S("invalid"));
		return;
	}
	stk_json_begin_object(&w);
	if (stk_image_open(arena, target.p, &options, &image, &err) < 0) {
		write_error(&w, &err);
	} else {
		if (stk_image_scan(arena, &image, &visitor, 1, &scanning, &scan, &err) < 0)
			write_error(&w, &err);
		else
			write_image(&w, &image, &scan, tree);
		stk_image_close(&image);
	}
	stk_digest_free(&hashing.digest);
	stk_json_end_object(&w);
}

const struct stk_eval_area stk_eval_image = { .name = "image",
					      .form = "tree or verify, a tab, an image -> JSON",
					      .answer = answer };
