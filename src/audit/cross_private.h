/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the rules of this folder share: cross.c has the rows and the order, cross_*.c the
 * checks. Private to src/audit.
 */

#include "audit/cross.h"
#include "network/route.h"

/* How outsiders reach a service. */
struct stk_way_in {
	const char *from;		 /* "internet", "LAN" */
	const struct stk_net_port *port; /* NULL: not through a published port */
};
/* The first way from the internet, else from the LAN; false when there is none. */
bool stk_cross_reached(const struct stk_deployed_service *service, struct stk_arena *arena, struct stk_way_in *way);

/* Findings about known vulnerabilities of severity high and above, worst first. The pointers hold until a finding is
   added to the report. */
struct stk_serious {
	const struct stk_finding **v;
	size_t n, cap;
};
void stk_cross_serious(struct stk_cross *c, size_t target, struct stk_serious *out);

/* Adds a finding about a service at the place of its key in the Compose file. */
struct stk_finding *stk_cross_add(struct stk_cross *c, const struct stk_rule *rule,
				  const struct stk_deployed_service *service, const char *fmt, ...) STK_PRINTF(4, 5);
/* "compose.yaml:12": a place in a Compose file, for evidence. */
struct stk_str stk_cross_place(struct stk_cross *c, const struct stk_compose_place *place);
/* "web/Dockerfile:3": an instruction's place; without one, the stage's FROM. */
struct stk_str stk_cross_instruction(struct stk_cross *c, const struct stk_deployed_service *service,
				     const struct stk_instruction *instruction);
/* Hands findings with this id or alias to finding number `into` as evidence, with their fix: those of a target
   (SIZE_MAX: any) about that service or, when it is empty, in that file. They are gone from then on; how many is
   returned. */
size_t stk_cross_fold(struct stk_cross *c, size_t into, const char *id, size_t target, struct stk_str service,
		      struct stk_str file);
/* The same for what Compose's rules say of a service, in whichever of the project's files. */
size_t stk_cross_fold_service(struct stk_cross *c, size_t into, const char *id,
			      const struct stk_deployed_service *service);
/* Makes findings with this id about that service gone. */
void stk_cross_drop(struct stk_cross *c, const char *id, const struct stk_deployed_service *service);
/* Was the finding folded into another, or dropped? It still stands in the report until stk_cross_sweep. */
bool stk_cross_is_gone(const struct stk_cross *c, size_t number);
/* Folds what two areas say about the same place. */
void stk_cross_fold_twins(struct stk_cross *c);
/* Takes all that is gone out of the report; numbers of findings are not valid any more. */
void stk_cross_sweep(struct stk_cross *c);
/* Puts a finding at a place in a Compose file, with that file's target. */
void stk_cross_locate(const struct stk_deployed_service *service, const struct stk_compose_place *place,
		      struct stk_finding *finding);
/* Drops what Compose's rules say of builds without knowing the Dockerfile, where that has the answer: USER,
 * HEALTHCHECK. */
void stk_cross_settle(struct stk_cross *c);

/* One for each row of stk_audit_rules. */
stk_check_fn stk_cross_root, stk_cross_context_secret, stk_cross_unexposed, stk_cross_vulnerable, stk_cross_read_only,
	stk_cross_host_path, stk_cross_store_path;
