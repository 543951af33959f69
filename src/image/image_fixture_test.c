/* SPDX-License-Identifier: Apache-2.0 */
/* All samples of ../shared/fixtures/images, where they stand beside the checkout: merged trees to the byte, and
 * refusals. */
#include "test.h"

#include <stdio.h>

#include "base/limits.h"
#include "image/scan.h"
#include "base/banned.h"

/* Digests every file's contents; what it keeps stands in entry->user. */
static enum stk_want want_all(void *context, struct stk_scan *scan, const struct stk_entry *entry)
{
	(void)context;
	(void)scan;
	return entry->type == STK_TAR_FILE ? STK_WANT_BLOCKS : STK_WANT_NOTHING;
}

static void take_block(void *context, struct stk_scan *scan, const struct stk_entry *entry, uint64_t offset,
		       struct stk_str block)
{
	struct stk_digest *digest = context;
	(void)scan;
	(void)entry;
	if (offset == 0)
		stk_digest_begin(digest, STK_SHA256);
	stk_digest_add(digest, block);
}

static void take_end(void *context, struct stk_scan *scan, const struct stk_entry *entry, bool complete)
{
	struct stk_digest *digest = context;
	if (!entry->size)
		stk_digest_begin(digest, STK_SHA256);
	struct stk_str *text = STK_NEW(scan->arena, struct stk_str, 1);
	*text = stk_str_slice(stk_digest_end_text(digest, scan->arena), 7, SIZE_MAX);
	struct stk_entry *kept = stk_scan_keep(scan, entry);
	kept->user = complete ? text : NULL;
}

struct outcome {
	struct stk_image image;
	struct stk_scan scan;
	bool opened;
	struct stk_err err;
};

static void scan_sample(struct stk_arena *arena, const char *target, const char *platform, struct outcome *out)
{
	struct stk_digest digest = { 0 };
	const struct stk_visitor visitor = {
		.context = &digest, .wants = want_all, .block = take_block, .done = take_end
	};
	const struct stk_image_options options = { .platform = platform, .archive_only = true };
	const struct stk_scan_options all = { .keep_all = true };
	*out = (struct outcome){ 0 };
	out->opened = stk_image_open(arena, target, &options, &out->image, &out->err) == 0;
	if (!out->opened)
		return;
	assert_int_equal(stk_image_scan(arena, &out->image, &visitor, 1, &all, &out->scan, &out->err), 0);
	stk_image_close(&out->image);
	stk_digest_free(&digest);
}

static const char *type_name(enum stk_tar_type type)
{
	static const char *const names[] = { "file", "hardlink", "symlink", "char", "block", "dir", "fifo" };
	return names[type];
}

struct listing {
	struct stk_arena *arena;
	struct stk_strs lines;
};

/* One line an entry, the same text as want_line makes of the expectation. */
static void add_line(void *context, const struct stk_entry *e)
{
	struct listing *list = context;
	const struct stk_entry *source = e->type == STK_TAR_HARDLINK && e->target ? e->target : e;
	const struct stk_str *hash = source->user;
	bool file = source->type == STK_TAR_FILE;
	if (!e->path.n)
		return;
	*STK_PUSH(list->arena, &list->lines) =
		stk_arena_printf(list->arena, "%d " STK_FMT " %s %llu %04o %llu:%llu " STK_FMT " " STK_FMT " %d%s",
				 e->layer - 1, STK_ARG(e->path), type_name(e->type), (unsigned long long)source->size,
				 source->mode, (unsigned long long)source->uid, (unsigned long long)source->gid,
				 STK_ARG(e->link), STK_ARG(file && hash ? *hash : S("")),
				 e->type == STK_TAR_HARDLINK ? source->layer - 1 : -1, e->implied ? " implied" : "");
}

static struct stk_str want_line(struct stk_arena *arena, const struct stk_json *e)
{
	bool hard = stk_str_is(stk_json_str(e, "type"), "hardlink");
	return stk_arena_printf(
		arena, "%lld " STK_FMT " " STK_FMT " %lld " STK_FMT " %lld:%lld " STK_FMT " " STK_FMT " %lld%s",
		(long long)stk_json_int(e, "layer"), STK_ARG(stk_json_str(e, "path")), STK_ARG(stk_json_str(e, "type")),
		(long long)stk_json_int(e, "size"), STK_ARG(stk_json_str(e, "mode")), (long long)stk_json_int(e, "uid"),
		(long long)stk_json_int(e, "gid"), STK_ARG(stk_json_str(e, "link")), STK_ARG(stk_json_str(e, "sha256")),
		hard ? (long long)stk_json_int(e, "target_layer") : -1LL,
		stk_json_bool(e, "implied") ? " implied" : "");
}

static unsigned compare_tree(struct stk_arena *arena, const char *file, const struct stk_json *want,
			     const struct stk_scan *scan)
{
	struct listing got = { arena, { 0 } }, wanted = { arena, { 0 } };
	unsigned bad = 0;
	stk_scan_walk(scan, add_line, &got);
	for (size_t i = 0; i < want->n; i++)
		*STK_PUSH(arena, &wanted.lines) = want_line(arena, &want->items[i]);
	for (size_t i = 0; i < wanted.lines.n; i++)
		if (!stk_strs_has(&got.lines, wanted.lines.v[i]) && ++bad)
			print_error("%s: missing " STK_FMT "\n", file, STK_ARG(wanted.lines.v[i]));
	for (size_t i = 0; i < got.lines.n; i++)
		if (!stk_strs_has(&wanted.lines, got.lines.v[i]) && ++bad)
			print_error("%s: too much " STK_FMT "\n", file, STK_ARG(got.lines.v[i]));
	return bad;
}

static unsigned check_digests(const char *file, const struct stk_json *sample, const struct outcome *got)
{
	unsigned bad = 0;
	const struct stk_json *diff_ids = stk_json_list(sample, "diff_ids");
	struct stk_str manifest = stk_json_str(sample, "manifest_digest");
	bad += !stk_str_eq(got->image.id, stk_json_str(sample, "config_digest"));
	bad += manifest.n && !stk_str_eq(got->image.manifest_digest, manifest);
	bad += diff_ids->n && diff_ids->n != got->image.layers.n;
	for (size_t i = 0; i < diff_ids->n && i < got->image.layers.n; i++)
		bad += !stk_str_eq(diff_ids->items[i].text, got->image.layers.v[i].diff_id);
	if (bad)
		print_error("%s: digests differ\n", file);
	return bad;
}

CASE(good_samples_give_their_trees)
{
	const char *folder = test_shared("fixtures/images/index.json");
	unsigned bad = 0, good = 0;
	STK_ARENA arena = { 0 };
	struct stk_json *index;
	if (!folder) {
		test_skip("no ../shared beside the checkout");
		return;
	}
	assert_int_equal(stk_json_parse(&arena, test_read(&arena, folder), &index, NULL), 0);
	const struct stk_json *samples = stk_json_list(index, "samples");
	for (size_t i = 0; i < samples->n; i++) {
		const struct stk_json *s = &samples->items[i], *select = stk_json_get(s, "select");
		struct stk_str merged = stk_json_str(s, "merged"), ref = stk_json_str(select, "ref"),
			       file = stk_json_str(s, "file");
		struct outcome got;
		struct stk_json *want;
		if (!merged.n)
			continue;
		struct stk_str target = stk_arena_printf(&arena, "../shared/fixtures/images/" STK_FMT "%s" STK_FMT,
							 STK_ARG(file), ref.n ? ":" : "", STK_ARG(ref));
		struct stk_str path = stk_arena_printf(&arena, "../shared/fixtures/images/" STK_FMT, STK_ARG(merged));
		struct stk_str platform = stk_json_str(select, "platform");
		scan_sample(&arena, target.p, platform.n ? platform.p : NULL, &got);
		good++;
		if (!got.opened || got.scan.gaps.n) {
			print_error(STK_FMT ": %s\n", STK_ARG(file),
				    got.opened ? got.scan.gaps.v[0].why.p : got.err.msg);
			bad++;
			continue;
		}
		assert_int_equal(stk_json_parse(&arena, test_read(&arena, path.p), &want, NULL), 0);
		bad += compare_tree(&arena, file.p, want, &got.scan);
		bad += check_digests(file.p, s, &got);
	}
	assert_true(good >= 28);
	assert_int_equal(bad, 0);
}

/* What each odd or hostile sample must come to. Paths are separated by "|"; a leading "!" means it must not be there.
 */
static const struct {
	const char *file;
	bool refused;
	const char *paths;
	const char *said;
} odd[] = {
	{ "oci-foreign-layer.tar", true, "", "foreign layer" },
	{ "hostile/dotdot.tar", false, "escape|escape2|ok", "" },
	{ "hostile/absolute.tar", false, "etc/abs|etc/abs2", "" },
	{ "hostile/symlink-parent.tar", false, "ln|etc/pwned|!ln/pwned", "" },
	{ "hostile/symlink-loop.tar", true, "l1|l2|etc/passwd|!l1/x", "lead nowhere" },
	{ "hostile/hardlink-outside.tar", false, "etc/passwd|hl|hl2|hl3", "" },
	{ "hostile/hardlink-cycle.tar", false, "x|y", "" },
	{ "hostile/whiteout-odd.tar", false, "etc|!.wh.|!.wh..|!.wh...|!.wh..wh.plnk|!.wh.a/b", "" },
	{ "hostile/duplicate-entries.tar", false, "f|d", "" },
	{ "hostile/root-entry.tar", false, "a", "" },
	{ "hostile/whiteout-root-opaque.tar", false, "new|!etc|!etc/passwd", "" },
	{ "hostile/names.tar", false, "tab\tname|a\nb", "" },
	{ "hostile/devices.tar", false, "dev/sda|dev/null", "" },
	{ "hostile/truncated-tar.tar", true, "etc", "layer 1" },
	{ "hostile/no-end-blocks.tar", false, "etc/passwd", "" },
	{ "hostile/size-lies.tar", true, "", "too early" },
	{ "hostile/size-negative.tar", true, "", "negative size" },
	{ "hostile/gzip-bomb.tar", false, "", "" },
	{ "hostile/gzip-trailing-garbage.tar", false, "etc/passwd", "" },
	{ "hostile/gzip-truncated.tar", true, "", "truncated" },
	{ "hostile/gzip-bad-crc.tar", true, "", "checksum" },
	{ "hostile/diffid-mismatch.tar", true, "", "diffID" },
	{ "hostile/diffid-count.tar", true, "", "2 layers" },
	{ "hostile/layer-size-lies.tar", true, "", "as the manifest says" },
	{ "hostile/layer-missing.tar", true, "", "not in the archive" },
	{ "hostile/digest-traversal.tar", true, "", "no digest" },
	{ "hostile/digest-unknown-algo.tar", true, "", "no digest" },
	{ "hostile/index-many.tar", true, "", "is not there" },
	{ "hostile/json-deep.tar", true, "", "depth" },
	{ "hostile/manifest-duplicate-keys.tar", true, "", "duplicate" },
	{ "hostile/manifest-both.tar", true, "", "disagree" },
	{ "hostile/da-symlink-escape.tar", true, "", "not in the archive" },
	{ "hostile/da-symlink-loop.tar", true, "", "lead nowhere" },
	{ "hostile/da-layer-missing.tar", true, "", "not in the archive" },
	{ "hostile/da-manifest-first.tar", false, "etc/passwd", "" },
	{ "hostile/da-dotslash.tar", false, "etc/passwd", "" },
	{ "hostile/da-duplicate-manifest.tar", true, "", "nope.tar is not in the archive" },
	{ "hostile/da-two-images.tar", true, "", "several images" },
	{ "hostile/da-repositories-only.tar", true, "", "older than 1.10" },
};

static unsigned check_paths(const char *file, const char *paths, const struct stk_scan *scan)
{
	unsigned bad = 0;
	struct listing list = { scan->arena, { 0 } };
	for (struct stk_str rest = stk_str_from(paths); rest.n;) {
		struct stk_str path = stk_str_cut(&rest, '|'), name = stk_str_strip_prefix(path, S("!"));
		bool wanted = name.n == path.n, there = false;
		list.lines.n = 0;
		stk_scan_walk(scan, add_line, &list);
		struct stk_str part = stk_arena_printf(scan->arena, " " STK_FMT " ", STK_ARG(name));
		for (size_t i = 0; i < list.lines.n; i++)
			there |= stk_str_contains(list.lines.v[i], part);
		if (wanted != there && ++bad)
			print_error("%s: %s %s\n", file, there ? "has" : "lacks", name.p);
	}
	return bad;
}

CASE(odd_samples_are_refused_or_bent_right)
{
	unsigned bad = 0;
	if (!test_shared("fixtures/images/index.json")) {
		test_skip("no ../shared beside the checkout");
		return;
	}
	for (size_t i = 0; i < STK_LEN(odd); i++) {
		STK_ARENA arena = { 0 };
		struct outcome got;
		scan_sample(&arena, stk_arena_printf(&arena, "../shared/fixtures/images/%s", odd[i].file).p, NULL,
			    &got);
		const char *why = !got.opened ? got.err.msg : got.scan.gaps.n ? got.scan.gaps.v[0].why.p : "accepted";
		bool refused = !got.opened || got.scan.gaps.n;
		struct stk_str said =
			stk_arena_printf(&arena, "%s: %s", got.scan.gaps.n ? got.scan.gaps.v[0].what.p : "", why);
		if (refused != odd[i].refused || !strstr(said.p, odd[i].said)) {
			print_error("%s: %s\n", odd[i].file, why);
			bad++;
		}
		if (got.opened)
			bad += check_paths(odd[i].file, odd[i].paths, &got.scan);
	}
	assert_int_equal(bad, 0);
}
