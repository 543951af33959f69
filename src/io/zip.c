/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See zip.h. libzip checks the directory and the CRCs; ceilings are ours, because sizes in a
 * directory are claims.
 */
#include "io/zip.h"

#include <string.h>
#include <zip.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

/* libzip's reasons as our codes: a missing file and one that cannot be read are no broken
   archives. */
static int fail_open(struct stk_err *err, zip_error_t *error, const char *name)
{
	int code = zip_error_code_zip(error);
	enum stk_errc kind = code == ZIP_ER_NOENT			  ? STK_ENOTFOUND
			     : code == ZIP_ER_OPEN || code == ZIP_ER_READ ? STK_EIO
									  : STK_EFORMAT;
	stk_fail(err, kind, "%s%s%s", name, *name ? ": " : "", zip_error_strerror(error));
	zip_error_fini(error);
	return -1;
}

static int open_source(struct stk_zip *zip, zip_source_t *source, zip_error_t *error, const char *name,
		       struct stk_err *err)
{
	if (!source)
		return fail_open(err, error, name);
	zip->archive = zip_open_from_source(source, ZIP_RDONLY, error);
	if (!zip->archive) {
		/* libzip owns the source only once opening has worked. */
		zip_source_free(source);
		return fail_open(err, error, name);
	}
	zip_int64_t n = zip_get_num_entries(zip->archive, 0);
	zip->n = n < 0 ? 0 : (uint64_t)n;
	zip_error_fini(error);
	return 0;
}

static uint32_t little(const char *p)
{
	const uint8_t *b = (const uint8_t *)p;
	return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* How far offsets are off because something was put in front of the archive (APPNOTE.TXT 4.3.16: the end record tells
   where the directory starts and how long it is; it stands right behind it). */
static size_t bytes_in_front(struct stk_str bytes)
{
	enum { END_RECORD = 22, LONGEST_COMMENT = 65535 };
	for (size_t back = END_RECORD; back <= bytes.n && back <= END_RECORD + LONGEST_COMMENT; back++) {
		size_t at = bytes.n - back;
		/* The record's signature, "PK\5\6". Found from the end backwards: a comment may
		   hold one too, but the last wins. */
		if (little(bytes.p + at) != 0x06054b50)
			continue;
		uint64_t says = (uint64_t)little(bytes.p + at + 12) + little(bytes.p + at + 16);
		return says < at ? at - (size_t)says : 0;
	}
	return 0;
}

int stk_zip_open(struct stk_zip *zip, struct stk_str bytes, struct stk_err *err)
{
	zip_error_t error;
	*zip = (struct stk_zip){ 0 };
	if (!bytes.n)
		return stk_fail(err, STK_EFORMAT, "an empty file is no zip archive");
	bytes = stk_str_slice(bytes, bytes_in_front(bytes), SIZE_MAX);
	zip_error_init(&error);
	return open_source(zip, zip_source_buffer_create(bytes.p, bytes.n, 0, &error), &error, "", err);
}

int stk_zip_open_file(struct stk_zip *zip, const char *path, struct stk_err *err)
{
	zip_error_t error;
	zip_error_init(&error);
	*zip = (struct stk_zip){ 0 };
	return open_source(zip, zip_source_file_create(path, 0, -1, &error), &error, path, err);
}

void stk_zip_close(struct stk_zip *zip)
{
	if (zip->archive)
		zip_discard(zip->archive);
	*zip = (struct stk_zip){ 0 };
}

int stk_zip_member(struct stk_zip *zip, uint64_t i, struct stk_zip_member *out, struct stk_err *err)
{
	zip_stat_t st;
	if (zip_stat_index(zip->archive, i, ZIP_FL_ENC_RAW, &st) < 0)
		return stk_fail(err, STK_EFORMAT, "zip member %llu: %s", (unsigned long long)i,
				zip_strerror(zip->archive));
	*out = (struct stk_zip_member){
		.name = stk_str_from(st.valid & ZIP_STAT_NAME ? st.name : ""),
		.size = st.valid & ZIP_STAT_SIZE ? st.size : 0,
		.compressed_size = st.valid & ZIP_STAT_COMP_SIZE ? st.comp_size : 0,
		.encrypted = (st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE,
	};
	out->directory = stk_str_ends(out->name, S("/"));
	return 0;
}

int stk_zip_read(struct stk_zip *zip, uint64_t i, struct stk_arena *arena, size_t limit, struct stk_str *out,
		 struct stk_err *err)
{
	zip_file_t *file = zip_fopen_index(zip->archive, i, 0);
	if (!file)
		return stk_fail(err, STK_EFORMAT, "zip member %llu: %s", (unsigned long long)i,
				zip_strerror(zip->archive));
	STK_BUF text = stk_buf_new(limit);
	char block[32 << 10];
	zip_int64_t n;
	/* The buffer's ceiling ends this, not the size that the directory names. */
	while ((n = zip_fread(file, block, sizeof(block))) > 0 && !text.overflow)
		stk_buf_add(&text, (struct stk_str){ block, (size_t)n });
	int failed = 0;
	if (text.overflow)
		failed = stk_fail(err, STK_ELIMIT, "zip member %llu: larger than %zu bytes", (unsigned long long)i,
				  limit);
	else if (n < 0)
		failed = stk_fail(err, STK_EFORMAT, "zip member %llu: %s", (unsigned long long)i,
				  zip_error_strerror(zip_file_get_error(file)));
	else
		*out = stk_arena_str(arena, stk_buf_str(&text));
	zip_fclose(file);
	return failed;
}

int64_t stk_zip_find(struct stk_zip *zip, struct stk_str name)
{
	STK_ARENA arena = { 0 };
	return zip_name_locate(zip->archive, stk_arena_str(&arena, name).p, ZIP_FL_ENC_RAW);
}
