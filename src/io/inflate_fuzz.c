/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a compressed stream: in one piece and in small pieces it comes to the same. */
#include <stdlib.h>
#include <string.h>

#include "io/inflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 };

static size_t inflate_all(struct stk_str bytes, size_t piece, char *out, bool *failed)
{
	struct stk_stream *stream;
	struct stk_err err;
	size_t n = 0;
	*failed = stk_inflate_open(stk_stream_memory(bytes), false, NULL, &stream, &err) < 0;
	if (*failed)
		return 0;
	while (n < MOST) {
		ptrdiff_t got = stream->read(stream, out + n, piece < MOST - n ? piece : MOST - n, &err);
		*failed = got < 0;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	stk_stream_close(stream);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char whole[MOST], pieces[MOST];
	struct stk_str bytes = { (const char *)data, size };
	bool failed, failed_too;
	size_t n = inflate_all(bytes, MOST, whole, &failed), m = inflate_all(bytes, size % 97 + 1, pieces, &failed_too);
	/* How much comes before an error may differ with the room there is; that there is one may not. */
	if (n < MOST && m < MOST && (failed != failed_too || (!failed && n != m)))
		abort();
	if (memcmp(whole, pieces, n < m ? n : m) != 0)
		abort();
	STK_ARENA arena = { 0 };
	struct stk_str out;
	if (stk_inflate_zlib(&arena, bytes, MOST, &out, NULL) == 0 && out.n > MOST)
		abort();
	return 0;
}
