/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What strake network prints when it is asked about single ways. The model answers
 * (src/network); here it becomes sentences and JSON.
 */

#include "network/change.h"

/* Appends the ways from one party (or glob) to another; either may be NULL for everybody. to may name a port. With
   json, one array of {from, to, reaches, ways, path}. STK_ENOTFOUND, STK_EFORMAT for a party that does not exist or a
   bad port. */
int stk_network_answer(const struct stk_net *net, struct stk_arena *arena, const char *from, const char *to, bool json,
		       struct stk_buf *out, struct stk_err *err);
/* Appends what changed between two models, a line a pair. */
void stk_network_print_changes(const struct stk_net *before, const struct stk_net *after,
			       const struct stk_net_numbers *touched, bool color, struct stk_buf *out);
