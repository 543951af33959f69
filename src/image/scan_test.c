/* SPDX-License-Identifier: Apache-2.0 */
/* How layers merge, and what visitors get to see. */
#include "test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "image/scan.h"
#include "layout.h"
#include "base/banned.h"

/* A layer is text: one entry a line, "f NAME CONTENTS", "d NAME", "l NAME TARGET" (symbolic), "h NAME TARGET" (hard).
 */
static struct stk_str layer(struct stk_arena *arena, const char *text)
{
	STK_BUF tar = stk_buf_new(STK_MIB(4));
	for (struct stk_str rest = stk_str_from(text); rest.n;) {
		struct stk_str line = stk_str_cut_line(&rest), kind = stk_str_cut(&line, ' ');
		struct stk_str name = stk_arena_str(arena, stk_str_cut(&line, ' ')), more = stk_arena_str(arena, line);
		if (stk_str_is(kind, "f"))
			test_tar_file(&tar, name.p, more.p);
		else if (stk_str_is(kind, "d"))
			test_tar_dir(&tar, name.p);
		else
			test_tar_link(&tar, name.p, stk_str_is(kind, "l") ? '2' : '1', more.p);
	}
	test_tar_end(&tar);
	return stk_arena_str(arena, stk_buf_str(&tar));
}

struct world {
	struct stk_arena arena;
	struct stk_image image;
	struct stk_scan scan;
	struct stk_str said; /* what visitors wrote down */
};

static const char *make_image(struct stk_arena *arena, const char *const *texts)
{
	struct stk_str plain[8], stored[8];
	struct test_files files = { arena, { 0 } };
	size_t n = 0;
	for (; texts[n]; n++) {
		plain[n] = layer(arena, texts[n]);
		stored[n] = n % 2 ? test_gzip(arena, plain[n]) : plain[n];
	}
	struct stk_str manifest =
		test_image(&files, "\"os\":\"linux\",\"architecture\":\"amd64\"", stored, plain, n, "");
	test_layout(&files, &manifest, 1);
	return test_as_folder(&files, "scan");
}

static void scan(struct world *world, const char *path, const struct stk_visitor *visitors, size_t n, bool keep_all)
{
	struct stk_err err = { 0 };
	const struct stk_scan_options options = { .keep_all = keep_all };
	world->said = S("");
	if (stk_image_open(&world->arena, path, NULL, &world->image, &err) < 0)
		fail_msg("%s", err.msg);
	if (stk_image_scan(&world->arena, &world->image, visitors, n, &options, &world->scan, &err) < 0)
		fail_msg("%s", err.msg);
	stk_image_close(&world->image);
}

static void list_entry(void *context, const struct stk_entry *e)
{
	struct world *world = context;
	const char *mark = e->implied			 ? "?"
			   : e->type == STK_TAR_DIR	 ? "/"
			   : e->type == STK_TAR_SYMLINK	 ? "@"
			   : e->type == STK_TAR_HARDLINK ? "="
							 : "";
	world->said = stk_arena_printf(&world->arena, STK_FMT STK_FMT "%s%d ", STK_ARG(world->said), STK_ARG(e->path),
				       mark, e->layer);
}

/* The merged tree: "path" + ("/" folder, "?" implied folder, "@" symbolic, "=" hard link) + layer. */
static void check_tree(const char *want, const char *notes, const char *const *texts, int line)
{
	struct world world = { 0 };
	scan(&world, make_image(&world.arena, texts), NULL, 0, true);
	if (world.scan.gaps.n)
		fail_msg("line %d: gap %s", line, world.scan.gaps.v[0].why.p);
	stk_scan_walk(&world.scan, list_entry, &world);
	test_assert_str(stk_str_trim(world.said), want, __FILE__, line);
	bool noted = !*notes && !world.scan.notes.n;
	for (size_t i = 0; i < world.scan.notes.n && *notes; i++)
		noted |= strstr(world.scan.notes.v[i].p, notes) != NULL;
	if (!noted)
		fail_msg("line %d: %zu notes, none \"%s\"", line, world.scan.notes.n, notes);
	stk_arena_free(&world.arena);
}

#define assert_tree(want, notes, ...) check_tree((want), (notes), (const char *const[]){ __VA_ARGS__, NULL }, __LINE__)

CASE(layers_lie_over_one_another)
{
	assert_tree("a1 d/1 d/x2 e?2 e/y2", "", "f a 1\nd d\nf d/x 1", "f d/x 2\nf e/y 3");
	assert_tree("d/2 d/x1", "", "d d\nf d/x 1", "d d");
	assert_tree("a?1 a.b1 a/c1", "", "f a.b 1\nf a/c 2");
}

CASE(whiteouts_hide_what_is_below)
{
	assert_tree("a1", "", "f a 1\nf b 1", "f .wh.b ");
	assert_tree("keep1", "", "f keep 1\nd d\nf d/x 1\nf d/e/y 1", "f .wh.d ");
	assert_tree("d?2 d/new2", "", "d d\nf d/x 1", "f .wh.d \nf d/new 1");
	assert_tree("d?2 d/new2", "", "d d\nf d/x 1", "f d/new 1\nf .wh.d ");
	assert_tree("a3", "", "f a 1", "f .wh.a ", "f a 3");
	assert_tree("x1", "", "f x 1", "f .wh.no-such ");
}

CASE(opaque_folders_hide_all_of_lower_layers)
{
	assert_tree("d/1 d/new2", "", "d d\nf d/x 1\nf d/e/y 1", "f d/.wh..wh..opq \nf d/new 2");
	assert_tree("d/2 d/new2", "", "d d\nf d/x 1\nf d/e/y 1", "d d\nf d/new 2\nf d/.wh..wh..opq ");
	assert_tree("d/1 d/e?2 d/e/z2", "", "d d\nd d/e\nf d/e/y 1", "f d/e/z 2\nf d/.wh..wh..opq ");
	assert_tree("new2", "", "f etc/passwd 1\nd usr", "f .wh..wh..opq \nf new 2");
}

CASE(a_name_and_its_whiteout_in_one_layer)
{
	assert_tree("same2", "whited out by the same layer", "f same 1", "f same 2\nf .wh.same ");
	assert_tree("same2", "", "f same 1", "f .wh.same \nf same 2");
}

CASE(odd_whiteouts_do_nothing)
{
	assert_tree("etc/1 etc/x1", "whiteout of nothing", "d etc\nf etc/x 1", "f etc/.wh. ");
	assert_tree("etc/1 etc/x1", "whiteout of nothing", "d etc\nf etc/x 1", "f etc/.wh.. ");
	assert_tree("etc/1 etc/x1", "whiteout of nothing", "d etc\nf etc/x 1", "f etc/.wh... ");
	assert_tree("etc/1 etc/x1", "", "d etc\nf etc/x 1", "d .wh..wh.plnk\nf .wh..wh.plnk/123 x\nf .wh..wh.aufs ");
	assert_tree("a1", "below a whiteout", "f a 1", "f .wh.a/b x");
	assert_tree("b1", "", "f a 1\nf b 1", "d .wh.a");
}

CASE(types_replace_one_another)
{
	assert_tree("d2", "", "d d\nf d/x 1", "f d 2");
	assert_tree("d/2", "", "f d 1", "d d");
	assert_tree("d?2 d/x2", "", "f d 1", "f d/x 2");
	assert_tree("d@2 e/1", "", "d d\nf d/x 1\nd e", "l d e");
	assert_tree("d/2 d/x2 e/1", "", "d e\nl d e", "d d\nf d/x 2");
	assert_tree("d/1 f1", "", "f f 1\nf f 2\nd d\nf d x\nd d");
}

CASE(names_stay_inside)
{
	assert_tree("escape1 etc?1 etc/abs1", "", "f ../escape 1\nf //etc/./abs 1");
	assert_tree("etc?1 etc/passwd1 etc/pwned2 ln@1", "", "f etc/passwd 1\nl ln /etc", "f ln/pwned 1");
	assert_tree("a?1 a/b?1 a/b/l@1 etc/1 etc/x2", "", "d etc\nl a/b/l ../../../../etc", "f a/b/l/x 1");
	assert_tree("a/2 etc/1", "", "d etc\nl a etc", "d a/");
	assert_tree("/1 x1", "", "d ./\nf ./x 1\nf . 2");
}

CASE(links_that_lead_nowhere_are_gaps)
{
	struct world world = { 0 };
	scan(&world, make_image(&world.arena, (const char *const[]){ "l l1 l2\nl l2 l1\nf l1/x 1\nf y 1", NULL }), NULL,
	     0, true);
	assert_int_equal(world.scan.gaps.n, 1);
	assert_str(world.scan.gaps.v[0].what, "layer 1, l1/x");
	stk_scan_walk(&world.scan, list_entry, &world);
	assert_str(world.said, "l1@1 l2@1 y1 ");
	stk_arena_free(&world.arena);
}

CASE(hard_links_share_what_they_name)
{
	struct world world = { 0 };
	scan(&world,
	     make_image(&world.arena, (const char *const[]){ "f a one\nh b a\nh c b", "h d a\nf a two",
							     "h e /a\nh loose none", NULL }),
	     NULL, 0, true);
	static const struct {
		const char *path;
		int layer;
		bool removed;
	} want[] = { { "b", 1, true }, { "c", 1, true }, { "d", 1, true }, { "e", 2, false } };
	for (size_t i = 0; i < STK_LEN(want); i++) {
		const struct stk_entry *e = stk_scan_find(&world.scan, stk_str_from(want[i].path));
		assert_non_null(e);
		assert_non_null(e->target);
		assert_str(e->target->path, "a");
		assert_int_equal(e->target->layer, want[i].layer);
		assert_int_equal(e->target->removed_in != 0, want[i].removed);
	}
	assert_null(stk_scan_find(&world.scan, S("loose"))->target);
	stk_arena_free(&world.arena);
}

/* A visitor that wants names that start with "w" whole, with "b" in blocks, keeps what starts with "k", and writes all
 * down. */
static void say(struct world *world, const char *what, const struct stk_entry *e, struct stk_str bytes)
{
	world->said = stk_arena_printf(&world->arena, STK_FMT "%s " STK_FMT " %d " STK_FMT "\n", STK_ARG(world->said),
				       what, STK_ARG(e->path), e->layer, STK_ARG(bytes));
}

static enum stk_want wants(void *context, struct stk_scan *scan, const struct stk_entry *e)
{
	(void)context;
	size_t slash = stk_str_rfind_byte(e->path, '/');
	char c = e->path.p[slash == SIZE_MAX ? 0 : slash + 1];
	if (c == 'k')
		assert_ptr_equal(stk_scan_keep(scan, e), stk_scan_keep(scan, e));
	return c == 'w' ? STK_WANT_WHOLE : c == 'b' ? STK_WANT_BLOCKS : STK_WANT_NOTHING;
}

static void on_whole(void *context, struct stk_scan *scan, const struct stk_entry *e, struct stk_str bytes)
{
	say(context, "whole", e, bytes);
	(void)scan;
}

static void on_block(void *context, struct stk_scan *scan, const struct stk_entry *e, uint64_t offset,
		     struct stk_str bytes)
{
	say(context, offset ? "more" : "block", e, bytes);
	(void)scan;
}

static void on_done(void *context, struct stk_scan *scan, const struct stk_entry *e, bool complete)
{
	say(context, complete ? "done" : "broken", e, S(""));
	(void)scan;
}

static void on_layer(void *context, struct stk_scan *scan, const struct stk_layer *l)
{
	struct world *world = context;
	world->said = stk_arena_printf(&world->arena, STK_FMT "layer %d\n", STK_ARG(world->said), l->index);
	(void)scan;
}

static struct stk_visitor visitor_of(struct world *world)
{
	return (struct stk_visitor){ .context = world,
				     .wants = wants,
				     .whole = on_whole,
				     .block = on_block,
				     .done = on_done,
				     .layer = on_layer,
				     .limit = 10 };
}

static void check_visits(const char *want, const char *gap, const char *const *texts, int line)
{
	struct world world = { 0 };
	const struct stk_visitor visitor = visitor_of(&world);
	scan(&world, make_image(&world.arena, texts), &visitor, 1, false);
	test_assert_str(world.said, want, __FILE__, line);
	if (*gap ? world.scan.gaps.n != 1 || !strstr(world.scan.gaps.v[0].why.p, gap) : world.scan.gaps.n != 0)
		fail_msg("line %d: %zu gaps: %s", line, world.scan.gaps.n,
			 world.scan.gaps.n ? world.scan.gaps.v[0].why.p : "");
	stk_arena_free(&world.arena);
}

#define assert_visits(want, gap, ...) check_visits((want), (gap), (const char *const[]){ __VA_ARGS__, NULL }, __LINE__)

CASE(visitors_get_what_they_want)
{
	assert_visits("whole w1 1 one\nblock b1 1 two\ndone b1 1 \ndone b2 1 \nwhole d/w2 1 \nlayer 1\nlayer 2\n", "",
		      "f w1 one\nf b1 two\nf b2 \nf x three\nf d/w2 ", "f .wh.w1 ");
	assert_visits("layer 1\nwhole etc/w 2 x\nlayer 2\n", "", "d etc\nl l etc", "f l/w x");
	assert_visits("layer 1\n", "too large", "f w 12345678901");
	assert_visits("whole w 1 1234567890\nlayer 1\n", "", "f w 1234567890");
}

CASE(contents_of_hard_links_come_behind_the_layer)
{
	assert_visits("whole w 1 one\nlayer 1\n", "", "f a one\nh w a");
	assert_visits("block b 1 one\ndone b 1 \nlayer 1\n", "", "f a one\nh b a");
	assert_visits("layer 1\nwhole w 2 one\nlayer 2\n", "", "f a one", "h w a");
	assert_visits("whole w 1 one\nlayer 1\n", "", "f a one\nh c a\nh d c\nh w d");
	assert_visits("whole w 1 old\nlayer 1\n", "", "f a older\nf a old\nh w a\nf a new");
	assert_visits("whole w1 1 one\nwhole w2 1 one\nlayer 1\n", "", "f a one\nh w1 a\nh w2 a");
	assert_visits("layer 1\n", "too large", "f a 12345678901\nh w a");
	assert_visits("layer 1\n", "is not there", "h w none");
	assert_visits("layer 1\n", "is not there", "h w x\nh x w");
	assert_visits("layer 1\nlayer 2\nlayer 3\n", "is not there", "f a one", "f .wh.a ", "h w a");
	assert_visits("layer 1\nlayer 2\nlayer 3\n", "is not there", "f d/a one", "f d/.wh..wh..opq ", "h w d/a");
	assert_visits("layer 1\nwhole w 2 one\nlayer 2\n", "", "d real\nf real/a one\nl ln real", "h w ln/a");
}

CASE(kept_entries_learn_their_fate)
{
	struct world world = { 0 };
	const struct stk_visitor visitor = visitor_of(&world);
	scan(&world,
	     make_image(&world.arena,
			(const char *const[]){ "f k1 1\nf k2 1\nf k3 1\nf d/k4 1\nf x/k5 1\nf k6 1\nl alias k6",
					       "f .wh.k1 \nf k2 2\nf .wh.d \nf x 2", NULL }),
	     &visitor, 1, false);
	assert_null(stk_scan_find(&world.scan, S("k1")));
	assert_int_equal(stk_scan_find(&world.scan, S("k2"))->layer, 2);
	assert_int_equal(stk_scan_find(&world.scan, S("/k3"))->layer, 1);
	assert_int_equal(stk_scan_find(&world.scan, S("k3"))->removed_in, 0);
	assert_null(stk_scan_find(&world.scan, S("d/k4")));
	assert_null(stk_scan_find(&world.scan, S("x/k5")));
	assert_str(stk_scan_find(&world.scan, S("alias"))->path, "k6");
	assert_null(stk_scan_find(&world.scan, S("nothing")));
	stk_scan_walk(&world.scan, list_entry, &world);
	assert_true(stk_str_ends(world.said, S("k22 k31 k61 ")));
	stk_arena_free(&world.arena);
}

struct fates {
	struct stk_entry *v[8];
	size_t n;
};

static enum stk_want keep_x(void *context, struct stk_scan *scan, const struct stk_entry *e)
{
	struct fates *fates = context;
	if (stk_str_is(e->path, "x"))
		fates->v[fates->n++] = stk_scan_keep(scan, e);
	return STK_WANT_NOTHING;
}

CASE(each_copy_of_a_path_knows_who_took_its_place)
{
	struct world world = { 0 };
	struct fates fates = { 0 };
	const struct stk_visitor visitor = { .context = &fates, .wants = keep_x };
	scan(&world,
	     make_image(&world.arena, (const char *const[]){ "f x 1", "f x 2", "f .wh.x ", "f x 4\nf x 5", NULL }),
	     &visitor, 1, false);
	static const struct {
		int layer, removed_in;
		bool replaced;
	} want[] = { { 1, 2, true }, { 2, 3, false }, { 4, 4, true }, { 4, 0, false } };
	assert_int_equal(fates.n, STK_LEN(want));
	for (size_t i = 0; i < fates.n; i++) {
		assert_int_equal(fates.v[i]->layer, want[i].layer);
		assert_int_equal(fates.v[i]->removed_in, want[i].removed_in);
		assert_int_equal(fates.v[i]->replaced, want[i].replaced);
	}
	stk_arena_free(&world.arena);
}

/* Wrong digests, sizes and broken bytes are gaps that name the layer; the other layers are still read. */
static void check_broken(struct stk_str stored, struct stk_str plain, const char *member, const char *replacement,
			 const char *why, int line)
{
	struct world world = { 0 };
	const struct stk_visitor visitor = visitor_of(&world);
	struct test_files files = { &world.arena, { 0 } };
	struct stk_str good = layer(&world.arena, "f w fine");
	struct stk_str manifest =
		test_image(&files, "\"os\":\"linux\",\"architecture\":\"amd64\"", (struct stk_str[]){ stored, good },
			   (struct stk_str[]){ plain, good }, 2, "");
	test_layout(&files, &manifest, 1);
	for (size_t i = 0; member && i < files.files.n; i++)
		if (stk_str_contains(files.files.v[i].name, stk_str_from(member)))
			files.files.v[i].bytes = stk_str_from(replacement);
	scan(&world, test_as_folder(&files, "broken"), &visitor, 1, false);
	if (world.scan.gaps.n != 1 || !stk_str_is(world.scan.gaps.v[0].what, "layer 1") ||
	    !strstr(world.scan.gaps.v[0].why.p, why))
		fail_msg("line %d: %zu gaps: %s", line, world.scan.gaps.n,
			 world.scan.gaps.n ? world.scan.gaps.v[0].why.p : "");
	if (!stk_str_ends(world.said, S("whole w 2 fine\nlayer 2\n")))
		fail_msg("line %d: %s", line, world.said.p);
	stk_arena_free(&world.arena);
}

CASE(broken_layers_are_gaps)
{
	STK_ARENA arena = { 0 };
	struct stk_str plain = layer(&arena, "f a 1\nf b 22"), zip = test_gzip(&arena, plain);
	struct stk_str digest = stk_digest_text(&arena, STK_SHA256, zip), cut = stk_str_slice(zip, 0, zip.n - 9);
	check_broken(zip, layer(&arena, "f other 1"), NULL, "", "the diffID is", __LINE__);
	check_broken(plain, layer(&arena, "f other 1"), NULL, "", "the diffID is", __LINE__);
	check_broken(cut, plain, NULL, "", "truncated", __LINE__);
	check_broken(zip, plain, digest.p + 7, "short", "5 bytes, not", __LINE__);
	struct stk_str bad = stk_arena_str(&arena, zip);
	((char *)(uintptr_t)bad.p)[4] ^= 1; /* the time in the gzip header: the contents are the same */
	check_broken(zip, plain, digest.p + 7, bad.p, "bytes, not", __LINE__);
	struct stk_str half = stk_str_slice(plain, 0, 1300);
	check_broken(half, half, NULL, "", "ends", __LINE__);
	check_broken(S("no archive"), S("no archive"), NULL, "", "ends", __LINE__);
}

CASE(root_file_systems_have_no_whiteouts)
{
	struct world world = { 0 };
	struct test_files files = { &world.arena, { 0 } };
	test_files_add(&files, "etc/os-release", S("ID=x\n"));
	test_files_add(&files, "etc/.wh.os-release", S(""));
	test_files_add(&files, "w", S("whole"));
	test_files_add(&files, "usr/bin/b", S("block"));
	const char *folder = test_as_folder(&files, "rootfs");
	assert_int_equal(symlink("usr/bin", stk_arena_printf(&world.arena, "%s/bin", folder).p), 0);
	const struct stk_visitor visitor = visitor_of(&world);
	scan(&world, folder, &visitor, 1, true);
	assert_int_equal(world.image.kind, STK_IMAGE_ROOTFS);
	assert_str(world.said, "block usr/bin/b 1 block\ndone usr/bin/b 1 \nwhole w 1 whole\nlayer 1\n");
	assert_non_null(stk_scan_find(&world.scan, S("bin/b")));
	assert_non_null(stk_scan_find(&world.scan, S("etc/.wh.os-release")));
	stk_arena_free(&world.arena);

	world = (struct world){ 0 };
	struct stk_str folder_of = test_folder(&world.arena, "rootfs-tar"),
		       tar = layer(&world.arena, "d etc\nf etc/os-release ID=x\nf w whole");
	test_write(folder_of, "r.tar", tar);
	test_write(folder_of, "r.tar.gz", test_gzip(&world.arena, tar));
	for (int i = 0; i < 2; i++) {
		scan(&world, i ? "build-test/tmp-rootfs-tar/r.tar.gz" : "build-test/tmp-rootfs-tar/r.tar", &visitor, 1,
		     true);
		assert_int_equal(world.image.kind, STK_IMAGE_ROOTFS_ARCHIVE);
		assert_str(world.said, "whole w 1 whole\nlayer 1\n");
		assert_str(world.image.layers.v[0].diff_id, stk_digest_text(&world.arena, STK_SHA256, tar).p);
		assert_int_equal(world.scan.gaps.n, 0);
	}
	stk_arena_free(&world.arena);
}

CASE(media_types_that_lie_are_notes)
{
	struct world world = { 0 };
	struct test_files files = { &world.arena, { 0 } };
	struct stk_str plain = layer(&world.arena, "f a 1"), zip = test_zstd(&world.arena, plain);
	struct stk_str manifest =
		test_image(&files, "\"os\":\"linux\",\"architecture\":\"amd64\"", &zip, &plain, 1, "");
	test_layout(&files, &manifest, 1);
	scan(&world, test_as_archive(&files, "lies"), NULL, 0, false);
	assert_int_equal(world.scan.gaps.n, 0);
	assert_int_equal(world.scan.notes.n, 1);
	assert_non_null(strstr(world.scan.notes.v[0].p, "its compression is zstd"));
	assert_int_equal(world.scan.entries, 1);
	stk_arena_free(&world.arena);
}
