/* SPDX-License-Identifier: Apache-2.0 */
/* An image from a Docker Engine: GET /images/{name}/get is `docker save`; what comes is spooled to a file without a
 * name. */
#include <unistd.h>

#include "docker/docker.h"
#include "image/source.h"
#include "base/banned.h"

struct spool {
	int fd;
	uint64_t done;
	const struct stk_image_options *options;
};

static int on_block(void *context, struct stk_str block, struct stk_err *err)
{
	struct spool *spool = context;
	spool->done += block.n;
	if (spool->options && spool->options->progress)
		spool->options->progress(spool->options->context, spool->done, 0);
	return stk_spool_write(spool->fd, block, err);
}

static int fail_find(struct stk_str name, struct stk_err *err)
{
	stk_within(err, "\"" STK_FMT "\" is no file here, and not to be had as an image", STK_ARG(name));
	return stk_hint(
		err, "docker save " STK_FMT " -o image.tar where there is one, then scan image.tar; or set DOCKER_HOST",
		STK_ARG(stk_str_slice(name, 0, 100)));
}

int stk_engine_fetch(struct stk_arena *arena, struct stk_str name, const struct stk_image_options *options, int *fd,
		     struct stk_err *err)
{
	struct stk_docker docker;
	struct stk_json *json;
	if (stk_docker_find(arena, options ? options->host : NULL, &docker, err) < 0)
		return err && err->code == STK_ENOTFOUND ? fail_find(name, err) : -1;
	struct stk_str escaped = stk_http_escape(arena, name, "/:@");
	if (stk_docker_get(arena, &docker, stk_arena_printf(arena, "/images/" STK_FMT "/json", STK_ARG(escaped)), &json,
			   err) < 0) {
		if (err && err->code == STK_ENOTFOUND)
			stk_hint(err, "no file has that name either; docker pull " STK_FMT " gets it from its registry",
				 STK_ARG(stk_str_slice(name, 0, 100)));
		return -1;
	}
	/* Docker 28 inspects an image by its bare id and refuses to save it by that. */
	if (name.n == 64 && stk_str_ends(stk_json_str(json, "Id"), name))
		escaped = stk_http_escape(arena, stk_json_str(json, "Id"), ":");
	struct spool spool = { .fd = stk_spool_create(err), .options = options };
	if (spool.fd < 0)
		return -1;
	struct stk_http_request request = stk_docker_request(
		arena, &docker, stk_arena_printf(arena, "/images/" STK_FMT "/get", STK_ARG(escaped)));
	struct stk_http_reply reply;
	request.sink = on_block;
	request.context = &spool;
	if (stk_docker_perform(arena, &docker, &request, &reply, err) < 0) {
		close(spool.fd);
		return -1;
	}
	*fd = spool.fd;
	return 0;
}
