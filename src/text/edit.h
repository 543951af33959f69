/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Replacements in a text, and the unified diff between two texts. What fixes are made of: a
 * rule attaches edits of the original text, the report carries them, `--fix` applies them, and
 * the diff shows them. Offsets are bytes of the original, so edits of one text can be collected
 * in any order and applied at once.
 *
 * yaml_edit.h makes edits of YAML; dockerfile/fix.h and compose/fix.h decide which edits belong
 * together.
 */

#include "base/arena.h"
#include "base/buf.h"

/* text is not copied; it must live until the edits are applied. */
struct stk_text_edit {
	size_t begin, end; /* bytes [begin, end) of the original are replaced; begin == end inserts */
	struct stk_str text;
};

struct stk_text_edits {
	struct stk_text_edit *v;
	size_t n, cap;
};

/* Do a and b touch the same bytes? Insertions at one place do not, nor does an insertion at the border of a
 * replacement. */
bool stk_text_edits_clash(const struct stk_text_edit *a, const struct stk_text_edit *b);
/* Applies edits that do not clash, in the order of their places; insertions at one place keep their order.
   Edits outside the text are left out. The result is on the arena. */
struct stk_str stk_text_edits_apply(struct stk_arena *arena, struct stk_str text, const struct stk_text_edits *edits);

/* Appends a unified diff (three lines of context, "--- a/NAME" and "+++ b/NAME" heads, "\ No newline at end of file"
   where it applies) that patch(1) and git apply take; nothing when the texts are equal. Lines come from Myers'
   algorithm, bounded: texts that differ in more than a few thousand lines are shown as one block. color adds escape
   sequences. */
void stk_diff_unified(struct stk_buf *out, struct stk_str name, struct stk_str before, struct stk_str after,
		      bool color);

/* Maps lines of `after` to lines of `before`, both counted from 1: (*lines)[i] is where line i + 1 of `after` stands in
   `before`; of an added line, the line above it. *n is the number of lines of `after`. On the arena. */
void stk_diff_lines(struct stk_arena *arena, struct stk_str before, struct stk_str after, uint32_t **lines, size_t *n);
