/* SPDX-License-Identifier: Apache-2.0 */
/* Where the engine is looked for, by the variables that the docker command knows. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "docker/docker.h"
#include "io/file.h"

/* A variable that is NULL here is unset. */
static void environment(const char *host, const char *verify, const char *certificates)
{
	const char *const pairs[][2] = { { "DOCKER_HOST", host },
					 { "DOCKER_TLS_VERIFY", verify },
					 { "DOCKER_CERT_PATH", certificates },
					 { "DOCKER_CONTEXT", NULL },
					 { "DOCKER_CONFIG", "/nonexistent" } };
	for (size_t i = 0; i < STK_LEN(pairs); i++)
		if (pairs[i][1])
			setenv(pairs[i][0], pairs[i][1], 1);
		else
			unsetenv(pairs[i][0]);
}

CASE(the_host_says_how_it_is_reached)
{
	static const struct {
		const char *host, *verify, *base, *socket;
	} t[] = {
		{ "unix:///run/x.sock", NULL, "http://localhost", "/run/x.sock" },
		{ "unix:///run/x.sock", "1", "http://localhost", "/run/x.sock" },
		{ "tcp://10.0.0.1", NULL, "http://10.0.0.1:2375", NULL },
		{ "tcp://10.0.0.1:99/", NULL, "http://10.0.0.1:99", NULL },
		{ "http://engine", NULL, "http://engine:2375", NULL },
		{ "https://engine", NULL, "https://engine:2376", NULL },
	};
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(t); i++) {
		struct stk_docker docker;
		struct stk_err err = { 0 };
		environment(t[i].host, t[i].verify, NULL);
		assert_int_equal(stk_docker_find(&arena, NULL, &docker, &err), 0);
		assert_str(docker.base, t[i].base);
		assert_true(t[i].socket ? docker.unix_socket && strcmp(docker.unix_socket, t[i].socket) == 0
					: !docker.unix_socket);
	}
	environment(NULL, NULL, NULL);
}

CASE(an_unknown_scheme_is_a_mistake)
{
	static const char *const hosts[] = { "ssh://engine", "npipe:////./pipe/docker", "10.0.0.1:2375" };
	STK_ARENA arena = { 0 };
	for (size_t i = 0; i < STK_LEN(hosts); i++) {
		struct stk_docker docker;
		struct stk_err err = { 0 };
		environment(hosts[i], NULL, NULL);
		assert_int_equal(stk_docker_find(&arena, NULL, &docker, &err), -1);
		assert_int_equal(err.code, STK_EUSAGE);
	}
	environment(NULL, NULL, NULL);
}

CASE(tls_takes_its_certificates_from_a_folder)
{
	STK_ARENA arena = { 0 };
	struct stk_docker docker;
	struct stk_err err = { 0 };
	char folder[] = "/tmp/strake-docker-XXXXXX";
	assert_non_null(mkdtemp(folder));
	environment("tcp://engine", "1", folder);
	assert_int_equal(stk_docker_find(&arena, NULL, &docker, &err), -1);
	assert_int_equal(err.code, STK_EUSAGE);
	assert_non_null(strstr(err.msg, folder));

	struct stk_str ca = stk_arena_printf(&arena, "%s/ca.pem", folder);
	fclose(fopen(ca.p, "w"));
	assert_int_equal(stk_docker_find(&arena, NULL, &docker, &err), 0);
	assert_str(docker.base, "https://engine:2376");
	assert_string_equal(docker.ca_file, ca.p);
	assert_null(docker.certificate_file);
	assert_false(docker.insecure);

	environment("tcp://engine:1", NULL, folder); /* as the command does: TLS, unverified */
	assert_int_equal(stk_docker_find(&arena, NULL, &docker, &err), 0);
	assert_str(docker.base, "https://engine:1");
	assert_true(docker.insecure);
	unlink(ca.p);
	rmdir(folder);
	environment(NULL, NULL, NULL);
}
