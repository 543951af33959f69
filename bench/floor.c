/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least a scan of gzip layers can cost: inflate them and take the SHA-256 of what is stored and of what comes out,
 * nothing else. `floor FILE...` does it on one thread; `floor -t FILE...` gives inflating and both digests a thread
 * each.
 *
 *   cc -O2 -o floor floor.c -lisal -lcrypto -lpthread      (-DNO_ISAL and -lz where there is no ISA-L)
 */
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef NO_ISAL
#include <zlib.h>
#else
#include <isa-l/igzip_lib.h>
#endif

enum { BLOCK = 256 << 10, SLOTS = 4 };

struct ring {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned filled, taken;
	size_t n[SLOTS];
	unsigned char bytes[SLOTS][BLOCK];
	EVP_MD_CTX *digest;
};

struct file {
	unsigned char *p;
	size_t n;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static EVP_MD_CTX *begin(void)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	EVP_DigestInit_ex(digest, EVP_sha256(), NULL);
	return digest;
}

static void end(EVP_MD_CTX *digest)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned n;
	EVP_DigestFinal_ex(digest, out, &n);
	for (unsigned i = 0; i < n; i++)
		printf("%02x", out[i]);
	putchar('\n');
	EVP_MD_CTX_free(digest);
}

static void *hash_file(void *context)
{
	struct file *file = context;
	EVP_MD_CTX *digest = begin();
	EVP_DigestUpdate(digest, file->p, file->n);
	end(digest);
	return NULL;
}

static void *hash_ring(void *context)
{
	struct ring *ring = context;
	for (;;) {
		pthread_mutex_lock(&ring->lock);
		while (ring->taken == ring->filled)
			pthread_cond_wait(&ring->changed, &ring->lock);
		unsigned slot = ring->taken % SLOTS;
		size_t n = ring->n[slot];
		pthread_mutex_unlock(&ring->lock);
		if (!n)
			return NULL;
		EVP_DigestUpdate(ring->digest, ring->bytes[slot], n);
		pthread_mutex_lock(&ring->lock);
		ring->taken++;
		pthread_cond_signal(&ring->changed);
		pthread_mutex_unlock(&ring->lock);
	}
}

static unsigned char *room(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	while (ring->filled - ring->taken == SLOTS)
		pthread_cond_wait(&ring->changed, &ring->lock);
	pthread_mutex_unlock(&ring->lock);
	return ring->bytes[ring->filled % SLOTS];
}

static void hand_on(struct ring *ring, size_t n, int threads)
{
	if (!threads) {
		EVP_DigestUpdate(ring->digest, ring->bytes[ring->filled % SLOTS], n);
		return;
	}
	pthread_mutex_lock(&ring->lock);
	ring->n[ring->filled++ % SLOTS] = n;
	pthread_cond_signal(&ring->changed);
	pthread_mutex_unlock(&ring->lock);
}

static void inflate_file(const struct file *file, struct ring *ring, int threads)
{
#ifdef NO_ISAL
	z_stream z = { .next_in = file->p, .avail_in = (unsigned)file->n };
	inflateInit2(&z, MAX_WBITS + 16);
	for (int status = Z_OK; status == Z_OK;) {
		z.next_out = room(ring);
		z.avail_out = BLOCK;
		status = inflate(&z, Z_NO_FLUSH);
		if (z.avail_out < BLOCK)
			hand_on(ring, BLOCK - z.avail_out, threads);
	}
	inflateEnd(&z);
#else
	static struct inflate_state z;
	isal_inflate_init(&z);
	z.crc_flag = ISAL_GZIP;
	z.next_in = file->p;
	z.avail_in = (uint32_t)file->n;
	while (z.block_state != ISAL_BLOCK_FINISH) {
		z.next_out = threads ? room(ring) : ring->bytes[0];
		z.avail_out = BLOCK;
		if (isal_inflate(&z) < 0)
			die("inflate");
		if (z.avail_out < BLOCK)
			hand_on(ring, BLOCK - z.avail_out, threads);
	}
#endif
}

static void do_file(const char *path, int threads)
{
	static struct ring ring = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	struct file file;
	struct stat st;
	pthread_t stored, contents;
	int fd = open(path, O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		die(path);
	file.n = (size_t)st.st_size;
	file.p = mmap(NULL, file.n, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (file.p == MAP_FAILED)
		die(path);
	ring.filled = ring.taken = 0;
	ring.digest = begin();
	if (threads) {
		pthread_create(&stored, NULL, hash_file, &file);
		pthread_create(&contents, NULL, hash_ring, &ring);
	} else {
		hash_file(&file);
	}
	inflate_file(&file, &ring, threads);
	if (threads) {
		room(&ring);
		hand_on(&ring, 0, threads);
		pthread_join(stored, NULL);
		pthread_join(contents, NULL);
	}
	end(ring.digest);
	munmap(file.p, file.n);
	close(fd);
}

int main(int argc, char **argv)
{
	int threads = argc > 1 && strcmp(argv[1], "-t") == 0;
	for (int i = 1 + threads; i < argc; i++)
		do_file(argv[i], threads);
	return 0;
}
