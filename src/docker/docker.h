/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reaching a Docker Engine (or Podman, which speaks the same API): where it listens and how to
 * ask it. Finding and asking are apart, so that a command can say which engine it means before
 * it talks to one. Every caller asks with GET: this program changes nothing on an engine.
 *
 * Order: stk_docker_find once, then stk_docker_get for JSON, or stk_docker_request and
 * stk_docker_perform where the reply is streamed (the export of an image). Nothing is cached;
 * all texts lie on the arena of the call.
 */

#include "io/http.h"
#include "text/json.h"

/* Where an engine listens. Filled by stk_docker_find; may be copied. */
struct stk_docker {
	struct stk_str host;	 /* as people write it: "unix:///var/run/docker.sock", "tcp://10.0.0.1:2376" */
	const char *unix_socket; /* path, or NULL */
	struct stk_str base;	 /* "http://localhost" or "https://10.0.0.1:2376" */
	/* Of TLS over TCP; NULL where a file does not exist, and always for a socket. */
	const char *ca_file, *certificate_file, *key_file;
	bool insecure; /* TLS without verification, as DOCKER_TLS_VERIFY unset with certificates means */
};

/*
 * Finds the engine: `host` when given, else DOCKER_HOST, else the current docker context (DOCKER_CONTEXT, config.json),
 * else the first socket that exists of /var/run/docker.sock, $XDG_RUNTIME_DIR/docker.sock, and Podman's two. Does not
 * connect. DOCKER_TLS_VERIFY and DOCKER_CERT_PATH (~/.docker) choose TLS over the network. STK_ENOTFOUND when there is
 * none; STK_EUSAGE for a scheme that is not spoken (ssh, npipe), and when TLS is to be verified without a ca.pem.
 */
int stk_docker_find(struct stk_arena *arena, const char *host, struct stk_docker *docker, struct stk_err *err);

/* A request to fill in further: GET of a path below the API root ("/images/json"), which is copied. No version is put
   before the path: the engine then answers in its own. */
struct stk_http_request stk_docker_request(struct stk_arena *arena, const struct stk_docker *docker,
					   struct stk_str path);
/* Performs it; errors name the engine and say what to do. A status of 400 and above is an error with the engine's
   message (404: STK_ENOTFOUND). */
int stk_docker_perform(struct stk_arena *arena, const struct stk_docker *docker, const struct stk_http_request *request,
		       struct stk_http_reply *reply, struct stk_err *err);
/* GET of a path, the reply read as JSON. */
int stk_docker_get(struct stk_arena *arena, const struct stk_docker *docker, struct stk_str path, struct stk_json **out,
		   struct stk_err *err);
