/* SPDX-License-Identifier: Apache-2.0 */
/* What can be opened, which image of several is taken, and what people are told when it is none. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "image/image.h"
#include "image/source.h"
#include "io/file.h"
#include "layout.h"
#include "base/banned.h"

#define AMD64 "\"os\":\"linux\",\"architecture\":\"amd64\""
#define ARM64 "\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":\"v8\""

/* An image whose only layer holds one file; settings is its configuration. */
static struct stk_str small(struct test_files *files, const char *settings, const char *file, const char *extra)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_file(&tar, file, "x");
	test_tar_end(&tar);
	struct stk_str plain = stk_arena_str(files->arena, stk_buf_str(&tar));
	return test_image(files, settings, &plain, &plain, 1, extra);
}

static struct stk_str named(struct stk_arena *arena, const char *name)
{
	return stk_arena_printf(arena, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}", name);
}

static struct stk_str on(struct stk_arena *arena, const char *platform)
{
	return stk_arena_printf(arena, ",\"platform\":{%s}", platform);
}

#define assert_opens(target, platform, architecture) check_opens((target), (platform), (architecture), __LINE__)

static void check_opens(const char *target, const char *platform, const char *architecture, int line)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_err err;
	const struct stk_image_options options = { .platform = platform, .archive_only = true };
	if (stk_image_open(&arena, target, &options, &image, &err) < 0)
		fail_msg("line %d: %s", line, err.msg);
	stk_image_close(&image);
	test_assert_str(image.architecture, architecture, __FILE__, line);
}

#define assert_refused(target, platform, code, said) check_refused((target), (platform), (code), (said), __LINE__)

/* said: a part of the message or of its hint. */
static void check_refused(const char *target, const char *platform, enum stk_errc code, const char *said, int line)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_err err;
	const struct stk_image_options options = { .platform = platform, .archive_only = true };
	if (stk_image_open(&arena, target, &options, &image, &err) == 0)
		fail_msg("line %d: opened", line);
	if (err.code != code || (!strstr(err.msg, said) && !strstr(err.hint, said)))
		fail_msg("line %d: %d: %s (%s)", line, err.code, err.msg, err.hint);
}

CASE(one_of_several_images)
{
	STK_ARENA arena = { 0 };
	struct test_files files = { &arena, { 0 } };
	const struct stk_str images[] = {
		small(&files, AMD64, "a", named(&arena, "docker.io/library/one:latest").p),
		small(&files, ARM64, "b", named(&arena, "two:1.0").p),
		small(&files, ARM64, "c", named(&arena, "sha256-00.sig").p),
	};
	test_layout(&files, images, STK_LEN(images));
	const char *path = test_as_archive(&files, "several");
	struct stk_str at = stk_arena_printf(&arena, "%s:", path);
	assert_refused(path, NULL, STK_EUSAGE, "several images");
	assert_refused(path, NULL, STK_EUSAGE, "docker.io/library/one:latest and two:1.0");
	assert_opens(stk_arena_join(&arena, at, S("one")).p, NULL, "amd64");
	assert_opens(stk_arena_join(&arena, at, S("one:latest")).p, NULL, "amd64");
	assert_opens(stk_arena_join(&arena, at, S("docker.io/library/one:latest")).p, NULL, "amd64");
	assert_opens(stk_arena_join(&arena, at, S("latest")).p, NULL, "amd64");
	assert_opens(stk_arena_join(&arena, at, S("two:1.0")).p, NULL, "arm64");
	assert_opens(stk_arena_join(&arena, at, S("1.0")).p, NULL, "arm64");
	assert_refused(stk_arena_join(&arena, at, S("three")).p, NULL, STK_ENOTFOUND, "no image \"three\"");
	assert_opens(stk_arena_printf(&arena, "oci-archive:%s:two:1.0", path).p, NULL, "arm64");
	struct stk_str digest = stk_str_slice(images[1], stk_str_find(images[1], S("sha256:")), SIZE_MAX);
	assert_opens(stk_arena_printf(&arena, "%s@" STK_FMT, path, STK_ARG(stk_str_slice(digest, 0, 71))).p, NULL,
		     "arm64");
	assert_opens(stk_arena_printf(&arena, "%s@" STK_FMT, path, STK_ARG(stk_str_slice(digest, 7, 19))).p, NULL,
		     "arm64");
}

CASE(one_of_several_platforms)
{
	STK_ARENA arena = { 0 };
	struct test_files files = { &arena, { 0 } };
	struct stk_str images[] = {
		small(&files, AMD64, "a", on(&arena, AMD64).p),
		small(&files, ARM64, "b", on(&arena, ARM64).p),
		small(&files, "\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v6\"", "c",
		      on(&arena, "\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v6\"").p),
		small(&files, "\"os\":\"unknown\",\"architecture\":\"unknown\"", "d",
		      on(&arena, "\"os\":\"unknown\",\"architecture\":\"unknown\"").p),
	};
	struct stk_str inner = test_index(&files, images, STK_LEN(images), "");
	struct stk_str outer = test_index(&files, &inner, 1, named(&arena, "many:1").p);
	test_layout(&files, &outer, 1);
	const char *path = test_as_folder(&files, "platforms");
	assert_opens(path, "linux/amd64", "amd64");
	assert_opens(path, "linux/arm64", "arm64");
	assert_opens(path, "aarch64", "arm64");
	assert_opens(path, "linux/arm64/v8", "arm64");
	assert_opens(path, "linux/arm/v7", "arm");
	assert_refused(path, "linux/arm/v5", STK_ENOTFOUND, "no image for linux/arm/v5");
	assert_refused(path, "linux/s390x", STK_ENOTFOUND, "linux/amd64, linux/arm64/v8 and linux/arm/v6");
	assert_refused(path, "linux/amd64/v3", STK_ENOTFOUND, "no image for");
	assert_refused(path, "a b", STK_EUSAGE, "OS/ARCHITECTURE");
}

CASE(the_only_image_is_taken_whatever_its_platform)
{
	STK_ARENA arena = { 0 };
	struct test_files files = { &arena, { 0 } };
	struct stk_str image = small(&files, "\"os\":\"linux\",\"architecture\":\"riscv64\"", "a", "");
	test_layout(&files, &image, 1);
	const char *path = test_as_folder(&files, "foreign");
	assert_opens(path, NULL, "riscv64");
	assert_refused(path, "linux/amd64", STK_ENOTFOUND, "linux/riscv64");
}

CASE(platforms_that_are_not_here_are_passed_over)
{
	STK_ARENA arena = { 0 };
	struct test_files files = { &arena, { 0 } };
	struct test_files elsewhere = { &arena, { 0 } };
	struct stk_str images[] = { small(&elsewhere, AMD64, "a", on(&arena, AMD64).p),
				    small(&files, ARM64, "b", on(&arena, ARM64).p) };
	struct stk_str index = test_index(&files, images, 2, "");
	test_layout(&files, &index, 1);
	const char *path = test_as_folder(&files, "dangling");
	assert_opens(path, NULL, "arm64");
	assert_refused(path, "linux/amd64", STK_ENOTFOUND, "linux/amd64");
}

CASE(what_the_configuration_says)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_err err;
	struct test_files files = { &arena, { 0 } };
	struct stk_str settings =
		S(AMD64
		  ",\"created\":\"2024-01-02T03:04:05Z\",\"author\":\"me\",\"config\":{\"User\":\"1000:1000\",\"Env\":["
		  "\"PATH=/bin\",\"A=b=c\",\"A=d\"],"
		  "\"Entrypoint\":[\"/init\"],\"Cmd\":\"shell "
		  "form\",\"WorkingDir\":\"/app\",\"Labels\":{\"z\":\"1\",\"a\":\"2\"},"
		  "\"ExposedPorts\":{\"80/tcp\":{},\"443/tcp\":{}},\"Volumes\":{\"/"
		  "data\":{}},\"StopSignal\":\"SIGINT\",\"Shell\":[\"/bin/bash\",\"-c\"],"
		  "\"OnBuild\":[\"RUN x\"],\"Healthcheck\":{\"Test\":[\"CMD-SHELL\",\"true\"]}},"
		  "\"history\":[{\"created_by\":\"ADD rootfs\"},{\"created_by\":\"ENV A=d\",\"empty_layer\":true}]");
	struct stk_str manifest = small(&files, settings.p, "a", named(&arena, "x:1").p);
	test_layout(&files, &manifest, 1);
	assert_int_equal(stk_image_open(&arena, test_as_folder(&files, "config"), NULL, &image, &err), 0);
	assert_int_equal(image.kind, STK_IMAGE_OCI_LAYOUT);
	assert_string_equal(stk_image_kind_name(image.kind), "OCI layout");
	assert_str(image.tags.v[0], "x:1");
	assert_str(image.os, "linux");
	assert_str(image.created, "2024-01-02T03:04:05Z");
	assert_str(image.author, "me");
	assert_str(image.config.user, "1000:1000");
	assert_str(stk_image_env(&image, "A"), "d");
	assert_str(stk_image_env(&image, "NONE"), "");
	assert_str(image.config.env.v[1].value, "b=c");
	assert_str(image.config.labels.v[0].name, "a");
	assert_str(stk_image_label(&image, "z"), "1");
	assert_str(image.config.cmd.v[0], "shell form");
	assert_str(image.config.entrypoint.v[0], "/init");
	assert_str(image.config.exposed_ports.v[0], "443/tcp");
	assert_str(image.config.volumes.v[0], "/data");
	assert_str(image.config.healthcheck.v[1], "true");
	assert_str(image.config.shell.v[0], "/bin/bash");
	assert_str(image.config.onbuild.v[0], "RUN x");
	assert_str(image.config.stop_signal, "SIGINT");
	assert_int_equal(image.history.n, 2);
	assert_int_equal(image.history.v[0].layer, 1);
	assert_int_equal(image.history.v[1].layer, 0);
	assert_str(stk_image_layer(&image, 1)->instruction, "ADD rootfs");
	assert_null(stk_image_layer(&image, 0));
	assert_null(stk_image_layer(&image, 2));
	assert_true(stk_str_starts(image.id, S("sha256:")));
	assert_true(stk_str_eq(image.id, stk_digest_text(&arena, STK_SHA256, image.config_text)));
	stk_image_close(&image);
}

/* The members of a docker save archive, old style. */
static void add_saved(struct test_files *files, const char *file, struct stk_str *config_name, bool linked)
{
	STK_BUF tar = stk_buf_new(STK_MIB(1));
	test_tar_file(&tar, file, "x");
	test_tar_end(&tar);
	struct stk_str plain = stk_buf_str(&tar);
	struct stk_str config =
		stk_arena_printf(files->arena, "{" AMD64 ",\"rootfs\":{\"diff_ids\":[\"" STK_FMT "\"]}}",
				 STK_ARG(stk_digest_text(files->arena, STK_SHA256, plain)));
	*config_name =
		stk_arena_printf(files->arena, "%s.json", stk_digest_text(files->arena, STK_SHA256, config).p + 7);
	test_files_add(files, config_name->p, config);
	test_files_add(files, stk_arena_printf(files->arena, linked ? "%s-real/layer.tar" : "%s/layer.tar", file).p,
		       plain);
}

CASE(docker_archives)
{
	STK_ARENA arena = { 0 };
	struct test_files files = { &arena, { 0 } };
	struct stk_str a, b;
	add_saved(&files, "a", &a, false);
	add_saved(&files, "b", &b, false);
	test_files_add(&files, "manifest.json",
		       stk_arena_printf(&arena,
					"[{\"Config\":\"" STK_FMT
					"\",\"RepoTags\":[\"a:1\",\"a:2\"],\"Layers\":[\"a/layer.tar\"]},"
					"{\"Config\":\"./" STK_FMT
					"\",\"RepoTags\":null,\"Layers\":[\"./b/layer.tar\"]}]",
					STK_ARG(a), STK_ARG(b)));
	const char *path = test_as_archive(&files, "docker");
	assert_refused(path, NULL, STK_EUSAGE, "a:1, a:2 and ");
	assert_opens(stk_arena_printf(&arena, "%s:a:2", path).p, NULL, "amd64");
	assert_opens(stk_arena_printf(&arena, "%s:2", path).p, NULL, "amd64");
	assert_opens(stk_arena_printf(&arena, "%s@" STK_FMT, path, STK_ARG(stk_str_slice(b, 0, 64))).p, NULL, "amd64");
	assert_opens(stk_arena_printf(&arena, "docker-archive:%s@" STK_FMT, path, STK_ARG(stk_str_slice(b, 0, 12))).p,
		     NULL, "amd64");
	assert_refused(stk_arena_printf(&arena, "%s:a:3", path).p, NULL, STK_ENOTFOUND, "no image \"a:3\"");
	assert_refused(stk_arena_printf(&arena, "%s:a:2", path).p, "linux/arm64", STK_ENOTFOUND, "is for linux/amd64");
	assert_opens(stk_arena_printf(&arena, "%s:a:2", test_as_folder(&files, "docker-folder")).p, NULL, "amd64");

	/* Compressed as a whole, and cut off. */
	struct stk_str bytes = test_read(&arena, test_as_archive(&files, "docker"));
	test_write(S("build-test/tmp-docker"), "image.tar.gz", test_gzip(&arena, bytes));
	assert_opens("build-test/tmp-docker/image.tar.gz:a:1", NULL, "amd64");
	test_write(S("build-test/tmp-docker"), "cut.tar", stk_str_slice(bytes, 0, bytes.n / 2 - 200));
	assert_refused("build-test/tmp-docker/cut.tar", NULL, STK_EFORMAT, "Save or copy it again");
	test_write(S("build-test/tmp-docker"), "cut.tar.gz", stk_str_slice(test_gzip(&arena, bytes), 0, 500));
	assert_refused("build-test/tmp-docker/cut.tar.gz", NULL, STK_EFORMAT, "truncated");
}

CASE(what_is_no_image)
{
	STK_ARENA arena = { 0 };
	struct stk_str folder = test_folder(&arena, "none");
	test_write(folder, "README.md", S("# Not an image\n"));
	test_write(folder, "empty.tar", S(""));
	test_write(folder, "zeros.tar", (struct stk_str){ (char[1024]){ 0 }, 1024 });
	test_write(folder, "sub/file", S("x"));
	test_write(folder, "helm/oci-layout", S("{}"));
	test_write(folder, "repositories/repositories", S("{}"));
	assert_refused("build-test/tmp-none/no-such.tar", NULL, STK_ENOTFOUND, "No such file");
	assert_refused("build-test/tmp-none/README.md", NULL, STK_EFORMAT, "not a container image");
	assert_refused("build-test/tmp-none/empty.tar", NULL, STK_EFORMAT, "the file is empty");
	assert_refused("build-test/tmp-none/zeros.tar", NULL, STK_EFORMAT, "without any member");
	assert_refused("build-test/tmp-none/sub", NULL, STK_EFORMAT, "neither an OCI layout nor a root file system");
	assert_opens("rootfs:build-test/tmp-none/sub", NULL, "");
	assert_refused("build-test/tmp-none/repositories", NULL, STK_EFORMAT, "older than 1.10");
	assert_refused("", NULL, STK_EUSAGE, "empty name");
	struct test_files files = { &arena, { 0 } };
	struct stk_str chart =
		test_descriptor(&files, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", S("chart"), "");
	struct stk_str config = test_descriptor(&files, "application/vnd.cncf.helm.config.v1+json", S("{}"), "");
	struct stk_str manifest =
		test_descriptor(&files, "application/vnd.oci.image.manifest.v1+json",
				stk_arena_printf(&arena, "{\"config\":" STK_FMT ",\"layers\":[" STK_FMT "]}",
						 STK_ARG(config), STK_ARG(chart)),
				"");
	test_layout(&files, &manifest, 1);
	assert_refused(test_as_folder(&files, "helm"), NULL, STK_EFORMAT, "application/vnd.cncf.helm.config.v1+json");
}

CASE(an_image_without_layers_says_so)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_err err;
	struct test_files files = { &arena, { 0 } };
	struct stk_str manifest = test_image(&files, AMD64, NULL, NULL, 0, "");
	test_layout(&files, &manifest, 1);
	assert_int_equal(stk_image_open(&arena, test_as_folder(&files, "nothing"), NULL, &image, &err), 0);
	assert_int_equal(image.notes.n, 1);
	assert_non_null(strstr(image.notes.v[0].p, "no layers"));
	stk_image_close(&image);
}

CASE(names_without_an_engine)
{
	STK_ARENA arena = { 0 };
	struct stk_image image;
	struct stk_err err;
	const struct stk_image_options options = { .host = "unix:///no/such/engine.sock" };
	assert_int_equal(stk_image_open(&arena, "nginx:1.27", &options, &image, &err), -1);
	assert_int_equal(err.code, STK_EIO);
	assert_non_null(strstr(err.msg, "/no/such/engine.sock"));
	assert_int_equal(stk_image_open(&arena, "./nginx.tar", &options, &image, &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
	assert_int_equal(stk_image_open(&arena, "READNOT.md", &options, &image, &err), -1);
	assert_int_equal(err.code, STK_ENOTFOUND);
	assert_int_equal(stk_image_open(&arena, "0123456789abcdef", &options, &image, &err), -1);
	assert_int_equal(err.code, STK_EIO);
	assert_int_equal(stk_image_open(&arena, "docker:build-test", &options, &image, &err), -1);
	assert_int_equal(err.code, STK_EIO);
}

CASE(member_names_are_cleaned)
{
	STK_ARENA arena = { 0 };
	static const char *const names[][2] = { { "a/b", "a/b" },   { "/a//b/", "a/b" }, { "./a/./b", "a/b" },
						{ "../../a", "a" }, { "a/../b", "b" },	 { "a/b/../../..", "" },
						{ "", "" },	    { "...", "..." } };
	for (size_t i = 0; i < STK_LEN(names); i++)
		assert_str(stk_member_name(&arena, stk_str_from(names[i][0])), names[i][1]);
}
