/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two cores are kept busy on a compressed layer: one thread reads and digests the stored bytes, one inflates, one
 * digests what comes out, and the caller's takes the archive apart.
 */
#include "image/layer.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/banned.h"

/* Starting threads costs more than inflating a few hundred kilobytes. */
enum { WORTH_THREADS = 256 << 10 };

/* The stored bytes on their way to the decompressor. Digests and counts what goes through it;
   closes what it stands on. */
struct watched {
	struct stk_stream base;
	struct stk_stream *from;
	struct stk_layer_stream *stream;
};

static ptrdiff_t read_watched(struct stk_stream *base, char *out, size_t cap, struct stk_err *err)
{
	struct watched *watched = (struct watched *)base;
	ptrdiff_t n = watched->from->read(watched->from, out, cap, err);
	if (n > 0 && watched->stream->stored.context)
		stk_digest_add(&watched->stream->stored, (struct stk_str){ out, (size_t)n });
	if (n > 0)
		watched->stream->consumed += (uint64_t)n;
	return n;
}

static void close_watched(struct stk_stream *base)
{
	stk_stream_close(((struct watched *)base)->from);
	free(base);
}

static struct stk_stream *watch(struct stk_stream *from, struct stk_layer_stream *stream)
{
	struct watched *watched = calloc(1, sizeof(*watched));
	if (!watched)
		abort();
	*watched = (struct watched){ { read_watched, NULL, close_watched }, from, stream };
	return &watched->base;
}

static struct stk_str algorithm(struct stk_str digest)
{
	return stk_str_cut(&digest, ':');
}

static void begin_digest(struct stk_digest *digest, struct stk_str wanted)
{
	enum stk_digest_kind kind = STK_SHA256;
	struct stk_str hex;
	stk_digest_parse(wanted, &kind, &hex);
	stk_digest_begin(digest, kind);
}

static enum stk_compression sniff(const struct stk_blob *blob)
{
	char start[8];
	size_t n = blob->size < sizeof(start) ? (size_t)blob->size : sizeof(start);
	ssize_t got = pread(blob->fd, start, n, (off_t)blob->offset);
	return stk_compression_sniff((struct stk_str){ start, got > 0 ? (size_t)got : 0 });
}

static int open_reader(struct stk_layer_stream *stream, struct stk_err *err)
{
	const struct stk_layer *layer = stream->layer;
	bool threads = stream->blob.size > WORTH_THREADS;
	struct stk_stream *bytes =
		watch(stk_stream_file(stream->blob.fd, stream->blob.offset, stream->blob.size), stream);
	stream->form = sniff(&stream->blob);
	bool plain = stream->form == STK_COMPRESSION_NONE;
	/* An uncompressed layer's digest and diffID are one. */
	if (stream->verify && layer->digest.n &&
	    !(plain && stk_str_eq(algorithm(layer->digest), algorithm(layer->diff_id))))
		begin_digest(&stream->stored, layer->digest);
	if (!plain && stk_inflate_open(bytes, threads, NULL, &bytes, err) < 0)
		return -1;
	/* From here on `bytes` belongs to the reader, as it belonged to the decompressor when
	   opening that failed. */
	stream->reader = stk_reader_new(bytes, threads);
	if (stream->verify) {
		begin_digest(&stream->contents, layer->diff_id);
		stk_reader_tap(stream->reader, &stream->contents);
	}
	return 0;
}

int stk_layer_open(struct stk_image *image, const struct stk_layer *layer, bool verify, struct stk_layer_stream *stream,
		   struct stk_err *err)
{
	*stream = (struct stk_layer_stream){ .layer = layer, .verify = verify, .blob = { .fd = -1 } };
	if (image->kind == STK_IMAGE_ROOTFS_ARCHIVE)
		stream->blob = stk_source_whole(image->source);
	else if (stk_source_locate(image->source, layer->member, &stream->blob, err) < 0)
		return -1;
	int failed = 0;
	/* A wrong size is found before anything is read. Docker archives state none: their size
	   is the member's own. */
	if (layer->size != stream->blob.size && layer->digest.n && verify)
		failed = stk_fail(err, STK_EFORMAT, "%llu bytes, not %llu as the manifest says",
				  (unsigned long long)stream->blob.size, (unsigned long long)layer->size);
	if (!failed)
		failed = open_reader(stream, err);
	if (failed)
		stk_layer_close(stream);
	return failed;
}

static int compare(struct stk_str got, struct stk_str wanted, const char *what, struct stk_err *err)
{
	if (!wanted.n || stk_str_eq(got, wanted))
		return 0;
	return stk_fail(err, STK_EFORMAT, "%s is " STK_FMT ", not " STK_FMT ": the layer is not what was built", what,
			STK_ARG(got), STK_ARG(wanted));
}

int stk_layer_verify(struct stk_layer_stream *stream, struct stk_arena *arena, struct stk_str *diff_id,
		     struct stk_err *err)
{
	const struct stk_layer *layer = stream->layer;
	if (stk_reader_drain(stream->reader, err) < 0)
		return -1;
	if (!stream->verify)
		return 0;
	*diff_id = stk_digest_end_text(&stream->contents, arena);
	/* Where both digests are the same bytes, only one was made. */
	struct stk_str stored = stream->stored.context ? stk_digest_end_text(&stream->stored, arena) : *diff_id;
	if (compare(stored, layer->digest, "the digest", err) < 0)
		return -1;
	return compare(*diff_id, layer->diff_id, "the diffID", err);
}

uint64_t stk_layer_consumed(const struct stk_layer_stream *stream)
{
	return stream->consumed;
}

void stk_layer_close(struct stk_layer_stream *stream)
{
	stk_reader_close(stream->reader);
	stream->reader = NULL;
	stk_digest_free(&stream->stored);
	stk_digest_free(&stream->contents);
	stk_blob_close(&stream->blob);
}

bool stk_layer_lies(const struct stk_layer_stream *stream)
{
	struct stk_str type = stream->layer->media_type;
	enum stk_compression said = stk_str_ends(type, S("gzip"))   ? STK_COMPRESSION_GZIP
				    : stk_str_ends(type, S("zstd")) ? STK_COMPRESSION_ZSTD
								    : STK_COMPRESSION_NONE;
	return type.n && said != stream->form;
}
