/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the values of labels may be asked to be: Hadolint's label schema (DL3049 and its kin).
 * Pure functions of the text, each by the specification that it names.
 */

#include "base/str.h"

/* An absolute URI by RFC 3986: a scheme, a colon and characters that an address may hold. */
bool stk_label_is_url(struct stk_str value);
/* An RFC 3339 date-time. */
bool stk_label_is_date(struct stk_str value);
/* One identifier of the SPDX list, not an expression. */
bool stk_label_is_spdx(struct stk_str value);
/* 7 or 40 lower-case hexadecimal digits: a Git commit. */
bool stk_label_is_hash(struct stk_str value);
/* MAJOR.MINOR.PATCH[-pre][+build] by Semantic Versioning 2.0. */
bool stk_label_is_semver(struct stk_str value);
/* An addr-spec of RFC 5322 without comments: dot-atom or quoted local part, domain or literal. */
bool stk_label_is_email(struct stk_str value);
