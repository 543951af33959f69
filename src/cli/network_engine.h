/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The network model of what runs, for `strake network --engine`: containers as their engine
 * inspects them.
 */

#include "base/err.h"
#include "docker/docker.h"
#include "network/model.h"

/* Fills an empty network model (its arena set) from the containers that run on an engine; the engine's version replaces
   that of the model. */
int stk_network_from_engine(const struct stk_docker *docker, struct stk_net *net, struct stk_err *err);
/* The same from the engine's replies: /networks, and /containers/ID/json of each container. For tests. */
void stk_network_from_replies(const struct stk_json *networks, const struct stk_json *const *containers, size_t n,
			      struct stk_net *net);
