/* SPDX-License-Identifier: Apache-2.0 */
/* The Engine's client against a small server on a unix socket that answers one request with the bytes of a row. */
#include "test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/limits.h"
#include "docker/docker.h"

struct server {
	char folder[32], path[64];
	int listener;
	const char *reply;  /* NULL: none, the connection stays open for a while */
	size_t padding;	    /* bytes of white space behind it */
	char request[2048]; /* what was asked */
	pthread_t thread;
};

static bool send_all(int fd, const char *bytes, size_t n)
{
	for (ssize_t sent; n; bytes += sent, n -= (size_t)sent)
		if ((sent = send(fd, bytes, n, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

static void *serve(void *context)
{
	struct server *s = context;
	static char blank[65536];
	int fd = accept(s->listener, NULL, NULL);
	size_t n = 0;
	for (ssize_t got = 1; got > 0 && n + 1 < sizeof(s->request) && !strstr(s->request, "\r\n\r\n");
	     n += (size_t)got)
		if ((got = read(fd, s->request + n, sizeof(s->request) - 1 - n)) < 0)
			break;
	if (!s->reply)
		sleep(3);
	memset(blank, ' ', sizeof(blank));
	bool open = s->reply && send_all(fd, s->reply, strlen(s->reply));
	for (size_t left = s->padding; left && open; left -= left < sizeof(blank) ? left : sizeof(blank))
		open = send_all(fd, blank, left < sizeof(blank) ? left : sizeof(blank));
	close(fd);
	return NULL;
}

static void start(struct server *s, const char *reply, size_t padding)
{
	*s = (struct server){ .folder = "/tmp/strake-docker-XXXXXX", .reply = reply, .padding = padding };
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof(s->path), "%s/s", s->folder);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	memcpy(address.sun_path, s->path, strlen(s->path) + 1);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR); /* should nobody have come */
	pthread_join(s->thread, NULL);
	close(s->listener);
	unlink(s->path);
	rmdir(s->folder);
}

static struct stk_docker engine(struct stk_arena *arena, const struct server *s)
{
	struct stk_docker docker;
	struct stk_err err;
	unsetenv("DOCKER_TLS_VERIFY");
	unsetenv("DOCKER_CERT_PATH");
	const char *host = stk_arena_printf(arena, "unix://%s", s->path).p;
	assert_int_equal(stk_docker_find(arena, host, &docker, &err), 0);
	return docker;
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

CASE(replies)
{
	static const struct {
		const char *reply;
		enum stk_errc code;
		const char *want; /* the member "a", or words of the error */
	} rows[] = {
		{ OK_HEAD "Content-Length: 9\r\n\r\n{\"a\":\"b\"}", STK_OK, "b" },
		{ OK_HEAD "\r\n{\"a\":\"until the end\"}", STK_OK, "until the end" },
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n5\r\n:\"b\"}\r\n0\r\n\r\n", STK_OK, "b" },
		/* cut off, in all three ways of saying how long a body is */
		{ OK_HEAD "Content-Length: 90\r\n\r\n{\"a\":\"b\"}", STK_EIO, "Docker Engine at unix://" },
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n5\r\n:\"b", STK_EIO,
		  "Docker Engine at unix://" },
		{ OK_HEAD "Transfer-Encoding: chunked\r\n\r\nxyz\r\n", STK_EIO, "Docker Engine at unix://" },
		{ OK_HEAD "\r\n{\"a\":\"b", STK_EFORMAT, "reply to /info" },
		{ "", STK_EIO, "Docker Engine at unix://" },
		/* no JSON, or not only JSON */
		{ OK_HEAD "Content-Length: 6\r\n\r\n<html>", STK_EFORMAT, "reply to /info" },
		{ OK_HEAD "Content-Length: 0\r\n\r\n", STK_EFORMAT, "reply to /info" },
		{ OK_HEAD "Content-Length: 4\r\n\r\n{} x", STK_EFORMAT, "reply to /info" },
		/* what the engine says about its errors */
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 27\r\n\r\n{\"message\":\"No such image\"}\n",
		  STK_ENOTFOUND, "No such image (404)" },
		{ "HTTP/1.1 500 Oops\r\nContent-Length: 17\r\n\r\n{\"message\":\"bad\"}", STK_EIO, "bad (500)" },
		{ "HTTP/1.1 403 Forbidden\r\nContent-Length: 8\r\n\r\nno entry", STK_EIO, "no entry (403)" },
		{ "HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n", STK_EIO, "(502)" },
	};
	for (size_t i = 0; i < STK_LEN(rows); i++) {
		STK_ARENA arena = { 0 };
		struct server s;
		struct stk_json *json = NULL;
		struct stk_err err = { 0 };
		start(&s, rows[i].reply, 0);
		struct stk_docker docker = engine(&arena, &s);
		int failed = stk_docker_get(&arena, &docker, S("/info"), &json, &err);
		stop(&s);
		struct stk_str got = failed ? stk_str_from(err.msg) : stk_json_str(json, "a");
		if ((failed ? err.code : STK_OK) != rows[i].code || !stk_str_contains(got, stk_str_from(rows[i].want)))
			fail_msg("row %zu: code %d, \"" STK_FMT "\", want %d, \"%s\"", i, failed ? (int)err.code : 0,
				 STK_ARG(got), (int)rows[i].code, rows[i].want);
		assert_non_null(strstr(s.request, "GET /info HTTP/1.1\r\n"));
	}
}

CASE(a_reply_beyond_the_ceiling_is_refused)
{
	STK_ARENA arena = { 0 };
	struct server s;
	struct stk_json *json;
	struct stk_err err = { 0 };
	start(&s, OK_HEAD "\r\n", STK_MIB(65));
	struct stk_docker docker = engine(&arena, &s);
	assert_int_equal(stk_docker_get(&arena, &docker, S("/info"), &json, &err), -1);
	stop(&s);
	assert_int_equal(err.code, STK_ELIMIT);
}

CASE(a_long_message_is_cut)
{
	STK_ARENA arena = { 0 };
	struct server s;
	struct stk_json *json;
	struct stk_err err = { 0 };
	static char reply[4000] = "HTTP/1.1 500 Oops\r\n\r\n";
	memset(reply + strlen(reply), 'x', sizeof(reply) - strlen(reply) - 1);
	start(&s, reply, 0);
	struct stk_docker docker = engine(&arena, &s);
	assert_int_equal(stk_docker_get(&arena, &docker, S("/info"), &json, &err), -1);
	stop(&s);
	/* 300 bytes of it, and the status still stands behind them */
	assert_non_null(strstr(err.msg, "xxx (500)"));
	assert_true(strlen(err.msg) < 400);
}

CASE(a_silent_engine_is_given_up)
{
	STK_ARENA arena = { 0 };
	struct server s;
	struct stk_http_reply reply;
	struct stk_err err = { 0 };
	start(&s, NULL, 0);
	struct stk_docker docker = engine(&arena, &s);
	struct stk_http_request request = stk_docker_request(&arena, &docker, S("/info"));
	request.timeout = 1;
	assert_int_equal(stk_docker_perform(&arena, &docker, &request, &reply, &err), -1);
	stop(&s);
	assert_int_equal(err.code, STK_EIO);
	assert_true(err.hint[0] != 0);
}
