/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Services that stand alike - on the same networks, in the same mode - together, so that large
 * deployments stay readable and fast. Two members of a group reach the same and are reached by
 * the same; only publishers stand alone.
 */

#include "network/model.h"

struct stk_net_group {
	struct stk_str name;		 /* the first service's, with the number of the others: "web +3" */
	struct stk_net_numbers members;	 /* services, in their order */
	struct stk_net_numbers networks; /* sorted */
	enum stk_net_mode mode;
	bool publishes; /* alone in its group then: ports differ */
};

struct stk_net_groups {
	struct stk_net_group *v;
	size_t n, cap;
	uint32_t *of; /* by service: its group */
};

/* Groups of all services, in the order of their first member. With `single`, every service is a group of its own. */
void stk_net_group(const struct stk_net *net, struct stk_arena *arena, bool single, struct stk_net_groups *out);
