/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a captured value looks like: the tests that tell a credential from a placeholder, a
 * reference or a name. Pure functions of the value; filter.c decides which of them a rule
 * wants.
 */

#include "base/str.h"

/* Shannon entropy in bits a character. */
double stk_value_entropy(struct stk_str value);
/* "example", "changeme", "<your-token>", "xxxx", or as a whole a word such as "none" or "password". */
bool stk_value_placeholder(struct stk_str value);
/* A reference that something else fills in: "${X}", "$(...)", "{{ x }}", "%X%", "vault:...", "os.environ[...]",
 * "ENC(...)". */
bool stk_value_template(struct stk_str value);
/* Six or more equal characters in a row. */
bool stk_value_repeats(struct stk_str value);
/* Fewer than six different characters in sixteen or more. */
bool stk_value_monotonous(struct stk_str value);
/* An ascending run of six: digits, letters, or keys of a keyboard. */
bool stk_value_sequence(struct stk_str value);
/* A path, a URL or a file name. */
bool stk_value_path(struct stk_str value);
/* A name of something: words, dots, brackets, and no digit between letters. */
bool stk_value_identifier(struct stk_str value);
/* Only hexadecimal digits. */
bool stk_value_hex(struct stk_str value);
/* The nil UUID, all f, or ascending digits. */
bool stk_value_uuid_nil(struct stk_str value);
/* A default that products ship with: "postgres", "changeit", "minioadmin". */
bool stk_value_weak(struct stk_str value);
/* Made of dictionary words rather than drawn at random. */
bool stk_value_wordy(struct stk_str value);
/* Letters and digits whose kind changes at almost every second step, as in random text and in no name. */
bool stk_value_scattered(struct stk_str value);
/* Only printable ASCII. */
bool stk_value_printable(struct stk_str value);
