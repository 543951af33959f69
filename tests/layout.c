/* SPDX-License-Identifier: Apache-2.0 */
/* See layout.h. Digests are real, since the program checks them. */
#include "layout.h"

#include "base/limits.h"
#include "io/digest.h"

#define OCI "application/vnd.oci.image."

void test_files_add(struct test_files *files, const char *name, struct stk_str bytes)
{
	*STK_PUSH(files->arena, &files->files) = (struct test_file){ stk_arena_str(files->arena, stk_str_from(name)),
								     stk_arena_str(files->arena, bytes) };
}

struct stk_str test_blob(struct test_files *files, struct stk_str bytes)
{
	struct stk_str digest = stk_digest_text(files->arena, STK_SHA256, bytes);
	test_files_add(files, stk_arena_printf(files->arena, "blobs/sha256/%s", digest.p + 7).p, bytes);
	return digest;
}

struct stk_str test_descriptor(struct test_files *files, const char *media_type, struct stk_str bytes,
			       const char *extra)
{
	return stk_arena_printf(files->arena, "{\"mediaType\":\"%s\",\"digest\":\"" STK_FMT "\",\"size\":%zu%s}",
				media_type, STK_ARG(test_blob(files, bytes)), bytes.n, extra);
}

struct stk_str test_image(struct test_files *files, const char *settings, const struct stk_str *stored,
			  const struct stk_str *plain, size_t n, const char *extra)
{
	STK_BUF layers = stk_buf_new(STK_MIB(1));
	STK_BUF diff_ids = stk_buf_new(STK_MIB(1));
	for (size_t i = 0; i < n; i++) {
		const char *type = stk_str_eq(stored[i], plain[i]) ? OCI "layer.v1.tar" : OCI "layer.v1.tar+gzip";
		stk_buf_printf(&layers, "%s" STK_FMT, i ? "," : "",
			       STK_ARG(test_descriptor(files, type, stored[i], "")));
		stk_buf_printf(&diff_ids, "%s\"" STK_FMT "\"", i ? "," : "",
			       STK_ARG(stk_digest_text(files->arena, STK_SHA256, plain[i])));
	}
	struct stk_str config =
		stk_arena_printf(files->arena, "{%s,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" STK_FMT "]}}",
				 settings, STK_ARG(stk_buf_str(&diff_ids)));
	struct stk_str manifest = stk_arena_printf(
		files->arena, "{\"schemaVersion\":2,\"config\":" STK_FMT ",\"layers\":[" STK_FMT "]}",
		STK_ARG(test_descriptor(files, OCI "config.v1+json", config, "")), STK_ARG(stk_buf_str(&layers)));
	return test_descriptor(files, OCI "manifest.v1+json", manifest, extra);
}

static struct stk_str index_text(struct test_files *files, const struct stk_str *descriptors, size_t n)
{
	struct stk_str list = S("");
	for (size_t i = 0; i < n; i++)
		list = stk_arena_printf(files->arena, STK_FMT "%s" STK_FMT, STK_ARG(list), i ? "," : "",
					STK_ARG(descriptors[i]));
	return stk_arena_printf(files->arena, "{\"schemaVersion\":2,\"manifests\":[" STK_FMT "]}", STK_ARG(list));
}

struct stk_str test_index(struct test_files *files, const struct stk_str *descriptors, size_t n, const char *extra)
{
	return test_descriptor(files, OCI "index.v1+json", index_text(files, descriptors, n), extra);
}

void test_layout(struct test_files *files, const struct stk_str *descriptors, size_t n)
{
	test_files_add(files, "oci-layout", S("{\"imageLayoutVersion\":\"1.0.0\"}"));
	test_files_add(files, "index.json", index_text(files, descriptors, n));
}

const char *test_as_folder(struct test_files *files, const char *name)
{
	struct stk_str folder = test_folder(files->arena, name);
	for (size_t i = 0; i < files->files.n; i++)
		test_write(folder, files->files.v[i].name.p, files->files.v[i].bytes);
	return folder.p;
}

const char *test_as_archive(struct test_files *files, const char *name)
{
	struct stk_str folder = test_folder(files->arena, name);
	STK_BUF tar = stk_buf_new(STK_MIB(64));
	for (size_t i = 0; i < files->files.n; i++) {
		const struct test_file *file = &files->files.v[i];
		test_tar_write(&tar, test_tar_header(file->name.p, '0', file->bytes.n), file->bytes);
	}
	test_tar_end(&tar);
	test_write(folder, "image.tar", stk_buf_str(&tar));
	return stk_arena_printf(files->arena, STK_FMT "/image.tar", STK_ARG(folder)).p;
}
