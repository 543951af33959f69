/* SPDX-License-Identifier: Apache-2.0 */
/* Which of its forms an rpm database has, and the list that Mariner's images without rpm carry in its place. */
#include "package/rpm.h"
#include "base/banned.h"

struct gather {
	struct stk_arena *arena;
	struct stk_packages *out;
	size_t *broken;
};

/* Visits one blob: a package, a key, or something broken that is counted. */
static void add(void *context, struct stk_str blob)
{
	struct gather *g = context;
	struct stk_package package;
	if (!stk_rpm_header(g->arena, blob, &package))
		++*g->broken;
	else if (!stk_str_is(package.name, "gpg-pubkey"))
		*STK_PUSH(g->arena, g->out) = package;
}

int stk_rpm_parse(struct stk_arena *arena, struct stk_str bytes, struct stk_str log, struct stk_packages *out,
		  size_t *broken, struct stk_err *err)
{
	struct gather gather = { arena, out, broken };
	struct stk_rpm_visitor visitor = { add, &gather };
	if (stk_str_starts(bytes, S("SQLite format 3\0")))
		return stk_rpm_walk_sqlite(bytes, log, &visitor, err);
	if (stk_str_starts(bytes, S("RpmP")))
		return stk_rpm_walk_ndb(bytes, &visitor, err);
	/* Berkeley DB has its magic at byte 12, in either byte order: its own reader looks. */
	return stk_rpm_walk_bdb(bytes, &visitor, err);
}

/* Of a line of container-manifest-2, tab-separated: what `rpm -qa --qf` was told to print when
   the image was built. */
enum column { NAME, VERSION, INSTALL_TIME, BUILD_TIME, VENDOR, UNUSED, SIZE, ARCHITECTURE, EPOCH, SOURCE, COLUMNS };

static struct stk_str cell(struct stk_str text)
{
	return stk_str_is(text, "(none)") ? (struct stk_str){ 0 } : text;
}

void stk_rpm_manifest_parse(struct stk_arena *arena, struct stk_str text, struct stk_packages *out, size_t *broken)
{
	while (text.n) {
		struct stk_str line = stk_str_cut_line(&text), cells[COLUMNS] = { { 0 } };
		if (!stk_str_trim(line).n)
			continue;
		for (size_t i = 0; i < COLUMNS; i++)
			cells[i] = cell(stk_str_cut(&line, '\t'));
		if (!cells[NAME].n || !cells[VERSION].n) {
			++*broken;
			continue;
		}
		struct stk_package *package = STK_PUSH(arena, out);
		*package = (struct stk_package){
			.name = cells[NAME],
			.ecosystem = S("rpm"),
			.architecture = cells[ARCHITECTURE],
			.maintainer = cells[VENDOR],
		};
		stk_rpm_fill_versions(arena, package, cells[EPOCH], cells[VERSION], cells[SOURCE]);
	}
}
