/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The canonical model in the form of `docker compose config`, byte for byte where that can be
 * had: other programs read it.
 */

#include "base/buf.h"
#include "compose/model.h"

/* The canonical model as `docker compose config` prints it: as JSON, or as YAML. escape: every "$" is doubled, so that
 * the output can be loaded again. */
void stk_compose_print_json(struct stk_buf *out, const struct stk_compose *project, bool escape);
void stk_compose_print_yaml(struct stk_buf *out, const struct stk_compose *project, bool escape);
