/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * From a Compose project to the model that reachability is computed from: what `docker compose
 * up` would make of it.
 */

#include "compose/model.h"
#include "network/model.h"

/* Fills an empty network model (its arena and engine set) from a project's active services, and prepares it. */
void stk_compose_network_model(const struct stk_compose *project, struct stk_net *net);
