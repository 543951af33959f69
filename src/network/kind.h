/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a service is, judged by the image it runs and the ports it names. A guess for the sake
 * of severity (a database that strangers reach is worse than a web server), never for
 * reachability.
 */

#include "network/model.h"

/* Sets kind and kind_text. */
void stk_net_classify(struct stk_net_service *service);
/* What usually listens on a port: "PostgreSQL"; NULL when it is nothing that should stay inside. Sets *kind. */
const char *stk_net_port_kind(uint16_t port, enum stk_net_kind *kind);
