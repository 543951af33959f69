/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services that stand alike: see group.h. Equal signatures are one group; a map finds them in
 * one pass.
 */
#include "network/group.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/banned.h"

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

static void sorted_networks(const struct stk_net_service *service, struct stk_arena *arena, struct stk_net_numbers *out)
{
	for (size_t i = 0; i < service->endpoints.n; i++)
		*STK_PUSH(arena, out) = service->endpoints.v[i].network;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_numbers);
}

/* What makes two services alike. Published ports and links are a service's own. */
static struct stk_str signature(const struct stk_net_service *service, uint32_t number, struct stk_arena *arena,
				bool single, const struct stk_net_numbers *networks)
{
	STK_BUF text = stk_buf_new(STK_MIB(1));
	stk_buf_printf(&text, "%d", (int)service->mode);
	/* A number makes a signature unique. */
	if (single || service->ports.n || service->links.n || service->mode == STK_NET_SHARED || service->tenants.n)
		stk_buf_printf(&text, "!%u", number);
	for (size_t i = 0; i < networks->n; i++)
		stk_buf_printf(&text, ",%u", networks->v[i]);
	return stk_arena_str(arena, stk_buf_str(&text));
}

void stk_net_group(const struct stk_net *net, struct stk_arena *arena, bool single, struct stk_net_groups *out)
{
	struct stk_map by_signature = { 0 };
	out->of = STK_NEW(arena, uint32_t, net->services.n);
	for (uint32_t i = 0; i < net->services.n; i++) {
		const struct stk_net_service *service = &net->services.v[i];
		struct stk_net_numbers networks = { 0 };
		sorted_networks(service, arena, &networks);
		void **place = stk_map_at(&by_signature, arena, signature(service, i, arena, single, &networks));
		if (!*place) {
			*STK_PUSH(arena, out) = (struct stk_net_group){ .name = service->name,
									.networks = networks,
									.mode = service->mode,
									.publishes = stk_net_publishes(service) };
			*place = (void *)(uintptr_t)out->n;
		}
		out->of[i] = (uint32_t)((uintptr_t)*place - 1);
		*STK_PUSH(arena, &out->v[out->of[i]].members) = i;
	}
	for (size_t i = 0; i < out->n; i++)
		if (out->v[i].members.n > 1)
			out->v[i].name = stk_arena_printf(arena, STK_FMT " +%zu", STK_ARG(out->v[i].name),
							  out->v[i].members.n - 1);
}
