/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The edits of one text that are taken so far, and whether another one may join them: for fixes of which a hostile file
 * gets tens of thousands. Asking costs time for the bytes that the edit replaces, not for the edits that are taken.
 */

#include "text/edit.h"

struct stk_edit_set {
	struct stk_text_edits edits; /* in the order of adding, which decides between insertions at one place */
	struct {
		uint32_t *v;
		size_t n, cap;
	} next;
	uint32_t *begins, *covers;
	size_t length; /* of the text */
	bool lines_apart;
	struct stk_arena *arena;
};

enum stk_edit_verdict { STK_EDIT_FREE, STK_EDIT_PRESENT, STK_EDIT_CLASHES };

/* No edits yet, of a text of so many bytes. lines_apart: of two insertions at one place one that holds a line break
   clashes with the other, which would land on another line. Everything is on the arena. */
struct stk_edit_set stk_edit_set_new(struct stk_arena *arena, size_t length, bool lines_apart);
/* May the edit join? PRESENT: the very same one is there. What lies outside of the text clashes. */
enum stk_edit_verdict stk_edit_set_judge(const struct stk_edit_set *set, const struct stk_text_edit *edit);
/* Adds an edit that is FREE; its text is not copied. */
void stk_edit_set_add(struct stk_edit_set *set, const struct stk_text_edit *edit);
/* Gives back all but the first n edits. */
void stk_edit_set_shorten(struct stk_edit_set *set, size_t n);
