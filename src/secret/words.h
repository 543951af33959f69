/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Words inside values: "correct-horse-battery" is a phrase that somebody wrote, "x7Kq" is not. */

#include "base/str.h"

/* How many bytes of the text lie in words that programs and people write, longest first from the left, case folded.
 *stop_word says whether one of five letters or more was among them. */
size_t stk_words_cover(struct stk_str text, bool *stop_word);
