/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the Docker command looks for its engine, in its order: option, DOCKER_HOST, context,
 * sockets (docs.docker.com/reference/cli/docker, "Environment variables" and "docker context").
 * Rootless Docker and Podman are the additions: the command itself does not look for their
 * sockets.
 */
#include "docker/docker.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "io/digest.h"
#include "io/file.h"
#include "base/banned.h"

static struct stk_str environment(const char *name)
{
	return stk_str_from(getenv(name));
}

/* ~/.docker, or what DOCKER_CONFIG says. */
static struct stk_str config_folder(struct stk_arena *arena)
{
	struct stk_str folder = environment("DOCKER_CONFIG");
	return folder.n ? folder : stk_arena_printf(arena, "%s/.docker", getenv("HOME") ? getenv("HOME") : "");
}

/* The path when there is such a file, else NULL. */
static const char *existing(struct stk_arena *arena, struct stk_str folder, const char *name)
{
	struct stk_str path = stk_arena_printf(arena, STK_FMT "/%s", STK_ARG(folder), name);
	return stk_file_exists(path.p) ? path.p : NULL;
}

/* ca.pem, cert.pem and key.pem of a folder; those that exist. */
static void use_certificates(struct stk_arena *arena, struct stk_docker *docker, struct stk_str folder)
{
	docker->ca_file = existing(arena, folder, "ca.pem");
	docker->certificate_file = existing(arena, folder, "cert.pem");
	docker->key_file = existing(arena, folder, "key.pem");
}

/* Fills in the address. The ports are Docker's: 2375 plain, 2376 with TLS. */
static int use_host(struct stk_arena *arena, struct stk_docker *docker, struct stk_str host, bool tls,
		    struct stk_err *err)
{
	docker->host = stk_arena_str(arena, host);
	struct stk_str rest = docker->host;
	if (stk_str_starts(host, S("unix://"))) {
		docker->unix_socket = stk_str_strip_prefix(rest, S("unix://")).p;
		docker->base = S("http://localhost");
		return 0;
	}
	const char *scheme = stk_str_starts(host, S("tcp://"))	   ? "tcp://"
			     : stk_str_starts(host, S("http://"))  ? "http://"
			     : stk_str_starts(host, S("https://")) ? "https://"
								   : NULL;
	if (!scheme) {
		stk_fail(err, STK_EUSAGE, "cannot reach a Docker Engine through \"" STK_FMT "\"", STK_ARG(host));
		return stk_hint(err, "unix:///path and tcp://host:port are understood; for ssh, forward the socket: "
				     "ssh -L /tmp/docker.sock:/var/run/docker.sock HOST");
	}
	tls |= strcmp(scheme, "https://") == 0;
	struct stk_str address = stk_str_strip_suffix(stk_str_strip_prefix(rest, stk_str_from(scheme)), S("/"));
	/* A bare IPv6 address has colons too; Docker wants a port behind it as well. */
	bool port = stk_str_rfind_byte(address, ':') != SIZE_MAX;
	docker->base = stk_arena_printf(arena, "%s://" STK_FMT "%s", tls ? "https" : "http", STK_ARG(address),
					port  ? ""
					: tls ? ":2376"
					      : ":2375");
	return 0;
}

static int fail_certificates(struct stk_str folder, struct stk_err *err)
{
	stk_fail(err, STK_EUSAGE, "DOCKER_TLS_VERIFY asks for TLS, but there is no " STK_FMT "/ca.pem",
		 STK_ARG(folder));
	return stk_hint(err, "DOCKER_CERT_PATH names the folder with ca.pem, cert.pem and key.pem; "
			     "without TLS, unset DOCKER_TLS_VERIFY");
}

/* Docker's rule: certificates without DOCKER_TLS_VERIFY mean TLS that checks nobody. */
static int from_environment(struct stk_arena *arena, struct stk_docker *docker, struct stk_str host,
			    struct stk_err *err)
{
	struct stk_str verify = environment("DOCKER_TLS_VERIFY"), folder = environment("DOCKER_CERT_PATH");
	bool network = stk_str_starts(host, S("tcp://")) || stk_str_starts(host, S("https://"));
	bool tls = network && (verify.n || folder.n);
	if (tls) {
		folder = folder.n ? folder : config_folder(arena);
		use_certificates(arena, docker, folder);
		docker->insecure = !verify.n;
		if (verify.n && !docker->ca_file)
			return fail_certificates(folder, err);
	}
	return use_host(arena, docker, host, tls, err);
}

/* NULL when it is missing or broken, which for a configuration of another program is no error
   of ours: the getters of json.h take NULL. */
static struct stk_json *read_json(struct stk_arena *arena, struct stk_str path)
{
	struct stk_str text;
	struct stk_json *json;
	if (stk_file_read(arena, path.p, STK_LIMIT_TEXT_FILE, &text, NULL) < 0 ||
	    stk_json_parse(arena, text, &json, NULL) < 0)
		return NULL;
	return json;
}

/* A context's folders are named by the SHA-256 of its name. 1: it said where; 0: there is none but "default"; -1. */
static int from_context(struct stk_arena *arena, struct stk_docker *docker, struct stk_err *err)
{
	struct stk_str folder = config_folder(arena), name = environment("DOCKER_CONTEXT");
	if (!name.n)
		name = stk_json_str(read_json(arena, stk_arena_printf(arena, STK_FMT "/config.json", STK_ARG(folder))),
				    "currentContext");
	/* "default" is no context but the absence of one. */
	if (!name.n || stk_str_is(name, "default"))
		return 0;
	uint8_t digest[STK_DIGEST_MAX];
	struct stk_str id = stk_hex(arena, digest, stk_digest_of(STK_SHA256, name, digest));
	struct stk_json *meta = read_json(arena, stk_arena_printf(arena, STK_FMT "/contexts/meta/" STK_FMT "/meta.json",
								  STK_ARG(folder), STK_ARG(id)));
	const struct stk_json *endpoint = stk_json_get(stk_json_get(meta, "Endpoints"), "docker");
	if (!endpoint)
		return stk_fail(err, STK_ENOTFOUND, "docker context \"" STK_FMT "\" does not exist", STK_ARG(name));
	struct stk_str host = stk_json_str(endpoint, "Host");
	use_certificates(
		arena, docker,
		stk_arena_printf(arena, STK_FMT "/contexts/tls/" STK_FMT "/docker", STK_ARG(folder), STK_ARG(id)));
	docker->insecure = stk_json_bool(endpoint, "SkipTLSVerify");
	return use_host(arena, docker, host, docker->ca_file || docker->certificate_file, err) < 0 ? -1 : 1;
}

static bool from_sockets(struct stk_arena *arena, struct stk_docker *docker)
{
	struct stk_str runtime = environment("XDG_RUNTIME_DIR");
	const struct stk_str paths[] = {
		S("/var/run/docker.sock"),
		runtime.n ? stk_arena_printf(arena, STK_FMT "/docker.sock", STK_ARG(runtime)) : S(""),
		runtime.n ? stk_arena_printf(arena, STK_FMT "/podman/podman.sock", STK_ARG(runtime)) : S(""),
		S("/run/podman/podman.sock"),
	};
	for (size_t i = 0; i < STK_LEN(paths); i++)
		if (paths[i].n && stk_file_exists(paths[i].p))
			return use_host(arena, docker, stk_arena_printf(arena, "unix://" STK_FMT, STK_ARG(paths[i])),
					false, NULL) == 0;
	return false;
}

int stk_docker_find(struct stk_arena *arena, const char *host, struct stk_docker *docker, struct stk_err *err)
{
	*docker = (struct stk_docker){ 0 };
	struct stk_str named = host ? stk_str_from(host) : environment("DOCKER_HOST");
	if (named.n)
		return from_environment(arena, docker, named, err);
	int found = from_context(arena, docker, err);
	if (found)
		return found < 0 ? -1 : 0;
	if (from_sockets(arena, docker))
		return 0;
	return stk_fail(err, STK_ENOTFOUND,
			"no Docker Engine found: no socket at /var/run/docker.sock, and DOCKER_HOST is not set");
}

struct stk_http_request stk_docker_request(struct stk_arena *arena, const struct stk_docker *docker,
					   struct stk_str path)
{
	return (struct stk_http_request){
		.url = stk_arena_join(arena, docker->base, path).p,
		.unix_socket = docker->unix_socket,
		.ca_file = docker->ca_file,
		.certificate_file = docker->certificate_file,
		.key_file = docker->key_file,
		.insecure = docker->insecure,
		.timeout = 600, /* an engine writes a whole image to its disk before the first byte comes */
	};
}

static const char unreachable[] =
	"Is it running, and may you talk to it? \"docker version\" tells; DOCKER_HOST says where it is";
static const char unreachable_by_tls[] =
	"Is it running, and does it speak TLS? DOCKER_TLS_VERIFY and DOCKER_CERT_PATH choose TLS and its "
	"certificates; \"docker version\" tells whether they fit";
static const char wants_tls[] =
	"It wants TLS: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem";

int stk_docker_perform(struct stk_arena *arena, const struct stk_docker *docker, const struct stk_http_request *request,
		       struct stk_http_reply *reply, struct stk_err *err)
{
	if (stk_http(arena, request, reply, err) < 0) {
		stk_within(err, "Docker Engine at " STK_FMT, STK_ARG(docker->host));
		return stk_hint(err, "%s",
				stk_str_starts(docker->base, S("https:")) ? unreachable_by_tls : unreachable);
	}
	if (reply->status < 400)
		return 0;
	struct stk_json *json = NULL;
	struct stk_str message = stk_str_trim(reply->body);
	if (stk_json_parse(arena, reply->body, &json, NULL) == 0)
		message = stk_json_str(json, "message");
	stk_fail(err, reply->status == 404 ? STK_ENOTFOUND : STK_EIO, "Docker Engine at " STK_FMT ": " STK_FMT " (%ld)",
		 STK_ARG(docker->host), STK_ARG(stk_str_slice(message, 0, 300)), reply->status);
	return stk_str_contains(message, S("HTTPS server")) ? stk_hint(err, "%s", wants_tls) : -1;
}

int stk_docker_get(struct stk_arena *arena, const struct stk_docker *docker, struct stk_str path, struct stk_json **out,
		   struct stk_err *err)
{
	struct stk_http_request request = stk_docker_request(arena, docker, path);
	struct stk_http_reply reply;
	if (stk_docker_perform(arena, docker, &request, &reply, err) < 0)
		return -1;
	if (stk_json_parse(arena, reply.body, out, err) < 0)
		return stk_within(err, "Docker Engine at " STK_FMT ": reply to " STK_FMT, STK_ARG(docker->host),
				  STK_ARG(path));
	return 0;
}
