/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* Where the digests come from that Dockerfiles are pinned to: lock files, the local engine, registries. */

#include "cli/cli.h"
#include "dockerfile/pins.h"
#include "dockerfile/rules.h"

struct stk_pin_options {
	const char *lock; /* --lock FILE */
	const char *from; /* --pin: "engine" or "registry" */
	bool write;	  /* --write-lock */
};

#define STK_PIN_ROWS(type, member)                                                                                     \
	STK_OPT(0, "lock", TEXT, type, member.lock, "FILE",                                                            \
		"digests to pin images and downloads to (default: .strake.lock beside the Dockerfile)"),               \
		STK_OPT(0, "pin", TEXT, type, member.from, "WHERE",                                                    \
			"ask the local engine, or each image's registry, for the digests of images that have none"),   \
		STK_OPT(0, "write-lock", FLAG, type, member.write, NULL,                                               \
			"write the digests that --pin found to the lock file")

/* What was asked in this run; zeroed at first. */
struct stk_pinning {
	struct stk_pins asked;
	struct stk_strs unknown; /* names that nobody had a digest for */
	struct stk_pins pins;	 /* of the file at hand: the lock's before those asked for */
};

/* Is the combination of options one that means something? The status of a usage error, or 0. */
int stk_cli_pins_check(struct stk_cli *cli, const struct stk_pin_options *options);
/*
 * Makes ready the pins for one Dockerfile (path "-": without a lock of its own) and has settings->pins refer to them. A
 * digest that cannot be had is a notice; a lock file that cannot be read, and an engine that is not there, are errors.
 */
int stk_cli_pins(struct stk_arena *arena, const struct stk_pin_options *options, struct stk_str path,
		 struct stk_str text, struct stk_dockerfile_options *settings, struct stk_pinning *pinning,
		 struct stk_report *report, struct stk_err *err);
