/* SPDX-License-Identifier: Apache-2.0 */
/* See pins.h. Nobody is asked unless --pin says so. */
#include "cli/pins.h"

#include <string.h>

#include "base/limits.h"
#include "docker/docker.h"
#include "docker/registry.h"
#include "io/file.h"
#include "text/reference.h"
#include "base/banned.h"

int stk_cli_pins_check(struct stk_cli *cli, const struct stk_pin_options *options)
{
	if (options->from && strcmp(options->from, "engine") != 0 && strcmp(options->from, "registry") != 0)
		return stk_cli_usage(cli, "--pin takes engine or registry, not \"%s\"", options->from);
	if (options->write && !options->from)
		return stk_cli_usage(cli, "--write-lock needs --pin, which says whom to ask");
	return 0;
}

/* ---- the lock ---- */

/* The named file, or the one beside the Dockerfile; empty for standard input without a name. */
static struct stk_str lock_path(struct stk_arena *arena, const struct stk_pin_options *options, struct stk_str path)
{
	if (options->lock)
		return stk_str_from(options->lock);
	if (stk_str_is(path, "-"))
		return S("");
	return stk_arena_join(arena, stk_str_through_last(path, '/'), S(".strake.lock"));
}

static int read_lock(struct stk_arena *arena, const struct stk_pin_options *options, struct stk_str path,
		     struct stk_pins *pins, struct stk_err *err)
{
	struct stk_str text;
	bool may_be_missing = !options->lock || options->write;
	if (!path.n || (may_be_missing && !stk_file_exists(path.p)))
		return 0;
	if (stk_file_read(arena, path.p, STK_LIMIT_TEXT_FILE, &text, err) < 0)
		return -1;
	return stk_pins_read(arena, text, pins, err) < 0 ? stk_within(err, STK_FMT, STK_ARG(path)) : 0;
}

static int write_lock(struct stk_arena *arena, struct stk_str path, const struct stk_pins *pins, struct stk_err *err)
{
	STK_BUF text = stk_buf_new(STK_LIMIT_TEXT_FILE);
	stk_pins_write(arena, pins, &text);
	if (text.overflow)
		return stk_fail(err, STK_ELIMIT, STK_FMT ": too many images", STK_ARG(path));
	return stk_file_replace(path.p, stk_buf_str(&text), err);
}

/* ---- the engine ---- */

/* Of the digests under which the engine knows the image the one of its own repository, when there is one alone. */
static int engine_digest(struct stk_arena *arena, const struct stk_reference *reference, struct stk_str *digest,
			 struct stk_err *err)
{
	struct stk_docker docker;
	struct stk_json *json;
	struct stk_str name = stk_reference_familiar(arena, reference);
	struct stk_str wanted = stk_reference_repository(arena, reference);
	size_t n = 0;
	if (stk_docker_find(arena, NULL, &docker, err) < 0) {
		err->code = STK_EUSAGE; /* nobody to ask, whatever the image */
		return -1;
	}
	if (stk_docker_get(
		    arena, &docker,
		    stk_arena_printf(arena, "/images/" STK_FMT "/json", STK_ARG(stk_http_escape(arena, name, "/:"))),
		    &json, err) < 0)
		return -1;
	const struct stk_json *digests = stk_json_list(json, "RepoDigests");
	for (size_t i = 0; i < digests->n; i++) {
		struct stk_reference known;
		struct stk_err ignored;
		if (stk_reference_parse(digests->items[i].text, &known, &ignored) < 0 ||
		    !stk_str_eq(stk_reference_domain(&known), stk_reference_domain(reference)) ||
		    !stk_str_eq(stk_reference_repository(arena, &known), wanted))
			continue;
		*digest = known.digest;
		n++;
	}
	if (n != 1)
		return stk_fail(err, STK_ENOTFOUND,
				n ? "it has several digests" : "it was built here and has no digest");
	return 0;
}

/* ---- asking ---- */

static void note(struct stk_report *report, struct stk_pinning *pinning, struct stk_str image,
		 const struct stk_err *err)
{
	*STK_PUSH(report->arena, &pinning->unknown) = image;
	*STK_PUSH(report->arena, &report->notices) =
		stk_arena_printf(report->arena, "the digest of " STK_FMT " is not known: %s", STK_ARG(image), err->msg);
}

static int ask(struct stk_arena *arena, const struct stk_pin_options *options, struct stk_str image,
	       struct stk_pinning *pinning, struct stk_report *report, struct stk_err *err)
{
	struct stk_reference reference;
	struct stk_str digest = S("");
	bool registry = strcmp(options->from, "registry") == 0;
	if (stk_reference_parse(image, &reference, err) < 0)
		return -1;
	struct stk_str full = stk_reference_full(arena, &reference);
	if (stk_strs_has(&pinning->unknown, full))
		return 0;
	int got = registry ? stk_registry_digest(arena, &reference, &digest, err)
			   : engine_digest(arena, &reference, &digest, err);
	if (got < 0 && !registry && err->code != STK_ENOTFOUND)
		return -1;
	if (got < 0)
		note(report, pinning, full, err);
	else
		*STK_PUSH(arena, &pinning->asked) = (struct stk_pin){ full, digest };
	return 0;
}

int stk_cli_pins(struct stk_arena *arena, const struct stk_pin_options *options, struct stk_str path,
		 struct stk_str text, struct stk_dockerfile_options *settings, struct stk_pinning *pinning,
		 struct stk_report *report, struct stk_err *err)
{
	struct stk_str lock = lock_path(arena, options, path);
	pinning->pins = (struct stk_pins){ 0 };
	settings->pins = &pinning->pins;
	if (read_lock(arena, options, lock, &pinning->pins, err) < 0)
		return -1;
	if (!options->from)
		return 0;
	struct stk_pinnables places =
		stk_dockerfile_pinnables(arena, stk_dockerfile_parse(arena, path, text, &settings->build_args));
	for (size_t i = 0; i < places.n; i++) {
		struct stk_str image = places.v[i].image;
		if (!stk_pin_of_image(arena, &pinning->pins, image).n &&
		    !stk_pin_of_image(arena, &pinning->asked, image).n &&
		    ask(arena, options, image, pinning, report, err) < 0)
			return -1;
	}
	size_t locked = pinning->pins.n;
	for (size_t i = 0; i < places.n; i++) {
		struct stk_str digest = stk_pin_of_image(arena, &pinning->asked, places.v[i].image);
		struct stk_reference reference;
		if (digest.n && !stk_pin_of_image(arena, &pinning->pins, places.v[i].image).n &&
		    stk_reference_parse(places.v[i].image, &reference, err) == 0)
			*STK_PUSH(arena, &pinning->pins) =
				(struct stk_pin){ stk_reference_full(arena, &reference), digest };
	}
	return options->write && lock.n && pinning->pins.n > locked ? write_lock(arena, lock, &pinning->pins, err) : 0;
}
