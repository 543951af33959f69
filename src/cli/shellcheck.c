/* SPDX-License-Identifier: Apache-2.0 */
/* Runs ShellCheck: scripts in a folder of their own below $TMPDIR, one process, its JSON through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/shellcheck.h"
#include "io/file.h"
#include "base/banned.h"

extern char **environ;

static int write_scripts(struct stk_arena *arena, const char *folder, const struct stk_shellcheck_scripts *scripts,
			 char **arguments, struct stk_err *err)
{
	for (size_t i = 0; i < scripts->n; i++) {
		struct stk_str path = stk_arena_printf(arena, "%s/%zu", folder, i);
		STK_FD fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		struct stk_str text = scripts->v[i].text;
		if (fd < 0 || write(fd, text.p, text.n) != (ssize_t)text.n)
			return stk_fail(err, STK_EIO, "%s: %s", path.p, strerror(errno));
		arguments[i] = (char *)(uintptr_t)path.p;
	}
	return 0;
}

static int run(struct stk_arena *arena, char **arguments, struct stk_str *output, struct stk_err *err)
{
	int ends[2];
	pid_t child;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return stk_fail(err, STK_EIO, "pipe: %s", strerror(errno));
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	int failed = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	/* glibc reports through posix_spawnp that the program does not exist; musl leaves that
	   to the exit status 127. */
	if (failed) {
		close(ends[0]);
		return stk_fail(err, failed == ENOENT ? STK_ENOTFOUND : STK_EIO, "shellcheck: %s", strerror(failed));
	}
	int status = 0, read_failed = stk_file_read_fd(arena, ends[0], "shellcheck", STK_LIMIT_JSON_FILE, output, err);
	close(ends[0]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (read_failed)
		return -1;
	/* 0: nothing found, 1: something found. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return stk_fail(err, WIFEXITED(status) && WEXITSTATUS(status) == 127 ? STK_ENOTFOUND : STK_EIO,
				"shellcheck failed");
	return 0;
}

int stk_cli_shellcheck(struct stk_report *report, const struct stk_shellcheck_scripts *scripts, struct stk_err *err)
{
	static const char *const fixed[] = { "shellcheck", "--format=json1", "--norc", "--severity=style",
					     "--exclude=SC1090,SC1091,SC2187" };
	STK_ARENA arena = { 0 };
	const char *base = getenv("TMPDIR");
	struct stk_str folder = stk_arena_printf(&arena, "%s/strake-shellcheck-XXXXXX", base && *base ? base : "/tmp");
	struct stk_str output = S("");
	if (!scripts->n)
		return 0;
	if (!mkdtemp((char *)(uintptr_t)folder.p))
		return stk_fail(err, STK_EIO, "%s: %s", folder.p, strerror(errno));
	char **arguments = STK_NEW(&arena, char *, scripts->n + STK_LEN(fixed) + 1);
	for (size_t i = 0; i < STK_LEN(fixed); i++)
		arguments[i] = (char *)(uintptr_t)fixed[i];
	int failed = write_scripts(&arena, folder.p, scripts, arguments + STK_LEN(fixed), err);
	if (!failed)
		failed = run(&arena, arguments, &output, err);
	for (size_t i = STK_LEN(fixed); arguments[i]; i++)
		unlink(arguments[i]);
	rmdir(folder.p);
	return failed ? failed : stk_shellcheck_report(report, scripts, output, err);
}
