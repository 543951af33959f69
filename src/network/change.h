/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What if: changes to a model that is only thought of. Copy, change, compare: the model that
 * was loaded stays as it is.
 */

#include "network/route.h"

/*
 * Applies one change and prepares the model again:
 *   remove NETWORK from SERVICE | remove SERVICE from NETWORK | add NETWORK to SERVICE | add SERVICE to NETWORK
 *   publish SERVICE [IP:]HOST:PORT[/PROTOCOL] | unpublish SERVICE [PORT] | remove SERVICE | internal NETWORK
 * Sets *touched (services whose routes may differ). STK_EFORMAT for another sentence, STK_ENOTFOUND for a name that is
 * not there.
 */
int stk_net_change(struct stk_net *net, struct stk_str sentence, struct stk_net_numbers *touched, struct stk_err *err);
/* A copy that can be changed on its own; strings are shared. */
struct stk_net stk_net_copy(const struct stk_net *net, struct stk_arena *arena);

/* A pair that reaches each other before or after, not both; `route` is the shortest way, in the
   model that has one. */
struct stk_net_difference {
	int32_t from, to;
	bool appears;
	struct stk_net_route route;
};
struct stk_net_differences {
	struct stk_net_difference *v;
	size_t n, cap;
};
/* Pairs that reach each other in one of the two models only, among those that hold a touched service. A pair whose ways
   differ without closing or opening is left out. */
void stk_net_compare(const struct stk_net *before, const struct stk_net *after, const struct stk_net_numbers *touched,
		     struct stk_arena *arena, struct stk_net_differences *out);
